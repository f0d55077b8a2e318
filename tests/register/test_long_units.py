"""A long register read by columns is the same as one read row by row, and has the same faults."""

# ruff: noqa: S311 - chance here is no secret

from __future__ import annotations

import pickle
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antq_stats.findings.finding import Finding
from antq_stats.findings.setup_error import SetupError
from antq_stats.plan import Units
from antq_stats.register.register import load_register
from antq_stats.words.long_columns import ShortCodes
from helpers.inside import registers_by_columns, workers_keep_columns

HEADER = ["code", "name", "type", "level", "parent"]
Table = list[list[str]]
Change = Callable[[Table, int, random.Random], None]


def rows() -> Table:
    """Return two provinces under a country, with communes and villages; villages stand together."""
    found = [[*HEADER], ["00", "Việt Nam", "", "country", ""]]
    found += [[f"0{p}", f"Tỉnh {p}", "tỉnh", "province", "00"] for p in (1, 2)]
    found += [[f"0{p}{c:03}", f"Mường Lai {c}", "xã", "commune", f"0{p}"] for p in (1, 2) for c in range(9)]
    communes = [row[0] for row in found if row[3] == "commune"]
    found += [[f"{c}{v:03}", f"Bản {v}", "thôn", "village", c] for c in communes for v in range(1, 13)]
    return found


def _cell(column: int, text: Callable[[str], str]) -> Change:
    def change(table: Table, at: int, _chance: random.Random) -> None:
        row = table[1 + at % (len(table) - 1)]
        if column < len(row):
            row[column] = text(row[column])

    return change


CHANGES: tuple[Change, ...] = (
    *(
        _cell(column, text)
        for column in range(5)
        for text in (
            lambda _: "",
            lambda text: f" {text}\u00a0",
            lambda text: text.lstrip("0"),
            lambda text: f"{text}{text}",
            lambda text: text.upper(),
            lambda text: f'"{text}"',
            lambda text: f'="{text}"',
            lambda text: f"Đ{text}",
            lambda text: f"{text}\u0300",
        )
    ),
    _cell(3, lambda _: "thôn"),
    _cell(3, lambda _: "xã"),
    _cell(3, lambda _: "Village"),
    _cell(4, lambda _: "99"),
    lambda table, at, _chance: table.insert(1 + at % len(table), []),
    lambda table, at, _chance: table.append(list(table[at % len(table)])),
    lambda table, at, _chance: table.insert(1, table.pop(1 + at % (len(table) - 1))),
    lambda table, at, _chance: table[at % len(table)].append("x"),
    lambda table, at, _chance: table[at % len(table)].pop() if table[at % len(table)] else None,
    lambda table, _at, chance: table.insert(0, [chance.choice(["", "DANH MỤC", "sep=;"])]),
    lambda table, _at, _chance: [row.append("") for row in table] and None,
    lambda table, _at, _chance: [row.__setitem__(slice(2, 3), []) for row in table] and None,
    lambda table, _at, _chance: [row.append("valid_to" if row is table[0] else "") for row in table] and None,
    lambda table, _at, chance: [row.append(str(chance.randrange(9))) for row in table] and None,
)  # fmt: skip


def read(path: Path, on: date | None, *, by_columns: bool) -> tuple[object, Units | None]:
    """Return the units, notes and households of a register as they compare, or its faults."""
    with pytest.MonkeyPatch.context() as patch:
        registers_by_columns(patch, always=by_columns)
        try:
            register = load_register(path, on)
        except SetupError as error:
            faults: list[Finding] = list(error.findings)
            return faults, None
    units = register.units
    columns = (units.codes, units.names, units.kinds, units.aliases, units.levels, units.parents)
    return (units.level_names, units.former, register.notes, register.households, *map(list, columns)), units


def as_sent(units: Units) -> tuple[Units, Units]:
    """Return the units as a worker gets them: those of a register of usual size, and of a very long one."""
    written = pickle.dumps(units)
    plain: Units = pickle.loads(written)  # noqa: S301 - it was made here
    with workers_keep_columns():
        kept: Units = pickle.loads(written)  # noqa: S301
    return plain, kept


def both_ways(folder: Path, content: bytes, on: date | None = None) -> Units | None:
    """Compare both ways of reading a register; return its units as read by columns, None for faults."""
    path = folder / "units.csv"
    path.write_bytes(content)
    by_columns, units = read(path, on, by_columns=True)
    by_rows, known = read(path, on, by_columns=False)
    assert by_columns == by_rows
    if units is not None and known is not None:
        for sent in as_sent(units):
            assert (list(sent.codes), list(sent.names)) == (list(known.codes), list(known.names))
            for code in (*known.codes, "", "zz", "01\0", "Đ01", "010000000"):
                assert units.by_code.get(code) == known.by_code.get(code) == sent.by_code.get(code)
        assert list(units.by_code.items()) == list(known.by_code.items())
        assert units.by_significant_digits("1") == known.by_significant_digits("1")
    return units


def text(table: Table, delimiter: str = ",", end: str = "\n") -> bytes:
    """Return rows as lines, nothing quoted."""
    return "".join(delimiter.join(row) + end for row in table).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_sound_register_is_read_by_columns(tmp_path: Path, delimiter: str, end: str, mark: bytes) -> None:
    content = mark + text(rows(), delimiter, end)
    for written in (content, content.removesuffix(end.encode())):
        units = both_ways(tmp_path, written, date(2021, 12, 31))
        assert units is not None
        assert isinstance(units.codes, ShortCodes)
        assert [isinstance(sent.codes, ShortCodes) for sent in as_sent(units)] == [False, True]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 1 << 32),
    changes=st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 300)), min_size=1, max_size=3),
    delimiter=st.sampled_from([",", ";", "\t"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_a_changed_register_is_read_alike(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    changes: list[tuple[Change, int]],
    delimiter: str,
    end: str,
) -> None:
    table, chance = rows(), random.Random(seed)
    for change, at in changes:
        change(table, at, chance)
    both_ways(tmp_path_factory.mktemp("register"), text(table, delimiter, end))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"B\xe1\xba\xa3n 7,", b"B\xe1\xban 7,", 1),  # half a letter
        lambda data: data.decode().encode("utf-16"),
        lambda data: data + b"\x1a",
        lambda data: data.replace(b"01000", b"01\x0000", 1),
        lambda data: data.replace("xã".encode(), b"x\xe3"),
        lambda _: b"",
        lambda data: data[:30],
    ],
)
def test_an_unusual_register_is_read_alike(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    both_ways(tmp_path, change(text(rows())))
