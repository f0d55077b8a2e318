"""Sheets with the header of one read before, in whatever kind of file: only their rows are read anew.

In: the grids of a file. Out: the same `Return`, or `NeedsFullReader` at the first doubt.
"""
