"""Measures writing of workbooks: seconds and peak memory of the same large sheet in four ways.

    python benchmarks/writing.py [--communes 10599] [--villages 90000] [--measures 42] [--only WAY]

Register and values are seeded; each way runs in its own process. ``rows`` is what the program does
(`antq_stats.render.book.rows`): rows as XML made by column, and XlsxWriter for everything else. All write the
same cells, bordered and in Times New Roman: a row of integers per village, and above the villages of a
commune a row of SUM formulas with their stored values.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import subprocess
import sys
from time import perf_counter

Row = tuple[str, list[int], tuple[int, int] | None]
_FIRST = 2  # row of the first commune, as in an address
_FORMAT = {"font_name": "Times New Roman", "font_size": 12, "border": 1, "num_format": "#,##0"}


def table(communes: int, villages: int, measures: int) -> list[Row]:
    """Return rows: a name, values, and for a commune the rows that it sums."""
    source = random.Random(20211231)
    rows: list[Row] = []
    for commune in range(communes):
        under = villages // communes + (commune < villages % communes)
        figures = [[source.randrange(400) for _ in range(measures)] for _ in range(under)]
        sums = [sum(column) for column in zip(*figures, strict=True)] or [0] * measures
        at = _FIRST + len(rows)
        rows.append((f"Xã {commune + 1}", sums, (at + 1, at + under) if under else None))
        rows += [(f"Thôn {place + 1}", values, None) for place, values in enumerate(figures)]
    return rows


def letters(measures: int) -> list[str]:
    """Return the letters of the columns with figures."""
    from antq_stats.words.text import column_letter

    return [column_letter(place) for place in range(1, measures + 1)]


def openpyxl_write_only(rows: list[Row], target: io.BytesIO) -> None:
    """Write with openpyxl, which stores no values of formulas."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Border, Font, Side

    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("Theo thôn")
    font, side = Font(name="Times New Roman", size=12), Side(style="thin")
    border, names = Border(side, side, side, side), letters(len(rows[0][1]))
    for name, values, span in rows:
        cells = []
        for place, value in enumerate([name, *values]):
            formula = place and span and f"=SUM({names[place - 1]}{span[0]}:{names[place - 1]}{span[1]})"
            cell = WriteOnlyCell(sheet, formula or value)
            cell.font, cell.border, cell.number_format = font, border, "#,##0"
            cells.append(cell)
        sheet.append(cells)
    workbook.save(target)


def xlsxwriter_plain(rows: list[Row], target: io.BytesIO, *, constant: bool = False) -> None:
    """Write with XlsxWriter."""
    import xlsxwriter

    with xlsxwriter.Workbook(target, {"constant_memory": constant}) as workbook:
        sheet = workbook.add_worksheet("Theo thôn")
        style, names = workbook.add_format(_FORMAT), letters(len(rows[0][1]))
        for at, (name, values, span) in enumerate(rows, start=_FIRST - 1):
            sheet.write_string(at, 0, name, style)
            for place, value in enumerate(values, start=1):
                if span:
                    letter = names[place - 1]
                    sheet.write_formula(at, place, f"=SUM({letter}{span[0]}:{letter}{span[1]})", style, value)
                else:
                    sheet.write_number(at, place, value, style)


def xlsxwriter_constant(rows: list[Row], target: io.BytesIO) -> None:
    """Write with XlsxWriter, a row at a time."""
    xlsxwriter_plain(rows, target, constant=True)


