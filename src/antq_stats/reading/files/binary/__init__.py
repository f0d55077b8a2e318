"""xls and xlsb: records of BIFF5, BIFF8 and BIFF12.

Input: a workbook stream (xls) or a `Package` (xlsb). Output: a `SheetScan` for each sheet.
No unknown record that may be a cell is skipped: it becomes a remark.
"""
