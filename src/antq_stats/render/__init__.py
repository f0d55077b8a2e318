"""One presentation table and its faces: terminal, workbook, delimited text; and how output is written."""
