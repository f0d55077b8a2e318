"""The sample of 2024: Yên Bái in its last year, a workbook for each district with all its communes.

The communes are those in force since 1 December 2024; the villages are those of the sample of 2021, carried
into them as ``init --from`` does. Every figure is invented: it lies between what the samples of 2021 and 2025
say, village by village where a village is in both, and adds up to the totals that are declared here.
"""

from __future__ import annotations

import math
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from random import Random

import xlsxwriter
from sample_figures import Unit, spread
from sample_later import Book
from sample_layout import COMMUNE_COLUMNS, VILLAGE_COLUMNS, Column, percent, slug
from xlsxwriter.worksheet import Worksheet

from antq_stats.country.country import country
from antq_stats.starting.carry import carry

YEAR = 2024
SEED = 20241130
DAY = date(2024, 12, 31)
BEFORE = date(2021, 12, 31)
PROVINCE = "Yên Bái"

TOTALS = {
    "tong_ho": 223_871,
    "to_tu_quan_antt": 1_716,
    "tv_to_tu_quan": 49_128,
    "ho_dang_ky_gdvh": 212_604,
    "ho_dat_gdvh": 186_930,
    "thon_dang_ky_vh": 1_214,
    "thon_dat_vh": 976,
    "gia_dinh_ky_cam_ket_antt": 205_940,
}
"""Totals of all villages. Those of 2021 and of the same area in 2025 lie on either side of them."""

_TITLES = {
    "01": "Biểu 01: Kết quả theo thôn, bản, tổ dân phố",
    "02": "Biểu 02: Câu lạc bộ, mô hình và tuyên truyền của xã, phường, thị trấn",
}
_RATE = "ty_le_ho_dat"
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")


def _factor(random: Random, sigma: float) -> float:
    return round(math.exp(sigma * (sum(random.random() for _ in range(12)) - 6.0)), 6)


def make_between(before: Sequence[Unit], register: bytes) -> dict[str, Unit]:
    """Return the units of the sample by code, in register order, each under its parent, with figures.

    Parameters
    ----------
    before : the communes of the sample of 2021, with their villages.
    register : the units.csv of that sample.
    """
    land = country()
    known = land.units_of(land.province(PROVINCE, DAY), DAY)
    units = {unit.code: Unit(unit.code, unit.name, unit.kind, unit.level, unit.parent) for unit in known}
    communes = [unit for unit in units.values() if unit.level == "commune"]
    for unit in units.values():
        if unit.parent:
            units[unit.parent].members.append(unit)
    history = {unit.code: unit for commune in before for unit in commune.members}
    old = _carry_villages(communes, before, register)
    random = Random(SEED)
    villages = [village for commune in communes for village in commune.members]
    _village_figures(villages, [history[old[village.code]].figures for village in villages], random)
    came: dict[str, list[Unit]] = defaultdict(list)
    for commune in before:
        came[land.fate(commune.code, BEFORE, DAY).codes[0]].append(commune)
    for commune in communes:
        _commune_figures(commune, came[commune.code], random)
    return units


