"""The reports and figures of a bundle, computed from the returns."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from antq_stats.bundle.layout import Layout, PeriodPlace
from antq_stats.bundle.manifest import Output
from antq_stats.bundle.names import FIGURES, file_name, free_name, is_safe
from antq_stats.plan import Limits
from antq_stats.reading.files.container import FileProblem, Package
from antq_stats.render.report import SUFFIXES
from antq_stats.render.summary import flat_columns, rows_of
from antq_stats.render.writing.delimited import csv_parts, encode
from antq_stats.render.writing.statement import ReportOptions, stated_in
from antq_stats.run import Result
from antq_stats.words.language import Language

_CORE = "docProps/core.xml"
_LIMITS = ("file_mib", "expanded_mib", "cells")
"""Limits that decide what is read on any machine."""


class NotStatedError(Exception):
    """A report cannot be computed again from what it says of itself.

    Parameters
    ----------
    problem : a keyword of the catalogue.
    found : what it says of the matter; empty for nothing.
    """

    def __init__(self, problem: str, found: str = "") -> None:
        self.problem = problem
        self.found = found
        super().__init__(problem)


def stated_of(content: bytes, name: str, limits: Limits) -> str:
    """Return the command line that a report states.

    Parameters
    ----------
    content : the bytes of the report.
    name : its name.
    limits : limits on the size of a workbook or Word document.

    Raises
    ------
    NotStatedError
        It is no report of the program, or of a version that states nothing.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise NotStatedError("not-a-report")
    properties = b""
    if suffix in (".xlsx", ".docx"):
        try:
            properties = Package(content, limits).read(_CORE)
        except FileProblem as problem:
            raise NotStatedError("not-a-report") from problem
    stated = stated_in(content, suffix, properties)
    if ReportOptions.parsed(stated) is None:
        raise NotStatedError("states-no-options")
    return stated


def report_output(layout: Layout, file: str, stated: str) -> Output:
    """Return a report with the command line that makes it in the unpacked bundle.

    Parameters
    ----------
    layout : the periods.
    file : place of the report.
    stated : what the report states.

    Raises
    ------
    NotStatedError
        It states a period or a template that the bundle does not have.
    """
    options = _options(stated)
    main = layout.periods[0]
    if options.period != main.result.period.name:
        raise NotStatedError("other-period", options.period)
    folders = {place.result.period.name: place.folder for place in layout.periods[1:]}
    lacking = [name for name in options.earlier if name not in folders]
    if lacking:
        raise NotStatedError("period-not-given", ", ".join(lacking))
    if options.template is not None and layout.template is None:
        raise NotStatedError("template-not-given", options.template)
    inside = replace(
        options,
        earlier=tuple(folders[name] for name in options.earlier),
        template=layout.template if options.template is not None else None,
    )
    words = ["antq-stats", "report", main.folder, "-o", file, *inside.words(), *_setup_words(main)]
    return Output(file, shlex.join(words), stated)


def _options(stated: str) -> ReportOptions:
    options = ReportOptions.parsed(stated)
    if options is None:
        raise NotStatedError("states-no-options")
    return options


def _setup_words(place: PeriodPlace) -> Iterator[str]:
    limits, usual = place.result.period.plan.limits._asdict(), Limits()._asdict()
    for name in _LIMITS:
        if limits[name] != usual[name]:
            yield from ("--limit", f"{name.removesuffix('_mib')}={limits[name]}")
    for option, value in (("--form", place.form), ("--units", place.units), ("--period", place.period)):
        if value is not None:
            yield from (option, value)


class Reports:
    """Computes reports from the returns.

    Parameters
    ----------
    runs : the period of the reports, compared with nothing; then the earlier ones.
    template : the template, for reports that were made with one.
    """

    def __init__(self, runs: Sequence[Result], template: Path | None) -> None:
        self._main, *self._earlier = runs
        self._template = template
        self._results: dict[tuple[Language, tuple[str, ...]], Result] = {}
        """Language and names of earlier periods -> the result that reports are made from."""

    def content(self, file: str, stated: str) -> bytes:
        """Return the bytes of a report.

        Parameters
        ----------
        file : place of the report, whose suffix names the format.
        stated : what the report states.

        Raises
        ------
        NotStatedError
            It is no report, or cannot be computed from what it states.
        TemplateFault
            The template cannot be used.
        OutputError
            It has more rows than a sheet can hold.
        """
        options = _options(stated)
        if Path(file).suffix.lower() not in SUFFIXES:
            raise NotStatedError("not-a-report")
        result = self._result(options.lang, options.earlier)
        with tempfile.TemporaryDirectory(prefix="antq-stats-") as folder:
            target = Path(folder) / f"report{Path(file).suffix.lower()}"
            template = None
            if options.template is not None:  # its name is in the report
                name = options.template
                if self._template is None or not is_safe(name) or len(PurePath(name).parts) != 1:
                    raise NotStatedError("template-not-given", name)
                template = Path(shutil.copy(self._template, Path(folder) / name))
            result.report(target, signed=options.signed, total_first=options.total_first, template=template)
            return target.read_bytes()

    def _result(self, lang: Language, names: tuple[str, ...]) -> Result:
        if (lang, names) not in self._results:
            earlier = [run for run in self._earlier if run.period.name in names]
            alone = replace(self._main, language=lang)
            self._results[lang, names] = alone.beside(*earlier) if earlier else alone
        return self._results[lang, names]


def figures_outputs(layout: Layout) -> dict[str, Output]:
    """Return for each period, by its name, the table of its figures down to the lowest level."""
    found: dict[str, Output] = {}
    for place in layout.periods:
        period = place.result.period
        taken = {output.file.lower() for output in found.values()}
        file = free_name(FIGURES, f"{file_name(period.name)}.csv", taken)
        level = place.result.register.levels[-1]
        words = ["aggregate", place.folder, "--by", level, "--coverage", "-o", file, *_setup_words(place)]
        found[period.name] = Output(file, shlex.join(["antq-stats", *words]), "")
    return found


def figures_bytes(result: Result) -> bytes:
    """Return the table of a period's figures down to the lowest level, with their coverage, as CSV."""
    aggregate, register = result.aggregate, result.register
    rows = rows_of(aggregate, register.units.children[-1][0], len(register.levels) - 1)
    columns = list(result.form.columns)
    parts = csv_parts(flat_columns(aggregate, rows, columns, coverage=True))
    return b"".join(encode(part, bom=not at) for at, part in enumerate(parts))
