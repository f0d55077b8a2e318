"""`decide` where it is killed, where files are locked or may not be read, lists not as written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from helpers.command import CommandResult, run
from helpers.returns import HEAD, W1, W2, commune, setup, write_xlsx

pytestmark = pytest.mark.slow

WHY = ("--reason", "told by telephone", "--by", "office")
NIL = ("--nil", "0702", *WHY)
LOCK = ".decisions.csv.lock"
HANGING = """
import os, sys, time
from antq_stats.render.writing import output
def hang(descriptor):
    print("at the last moment", flush=True)
    time.sleep(600)
output.os.fsync = hang
from antq_stats.__main__ import main
main()
"""
"""A run that stops between writing the file beside decisions.csv and renaming it."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = setup(tmp_path / "2021")
    write_xlsx(folder / "a.xlsx", commune((12, 5), (3, 1), (60, 70)))
    return folder


def decide(folder: Path, *more: object) -> CommandResult:
    return run("decide", folder, *more, "--yes", "--lang", "en", env={"SOURCE_DATE_EPOCH": "1638921600"})


def lines_of(folder: Path) -> list[str]:
    path = folder / "decisions.csv"
    return path.read_text("utf-8-sig").splitlines()[1:] if path.exists() else []


def filled_list(folder: Path, change: Callable[[Worksheet, int], None] | None = None) -> Path:
    """A list in which Xã Minh Quân has nothing to report, changed by its sheet and its row of heads."""
    path = folder.with_name("list.xlsx")
    assert run("validate", folder, "-o", path, "--lang", "en").status == 1
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    (head,) = [row[0].row for row in sheet.iter_rows() if row[0].value == "No."]
    places = {cell.value: cell.column for cell in sheet[head]}
    for row in range(head + 1, sheet.max_row + 1):
        if sheet.cell(row, places["Code"]).value == "U302":
            for name, text in (("Decision", "nothing to report"), ("Reason", "told"), ("Office", "VP")):
                sheet.cell(row, places[name]).value = text
    if change is not None:
        change(sheet, head)
    book.save(path)
    return path


@pytest.mark.parametrize("already", [0, 1])
def test_a_run_killed_while_it_writes_leaves_the_old_state_and_no_return(folder: Path, already: int) -> None:
    if already:
        assert decide(folder, "--unit", "070101", "--measure", "trau", "--value", "21", *WHY).status == 0
    before = lines_of(folder)
    command = [sys.executable, "-c", HANGING, "decide", folder, *NIL, "--yes"]
    paths = {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **paths}) as killed:
        assert killed.stdout is not None
        assert any("at the last moment" in line for line in killed.stdout)
        os.kill(killed.pid, signal.SIGKILL)
    left = {path.name for path in folder.iterdir()} - {"a.xlsx", "form.toml", "units.csv", "decisions.csv"}
    assert LOCK in left
    assert [name for name in left if name.endswith(".tmp")], "it was killed too early"
    assert lines_of(folder) == before
    told = run("validate", folder, "--format", "json").data
    assert (told["summary"]["files"], len(before)) == (1, already)
    assert not [each for each in told["findings"] if each["file"] in left]
    refused = decide(folder, *NIL)
    assert (refused.status, LOCK in refused.stderr) == (3, True)
    (folder / LOCK).unlink()
    assert decide(folder, *NIL).status == 0
    assert lines_of(folder)[:-1] == before
    assert lines_of(folder)[-1].split(",")[1:3] == ["nil", "0702"]


@pytest.mark.parametrize("lock", [".~lock.decisions.csv#", "~$decisions.csv", "~$cisions.csv"])
def test_decisions_open_in_an_office_program_are_not_written_under_it(folder: Path, lock: str) -> None:
    (folder / lock).write_text("x", encoding="utf-8")
    refused = decide(folder, *NIL)
    assert refused.status == 3
    told = " ".join(refused.stderr.split())
    assert "decisions.csv" in told
    assert f"delete {lock}" in told
    assert not lines_of(folder)
    assert not (folder / LOCK).exists()
    (folder / lock).unlink()
    assert decide(folder, *NIL).status == 0


def test_a_list_that_is_open_is_taken_as_it_was_saved_and_that_is_told(folder: Path) -> None:
    path = filled_list(folder)
    path.with_name(".~lock.list.xlsx#").write_text("x", encoding="utf-8")
    done = decide(folder, path)
    assert done.status == 0, done.output
    told = " ".join(done.stderr.split())
    assert "list.xlsx is open in another program (lock file .~lock.list.xlsx#)" in told
    assert len(lines_of(folder)) == 1


@pytest.mark.skipif(
    os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all"
)
def test_a_list_that_may_not_be_read_is_told_as_that(folder: Path) -> None:
    path = filled_list(folder)
    path.chmod(0)
    refused = decide(folder, path)
    assert refused.status == 2
    assert "get permission to read it" in " ".join(refused.stderr.split())


