"""Seeded returns of any size, in the officers' layout, for the benchmarks.

    python benchmarks/returns.py province OUT     173 workbooks, about 1,365 villages
    python benchmarks/returns.py nation OUT       10,599 workbooks, about 90,000 villages
    python benchmarks/returns.py million OUT      one CSV of 1,000,000 villages
        [--saved-by xlsxwriter|excel|libreoffice] [--faults] [--seed N]

Every village has 24 measures. A workbook is cut from a pattern: one for each number of villages, written
with XlsxWriter and, where asked, opened and saved again by LibreOffice, so that the XML is what those
programs write; the figures, codes and names of a commune are then put in its place. The parts that Excel
adds to rows and cells (spans, x14ac:dyDescent, heights) are added by hand, for there is no Excel here.
Beside the returns stand form.toml, units.csv and sums.json with the true totals.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import shutil
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import xlsxwriter

FORM = Path(__file__).with_name("form.toml")
MEASURES = (
    "tong_ho", "to_tu_quan_antt", "to_tu_quan_antt_moi", "tv_to_tu_quan", "to_tq_nhan_khau", "to_tq_ho_khau",
    "to_tq_tai_san", "to_tq_tri_an", "to_tq_cong_cong", "ho_dang_ky_gdvh", "ho_dat_gdvh", "thon_dang_ky_vh",
    "thon_dat_vh", "gia_dinh_ky_cam_ket_antt", "mh_tdp_khong_toi_pham", "pn_ky_cam_ket", "ccb_3_khong",
    "nguoi_uy_tin_tham_gia", "buoi_hop", "luot_nguoi_hop", "ho_ngheo", "ho_can_ngheo", "hoi_vien_pn",
    "hoi_vien_nd",
)  # fmt: skip
SIZES = {"province": (1, 9, 173, 1_365), "nation": (63, 705, 10_599, 90_000)}
"""Provinces, districts, communes, villages."""
MILLION = (63, 705, 40_000, 1_000_000)
"""Of the CSV: 25 villages to a commune."""
_FIRST = 9
"""Row of the sheet (from 1) with the first village."""


@dataclass(frozen=True)
class Commune:
    """A commune of the made country, with the villages' figures."""

    code: str
    name: str
    district: str
    villages: tuple[tuple[str, str, tuple[int, ...]], ...]
    """Code, name and the figures in the order of `MEASURES`."""


def figures(random: Random) -> tuple[int, ...]:
    """Draw a village's figures; they keep every rule of the form."""
    draw = random.random
    households = 40 + int(draw() * 240)
    groups = 1 + int(draw() * 3)
    registered = households - int(draw() * households * 0.15)
    entered = int(draw() < 0.85)
    return (
        households, groups, int(draw() * (groups + 1)), groups * (12 + int(draw() * 30)),
        *(int(draw() * (groups + 1)) for _ in range(5)),
        registered, registered - int(draw() * registered * 0.2), entered, int(entered and draw() < 0.75),
        int(households * (0.6 + 0.4 * draw())), int(draw() * 2), int(draw() * 150), int(draw() * 60),
        int(draw() * 3), 1 + int(draw() * 12), int(draw() * 900), int(draw() * 12), int(draw() * 15),
        int(draw() * 130), int(draw() * 160),
    )  # fmt: skip


def _shares(total: int, parts: int, random: Random) -> list[int]:
    """Cut a total into parts of about equal size, each at least 4."""
    weights = [0.5 + random.random() for _ in range(parts)]
    scale = total / sum(weights)
    shares = [max(4, int(weight * scale)) for weight in weights]
    for place in range(abs(total - sum(shares))):
        shares[place % parts] += 1 if total > sum(shares) else -1
    return shares


def country(size: tuple[int, int, int, int], seed: int) -> tuple[list[list[str]], Iterator[Commune]]:
    """Return the rows of a register down to its communes, and the communes with their villages."""
    provinces, districts, communes, villages = size
    random = Random(seed)
    rows = [["00", "Việt Nam", "", "country", ""]] if provinces > 1 else []
    above = "00" if provinces > 1 else ""
    rows += [
        [f"{number:02}", f"Tỉnh {number:02}", "tỉnh", "province", above] for number in range(1, provinces + 1)
    ]
    for number in range(1, districts + 1):
        province = f"{1 + (number - 1) * provinces // districts:02}"
        rows.append([f"{number:03}", f"Huyện {number:03}", "huyện", "district", province])
    heads = [
        (f"{number:05}", f"Xã {number:05}", f"{1 + (number - 1) * districts // communes:03}")
        for number in range(1, communes + 1)
    ]
    rows += [[code, name, "xã", "commune", district] for code, name, district in heads]
    counts = _shares(villages, communes, random)

    def drawn() -> Iterator[Commune]:
        for (code, name, district), count in zip(heads, counts, strict=True):
            places = range(1, count + 1)
            yield Commune(
                code, name, district, tuple((f"{code}{n:03}", f"Thôn {n}", figures(random)) for n in places)
            )

    return rows, drawn()