def rows_by_column(rows: list[Row], target: io.BytesIO) -> None:
    """Write the body as XML column by column, the rest with XlsxWriter: what the program does."""
    import numpy as np
    import xlsxwriter

    from antq_stats.render.book.rows import BodyColumn, Cells, RowSheet, Run, body, cells_by, text_cell
    from antq_stats.render.writing.package import Package

    rest, none = io.BytesIO(), np.zeros(len(rows), dtype=np.uint8)
    with Package() as package:
        with xlsxwriter.Workbook(rest, {"in_memory": True}) as workbook:
            sheet = workbook.add_worksheet("Theo thôn", worksheet_class=RowSheet)
            style = workbook.add_format(_FORMAT)._get_xf_index()  # noqa: SLF001

            def column(place: int, letter: str) -> BodyColumn:
                def begin(after: str) -> Run:
                    known: Cells[int] = Cells(lambda value: f'" s="{style}"><v>{value}</v></c>', after)

                    def cells(start: int, stop: int) -> list[list[bytes]]:
                        return [
                            [
                                (
                                    f'" s="{style}"><f>SUM({letter}{span[0]}:{letter}{span[1]})</f>'
                                    f"<v>{figures[place]}</v></c>{after}"
                                ).encode()
                                if span
                                else known[figures[place]]
                                for _, figures, span in rows[start:stop]
                            ]
                        ]

                    return cells

                return BodyColumn(letter, none, lambda _, __: style, begin)

            names = cells_by(lambda key: text_cell(style, key[1]), none, [name for name, _, _ in rows])
            stub = BodyColumn("A", none, lambda _, __: style, names)
            figures = [column(place, letter) for place, letter in enumerate(letters(len(rows[0][1])))]
            lines = body([stub, *figures], none, [""], _FIRST)
            sheet.put_body(_FIRST - 1, 1 + len(figures), none.astype(np.float64), lines, package)
        package.write(rest, target)


WAYS = {
    "openpyxl, write-only": openpyxl_write_only,
    "XlsxWriter": xlsxwriter_plain,
    "XlsxWriter, constant_memory": xlsxwriter_constant,
    "rows": rows_by_column,
}


def measure(way: str, sizes: tuple[int, int, int]) -> dict[str, float]:
    """Write once in this process; return seconds, peak memory and size, in MiB."""
    WAYS[way](table(1, 1, 1), io.BytesIO())  # imports are not measured
    rows = table(*sizes)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    target = io.BytesIO()
    start = perf_counter()
    WAYS[way](rows, target)
    seconds = perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": seconds,
        "data": before / 1024,
        "peak": peak / 1024,
        "size": len(target.getvalue()) / 2**20,
        "put in": sum(sum(values) for _, values, span in rows if span is None),
        "read back": read_back(target),
    }


def read_back(content: io.BytesIO) -> float:
    """Return the sum of all figures of villages as another program reads them."""
    from python_calamine import CalamineWorkbook

    content.seek(0)
    rows = CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()
    return sum(float(str(value)) for row in rows if str(row[0]).startswith("Thôn") for value in row[1:])


def main() -> None:
    """Measure every way and print the table."""
    parser = argparse.ArgumentParser(description="Seconds and memory of writing the large sheet.")
    parser.add_argument("--communes", type=int, default=10_599)
    parser.add_argument("--villages", type=int, default=90_000)
    parser.add_argument("--measures", type=int, default=42)
    parser.add_argument("--only", choices=list(WAYS), help="one way, as JSON")
    asked = parser.parse_args()
    sizes = (asked.communes, asked.villages, asked.measures)
    if asked.only:
        print(json.dumps(measure(asked.only, sizes)))
        return
    found = {}
    for way in WAYS:
        command = [sys.executable, __file__, "--only", way]
        command += [
            f"--{name}={size}" for name, size in zip(("communes", "villages", "measures"), sizes, strict=True)
        ]
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        found[way] = json.loads(done.stdout)
    yardstick = found["XlsxWriter"]["seconds"]
    print(f"{sum(sizes[:2]):,} rows x {sizes[2]} measures")
    print(f"{'':30}{'seconds':>9}{'/ XlsxWriter':>14}{'peak MiB':>10}{'of it data':>12}{'file MiB':>10}")
    for way, one in found.items():
        ratio = one["seconds"] / yardstick
        print(
            f"{way:30}{one['seconds']:9.2f}{ratio:14.2f}{one['peak']:10.0f}{one['data']:12.0f}{one['size']:10.1f}"
        )


if __name__ == "__main__":
    main()
