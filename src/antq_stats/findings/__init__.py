"""Findings: the records, their wording in two languages, and findings stored as columns.

In: a code, a place and facts. Out: a message, a hint and a severity.
Not here: deciding what is wrong. That is done where a file is read or a collection is checked.
"""
