"""The collection: all returns of a period in one matrix per table.

In: a folder. Out: `Collection`, with the source of every value and the findings.
Not here: sums. If two rows give different values of one unit, neither counts.
"""
