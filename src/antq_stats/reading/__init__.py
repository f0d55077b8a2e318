"""Reading: one file of a sender to one `Return`.

In: the bytes of a file and the `ReadingPlan`. Out: flat arrays of counts, and findings with their cells.
Not here: pandas, numpy, pydantic, the form or the register. Workers start in milliseconds for lack of them.
"""
