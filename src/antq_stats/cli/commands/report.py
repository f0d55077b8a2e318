"""`antq-stats report`: the year-end summary as a workbook, a page or a text."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.choices import day_named
from antq_stats.cli.console import HARD_FINDINGS, UsageProblem, console
from antq_stats.cli.options import EarlierPeriods, FolderOptions, Output, Signed, reads_folder, require_suffix
from antq_stats.cli.publishing import Publish, refused, require_local, tell_withheld
from antq_stats.cli.publishing import publish as add_published
from antq_stats.cli.wording import help_text
from antq_stats.words.text import one_line

if TYPE_CHECKING:
    from antq_stats.findings.columns import Findings
    from antq_stats.run import Result

_NEEDED = ("antq_stats.figures.publication", "antq_stats.disclosure.earlier", "antq_stats.render.report")
"""Modules that a report needs in any format."""
_WRITERS = {".xlsx": "book", ".html": "page", ".docx": "prose", ".md": "prose"}
"""Maps the suffix of the output to the package of `render` that writes it."""

Final = Annotated[bool, typer.Option("--final", help=help_text("option.final"))]
Template = Annotated[
    Path | None, typer.Option("--template", metavar="FILE", help=help_text("option.template"))
]
TotalRow = Annotated[str, typer.Option("--total", metavar="first|last", help=help_text("option.total"))]


@reads_folder
def report(
    options: FolderOptions,
    output: Output = None,
    final: Final = False,
    earlier: EarlierPeriods = None,
    template: Template = None,
    total: TotalRow = "first",
    date: Signed = None,
    publish: Publish = False,
) -> int:
    """Write the report, and return the exit status."""
    if output is None:
        raise UsageProblem("usage.report-needs-output", choices=", ".join(_WRITERS))
    suffix = require_suffix(output, _WRITERS)
    if total not in ("first", "last"):
        raise UsageProblem("usage.bad-format", found=one_line(total), choices="first, last")
    signed = day_named(date)
    if publish:
        require_local(options)
        if output.stem.lower().endswith(".jinja"):
            raise UsageProblem("usage.publish-template")
    if template is not None:
        _check_template(template, output, suffix)
    from antq_stats.cli.session import run_session

    session = run_session(options, *_NEEDED, f"antq_stats.render.{_WRITERS[suffix]}", with_=earlier)
    from antq_stats.figures.status import NotFinalError
    from antq_stats.render.template_fault import TemplateFault

    result = session.result
    if publish and refused(result):
        return HARD_FINDINGS
    gc.disable()  # what is made for the report lives until it is written
    try:
        result.report(output, final=final, template=template, signed=signed, total_first=total == "first")
    except NotFinalError as error:
        _refuse(result, error.obstacles)
        return HARD_FINDINGS
    except TemplateFault as fault:
        raise UsageProblem(fault.key, **fault.facts) from fault
    console.note("run.written", name=output.name)
    is_disclosed = tell_withheld(result)
    _tell_decided(result)
    if publish:
        add_published(result, [output])
    if result.publication.is_provisional:
        console.note("run.provisional")
    return session.status() or (HARD_FINDINGS if is_disclosed else 0)


def _tell_decided(result: Result) -> None:
    """Tell how many decisions the figures rest on."""
    from antq_stats.render.findings.decided import summary_words
    from antq_stats.words.language import Wording

    told = summary_words(result.publication, Wording(console.language))
    if told:
        console.remark(told)


def _check_template(template: Path, output: Path, suffix: str) -> None:
    """Refuse a template that the output cannot be made of, or that it would be written over."""
    from antq_stats.render.writing.output import INPUTS

    if suffix not in (".docx", ".md"):
        raise UsageProblem("prose.fault-no-template")
    if suffix == ".docx" and template.suffix.lower() != suffix:
        raise UsageProblem("prose.fault-suffix", file=one_line(template.name), suffix=suffix)
    INPUTS.add([template])
    INPUTS.refuse(output)


def _refuse(result: Result, obstacles: Findings) -> None:
    """Report the findings that keep the figures from being final."""
    from antq_stats.render.findings.lines import findings_lines
    from antq_stats.render.writing.terminal import paint
    from antq_stats.words.language import phrase

    lines = findings_lines(obstacles, console.language, result.names)
    console.result(paint(lines, colour=False) + "\n")
    console.problem(phrase("report.not-final", console.language, count=len(obstacles)))
