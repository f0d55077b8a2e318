"""`antq-stats form`: check a form, print it, print its JSON Schema."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.console import UsageProblem, console, note_findings
from antq_stats.cli.options import FormFile, Lang, set_console
from antq_stats.cli.wording import help_text
from antq_stats.words.text import one_line

if TYPE_CHECKING:
    from antq_stats.form import Form

Place = Annotated[
    Path | None, typer.Argument(metavar="[FILE|DIR]", help=help_text("argument.form"), show_default=False)
]

Edition = Annotated[str | None, typer.Option("--edition", metavar="YEAR", help=help_text("option.edition"))]


def _form_at(place: Path | None, form: Path | None, edition: str | None) -> Form:
    """Return the form that the command line names.

    It is the file given, else the form nearest to the folder given, else an edition of the built-in form: the
    one asked for, else the one for the year in the folder's name, else the newest.

    Raises
    ------
    SetupError
        The form has faults.
    UsageProblem
        There is no such edition, or a file is given too.
    """
    from antq_stats.collection.period_name import period_of, year_of
    from antq_stats.collection.setup_files import nearest_form
    from antq_stats.form import EDITIONS, load_form

    is_folder = place is not None and os.path.isdir(place)  # noqa: PTH112 - reading it reports errors
    file = form if form is not None or is_folder else place
    if edition is not None:
        if file is not None:
            raise UsageProblem("usage.edition-and-file")
        if edition not in EDITIONS:
            raise UsageProblem("usage.bad-edition", found=one_line(edition), choices=", ".join(EDITIONS))
        return load_form(None, int(edition))
    if place is None and file is None:
        console.note("form.editions", shown=EDITIONS[-1], choices=", ".join(EDITIONS))
        return load_form(None, int(EDITIONS[-1]))
    if place is None or file is not None:
        return load_form(file)
    return load_form(nearest_form(place), year_of(period_of(place.resolve().name)))


def check(place: Place = None, form: FormFile = None, edition: Edition = None, lang: Lang = None) -> int:
    """Check a form, and return the exit status.

    Raises
    ------
    SetupError
        The form has faults, or the register or the file of changes nearest to a folder has.
    UsageProblem
        There is no such edition, or a file is given too.
    """
    set_console(lang)
    loaded = _form_at(place, form, edition)
    if place is not None and os.path.isdir(place):  # noqa: PTH112
        _check_levels(place, loaded)
        _check_changes(place)
    from antq_stats.words.language import phrase

    facts = {
        "tables": len(loaded.tables),
        "measures": len(loaded.measures),
        "ratios": len(loaded.ratios),
        "rules": len(loaded.rules),
    }
    console.result(
        phrase("form.ok", console.language, form=loaded.id, version=loaded.version, **facts) + "\n"
    )
    return 0


def _check_levels(folder: Path, form: Form) -> None:
    """Check the levels of a form against the register nearest to the folder, if there is one.

    Raises
    ------
    SetupError
        The register cannot be used, or the form names a level that it does not have.
    """
    from antq_stats.collection.intake import register_for
    from antq_stats.collection.period_name import period_of
    from antq_stats.collection.setup_files import nearest_register
    from antq_stats.form import reading_plan
    from antq_stats.plan import Limits

    units = nearest_register(folder)
    if units is not None:
        period = form.about.period or period_of(folder.resolve().name)
        reading_plan(form, register_for(form, units, period).units, period, Limits())


def _check_changes(folder: Path) -> None:
    """Check the file of changes nearest to the folder, if there is one.

    Raises
    ------
    SetupError
        The file has faults.
    """
    from antq_stats.changes.change_file import KnownUnits, read_changes
    from antq_stats.collection.setup_files import nearest_changes, nearest_register
    from antq_stats.register.unit_file import known_units

    path, units = nearest_changes(folder), nearest_register(folder)
    if path is not None:
        dated, codes = ({}, ()) if units is None else known_units([units])
        note_findings(read_changes(path, KnownUnits(dated, codes=codes)).notes)


def show(place: Place = None, form: FormFile = None, edition: Edition = None, lang: Lang = None) -> int:
    """Print the tables of a form; return the exit status.

    Raises
    ------
    SetupError
        The form has faults.
    UsageProblem
        There is no such edition, or a file is given too.
    """
    set_console(lang)
    from antq_stats.cli.session import show_table
    from antq_stats.render.form import form_tables

    loaded = _form_at(place, form, edition)
    heading = f"{loaded.about.title.say(console.language)}\n{loaded.id} {loaded.version}\n\n"
    if loaded.about.notes is not None:
        heading += f"{loaded.about.notes.say(console.language)}\n\n"
    console.result(heading + "\n".join(show_table(table) for table in form_tables(loaded, console.language)))
    return 0


def schema(lang: Lang = None) -> int:
    """Print the JSON Schema of forms; return the exit status."""
    set_console(lang)
    from antq_stats.form import Form
    from antq_stats.render.writing.delimited import to_json

    console.result(to_json(Form.json_schema()))
    return 0
