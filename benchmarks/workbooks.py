"""A commune's workbook, made from a pattern as XlsxWriter, Excel or LibreOffice write it.

A pattern is made once for each number of villages. Its tokens are then replaced by the figures, codes and
names of a commune and by the data of its sender (dates, author, folder, revision).
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from blanks import answers, blanks, filled, with_tokens
from blanks import as_excel as blank_as_excel
from senders import EXCEL, Sender, as_excel
from zipped import DESCRIPTOR, HINTED, PLAIN, Packing, Stored, archive

FIRST = 9
"""Row of the sheet (from 1) with the first village."""
ROWS_BESIDE = 11
"""Rows of a sheet beside those of its villages."""
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_TOKEN = re.compile(rb"@([A-Z]+)(\d*)@|(?<=<v>)8(\d{3})(\d{3})(?=</v>)|(?<=<v>)7(\d{3})000(?=</v>)")
"""Tokens for a code or name, for a figure by village and measure, and for a sum."""
_HINTED = ("[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "docProps/app.xml")


@dataclass(frozen=True)
class Fault:
    """A cell of the first village that is not a number: place of its measure, and text (None for blank)."""

    measure: int
    text: str | None


@dataclass(frozen=True)
class Commune:
    """An invented commune, with the true figures of its villages."""

    code: str
    name: str
    district: str
    villages: tuple[tuple[str, str, tuple[int, ...]], ...]
    """Code, name and the figures in the order of `measures.MEASURES`."""
    fault: Fault | None = None
    province: str = ""

    def printed(self) -> list[int]:
        """Return the sums as SUM computes them: a text or a blank adds nothing."""
        sums = [sum(values) for values in zip(*(village[2] for village in self.villages), strict=True)]
        if self.fault:
            sums[self.fault.measure] -= self.villages[0][2][self.fault.measure]
        return sums


def _pattern(count: int, labels: Sequence[str], year: int) -> bytes:
    """Write a workbook for a number of villages, with tokens in place of the figures."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        font = {"font_name": "Times New Roman", "font_size": 12}
        head = book.add_format({**font, "bold": True, "border": 1, "text_wrap": True, "align": "center"})
        body, bold = book.add_format({**font, "border": 1}), book.add_format({**font, "bold": True})
        total = book.add_format({**font, "bold": True, "border": 1})
        sheet = book.add_worksheet("Biểu 01")
        sheet.set_column(0, 0, 6)
        sheet.set_column(1, 2, 14)
        sheet.write(0, 0, "ỦY BAN MTTQ VIỆT NAM", bold)
        sheet.write(1, 0, "@COMMUNE@", bold)
        title = f"KẾT QUẢ PHONG TRÀO TOÀN DÂN BẢO VỆ AN NINH TỔ QUỐC NĂM {year}"
        sheet.merge_range(3, 0, 3, 12, title, bold)
        for column, text in enumerate(["STT", "Mã thôn", "Tên thôn", *labels]):
            sheet.write(FIRST - 3, column, text, head)
            sheet.write(FIRST - 2, column, "ABC"[column] if column < 3 else f"({column - 2})", head)
        for place in range(count):
            row = FIRST - 1 + place
            sheet.write(row, 0, place + 1, body)
            sheet.write_string(row, 1, f"@CODE{place}@", body)
            sheet.write_string(row, 2, f"@NAME{place}@", body)
            for column in range(len(labels)):
                sheet.write_number(row, 3 + column, 8_000_000 + place * 1000 + column, body)
        last = FIRST - 1 + count
        sheet.merge_range(last, 0, last, 2, "Tổng cộng", total)
        for column in range(len(labels)):
            letter = xlsxwriter.utility.xl_col_to_name(3 + column)
            value = 7_000_000 + column * 1000
            sheet.write_formula(last, 3 + column, f"=SUM({letter}{FIRST}:{letter}{last})", total, value)
        sheet.write(last + 2, 2, "NGƯỜI LẬP BIỂU", bold)
        sheet.write(last + 2, 12, "TM. BAN THƯỜNG TRỰC", bold)
        sheet.freeze_panes(FIRST - 1, 3)
    return content.getvalue()


