"""The figures for the script of the page, as JSON: one array per measure and ratio, one value per unit.

A figure is the whole number of its steps; a ratio is rounded here. So both are multiplied by ten to the power
of their decimals. The value ``null`` is missing, ``""`` is not asked of the unit, ``"x"`` is withheld, and
digits in quotes are a number too large for a script.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from operator import mul

from antq_stats.figures.publication import Publication
from antq_stats.figures.status import Status
from antq_stats.form import Measure, Ratio
from antq_stats.render.page.context import PageContext
from antq_stats.render.page.places import Places
from antq_stats.render.words import level_word
from antq_stats.render.writing.table import UNICODE, clean
from antq_stats.words.language import Wording, rounded_quotients

Value = int | str | None

_INSTEAD: Mapping[int, Value] = {
    Status.NOT_ASKED: "",
    Status.MISSING: None,
    Status.WITHHELD: "x",
    Status.NOT_SUMMED: "n",
}
_MARKS = ("", UNICODE.provisional, UNICODE.decided, UNICODE.provisional + UNICODE.decided)
"""The marks of a figure, by its digit in the JSON."""
_LARGEST_EXACT = 2**53 - 1
_MOST_UNITS = 20_000
"""Most units in the JSON; if there are more, the finest levels are left out."""

_WORDS = (
    "all-sections", "tree", "flat", "rows", "rows-one", "rows-first", "more", "coverage", "unit", "no-match",
    "caption", "sort-by", "row",
)  # fmt: skip
_LATER = {name: f"{{{name}}}" for name in ("count", "level", "row", "section", "shown")}
"""Placeholders that the script fills in."""


def page_data(context: PageContext) -> str:
    """Return the JSON for the script; no text in it can close the HTML element that contains it."""
    publication, wording = context.publication, context.wording
    register = publication.register
    units = _units(publication)
    places = {unit: place for place, unit in enumerate(units)}
    levels = [register.units.levels[unit] for unit in units]
    answers, cells = publication.coverage, Places(publication, units)
    content = {
        "signs": _signs(wording),
        "words": {key: wording.phrase(f"page.script-{key}", **_LATER) for key in _WORDS},
        "levels": {str(level): level_word(register, level, wording) for level in sorted(set(levels))},
        "names": [clean(context.name(unit)) for unit in units],
        "parents": [places.get(register.units.parents[unit], -1) for unit in units],
        "unitLevels": levels,
        "expected": answers.expected[units].tolist(),
        "read": answers.read[units].tolist(),
        "sections": [
            {
                "label": clean(label),
                "columns": [_column(context, units, column, cells) for column in columns],
            }
            for label, columns in context.sections
        ],
    }
    content["places"] = cells.content()
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _signs(wording: Wording) -> dict[str, object]:
    """Return the marks of figures, taken from figures that are written in the language."""
    return {
        "group": wording.number(1000)[1:-3],
        "decimal": wording.decimal(0, 1)[1:-1],
        "percent": wording.percent(0, 0)[1:],
        "perMille": wording.percent(0, 0, 1000)[1:],
        "marks": _MARKS,
        "missing": UNICODE.missing,
        "withheld": UNICODE.suppressed,
        "notSummed": UNICODE.not_summed,
    }


def _units(publication: Publication) -> list[int]:
    """Return the units of the JSON, in tree order; the finest levels are left out first."""
    levels = publication.register.units.levels
    units: list[int] = publication.register.under(publication.root).tolist()
    while len(units) > _MOST_UNITS:
        finest = max(levels[unit] for unit in units)
        if finest == levels[publication.root]:
            break
        units = [unit for unit in units if levels[unit] < finest]
    return units


def _column(
    context: PageContext, units: Sequence[int], column: Measure | Ratio, places: Places
) -> dict[str, object]:
    publication, wording = context.publication, context.wording
    if isinstance(column, Measure):
        cells = list(_measure_values(publication, units, column))
        decimals, per = column.decimals, 0
    else:
        cells = list(_ratio_values(publication, units, column))
        decimals, per = column.decimals, column.per
    decided = publication.decided(column.code)[units].tolist()
    doubtful = (bool(mark) for _, mark in cells)
    marks = "".join(str(mark + 2 * other) for mark, other in zip(doubtful, decided, strict=True)).rstrip("0")
    return {
        "label": clean(wording.say(column.label)),
        "unit": clean(publication.form.unit(column.code, wording.lang)),
        "decimals": decimals,
        "per": per,
        "values": [value for value, _ in cells],
        "marks": marks,
        **(places.of_column(column) if isinstance(column, Measure) else {}),
    }


def _measure_values(
    publication: Publication, units: Sequence[int], measure: Measure
) -> Iterator[tuple[Value, bool]]:
    values, _, _, doubtful, statuses = publication.column(measure.code)
    arrays = (values, doubtful, statuses)
    for value, provisional, status in zip(*(array[units].tolist() for array in arrays), strict=True):
        if status == Status.FIGURE:
            yield _exact(value), bool(provisional)
        else:
            yield _INSTEAD[status], False


def _ratio_values(
    publication: Publication, units: Sequence[int], ratio: Ratio
) -> Iterator[tuple[Value, bool]]:
    numerators, denominators, _, _, doubtful, statuses = publication.ratio_column(ratio.code)
    factor = publication.form.ratio_scale(ratio.code) * ratio.per
    by, over = factor.as_integer_ratio()
    above = [value * by for value in numerators[units].tolist()]
    below = [value * over for value in denominators[units].tolist()]
    is_figure = (statuses == Status.FIGURE)[units].tolist()
    quotients = rounded_quotients(above, map(mul, below, is_figure), ratio.decimals)
    steps = cache(lambda quotient: _exact(int(quotient.scaleb(ratio.decimals))))  # they are few
    arrays = (doubtful[units].tolist(), statuses[units].tolist())
    for quotient, provisional, status in zip(quotients, *arrays, strict=True):
        if quotient is None:
            yield _INSTEAD[status], False
        else:
            yield steps(quotient), bool(provisional)


def _exact(value: int) -> Value:
    return value if abs(value) <= _LARGEST_EXACT else str(value)
