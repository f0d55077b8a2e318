"""The application: its commands and their help. Nothing heavy is imported before a command runs."""

from __future__ import annotations

from typing import Annotated

import typer

from antq_stats.cli.commands.aggregate import aggregate
from antq_stats.cli.commands.explain import explain
from antq_stats.cli.commands.form import check, schema, show
from antq_stats.cli.commands.status import status
from antq_stats.cli.commands.validate import validate
from antq_stats.cli.console import console
from antq_stats.cli.options import words

_OPTIONS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

app = typer.Typer(
    help=words("app"), rich_markup_mode=None, add_completion=True, pretty_exceptions_enable=False, context_settings=_OPTIONS
)
forms = typer.Typer(help=words("command.form"), rich_markup_mode=None, context_settings=_OPTIONS)

for _name, _function in (("validate", validate), ("status", status), ("aggregate", aggregate), ("explain", explain)):
    app.command(_name, help=words(f"command.{_name}"), short_help=words(f"command.{_name}"))(_function)
for _name, _function in (("check", check), ("show", show), ("schema", schema)):
    forms.command(_name, help=words(f"command.form-{_name}"), short_help=words(f"command.form-{_name}"))(_function)
app.add_typer(forms, name="form")


def _version(*, wanted: bool) -> None:
    if wanted:
        from antq_stats import __version__

        console.result(f"antq-stats {__version__}\n")
        raise typer.Exit


def _show_version(value: bool) -> None:
    _version(wanted=value)


@app.callback()
def _main(
    version: Annotated[bool, typer.Option("--version", help=words("option.version"), callback=_show_version, is_eager=True)] = False,
) -> None:
    """Hold the options of the application itself."""
