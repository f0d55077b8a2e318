"""Numbers in prose: digits, number words, ranges and comparisons.

In: a sentence. Out: `Number` objects with what each claims.
Not here: what a number stands for.
"""