# -- a workbook's pattern --------------------------------------------------------------------------

_TOKEN = re.compile(rb"@([A-Z]+)(\d*)@|(?<=<v>)8(\d{3})(\d{3})(?=</v>)|(?<=<v>)7(\d{3})000(?=</v>)")
"""What stands for a code or a name, for the figure of a village and measure, and for a sum."""


def _pattern(count: int, labels: Sequence[tuple[str, str]]) -> bytes:
    """Write a workbook for a commune of so many villages, with tokens where its figures will stand."""
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
        sheet.merge_range(3, 0, 3, 12, "KẾT QUẢ PHONG TRÀO TOÀN DÂN BẢO VỆ AN NINH TỔ QUỐC NĂM 2021", bold)
        for column, (_, text) in enumerate([("", "STT"), ("", "Mã thôn"), ("", "Tên thôn"), *labels]):
            sheet.write(_FIRST - 3, column, text, head)
            sheet.write(_FIRST - 2, column, "ABC"[column] if column < 3 else f"({column - 2})", head)
        for place in range(count):
            row = _FIRST - 1 + place
            sheet.write(row, 0, place + 1, body)
            sheet.write_string(row, 1, f"@CODE{place}@", body)
            sheet.write_string(row, 2, f"@NAME{place}@", body)
            for column in range(len(labels)):
                sheet.write_number(row, 3 + column, 8_000_000 + place * 1000 + column, body)
        last = _FIRST - 1 + count
        sheet.merge_range(last, 0, last, 2, "Tổng cộng", total)
        for column in range(len(labels)):
            letter = xlsxwriter.utility.xl_col_to_name(3 + column)
            value = 7_000_000 + column * 1000
            sheet.write_formula(last, 3 + column, f"=SUM({letter}{_FIRST}:{letter}{last})", total, value)
        sheet.write(last + 2, 2, "NGƯỜI LẬP BIỂU", bold)
        sheet.write(last + 2, 12, "TM. BAN THƯỜNG TRỰC", bold)
        sheet.freeze_panes(_FIRST - 1, 3)
    return content.getvalue()


def _as_excel(parts: dict[str, bytes]) -> dict[str, bytes]:
    """Add what Excel writes beyond XlsxWriter: dyDescent on every row, and the namespace it needs."""
    name = "xl/worksheets/sheet1.xml"
    space = (
        b' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac"'
        b' xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac">'
    )
    sheet = re.sub(rb"(<worksheet [^>]*)>", lambda found: found[1] + space, parts[name], count=1)
    sheet = re.sub(
        rb'<row (r="\d+" spans="[\d:]+")>',
        rb'<row \1 s="1" customFormat="1" ht="15.75" x14ac:dyDescent="0.25">',
        sheet,
    )
    return {**parts, name: sheet}


def _patterns(
    counts: Sequence[int], saved_by: str, labels: Sequence[tuple[str, str]]
) -> dict[int, list[_Part]]:
    made = {count: _pattern(count, labels) for count in sorted(set(counts))}
    if saved_by == "libreoffice":
        made = _through_libreoffice(made)
    patterns = {}
    for count, content in made.items():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        if saved_by == "excel":
            parts = _as_excel(parts)
        patterns[count] = [_Part(name, data) for name, data in parts.items()]
    return patterns


def _through_libreoffice(made: dict[int, bytes]) -> dict[int, bytes]:
    """Open every pattern in LibreOffice and save it again."""
    program = shutil.which("soffice")
    if program is None:
        raise SystemExit("LibreOffice (soffice) is needed for --saved-by libreoffice")
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


class _Part:
    """A part of a workbook, cut at its tokens; one without any is compressed once for all."""

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
        self.packed = None if self.tokens else _deflated(data)

    def filled(self, commune: Commune) -> tuple[bytes, int, int]:
        """Return the part for a commune: compressed bytes, checksum, size."""
        if self.packed is not None:
            return self.packed
        villages = commune.villages
        sums = [sum(values) for values in zip(*(village[2] for village in villages), strict=True)]
        texts = []
        for kind, place, column in self.tokens:
            match kind:
                case "FIGURE":
                    text = str(villages[place][2][column])
                case "SUM":
                    text = str(sums[column])
                case "CODE":
                    text = villages[place][0]
                case "NAME":
                    text = villages[place][1]
                case _:
                    text = commune.name
            texts.append(text.encode())
        joined = b"".join([x for pair in zip(self.pieces, texts, strict=False) for x in pair])
        return _deflated(joined + self.pieces[-1])


