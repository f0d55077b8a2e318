"""`antq-stats init`: the folder of a year to start from."""

from __future__ import annotations

import datetime as dt
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.choices import day_named, note_lists, province_named
from antq_stats.cli.console import UsageProblem, console
from antq_stats.cli.options import Lang, Quiet, set_console
from antq_stats.cli.wording import help_text
from antq_stats.words.language import phrase
from antq_stats.words.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from antq_stats.country import Country, CountryUnit
    from antq_stats.starting.carry import Carried
    from antq_stats.starting.folder import Head
    from antq_stats.starting.villages import Village

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


@dataclass
class _Start:
    """What is known of the new folder."""

    folder: Path
    year: int
    land: Country
    province: CountryUnit
    missing: tuple[str, ...]
    """Names of the files that are not there yet."""
    villages: list[Village] = field(default_factory=list)
    lines: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    """What the user must know of the villages: keys and facts of phrases."""

    @property
    def day(self) -> dt.date:
        """The cut-off: the day whose units count."""
        return dt.date(self.year, 12, 31)

    @property
    def units(self) -> tuple[CountryUnit, ...]:
        """The province and the units below it on the cut-off."""
        return self.land.units_of(self.province, self.day)

    @property
    def communes(self) -> tuple[CountryUnit, ...]:
        """The communes on the cut-off."""
        return tuple(unit for unit in self.units if unit.level == "commune")


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
    missing = _missing(folder)
    from antq_stats.country import country

    land, asks = country(), sys.stdin.isatty() and sys.stdout.isatty()
    number = _year(folder, year, asks=asks)
    day = dt.date(number, 12, 31)
    start = _Start(folder, number, land, _province(land, province, day, asks=asks), missing)
    note_lists(land, (start.province,), day)
    _take_villages(start, last, villages)
    head = _head(start, issuer, place, due, asks=asks)
    _write(start, head)
    command = f"antq-stats template {_quoted(folder)} -o {_quoted(_blanks(folder))}"
    console.result(phrase("init.next", console.language, command=command) + "\n")
    return 0


def _missing(folder: Path) -> tuple[str, ...]:
    """Return the names of the files that are to be written.

    Raises
    ------
    UsageProblem
        All of them are there.
    """
    from antq_stats.render.writing.output import kind_of
    from antq_stats.starting.folder import FORM, READ_ME, UNITS

    missing = tuple(name for name in (UNITS, FORM, READ_ME) if kind_of(folder / name) is None)
    if not missing:
        raise UsageProblem("usage.init-nothing", name=one_line(folder.name or str(folder)))
    return missing


# ---------------------------------------------------------------- what is asked for


def _asked(key: str, default: str | None, accepts: Callable[[str], object], **facts: object) -> str:
    """Ask on the terminal until the answer is accepted.

    Parameters
    ----------
    key : key of the question.
    default : the answer of who just presses Enter; None for none.
    accepts : raises `UsageProblem` for an answer that cannot be used.
    **facts : facts of the question.
    """
    while True:
        answer = str(typer.prompt(phrase(key, console.language, **facts), default=default, err=True)).strip()
        try:
            accepts(answer)
        except UsageProblem as problem:
            text = phrase(problem.key, console.language, **problem.facts)
            console.problem(text[:1].upper() + text[1:])
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
            today = dt.datetime.now().astimezone().date()
            usual = today.year - (today.month < 7)  # the returns of a year are dealt with until spring
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
        given = _asked("init.ask-province", None, lambda named: province_named(land, named, day))
    return province_named(land, given, day)


def _head(
    start: _Start, issuer: str | None, place: str | None, deadline: dt.date | None, *, asks: bool
) -> Head:
    """Return the letterhead: what is given, else the answers, else what is usual."""
    from antq_stats.starting.folder import Head, usual_head
    from antq_stats.words.language import date

    usual = usual_head(start.province, start.year)
    if asks and "form.toml" in start.missing:
        if issuer is None:
            issuer = _asked("init.ask-issuer", usual.issuer, str)
        if deadline is None:
            shown = date(usual.deadline, "vi")
            deadline = day_named(_asked("init.ask-deadline", shown, day_named))
    return Head(
        issuer=one_line(issuer or usual.issuer, 1000),
        place=one_line(place or usual.place, 1000),
        deadline=deadline or usual.deadline,
        recipients=usual.recipients,
        signer=usual.signer,
    )


# ---------------------------------------------------------------- villages


def _take_villages(start: _Start, last: Path | None, listed: Path | None) -> None:
    """Take the villages of last year's register or of a list."""
    if "units.csv" not in start.missing:
        return
    if last is not None:
        _carry(start, last)
    elif listed is not None:
        from antq_stats.starting.village_list import ListProblem, villages_of

        try:
            start.villages = villages_of(listed, start.communes)
        except ListProblem as problem:
            for fault in problem.faults[:_SHOWN]:
                console.problem(phrase(f"init.list-{fault.key}", console.language, **fault.facts))
            raise UsageProblem(
                "usage.init-bad-list", name=one_line(listed.name), count=len(problem.faults)
            ) from None


