"""Units and figures of the sample of 2025: Lào Cai and its 99 communes, invented below the commune.

Where the sample of 2021 has villages in what is now a commune, the villages here are their plausible
successors: somewhat larger, and some are two of them merged; so are the commune's clubs and talks. The others
are drawn. The two published rates are exact.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from sample_figures import Unit, spread

from antq_stats.country.country import country

SEED = 20251130
DAY = date(2025, 12, 1)
REFORM = date(2025, 7, 1)
PROVINCE_NAME = "Lào Cai"

VILLAGES = 2_400
HOUSEHOLDS = 423_800
"""About 1,78 million people, 4,2 to a household."""
ACHIEVED = 362_349
"""85,5 % of the households: published, projected for the year."""
MET = 1_860
"""77,5 % of the villages: published, projected for the year."""
REGISTERED = 401_312

_CLUBS = {
    "clb_tn_pcmt": 2, "clb_ban_giup_ban": 2, "clb_pctp_tnxh": 3, "clb_pn_3_khong": 4,
    "mh_2_khong_1_giam": 2, "mh_2_khong_1_co": 1,
}  # fmt: skip
"""Clubs and models of both forms, and how many a commune has at most where nothing is known of it."""

_FORM = Path(__file__).resolve().parent.parent / "src" / "antq_stats" / "forms" / "antq-2025.toml"
_FIRST = (
    "Nà", "Khe", "Đồng", "Suối", "Cốc", "Làng", "Pá", "Co", "Huổi", "Ngòi", "Gò", "Bãi", "Đầm", "Dốc",
)  # fmt: skip
_SECOND = (
    "Lúa", "Mận", "Chè", "Quế", "Đào", "Trám", "Sim", "Vải", "Mơ", "Lim", "Dẻ", "Nứa", "Vầu", "Cọ",
    "Sở", "Trúc", "Bưởi", "Hồng",
)  # fmt: skip


@cache
def asked() -> tuple[dict[str, Any], ...]:
    """Return the measures of the edition, in form order."""
    with _FORM.open("rb") as file:
        return tuple(tomllib.load(file)["measure"])


@cache
def section_names() -> dict[str, str]:
    """Return the Vietnamese labels of the edition's sections, by code."""
    with _FORM.open("rb") as file:
        return {section["code"]: section["label"]["vi"] for section in tomllib.load(file)["section"]}


@dataclass
class Sample:
    """The units of the sample."""

    province: Unit
    communes: list[Unit] = field(default_factory=list)

    @property
    def villages(self) -> list[Unit]:
        """All villages in register order."""
        return [village for commune in self.communes for village in commune.members]


def _factor(random: Random, sigma: float) -> float:
    return round(math.exp(sigma * (sum(random.random() for _ in range(12)) - 6.0)), 6)


def _predecessors(communes: Sequence[Unit]) -> dict[str, list[Unit]]:
    """Return the communes of 2021 by the commune that they went into whole."""
    found: dict[str, list[Unit]] = {}
    for commune in communes:
        fate = country().fate(commune.code, date(2021, 12, 1), DAY)
        if fate.is_whole:
            found.setdefault(fate.codes[0], []).append(commune)
    return found


def _sizes(communes: Sequence[Unit]) -> list[int]:
    return [village.figures["tong_ho"] for commune in communes for village in commune.members]


def _merged(sizes: Sequence[int], random: Random) -> list[int]:
    """Return the villages' households some years later, small neighbours merged."""
    later: list[int] = []
    place = 0
    while place < len(sizes):
        size = sizes[place]
        both = size + sizes[place + 1] if place + 1 < len(sizes) else 999
        if both <= 330 and random.random() < 0.28:
            size, place = both, place + 1
        later.append(int(size * (1.02 + 0.05 * random.random())))
        place += 1
    return later


def _add_villages(commune: Unit, sizes: Sequence[int], names: list[str], highland: bool) -> None:
    """Give a commune its villages: numbered in wards, with invented names elsewhere."""
    ward = commune.kind == "phường"
    kind = "tổ dân phố" if ward else "bản" if highland else "thôn"
    for number, size in enumerate(sizes, 1):
        name = f"Tổ dân phố số {number}" if ward else f"{kind.capitalize()} {names[number - 1]}"
        alias = f"TDP {number}" if ward else ""
        # Codes of the villages of 2021 end below 100; they are not given again.
        code = f"{commune.code}{100 + number}"
        commune.members.append(
            Unit(code, name, kind, "village", commune.code, alias, figures={"tong_ho": size})
        )


