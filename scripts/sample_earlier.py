"""The samples of 2020, the year before: one CSV for each table, as a province keeps them.

Every figure is invented: drawn from that of 2021, mostly a little lower, and within the form's rules.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from random import Random

from sample_figures import Unit
from sample_layout import COMMUNE_COLUMNS, VILLAGE_COLUMNS, Column

YEAR = 2020
SEED = 20201130

_GROWTH = {
    "tong_ho": 0.012,
    "to_tu_quan_antt": 0.25,
    "tv_to_tu_quan": 0.06,
    "ho_dang_ky_gdvh": 0.02,
    "ho_dat_gdvh": 0.04,
    "gia_dinh_ky_cam_ket_antt": 0.05,
    "buoi_tuyen_truyen": 0.2,
    "luot_nguoi_tuyen_truyen": 0.2,
}
"""Approximate growth of a measure up to 2021."""

_AT_MOST = (
    ("ho_dang_ky_gdvh", "tong_ho"),
    ("ho_dat_gdvh", "ho_dang_ky_gdvh"),
    ("gia_dinh_ky_cam_ket_antt", "tong_ho"),
    ("thon_dat_vh", "thon_dang_ky_vh"),
)


def _before(unit: Unit, random: Random) -> dict[str, int]:
    """Return what a unit reported the year before."""
    figures = {}
    for code, value in unit.figures.items():
        drop = _GROWTH.get(code, 0.0) * (0.4 + 1.2 * random.random())
        figures[code] = value - int(value * drop + 0.7 * random.random())
    if "to_tu_quan_antt" in figures:
        figures["to_tu_quan_antt"] = max(1, figures["to_tu_quan_antt"])
        figures["tv_to_tu_quan"] = min(figures["tv_to_tu_quan"], 52 * figures["to_tu_quan_antt"])
        figures["tong_ho"] = max(30, figures["tong_ho"])
        if unit.figures["thon_dat_vh"] and random.random() < 0.06:
            figures["thon_dat_vh"] = 0
    for lower, upper in _AT_MOST:
        if lower in figures:
            figures[lower] = min(figures[lower], figures[upper])
    return figures


def _csv(columns: Sequence[Column], rows: Sequence[tuple[Unit, dict[str, int]]]) -> bytes:
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    asked = [column for column in columns if column.code in rows[0][1]]
    lines.writerow(["Mã đơn vị", "Tên đơn vị", *(column.header for column in asked)])
    for unit, figures in rows:
        lines.writerow([unit.code, unit.display, *(figures[column.code] for column in asked)])
    return text.getvalue().encode("utf-8-sig")


def earlier_files(communes: Sequence[Unit], villages: Sequence[Unit]) -> dict[str, bytes]:
    """Return the returns of the year before, by path below its folder."""
    random = Random(SEED)
    tables = ((VILLAGE_COLUMNS, villages), (COMMUNE_COLUMNS, communes))
    return {
        f"bieu-{number:02}.csv": _csv(columns, [(unit, _before(unit, random)) for unit in units])
        for number, (columns, units) in enumerate(tables, 1)
    }