def _carry(start: _Start, last: Path) -> None:
    """Carry the villages of an earlier year's register to the communes of this one.

    Raises
    ------
    UsageProblem
        The earlier folder has no register, no year, or is of a later year.
    """
    from antq_stats.collection.period_name import day_of, period_of
    from antq_stats.collection.setup_files import nearest_form, nearest_register
    from antq_stats.form import load_form
    from antq_stats.starting.carry import carry

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
    result = carry(units, then, start.land, start.communes, start.day)
    start.villages = result.villages
    start.lines = [
        ("init.carried", {"count": len(result.villages), "moved": result.moved, "name": name}),
        *_carried_lines(result),
    ]


def _carried_lines(result: Carried) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield what the user must know of villages that were renamed or left out."""
    if result.renamed:
        examples = "; ".join(f"{village.now}, {village.commune}" for village in result.renamed[:3])
        yield "init.renamed", {"count": len(result.renamed), "examples": examples}
    for key, group in (
        ("divided", result.divided),
        ("elsewhere", result.elsewhere),
        ("unknown", result.unknown),
        ("ended", result.ended),
    ):
        for left in group:
            facts: dict[str, object] = {"count": len(left.villages), "names": left.villages}
            yield f"init.{key}", {"commune": left.commune, "possible": ", ".join(left.possible), **facts}


# ---------------------------------------------------------------- writing


def _write(start: _Start, head: Head) -> None:
    """Write the files that are missing, and tell what was written and what was left."""
    from antq_stats.collection.setup_files import nearest_form, nearest_register
    from antq_stats.render.writing.delimited import encode, to_csv
    from antq_stats.render.writing.output import make_folder, write_bytes
    from antq_stats.starting.folder import (
        FORM,
        READ_ME,
        UNITS,
        edition_text,
        form_text,
        read_me_text,
        unit_rows,
    )

    folder = start.folder
    communes = {village.parent for village in start.villages}
    empty = [unit for unit in start.communes if unit.code not in communes]
    if start.villages and empty:
        names = tuple(unit.full_name for unit in empty)
        start.lines.append(("init.empty", {"count": len(empty), "names": names}))
    elif not start.villages:
        start.lines.append(("init.no-villages", {}))
    above = {UNITS: nearest_register(folder.parent), FORM: nearest_form(folder.parent)}
    contents: dict[str, Callable[[], bytes]] = {
        UNITS: lambda: encode(to_csv(*unit_rows(start.units, start.villages)), bom=True),
        FORM: lambda: form_text(edition_text(start.year), head, _period(start)).encode(),
        READ_ME: lambda: _read_me(start, head, read_me_text),
    }
    told = {UNITS: "init.wrote-units" if start.villages else "init.wrote-communes", FORM: "init.wrote-form"}
    facts = {"communes": len(start.communes), "count": len(start.villages), "year": str(start.year)}
    make_folder(folder)
    for name, content in contents.items():
        if name not in start.missing:
            console.note("init.left", name=name)
            continue
        write_bytes(folder / name, content())
        console.note(told.get(name, "run.written"), name=name, **facts)
        if above.get(name) is not None:
            console.note("init.shadows", name=name)
    if UNITS in start.missing:
        for key, more in start.lines[:_SHOWN]:
            console.note(key, **_listed(more, _NAMES_SHOWN))
        if len(start.lines) > _SHOWN:
            console.note("init.more", count=len(start.lines) - _SHOWN, name=READ_ME)


def _listed(facts: dict[str, object], limit: int | None = None) -> dict[str, object]:
    """Return facts with a list of names as text, cut to a number of names."""
    names = facts.get("names")
    if not isinstance(names, tuple):
        return facts
    more = limit is not None and len(names) > limit
    return {**facts, "names": ", ".join([*names[:limit], *(["…"] if more else [])])}


def _read_me(start: _Start, head: Head, text_of: Callable[..., str]) -> bytes:
    notes = [
        phrase(key, "vi", **_listed(facts))
        for key, facts in start.lines
        if key not in ("init.carried", "init.renamed")
    ]
    names = {"folder": _quoted(start.folder), "blanks": _quoted(_blanks(start.folder))}
    text = text_of(start.province, str(start.year), **names, deadline=head.deadline, notes=notes)
    return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()  # so that Notepad reads it on any Windows


def _period(start: _Start) -> str | None:
    """Return the period that the form has to state, because the folder's name gives another or none."""
    from antq_stats.collection.period_name import day_of, period_of

    named = day_of(period_of(start.folder.resolve().name), None)
    return None if named is not None and named.year == start.year else str(start.year)


def _blanks(folder: Path) -> Path:
    """Return the folder for blank returns, beside that of the year: in it they would be read as returns."""
    whole = folder if folder.name not in ("", "..") else folder.resolve()
    return whole.with_name(f"{whole.name}-bieu-trong")


def _quoted(path: Path) -> str:
    """Return a path as it is typed on a command line."""
    text = str(path)
    return text if re.fullmatch(r"[\w./\\:-]+", text) else f'"{text}"'
