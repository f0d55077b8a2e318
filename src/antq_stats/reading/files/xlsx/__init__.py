"""xlsx: by the fast reader if all parts are plain, else cell by cell.

Input: a `Package`. Output: a `Workbook`.
Nothing is guessed: a cell that could be read in two ways gets a remark.
"""
