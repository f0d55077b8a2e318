"""`antq-stats form`: check a form, print it, print its JSON Schema."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.console import console
from antq_stats.cli.options import FormFile, Lang, set_console
from antq_stats.cli.wording import help_text

if TYPE_CHECKING:
    from antq_stats.form import Form

Place = Annotated[
    Path | None, typer.Argument(metavar="[FILE|DIR]", help=help_text("argument.form"), show_default=False)
]


def _file_of(place: Path | None, form: Path | None) -> Path | None:
    """Return the file of the form: the one given, or the nearest to a folder; None for the built-in form."""
    if form is not None or place is None:
        return form
    if os.path.isdir(place):  # noqa: PTH112 - False on errors, which opening the file then reports
        from antq_stats.collection.intake import nearest

        return nearest(place, "form.toml")
    return place


def check(place: Place = None, form: FormFile = None, lang: Lang = None) -> int:
    """Check a form, and return the exit status.

    Raises
    ------
    SetupError
        The form has faults.
    """
    set_console(lang)
    from antq_stats.form import load_form

    loaded = load_form(_file_of(place, form))
    if place is not None and os.path.isdir(place):  # noqa: PTH112
        _check_levels(place, loaded)
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
    from antq_stats.collection.intake import nearest, period_of, register_for
    from antq_stats.form import reading_plan
    from antq_stats.plan import Limits

    units = nearest(folder, "units.csv")
    if units is not None:
        period = form.about.period or period_of(folder.resolve().name)
        reading_plan(form, register_for(form, units, period).units, period, Limits())


def show(place: Place = None, form: FormFile = None, lang: Lang = None) -> int:
    """Print the tables of a form; return the exit status."""
    set_console(lang)
    from antq_stats.cli.session import show_table
    from antq_stats.form import load_form
    from antq_stats.render.form import form_tables

    loaded = load_form(_file_of(place, form))
    heading = f"{loaded.about.title.say(console.language)}\n{loaded.id} {loaded.version}\n\n"
    console.result(heading + "\n".join(show_table(table) for table in form_tables(loaded, console.language)))
    return 0


def schema(lang: Lang = None) -> int:
    """Print the JSON Schema of forms; return the exit status."""
    set_console(lang)
    from antq_stats.form import Form
    from antq_stats.render.writing.delimited import to_json

    console.result(to_json(Form.json_schema()))
    return 0