def _through_libreoffice(made: dict[int, bytes]) -> dict[int, bytes]:
    """Open every pattern in LibreOffice and save it again."""
    program = shutil.which("soffice")
    if program is None:
        raise SystemExit("LibreOffice (soffice) is needed for workbooks that it saved")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in"), Path(folder, "out")
        source.mkdir()
        for count, content in made.items():
            (source / f"{count}.xlsx").write_bytes(content)
        command = [
            program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx",
            "--outdir", str(target), *(str(path) for path in sorted(source.iterdir())),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
        return {count: (target / f"{count}.xlsx").read_bytes() for count in made}


_DATES = re.compile(rb'(<dcterms:(created|modified) xsi:type="dcterms:W3CDTF">)[^<]*')


def _dated(core: bytes) -> bytes:
    """Put tokens in place of the data about who saved the file and when."""
    core = _DATES.sub(lambda found: found[1] + b"@" + found[2].upper() + b"@", core)
    core = re.sub(rb"<dc:creator>[^<]*<|<dc:creator/>(<)?", b"<dc:creator>@AUTHOR@<", core, count=1)
    return re.sub(rb"(<cp:lastModifiedBy>)[^<]*", rb"\1@EDITOR@", core, count=1)


def _parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archived:
        parts = {name: archived.read(name) for name in archived.namelist()}
    return {**parts, "docProps/core.xml": _dated(parts["docProps/core.xml"])}


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archived:
        for name, data in parts.items():
            archived.writestr(name, data)
    return content.getvalue()


class Patterns:
    """The workbooks of one program, one for each number of villages, made on first use.

    Parameters
    ----------
    saved_by : ``xlsxwriter``, ``excel`` or ``libreoffice``; ``excel-blank`` or ``libreoffice-blank`` for our
        own blank returns, filled.
    labels : the headers of the measures.
    year : the year in the title.
    """

    def __init__(self, saved_by: str, labels: Sequence[str], year: int) -> None:
        self.program, _, kind = saved_by.partition("-")
        self.is_blank = kind == "blank"
        self.labels, self.year = labels, year
        self._parts: dict[tuple[int, int], list[_Part]] = {}
        self._made: dict[int, dict[str, bytes]] = {}

    def _new(self, counts: Sequence[int]) -> dict[int, bytes]:
        """Return a new pattern for each number of villages."""
        if not self.is_blank:
            return {count: _pattern(count, self.labels, self.year) for count in counts}
        made = blanks(counts, self.year)
        return {count: _zipped(filled(parts, count)) for count, parts in made.items()}

    def ready(self, counts: Sequence[int]) -> None:
        """Write the patterns for these numbers of villages: LibreOffice takes seconds to start."""
        missing = sorted(set(counts) - self._made.keys())
        made = self._new(missing) if missing else {}
        if made and self.program == "libreoffice":
            made = _through_libreoffice(made)
        parts = {count: _parts_of(content) for count, content in made.items()}
        if self.is_blank:
            parts = {count: with_tokens(one, count) for count, one in parts.items()}
        self._made |= parts

    def workbook(self, commune: Commune, sender: Sender) -> bytes:
        """Return the workbook of a commune as the program of its sender saves it."""
        count = len(commune.villages)
        self.ready([count])
        version = sender.version if self.program == "excel" else 0
        if (count, version) not in self._parts:
            parts = self._made[count]
            if self.program == "excel" and self.is_blank:
                parts = blank_as_excel(parts, EXCEL[version])
            elif self.program == "excel":
                parts = as_excel(parts, EXCEL[version], FIRST + count, len(self.labels))
            self._parts[count, version] = [_Part(name, data) for name, data in parts.items()]
        packing = {"excel": PLAIN._replace(flags=6), "libreoffice": DESCRIPTOR}.get(self.program, PLAIN)
        if packing is DESCRIPTOR:
            packing = packing._replace(time=sender.dos_time)
        texts = _texts(commune, sender)
        if self.is_blank:
            numbers = answers(self._made[count][STRINGS])
            flags = {"FLAG": lambda at, _: numbers[commune.villages[at // 100][2][at % 100]]}
            texts = {**texts, **flags}
        filled = {part.name: part.filled(texts) for part in self._parts[count, version]}
        if commune.fault:
            _put_fault(filled, commune.fault)
        return archive(
            [
                (name, data if isinstance(data, Stored) else Stored.of(data), self._packing(name, packing))
                for name, data in filled.items()
            ]
        )

    def _packing(self, name: str, packing: Packing) -> Packing:
        hinted = self.program == "excel" and name in _HINTED
        return packing._replace(extra=HINTED) if hinted else packing


Texts = Mapping[str, Callable[[int, int], str]]


def _texts(commune: Commune, sender: Sender) -> Texts:
    villages, sums = commune.villages, commune.printed()
    known: dict[str, Callable[[int, int], str]] = {
        "FIGURE": lambda place, column: str(villages[place][2][column]),
        "SUM": lambda _, column: str(sums[column]),
        "CODE": lambda place, _: villages[place][0],
        "NAME": lambda place, _: villages[place][1],
        "COMMUNE": lambda *_: commune.name,
        "UNIT": lambda *_: commune.code,
        "DISTRICT": lambda *_: commune.district,
        "PROVINCE": lambda *_: commune.province,
    }
    return known | {kind: lambda *_, text=text: text for kind, text in sender.texts(commune.code).items()}


class _Part:
    """A part of a workbook, split at its tokens; one without tokens is compressed only once."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.pieces: list[bytes] = []
        self.tokens: list[tuple[str, int, int]] = []
        end = 0
        for found in _TOKEN.finditer(data):
            self.pieces.append(data[end : found.start()])
            end = found.end()
            if found[1]:
                self.tokens.append((found[1].decode(), int(found[2] or 0), 0))
            elif found[3]:
                self.tokens.append(("FIGURE", int(found[3]), int(found[4])))
            else:
                self.tokens.append(("SUM", 0, int(found[5])))
        self.pieces.append(data[end:])
        self.packed = None if self.tokens else Stored.of(data)

    def filled(self, texts: Texts) -> bytes | Stored:
        """Return the part with texts for its tokens, already compressed if it has none."""
        if self.packed is not None:
            return self.packed
        given = [texts[kind](place, column).encode() for kind, place, column in self.tokens]
        joined = b"".join([x for pair in zip(self.pieces, given, strict=False) for x in pair])
        return joined + self.pieces[-1]


def _put_fault(filled: dict[str, bytes | Stored], fault: Fault) -> None:
    """Replace a figure of the first village by a text or a blank."""
    sheet, strings = filled[SHEET], filled[STRINGS]
    assert isinstance(sheet, bytes)  # noqa: S101 - both hold tokens
    assert isinstance(strings, bytes)  # noqa: S101
    cell = xlsxwriter.utility.xl_rowcol_to_cell(FIRST - 1, 3 + fault.measure).encode()
    written = re.compile(rb'<c r="%b"( s="\d+")?(?: t="n")?><v>\d+</v></c>' % cell)
    if fault.text is None:
        sheet, times = written.subn(rb'<c r="%b"\1/>' % cell, sheet)
    else:
        number = strings.count(b"<si>")
        sheet, times = written.subn(rb'<c r="%b"\1 t="s"><v>%d</v></c>' % (cell, number), sheet)
        text = f'<si><t xml:space="preserve">{fault.text}</t></si></sst>'.encode()
        strings = re.sub(
            rb'((?:c|uniqueC)ount=")(\d+)',
            lambda found: found[1] + b"%d" % (int(found[2]) + 1),
            strings,
            count=2,
        ).replace(b"</sst>", text)
    if times != 1:
        raise SystemExit(f"no cell {cell.decode()} to put a fault in")
    filled[SHEET], filled[STRINGS] = sheet, strings
