"""Senders of workbooks: the parts of a file that differ by the person and the program that saved it.

The parts follow published files of several versions of Excel: namespaces, the folder where the file was last
saved (``absPath``), revision identifiers, row heights, shared formulas, the calculation chain. A sender has
one version and one name; every file has its own times and identifiers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

_SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Lò", "Vàng", "Giàng", "Nông", "Hà")
_NAMES = ("Văn An", "Thị Bình", "Văn Cường", "Thị Dung", "Văn Hải", "Thị Hương", "Văn Minh", "Thị Lan")
_FOLDERS = (
    r"C:\Users\{user}\Desktop\bao cao 2021", r"D:\MTTQ\{user}\2021", r"E:\{user}\ANTQ\Bieu 01",
    r"C:\Users\{user}\Downloads",
)  # fmt: skip
_WINDOWS = ("28800", "20490", "15360", "24240", "19200")


@dataclass(frozen=True)
class Sender:
    """The computer that saved a file: its user, its version of Excel, and the time of saving."""

    person: str
    version: int
    saved: datetime
    seed: int

    @property
    def dos_time(self) -> int:
        """Time of saving in the format of zip archives."""
        at = self.saved
        date = (at.year - 1980) << 9 | at.month << 5 | at.day
        return date << 16 | at.hour << 11 | at.minute << 5 | at.second // 2

    def texts(self, commune: str) -> dict[str, str]:
        """Return the texts for the tokens of a pattern."""
        random = Random(self.seed)
        folder = random.choice(_FOLDERS).format(user=f"xa{commune}")
        created = self.saved - timedelta(minutes=random.randrange(10, 60_000))
        return {
            "AUTHOR": self.person,
            "EDITOR": self.person,
            "CREATED": f"{created:%Y-%m-%dT%H:%M:%SZ}",
            "MODIFIED": f"{self.saved:%Y-%m-%dT%H:%M:%SZ}",
            "FOLDER": folder + "\\",
            "WIDTH": random.choice(_WINDOWS),
            "CURSOR": f"{random.choice('DEFGHIJKLM')}{random.randrange(9, 13)}",
            **{name: _guid(random) for name in ("DOCUMENT", "VIEW", "SHEET")},
        }


def _guid(random: Random) -> str:
    digits = f"{random.getrandbits(128):032X}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def sender_of(commune: str, seed: int) -> Sender:
    """Draw the sender of a commune's return."""
    random = Random(f"{seed}:{commune}")
    saved = datetime(2021, 12, 1, 7) + timedelta(seconds=random.randrange(20 * 86_400))  # noqa: DTZ001
    person = f"{random.choice(_SURNAMES)} {random.choice(_NAMES)}"
    version = random.choices(range(len(EXCEL)), [excel.share for excel in EXCEL])[0]
    return Sender(person, version, saved, random.getrandbits(64))


class Excel(NamedTuple):
    """What a version of Excel writes about itself."""

    share: int
    """Of 100 senders."""
    edited: int
    build: int
    theme: int
    calculation: int
    application: str
    spaces: tuple[str, ...]
    """Prefixes of the workbook's namespaces that may be ignored."""
    sheet_spaces: tuple[str, ...]


_SPACE = {
    "x14ac": "http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac",
    "x15": "http://schemas.microsoft.com/office/spreadsheetml/2010/11/main",
    "xr": "http://schemas.microsoft.com/office/spreadsheetml/2014/revision",
    "xr2": "http://schemas.microsoft.com/office/spreadsheetml/2015/revision2",
    "xr3": "http://schemas.microsoft.com/office/spreadsheetml/2016/revision3",
    "xr6": "http://schemas.microsoft.com/office/spreadsheetml/2016/revision6",
    "xr10": "http://schemas.microsoft.com/office/spreadsheetml/2016/revision10",
}
_REVISED = ("x15", "xr", "xr6", "xr10", "xr2")
_SHEET = ("x14ac", "xr", "xr2", "xr3")
EXCEL = (
    Excel(20, 5, 9303, 124226, 145621, "14.0300", (), ("x14ac",)),
    Excel(20, 6, 14420, 153222, 152511, "15.0300", ("x15",), ("x14ac",)),
    Excel(25, 7, 22228, 166925, 181029, "16.0300", _REVISED, _SHEET),
    Excel(35, 7, 24729, 166925, 191029, "16.0300", _REVISED, _SHEET),
)
"""Excel 2010, 2013, 2019 and of Microsoft 365."""
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def _spaces(prefixes: tuple[str, ...]) -> str:
    if not prefixes:
        return ""
    written = "".join(f' xmlns:{prefix}="{_SPACE[prefix]}"' for prefix in prefixes)
    return f' xmlns:mc="{_MC}" mc:Ignorable="{" ".join(prefixes)}"{written}'


