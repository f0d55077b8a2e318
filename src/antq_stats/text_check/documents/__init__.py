"""Documents: from a text or Word file to paragraphs and tables.

In: the bytes of a file. Out: `Document`, its blocks in order.
Not here: reading numbers.
"""
