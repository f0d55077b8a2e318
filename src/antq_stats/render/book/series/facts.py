"""What the sheet on method says of several periods: their areas, and the shares that figures rest on."""

from __future__ import annotations

from collections.abc import Iterator

from antq_stats.changes.events import Event
from antq_stats.figures.comparison import Prior
from antq_stats.register.register import UnitRegister
from antq_stats.render.over_years.lines import FEWEST_PERIODS
from antq_stats.render.over_years.restated import boundaries_line
from antq_stats.render.over_years.series_table import areas
from antq_stats.render.over_years.words import area_words
from antq_stats.render.words import unit_name
from antq_stats.series.over_time import Series
from antq_stats.words.language import Wording


def facts(series: Series, wording: Wording) -> Iterator[tuple[str, str]]:
    """Yield the facts: the end of the key of a label, and the text.

    Parameters
    ----------
    series : the periods.
    wording : the language.
    """
    say = wording.phrase
    yield "earlier", ", ".join(prior.period for prior in series.priors)
    if not series.common:
        scope = say("series.book-no-common")
    elif series.is_whole:
        scope = say("series.book-whole")
    else:
        publication, periods = series.publication, len(series.periods)
        units = areas(series)[-1]
        area = area_words(publication.register, publication.root, units, wording, periods=periods)
        scope = say("series.book-common", area=area)
    boundaries = boundaries_line(series.comparisons[-1].boundaries, wording)
    yield "scope", f"{boundaries}. {scope}"
    if len(series.periods) >= FEWEST_PERIODS:
        yield "lines", say("series.book-lines")
    for line in _shares(series, wording):
        yield "shares", line


def _shares(series: Series, wording: Wording) -> Iterator[str]:
    """Yield the divisions by stated shares that figures of an earlier period were estimated with."""
    told: set[tuple[Event, str]] = set()
    for prior in series.priors:
        for fate in prior.placement.fates.values():
            if not any(part.is_estimated for part in fate.parts):
                continue
            for event in fate.events:
                for old in event.divided:
                    if event.has_shares and (event, old) not in told:
                        told.add((event, old))
                        yield _division(event, old, prior, wording)


def _division(event: Event, old: str, prior: Prior, wording: Wording) -> str:
    """Return a division in words: the unit, the shares of its parts, the act and the source."""
    placement = prior.placement
    parts = ", ".join(
        f"{_name(part.new, placement.target)} {part.share}" for part in event.parts if part.old == old
    )
    told = wording.phrase(
        "series.book-division", unit=_name(old, placement.source), parts=parts, date=wording.date(event.day)
    )
    sources = (("act", event.act), ("source", event.source))
    named = [wording.phrase(f"series.book-{key}", name=name) for key, name in sources if name]
    return " ".join([told, *named]) if named else f"{told} {wording.phrase('series.book-no-source')}"


def _name(code: str, register: UnitRegister) -> str:
    unit = register.units.by_code.get(code)
    return code if unit is None else f"{unit_name(register, unit)} ({code})"
