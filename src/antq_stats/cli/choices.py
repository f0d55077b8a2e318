"""Look up units, measures, provinces and days by the words of the user. Near matches are only suggested."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import TYPE_CHECKING

from antq_stats.cli.console import UsageProblem, console, note_findings
from antq_stats.cli.wording import alternatives, suggestion
from antq_stats.words.language import phrase
from antq_stats.words.text import one_line, text_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antq_stats.collection.intake import Intake
    from antq_stats.country import Country, CountryUnit
    from antq_stats.form import Form, Measure, Ratio
    from antq_stats.register.register import UnitRegister
    from antq_stats.series.boundaries import Boundaries


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
        raise UsageProblem("usage.no-level", found=one_line(named), choices=", ".join(_levels(register)))
    return level


def _levels(register: UnitRegister) -> Iterator[str]:
    """Yield what the levels are called in the language of the run, as far as they can be asked for by it."""
    from antq_stats.render.words import level_word
    from antq_stats.words.language import Wording

    for level, code in enumerate(register.levels):
        word = level_word(register, level, Wording(console.language), most=1)
        yield word if register.level(word) == level else code


def _labels(column: Measure | Ratio, first: str) -> tuple[str, ...]:
    """Return the labels of a column, the one in the language of the run first."""
    return (first, column.label.say("vi"), column.label.say("en"))


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
            labels = {
                each.code: _labels(each, form.label(each.code, console.language)) for each in form.columns
            }
            near = suggestion(code, known, labels)
            raise UsageProblem("usage.no-measure", found=one_line(code), near=near)
    return [column for column in form.columns if column.code in named]


def column_named(form: Form, named: str) -> Measure | Ratio:
    """Return the measure or ratio with a code, or with a label in either language.

    Raises
    ------
    UsageProblem
        The form has none, or several with the label.
    """
    alike = [
        column
        for column in form.columns
        if text_key(named) in {text_key(label) for label in _labels(column, "")} - {""}
    ]
    if len(alike) > 1 and named not in {column.code for column in alike}:
        choices = ", ".join(column.code for column in alike[:8])
        raise UsageProblem("usage.measure-unclear", found=one_line(named), choices=choices)
    return alike[0] if len(alike) == 1 else columns_of(form, [named])[0]


def day_named(text: str | None) -> dt.date | None:
    """Return a day, written in ISO format or as offices do (day/month/year); None for None.

    Raises
    ------
    UsageProblem
        The text is not a day.
    """
    if text is None:
        return None
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        with suppress(ValueError):
            return dt.datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 - a day has no time zone
    raise UsageProblem("usage.bad-date", found=one_line(text))


def boundaries_named(named: str | None, periods: Sequence[Intake]) -> Boundaries:
    """Return the boundaries that ``--on`` names: ``A``, ``B``, the name of a period, or a day.

    Parameters
    ----------
    named : the words; None for the boundaries of the last period.
    periods : the periods, the earliest first: A is the first, B the last.

    Raises
    ------
    UsageProblem
        It is none of them, or no register is known for the day.
    SetupError
        The file of changes cannot be used.
    """
    from antq_stats.series.boundaries import NoRegisterError, boundaries_on, history_of, own_boundaries
    from antq_stats.words.language import Wording

    history, key = history_of(periods), (named or "").strip().casefold()
    note_findings(history.notes)
    by_name = {period.name.casefold(): period for period in periods}
    if len(periods) > 1:
        by_name |= {"a": periods[0], "b": periods[-1]}
    if not key or key in by_name:
        return own_boundaries(by_name.get(key, periods[-1]), history)
    day = day_named(named)
    assert day is not None  # noqa: S101 - only None gives none
    try:
        return boundaries_on(day, list(reversed(periods)), history)
    except NoRegisterError:
        raise UsageProblem("compare.no-register", date=Wording(console.language).date(day)) from None


def province_named(land: Country, named: str, on: dt.date | None) -> CountryUnit:
    """Return the province in force on a day that has a name or code; None is the latest day known.

    Raises
    ------
    UsageProblem
        There is no such province on that day.
    """
    from antq_stats.country import UnknownProvinceError

    try:
        return land.province(named, on)
    except UnknownProvinceError as error:
        found, near = one_line(error.named), [unit.name for unit in error.near]
        former = error.former
        if former is None or former.valid_to is None or not near:
            hint = phrase("usage.near", console.language, what=alternatives(near[:3])) if near else ""
            raise UsageProblem("usage.no-province", found=found, near=hint) from None
        from antq_stats.words.language import date

        until = date(former.valid_to, console.language)
        now = f"{error.near[0].full_name} ({error.near[0].code})"
        facts = {"name": former.full_name, "until": until, "now": now}
        raise UsageProblem("usage.former-province", found=found, **facts) from None


def provinces_near(land: Country, named: str, on: dt.date | None) -> tuple[CountryUnit, ...]:
    """Return the provinces in force on a day that a name or code may mean, the likeliest first."""
    from antq_stats.country import UnknownProvinceError

    try:
        return (land.province(named, on),)
    except UnknownProvinceError as error:
        return error.near


def note_lists(land: Country, provinces: Sequence[CountryUnit], on: dt.date) -> None:
    """Note the provinces whose earliest known list of units is of a later day."""
    from antq_stats.words.language import Wording

    wording = Wording(console.language)
    later: dict[dt.date, list[str]] = {}
    for province in provinces:
        listed = land.listed_on(province)
        if on < listed:
            later.setdefault(listed, []).append(province.name)
    for listed, names in later.items():
        facts = {"count": len(names), "on": wording.date(on), "listed": wording.date(listed)}
        if len(names) == 1:
            console.note("country.listed-later", name=names[0], **facts)
        else:
            console.note("country.lists-later", **facts)