def _deflated(data: bytes) -> tuple[bytes, int, int]:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush(), zlib.crc32(data), len(data)


def _write(path: Path, parts: Sequence[_Part], commune: Commune) -> None:
    """Write a workbook from its parts, compressed as given."""
    body, directory = bytearray(), bytearray()
    for part in parts:
        packed, checksum, size = part.filled(commune)
        name = part.name.encode()
        fields = b"\x14\0\0\0\x08\0\0\0\x21\x28" + checksum.to_bytes(4, "little")
        fields += len(packed).to_bytes(4, "little") + size.to_bytes(4, "little")
        fields += len(name).to_bytes(2, "little") + b"\0\0"
        directory += b"PK\x01\x02\x14\0" + fields + b"\0" * 10 + len(body).to_bytes(4, "little") + name
        body += b"PK\x03\x04" + fields + name + packed
    count = len(parts).to_bytes(2, "little")
    end = b"PK\x05\x06\0\0\0\0" + count + count + len(directory).to_bytes(4, "little")
    path.write_bytes(bytes(body + directory) + end + len(body).to_bytes(4, "little") + b"\0\0")


# -- a whole folder --------------------------------------------------------------------------------


def _labels() -> list[tuple[str, str]]:
    import tomllib

    known = {m["code"]: m["label"]["vi"] for m in tomllib.loads(FORM.read_text("utf-8"))["measure"]}
    return [(code, known[code]) for code in MEASURES]


def make(
    size: str, out: Path, *, saved_by: str = "xlsxwriter", faults: bool = False, seed: int = 2021
) -> None:
    """Write the returns of a size with their form, register and true totals."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "form.toml").write_bytes(FORM.read_bytes())
    rows, communes = country(MILLION if size == "million" else SIZES[size], seed)
    labels = _labels()
    patterns: dict[int, list[_Part]] = {}
    totals = [0] * len(MEASURES)
    names = {row[0]: row[1] for row in rows}
    with (out / "units.csv").open("w", encoding="utf-8", newline="") as register:
        units = csv.writer(register, lineterminator="\n")
        units.writerow(["code", "name", "type", "level", "parent"])
        units.writerows(rows)
        returns = (out / "returns.csv").open("w", encoding="utf-8", newline="") if size == "million" else None
        lines = csv.writer(returns) if returns else None
        if lines:
            lines.writerow(["Mã thôn", "Tên thôn", *(text for _, text in labels)])
        for commune in communes:
            units.writerows([c, name, "thôn", "village", commune.code] for c, name, _ in commune.villages)
            for _, _, values in commune.villages:
                totals = [total + value for total, value in zip(totals, values, strict=True)]
            if lines:
                lines.writerows([c, name, *values] for c, name, values in commune.villages)
                continue
            count = len(commune.villages)
            if count not in patterns:
                patterns |= _patterns(range(4, 40) if not patterns else [count], saved_by, labels)
            folder = out / names[commune.district].replace(" ", "-")
            folder.mkdir(exist_ok=True)
            _write(
                folder / f"xa-{commune.code}.xlsx", patterns[count], _wrong(commune) if faults else commune
            )
        if returns:
            returns.close()
    sums = dict(zip(MEASURES, totals, strict=True))
    (out / "sums.json").write_text(json.dumps(sums, indent=1), encoding="utf-8")


def _wrong(commune: Commune) -> Commune:
    """Return the commune with a fault: more achieved than registered, in its first village."""
    code, name, values = commune.villages[0]
    changed = list(values)
    registered, achieved = MEASURES.index("ho_dang_ky_gdvh"), MEASURES.index("ho_dat_gdvh")
    changed[achieved] = changed[registered] + 1
    return Commune(
        commune.code, commune.name, commune.district, ((code, name, tuple(changed)), *commune.villages[1:])
    )


def main() -> None:
    """Make what the command line asks for."""
    parser = argparse.ArgumentParser(description="Write seeded returns for the benchmarks.")
    parser.add_argument("size", choices=[*SIZES, "million"])
    parser.add_argument("out", type=Path)
    parser.add_argument("--saved-by", choices=["xlsxwriter", "excel", "libreoffice"], default="xlsxwriter")
    parser.add_argument("--faults", action="store_true", help="a fault in every file")
    parser.add_argument("--seed", type=int, default=2021)
    options = parser.parse_args()
    make(options.size, options.out, saved_by=options.saved_by, faults=options.faults, seed=options.seed)


if __name__ == "__main__":
    main()
