"""`antq-stats init`: the folder of a year to start from."""

from __future__ import annotations

import datetime as dt
import re
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.choices import day_named, note_lists, province_named, provinces_near
from antq_stats.cli.console import MISUSE, UsageProblem, console, note_findings
from antq_stats.cli.options import Lang, Quiet, set_console
from antq_stats.cli.wording import help_text
from antq_stats.words.language import phrase
from antq_stats.words.text import as_typed, one_line
from antq_stats.words.today import today

if TYPE_CHECKING:
    from collections.abc import Callable

    from antq_stats.country import Country, CountryUnit
    from antq_stats.starting.folder import Head
    from antq_stats.starting.list_faults import ListProblem
    from antq_stats.starting.new_year import NewYear

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_SHOWN = 20
"""Number of lines of one kind that are shown on the screen."""
_NAMES_SHOWN = 10
"""Number of names in such a line; the read-me has all."""

NewFolder = Annotated[
    Path, typer.Argument(metavar="DIR", help=help_text("argument.new-folder"), show_default=False)
]
Province = Annotated[
    str | None, typer.Option("--province", metavar="PROVINCE", help=help_text("option.province"))
]
Year = Annotated[int | None, typer.Option("--year", metavar="YEAR", help=help_text("option.year"))]
Issuer = Annotated[str | None, typer.Option("--issuer", metavar="TEXT", help=help_text("option.issuer"))]
Place = Annotated[str | None, typer.Option("--place", metavar="TEXT", help=help_text("option.place"))]
Deadline = Annotated[
    str | None, typer.Option("--deadline", metavar="DATE", help=help_text("option.deadline"))
]
From = Annotated[Path | None, typer.Option("--from", metavar="DIR", help=help_text("option.from"))]
Villages = Annotated[
    Path | None, typer.Option("--villages", metavar="FILE", help=help_text("option.villages"))
]


def init(
    folder: NewFolder,
    province: Province = None,
    year: Year = None,
    issuer: Issuer = None,
    place: Place = None,
    deadline: Deadline = None,
    last: From = None,
    villages: Villages = None,
    lang: Lang = None,
    quiet: Quiet = False,
) -> int:
    """Write the register, the form and the read-me of a year that are not there yet; return the exit status.

    On a terminal, what the options leave out is asked for.
    """
    set_console(lang, quiet=quiet)
    if last is not None and villages is not None:
        raise UsageProblem("usage.init-one-source")
    due = day_named(deadline)
    present = _present(folder)
    from antq_stats.country import country
    from antq_stats.starting.folder import FORM, UNITS, usual_head

    asks = sys.stdin.isatty() and sys.stdout.isatty()
    number = _year(folder, year, asks=asks)
    from antq_stats.starting.new_year import NewYear, cut_off

    land, day = country(), cut_off(number)
    start = NewYear(folder, number, land, _province(land, province, day, asks=asks))
    note_lists(land, (start.province,), day)
    if UNITS not in present and not _take_villages(start, last, villages):
        return MISUSE
    usual = usual_head(start.province, number)
    if asks and FORM not in present:
        issuer = issuer or _asked("init.ask-issuer", usual.issuer, str)
        due = due or _ask_deadline(usual.deadline)
    head = replace(
        usual,
        issuer=_words(issuer) or usual.issuer,
        place=_words(place) or usual.place,
        deadline=due or usual.deadline,
    )
    _write(start, head, present)
    command = f"antq-stats template {as_typed(folder)} -o {as_typed(start.blanks)}"
    console.result(phrase("init.next", console.language, command=command) + "\n")
    return 0


def _words(text: str | None) -> str:
    return one_line(text or "", 1000)


def _present(folder: Path) -> dict[str, str]:
    """Return which files are there already: the name that would be written -> the name of the file.

    A folder has one register, of any format. A file whose suffix Windows hides counts as well.

    Raises
    ------
    UsageProblem
        All of them are there.
    """
    from antq_stats.reading.discover import UNITS_FILES
    from antq_stats.render.writing.output import kind_of
    from antq_stats.starting.folder import FORM, READ_ME, UNITS

    present: dict[str, str] = {}
    for name, alike in ((UNITS, UNITS_FILES), (FORM, (FORM,)), (READ_ME, (READ_ME,))):
        for other in (*alike, *(f"{other}.txt" for other in alike)):
            if name not in present and kind_of(folder / other) is not None:
                present[name] = other
    if len(present) == 3:
        raise UsageProblem("usage.init-nothing", name=one_line(folder.name or str(folder)))
    return present


# ---------------------------------------------------------------- what is asked for


def _asked(
    key: str,
    default: str | None,
    accepts: Callable[[str], object],
    nearest: Callable[[str], str | None] | None = None,
) -> str:
    """Ask on the terminal until the answer is accepted.

    Parameters
    ----------
    key : key of the question.
    default : the answer of who just presses Enter; None for none.
    accepts : raises `UsageProblem` for an answer that cannot be used.
    nearest : returns what may have been meant by such an answer, to be the next default.
    """
    while True:
        answer = str(typer.prompt(phrase(key, console.language), default=default, err=True)).strip()
        try:
            accepts(answer)
        except UsageProblem as problem:
            text = phrase(problem.key, console.language, **problem.facts)
            console.problem(text[:1].upper() + text[1:])
            default = (nearest(answer) if nearest else None) or default
        else:
            return answer


def _year(folder: Path, given: int | None, *, asks: bool) -> int:
    """Return the year: the one given, else the one in the folder's name, else the answer.

    Raises
    ------
    UsageProblem
        It is not known, or no year.
    """
    if given is None:
        named = set(_YEAR.findall(folder.resolve().name))
        if len(named) == 1:
            given = int(named.pop())
        elif asks:
            now = today()
            usual = now.year - (now.month < 7)  # the returns of a year are dealt with until spring
            given = int(_asked("init.ask-year", str(usual), _check_year))
        else:
            raise UsageProblem("usage.init-needs-year")
    _check_year(str(given))
    return given


