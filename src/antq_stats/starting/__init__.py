"""The folder to start a year from: its register with the villages that are known, its form, its read-me.

In: a province, a year, last year's register or a list of villages. Out: the texts of the files, and what
could not be placed.
Not here: writing files, asking the user (the command line does both), anything about returns.
"""
