"""Long texts read by columns give the same values and findings as texts read row by row."""

# ruff: noqa: E501, S311 - a case a line; chance here is no secret

from __future__ import annotations

import json
import pickle
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antq_stats.collection.intake import Intake
from antq_stats.plan import ReadingPlan
from antq_stats.reading.long_text import reader
from antq_stats.reading.long_text.reader import open_long_text
from antq_stats.reading.receive import receive
from antq_stats.words.long_columns import ShortCodes
from helpers.command import run
from helpers.inside import read_in_pieces, registers_by_columns
from helpers.returns import FLAG, FORM, setup

pytestmark = pytest.mark.slow

OPTIONAL = """
[[measure]]
code = "cho"
label = { vi = "Số chó", en = "Dogs" }
unit = { vi = "con", en = "head" }
kind = "count"
blank = "zero"

[[measure]]
code = "meo"
label = { vi = "Số mèo", en = "Cats" }
unit = { vi = "con", en = "head" }
kind = "count"
required = false
"""
HEADER = ["STT", "Mã thôn", "Tên thôn", "Số trâu", "Số bò", "Có điện", "Số chó", "Số mèo", "Ghi chú"]
COMMUNES, VILLAGES = 3, 20

Table = list[list[str]]


def register(communes: int = COMMUNES, villages: int = VILLAGES) -> str:
    """Return a province with its communes and villages."""
    lines = ["code,name,type,level,parent", "07,Hà Trung,tỉnh,province,"]
    lines += [f"07{c:02},Minh Quân {c},xã,commune,07" for c in range(1, communes + 1)]
    for commune in range(1, communes + 1):
        lines += [f"07{commune:02}{v:03},Bản {v},thôn,village,07{commune:02}" for v in range(1, villages + 1)]
    return "\n".join(lines) + "\n"


def table(chance: random.Random, communes: int = COMMUNES, villages: int = VILLAGES) -> Table:
    """Return the rows of all villages, none with a fault."""
    rows = []
    for commune in range(1, communes + 1):
        for village in range(1, villages + 1):
            figures = [chance.randrange(10 ** chance.randrange(1, 6)), chance.randrange(5001), village % 2]
            more = [chance.choice(["", "0", "7"]), chance.choice(["", "12"]), ""]
            rows.append(
                [
                    str(len(rows) + 1),
                    f"07{commune:02}{village:03}",
                    f"Bản {village}",
                    *map(str, figures),
                    *more,
                ]
            )
    return rows


def _set(column: int, *texts: str) -> Callable[[Table, int, random.Random], None]:
    def change(rows: Table, at: int, chance: random.Random) -> None:
        rows[at % len(rows)][column : column + 1] = [chance.choice(texts)]

    return change


def _insert(*lines: list[str]) -> Callable[[Table, int, random.Random], None]:
    def change(rows: Table, at: int, chance: random.Random) -> None:
        rows.insert(at % len(rows), [*chance.choice(lines)])

    return change


def _total(rows: Table, at: int, _chance: random.Random) -> None:
    above = rows[: at % len(rows)]
    sums = [sum(int(row[c]) for row in above if len(row) > c and row[c].isdigit()) for c in (3, 4, 5, 6, 7)]
    rows.insert(at % len(rows), ["", "", "Cộng", *map(str, sums), ""])


def _again(rows: Table, at: int, chance: random.Random) -> None:
    rows.append([*rows[at % len(rows)]])
    if chance.random() < 0.5:
        rows[-1][-1:] = ["x"]


def _cut(rows: Table, at: int, _chance: random.Random) -> None:
    del rows[at % len(rows)][5:]


CHANGES: tuple[Callable[[Table, int, random.Random], None], ...] = (
    _set(3, "", "12 con", "1.691", "1,5", "abc", "-3", "007", "00", "…", "-", "123456789", "1234567890", "0912345678", " 5", "5 ", "\x0b7", "3\x00"),
    _set(4, "5001", "5000", "99999999", "+4", "1e3", "４"),
    _set(5, "x", "2", "có", "không"),
    _set(6, "?", "1", "không"),
    _set(0, "", "a", "12345678", "x.1"),
    _set(1, "", "0701001", "070199", "7 01001", "0701001 ", "07", "0702", "0701001é", "701002"),
    _set(2, "", "Bản 3", "thôn Bản 4", "Thôn Bản 999", "bản 7", " Bản 8", "Tổng cộng", "Minh Quân 2", "ThÞ x·", "Bản\u00a09"),
    _set(8, "Nguyễn Văn A", "0912345678", "ghi", "12"),
    _insert([], ["", "", "", ""], HEADER, ["", "", "Xã Minh Quân 2", "", "", "", "", "", ""], ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
            ["", "", "Bản 3", "4", "5", "1", "", "", ""], ["", "", "Tổng cộng", "4", "5", "1", "", "", ""], ["BIỂU 02 NĂM 2020"],
            ["", "", "", "4", "5", "1", "", "", ""], ["", "0702", "Xã Minh Quân 2", "50", "60", "7", "", "", ""]),
    _total,
    _again,
    _cut,
    lambda rows, at, _chance: rows[at % len(rows)].append("9"),
    lambda rows, at, _chance: rows[at % len(rows)].append(""),
    lambda rows, at, _chance: rows.insert(0, rows.pop(at % len(rows))),
)  # fmt: skip


