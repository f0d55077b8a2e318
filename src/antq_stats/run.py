"""The library interface: open a period's folder, read and check its returns, get figures and write reports.

    period = open_period("data/samples/2021")
    result = period.run(with_="data/samples/2020")
    result.report("tong-hop-2021.xlsx")

Nothing here prints or exits. The command line makes the same calls.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Unpack

from antq_stats.collection.collection import Collection
from antq_stats.collection.intake import Intake
from antq_stats.edits import edit
from antq_stats.figures.aggregation import Aggregate, aggregate
from antq_stats.findings.columns import Findings, counts
from antq_stats.form import Form
from antq_stats.output_marks import JSON_KEY
from antq_stats.plan import Limits
from antq_stats.plausibility import implausible
from antq_stats.reading.files.remote import RemoteFolder
from antq_stats.register.register import UnitRegister
from antq_stats.render.writing import output
from antq_stats.words.language import LANGUAGES, Language

if TYPE_CHECKING:
    import pandas as pd

    from antq_stats.changes.placement import Placement
    from antq_stats.figures.comparison import Prior
    from antq_stats.figures.frames import FrameOptions
    from antq_stats.figures.publication import Publication
    from antq_stats.findings.catalogue import Names
    from antq_stats.reading.returns import Return

REPORT_SUFFIXES = (".xlsx", ".html", ".docx", ".md")


class NotFinalError(Exception):
    """A final report was requested while figures can still change.

    Parameters
    ----------
    obstacles : the findings that keep the figures from being final.
    """

    def __init__(self, obstacles: Findings) -> None:
        self.obstacles = obstacles
        super().__init__(f"{len(obstacles)} findings keep the figures from being final")


@dataclass(repr=False)
class Period(Intake):
    """A period's folder, opened: its form, its register and its files. No return is read yet."""

    def run(
        self,
        with_: Result | Intake | Path | RemoteFolder | str | None = None,
        *,
        language: Language = "vi",
        on_return: Callable[[Return], None] | None = None,
    ) -> Result:
        """Read all returns and run every check.

        Parameters
        ----------
        with_ : an earlier period to compare with: its folder, an opened `Period`, or a `Result`.
        language : language of messages and reports.
        on_return : called with each return of this period as soon as it is read.

        Returns
        -------
        Result
            Faults of the returns are among its findings; they raise nothing.

        Raises
        ------
        SetupError
            The folder of this or of the earlier period cannot be read, or the form or the register of the
            earlier one cannot be used.
        """
        result = read(self, language, on_return)
        if with_ is None:
            return result
        if not isinstance(with_, Result):
            with_ = read(with_ if isinstance(with_, Intake) else self.earlier(with_), language)
        return result.beside(with_)


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
    collection = opened.collect(on_return)
    output.INPUTS.add(_inputs(opened, collection))
    return Result(opened, collection, Findings([edit(collection), implausible(collection)]), language)