def make_units(before: Sequence[Unit]) -> Sample:
    """Return the province, its communes in force and their villages with households.

    Parameters
    ----------
    before : the communes of the sample of 2021, with their villages.
    """
    random = Random(SEED)
    province = country().province(PROVINCE_NAME, DAY)
    known = [
        Unit(unit.code, unit.name, unit.kind, unit.level, unit.parent, "|".join(unit.aliases))
        for unit in country().units_of(province, DAY)
    ]
    sample = Sample(known[0], known[1:])
    sizes = {code: _merged(_sizes(old), random) for code, old in _predecessors(before).items()}
    others = [commune.code for commune in sample.communes if commune.code not in sizes]
    rest = VILLAGES - sum(len(own) for own in sizes.values())
    counts = spread([_factor(random, 0.25) for _ in others], rest, [12] * len(others), [40] * len(others))
    weights = [_factor(random, 0.30) for _ in range(rest)]
    households = HOUSEHOLDS - sum(sum(own) for own in sizes.values())
    drawn = iter(spread(weights, households, [45] * rest, [520] * rest))
    sizes.update(
        (code, [next(drawn) for _ in range(count)]) for code, count in zip(others, counts, strict=True)
    )
    pool = [f"{first} {second}" for first in _FIRST for second in _SECOND]
    for place, commune in enumerate(sample.communes):
        step = (place * 37) % len(pool)
        names = [pool[(step + 25 * number) % len(pool)] for number in range(len(sizes[commune.code]))]
        _add_villages(commune, sizes[commune.code], names, highland=place % 3 == 2)
    return sample


def _chosen(scores: Sequence[float], among: Sequence[bool], total: int) -> list[bool]:
    """Return which places are chosen: those with the highest scores among some."""
    ranked = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
    chosen = set([place for place in ranked if among[place]][:total])
    return [place in chosen for place in range(len(scores))]


def _village(village: Unit, random: Random) -> None:
    """Draw the figures of a village that no total is published of."""
    draw = random.random
    own = village.figures
    size = own["tong_ho"]
    teams = 1 + int(size > 330)
    groups = 1 + int(size / 260 + 0.6 * draw())
    kinds = ("nhan_khau", "ho_khau", "tai_san", "tri_an", "cong_cong")
    women, veterans = int(size * (0.5 + 0.3 * draw())), int(size * (0.08 + 0.08 * draw()))
    safe = own["kdc_dat_an_toan"]
    own["nhan_khau"] = int(size * (3.9 + 0.6 * draw()))
    own["to_bao_ve_antt"] = teams
    own["tv_bao_ve_antt"] = teams * 3 + int(1.5 * draw())
    own["to_tu_quan_antt"] = groups
    own["to_tu_quan_antt_moi"] = int(1.15 * draw())
    own["tv_to_tu_quan"] = groups * (18 + int(21 * draw())) + int(5 * draw())
    own.update({f"to_tq_{kind}": int((groups + 1) * draw()) for kind in kinds})
    own["ho_dang_ky_an_toan"] = size if safe else int(size * (0.6 + 0.35 * draw()))
    if not safe and not own["kdc_dang_ky_an_toan"]:
        own["ho_dang_ky_an_toan"] = 0
    own["gia_dinh_ky_cam_ket_antt"] = int(size * (0.88 + 0.11 * draw()))
    own["mh_tdp_khong_toi_pham"] = int(village.kind == "tổ dân phố" and draw() < 0.5)
    own["pn_ky_cam_ket"] = women
    own["ccb_3_khong"] = veterans
    own["nguoi_uy_tin_tham_gia"] = 1 + int(3 * draw())
    fire = int(2.2 * draw())
    own["to_lien_gia_pccc"] = fire
    own["ho_lien_gia_pccc"] = min(size, fire * (9 + int(12 * draw())))
    own["diem_chua_chay"] = int(1.6 * draw())
    own["thon_khong_tn_nghien"] = int(draw() < 0.82)


