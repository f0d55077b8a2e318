"""Map of the communes: a circle at each, whose area is a count and whose colour is a ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt

from antq_stats.collection.period_name import day_of
from antq_stats.form import Ratio
from antq_stats.form.entries import UNITS
from antq_stats.render.cells import cell_of
from antq_stats.render.page.charts import WIDTH
from antq_stats.render.page.context import PageContext
from antq_stats.render.words import unit_name
from antq_stats.render.writing.table import Count, Percent, clean
from antq_stats.words.text import text_key

_MARGIN = 24
_LARGEST = 17.0
"""Radius of the largest circle."""
_SMALLEST = 2.0
_LABELS = 12
"""Most circles with a name on them: the largest ones whose names do not overlap."""
_APART = (70, 11)
"""Least distance of two names, across and down."""
_CLASSES = 4


@dataclass(frozen=True, slots=True)
class Circle:
    """A commune on the map."""

    x: str
    y: str
    radius: str
    colour: int
    """Class of the ratio, from 1; 0 if there is no ratio."""
    words: str
    label: str
    """Name on the circle; empty for most."""


@dataclass(frozen=True, slots=True)
class Map:
    """The drawing, its key to the colours, and its figures as a table."""

    title: str
    description: str
    width: int
    height: int
    circles: tuple[Circle, ...]
    """The largest first, so that small ones are drawn over them."""
    key: tuple[tuple[int, str], ...]
    heads: tuple[str, str, str]
    rows: tuple[tuple[str, str, str], ...]


def view(context: PageContext) -> Map | None:
    """Return the map of the first ratio of two measures; None if the communes' positions are not known."""
    publication, wording = context.publication, context.wording
    ratio = next((c for c in publication.columns if isinstance(c, Ratio) and c.denominator != UNITS), None)
    register = publication.register
    level = register.level("commune")
    under = register.under(publication.root).tolist()
    units = [unit for unit in under if register.units.levels[unit] == level]
    places = _positions(context, units) if ratio is not None and len(units) > 1 else None
    if ratio is None or places is None:
        return None
    measure = publication.form.measure(ratio.denominator)
    sizes = {unit: cell_of(publication, unit, measure) for unit in units}
    shares = {unit: cell_of(publication, unit, ratio) for unit in units}
    counts = {unit: float(cell.value) for unit, cell in sizes.items() if isinstance(cell, Count)}
    ratios = {unit: cell.value for unit, cell in shares.items() if isinstance(cell, Percent)}
    if len(ratios) < _CLASSES or not any(counts.values()):
        return None
    ranked = sorted(ratios, key=lambda unit: ratios[unit])
    colours = {unit: 1 + at * _CLASSES // len(ranked) for at, unit in enumerate(ranked)}
    largest = max(counts.values())
    names = {unit: clean(unit_name(register, unit)) for unit in units}
    order = sorted(units, key=lambda unit: -counts.get(unit, 0))
    rows = tuple((names[unit], context.marked(sizes[unit]), context.marked(shares[unit])) for unit in units)
    texts = dict(zip(units, rows, strict=True))
    labelled = _labelled([(unit, places[unit]) for unit in order])
    circles = tuple(
        Circle(
            f"{places[unit][0]:.1f}",
            f"{places[unit][1]:.1f}",
            f"{max(_SMALLEST, _LARGEST * sqrt(counts.get(unit, 0) / largest)):.1f}",
            colours.get(unit, 0),
            ": ".join((texts[unit][0], "; ".join(texts[unit][1:]))),
            clean(register.units.names[unit]) if unit in labelled else "",
        )
        for unit in order
    )
    key = []
    for colour in range(1, _CLASSES + 1):
        members = [unit for unit in ranked if colours[unit] == colour]
        ends = dict.fromkeys(context.marked(shares[unit]) for unit in (members[0], members[-1]))
        key.append((colour, " – ".join(ends)))
    if len(ratios) < len(units):
        key.append((0, wording.phrase("page.map-without")))
    labels = (wording.say(measure.label), wording.say(ratio.label))
    return Map(
        title=wording.phrase("page.map-title", area=labels[0], colour=labels[1]),
        description=wording.phrase("page.map-described", count=len(units)),
        width=WIDTH,
        height=round(max(y for _, y in places.values())) + _MARGIN,
        circles=circles,
        key=tuple(key),
        heads=(wording.phrase("column.unit"), *labels),
        rows=rows,
    )


def _labelled(places: Sequence[tuple[int, tuple[float, float]]]) -> dict[int, tuple[float, float]]:
    """Return the units whose names are drawn, with their places; the first ones come first."""
    found: dict[int, tuple[float, float]] = {}
    for unit, (x, y) in places:
        if all(abs(x - a) > _APART[0] or abs(y - b) > _APART[1] for a, b in found.values()):
            found[unit] = (x, y)
        if len(found) == _LABELS:
            break
    return found


def _positions(context: PageContext, units: Sequence[int]) -> dict[int, tuple[float, float]] | None:
    """Return the place of each commune on the drawing; None if any is no commune of the country."""
    publication = context.publication
    day = day_of(publication.period, publication.form)
    register = publication.register.units
    if day is None or not all(len(register.codes[unit]) == 5 for unit in units):
        return None
    from antq_stats.country.country import country

    degrees: dict[int, tuple[float, float]] = {}
    for unit in units:
        known = country().unit(register.codes[unit], day)
        if known is None or known.latitude is None or known.longitude is None:
            return None
        if text_key(known.name) != text_key(register.names[unit]):
            return None
        degrees[unit] = (known.longitude, known.latitude)
    west, east = (end(x for x, _ in degrees.values()) for end in (min, max))
    south, north = (end(y for _, y in degrees.values()) for end in (min, max))
    narrow = cos(radians((south + north) / 2))
    across = max((east - west) * narrow, (north - south) / 2, 1e-6)
    scale = (WIDTH - 2 * _MARGIN) / across
    return {
        unit: (_MARGIN + (x - west) * narrow * scale, _MARGIN + (north - y) * scale)
        for unit, (x, y) in degrees.items()
    }
