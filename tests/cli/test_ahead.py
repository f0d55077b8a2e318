"""Reading that begins while the options are still being parsed: only what the command would read alike."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from antq_stats.cli import ahead, dispatch
from antq_stats.cli.app import application
from antq_stats.cli.options import FolderOptions
from antq_stats.plan import Limits
from helpers.command import run, wait_until
from helpers.places import SAMPLES

FOLDER = SAMPLES / "2021"
PLAIN = FolderOptions(FOLDER, None, None, None, None, None, Limits())
READ_OTHERWISE = {"--form", "--units", "--period", "--jobs", "--scheduler", "--limit", "--help", "-h"}
"""Options that change how a folder is read, or whether it is."""


def wait_for_the_end_of_processes() -> None:
    wait_until(lambda: not multiprocessing.active_children())


@pytest.mark.parametrize(
    "arguments",
    [
        ["aggregate", str(FOLDER)],
        ["aggregate", str(FOLDER), "--by", "commune", "-o", "x.csv"],
        ["report", "--output=x.xlsx", str(FOLDER), "-q"],
        ["year-end", "--with", str(SAMPLES / "2020"), str(FOLDER)],
    ],
)
def test_a_folder_that_is_plainly_named_is_read_at_once(arguments: list[str]) -> None:
    with ahead.begun(arguments):
        opened = ahead.taken(PLAIN)
        assert opened is not None
        assert len(opened.collect().files) == 173
        assert ahead.taken(PLAIN) is None, "it is taken once"


@pytest.mark.parametrize(
    "arguments",
    [
        ["aggregate", str(FOLDER), "--limit", "seconds=1"],
        ["aggregate", str(FOLDER), "--jobs=1"],
        ["aggregate", str(FOLDER), "-ox.csv"],
        ["aggregate", str(FOLDER), "--", str(FOLDER)],
        ["aggregate", str(FOLDER), str(SAMPLES / "2020")],
        ["aggregate", str(FOLDER / "units.csv")],
        ["aggregate", "no such folder"],
        ["aggregate", "x" * 5000],
        ["aggregate"],
        ["trace", str(FOLDER), "An Lạc", "so_ho"],
    ],
)
def test_any_other_command_line_is_left_to_the_parser(arguments: list[str]) -> None:
    with ahead.begun(arguments):
        assert ahead.taken(PLAIN) is None


@pytest.mark.parametrize(
    "options",
    [
        FolderOptions(SAMPLES / "2020", None, None, None, None, None, Limits()),
        FolderOptions(FOLDER, None, None, "2021", None, None, Limits()),
        FolderOptions(FOLDER, None, None, None, 1, None, Limits()),
        FolderOptions(FOLDER, None, None, None, None, None, Limits(seconds=1)),
        FolderOptions(FOLDER, None, None, None, None, None, Limits(), only=(FOLDER / "units.csv",)),
    ],
)
def test_what_was_begun_is_not_taken_for_other_options(options: FolderOptions) -> None:
    with ahead.begun(["aggregate", str(FOLDER)]):
        assert ahead.taken(options) is None
    wait_for_the_end_of_processes()


def test_what_no_command_takes_is_given_up() -> None:
    with ahead.begun(["aggregate", str(FOLDER)]):
        pass
    wait_for_the_end_of_processes()


def test_a_command_refused_while_it_reads_ends_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert dispatch.run(["aggregate", str(FOLDER), "--format", "xlsx", "--lang", "en"]) == 2
    assert "needs" in capsys.readouterr().err
    wait_for_the_end_of_processes()


def test_faults_of_the_folder_are_told_once_and_by_the_command(tmp_path: Path) -> None:
    (tmp_path / "form.toml").write_text("nonsense", encoding="utf-8")
    done = run("aggregate", tmp_path, "--lang", "en")
    assert done.status == 2
    assert done.stderr.count("S101") == 1


def test_a_name_too_long_for_a_folder_is_told_by_the_command() -> None:
    done = run("aggregate", "x" * 5000, "--lang", "en")
    assert done.status == 2
    assert done.stderr.count("S301") == 1


def test_signals_are_listened_for_before_anything_else_is_imported() -> None:
    code = "import sys, antq_stats.__main__; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    ours = {name for name in done.stdout.split() if name.startswith("antq_stats.")}
    assert ours == {"antq_stats.__main__", "antq_stats.cli", "antq_stats.cli.endings", "antq_stats.version"}


def test_every_option_is_known_as_one_that_changes_reading_or_not() -> None:
    flags, settings = set[str](), set[str]()
    for name in ahead.OF_A_FOLDER:
        command = typer.main.get_command(application(name))
        for option in command.commands[name].params:  # type: ignore[attr-defined]
            names = {each for each in option.opts if each.startswith("-")}
            (flags if getattr(option, "is_flag", False) else settings).update(names)
    assert (flags - READ_OTHERWISE, settings - READ_OTHERWISE) == (ahead.FLAGS, ahead.SETTINGS)
