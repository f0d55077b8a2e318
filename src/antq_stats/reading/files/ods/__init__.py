"""ods: OpenDocument spreadsheets.

Input: a `Package`. Output: a `SheetScan` for each sheet.
Repeated cells are not expanded before they are counted against the limits.
"""
