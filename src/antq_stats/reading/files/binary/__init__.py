"""xls and xlsb: records of BIFF5, BIFF8 and BIFF12.

In: a stream or a `Package`. Out: a `SheetScan` for each sheet.
Not here: skipping a record of a cell that is not known.
"""