def _commune(commune: Unit, random: Random) -> None:
    """Draw the figures of a commune: its own, and the restricted ones, which are small."""

    def upto(most: int) -> int:
        return int((most + 1) * random.random())

    def flag(chance: float) -> int:
        return int(random.random() < chance)

    villages = commune.members
    own = commune.figures
    clear = flag(0.2)
    if clear:
        for village in villages:
            village.figures["thon_khong_tn_nghien"] = 1
    young = all(village.figures["thon_khong_tn_nghien"] for village in villages)
    serving = sum(village.figures["tv_bao_ve_antt"] for village in villages)
    own["tong_thon"] = len(villages)
    own["tv_bao_ve_antt_dinh_muc"] = serving + 1 + upto(9)
    own["xa_dang_ky_an_toan"] = flag(0.9)
    own["xa_dat_an_toan"] = own["xa_dang_ky_an_toan"] * flag(0.75)
    for kind, most in (("co_quan", 9), ("doanh_nghiep", 12), ("truong", 6)):
        own[f"{kind}_dang_ky_an_toan"] = 3 + upto(most)
        own[f"{kind}_dat_an_toan"] = own[f"{kind}_dang_ky_an_toan"] - upto(3)
    own["mo_hinh_antq"] = 1 + upto(4)
    own["diem_mo_hinh_antq"] = own["mo_hinh_antq"] + upto(12)
    own["mat_camera_antt"] = upto(90 if commune.kind == "xã" else 260)
    own["xa_tieu_bieu"] = own["xa_dat_an_toan"] * flag(0.25)
    own.update({code: upto(most) for code, most in _CLUBS.items()} | {"mh_pc_mua_ban_nguoi": upto(1)})
    own["xa_khong_tn_nghien"] = int(young)
    own["xa_de_an_pcmt"] = flag(0.7)
    own["xa_khong_ma_tuy"] = clear
    priority = 0 if clear else upto(9)
    own.update({f"xa_trong_diem_mt_{number}": int(priority == number) for number in (1, 2, 3)})
    sessions = 6 + upto(2 * len(villages))
    own["buoi_tuyen_truyen"] = sessions
    own["luot_nguoi_tuyen_truyen"] = sum(35 + upto(60) for _ in range(sessions))
    own["lop_tap_huan"] = 1 + upto(2)
    own["luot_nguoi_tap_huan"] = own["lop_tap_huan"] * (30 + upto(40))
    own["diem_ngay_hoi"] = 1 + upto(len(villages) - 1)
    own["luot_nguoi_ngay_hoi"] = own["diem_ngay_hoi"] * (60 + upto(90))
    own["nguoi_nghien"] = 0 if clear or young else upto(6)
    own["nguoi_su_dung_trai_phep"] = 0 if clear else upto(4)
    own["doi_tuong_toi_pham"] = upto(4)
    own["nguoi_tha_tu_truoc_han"] = upto(2)
    own["cuoc_nhan_xet_danh_gia"] = own["nguoi_tha_tu_truoc_han"] * 2
    own["nguoi_chap_hanh_xong_an"] = upto(5)
    home = own["nguoi_tha_tu_truoc_han"] + own["nguoi_chap_hanh_xong_an"]
    own["nguoi_duoc_giup_tai_hoa_nhap"] = upto(home)
    for code in ("nguoi_duoc_hoc_nghe", "nguoi_duoc_gioi_thieu_viec", "nguoi_duoc_vay_von"):
        own[code] = upto(min(home, 2))
    own["ho_co_nguoi_pham_toi"] = upto(3)


def _succeed(commune: Unit, before: Sequence[Unit], random: Random) -> None:
    """Give a commune the clubs and talks of those it was made of, which grew a little in the years since."""

    def of_all(code: str) -> int:
        return sum(old.figures[code] for old in before)

    own = commune.figures
    for code in _CLUBS:
        own[code] = of_all(code) + int(random.random() < 0.15)
    own["buoi_tuyen_truyen"] = of_all("buoi_tuyen_truyen") + int(3 * random.random())
    listeners = of_all("luot_nguoi_tuyen_truyen")
    own["luot_nguoi_tuyen_truyen"] = int(listeners * (1.0 + 0.12 * random.random()))


def make_later(before: Sequence[Unit]) -> Sample:
    """Return the units of the sample of 2025 with all figures of the edition.

    Parameters
    ----------
    before : the communes of the sample of 2021, with their villages.
    """
    sample = make_units(before)
    random = Random(SEED + 1)
    villages = sample.villages
    households = [village.figures["tong_ho"] for village in villages]
    rates = [min(1.0, 0.95 * _factor(random, 0.03)) for _ in villages]
    weights = [number * rate for number, rate in zip(households, rates, strict=True)]
    registered = spread(weights, REGISTERED, [number // 2 for number in households], households)
    weights = [number * _factor(random, 0.05) for number in registered]
    most = [number - 1 - number // 50 for number in registered]
    achieved = spread(weights, ACHIEVED, [number // 3 for number in registered], most)
    scores = [_factor(random, 0.6) for _ in villages]
    every = [True] * len(villages)
    applied = _chosen(scores, every, 2_190)
    met = _chosen([score * _factor(random, 0.25) for score in scores], applied, MET)
    safety = [_factor(random, 0.5) for _ in villages]
    safe_applied = _chosen(safety, every, 2_050)
    safe = _chosen([score * _factor(random, 0.2) for score in safety], safe_applied, 1_640)
    for place, village in enumerate(villages):
        village.figures.update(
            ho_dang_ky_gdvh=registered[place],
            ho_dat_gdvh=achieved[place],
            thon_dang_ky_vh=int(applied[place]),
            thon_dat_vh=int(met[place]),
            kdc_dang_ky_an_toan=int(safe_applied[place]),
            kdc_dat_an_toan=int(safe[place]),
        )
        _village(village, random)
    came, growth = _predecessors(before), Random(SEED + 2)
    for commune in sample.communes:
        _commune(commune, random)
        if commune.code in came:
            _succeed(commune, came[commune.code], growth)
    return sample