def test_one_list_taken_by_several_runs_at_once_is_taken_once(folder: Path) -> None:
    path = filled_list(folder)
    with ThreadPoolExecutor(4) as pool:
        ran = list(pool.map(lambda _: decide(folder, path), range(4)))
    assert [each.status for each in ran] == [0] * 4
    assert len(lines_of(folder)) == 1


def test_the_same_decision_is_taken_again_once_another_has_replaced_it(folder: Path) -> None:
    for value in ("21", "22", "21"):
        decide(folder, "--unit", "070101", "--measure", "trau", "--value", value, *WHY)
    assert [line.split(",")[7] for line in lines_of(folder)] == ["21", "22", "21"]


def _hide(sheet: Worksheet, _head: int) -> None:
    book = sheet.parent
    assert book is not None
    book.create_sheet("Notes")
    sheet.title, sheet.sheet_state = "Findings", "hidden"


def test_a_list_on_a_hidden_sheet_is_not_passed_over(folder: Path) -> None:
    refused = decide(folder, filled_list(folder, _hide))
    assert refused.status == 2
    told = " ".join(refused.stderr.split())
    assert "the list is on a hidden sheet; unhide it and save the file. The sheet: Findings" in told
    assert "antq-stats validate" in told
    assert not lines_of(folder)


def test_a_reason_that_is_too_long_is_refused_not_cut(folder: Path) -> None:
    def lengthen(sheet: Worksheet, head: int) -> None:
        (place,) = [cell.column for cell in sheet[head] if cell.value == "Reason"]
        for row in range(head + 1, sheet.max_row + 1):
            if sheet.cell(row, place).value:
                sheet.cell(row, place).value = "told " * 100

    refused = decide(folder, filled_list(folder, lengthen))
    assert refused.status == 1
    assert "at most 400 characters" in refused.stderr
    typed = decide(folder, "--nil", "0702", "--reason", "told " * 100, "--by", "office")
    assert typed.status == 1
    assert "at most 400 characters" in typed.stderr
    assert not lines_of(folder)


@pytest.mark.parametrize("suffix", ["xls", "pdf", ""])
def test_a_list_of_another_kind_of_file_is_told_with_the_kinds_that_are_read(
    folder: Path, suffix: str
) -> None:
    path = filled_list(folder).rename(folder.with_name(f"list.{suffix}".rstrip(".")))
    refused = decide(folder, path)
    assert refused.status == 2
    assert "a list is an .xlsx, .ods or .csv file" in " ".join(refused.stderr.split())


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", "no header row"), (b"\x00\x01\x02" * 99, "not a text file"), (None, "not a file")],
)
def test_a_file_of_decisions_that_cannot_be_read_stops_all_with_its_name(
    folder: Path, content: bytes | None, problem: str
) -> None:
    path = folder / "decisions.csv"
    path.mkdir() if content is None else path.write_bytes(content)
    for ran in (decide(folder, *NIL), run("validate", folder, "--lang", "en")):
        assert ran.status == 2
        told = " ".join(ran.stderr.split())
        assert "decisions.csv" in told
        assert problem in told
        assert "Save decisions.csv as CSV UTF-8" in told


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_list_whose_letters_were_lost_is_told_how_to_save_it(folder: Path, encoding: str) -> None:
    heads = "STT;Quyết định;Lý do;Bộ phận xử lý;Mã dòng;Danh sách của\n"
    path = folder.with_name("list.csv")
    path.write_bytes(heads.encode(encoding, "replace"))
    refused = decide(folder, path)
    assert refused.status == 2
    assert "save the list as .xlsx or as CSV UTF-8" in " ".join(refused.stderr.split())


@pytest.mark.parametrize("change", ["value", "gone"])
def test_a_row_of_an_older_list_is_refused_with_the_command_for_a_new_one(folder: Path, change: str) -> None:
    write_xlsx(folder / "b.xlsx", commune(("năm", 1), (3, 1), head=HEAD, villages=(W1, W2)))
    path = folder.with_name("list.xlsx")
    run("validate", folder, "-o", path, "--lang", "en")
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    (head,) = [row[0].row for row in sheet.iter_rows() if row[0].value == "No."]
    places = {cell.value: cell.column for cell in sheet[head]}
    (row,) = [
        at for at in range(head + 1, sheet.max_row + 1) if sheet.cell(at, places["Code"]).value == "C302"
    ]
    for name, text in (("Decision", "correct"), ("Right value", 5), ("Reason", "told"), ("Office", "VP")):
        sheet.cell(row, places[name]).value = text
    book.save(path)
    first: object = "sáu" if change == "value" else 6
    write_xlsx(folder / "b.xlsx", commune((first, 1), (3, 1), head=HEAD, villages=(W1, W2)))
    refused = decide(folder, path)
    assert refused.status == 1
    assert f"A new list is written by: antq-stats validate {folder}" in " ".join(refused.stderr.split())
    assert not lines_of(folder)