def _check_year(text: str) -> None:
    if not _YEAR.fullmatch(text):
        raise UsageProblem("usage.bad-year", found=one_line(text))


def _province(land: Country, given: str | None, day: dt.date, *, asks: bool) -> CountryUnit:
    """Return the province: the one given, else the answer.

    Raises
    ------
    UsageProblem
        It is not given and cannot be asked for, or there is no such province.
    """
    if given is None:
        if not asks:
            raise UsageProblem("usage.init-needs-province")

        def nearest(named: str) -> str | None:
            return next((unit.name for unit in provinces_near(land, named, day)), None)

        given = _asked("init.ask-province", None, lambda named: province_named(land, named, day), nearest)
    return province_named(land, given, day)


def _ask_deadline(usual: dt.date) -> dt.date | None:
    from antq_stats.words.language import date

    return day_named(_asked("init.ask-deadline", date(usual, "vi"), day_named))


# ---------------------------------------------------------------- villages


def _take_villages(start: NewYear, last: Path | None, listed: Path | None) -> bool:
    """Take the villages of an earlier year's register or of a list; return whether that could be done.

    The faults of a list are told, with how to mend it.

    Raises
    ------
    UsageProblem
        The earlier folder cannot be used.
    """
    if last is not None:
        _carry(start, last)
    elif listed is not None:
        from antq_stats.starting.list_faults import ListProblem

        try:
            start.take_list(listed)
        except ListProblem as problem:
            _tell_faults(problem, listed)
            return False
    return True


def _tell_faults(problem: ListProblem, listed: Path) -> None:
    """Tell the faults of a list, and what to do."""
    for fault in problem.faults[:_SHOWN]:
        console.problem(fault.say(console.language))
    name, count = one_line(listed.name), len(problem.faults)
    if count > _SHOWN:
        console.problem(phrase("init.list-more", console.language, count=count - _SHOWN))
    is_whole = problem.faults[0].place is None
    key = "init.list-mend-file" if is_whole else "init.list-mend"
    console.problem(phrase(key, console.language, name=name, count=count))


def _carry(start: NewYear, last: Path) -> None:
    """Carry the villages of an earlier year's register to the communes of this one.

    Raises
    ------
    UsageProblem
        The earlier folder has no register, no year, or is of a later year.
    """
    from antq_stats.collection.period_name import day_of, period_of
    from antq_stats.collection.setup_files import nearest_form, nearest_register
    from antq_stats.form import load_form

    home, name = (last.parent if last.is_file() else last), one_line(last.name or str(last))
    units = last if last.is_file() else nearest_register(last) if last.is_dir() else None
    if units is None:
        raise UsageProblem("usage.init-from-no-register", name=name)
    form_file = nearest_form(home)
    form = load_form(form_file) if form_file is not None else None
    then = day_of((form.about.period if form else None) or period_of(home.resolve().name), form)
    if then is None:
        raise UsageProblem("usage.init-from-no-year", name=name)
    if then > start.day:
        raise UsageProblem("usage.init-from-later", name=name, year=str(start.year))
    start.carry(units, then, name)
    note_findings(start.notes)


# ---------------------------------------------------------------- writing


def _write(start: NewYear, head: Head, present: dict[str, str]) -> None:
    """Write the files that are missing, and tell what was written and what was left.

    Parameters
    ----------
    start : the year.
    head : letterhead of the form.
    present : files that are there already, by the name that would be written.
    """
    from antq_stats.render.writing.delimited import encode, to_csv
    from antq_stats.render.writing.output import make_folder, write_bytes
    from antq_stats.starting.folder import FORM, READ_ME, UNITS

    def read_me() -> bytes:
        return encode(start.read_me(head.deadline).replace("\n", "\r\n"), bom=True)  # for any Notepad

    contents: dict[str, tuple[str, Callable[[], bytes]]] = {
        UNITS: (
            "init.wrote-units" if start.villages else "init.wrote-communes",
            lambda: encode(to_csv(*start.register()), bom=True),
        ),
        FORM: ("init.wrote-form", lambda: encode(start.form(head))),
        READ_ME: ("run.written", read_me),
    }
    facts = {"communes": len(start.communes), "count": len(start.villages), "year": str(start.year)}
    above = _above(start.folder)
    make_folder(start.folder)
    for name, (key, content) in contents.items():
        if name in present:
            console.note("init.left", name=present[name])
            continue
        write_bytes(start.folder / name, content())
        console.note(key, name=name, **facts)
        if name in above:
            console.note("init.shadows", name=name, other=above[name])
    if UNITS not in present and not console.quiet:
        for remark in start.remarks[:_SHOWN]:
            console.problem(remark.say(console.language, _NAMES_SHOWN))
        if len(start.remarks) > _SHOWN:
            console.note("init.more", count=len(start.remarks) - _SHOWN, name=READ_ME)


def _above(folder: Path) -> dict[str, str]:
    """Return which register and form stand in a folder above: the name that is written -> the name there."""
    from antq_stats.collection.setup_files import nearest_form, nearest_register
    from antq_stats.findings.setup_error import SetupError
    from antq_stats.starting.folder import FORM, UNITS

    found = {}
    for name, nearest in ((UNITS, nearest_register), (FORM, nearest_form)):
        with suppress(SetupError):  # what cannot be used there does not matter here
            file = nearest(folder.resolve().parent)
            if file is not None:
                found[name] = file.name
    return found
