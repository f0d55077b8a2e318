"""Our own blank returns, as `template` makes them, filled by communes and saved by Excel or LibreOffice.

A blank is made by the program for each number of villages, for an invented commune whose code and names are
then replaced. Its figures keep the rules of the form, so that no check of the sheet speaks when LibreOffice
computes them. Excel is modelled as in `senders`: it keeps every formula by itself and writes a chain of them.
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import xlsxwriter
from measures import FLAGS, FORM, MEASURES
from senders import Excel, chain_part, chained, sheet_head, workbook_part

FIRST = 9
"""Row of the sheet (from 1) with the first village."""
ROWS_BESIDE = 13
"""Rows of a sheet beside those of its villages."""
_SHEETS = tuple(f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3))
_FIGURES = _SHEETS[1]
_STRINGS = "xl/sharedStrings.xml"
_PROVINCE, _DISTRICT = "99", "888"
_NAMED = (_STRINGS, "docProps/core.xml")
"""Parts with the codes and names of the unit."""
_ANSWERS = ("không", "có")
_KEPT = {"tong_ho": 100, "to_tu_quan_antt": 1, "tv_to_tu_quan": 20, "thon_dat_vh": 1, "thon_dang_ky_vh": 1,
         "buoi_hop": 1}  # fmt: skip
"""Figures that keep the rules of the form; 0 for all others."""


def _code(count: int) -> str:
    return f"777{count:02}"


def _cell(row: int, measure: int) -> str:
    return str(xlsxwriter.utility.xl_rowcol_to_cell(row - 1, 3 + measure))


def blanks(counts: Iterable[int], year: int) -> dict[int, dict[str, bytes]]:
    """Return the parts of a blank for each number of villages, made by the program."""
    wanted = sorted(counts)
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place, str(year)), Path(place, "out")
        folder.mkdir()
        (folder / FORM.name).write_bytes(FORM.read_bytes())
        with (folder / "units.csv").open("w", encoding="utf-8", newline="") as file:
            units = csv.writer(file, lineterminator="\n")
            units.writerow(["code", "name", "type", "level", "parent"])
            units.writerow(["00", "Việt Nam", "", "country", ""])
            units.writerow([_PROVINCE, f"Tỉnh {_PROVINCE}", "tỉnh", "province", "00"])
            units.writerow([_DISTRICT, f"Huyện {_DISTRICT}", "huyện", "district", _PROVINCE])
            for count in wanted:
                code = _code(count)
                units.writerow([code, f"Xã {code}", "xã", "commune", _DISTRICT])
                units.writerows(
                    [f"{code}{number:03}", f"Thôn {number}", "thôn", "village", code]
                    for number in range(1, count + 1)
                )
        command = [sys.executable, "-m", "antq_stats", "template", str(folder), "-o", str(out)]
        source = str(Path(__file__).resolve().parent.parent / "src")
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": source})
        found = {}
        for count in wanted:
            (path,) = out.rglob(f"*{_code(count)}.xlsx")
            with zipfile.ZipFile(path) as archived:
                found[count] = {name: archived.read(name) for name in archived.namelist()}
    return found


def filled(parts: Mapping[str, bytes], count: int) -> dict[str, bytes]:
    """Return the parts of a blank with a figure in every yellow cell."""
    strings, sheet = parts[_STRINGS], parts[_FIGURES].decode()
    size = strings.count(b"<si>")
    added = "".join(f"<si><t>{answer}</t></si>" for answer in _ANSWERS).encode()
    strings = re.sub(
        rb'uniqueCount="\d+"', b'uniqueCount="%d"' % (size + 2), strings.replace(b"</sst>", added + b"</sst>")
    )
    for row in range(FIRST, FIRST + count):
        for measure, code in enumerate(MEASURES):
            empty = re.compile(f'<c r="{_cell(row, measure)}"( s="\\d+")/>')
            answer = row > FIRST  # both answers are there: so both are among the texts
            kind, value = (' t="s"', size + answer) if code in FLAGS else ("", _KEPT.get(code, 0))
            cell = f'<c r="{_cell(row, measure)}"\\1{kind}><v>{value}</v></c>'
            sheet, times = empty.subn(cell, sheet)
            if times != 1:
                raise SystemExit(f"the blank has no yellow cell {_cell(row, measure)}")
    return {**parts, _STRINGS: strings, _FIGURES: sheet.encode()}


def with_tokens(parts: Mapping[str, bytes], count: int) -> dict[str, bytes]:
    """Return the parts of a filled blank with tokens in place of figures, sums, codes and names."""
    sheet = parts[_FIGURES].decode()
    for row in range(FIRST, FIRST + count + 1):
        for measure, code in enumerate(MEASURES):
            token = f"{8_000_000 + (row - FIRST) * 1000 + measure}"
            if row == FIRST + count:
                token = f"{7_000_000 + measure * 1000}"
            elif code in FLAGS:
                token = f"@FLAG{(row - FIRST) * 100 + measure}@"
            value = re.compile(f'(<c r="{_cell(row, measure)}"[^>]*>(?:<f[^>]*>[^<]*</f>)?)<v>[^<]*</v>')
            sheet, times = value.subn(rf"\g<1><v>{token}</v>", sheet)
            if times != 1:
                raise SystemExit(f"the filled blank has no figure in {_cell(row, measure)}")
    named = {name: _with_names(parts[name], count) for name in _NAMED}
    return {**parts, **named, _FIGURES: sheet.encode()}


def _with_names(part: bytes, count: int) -> bytes:
    text = part.decode().replace(_code(count), "@UNIT@")
    return (
        text.replace(f"uyện {_DISTRICT}", "uyện @DISTRICT@")
        .replace(f"ỉnh {_PROVINCE}", "ỉnh @PROVINCE@")
        .encode()
    )


def answers(strings: bytes) -> tuple[str, str]:
    """Return the numbers of the texts for no and yes among the shared strings."""
    texts = re.findall(rb"<si>(.*?)</si>", strings, re.DOTALL)
    plain = [re.sub(rb"<[^>]*>", b"", text).decode() for text in texts]
    no, yes = (str(len(plain) - 1 - plain[::-1].index(answer)) for answer in _ANSWERS)
    return no, yes


def as_excel(parts: Mapping[str, bytes], excel: Excel) -> dict[str, bytes]:
    """Return the parts of a filled blank as a version of Excel saves them."""
    book = parts["xl/workbook.xml"].decode()
    sheets = "".join(re.findall(r"<sheets>.*</sheets>|<definedNames>.*</definedNames>", book))
    changed = {"xl/workbook.xml": workbook_part(excel, sheets)}
    for name in _SHEETS:
        sheet = sheet_head(excel, parts[name])
        sheet = re.sub(rb"(<row [^>]*?)(/?)>", rb'\1 x14ac:dyDescent="0.25"\2>', sheet)
        # A formula whose result is a text says so.
        sheet = re.sub(rb"(<c [^>]*)>(<f>(?:[^<]*)</f><v></v>)", rb'\1 t="str">\2', sheet)
        changed[name] = sheet
    cells = re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f', parts[_FIGURES].decode())
    return {**parts, **changed, **chained(parts, chain_part(cells, 2))}
