"""A bare Typer application with as many commands as antq-stats; rich prints its ``--help``.

python benchmarks/peers/bare_typer.py --help
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

COMMANDS = {
    "template": "Write a blank return for every commune, prefilled from the register.",
    "validate": "Check all returns and say which cell is wrong, why, and how to mend it.",
    "status": "Who has answered, who has not, coverage by unit.",
    "aggregate": "Add the figures up by unit, with ratios, and show what is missing.",
    "report": "Write the year-end summary: workbook, page or text, by the suffix of FILE.",
    "check-text": "Look up every number in a report's prose in the figures.",
    "explain": "Explain what a finding means and how to mend it.",
    "form": "The form: check it, print it, its JSON Schema.",
}
app = typer.Typer(help="Check and add up returns.")


def _command() -> Callable[..., None]:
    def command(
        folder: Annotated[Path, typer.Argument(help="The folder.")],
        output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
        jobs: Annotated[int, typer.Option(help="How many files to read at once.")] = 2,
    ) -> None:
        typer.echo(f"{folder} {output} {jobs}")

    return command


for _name, _help in COMMANDS.items():
    app.command(_name, help=_help)(_command())

if __name__ == "__main__":
    app()
