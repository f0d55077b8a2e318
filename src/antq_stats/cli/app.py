"""The Typer application: the commands and their help. Heavy modules are imported only when a command runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from antq_stats.cli.commands.aggregate import aggregate
from antq_stats.cli.commands.bundle import bundle, verify
from antq_stats.cli.commands.check_text import check_text
from antq_stats.cli.commands.compare import compare
from antq_stats.cli.commands.decide import decide
from antq_stats.cli.commands.explain import explain
from antq_stats.cli.commands.report import report
from antq_stats.cli.commands.setup.adopt import adopt
from antq_stats.cli.commands.setup.form import check, schema, show
from antq_stats.cli.commands.setup.init import init
from antq_stats.cli.commands.setup.template import template
from antq_stats.cli.commands.setup.units import units
from antq_stats.cli.commands.status import status
from antq_stats.cli.commands.trace import trace
from antq_stats.cli.commands.validate import validate
from antq_stats.cli.commands.year_end import year_end
from antq_stats.cli.console import console
from antq_stats.cli.options import Lang, set_console
from antq_stats.cli.wording import Command, Group, help_text

_OPTIONS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

_COMMANDS: tuple[tuple[str, Callable[..., int], str], ...] = (
    ("year-end", year_end, "data/samples/2021"),
    ("init", init, '2025 --province "Lào Cai"'),
    ("adopt", adopt, "2025"),
    ("template", template, "data/samples/2021 -o bieu-trong"),
    ("validate", validate, "data/samples/2021-messy"),
    ("status", status, "data/samples/2021-messy"),
    ("decide", decide, "data/samples/2021-messy 2-can-sua.xlsx"),
    ("aggregate", aggregate, "data/samples/2021 --by district"),
    ("compare", compare, "data/samples/2020 data/samples/2021"),
    ("trace", trace, 'data/samples/2021 "An Lạc" ho_dat_gdvh'),
    ("report", report, "data/samples/2021 -o tong-hop-2021.xlsx"),
    ("bundle", bundle, "data/samples/2021 -o minh-chung.zip --report tong-hop-2021.xlsx"),
    ("verify", verify, "minh-chung.zip"),
    ("check-text", check_text, "bao-cao-2021.docx data/samples/2021"),
    ("units", units, '--province "Lào Cai" -o units.csv'),
    ("explain", explain, "C302"),
)
_FORM_COMMANDS: tuple[tuple[str, Callable[..., int], str], ...] = (
    ("check", check, "form.toml"),
    ("show", show, "--lang en"),
    ("schema", schema, "> form.schema.json"),
)

COMMAND_NAMES = frozenset({"form", *(name for name, *_ in _COMMANDS)})

app = typer.Typer(
    cls=Group,
    help=help_text("app"),
    epilog=help_text("first"),
    rich_markup_mode=None,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings=_OPTIONS,
)
forms = typer.Typer(
    cls=Group, help=help_text("command.form"), rich_markup_mode=None, context_settings=_OPTIONS
)


def _add(group: typer.Typer, name: str, function: Callable[..., int], example: str, prefix: str = "") -> None:
    text = help_text(f"command.{prefix.replace(' ', '-')}{name}")
    epilog = help_text("example", command=f"antq-stats {prefix}{name} {example}")
    group.command(name, cls=Command, help=text, short_help=text, epilog=epilog)(function)


for _name, _function, _example in _COMMANDS:
    _add(app, _name, _function, _example)
for _name, _function, _example in _FORM_COMMANDS:
    _add(forms, _name, _function, _example, "form ")
app.add_typer(forms, name="form")


def _show_version(wanted: bool) -> None:
    if wanted:
        from antq_stats.version import __version__

        console.result(f"antq-stats {__version__}\n")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option("--version", help=help_text("option.version"), callback=_show_version, is_eager=True),
    ] = False,
    lang: Lang = None,
) -> None:
    """Handle the options of the application itself."""
    set_console(lang)


@forms.callback()
def _forms(lang: Lang = None) -> None:
    """Handle the options of the group ``form``."""
    set_console(lang)
