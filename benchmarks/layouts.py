"""Returns as they arrive from many senders: each has a layout of its own, in the kind of file it saves.

A sender's layout has its own order of columns, its own words for the headers (the form's labels and
aliases), and in some columns that nobody asked for, a printed rate, subtotals of groups of villages, or the
commune beside every village. Of 20 senders 12 send .xlsx (half of them with the texts in the cells), 5 .xls,
2 .ods and 1 .csv.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple
from xml.sax.saxutils import escape

import xlsxwriter
from measures import MEASURES, wordings
from senders import Sender
from workbooks import Commune

KINDS = (
    "xlsx", "xls", "xlsx", "ods", "xlsx", "xlsx", "xls", "xlsx", "xlsx", "xls",
    "xlsx", "csv", "xlsx", "xlsx", "xls", "xlsx", "ods", "xlsx", "xls", "xlsx",
)  # fmt: skip
"""Kinds of the files of 20 senders: 60 % .xlsx, 25 % .xls, 10 % .ods, 5 % .csv."""
SENDERS = 500
_FILES_OF_A_SENDER = 21
_EXTRA = ("Ghi chú", "Diện tích (ha)", "Xếp loại", "Đánh giá")
_NUMBER, _CODE, _NAME, _COMMUNE, _RATE = "number", "code", "name", "commune", "rate"


class Percent(NamedTuple):
    """A share that is written as a number with a percent style."""

    share: float


Cell = str | int | Percent | None
Rows = Sequence[Sequence[Cell]]


def senders_of(communes: int) -> int:
    """Return the number of senders: 500 for the nation; fewer for less, but all kinds by their shares."""
    return min(SENDERS, max(len(KINDS), communes // _FILES_OF_A_SENDER))


@dataclass(frozen=True)
class Layout:
    """The layout of a sender."""

    kind: str
    columns: tuple[str, ...]
    headers: tuple[str, ...]
    above: int
    """Empty rows between the titles and the headers."""
    group: int
    """Villages to a subtotal; 0 for none."""
    inline: bool
    numbered: bool
    """Whether a row of column numbers follows the headers."""

    @classmethod
    def of(cls, sender: int, kind: str | None = None) -> Layout:
        """Draw the layout of a sender."""
        random = Random(f"layout:{sender}")
        words = wordings()
        named = {
            _NUMBER: "STT",
            _CODE: "Mã thôn",
            _NAME: "Tên thôn",
            _COMMUNE: "Xã",
            _RATE: "Tỷ lệ hộ đạt GĐVH",
        }
        named |= {code: random.choice(words[code]) for code in MEASURES}
        measured = [*MEASURES, _RATE] if random.random() < 0.5 else [*MEASURES]
        measured += random.sample(_EXTRA, random.randrange(3))
        random.shuffle(measured)
        first = [_CODE, _NAME, *([_COMMUNE] if random.random() < 0.4 else [])]
        random.shuffle(first)
        columns = (_NUMBER, *first, *measured)
        return cls(
            kind or KINDS[sender % len(KINDS)], columns,
            tuple(named.get(column, column) for column in columns), random.randrange(1, 4),
            random.choice((0, 0, 0, 4, 5)), random.random() < 0.5, random.random() < 0.6,
        )  # fmt: skip

    def rows(self, commune: Commune) -> list[list[Cell]]:
        """Return the rows of a commune's return."""
        width = len(self.columns)
        rows: list[list[Cell]] = [
            ["ỦY BAN MTTQ VIỆT NAM"], [commune.name],
            [None, None, "KẾT QUẢ PHONG TRÀO TOÀN DÂN BẢO VỆ AN NINH TỔ QUỐC NĂM 2021"],
            *([[]] * self.above), [*self.headers],
        ]  # fmt: skip
        if self.numbered:
            rows.append([f"({place})" for place in range(1, width + 1)])
        villages, sums = commune.villages, [0] * len(MEASURES)
        for place, (code, name, values) in enumerate(villages, 1):
            rows.append(self._row(values, {_NUMBER: place, _CODE: code, _NAME: name, _COMMUNE: commune.name}))
            sums = [one + value for one, value in zip(sums, values, strict=True)]
            if self.group and (place % self.group == 0 or place == len(villages)):
                rows.append(self._row(sums, {_NUMBER: "Cộng"}))
                sums = [0] * len(MEASURES)
        rows.append(self._row(commune.printed(), {_NUMBER: "Tổng cộng"}))
        return [*rows, [], [None, None, "NGƯỜI LẬP BIỂU"]]

    def _row(self, values: Sequence[int], named: dict[str, Cell]) -> list[Cell]:
        known: dict[str, Cell] = {**dict(zip(MEASURES, values, strict=True)), **named}
        achieved, households = (values[MEASURES.index(code)] for code in ("ho_dat_gdvh", "tong_ho"))
        known[_RATE] = Percent(achieved / households)
        return [known.get(column) for column in self.columns]

    def file(self, commune: Commune, sender: Sender) -> tuple[bytes, int]:
        """Return the file of a commune, and its number of rows."""
        rows = self.rows(commune)
        return _WRITERS[self.kind](rows, sender, self.inline), len(rows)


