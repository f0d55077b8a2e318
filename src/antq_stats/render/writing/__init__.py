"""Writers of tables and text: terminal, workbook, CSV, JSON and Markdown; and of files, whole or not at all.

In: a `PresentationTable` or text. Out: characters or bytes.
Not here: the choice and the rounding of figures. Cells have types before they come here.
"""
