"""Deciding: what an officer fills in, or types, becomes lines of decisions.csv.

In: the list of findings with decisions filled in; a period's result. Out: the decisions that fit, the refusal
of each other with its cell, what they change in the totals, and their lines in the file. Not here: applying
them.
"""
