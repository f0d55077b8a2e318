"""ods: OpenDocument spreadsheets.

In: a `Package`. Out: a `SheetScan` for each sheet.
Not here: expanding repeated cells before they are counted against the limits.
"""
