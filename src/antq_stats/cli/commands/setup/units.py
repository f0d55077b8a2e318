"""`antq-stats units`: the built-in register of the country."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.choices import day_named, note_lists, province_named
from antq_stats.cli.console import console
from antq_stats.cli.options import Lang, Output, Quiet, format_of, set_console
from antq_stats.cli.wording import help_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

_FORMATS = ("csv", "xlsx")
_SUFFIXES = {".csv": "csv", ".xlsx": "xlsx"}

Province = Annotated[
    str | None, typer.Option("--province", metavar="PROVINCE", help=help_text("option.province-units"))
]
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help=help_text("option.on-units"))]


def units(
    province: Province = None, on: On = None, output: Output = None, lang: Lang = None, quiet: Quiet = False
) -> int:
    """Print the units in force on a day as rows of units.csv, or write them; return the exit status."""
    set_console(lang, quiet=quiet)
    chosen = format_of(None, output, _FORMATS, _SUFFIXES)
    day = day_named(on)
    from antq_stats.country import COLUMNS, country, register_row

    land = country()
    tops = land.provinces(day) if province is None else (province_named(land, province, day),)
    rows = [register_row(unit) for top in tops for unit in land.units_of(top, day)]
    if day is not None:
        note_lists(land, tops, day)
    if output is None:
        from antq_stats.render.writing.delimited import to_csv

        console.result(to_csv(rows, COLUMNS))
        return 0
    from antq_stats.render.writing.output import write_beside

    def write(stream: BinaryIO) -> None:
        from antq_stats.render.writing.delimited import encode, to_csv

        if chosen == "xlsx":
            _write_workbook(rows, stream)
        else:
            stream.write(encode(to_csv(rows, COLUMNS), bom=True))

    write_beside(output, write)
    console.note("run.written", name=output.name)
    return 0


def _write_workbook(rows: Sequence[dict[str, str]], stream: BinaryIO) -> None:
    from antq_stats.country import COLUMNS
    from antq_stats.output_marks import WORKBOOK
    from antq_stats.render.writing.table import Column, PresentationTable, Row, Text
    from antq_stats.render.writing.workbook import to_xlsx

    head, *others = COLUMNS
    table = PresentationTable(
        title="",
        subtitle="",
        stub_head=head,
        columns=tuple(Column(name, name, align="left") for name in others),
        rows=tuple(Row(row[head], 0, tuple(Text(row[name]) for name in others)) for row in rows),
        filtered=True,
    )
    to_xlsx([("units", table)], stream, console.language, WORKBOOK)
