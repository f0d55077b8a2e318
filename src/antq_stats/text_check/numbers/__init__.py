"""Numbers in prose: digits, number words, ranges and comparisons.

In: a sentence. Out: `Number` objects with what each claims.
Not here: the figure that a number refers to.
"""
