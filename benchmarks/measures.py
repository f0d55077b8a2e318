"""Measures of the benchmarks' form in the order of the returns, and its rules as the peers write them."""

from __future__ import annotations

import tomllib
from pathlib import Path

FORM = Path(__file__).with_name("form.toml")
MEASURES = (
    "tong_ho", "to_tu_quan_antt", "to_tu_quan_antt_moi", "tv_to_tu_quan", "to_tq_nhan_khau", "to_tq_ho_khau",
    "to_tq_tai_san", "to_tq_tri_an", "to_tq_cong_cong", "ho_dang_ky_gdvh", "ho_dat_gdvh", "thon_dang_ky_vh",
    "thon_dat_vh", "gia_dinh_ky_cam_ket_antt", "mh_tdp_khong_toi_pham", "pn_ky_cam_ket", "ccb_3_khong",
    "nguoi_uy_tin_tham_gia", "buoi_hop", "luot_nguoi_hop", "ho_ngheo", "ho_can_ngheo", "hoi_vien_pn",
    "hoi_vien_nd",
)  # fmt: skip
FLAGS = frozenset(("thon_dang_ky_vh", "thon_dat_vh"))
"""Those that are yes or no for a village."""
COLUMNS = ("code", "name", *MEASURES)
"""What the peers call the columns of a return, from the second on."""
RULES = (
    "ho_dat_gdvh <= ho_dang_ky_gdvh",
    "ho_dang_ky_gdvh <= tong_ho",
    "thon_dat_vh <= thon_dang_ky_vh",
    "(to_tu_quan_antt == 0) == (tv_to_tu_quan == 0)",
    "tv_to_tu_quan >= 3 * to_tu_quan_antt",
    "tv_to_tu_quan <= 60 * to_tu_quan_antt",
    "tv_to_tu_quan <= 5 * tong_ho",
    "to_tq_nhan_khau <= to_tu_quan_antt",
    "to_tq_ho_khau <= to_tu_quan_antt",
    "to_tq_tai_san <= to_tu_quan_antt",
    "to_tq_tri_an <= to_tu_quan_antt",
    "to_tq_cong_cong <= to_tu_quan_antt",
    "to_tu_quan_antt_moi <= to_tu_quan_antt",
    "tong_ho >= 20",
    "tong_ho <= 600",
)
"""The form's rules as pandas expressions; e08 without its condition, because e06 covers its failure."""


def _asked() -> dict[str, dict[str, object]]:
    return {measure["code"]: measure for measure in tomllib.loads(FORM.read_text("utf-8"))["measure"]}


def labels() -> list[str]:
    """Return the headers of the measures, in the order of the returns."""
    asked = _asked()
    return [str(asked[code]["label"]["vi"]) for code in MEASURES]  # type: ignore[index]


def wordings() -> dict[str, list[str]]:
    """Return what every measure may be called in a header: its label, then its aliases."""
    asked = _asked()
    return {code: [asked[code]["label"]["vi"], *asked[code].get("aliases", [])] for code in MEASURES}  # type: ignore[index, misc]


def bounds() -> dict[str, tuple[int, int]]:
    """Return the least and the greatest value of every measure; 0 and 1 for a flag."""
    asked = _asked()
    most = {code: 1 if asked[code]["kind"] == "flag" else asked[code]["max"] for code in MEASURES}
    return {code: (int(str(asked[code].get("min", 0))), int(str(most[code]))) for code in MEASURES}
