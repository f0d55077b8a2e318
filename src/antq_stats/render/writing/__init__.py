"""How tables leave the program: terminal, workbook, CSV, JSON and Markdown, whole files or none.

In: a `PresentationTable` or text. Out: characters or bytes.
Not here: figures. Cells are typed before they come here.
"""
