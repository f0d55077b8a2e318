"""Faces of a trace: a tree for the terminal, records for JSON and CSV."""
