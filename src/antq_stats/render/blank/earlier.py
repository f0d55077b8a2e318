"""The figures and findings of an earlier period, for the blank returns of this one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from antq_stats.changes.placement import Placement
from antq_stats.figures.aggregation import Aggregate
from antq_stats.figures.comparison import Prior, prior
from antq_stats.findings import catalogue
from antq_stats.findings.finding import Finding
from antq_stats.form import Form
from antq_stats.register.register import UnitRegister
from antq_stats.render.words import FindingWording, names_of, unit_name
from antq_stats.words.amounts import Amount
from antq_stats.words.language import Language, Wording


@dataclass(frozen=True, eq=False)
class Earlier:
    """The figures and findings of an earlier period, by the units and measures of this one.

    Parameters
    ----------
    prior : the figures.
    """

    prior: Prior
    _by_unit: dict[int, list[str]] = field(default_factory=dict)
    """The messages on a unit of then and on the units below it."""
    _by_cell: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    """The messages at the cell of a unit of then and a measure."""
    _wording: Wording = field(default=Wording("vi"))

    @property
    def period(self) -> str:
        """Name of the earlier period."""
        return self.prior.period

    def value(self, unit: int, measure: str) -> Amount | None:
        """Return an earlier figure; None if it is missing or incomplete, or its definition changed since.

        Parameters
        ----------
        unit : position of a unit of this period.
        measure : code of a measure of this form.
        """
        figure = None if self.prior.series_break(measure) else self.prior.figure(unit, measure)
        return None if figure is None or figure.given < figure.expected else figure.value

    def messages(self, unit: int) -> list[str]:
        """Return the findings on a unit of this period and on the units below it, one line each."""
        then = self.prior.place(unit)
        return [] if then is None else self._by_unit.get(then, [])

    def note(self, unit: int, measure: str) -> str:
        """Return the note on the findings at a cell; empty if there are none.

        Parameters
        ----------
        unit : position of a unit of this period.
        measure : code of a measure of this form.
        """
        then = self.prior.place(unit)
        messages = [] if then is None else self._by_cell.get((then, measure), [])
        if not messages:
            return ""
        return "\n".join(
            [self._wording.phrase("blank.told-at", period=self._wording.period(self.period)), *messages]
        )


def earlier_period(
    form: Form,
    register: UnitRegister,
    period: str,
    aggregate: Aggregate,
    findings: Iterable[Finding],
    lang: Language,
    placement: Placement | None = None,
) -> Earlier:
    """Return an earlier period by the units and measures of this one.

    Parameters
    ----------
    form, register, period : those of this period.
    aggregate, findings : those of the earlier period. Notes are left out, because they need no correction.
    lang : the language of the messages.
    placement : where the earlier units belong in this register; None if no event lies between.
    """
    then = aggregate.register
    names = names_of(aggregate.form, then, lang)
    words = FindingWording(Wording(lang), names)
    by_unit: dict[int, list[str]] = {}
    by_cell: dict[tuple[int, str], list[str]] = {}
    for finding in findings:
        position = then.units.by_code.get(finding.unit or finding.about or "")
        if position is None or catalogue.severity(finding) == "note":
            continue
        message = words.message(finding)
        label = names("measure", finding.measure) if finding.measure else None
        line = ": ".join(filter(None, (unit_name(then, position), label, message)))
        for above in then.units.ancestors(position):
            by_unit.setdefault(above, []).append(line)
        for measure in finding.measures if finding.unit else ():
            by_cell.setdefault((position, measure), []).append(message)
    before = prior(form, register, aggregate, period=period, placement=placement)
    return Earlier(before, by_unit, by_cell, words.wording)
