"""What is withheld from a report, and its publishing, on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.console import UsageProblem, console
from antq_stats.cli.wording import help_text
from antq_stats.words.language import phrase

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from antq_stats.cli.options import FolderOptions
    from antq_stats.findings.columns import Findings
    from antq_stats.run import Result

Publish = Annotated[bool, typer.Option("--publish", help=help_text("option.publish"))]
PublishTable = Annotated[bool, typer.Option("--publish", help=help_text("option.publish-table"))]


def require_local(options: FolderOptions) -> None:
    """Refuse to publish from a folder that nothing can be written into.

    Raises
    ------
    UsageProblem
        The folder is behind a URL.
    """
    if not isinstance(options.folder, Path):
        raise UsageProblem("usage.publish-needs-folder")


def refused(result: Result) -> bool:
    """Return whether figures are disclosed by earlier releases; if so, report them and that none is added."""
    from antq_stats.publishing import given_away

    told = given_away(result)
    if not told:
        return False
    _show(result, told)
    console.problem(phrase("publish.refused", console.language, count=len(told)))
    return True


def tell_withheld(result: Result) -> bool:
    """Report how many figures are withheld, and what earlier releases disclose or are not known to.

    Returns
    -------
    bool
        Whether earlier releases disclose a figure.
    """
    from antq_stats.findings.columns import Findings
    from antq_stats.publishing import given_away

    proof = result.proof
    if proof is None:
        return False
    if proof.withheld:
        console.note(
            "report.withheld", withheld=proof.withheld, figures=proof.figures, others=proof.for_others
        )
    unknown = Findings([each.releases.unknown for each in (result, *result.earlier)])
    if unknown:
        _show(result, unknown)
    told = given_away(result)
    if told:
        _show(result, told)
    if proof.remaining:
        console.problem(phrase("report.disclosed", console.language, count=len(proof.remaining)))
    return bool(told)


def publish(result: Result, reports: Sequence[Path], boundaries: dt.date | None = None) -> None:
    """Add reports to the list of what was published, and report that; parameters as `publishing.publish`."""
    from antq_stats.publishing import publish as add
    from antq_stats.reading.discover import PUBLISHED_FILE

    added = add(result, reports, boundaries)
    if added:
        console.note("publish.added", count=len(added), name=PUBLISHED_FILE)
    else:
        console.note("publish.there-already", name=PUBLISHED_FILE)


def _show(result: Result, findings: Findings) -> None:
    """Write findings to stderr."""
    from antq_stats.render.findings.lines import findings_lines
    from antq_stats.render.writing.terminal import paint

    lines = findings_lines(findings, console.language, result.names)
    console.problem(paint(lines, colour=False))
