"""The collection: all returns of a period in one matrix per table.

In: a folder. Out: `Collection`, with the source of every value and what was found.
Not here: sums. A value that two rows give differently stays unsettled.
"""
