"""Decisions that are typed: each way of deciding, what is refused, the list of decisions, and revoking."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from helpers.command import CommandResult, run
from helpers.returns import commune, setup, write_csv, write_xlsx

pytestmark = pytest.mark.slow

LOCK = ".decisions.csv.lock"

RULE = """
[[rule]]
code = "E02"
check = "trau <= 50"
severity = "soft"
message = { vi = "trâu nhiều", en = "many buffaloes" }

[[rule]]
code = "E03"
check = "bo <= 50"
severity = "hard"
message = { vi = "bò nhiều", en = "many cattle" }
"""
WHY = ("--reason", "told by telephone", "--by", "office")
HEADS = "date,decision,unit,measure,code,file,was,value,reason,by"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = setup(tmp_path / "2021", RULE)
    write_xlsx(folder / "a.xlsx", commune((12, 5), (3, 1), (60, 70)))
    return folder


def decide(folder: Path, *more: object) -> CommandResult:
    return run("decide", folder, *more, "--yes", env={"SOURCE_DATE_EPOCH": "1638921600"})


def lines_of(folder: Path) -> list[str]:
    path = folder / "decisions.csv"
    return path.read_text("utf-8-sig").splitlines()[1:] if path.exists() else []


def test_each_kind_of_decision_is_typed_listed_and_revoked(folder: Path) -> None:
    write_csv(folder / "cu.csv", commune((99, 5), (3, 1), (60, 2)))
    aside = decide(folder, "--set-aside", folder / "cu.csv", *WHY)
    assert aside.status == 0, aside.output
    corrected = decide(folder, "--unit", "070101", "--measure", "trau", "--value", "21", *WHY)
    assert corrected.status == 0
    assert "12" in corrected.stdout
    assert "75" in corrected.stdout
    assert "84" in corrected.stdout
    assert decide(folder, "--accept", "E02", "--unit", "070103", *WHY).status == 0
    assert decide(folder, "--nil", "Minh Quân", *WHY).status == 0
    again = decide(folder, "--unit", "070101", "--measure", "trau", "--value", "22", *WHY)
    assert again.status == 0, "the file, not the earlier decision, says what it was"
    assert decide(folder, "--undo", "3", *WHY).status == 0
    end = ",told by telephone,office"
    assert lines_of(folder) == [
        f"2021-12-08,set-aside,,,,cu.csv,,{end}",
        f"2021-12-08,correct,070101,trau,,,12,21{end}",
        f"2021-12-08,accept,070103,,E02,,60,{end}",
        f"2021-12-08,nil,0702,,,,,{end}",
        f"2021-12-08,correct,070101,trau,,,12,22{end}",
        f"2021-12-08,undo,,,,,,3{end}",
    ]
    write_xlsx(folder / "b.xlsx", commune((4, 1), villages=(("070201", "Thôn 1"),)))
    listed = run("decide", folder, "--list", "--format", "json").data
    assert [(each["number"], each["state"], each["problem"]) for each in listed] == [
        (1, "in-force", None),
        (2, "replaced", None),
        (3, "revoked", None),
        (4, "no-longer-fits", "has-answered"),
        (5, "in-force", None),
        (6, "in-force", None),
    ]
    assert decide(folder, "--undo", "3", *WHY).status == 1
    assert decide(folder, "--undo", "9", *WHY).status == 1
    assert len(lines_of(folder)) == 6


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--unit", "070101", "--measure", "trau", "--value", "nhiều"), "not a value of the measure"),
        (("--unit", "0701", "--measure", "trau", "--value", "80"), "a sum of those below"),
        (("--unit", "070101", "--measure", "trau", "--value", "12"), "has this value already"),
        (("--accept", "E03", "--unit", "070103"), "cannot be accepted"),
        (("--accept", "E02", "--unit", "070101"), "the finding is gone"),
        (("--nil", "0701"), "has sent figures"),
        (("--set-aside", "none.xlsx"), "no such file"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(
    folder: Path, options: tuple[str, ...], problem: str
) -> None:
    ran = decide(folder, *options, *WHY)
    assert ran.status == 1, ran.output
    assert problem in ran.stderr
    assert not (folder / "decisions.csv").exists()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ((), "--value, --accept, --nil, --set-aside, --undo"),
        (("--unit", "070101", "--value", "1", *WHY), "--value needs --measure too"),
        (("--nil", "0702", "--reason", "x"), "--nil needs --by too"),
        (("--nil", "0702", "--until-end", *WHY), "--nil does not go with --until-end"),
        (("--nil", "0702", "--undo", "1", *WHY), "one at a time"),
        (("list.xlsx", "--nil", "0702", *WHY), "one at a time"),
        (("list.xlsx", "--list"), "one at a time"),
        (("--list", "--format", "xlsx"), "choose from: table, csv, json"),
        (("--nil", "0702", "--format", "json", *WHY), "for --list only"),
        (("--nil", "0799", *WHY), "does not exist"),
    ],
)
def test_options_that_do_not_belong_together_are_refused(
    folder: Path, options: tuple[str, ...], problem: str
) -> None:
    ran = decide(folder, *options)
    assert ran.status == 2
    assert problem in ran.stderr


def test_a_folder_behind_a_url_is_not_written_to() -> None:
    ran = run("decide", "s3://bucket/2021", "--nil", "0702", *WHY, "--yes")
    assert ran.status == 2
    assert "behind a URL" in ran.stderr


def test_where_nobody_can_answer_nothing_is_written_and_the_command_is_told(folder: Path) -> None:
    ran = run("decide", folder, "--nil", "0702", *WHY)
    assert ran.status == 2
    assert "--yes" in ran.stderr
    assert "5/5" in ran.stdout, "what would change is shown"
    assert not (folder / "decisions.csv").exists()


@pytest.mark.skipif(os.name == "nt", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(("answer", "written"), [("y\n", 1), ("\n", 0)])
def test_on_a_terminal_it_asks_first(folder: Path, answer: str, written: int) -> None:
    import pty

    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    done = subprocess.run(
        [sys.executable, "-m", "antq_stats", "decide", folder, "--nil", "0702", *WHY, "--lang", "en"],
        check=False, stdin=theirs, capture_output=True, timeout=600,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"},
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0, done.stderr
    assert b"[y/N]" in done.stderr
    assert len(lines_of(folder)) == written


def test_runs_at_the_same_time_lose_no_line(folder: Path) -> None:
    values = ["21", "22", "23"]
    with ThreadPoolExecutor(len(values)) as pool:
        ran = list(
            pool.map(
                lambda value: decide(folder, "--unit", "070101", "--measure", "trau", "--value", value, *WHY),
                values,
            )
        )
    assert [each.status for each in ran] == [0, 0, 0]
    assert sorted(line.split(",")[7] for line in lines_of(folder)) == values
    assert not (folder / LOCK).exists()


def test_a_lock_that_a_killed_run_left_is_told(folder: Path) -> None:
    import socket

    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (folder / LOCK).write_text(f"{gone.pid} {socket.gethostname()}", encoding="utf-8")
    ran = decide(folder, "--nil", "0702", *WHY)
    assert ran.status == 3
    assert LOCK in ran.stderr
    assert not (folder / "decisions.csv").exists()
    assert run("validate", folder, "--format", "json").data["summary"]["files"] == 1, "it is no return"
