"""Villages and figures of the samples: invented, seeded, with exactly the published totals.

Communes, districts and their codes are real. Villages are numbered, and their figures are drawn: sizes are
log-normal, rates are higher in towns and lower in the two highland districts. Only ``Random.random`` is used,
and every factor is rounded, so that all versions of Python draw the same figures.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

SEED = 20211130

TOTALS = {
    "tong_ho": 217_046,
    "to_tu_quan_antt": 1_691,
    "tv_to_tu_quan": 46_953,
    "ho_dang_ky_gdvh": 206_318,
    "ho_dat_gdvh": 176_247,
    "thon_dang_ky_vh": 1_187,
    "thon_dat_vh": 928,
    "gia_dinh_ky_cam_ket_antt": 198_406,
}
"""Totals of all villages.

Published are 1.691 groups and 928 villages exactly; "gần 47.000" members, "hơn 206.000" and "trên 176.000"
households. The number of all households (81 % fits 216 to 219,9 thousand), of villages registered and of
pledges are invented.
"""


@dataclass(frozen=True)
class District:
    """Assumptions on a district: invented, apart from the relation between towns and highlands."""

    villages: int
    households: int
    registered: float
    achieved: float
    met: float
    groups: int


DISTRICTS = {
    "132": District(120, 255, 0.98, 0.93, 1.35, 228),
    "133": District(125, 150, 0.97, 0.90, 1.20, 158),
    "135": District(220, 130, 0.95, 0.85, 1.00, 252),
    "136": District(172, 195, 0.95, 0.85, 1.00, 206),
    "137": District(98, 125, 0.88, 0.72, 0.62, 115),
    "138": District(183, 128, 0.96, 0.88, 1.08, 218),
    "139": District(57, 115, 0.87, 0.70, 0.58, 70),
    "140": District(215, 145, 0.94, 0.83, 0.95, 245),
    "141": District(175, 168, 0.95, 0.86, 1.02, 199),
}


@dataclass
class Unit:
    """A unit of the register, with the figures it reports."""

    code: str
    name: str
    kind: str
    level: str
    parent: str
    aliases: str = ""
    """Another spelling of the name, which its returns have."""
    figures: dict[str, int] = field(default_factory=dict)
    members: list[Unit] = field(default_factory=list)

    @property
    def display(self) -> str:
        """The name with its type as in returns: ``xã Mường Lai``; the name of a village includes its type."""
        return self.name if self.level == "village" else f"{self.kind} {self.sent_as}"

    @property
    def sent_as(self) -> str:
        """The name in the spelling of the returns."""
        return self.aliases or self.name


def read_communes(path: Path) -> dict[str, Unit]:
    """Return the province, its districts and its communes by code, each under its parent."""
    with path.open(encoding="utf-8", newline="") as lines:
        units = {
            row["code"]: Unit(
                row["code"], row["name"], row["type"], row["level"], row["parent"], row["aliases"]
            )
            for row in csv.DictReader(lines)
        }
    for unit in units.values():
        if unit.parent:
            units[unit.parent].members.append(unit)
    return units


def spread(weights: Sequence[float], total: int, low: Sequence[int], high: Sequence[int]) -> list[int]:
    """Return whole numbers in proportion to weights, within bounds, that add up to the total."""
    scale = total / sum(weights)
    shares = [
        min(max(int(weight * scale), least), most)
        for weight, least, most in zip(weights, low, high, strict=True)
    ]
    # the remainder of rounding and bounds is distributed one by one, in strides
    count, place = len(shares), 0
    rest = total - sum(shares)
    stuck = 0
    while rest and stuck < count:
        place = (place + 607) % count
        step = 1 if rest > 0 else -1
        if low[place] <= shares[place] + step <= high[place]:
            shares[place] += step
            rest -= step
            stuck = 0
        else:
            stuck += 1
    if rest:
        raise ValueError(f"a total of {total} does not fit the bounds")
    return shares


def _normal(random: Random) -> float:
    return sum(random.random() for _ in range(12)) - 6.0


def _factor(random: Random, sigma: float) -> float:
    return round(math.exp(sigma * _normal(random)), 6)


def _villages(units: dict[str, Unit], random: Random) -> list[Unit]:
    """Give each commune four or more numbered villages."""
    villages = []
    for code, district in DISTRICTS.items():
        communes = units[code].members
        weights = [_factor(random, 0.35) for _ in communes]
        counts = spread(weights, district.villages, [4] * len(communes), [18] * len(communes))
        for commune, count in zip(communes, counts, strict=True):
            kind = "thôn" if commune.kind == "xã" else "tổ dân phố"
            if code in {"137", "139"} and commune.kind == "xã":
                kind = "bản"
            for number in range(1, count + 1):
                name = f"{kind.capitalize()} {number}"
                village = Unit(f"{commune.code}{number:03}", name, kind, "village", commune.code)
                commune.members.append(village)
                villages.append(village)
    return villages


def _groups(communes: Iterable[Unit]) -> None:
    """Give each village one group or more: one in the smallest of a commune, two or more in the largest."""
    by_district: dict[str, list[Unit]] = {}
    for commune in communes:
        ranked = sorted(commune.members, key=lambda village: village.figures["tong_ho"])
        for village in ranked:
            village.figures["to_tu_quan_antt"] = 1
        ranked[-1].figures["to_tu_quan_antt"] = 2
        by_district.setdefault(commune.parent, []).extend(ranked[1:])
    for code, district in DISTRICTS.items():
        ranked = sorted(by_district[code], key=lambda village: (-village.figures["tong_ho"], village.code))
        rest = district.groups - district.villages
        rest -= sum(village.figures["to_tu_quan_antt"] - 1 for village in ranked)
        for place in range(rest):
            ranked[place % len(ranked)].figures["to_tu_quan_antt"] += 1


def _flags(villages: list[Unit], code: str, scores: list[float], among: list[bool]) -> list[bool]:
    """Set a flag on as many villages as its total, those with the highest scores."""
    ranked = sorted(range(len(villages)), key=lambda place: (-scores[place], place))
    chosen = set([place for place in ranked if among[place]][: TOTALS[code]])
    for place, village in enumerate(villages):
        village.figures[code] = int(place in chosen)
    return [place in chosen for place in range(len(villages))]


def make_figures(units: dict[str, Unit]) -> list[Unit]:
    """Add villages to the communes and figures to both; return the villages in register order."""
    random = Random(SEED)
    villages = _villages(units, random)
    communes = [unit for unit in units.values() if unit.level == "commune"]
    districts = [DISTRICTS[units[village.parent].parent] for village in villages]
    count = len(villages)

    def assign(code: str, weights: Sequence[float], low: Sequence[int], high: Sequence[int]) -> list[int]:
        figures = spread(weights, TOTALS[code], low, high)
        for village, figure in zip(villages, figures, strict=True):
            village.figures[code] = figure
        return figures

    sizes = [district.households * _factor(random, 0.30) for district in districts]
    households = assign("tong_ho", sizes, [38] * count, [520] * count)
    _groups(communes)
    groups = [village.figures["to_tu_quan_antt"] for village in villages]
    weights = [number * _factor(random, 0.16) for number in groups]
    assign("tv_to_tu_quan", weights, [12 * number for number in groups], [45 * number for number in groups])

    rates = [min(1.0, district.registered * _factor(random, 0.02)) for district in districts]
    weights = [number * rate for number, rate in zip(households, rates, strict=True)]
    registered = assign("ho_dang_ky_gdvh", weights, [number // 2 for number in households], households)
    rates = [district.achieved * _factor(random, 0.05) for district in districts]
    weights = [number * rate for number, rate in zip(registered, rates, strict=True)]
    most = [max(number - 1 - number // 50, 1) for number in registered]
    assign("ho_dat_gdvh", weights, [number // 3 for number in registered], most)
    weights = [number * _factor(random, 0.04) for number in households]
    assign("gia_dinh_ky_cam_ket_antt", weights, [number // 2 for number in households], households)

    scores = [district.met * _factor(random, 0.6) for district in districts]
    among = _flags(villages, "thon_dang_ky_vh", scores, [True] * count)
    scores = [score * _factor(random, 0.25) for score in scores]
    _flags(villages, "thon_dat_vh", scores, among)
    for commune in communes:
        _commune(commune, random)
    return villages


def _commune(commune: Unit, random: Random) -> None:
    """Draw the commune's own figures: clubs, models and meetings."""
    villages = len(commune.members)
    sessions = 2 + int(random.random() * 2 * villages)
    commune.figures = {
        "tong_thon": villages,
        "clb_tn_pcmt": 1 + int(random.random() * 1.6),
        "clb_ban_giup_ban": int(random.random() * 1.7),
        "clb_pctp_tnxh": int(random.random() * 2.4),
        "clb_pn_3_khong": 1 + int(random.random() * 2.2),
        "mh_2_khong_1_giam": int(random.random() * 1.5),
        "mh_2_khong_1_co": int(random.random() * 1.4),
        "buoi_tuyen_truyen": sessions,
        "luot_nguoi_tuyen_truyen": sum(35 + int(random.random() * 60) for _ in range(sessions)),
    }
