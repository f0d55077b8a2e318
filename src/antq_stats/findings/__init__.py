"""Findings: what was found, its wording, and findings kept as columns.

In: a code, a place and facts. Out: a message, a hint and a severity in either language.
Not here: deciding what is wrong. That is done where a file is read or a collection is checked.
"""
