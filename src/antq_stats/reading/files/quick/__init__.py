"""Reading files as most programs write them, in one pass that accounts for every byte.

In: the bytes of a file. Out: the same `Workbook` as by the readers of the other rooms, or None at anything
unusual. `read` is the door; `strict_zip` and `shared_strings` also serve the cache of layouts.
"""
