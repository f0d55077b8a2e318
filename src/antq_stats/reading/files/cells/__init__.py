"""What the readers of all formats share: cells as they are met, scans, number formats, formulas.

In: records or elements of a file. Out: values, and what is known of them besides.
Not here: anything that belongs to one format alone.
"""
