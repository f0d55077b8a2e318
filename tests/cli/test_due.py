"""`status --due`: who is late after the day, and reminders to those who are not yet in before it."""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from pathlib import Path

import pytest

from helpers.command import run
from helpers.decisions import HEADS
from helpers.returns import W1, W2, commune, setup, write_xlsx

BEFORE, ON, AFTER = "2026-11-28", "2026-11-30", "2026-12-04"
DUE = "2026-11-30"


def arrive(path: Path, day: str) -> None:
    """Set the time of a file to noon of a day."""
    noon = dt.datetime.fromisoformat(f"{day}T12:00").astimezone().timestamp()
    os.utime(path, (noon, noon))


def on(day: str) -> dict[str, str]:
    """Return the environment of a run on a day."""
    return {"SOURCE_DATE_EPOCH": str(int(dt.datetime.fromisoformat(f"{day}T12:00+00:00").timestamp()))}


def records(folder: Path, day: str, *more: str) -> dict[str, tuple[object, object]]:
    data = run("status", folder, "--due", DUE, "--format", "json", *more, env=on(day)).data
    return {each["unit"]: (each["received"], each["late"]) for each in data}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = setup(tmp_path / "2026")
    arrive(write_xlsx(folder / "a.xlsx", commune()), "2026-12-03")
    return folder


def test_after_the_day_the_late_ones_are_listed(folder: Path) -> None:
    shown = run("status", folder, "--due", "30/11/2026", env=on(AFTER))
    text = " ".join(shown.stdout.split())
    assert "0/2 commune returns in time; 1 late; 1 not in." in text
    assert text.index("Xã Minh Quân not in") < text.index("Xã Nguyễn Thái Học 3 December 2026 3")
    assert records(folder, AFTER) == {
        "07": (None, None), "0701": ("2026-12-03", True), "0702": (None, True),
    }  # fmt: skip
    csv = run("status", folder, "--due", DUE, "--format", "csv", env=on(AFTER)).stdout.splitlines()
    assert csv[0].endswith(",received,late")


def test_a_return_of_the_day_itself_is_in_time(folder: Path) -> None:
    arrive(folder / "a.xlsx", ON)
    assert records(folder, AFTER)["0701"] == (ON, False)


def test_nothing_to_report_counts_from_the_day_of_that_decision(folder: Path) -> None:
    line = "nil,0702,,,,,,told by telephone,office"
    for day, late in (("2026-12-02", True), (BEFORE, False)):
        (folder / "decisions.csv").write_text(f"{HEADS}\n{day},{line}\n", encoding="utf-8")
        assert records(folder, AFTER)["0702"] == (day, late)


def test_a_correction_after_the_day_makes_nobody_late(folder: Path) -> None:
    arrive(folder / "a.xlsx", BEFORE)
    for number, day in ((2, "2026-12-01"), (3, "2026-12-02")):
        arrive(write_xlsx(folder / f"a_v{number}.xlsx", commune((number, 1))), day)
    assert records(folder, AFTER)["0701"] == (BEFORE, False)


def test_what_the_office_recorded_counts_before_the_time_of_a_file(folder: Path) -> None:
    (folder / "contacts.csv").write_text(
        "đơn vị,ngày nhận,điện thoại\n0701,29/11/2026,02163 111222\n0702,30/13/2026,\n", encoding="utf-8"
    )
    shown = run("status", folder, "--due", DUE, env=on(AFTER))
    assert "30/13/2026" in shown.stderr
    assert records(folder, AFTER)["0701"] == ("2026-11-29", False)
    (folder / "contacts.csv").write_text("unit,received\n0702,2026-12-02\n", encoding="utf-8")
    assert records(folder, AFTER)["0702"] == ("2026-12-02", True)


def test_a_file_in_an_archive_has_the_time_of_the_archive(folder: Path) -> None:
    path = write_xlsx(folder / "b.xlsx", commune(villages=(W1, W2)))
    with zipfile.ZipFile(folder / "hop thu.zip", "w") as archive:
        archive.write(path, "b.xlsx")
    path.unlink()
    arrive(folder / "hop thu.zip", BEFORE)
    assert records(folder, AFTER)["0702"] == (BEFORE, False)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_before_the_day_there_is_a_reminder_for_each_who_is_not_in(folder: Path, lang: str) -> None:
    arrive(folder / "a.xlsx", BEFORE)
    shown = run("status", folder, "--due", DUE, "--lang", lang, env=on(BEFORE)).stdout
    text = " ".join(shown.split())
    head, ask, greeting = {
        "vi": ("còn 2 ngày: 1/2 xã đã gửi; 1 chưa gửi.", "gửi báo cáo trước ngày 30/11/2026", "Kính gửi:"),
        "en": (
            "in 2 days: 1/2 commune returns are in; 1 still to come.",
            "return by 30 November 2026",
            "To ",
        ),
    }[lang]
    assert head in text
    assert ask in text
    assert shown.count(greeting) == 1
    assert "Minh Quân" in text
    assert "Nguyễn Thái Học" not in text
    assert records(folder, BEFORE)["0702"] == (None, False)


def test_everyone_in_time_is_one_line(folder: Path) -> None:
    for name, villages in (("a.xlsx", None), ("b.xlsx", (W1, W2))):
        arrive(write_xlsx(folder / name, commune(**({"villages": villages} if villages else {}))), BEFORE)
    shown = run("status", folder, "--due", DUE, env=on(AFTER))
    assert shown.stdout.strip() == "Due 30 November 2026: 2/2 commune returns in time; 0 late; 0 not in."


def test_a_day_that_is_none_is_refused_and_without_one_the_records_are_as_before(folder: Path) -> None:
    assert run("status", folder, "--due", "31/11/2026").status == 2
    assert "received" not in run("status", folder, "--format", "json").data[0]
