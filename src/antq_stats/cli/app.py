"""The Typer application: the commands and their help. A module of a command is imported when it is wanted."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated

import typer

from antq_stats.cli.console import console
from antq_stats.cli.options import Lang, set_console
from antq_stats.cli.wording import Command, Group, help_text

_OPTIONS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

_COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("year-end", "year_end", "data/samples/2021"),
    ("init", "setup.init", '2025 --province "Lào Cai"'),
    ("adopt", "setup.adopt", "2025"),
    ("template", "setup.template", "data/samples/2021 -o bieu-trong"),
    ("validate", "validate", "data/samples/2021-messy"),
    ("status", "status", "data/samples/2021-messy"),
    ("decide", "decide", "data/samples/2021-messy 2-can-sua.xlsx"),
    ("aggregate", "aggregate", "data/samples/2021 --by district"),
    ("compare", "compare", "data/samples/2020 data/samples/2021"),
    ("trace", "trace", 'data/samples/2021 "An Lạc" ho_dat_gdvh'),
    ("report", "report", "data/samples/2021 -o tong-hop-2021.xlsx"),
    ("bundle", "bundle", "data/samples/2021 -o minh-chung.zip --report tong-hop-2021.xlsx"),
    ("verify", "bundle", "minh-chung.zip"),
    ("check-text", "check_text", "bao-cao-2021.docx data/samples/2021"),
    ("units", "setup.units", '--province "Lào Cai" -o units.csv'),
    ("explain", "explain", "C302"),
)
"""Name of each command, its module in `commands`, whose function has the command's name, and an example."""
_FORM_COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("check", "setup.form", "form.toml"),
    ("show", "setup.form", "--lang en"),
    ("schema", "setup.form", "> form.schema.json"),
)

_FORM = "form"
COMMAND_NAMES = frozenset({_FORM, *(name for name, *_ in _COMMANDS)})


def application(command: str | None = None) -> typer.Typer:
    """Return the application.

    Parameters
    ----------
    command : name of the only command that is wanted; all are, if it is None or names none.
    """
    app = typer.Typer(
        cls=Group,
        help=help_text("app"),
        epilog=help_text("first"),
        rich_markup_mode=None,
        add_completion=True,
        pretty_exceptions_enable=False,
        context_settings=_OPTIONS,
    )
    app.callback()(_main)
    is_known = command in COMMAND_NAMES
    for each in _COMMANDS:
        if each[0] == command or not is_known:
            _add(app, *each)
    if command == _FORM or not is_known:
        app.add_typer(_form_commands(), name=_FORM)
    return app


def _form_commands() -> typer.Typer:
    group = typer.Typer(
        cls=Group, help=help_text("command.form"), rich_markup_mode=None, context_settings=_OPTIONS
    )
    group.callback()(_forms)
    for each in _FORM_COMMANDS:
        _add(group, *each, prefix="form ")
    return group


def _add(group: typer.Typer, name: str, module: str, example: str, prefix: str = "") -> None:
    function = getattr(import_module(f"antq_stats.cli.commands.{module}"), name.replace("-", "_"))
    text = help_text(f"command.{prefix.replace(' ', '-')}{name}")
    epilog = help_text("example", command=f"antq-stats {prefix}{name} {example}")
    group.command(name, cls=Command, help=text, short_help=text, epilog=epilog)(function)


def _show_version(wanted: bool) -> None:
    if wanted:
        from antq_stats.version import __version__

        console.result(f"antq-stats {__version__}\n")
        raise typer.Exit


def _main(
    version: Annotated[
        bool,
        typer.Option("--version", help=help_text("option.version"), callback=_show_version, is_eager=True),
    ] = False,
    lang: Lang = None,
) -> None:
    """Handle the options of the application itself."""
    set_console(lang)


def _forms(lang: Lang = None) -> None:
    """Handle the options of the group ``form``."""
    set_console(lang)
