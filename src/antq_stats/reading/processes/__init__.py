"""Processes: many files at once, on this machine or on a cluster.

In: discovered files and the plan. Out: a `Return` for each file, whatever happens to a worker.
Not here: reading itself. A worker calls `receive`.
"""
