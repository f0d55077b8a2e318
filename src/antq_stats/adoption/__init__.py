"""Adoption: villages that returns name and the register lacks enter it, once an officer confirms them.

In: a collection; later the workbook of proposals with decisions. Out: the workbook; the register with new
rows. Not here: any decision. What is not confirmed stays out.
"""
