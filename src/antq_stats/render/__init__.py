"""Results: workbook, page, prose, blank returns, files for the senders, tables, lists and records.

In: returns, findings, sums and publications. Out: text, and files that are written whole or not at all.
Not here: what may be published, which `figures` decides. Entry points take the language; the functions behind
them share one `Wording`.
"""