def _xlsx(rows: Rows, sender: Sender, inline: bool) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"author": sender.person, "created": sender.saved})
        percent, body = book.add_format({"num_format": "0.0%", "border": 1}), book.add_format({"border": 1})
        sheet = book.add_worksheet("Biểu 01")
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                match cell:
                    case None:
                        continue
                    case Percent(share):
                        sheet.write_number(row, column, share, percent)
                    case int():
                        sheet.write_number(row, column, cell, body)
                    case str():
                        sheet.write_string(row, column, cell, body)
    return _with_inline_strings(content.getvalue()) if inline else content.getvalue()


def _with_inline_strings(content: bytes) -> bytes:
    """Return a workbook with its texts in the cells, as many programs that export data write them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archived:
        parts = {name: archived.read(name) for name in archived.namelist()}
    texts = re.findall(rb"<si>(.*?)</si>", parts["xl/sharedStrings.xml"], re.DOTALL)
    parts["xl/worksheets/sheet1.xml"] = re.sub(
        rb't="s"><v>(\d+)</v>',
        lambda found: b't="inlineStr"><is>' + texts[int(found[1])] + b"</is>",
        parts["xl/worksheets/sheet1.xml"],
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archived:
        for name, data in parts.items():
            archived.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _xls(rows: Rows, sender: Sender, _: bool) -> bytes:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    book.set_owner(f"sender {sender.seed % 1000}")  # xlwt takes ASCII only
    percent = xlwt.easyxf(num_format_str="0.0%")
    sheet = book.add_sheet("Biểu 01")
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, Percent):
                sheet.write(row, column, cell.share, percent)
            elif cell is not None:
                sheet.write(row, column, cell)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"),
        ("number", "datastyle"), ("manifest", "manifest"), ("meta", "meta"),
    )
)  # fmt: skip
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ODS = "application/vnd.oasis.opendocument.spreadsheet"


def _ods_cell(cell: Cell) -> str:
    match cell:
        case None:
            return "<table:table-cell/>"
        case Percent(share):
            return (
                '<table:table-cell table:style-name="rate" office:value-type="percentage" '
                f'office:value="{share!r}">'
                f"<text:p>{100 * share:.1f}%</text:p></table:table-cell>"
            )
        case int():
            return (
                f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p>'
                "</table:table-cell>"
            )
        case _:
            text = escape(cell)
            return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def _ods(rows: Rows, sender: Sender, _: bool) -> bytes:
    written = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, cells or [None]))}</table:table-row>" for cells in rows
    )
    body = (
        f'{_XML}<office:document-content {_SPACES} office:version="1.2"><office:automatic-styles>'
        '<number:percentage-style style:name="P1"><number:number number:decimal-places="1"/>'
        "<number:text>%</number:text></number:percentage-style>"
        '<style:style style:name="rate" style:family="table-cell" style:data-style-name="P1"/>'
        '</office:automatic-styles><office:body><office:spreadsheet><table:table table:name="Biểu 01">'
        f"{written}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    about = (
        f'{_XML}<office:document-meta {_SPACES} office:version="1.2"><office:meta><meta:initial-creator>'
        f"{sender.person}</meta:initial-creator></office:meta></office:document-meta>"
    )
    listed = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>'
        for name, kind in (("/", _ODS), ("content.xml", "text/xml"), ("meta.xml", "text/xml"))
    )
    manifest = f'{_XML}<manifest:manifest {_SPACES} manifest:version="1.2">{listed}</manifest:manifest>'
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archived:
        archived.writestr(zipfile.ZipInfo("mimetype"), _ODS)
        for name, text in (("content.xml", body), ("meta.xml", about), ("META-INF/manifest.xml", manifest)):
            archived.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _csv(rows: Rows, _: Sender, __: bool) -> bytes:
    """Write as Excel saves CSV for Vietnam: semicolons, decimal commas, a byte order mark."""
    content = io.StringIO()
    lines = csv.writer(content, delimiter=";", lineterminator="\r\n")
    width = max(map(len, rows))
    for cells in rows:
        shown = [
            f"{100 * cell.share:.1f}%".replace(".", ",") if isinstance(cell, Percent) else cell
            for cell in cells
        ]
        lines.writerow([*shown, *[None] * (width - len(cells))])
    return content.getvalue().encode("utf-8-sig")


_WRITERS: dict[str, Callable[[Rows, Sender, bool], bytes]] = {
    "xlsx": _xlsx, "xls": _xls, "ods": _ods, "csv": _csv,
}  # fmt: skip
