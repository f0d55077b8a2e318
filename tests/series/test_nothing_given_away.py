"""What a period withholds stays withheld beside other periods, whatever became of its units."""

from __future__ import annotations

import re
import zipfile
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest

from helpers.command import run
from helpers.returns import write_csv

pytestmark = pytest.mark.slow

SECRET = 887
FORM = """
[form]
id = "dan"
version = "1"
title = {{ vi = "Đàn", en = "Herds" }}

[[table]]
code = "01"
level = "commune"
title = {{ vi = "Biểu 01", en = "Table 01" }}

[[measure]]
code = "trau"
label = {{ vi = "Số trâu", en = "Buffaloes" }}
unit = {{ vi = "con", en = "head" }}

[[measure]]
code = "lon"
label = {{ vi = "Số lợn", en = "Pigs" }}
unit = {{ vi = "con", en = "head" }}
{protect}

[[ratio]]
code = "ty_le"
label = {{ vi = "Lợn trên trâu", en = "Pigs per buffalo" }}
numerator = "lon"
denominator = "trau"
decimals = 3
"""
PROTECT = "protect = { below = 1000 }"
HEAD = "event,date,kind,from,to,share\n"
NAMES = {"0701": "An Bình", "0702": "Minh Quân", "0703": "Đông Khê", "0704": "Tây Sơn", "0705": "Mường Lai"}
THEN = {
    "0701": (9_871, SECRET), "0702": (30_121, 20_731), "0703": (40_231, 31_047),
    "0704": (50_341, 41_963),
}  # fmt: skip
OTHERS = sum(pigs for _, pigs in THEN.values()) - SECRET
"""What is left of the total, which was published."""
WAYS = {
    "kept": "",
    "merged": "x,2023-03-01,merge,0701,0702,\nx,2023-03-01,merge,0702,0702,\n",
    "divided": "x,2023-03-01,split,0701,0701,\nx,2023-03-01,split,0701,0705,\n",
    "estimated": "x,2023-03-01,split,0701,0701,2/5\nx,2023-03-01,split,0701,0705,3/5\n",
    "moved": "x,2023-03-01,split,0701,0702,\nx,2023-03-01,split,0701,0703,\n"
    "x,2023-03-01,split,0702,0702,\nx,2023-03-01,split,0703,0703,\n",
    "lost": "",
}
UNITS_AFTER = {
    "kept": ("0701",), "merged": (), "divided": ("0701", "0705"), "estimated": ("0701", "0705"),
    "moved": (), "lost": (),
}  # fmt: skip


def _year(folder: Path, figures: dict[str, tuple[int, int]], *, is_protected: bool) -> Path:
    folder.mkdir(parents=True)
    form = FORM.format(protect=PROTECT if is_protected else "")
    (folder / "form.toml").write_text(form, encoding="utf-8")
    rows = ["code,name,type,level,parent", "07,Hà Trung,tỉnh,province,"]
    rows += [f"{code},{NAMES[code]},xã,commune,07" for code in figures]
    (folder / "units.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    told = [[code, "", *pair] for code, pair in figures.items()]
    write_csv(folder / "a.csv", [["Mã đơn vị", "Tên đơn vị", "Số trâu", "Số lợn"], *told])
    return folder


def _years(place: Path, way: str, *, both: bool) -> list[Path]:
    """Two earlier years with a small herd of pigs that is withheld, and a later one, open or protected."""
    now = {code: (pair[0] + 1_009, pair[1] + 15_013) for code, pair in THEN.items() if code != "0701"} | {
        code: (7_703 + at, 25_109 + at) for at, code in enumerate(UNITS_AFTER[way])
    }
    folders = [
        _year(place / "2021", {code: (a - 17, b) for code, (a, b) in THEN.items()}, is_protected=True),
        _year(place / "2022", THEN, is_protected=True),
        _year(place / "2023", dict(sorted(now.items())), is_protected=both),
    ]
    (place / "changes.csv").write_text(HEAD + WAYS[way], encoding="utf-8")
    return folders


def _faces(folders: list[Path], place: Path) -> dict[str, str]:
    """The text of every face of the report, all parts of its files."""
    *before, now = folders
    found = {}
    for suffix in ("md", "html", "docx", "xlsx"):
        target = place / f"bao-cao.{suffix}"
        done = run("report", now, *(word for each in before for word in ("--with", each)), "-o", target)
        assert done.status in (0, 1), done.output
        found[f"{suffix} messages"] = done.output
        if suffix in ("md", "html"):
            found[suffix] = target.read_text("utf-8")
            continue
        with zipfile.ZipFile(target) as package:
            for name in package.namelist():
                if name.endswith((".xml", ".rels")):
                    found[f"{suffix} {name}"] = package.read(name).decode("utf-8")
    return found


def _digits(text: str) -> str:
    """The text without separators of thousands."""
    return re.sub(r"(?<=\d)[.,\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}](?=\d{3}(?!\d))", "", text)


@pytest.mark.parametrize("both", [True, False])
@pytest.mark.parametrize("way", WAYS)
def test_no_face_has_or_gives_away_what_was_withheld(tmp_path: Path, way: str, both: bool) -> None:
    faces = _faces(_years(tmp_path, way, both=both), tmp_path)
    parts = {round(Fraction(SECRET * share, 5)) for share in (2, 3)}
    ratios = [f"{100 * SECRET / (THEN['0701'][0] - less):.3f}" for less in (0, 17)]
    for name, text in faces.items():
        bare = _digits(text)
        for secret in (SECRET, OTHERS, *parts):
            assert not re.search(rf"(?<![\w.-]){secret}(?!\w)", bare), (name, secret)
        for ratio in ratios:
            assert ratio not in text, (name, ratio)
    numbers = {int(number) for number in re.findall(r"(?<![\d.,])\d{4,9}(?![\d.,])", _digits(faces["md"]))}
    assert len(numbers) > 5
    for large, small in combinations(sorted(numbers, reverse=True), 2):
        assert large - small != SECRET, (large, small)


def test_where_nothing_is_protected_the_part_that_all_periods_have_is_shown(tmp_path: Path) -> None:
    """The test above would pass on an empty report, too."""
    folders = _years(tmp_path, "lost", both=False)
    for folder in folders:
        form = (folder / "form.toml").read_text("utf-8")
        (folder / "form.toml").write_text(form.replace(PROTECT, ""), encoding="utf-8")
    done = run("compare", folders[1], folders[2], "--on", "A", "--measure", "lon", "--format", "csv")
    assert done.status == 0, done.output
    assert str(SECRET) in done.stdout
    assert f"{OTHERS:,}" in _faces(folders, tmp_path)["md"]
