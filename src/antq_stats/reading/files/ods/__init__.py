"""ods: OpenDocument spreadsheets.

In: a `Package`. Out: a `Look` for each sheet.
Not here: expanding repeated cells before they are counted against the limits.
"""
