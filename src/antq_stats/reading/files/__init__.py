"""Files: bytes to grids of cells, whatever the format.

In: the bytes of a file and its suffix. Out: a `Workbook` of `Grid` objects, or `FileProblem`.
Not here: anything that knows a form. A cell's meaning is decided above.
"""