@cache
def plans(folder: Path) -> tuple[ReadingPlan, ReadingPlan]:
    """Return the plan of the tests' form and register, and the same with the register read by columns."""
    setup(folder, FLAG, OPTIONAL, form=FORM, units=register())
    with pytest.MonkeyPatch.context() as patch:
        registers_by_columns(patch)
        by_columns = Intake.open(folder, period="2021").plan
    assert isinstance(by_columns.units.codes, ShortCodes)
    return Intake.open(folder, period="2021").plan, by_columns


def texts(rows: Table, delimiter: str) -> str:
    """Return rows as lines, nothing quoted."""
    return "".join(delimiter.join(cell.replace(delimiter, " ") for cell in row) + "\n" for row in rows)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read texts in many pieces."""
    read_in_pieces(monkeypatch, 300)


def both_ways(folder: Path, content: bytes) -> bool:
    """Compare both ways of reading a text; return whether any rows were read by columns."""
    path = folder / "x.csv"
    path.write_bytes(content)
    known, with_keys = plans(folder)
    by_columns = receive(known, path, "x.csv", long_from=0)
    assert receive(with_keys, path, "x.csv", long_from=0) == by_columns
    by_rows = receive(known, path, "x.csv", long_from=None)
    assert by_columns == by_rows
    assert pickle.loads(pickle.dumps(by_columns)) == by_rows  # noqa: S301 - as it comes from a worker
    for table in by_columns.tables:
        places = [(row, place) for row in range(len(table.rows)) for place in range(len(table.columns))]
        assert [table.value(*at) for at in places] == list(table.values)
    book = open_long_text(known, content, ".csv")
    return by_columns.by_columns and book is not None and bool(book.grids[0].runs)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("head", ["", "BIỂU 01{0}{0}\n{0}năm 2021{0}\n\n"])
def test_clean_texts_are_read_by_columns(tmp_path: Path, end: str, delimiter: str, head: str) -> None:
    text = head.format(delimiter) + texts([HEADER, *table(random.Random(1))], delimiter)
    for mark, last in ((b"", ""), (b"\xef\xbb\xbf", ""), (b"", "\n")):
        content = mark + text.removesuffix(last).replace("\n", end).encode()
        assert both_ways(tmp_path, content)


@pytest.mark.usefixtures("short")
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 1 << 32),
    changes=st.lists(st.tuples(st.integers(0, len(CHANGES) - 1), st.integers(0, 200)), max_size=6),
    delimiter=st.sampled_from([",", ";", "\t"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_changed_texts_are_read_alike(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    changes: list[tuple[int, int]],
    delimiter: str,
    end: str,
) -> None:
    chance = random.Random(seed)
    rows = table(chance)
    for change, at in changes:
        CHANGES[change](rows, at, chance)
    folder = tmp_path_factory.mktemp("text")
    both_ways(folder, texts([HEADER, *rows], delimiter).replace("\n", end).encode("utf-8", "surrogatepass"))


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"B\xe1\xba\xa3n 15,", b"B\xe1\xban 15,", 1),  # half a letter
        lambda data: data.replace(b"B\xe1\xba\xa3n 15,", b'"B\xe1\xba\xa3n 15",', 1),
        lambda data: data.replace(b"B\xe1\xba\xa3n 15,", b'"B\xe1\xba\xa3n\n15",', 1),
        lambda data: data.replace(b"\n", b"\r", 40).replace(b"\r", b"\n", 38),
        lambda data: data.replace(b"070101", b'="070101', 1),
        lambda data: b"sep=,\n" + data,
        lambda data: data.decode().encode("utf-16"),
        lambda data: data.replace("Bản".encode(), "B¶n".encode()),
        lambda data: data + b"\x1a",
        lambda data: data.replace("Số trâu".encode(), '"Số\ntrâu"'.encode()),
    ],
)
def test_unusual_texts_are_read_alike(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    both_ways(tmp_path, change(texts([HEADER, *table(random.Random(3))], ",").encode()))


def test_a_country_in_one_file(tmp_path: Path) -> None:
    """Long enough without any help: a total, a fault and a stray row are found where they stand."""
    communes, villages = 90, 600
    rows = table(random.Random(2), communes, villages)
    rows[30_000][3] = "12 con"
    rows[30_001][4] = "7000"
    rows.insert(40_000, ["", "", "Bản lạ", "1", "2", "1", "", "", ""])
    total = sum(int(row[4]) for row in rows) - 7000 - 2
    rows.append(["", "", "Tổng cộng", "", str(total), "", "", "", ""])
    setup(tmp_path, FLAG, OPTIONAL, form=FORM, units=register(communes, villages))
    path = tmp_path / "2021" / "x.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(texts([HEADER, *rows], ","), encoding="utf-8")
    assert path.stat().st_size > reader.LONG
    ran = run("validate", path.parent, "--format", "json")
    found = json.loads(ran.stdout)
    assert [(f["code"], f["row"]) for f in found["findings"] if f["row"]] == [
        ("C202", 30_002),
        ("C305", 30_003),
        ("U102", 40_002),
    ]
    assert found["summary"]["units_read"] == communes * villages
    sums = json.loads(run("aggregate", path.parent, "--by", "province", "--format", "json").stdout)[0][
        "measures"
    ]
    assert (sums["bo"]["value"], sums["bo"]["given"]) == (total, communes * villages - 1)
