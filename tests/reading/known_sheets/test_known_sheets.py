"""Sheets with a known header give the same values and findings as the full reader, in every kind of file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from antq_stats.reading.express.layout_cache import LayoutCache
from antq_stats.reading.receive import receive
from antq_stats.words.text import column_letter
from helpers import fast_paths
from helpers.fast_paths import NEVER, plan
from helpers.inside import fail_in_known_sheets, without_quick_readers
from helpers.returns import write_xlsx
from helpers.sender_sheets import KINDS, SENDERS, Rows, clean, rows_of, senders, spreadsheets, write

COUNT, SEED = 40, 20261129
Many = Callable[[int, int, Path], Iterator[tuple[str, fast_paths.Tally]]]


@pytest.mark.slow
@pytest.mark.parametrize("many", [senders, spreadsheets])
def test_changed_files_of_a_sender_are_read_alike(many: Many, tmp_path: Path) -> None:
    whole = fast_paths.Tally()
    wrong = []
    for name, tally in many(COUNT, SEED, tmp_path):
        wrong += [f"{name}: {text}" for text in tally.differing]
        whole.add(tally)
    assert wrong == []
    assert whole.by_fast_path > COUNT // 2


def _read_alike(rows: Rows, kind: str, folder: Path, sender: int = 0) -> bool:
    """Compare both ways of reading rows of a sender; return whether they were read by what was known."""
    layouts = LayoutCache(plan(), after=NEVER)
    for sample in clean(kind, SENDERS[sender])[:2]:
        path = folder / f"known.{kind}"
        path.write_bytes(sample.content)
        receive(plan(), path, sample.name, layouts)
    name = f"{rows_of(2)[0]}.{kind}"
    path = write(folder / f"other.{kind}", rows)
    before = layouts.by_sheets
    with without_quick_readers():
        general = receive(plan(), path, name)
    assert receive(plan(), path, name, layouts) == general
    assert layouts.faults == []
    return layouts.by_sheets > before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sender", range(len(SENDERS)))
def test_the_second_file_of_a_sender_is_read_by_what_is_known(kind: str, sender: int, tmp_path: Path) -> None:
    assert _read_alike(rows_of(2, SENDERS[sender])[1], kind, tmp_path, sender)


def _set(row: int, column: int, value: object) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows[row][column] = value

    return change


def _add_after_table(*cells: object) -> Callable[[Rows], None]:
    return lambda rows: rows.append(list(cells))


FIRST = 7
"""The first unit row."""
_DOUBTFUL: dict[str, Callable[[Rows], None]] = {
    "another year": _set(3, 2, "KẾT QUẢ NĂM 2020"),
    "a header among the titles": _set(3, 2, "Tổng số hộ"),
    "a figure among the titles": _set(1, 0, "125"),
    "our own output": _set(0, 0, "antq-stats"),
    "another column number": _set(6, 4, "(99)"),
    "a truth value among the column numbers": lambda rows: rows.__setitem__(6, [True, *rows[6][1:]]),
    "a text for a figure": _set(FIRST, 5, "85 hộ"),
    "a blank figure": _set(FIRST, 5, ""),
    "a negative figure": _set(FIRST, 5, -5),
    "a figure with decimals": _set(FIRST, 5, 2.5),
    "a truth value": _set(FIRST, 5, True),
    "another code": _set(FIRST, 3, "99999"),
    "another name": _set(FIRST, 1, "Thôn Không Có"),
    "a blank commune": _set(FIRST, 2, ""),
    "a wrong subtotal": _set(FIRST + 3, 5, 1),
    "a wrong ratio": lambda rows: rows[FIRST].__setitem__(-1, 1.5),
    "a text in a column nobody asked for": lambda rows: rows[FIRST].__setitem__(-2, "Khá"),
    "a cell right of the table": lambda rows: rows[FIRST].append(7),
    "a row without a code": lambda rows: rows.insert(FIRST + 1, ["", "Thôn Mới", "", "", 5]),
    "a figure below the table": _add_after_table("", "", "", 15),
    "a header below the table": _add_after_table("STT", "Mã thôn", "Tên thôn", "Tổng số hộ"),
    "a unit below the signature": lambda rows: rows.append(list(rows[FIRST])),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", _DOUBTFUL)
def test_in_doubt_the_full_reader_reads(what: str, kind: str, tmp_path: Path) -> None:
    _, rows = rows_of(2)
    _DOUBTFUL[what](rows)
    assert not _read_alike(rows, kind, tmp_path)


_HARMLESS: dict[str, Callable[[Rows], None]] = {
    "another title": _set(0, 0, "ỦY BAN MẶT TRẬN TỔ QUỐC VIỆT NAM"),
    "another signature": _add_after_table("", "", "", "", "CHỦ TỊCH"),
    "no subtotals": lambda rows: rows.__setitem__(slice(None), [row for row in rows if row[:1] != ["Cộng"]]),
    "another order of villages": lambda rows: rows.insert(FIRST, rows.pop(FIRST + 1)),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", _HARMLESS)
def test_what_may_differ_is_read_by_what_is_known(what: str, kind: str, tmp_path: Path) -> None:
    _, rows = rows_of(2)
    _HARMLESS[what](rows)
    assert _read_alike(rows, kind, tmp_path)


def test_a_file_counts_though_reading_by_what_is_known_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layouts = LayoutCache(plan(), after=NEVER)
    first, second, *_ = clean("xlsx")
    path = tmp_path / "a.xlsx"
    path.write_bytes(first.content)
    receive(plan(), path, first.name, layouts)
    fail_in_known_sheets(monkeypatch)
    path.write_bytes(second.content)
    given = receive(plan(), path, second.name, layouts)
    assert given.tables
    assert given.fault is None
    assert len(layouts.faults) == 1


def test_the_bytes_of_a_layout_with_formulas_are_learned_from_the_next_file(tmp_path: Path) -> None:
    """The samples have formulas, so their cells take long to read."""
    layouts = LayoutCache(plan(), after=3)
    path = tmp_path / "a.xlsx"
    by = []
    for sample in fast_paths.samples():
        path.write_bytes(sample.content)
        before = layouts.by_sheets, layouts.recalled
        assert receive(plan(), path, sample.name, layouts) == receive(plan(), path, sample.name)
        by.append((layouts.by_sheets - before[0], layouts.recalled - before[1]))
    assert by == [(0, 0), (0, 0), (0, 1), (0, 1), (0, 1), (0, 1)]
    assert layouts.faults == []


def test_sheets_that_each_commune_names_are_read_alike_and_not_all_kept(tmp_path: Path) -> None:
    layouts = LayoutCache(plan(), after=NEVER)
    for commune in range(8):
        name, rows = rows_of(commune)
        path = write_xlsx(tmp_path / "a.xlsx", {f"Xã {commune}": rows})
        assert receive(plan(), path, f"{name}.xlsx", layouts) == receive(plan(), path, f"{name}.xlsx")
    assert (layouts.by_sheets, layouts.faults) == (0, [])
    name, rows = rows_of(9)
    for commune, is_known in ((0, True), (7, False)):
        before = layouts.by_sheets
        path = write_xlsx(tmp_path / "a.xlsx", {f"Xã {commune}": rows})
        assert receive(plan(), path, f"{name}.xlsx", layouts) == receive(plan(), path, f"{name}.xlsx")
        assert (layouts.by_sheets > before) == is_known


def test_a_label_merged_from_a_row_above_the_header_keeps_its_column(tmp_path: Path) -> None:
    """The row of the header ends before that column, which is read as well."""
    layouts = LayoutCache(plan(), after=NEVER)
    for commune in range(4):
        name, rows = rows_of(commune, SENDERS[2])
        head = rows[5]
        width = len(head) - 1  # the last column is one that nobody asked for
        for row in rows:
            del row[width:]
        rows[4] = [*[""] * (width - 1), head.pop()]
        path = write_xlsx(
            tmp_path / "a.xlsx", rows, merges=[f"{column_letter(width - 1)}5:{column_letter(width - 1)}6"]
        )
        given = receive(plan(), path, f"{name}.xlsx", layouts)
        assert given == receive(plan(), path, f"{name}.xlsx")
        assert min(given.tables[0].columns) >= 0
    assert layouts.faults == []
