"""The library interface: open a period's folder, read and check its returns, get figures and write reports.

    period = open_period("data/samples/2021")
    result = period.run(with_="data/samples/2020")
    result.report("tong-hop-2021.xlsx")

Nothing here prints or exits. The command line makes the same calls.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, Unpack

from antq_stats.collection.collection import Collection
from antq_stats.collection.decided import Applied
from antq_stats.collection.intake import Intake
from antq_stats.edits import edit
from antq_stats.edits.accepted import accept, in_force
from antq_stats.figures.aggregation import Aggregate, aggregate
from antq_stats.figures.status import NotFinalError
from antq_stats.findings.columns import Findings, counts
from antq_stats.form import Form
from antq_stats.plan import Limits
from antq_stats.plausibility import implausible
from antq_stats.reading.files.remote import RemoteFolder
from antq_stats.register.register import UnitRegister
from antq_stats.render.writing import output
from antq_stats.sendings.resent import with_changes
from antq_stats.words.language import LANGUAGES, Language

if TYPE_CHECKING:
    import pandas as pd

    from antq_stats.disclosure.earlier import EarlierReleases
    from antq_stats.disclosure.proof import Proof
    from antq_stats.figures.comparison import Prior
    from antq_stats.figures.disclosure import Disclosure
    from antq_stats.figures.frames import FrameOptions
    from antq_stats.figures.publication import Publication
    from antq_stats.findings.catalogue import Names
    from antq_stats.reading.returns import Return
    from antq_stats.series.boundaries import Boundaries
    from antq_stats.series.over_time import Series
    from antq_stats.trace.figure_trace import Trace

Earlier: TypeAlias = "Result | Intake | Path | RemoteFolder | str"
"""An earlier period: its result, itself, or its folder."""


@dataclass(repr=False)
class Period(Intake):
    """A period's folder, opened: its form, its register and its files. No return is read yet."""

    def run(
        self,
        with_: Earlier | Sequence[Earlier] | None = None,
        *,
        language: Language = "vi",
        on_return: Callable[[Return], None] | None = None,
    ) -> Result:
        """Read all returns and run every check.

        Parameters
        ----------
        with_ : an earlier period to compare with, or several: a folder, an opened `Period`, or a `Result`.
        language : language of messages and reports.
        on_return : called with each return of this period as soon as it is read.

        Returns
        -------
        Result
            Faults of the returns are among its findings; they raise nothing.

        Raises
        ------
        SetupError
            The folder of this or of an earlier period cannot be read, or the form or the register of an
            earlier one cannot be used.
        ValueError
            A period is given twice.
        """
        result = read(self, language, on_return)
        if with_ is None:
            return result
        several = [with_] if isinstance(with_, Result | Intake | Path | RemoteFolder | str) else with_
        return result.beside(*(self._read_earlier(earlier, language) for earlier in several))

    def _read_earlier(self, earlier: Earlier, language: Language) -> Result:
        if isinstance(earlier, Result):
            return earlier
        return read(earlier if isinstance(earlier, Intake) else self.earlier(earlier), language)


