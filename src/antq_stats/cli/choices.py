"""Look up the unit, level and measures that the command line names. Near matches are suggested, not taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antq_stats.cli.console import UsageProblem
from antq_stats.cli.wording import suggestion
from antq_stats.words.text import one_line, text_key

if TYPE_CHECKING:
    from antq_stats.form import Form, Measure, Ratio
    from antq_stats.register.register import UnitRegister


def unit_of(register: UnitRegister, named: str | None) -> int:
    """Return the position of a unit given by code or by name; the root if none is given.

    Raises
    ------
    UsageProblem
        No unit has the name, or several have.
    """
    units = register.units
    if named is None:
        return units.children[-1][0]
    if named in units.by_code:
        return units.by_code[named]
    key = text_key(named)
    alike = [position for position in range(len(units.codes)) if key in units.name_keys(position)]
    if len(alike) == 1:
        return alike[0]
    if alike:
        choices = ", ".join(units.codes[position] for position in alike[:8])
        raise UsageProblem("usage.unit-unclear", found=one_line(named), choices=choices)
    raise UsageProblem(
        "usage.no-unit", found=one_line(named), near=suggestion(named, (*units.codes, *units.names))
    )


def level_of(register: UnitRegister, named: str | None, default: int) -> int:
    """Return the position of a level by its name; if none is given, the default, or the finest above it.

    Raises
    ------
    UsageProblem
        The register has no such level.
    """
    if named is None:
        return min(default, len(register.levels) - 1)
    level = register.level(named)
    if level is None:
        raise UsageProblem("usage.no-level", found=one_line(named), choices=", ".join(register.levels))
    return level


def columns_of(form: Form, named: list[str] | None) -> list[Measure | Ratio]:
    """Return the measures and ratios with the given codes, in form order; all if none is given.

    Raises
    ------
    UsageProblem
        The form has no measure or ratio of a code.
    """
    if not named:
        return list(form.columns)
    known = {column.code for column in form.columns}
    for code in named:
        if code not in known:
            raise UsageProblem("usage.no-measure", found=one_line(code), near=suggestion(code, known))
    return [column for column in form.columns if column.code in named]
