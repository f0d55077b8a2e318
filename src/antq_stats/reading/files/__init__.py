"""Files: from bytes to grids of cells, in any format.

Input: the bytes of a file and its suffix. Output: a `Workbook` of `Grid` objects, or a `FileProblem`.
Nothing here knows the form. What a cell means is decided in the rooms above.
"""
