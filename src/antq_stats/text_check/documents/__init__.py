"""Documents: a text or a Word file to blocks of prose and tables.

In: the bytes of a file. Out: blocks with their places.
Not here: reading numbers.
"""
