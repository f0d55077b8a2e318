"""xlsx: the fast reader where the parts are plain, else cell by cell.

In: a `Package`. Out: a `Workbook`.
Not here: guessing. A cell that could be read two ways is a remark.
"""
