"""What tests share.

Inputs: `forms`, `returns`, `blank_returns`, `binary_workbooks`, `old_fonts`, `mutations`, `places`.
Ways to run the program: `reading`, `command`, `prose`, `fast_paths`, `fuzz_targets`, `inside`.
Other programs: `office`, `browser`.
"""