def _carry_villages(communes: Sequence[Unit], before: Sequence[Unit], register: bytes) -> dict[str, str]:
    """Give the communes their villages; return for each village its code in the sample of 2021."""
    land = country()
    known = [unit for unit in land.units_of(land.province(PROVINCE, DAY), DAY) if unit.level == "commune"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "units.csv"
        path.write_bytes(register)
        carried = carry(path, BEFORE, land, known, DAY)
    under = {commune.code: commune for commune in communes}
    for village in carried.villages:
        kind = village.kind
        unit = Unit(village.code, village.name, kind, "village", village.parent)
        under[village.parent].members.append(unit)
    # carry keeps the order of the old communes in each new one, and of the villages in each old one
    came: dict[str, list[str]] = defaultdict(list)
    for commune in before:
        new = land.fate(commune.code, BEFORE, DAY).codes[0]
        came[new] += [village.code for village in commune.members]
    return {
        village.code: code
        for commune in communes
        for village, code in zip(commune.members, came[commune.code], strict=True)
    }


def _village_figures(villages: Sequence[Unit], then: Sequence[dict[str, int]], random: Random) -> None:
    """Draw the figures of the villages: what they said three years before, a little more."""

    def assign(code: str, sigma: float, low: Sequence[int], high: Sequence[int]) -> list[int]:
        grown = [figures[code] * _factor(random, sigma) for figures in then]
        figures = spread(grown, TOTALS[code], low, high)
        for village, figure in zip(villages, figures, strict=True):
            village.figures[code] = figure
        return figures

    old = {code: [figures[code] for figures in then] for code in TOTALS}
    households = assign("tong_ho", 0.006, old["tong_ho"], [size * 107 // 100 for size in old["tong_ho"]])
    more = TOTALS["to_tu_quan_antt"] - sum(old["to_tu_quan_antt"])
    largest = sorted(range(len(villages)), key=lambda at: (-households[at], at))
    grown = set([at for at in largest if old["to_tu_quan_antt"][at] > 1][:more])
    groups = [number + (at in grown) for at, number in enumerate(old["to_tu_quan_antt"])]
    for village, number in zip(villages, groups, strict=True):
        village.figures["to_tu_quan_antt"] = number
    low = [max(members, 12 * number) for members, number in zip(old["tv_to_tu_quan"], groups, strict=True)]
    high = [max(least, 46 * number) for least, number in zip(low, groups, strict=True)]
    assign("tv_to_tu_quan", 0.02, low, high)
    registered = assign(
        "ho_dang_ky_gdvh", 0.006, [size * 97 // 100 for size in old["ho_dang_ky_gdvh"]], households
    )
    most = [number - 1 - number // 50 for number in registered]
    assign("ho_dat_gdvh", 0.015, [min(*both) for both in zip(old["ho_dat_gdvh"], most, strict=True)], most)
    low = [number * 97 // 100 for number in old["gia_dinh_ky_cam_ket_antt"]]
    assign("gia_dinh_ky_cam_ket_antt", 0.01, low, households)
    scores = [_factor(random, 0.5) for _ in villages]
    every = [True] * len(villages)
    entered = _more("thon_dang_ky_vh", old["thon_dang_ky_vh"], scores, every)
    met = _more("thon_dat_vh", old["thon_dat_vh"], scores, entered)
    for village, has_entered, has_met in zip(villages, entered, met, strict=True):
        village.figures.update(thon_dang_ky_vh=int(has_entered), thon_dat_vh=int(has_met))


def _more(code: str, old: Sequence[int], scores: Sequence[float], among: Sequence[bool]) -> list[bool]:
    """Return a flag: set where it was before, and where the scores are highest, up to its total."""
    ranked = sorted(range(len(old)), key=lambda at: (-old[at], -scores[at], at))
    chosen = set([at for at in ranked if among[at]][: TOTALS[code]])
    return [at in chosen for at in range(len(old))]


def _commune_figures(commune: Unit, before: Sequence[Unit], random: Random) -> None:
    """Draw a commune's own figures: the sums of the communes that it was made of, and a little more."""
    sums: Counter[str] = Counter()
    for old in before:
        sums.update(old.figures)
    sessions = sums["buoi_tuyen_truyen"] + int(sums["buoi_tuyen_truyen"] * 0.12 * random.random())
    heard = sums["luot_nguoi_tuyen_truyen"] * sessions // sums["buoi_tuyen_truyen"]
    more = {
        "buoi_tuyen_truyen": sessions,
        "luot_nguoi_tuyen_truyen": heard + int(heard * 0.05 * random.random()),
        "tong_thon": len(commune.members),
    }
    commune.figures = {code: more.get(code, sums[code]) for code in before[0].figures}


def between_files(units: dict[str, Unit]) -> dict[str, bytes]:
    """Return the returns of the sample, by path below its folder: a workbook for each district."""
    districts = [unit for unit in units.values() if unit.level == "district"]
    return {f"{slug(district.display)}.xlsx": _workbook(district) for district in districts}


def _workbook(district: Unit) -> bytes:
    """Return a district's workbook: its villages under a subtotal for each commune, and its communes."""
    book = Book(YEAR)
    for table, columns in (("01", VILLAGE_COLUMNS), ("02", COMMUNE_COLUMNS)):
        page = book.sheet(f"Biểu {table}", [column.width for column in columns])
        last = len(columns) - 1
        book.merge(page, (0, 0, 0, 4), f"ỦY BAN MTTQ VIỆT NAM {district.display.upper()}", book.bold)
        book.merge(page, (1, 0, 1, last), _TITLES[table].upper(), book.bold)
        book.merge(page, (2, 0, 2, last), f"Năm {YEAR}", book.centre)
        for place, column in enumerate(columns):
            page.write_string(4, place, column.header, book.head)
            page.write_string(5, place, column.mark, book.head)
        page.set_row(4, 96)
        _villages(book, page, district) if table == "01" else _communes(book, page, district)
    return book.close()


def _villages(book: Book, page: Worksheet, district: Unit) -> None:
    row = 6
    for number, commune in enumerate(district.members, 1):
        below = row + 1 + len(commune.members)
        page.write_row(row, 0, [_roman(number), "", _capital(commune.display)], book.head)
        _sums(book, page, row, (row + 1, below), commune.members)
        for place, village in enumerate(commune.members, 1):
            row += 1
            page.write_row(row, 0, [place, village.code, village.name], book.cell)
            for at, column in enumerate(VILLAGE_COLUMNS[3:], 3):
                _figure(book, page, (row, at), column, village.figures)
        row += 1


def _sums(book: Book, page: Worksheet, row: int, span: tuple[int, int], villages: Sequence[Unit]) -> None:
    """Write the figures of a commune's row: formulas over its villages, with their values."""
    sums: Counter[str] = Counter()
    for village in villages:
        sums.update(village.figures)
    for at, column in enumerate(VILLAGE_COLUMNS[3:], 3):
        if column.code == _RATE:
            _figure(book, page, (row, at), column, sums)
            continue
        letter = xlsxwriter.utility.xl_col_to_name(at)
        formula = f"=SUM({letter}{span[0] + 1}:{letter}{span[1]})"
        page.write_formula(row, at, formula, book.cell, sums[column.code])


def _figure(
    book: Book, page: Worksheet, cell: tuple[int, int], column: Column, figures: dict[str, int]
) -> None:
    if column.code == _RATE:
        page.write_number(*cell, percent(figures["ho_dat_gdvh"], figures["tong_ho"]), book.rate)
    else:
        page.write_number(*cell, figures[column.code], book.cell)


def _communes(book: Book, page: Worksheet, district: Unit) -> None:
    for number, commune in enumerate(district.members, 1):
        cells = [number, commune.code, _capital(commune.display)]
        cells += [commune.figures[column.code] for column in COMMUNE_COLUMNS[3:]]
        page.write_row(5 + number, 0, cells, book.cell)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _roman(number: int) -> str:
    return "X" * (number // 10) + _ROMAN[number % 10]
