"""Several returns of one sender: one finding that names the files, what differs, and which was saved last."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from helpers.blank_returns import fill
from helpers.command import run
from helpers.reading import read_folder
from helpers.returns import V1, V2, V3, W1, W2, commune, setup, write_csv, write_xlsx

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return setup(tmp_path / "2021")


def _saved_at(path: Path, time: str) -> Path:
    """Write into a workbook when it was saved, as a spreadsheet program does."""
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts["docProps/core.xml"], times = _MODIFIED.subn(
        rb"\g<1>" + time.encode() + rb"\g<2>", parts["docProps/core.xml"]
    )
    assert times == 1
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _send(folder: Path, name: str, saved: str, *figures: tuple[object, object]) -> None:
    _saved_at(write_xlsx(folder / name, commune(*figures)), saved)


def test_the_one_saved_last_is_named_whatever_the_order_of_the_names(folder: Path) -> None:
    _send(folder, "a.xlsx", "2021-12-03T18:30:00Z", (7, 1), (2, 2), (4, 3))
    _send(folder, "b.xlsx", "2021-12-01T02:00:00Z", (1, 1), (2, 2), (3, 3))
    validated = run("validate", folder, "--format", "json", "--lang", "vi")
    (finding,) = [found for found in validated.data["findings"] if found["file"]]
    assert (finding["code"], finding["file"], finding["cell"]) == ("F213", "a.xlsx", "C2")
    told = finding["message"]
    assert told.startswith(
        "Tệp này (lưu lúc 01:30 ngày 04/12/2021) và b.xlsx (lưu lúc 09:00 ngày 01/12/2021) là các báo cáo"
    )
    english = run("validate", folder, "--lang", "en").stdout
    assert "saved at 01:30 on 4 December 2021" in " ".join(english.split())


def test_the_time_of_saving_decides_nothing(folder: Path) -> None:
    _send(folder, "a.xlsx", "2021-12-03T18:30:00Z", (7, 1), (2, 2), (4, 3))
    _send(folder, "b.xlsx", "2021-12-01T02:00:00Z", (1, 1), (2, 2), (3, 3))
    assert read_folder(folder).sum("trau") == 2  # only the row in which they agree


@pytest.mark.parametrize("time", ["2021-13-45T99:00:00Z", "9999-12-31T23:59:59Z", "2021-12-01", "", "<?>"])
def test_a_time_that_no_clock_shows_is_not_told(folder: Path, time: str) -> None:
    _send(folder, "a.xlsx", "2021-12-03T18:30:00Z", (7, 1), (2, 2))
    _send(folder, "b.xlsx", time.replace("<", "&lt;"), (1, 1), (2, 2))
    outcome = read_folder(folder)
    (finding,) = [found for found in outcome.findings if found.file]
    assert (finding.code, finding.file, "saved" in finding.facts) == ("F213", "b.xlsx", False)


def test_three_returns_of_one_sender_are_one_finding(folder: Path) -> None:
    for number in range(3):
        write_csv(folder / f"lan {number + 1} gui.csv", commune((number, 1), (2, 2), (3, number)))
    outcome = read_folder(folder)
    (finding,) = [found for found in outcome.findings if found.file]
    assert (finding.code, finding.file) == ("F213", "lan 3 gui.csv")
    assert finding.facts["other"] == "lan 1 gui.csv, lan 2 gui.csv"


def test_two_blanks_of_one_sender_are_known_by_their_stamp_even_with_one_village(
    folder: Path, tmp_path: Path
) -> None:
    assert run("template", folder, "-o", tmp_path / "blank").status == 0
    blank = next(path for path in (tmp_path / "blank").rglob("*.xlsx") if "nguyen-thai-hoc" in path.name)
    for name, cows in (("mot", 3), ("hai", 4)):
        fill(blank, folder / f"{name}.xlsx", {(V1[0], "trau"): cows, (V1[0], "bo"): 1})
    outcome = read_folder(folder)
    assert (outcome.codes.count("F213"), outcome.codes.count("U202")) == (1, 0)


def test_one_village_in_two_other_files_is_a_row_too_many(folder: Path) -> None:
    write_csv(folder / "a.csv", commune((1, 1), villages=(V1,)))
    write_csv(folder / "b.csv", commune((2, 1), villages=(V1,)))
    assert read_folder(folder).codes.count("U202") == 2


def test_a_version_stated_in_the_name_replaces_a_return_of_another_name(folder: Path) -> None:
    write_csv(folder / "bao cao.csv", commune((1, 1), (2, 2), (3, 3)))
    write_csv(folder / "Nguyễn Thái Học - đã sửa_v2.csv", commune((7, 1), (2, 2), (4, 3)))
    outcome = read_folder(folder)
    assert outcome.at("F202") == [("bao cao.csv", None, None)]
    assert (outcome.codes.count("F213"), outcome.sum("trau")) == (0, 13)


@pytest.mark.parametrize("name", ["da sua (2)", "da sua - Copy"])
def test_a_number_that_a_program_adds_replaces_nothing(folder: Path, name: str) -> None:
    write_csv(folder / "bao cao.csv", commune((1, 1), (2, 2), (3, 3)))
    write_csv(folder / f"{name}.csv", commune((7, 1), (2, 2), (4, 3)))
    assert read_folder(folder).codes.count("F213") == 1


def test_a_stated_version_that_lacks_a_row_replaces_nothing(folder: Path) -> None:
    write_csv(folder / "bao cao.csv", commune((1, 1), (2, 2), (3, 3)))
    write_csv(folder / "da sua_v2.csv", commune((7, 1), (5, 2), villages=(V1, V2)))
    outcome = read_folder(folder)
    assert (outcome.codes.count("F213"), outcome.codes.count("F202")) == (1, 0)


def test_the_other_value_told_is_one_that_differs(folder: Path) -> None:
    for number, cows in enumerate((5, 7, 7)):
        write_csv(folder / f"gui {number}.csv", commune((cows, 1), (2, number)))
    (finding,) = [found for found in read_folder(folder).findings if found.file]
    assert (finding.code, finding.value, finding.facts["found"]) == ("F213", "7", "5")


def test_a_summary_of_several_senders_replaces_no_return(folder: Path) -> None:
    write_csv(folder / "bao cao.csv", commune((1, 1), (2, 2), (3, 3)))
    write_csv(folder / "minh quan.csv", commune((4, 1), (5, 2), villages=(W1, W2)))
    everything = commune((7, 1), (2, 2), (4, 3), (4, 1), (5, 2), villages=(V1, V2, V3, W1, W2))
    write_csv(folder / "tong hop_v2.csv", everything)
    outcome = read_folder(folder)
    assert (outcome.codes.count("F202"), outcome.codes.count("F213")) == (0, 1)
