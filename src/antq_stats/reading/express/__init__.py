"""The fast path for workbooks with the layout of one already read. It changes the speed, never a result.

In: the bytes of a file. Out: the same `Return`, or `NeedsFullReader` at the first doubt.
Not here: a rule that the full reader does not have. `layout_cache` is the only door.
"""
