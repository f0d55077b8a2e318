"""The period of a folder: its name or a year in it, and what is reported about the choice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from antq_stats.collection.period_name import period_of
from helpers.command import run
from helpers.returns import FORM, UNITS, W1, W2, commune, setup, write_csv

NAMES = [
    ("2021", "2021"),
    ("Năm 2021", "2021"),
    ("nam-2021", "2021"),
    ("nam2021", "2021"),
    ("Báo cáo ANTQ năm 2021 (chính thức)", "2021"),
    ("2021 - Bản sao", "2021"),
    ("2021_v2", "2021"),
    ("2021-06", "2021-06"),
    ("2021-Q3", "2021-Q3"),
    ("Quý III năm 2021", "Quý III năm 2021"),
    ("6 tháng đầu năm 2021", "6 tháng đầu năm 2021"),
    ("Đợt 2 năm 2021", "Đợt 2 năm 2021"),
    ("2020-2021", "2020-2021"),
    ("20211231", "20211231"),
    ("số liệu", "số liệu"),
]


@pytest.mark.parametrize(("name", "period"), NAMES)
def test_the_year_in_a_folders_name_is_the_period(name: str, period: str) -> None:
    assert period_of(name) == period


def test_what_was_taken_is_said_and_nothing_where_the_name_is_the_period(tmp_path: Path) -> None:
    for name in ("Năm 2021", "2021"):
        folder = setup(tmp_path / name, form=FORM, units=UNITS)
        write_csv(folder / "mq.csv", commune(villages=(W1, W2)))
    told = run("validate", tmp_path / "Năm 2021", "--format", "json")
    assert told.data["period"] == "2021"
    assert "Năm 2021" in told.stderr
    assert "period" not in run("validate", tmp_path / "2021").stderr.casefold()
    stated = run("validate", tmp_path / "Năm 2021", "--period", "2022", "--format", "json")
    assert (stated.data["period"], "Năm 2021" in stated.stderr) == ("2022", False)


def test_a_blank_return_made_in_a_folder_named_with_words_is_no_stranger_there(tmp_path: Path) -> None:
    for name in ("Năm 2021", "2021"):
        setup(tmp_path / name, form=FORM, units=UNITS)
    assert "Năm 2021" in run("template", tmp_path / "Năm 2021", "-o", tmp_path / "out").stderr
    for folder in ("2021", "Năm 2021"):
        shutil.copy(tmp_path / "out" / "minh-quan.xlsx", tmp_path / folder)
        found = run("validate", tmp_path / folder, "--format", "json").data["findings"]
        assert not {"F203", "F207", "F208"} & {finding["code"] for finding in found}


@pytest.mark.parametrize(
    ("name", "code"),
    [("form.toml", "S101"), ("units.csv", "S201"), ("decisions.csv", "S221"), ("published.csv", "S231")],
)
@pytest.mark.parametrize("kind", ["a link to nothing", "a folder"])
def test_what_is_no_file_is_told_where_a_list_of_the_office_should_be(
    tmp_path: Path, name: str, code: str, kind: str
) -> None:
    """A link to nothing was passed over: decisions were not applied, and nobody was told."""
    folder = setup(tmp_path / "2025", form=FORM, units=UNITS)
    (folder / name).unlink(missing_ok=True)
    if kind == "a folder":
        (folder / name).mkdir()
    else:
        try:
            (folder / name).symlink_to("nowhere")
        except OSError:
            pytest.skip("this system makes no links for ordinary users")
    result = run("aggregate", folder, "--format", "json")
    assert (result.status, code in result.stderr, name in result.stderr) == (2, True, True), result.output
