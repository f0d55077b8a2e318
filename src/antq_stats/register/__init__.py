"""The register: the tree of units in force on a day, read from `units.csv`.

In: the path of `units.csv` and a day. Out: `UnitRegister`, or `SetupError` with every fault.
Not here: anything that knows a form or a return.
"""
