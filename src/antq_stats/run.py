"""A run without a console: open a period's folder, read and check it, and ask for figures and reports.

    period = open_period("data/samples/2021")
    result = period.run(with_="data/samples/2020")
    result.report("tong-hop-2021.xlsx")

Nothing here prints or exits. The command line does the same through the same calls.
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
from antq_stats.reading.files.remote import RemoteFolder
from antq_stats.register.register import UnitRegister
from antq_stats.render.writing import output
from antq_stats.words.language import Language

if TYPE_CHECKING:
    import pandas as pd

    from antq_stats.figures.comparison import Prior
    from antq_stats.figures.frames import FrameOptions
    from antq_stats.figures.publication import Publication
    from antq_stats.findings.catalogue import Names
    from antq_stats.reading.returns import Return

WRITERS = {".xlsx": "book", ".html": "page", ".docx": "prose", ".md": "prose"}
"""Suffix of a report -> the room of `render` that writes it."""


class NotFinalError(Exception):
    """A final report was asked for while figures can still change.

    Parameters
    ----------
    obstacles : the findings that keep the figures from being final.
    """

    def __init__(self, obstacles: Findings) -> None:
        self.obstacles = obstacles
        super().__init__(f"{len(obstacles)} findings keep the figures from being final")


@dataclass(repr=False)
class Period(Intake):
    """A period's folder, opened: its form, its register and its files. Nothing is read yet."""

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
        with_ : an earlier period to compare with: its folder, or what was opened or read of it.
        language : what messages and reports are written in.
        on_return : called with each return as soon as it was read.

        Returns
        -------
        Result
            Whatever is wrong with the returns is among its findings.

        Raises
        ------
        SetupError
            The folder, the form or the register of this or of the earlier period cannot be used.
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
    """Read an opened folder and run every check; see `Period.run`."""
    collection = opened.collect(on_return)
    output.INPUTS.add(_inputs(opened, collection))
    return Result(opened, collection, edit(collection), language)


def _inputs(period: Intake, collection: Collection) -> Iterator[Path]:
    """Yield the files of this machine that a run reads: returns, form and register.

    What an earlier run has written into the folder is no input: it may be written again.
    """
    passed = {given.file for given in collection.files if given.passed_over}
    for source in period.discovered.sources:
        if source.file not in passed and isinstance(source.path, str):
            yield Path(source.path)
    yield from (path for path in (period.form_file, period.units_file) if path is not None)


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """A period read and checked.

    ``findings`` are all that was found, edit rules included. With an earlier period beside it (`beside`),
    the changes that need a second look are among them.
    """

    period: Intake
    collection: Collection
    findings: Findings
    language: Language = "vi"
    earlier: Result | None = None

    @property
    def form(self) -> Form:
        """What was asked."""
        return self.period.form

    @property
    def register(self) -> UnitRegister:
        """The units that were asked."""
        return self.period.register

    @cached_property
    def tally(self) -> dict[str, int]:
        """How many findings there are of each severity: hard, soft, note."""
        return {"hard": 0, "soft": 0, "note": 0} | dict(counts(self.findings))

    @cached_property
    def names(self) -> Names:
        """What units, measures and rules are called in the run's language, by their codes."""
        from antq_stats.render.words import names_of

        return names_of(self.form, self.register, self.language)

    @cached_property
    def aggregate(self) -> Aggregate:
        """The figures added up, with nothing withheld."""
        return aggregate(self.collection, self.findings)

    @cached_property
    def publication(self) -> Publication:
        """What of the figures may be published, with the earlier period's beside."""
        from antq_stats.figures.publication import publish

        return publish(self.collection, self.findings, self.earlier.aggregate if self.earlier else None)

    def beside(self, earlier: Result) -> Result:
        """Return the result with an earlier period beside it, and the changes that need a second look."""
        from antq_stats.figures.comparison import changes

        found = changes(self.collection, self.compare(earlier))
        return replace(self, findings=Findings([self.findings, found]), earlier=earlier)

    def compare(self, other: Result) -> Prior:
        """Return another period's figures, to be asked by the units and measures of this one."""
        from antq_stats.figures.comparison import prior

        return prior(self.form, self.register, other.aggregate)

    def frame(self, under: int | str | None = None, **options: Unpack[FrameOptions]) -> pd.DataFrame:
        """Return the figures as a frame; the parameters are those of `Aggregate.frame`."""
        return self.aggregate.frame(under, **options)

    def records(self) -> list[dict[str, object]]:
        """Return the findings as the JSON and the CSV of `antq-stats validate` give them."""
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
                "files": len(collection.files) - sum(given.passed_over for given in collection.files),
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
        target : file to write. It is replaced when the report is whole, and left as it is on any error.
            A name that ends in ``.jinja.docx`` or ``.jinja.md`` gets the built-in template itself.
        final : refuse to write while figures can still change.
        template : Jinja template to write the text with, instead of the built-in one.
        signed : day the report is dated; None for a blank to be filled in.
        total_first : whether a table's total stands above its rows or below.

        Raises
        ------
        ValueError
            The suffix is none of a report's.
        NotFinalError
            The report is to be final, and is not.
        TemplateFault
            The template cannot be used.
        OutputError
            The file cannot be written.
        """
        target = Path(target)
        suffix = target.suffix.lower()
        if suffix not in WRITERS:
            raise ValueError(f"{target.name}: the suffix must be one of {', '.join(WRITERS)}")
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
        found = f"{tally['hard']} hard, {tally['soft']} soft, {tally['note']} notes"
        return f"<Result {self.period.name}: {files} files, {len(self.register)} units; {found}>"

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
    """Open a period's folder: find its form and register and compile the reading plan.

    Parameters
    ----------
    folder : its name, or the year in it, is the period unless ``period`` or the form says otherwise.
        As text, it may be a URL that fsspec opens (``s3://bucket/2021``).
    form, units : files to use instead of the nearest ``form.toml`` and ``units.csv``, here or above.
    period : name of the period.
    limits : what one file may cost.
    jobs : worker processes at most; None for one for each core.
    scheduler : address of a Dask cluster (``tcp://host:port``) that reads instead of this machine.

    Raises
    ------
    SetupError
        The folder, form or register cannot be used; with every fault found.
    """
    return Period.open(
        folder, form=form, units=units, period=period, limits=limits, jobs=jobs, scheduler=scheduler
    )
