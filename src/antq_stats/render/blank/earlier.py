"""What the units gave in an earlier period, and what was found wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from antq_stats.figures.aggregation import Aggregate
from antq_stats.figures.comparison import Prior, prior
from antq_stats.findings import catalogue
from antq_stats.findings.finding import Finding
from antq_stats.form import Form
from antq_stats.register.register import UnitRegister
from antq_stats.render.words import FindingWording, names_of, unit_name
from antq_stats.words.language import Language, Wording


@dataclass(frozen=True, eq=False)
class Earlier:
    """An earlier period, asked by the units and measures of this one."""

    prior: Prior
    _told: dict[int, list[str]] = field(default_factory=dict)
    """Unit of then -> what was found of it and of those below it, in words."""
    _at: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    """Unit and measure of then -> what was found at their cell, in words."""
    _wording: Wording = field(default=Wording("vi"))

    @property
    def period(self) -> str:
        """Name of the earlier period."""
        return self.prior.period

    def value(self, unit: int, measure: str) -> int | None:
        """Return a figure of then; None where none was given, or not for all that stands under the unit."""
        figure = self.prior.figure(unit, measure)
        return None if figure is None or figure.given < figure.expected else figure.value

    def told(self, unit: int) -> list[str]:
        """Return what was found of a unit and of those below it, each in a line."""
        then = self.prior.place(unit)
        return [] if then is None else self._told.get(then, [])

    def told_at(self, unit: int, measure: str) -> str:
        """Return what was found at one cell; nothing where all was well."""
        then = self.prior.place(unit)
        found = [] if then is None else self._at.get((then, measure), [])
        if not found:
            return ""
        return "\n".join([self._wording.phrase("blank.told-at", period=self.period), *found])


def earlier_period(
    form: Form,
    register: UnitRegister,
    aggregate: Aggregate,
    findings: Iterable[Finding],
    lang: Language,
) -> Earlier:
    """Return an earlier period under the units and measures of this one.

    Parameters
    ----------
    form, register : of this period.
    aggregate, findings : of the earlier one. Notes are left out: there was nothing to mend.
    """
    then = aggregate.register
    names = names_of(aggregate.form, then, lang)
    words = FindingWording(Wording(lang), names)
    told: dict[int, list[str]] = {}
    at: dict[tuple[int, str], list[str]] = {}
    for finding in findings:
        position = then.units.by_code.get(finding.unit or finding.about or "")
        if position is None or catalogue.severity(finding) == "note":
            continue
        message = words.message(finding)
        label = names("measure", finding.measure) if finding.measure else None
        line = ": ".join(filter(None, (unit_name(then, position), label, message)))
        for above in then.units.ancestors(position):
            told.setdefault(above, []).append(line)
        for measure in finding.measures if finding.unit else ():
            at.setdefault((position, measure), []).append(message)
    return Earlier(prior(form, register, aggregate), told, at, words.wording)