def _inputs(period: Intake, collection: Collection) -> Iterator[Path]:
    """Yield the local files that a run reads: returns, form and register.

    Output of an earlier run in the folder is no input, so it may be overwritten.
    """
    passed_over = {return_.file for return_ in collection.files if return_.passed_over}
    for source in period.discovered.sources:
        if source.file not in passed_over and isinstance(source.path, str):
            yield Path(source.path)
    yield from (path for path in (period.form_file, period.units_file) if path is not None)


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """A period, read and checked."""

    period: Intake
    collection: Collection
    findings: Findings
    """All findings: with an earlier period, those beside its figures too."""
    language: Language = "vi"
    """Language of messages and reports."""
    earlier: Result | None = None
    """The earlier period that this one is compared with."""

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
    def names(self) -> Names:
        """A function from a kind and a code to the name of that unit, measure or rule."""
        from antq_stats.render.words import names_of

        return names_of(self.form, self.register, self.language)

    @cached_property
    def aggregate(self) -> Aggregate:
        """The figures, with nothing withheld."""
        return aggregate(self.collection, self.findings)

    @cached_property
    def publication(self) -> Publication:
        """The figures that may be published, with those of the earlier period."""
        from antq_stats.figures.publication import publish

        if self.earlier is None:
            return publish(self.collection, self.findings)
        return publish(
            self.collection, self.findings, self.earlier.aggregate, self._placement_of(self.earlier)
        )

    def _placement_of(self, earlier: Result) -> Placement:
        """Return where the units of an earlier period belong in the register of this one."""
        from antq_stats.series.boundaries import history_of, own_boundaries

        history = history_of([earlier.period, self.period])
        return own_boundaries(self.period, history).placement(earlier.period)

    def beside(self, earlier: Result) -> Result:
        """Return the result compared with an earlier period: with findings on what is implausible then.

        Parameters
        ----------
        earlier : the result of the earlier period.

        Raises
        ------
        ValueError
            The result is compared with an earlier period already.
        """
        if self.earlier is not None:
            raise ValueError(f"{self.period.name} is compared with {self.earlier.period.name} already")

        others = self.findings.without_family("P")
        doubts = implausible(self.collection, self.compare(earlier))
        return replace(self, findings=Findings([others, doubts]), earlier=earlier)

    def compare(self, other: Result) -> Prior:
        """Return another period's figures, looked up by the units and measures of this one.

        Parameters
        ----------
        other : the result of the other period.
        """
        from antq_stats.figures.comparison import prior

        return prior(
            self.form, self.register, other.aggregate, period=self.period.name,
            placement=self._placement_of(other),
        )  # fmt: skip

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
        from antq_stats.render.findings import record

        return [record(finding, self.language, self.names) for finding in self.findings]

    def validation(self) -> dict[str, object]:
        """Return the JSON of ``antq-stats validate``."""
        from antq_stats.version import __version__

        collection, tally = self.collection, self.tally
        expected = [table for table in collection.tables if table.is_expected]
        return {
            JSON_KEY: __version__,
            "period": self.period.name,
            "form": {"id": self.form.id, "version": self.form.version},
            "summary": {
                "files": sum(not return_.passed_over for return_ in collection.files),
                "returns": len(collection.used),
                "units_expected": sum(len(table.units) for table in expected),
                "units_read": sum(int(table.read.sum()) for table in expected),
                "values": sum(int(table.present.sum()) for table in collection.tables),
                "hard": tally["hard"],
                "soft": tally["soft"],
                "notes": tally["note"],
                "passed_over": collection.passed_over,
            },
            "findings": self.records(),
        }

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
        target = Path(target)
        suffix = target.suffix.lower()
        if suffix not in REPORT_SUFFIXES:
            raise ValueError(f"{target.name}: the suffix must be one of {', '.join(REPORT_SUFFIXES)}")
        if final and self.publication.is_provisional:
            from antq_stats.figures.publication import obstacles

            raise NotFinalError(obstacles(self.form, self.findings))
        output.write_beside(target, self._writer(target, template, signed, total_first=total_first))

    def _writer(
        self, target: Path, template: Path | None, signed: dt.date | None, *, total_first: bool
    ) -> Callable[[BinaryIO], object]:
        from antq_stats.render.letterhead import letterhead

        publication, lang, suffix = self.publication, self.language, target.suffix.lower()
        head = letterhead(publication, lang, signed)
        if suffix == ".xlsx":
            from antq_stats.render.book import write_book

            return lambda file: write_book(publication, head, lang, file, total_first=total_first)
        if suffix == ".html":
            from antq_stats.render.page import page

            text = page(publication, head, lang)
            return lambda file: file.write(text.encode("utf-8"))
        from antq_stats.render.prose import built_in_template, markdown, write_docx

        limits, is_word = self.period.plan.limits, suffix == ".docx"
        if target.stem.lower().endswith(".jinja"):
            return lambda file: file.write(built_in_template(word=is_word))
        if is_word:
            return lambda file: write_docx(publication, head, lang, file, template, limits)
        prose = markdown(publication, head, lang, template, limits)
        return lambda file: file.write(prose.encode("utf-8"))

    def __repr__(self) -> str:
        tally, files = self.tally, len(self.collection.files)
        counted = f"{tally['hard']} hard, {tally['soft']} soft, {tally['note']} notes"
        return f"<Result {self.period.name}: {files} files, {len(self.register)} units; {counted}>"

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
