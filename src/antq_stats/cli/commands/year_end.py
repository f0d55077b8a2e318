"""`antq-stats year-end`: everything of December in one go, into a folder beside the returns."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.choices import day_named
from antq_stats.cli.console import HARD_FINDINGS, INTERNAL, NOT_WRITTEN, UsageProblem, console
from antq_stats.cli.options import EarlierPeriods, FolderOptions, Signed, reads_folder
from antq_stats.cli.publishing import Publish, refused, require_local, tell_withheld
from antq_stats.cli.publishing import publish as add_published
from antq_stats.cli.wording import help_text
from antq_stats.output_marks import RESULT_FOLDER
from antq_stats.words.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antq_stats.reading.files.remote import RemoteFolder
    from antq_stats.year_end import YearEnd

_SUFFIX = "-ket-qua"
"""What is added to the name of the folder of returns to name that of the results, in both languages."""
_NAMES_SHOWN = 5

Results = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="OUT", help=help_text("option.results"))
]
OpenPage = Annotated[bool, typer.Option("--open", help=help_text("option.open"))]


@reads_folder
def year_end(
    options: FolderOptions,
    output: Results = None,
    earlier: EarlierPeriods = None,
    date: Signed = None,
    open_page: OpenPage = False,
    publish: Publish = False,
) -> int:
    """Write all outputs of December, and return the exit status.

    It is 3 if an output could not be written; the others are written all the same.
    """
    signed = day_named(date)
    if publish:
        require_local(options)
    target = _results_of(options.folder) if output is None else output
    _check_places((options.folder, *(earlier or ())), target)
    from antq_stats.cli.session import run_session

    modules = ("antq_stats.figures.publication", "antq_stats.render.book", "antq_stats.year_end")
    session = run_session(options, *modules, with_=earlier, may_be_empty=True)
    from antq_stats.render.writing import terminal
    from antq_stats.year_end import write_year_end

    if publish and refused(session.result):
        return HARD_FINDINGS
    done = write_year_end(session.result, target, signed=signed)
    console.result(done.account.screen(terminal.terminal_width(sys.stdout, os.environ)))
    _report(done)
    is_disclosed = bool(done.reports) and tell_withheld(session.result)
    if publish and done.reports:
        add_published(session.result, done.reports)
    if open_page and done.page is not None:
        _open(done.page)
    status = session.status() or (HARD_FINDINGS if is_disclosed else 0)
    return NOT_WRITTEN if done.problems and status != INTERNAL else status


def _results_of(folder: Path | RemoteFolder) -> Path:
    """Return the folder of results beside a folder of returns.

    Raises
    ------
    UsageProblem
        The folder is a URL or the root of a disk.
    """
    if not isinstance(folder, Path) or not folder.resolve().name:
        raise UsageProblem("year-end.needs-output")
    if folder.name in ("", ".."):
        folder = folder.resolve()
    return folder.with_name(folder.name + _SUFFIX)


def _check_places(read: Sequence[Path | RemoteFolder], target: Path) -> None:
    """Refuse a folder of results as input, and results among returns or above them.

    Raises
    ------
    UsageProblem
        The folder holds results, or the target and a folder that is read lie in one another.
    """
    from antq_stats.render.writing.output import is_among

    for place in read:
        if not isinstance(place, Path):
            continue
        if (place / RESULT_FOLDER).exists():
            raise UsageProblem("year-end.is-results", name=one_line(place.resolve().name))
        if is_among(target, place) or is_among(place, target):
            raise UsageProblem("year-end.among-inputs", name=one_line(target.name or str(target)))


def _report(done: YearEnd) -> None:
    """Report where the results are, what could not be written, and files that need somebody's eye."""
    account = done.account
    for problem in done.problems:
        console.problem(problem.message(console.language))
    kind, returns = account.kind, account.folder
    if done.withheld:
        names = _some(done.withheld)
        console.note("year-end.withheld", count=len(done.withheld), names=names)
    if done.set_aside:
        console.note("year-end.aside", names=_some(done.set_aside), kind=kind, folder=returns)
    if done.others:
        facts = {"names": _some(done.others), "kind": kind, "returns": returns}
        console.note("year-end.others", folder=account.place("copies"), count=len(done.others), **facts)
    console.note("year-end.results", name=one_line(str(done.folder), 500))


def _some(names: Iterable[str]) -> str:
    listed = [one_line(name, 200) for name in names]
    return ", ".join(listed[:_NAMES_SHOWN]) + (" …" if len(listed) > _NAMES_SHOWN else "")


def _open(page: Path) -> None:
    """Open a page in the browser, if this machine has a desktop."""
    has_desktop = sys.platform in ("win32", "darwin") or any(
        os.environ.get(variable) for variable in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if has_desktop:
        import webbrowser

        has_desktop = webbrowser.open(page.resolve().as_uri())
    if not has_desktop:
        console.note("year-end.no-desktop", name=one_line(str(page), 500))
