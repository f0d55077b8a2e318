"""What units above a table's level report of themselves, of the measures that no level adds up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from antq_stats.collection.origins import Origin
from antq_stats.collection.repeats import where
from antq_stats.findings.finding import Finding
from antq_stats.form import Form
from antq_stats.reading.returns import Return
from antq_stats.register.register import UnitRegister

Own = dict[str, dict[int, int]]
"""Code of a measure -> position of a unit -> what the unit reports of itself."""
OwnOrigins = dict[str, dict[int, Origin]]
"""Code of a measure -> position of a unit -> the row in which the unit reports it."""


class _Given(NamedTuple):
    value: int
    origin: Origin
    place: int
    """Place of the measure in the table."""


def own_figures(
    form: Form, register: UnitRegister, returns: Iterable[Return]
) -> tuple[Own, OwnOrigins, list[Finding]]:
    """Return the figures and their rows, and U202 for each row where two of a unit differ: neither counts.

    Parameters
    ----------
    form, register : of the period.
    returns : the returns that count.
    """
    given: dict[tuple[str, int], list[_Given]] = {}
    for return_ in returns:
        for part in return_.tables:
            measures = form.measures_of(form.tables[part.table])
            for unit, place, value, row in part.own:
                origin = Origin(return_.file, part.sheet, row, part.columns)
                given.setdefault((measures[place].code, unit), []).append(_Given(value, origin, place))
    own: Own = {}
    origins: OwnOrigins = {}
    findings: list[Finding] = []
    for (measure, unit), rows in given.items():
        if len({row.value for row in rows}) == 1:
            own.setdefault(measure, {})[unit] = rows[0].value
            origins.setdefault(measure, {})[unit] = rows[0].origin
            continue
        for given_here in rows:
            other = next(each for each in rows if each.value != given_here.value)
            findings.append(
                Finding(
                    code="U202",
                    file=given_here.origin.file,
                    sheet=given_here.origin.sheet,
                    row=given_here.origin.row,
                    column=given_here.origin.columns[given_here.place],
                    unit=register.units.codes[unit],
                    measure=measure,
                    value=str(given_here.value),
                    facts={"other": where(other.origin, other.place)},
                )
            )
    return own, origins, findings