def workbook_part(excel: Excel, sheets: str) -> bytes:
    """Return the workbook part of a version of Excel, with the XML of its sheets and names."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    folder = revision = view = ""
    if excel.spaces:
        folder = (
            f'<mc:AlternateContent xmlns:mc="{_MC}"><mc:Choice Requires="x15"><x15ac:absPath url="@FOLDER@" '
            'xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"/></mc:Choice>'
            "</mc:AlternateContent>"
        )
    if "xr" in excel.spaces:
        revision = (
            '<xr:revisionPtr revIDLastSave="0" documentId="13_ncr:1_{@DOCUMENT@}" xr6:coauthVersionLast="47" '
            'xr6:coauthVersionMax="47" xr10:uidLastSave="{00000000-0000-0000-0000-000000000000}"/>'
        )
        view = ' xr2:uid="{@VIEW@}"'
    return (
        f'{_XML}<workbook xmlns="{main}" xmlns:r="{relations}"{_spaces(excel.spaces)}>'
        f'<fileVersion appName="xl" lastEdited="{excel.edited}" lowestEdited="4" rupBuild="{excel.build}"/>'
        f'<workbookPr defaultThemeVersion="{excel.theme}"/>{folder}{revision}<bookViews><workbookView '
        f'xWindow="-120" yWindow="-120" windowWidth="@WIDTH@" windowHeight="12180"{view}/></bookViews>'
        f'{sheets}<calcPr calcId="{excel.calculation}"/></workbook>'
    ).encode()


def sheet_head(excel: Excel, sheet: bytes) -> bytes:
    """Return a sheet with the namespaces of a version of Excel, its default height and its cursor."""
    own = ' xr:uid="{@SHEET@}"' if "xr" in excel.sheet_spaces else ""
    head = (_spaces(excel.sheet_spaces) + own).encode()
    sheet = re.sub(rb"(<worksheet [^>]*)>", lambda found: found[1] + head + b">", sheet, count=1)
    sheet = sheet.replace(
        b'<sheetFormatPr defaultRowHeight="15"/>',
        b'<sheetFormatPr defaultRowHeight="15" x14ac:dyDescent="0.25"/>',
    )
    return sheet.replace(
        b'<selection pane="bottomRight"/>',
        b'<selection pane="bottomRight" activeCell="@CURSOR@" sqref="@CURSOR@"/>',
    )


def _sheet(excel: Excel, sheet: bytes, measures: int) -> bytes:
    sheet = re.sub(
        rb'<row (r="\d+" spans="[\d:]+")>',
        rb'<row \1 s="1" customFormat="1" ht="15.75" x14ac:dyDescent="0.25">',
        sheet_head(excel, sheet),
    )
    return _shared_formulas(sheet, measures)


_FORMULA = re.compile(rb'(<c r="([A-Z]+\d+)"[^>]*>)<f>([^<]*)</f>')


def _shared_formulas(sheet: bytes, measures: int) -> bytes:
    """Write the sums as a shared formula: the first in full, the others by its number."""
    cells = _FORMULA.findall(sheet)
    if len(cells) != measures:
        raise SystemExit("the pattern's sums are not one to a measure")
    span = cells[0][1] + b":" + cells[-1][1]

    def shared(found: re.Match[bytes]) -> bytes:
        if found[2] == cells[0][1]:
            return found[1] + b'<f t="shared" ref="%b" si="0">%b</f>' % (span, found[3])
        return found[1] + b'<f t="shared" si="0"/>'

    return _FORMULA.sub(shared, sheet)


_CHAIN = "xl/calcChain.xml"


def chain_part(cells: Sequence[str], sheet: int) -> bytes:
    """Return the chain of the formulas in the cells of a sheet."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    chain = "".join(
        f'<c r="{cell}"{"" if place else f" i={chr(34)}{sheet}{chr(34)}"}/>'
        for place, cell in enumerate(reversed(cells))
    )
    return f'{_XML}<calcChain xmlns="{space}">{chain}</calcChain>'.encode()


def chained(parts: Mapping[str, bytes], chain: bytes) -> dict[str, bytes]:
    """Return the parts that change where a workbook gets a chain of formulas."""
    office = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    types, relations = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
    return {
        types: parts[types].replace(
            b"</Types>",
            f'<Override PartName="/{_CHAIN}" ContentType="{office}.calcChain+xml"/></Types>'.encode(),
        ),
        relations: parts[relations].replace(
            b"</Relationships>",
            f'<Relationship Id="rId99" Type="{relation}" Target="calcChain.xml"/></Relationships>'.encode(),
        ),
        _CHAIN: chain,
    }


def as_excel(parts: dict[str, bytes], excel: Excel, total: int, measures: int) -> dict[str, bytes]:
    """Return XlsxWriter's parts as a version of Excel saves them, in Excel's order.

    Parameters
    ----------
    parts : the parts of the workbook, by name.
    excel : the version of Excel.
    total : row of the printed total, from 1, with a formula for each measure.
    measures : number of measures.
    """
    sheet_part = "xl/worksheets/sheet1.xml"
    sheets = re.search(rb"<sheets>.*</sheets>", parts["xl/workbook.xml"])
    assert sheets is not None  # noqa: S101 - every workbook has sheets
    cells = [cell.decode() for _, cell, _ in _FORMULA.findall(parts[sheet_part])]
    if any(not cell.endswith(str(total)) for cell in cells):
        raise SystemExit("the pattern's sums do not stand in one row")
    changed = {
        **chained(parts, chain_part(cells, 1)),
        "xl/workbook.xml": workbook_part(excel, sheets[0].decode()),
        sheet_part: _sheet(excel, parts[sheet_part], measures),
        "docProps/app.xml": re.sub(
            rb"(<AppVersion>)[^<]*", rb"\g<1>" + excel.application.encode(), parts["docProps/app.xml"]
        ),
    }
    order = (
        "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", sheet_part,
        "xl/theme/theme1.xml", "xl/styles.xml", "xl/sharedStrings.xml", _CHAIN, "docProps/core.xml",
        "docProps/app.xml",
    )  # fmt: skip
    return {name: changed.get(name, parts.get(name, b"")) for name in order}