def read(
    opened: Intake, language: Language = "vi", on_return: Callable[[Return], None] | None = None
) -> Result:
    """Read the returns of an opened folder and run every check; see `Period.run`.

    Parameters
    ----------
    opened : the folder.
    language : language of messages and reports.
    on_return : called with each return as soon as it is read.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no language {language!r}; known: {', '.join(LANGUAGES)}")
    collection = with_changes(opened.collect(on_return), opened.plan)
    output.INPUTS.add(opened.inputs(collection))
    return checked(opened, collection, language)


def checked(period: Intake, collection: Collection, language: Language) -> Result:
    """Return a period with the findings of all checks on what was read; parameters as of `Result`."""
    findings = Findings([edit(collection), implausible(collection)])
    return Result(period, collection, accept(collection, findings, is_compared=False), language)


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """A period, read and checked."""

    period: Intake
    collection: Collection
    findings: Findings
    """All findings: with an earlier period, those beside the figures of the previous one too."""
    language: Language = "vi"
    """Language of messages and reports."""
    earlier: tuple[Result, ...] = ()
    """The periods that this one is compared with, in the order of their days."""
    others: tuple[Intake, ...] = ()
    """Further periods of the run: reports that were published of them may show this one too."""

    @property
    def form(self) -> Form:
        """The form of the period."""
        return self.period.form

    @property
    def register(self) -> UnitRegister:
        """The units of the period."""
        return self.period.register

    @cached_property
    def tally(self) -> dict[str, int]:
        """Number of findings of each severity: ``hard``, ``soft`` and ``note``."""
        return {"hard": 0, "soft": 0, "note": 0} | dict(counts(self.findings))

    @cached_property
    def decided(self) -> tuple[Applied, ...]:
        """The decisions in force: those that changed something, acceptances included."""
        return in_force(self.collection, self.findings)

    @cached_property
    def names(self) -> Names:
        """A function from a kind and a code to the name of that unit, measure or rule."""
        from antq_stats.render.words import names_of

        return names_of(self.form, self.register, self.language)

    @cached_property
    def aggregate(self) -> Aggregate:
        """The figures, with nothing withheld."""
        return aggregate(self.collection, self.findings)

    @property
    def previous(self) -> Result | None:
        """The last of the other periods before this one: what is implausible is so beside it."""
        from antq_stats.series.boundaries import order_of

        before = [each for each in self.earlier if order_of(each.period) < order_of(self.period)]
        return next(reversed(before or self.earlier), None)

    @cached_property
    def publication(self) -> Publication:
        """The figures that may be published, with those of the previous period."""
        from antq_stats.figures.publication import publish

        before, own = self.previous, (self.collection, self.findings)
        others = [each.publication for each in self.earlier if each.decided]
        if before is None:
            return publish(*own, disclosed=self.disclosed)
        placement = self.boundaries.placement(before.period)
        return publish(*own, before.aggregate, placement, self.disclosed, before.disclosed, others)

    @cached_property
    def proof(self) -> Proof | None:
        """What is withheld, and that it is enough; None if no value of a protected measure was given."""
        from antq_stats.disclosure.earlier import prove_beside
        from antq_stats.disclosure.proof import needs_proof

        is_needed = needs_proof(self.collection)
        return prove_beside(self.collection, self.aggregate, self.releases) if is_needed else None

    @cached_property
    def releases(self) -> EarlierReleases:
        """What was published of the period before."""
        from antq_stats.disclosure.earlier import earlier_releases

        return earlier_releases(self.period, self.others)

    @property
    def disclosed(self) -> Disclosure | None:
        """What is withheld; None for the pattern without a proof, where nothing needs one."""
        return None if self.proof is None else self.proof.disclosure

    @cached_property
    def series(self) -> Series | None:
        """What may be published of all periods, beside each other; None without an earlier one."""
        from antq_stats.collection.setup_files import nearest_changes
        from antq_stats.series.over_time import series

        if not self.earlier and nearest_changes(self.period.folder) is None:
            return None  # saves the built-in changes of all years; a file is read for the faults in it
        aggregates = [result.aggregate for result in self.earlier]
        placements = [self.boundaries.placement(result.period) for result in self.earlier]
        hidden = [result.disclosed for result in self.earlier]
        return series(self.publication, self.aggregate, self.boundaries, aggregates, placements, hidden)

    @cached_property
    def boundaries(self) -> Boundaries:
        """The boundaries of the period, on which the others are stated."""
        from antq_stats.series.boundaries import history_of, own_boundaries

        periods = [*(result.period for result in self.earlier), self.period]
        return own_boundaries(self.period, history_of(periods))

    def beside(self, *earlier: Result) -> Result:
        """Return the result compared with earlier periods: with findings on what is implausible then.

        Parameters
        ----------
        *earlier : the results of the earlier periods, in any order.

        Raises
        ------
        ValueError
            The result is compared with a period already, or one is given twice.
        """
        if self.earlier:
            raise ValueError(f"{self.period.name} is compared with {self.earlier[-1].period.name} already")
        names = sorted(result.period.name for result in (self, *earlier))
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"given twice: {', '.join(sorted(twice))}")
        from antq_stats.series.boundaries import order_of

        ordered = sorted(earlier, key=lambda result: order_of(result.period))
        run = (self.period, *(each.period for each in ordered))
        own, *others = (
            replace(each, others=tuple(period for period in run if period is not each.period))
            for each in (self, *ordered)
        )
        found = replace(own, earlier=tuple(others))
        if found.previous is None:
            return found
        before, returns = found.compare(found.previous), self.collection
        findings = Findings([found.boundaries.history.notes, edit(returns), implausible(returns, before)])
        return replace(found, findings=accept(returns, findings, is_compared=True))

    def compare(self, other: Result) -> Prior:
        """Return another period's figures, looked up by the units and measures of this one.

        Parameters
        ----------
        other : the result of the other period.
        """
        from antq_stats.figures.comparison import prior
        from antq_stats.series.boundaries import history_of, own_boundaries

        own = own_boundaries(self.period, history_of([other.period, self.period])).placement(other.period)
        return prior(self.form, self.register, other.aggregate, period=self.period.name, placement=own)

    def trace(self, unit: int | str, measure: str, boundaries: Boundaries | None = None) -> Trace:
        """Return a figure taken apart into its cells.

        Parameters
        ----------
        unit, measure, boundaries : as for `antq_stats.trace.tracing.trace`, which raises the same.
        """
        from antq_stats.trace.tracing import trace

        return trace(self.period, self.collection, self.aggregate, self.findings, unit, measure, boundaries)

    def frame(self, under: int | str | None = None, **options: Unpack[FrameOptions]) -> pd.DataFrame:
        """Return the figures as a frame.

        Parameters
        ----------
        under, **options : as for `Aggregate.frame`.

        Raises
        ------
        UnknownCodeError
            The register has no such unit or no such level.
        """
        return self.aggregate.frame(under, **options)

    def records(self) -> list[dict[str, object]]:
        """Return the findings as records, as in the JSON and the CSV of ``antq-stats validate``."""
        from antq_stats.render.findings.records import record

        return [record(finding, self.language, self.names) for finding in self.findings]

    def validation(self) -> dict[str, object]:
        """Return the JSON of ``antq-stats validate``."""
        from antq_stats.render.findings.records import validation

        return validation(self.collection, self.tally, self.records(), self.decided)

    def report(
        self,
        target: Path | str,
        *,
        final: bool = False,
        template: Path | None = None,
        signed: dt.date | None = None,
        total_first: bool = True,
    ) -> None:
        """Write the year-end report: .xlsx (workbook), .html (page), .docx or .md (text).

        Parameters
        ----------
        target : file to write. It is replaced only when the report is complete; on any error it is left
            unchanged. To a name that ends in ``.jinja.docx`` or ``.jinja.md``, the built-in template itself
            is written.
        final : whether to refuse to write while figures can still change.
        template : Jinja template of the text, to use instead of the built-in one.
        signed : date of the report; None to leave a blank for it.
        total_first : whether the total row of a workbook's tables comes first, else last.

        Raises
        ------
        ValueError
            The suffix is not one of a report.
        NotFinalError
            ``final`` is set, and figures can still change.
        TemplateFault
            The template cannot be used.
        OutputError
            The file cannot be written.
        """
        from antq_stats.figures.publication import obstacles
        from antq_stats.render.report import SUFFIXES, report_writer

        target = Path(target)
        if target.suffix.lower() not in SUFFIXES:
            raise ValueError(f"{target.name}: the suffix must be one of {', '.join(SUFFIXES)}")
        if final and self.publication.is_provisional:
            raise NotFinalError(obstacles(self.form, self.findings))
        writer = report_writer(
            self.publication, self.series, self.language, target.name, template=template,
            limits=self.period.plan.limits, signed=signed, total_first=total_first,
        )  # fmt: skip
        output.write_beside(target, writer)

    def __repr__(self) -> str:
        counted = "{hard} hard, {soft} soft, {note} notes".format(**self.tally)
        sizes = f"{len(self.collection.files)} files, {len(self.register)} units"
        return f"<Result {self.period.name}: {sizes}; {counted}>"

    def _repr_html_(self) -> str:
        return self.aggregate._repr_html_()


def open_period(
    folder: Path | RemoteFolder | str,
    *,
    form: Path | None = None,
    units: Path | None = None,
    period: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - a tuple of numbers
    jobs: int | None = None,
    scheduler: str | None = None,
) -> Period:
    """Open a period's folder: find its form and register and compile the reading plan. No return is read yet.

    Parameters
    ----------
    folder : the folder. Its name, or the year in it, is the name of the period unless ``period`` or the form
        gives one. As text, it may be a URL that fsspec opens (``s3://bucket/2021``).
    form, units : files to use instead of the nearest ``form.toml`` and ``units.csv``, in the folder or above
        it. Without a ``form.toml``, the built-in form is used.
    period : name of the period; None for the form's or the folder's.
    limits : limits of time, memory and size for reading one file.
    jobs : maximum number of worker processes; None for one per core.
    scheduler : address of a Dask cluster (``tcp://host:port``) that reads instead of this machine.

    Raises
    ------
    SetupError
        The folder, the form or the register cannot be used. It has a finding for every fault.
    """
    return Period.open(
        folder, form=form, units=units, period=period, limits=limits, jobs=jobs, scheduler=scheduler
    )
