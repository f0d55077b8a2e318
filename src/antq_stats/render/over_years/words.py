"""Words that tables, pages and texts over several periods share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from antq_stats.form import Form, Measure, Ratio
from antq_stats.register.register import UnitRegister
from antq_stats.render.words import level_word, unit_name
from antq_stats.render.writing.table import Points, cell_text
from antq_stats.series.comparing import Comparison
from antq_stats.series.over_time import Series
from antq_stats.words.language import Wording

_NAMED = 12
"""Units that a note names; further ones are counted."""


def label_of(form: Form, column: Measure | Ratio, wording: Wording) -> str:
    """Return the label of a measure or ratio with its unit of measure: ``Hộ đạt gia đình văn hóa (hộ)``."""
    unit, label = form.unit(column.code, wording.lang), wording.say(column.label)
    return f"{label} ({unit})" if unit else label


def points(value: Fraction, decimals: int, wording: Wording) -> str:
    """Return a change of a ratio: ``+1,2 điểm %``.

    Parameters
    ----------
    value : the change, times ``per``.
    decimals : places shown.
    wording : the language.
    """
    return cell_text(Points(value, decimals), wording)


def names_of_units(units: Sequence[int], register: UnitRegister, wording: Wording) -> str:
    """Return the names of units in a sentence; of many, the first ones and how many more.

    Parameters
    ----------
    units : positions of the units.
    register : their register.
    wording : the language.
    """
    named = [unit_name(register, unit) for unit in units[:_NAMED]]
    if len(units) > _NAMED:
        more = len(units) - _NAMED
        return f"{', '.join(named)} {wording.phrase('compare.more', count=more)}"
    return ", ".join(named)


def unit_notes(
    comparison: Comparison, wording: Wording, told: set[tuple[str, ...]] | None = None
) -> Iterator[str]:
    """Yield which units are new, which the earlier period did not cover, and which are no longer there.

    Of a period that is later than the one it stands beside it is the other way round: what only that one
    has is no longer there.

    Parameters
    ----------
    comparison : the two periods.
    wording : the language.
    told : the lists of names told of other periods, which are not repeated; the new ones are added.
    """
    told = set() if told is None else told
    register, source = comparison.register, comparison.first.placement.source
    is_turned = comparison.is_turned
    period = (comparison.last if is_turned else comparison.first).aggregate.period
    gone, new, had, has = comparison.left, comparison.entered, source, register
    if is_turned:
        gone, new, had, has = new, gone, has, had
    outside = frozenset(comparison.lost if is_turned else comparison.outside)
    for key, units, named in (
        ("entered", [unit for unit in new if unit not in outside], has),
        ("outside", [unit for unit in new if unit in outside], has),
        ("left", gone, had),
    ):
        every = (key, *(named.units.codes[unit] for unit in units))
        if units and every not in told:
            told.add(every)
            names = names_of_units(units, named, wording)
            yield wording.phrase(f"compare.{key}", period=period, names=names)


def area_words(
    register: UnitRegister, top: int, units: Sequence[int], wording: Wording, *, periods: int = 2
) -> str:
    """Return what figures are of: a unit, or the part of it that all periods have.

    Parameters
    ----------
    register : the units.
    top : position of the unit.
    units : the unit itself, or the highest units of the part that all periods have.
    wording : the language.
    periods : number of periods.
    """
    if tuple(units) == (top,):
        return unit_name(register, top)
    key = "compare.common" if periods == 2 else "series.common"
    return wording.phrase(key, unit=unit_name(register, top), **share_of_area(register, top, units, wording))


def share_of_area(register: UnitRegister, top: int, units: Sequence[int], wording: Wording) -> dict[str, str]:
    """Return how much of a unit some units under it are: facts for a phrase, ``count``, ``all``, ``kind``.

    Parameters
    ----------
    register, top, units, wording : as for `area_words`.
    """
    level = max((register.units.levels[unit] for unit in units), default=0)
    of_level = [int(unit) for unit in register.under(top) if register.units.levels[unit] == level]
    inside = sum(any(unit in register.units.ancestors(other) for unit in units) for other in of_level)
    return {
        "count": wording.number(inside),
        "all": wording.number(len(of_level)),
        "kind": level_word(register, level, wording),
    }


def common_words(series: Series, wording: Wording) -> str:
    """Return the words for the part that all periods have.

    Parameters
    ----------
    series : the periods.
    wording : the language.
    """
    root, register = series.publication.root, series.publication.register
    key = "series.prose-common-two" if len(series.periods) == 2 else "series.prose-common"
    return wording.phrase(key, **share_of_area(register, root, series.common, wording))
