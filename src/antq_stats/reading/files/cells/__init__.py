"""Parts shared by the readers of several formats: scans, cells, number formats, formulas.

Input: records or elements of a file. Output: `SheetScan` objects.
What belongs to one format alone is in the room of that format.
"""
