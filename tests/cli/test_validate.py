"""The daily screen of `validate`: a summary, the findings, what to do next; and single files."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from antq_stats.reading.files.own_output import is_own_text
from helpers import places
from helpers.command import run
from helpers.returns import RATIO, commune, setup, write_xlsx

MESSY = places.SAMPLES / "2021-messy"


def test_it_begins_with_counts_by_kind_and_by_sender() -> None:
    lines = run("validate", MESSY, "--lang", "vi").stdout.splitlines()
    assert lines[0] == "19 lỗi phải sửa; 5 điểm cần kiểm tra"
    kinds = lines[lines.index("Theo loại") + 1 : lines.index("Theo đơn vị gửi") - 1]
    assert sum(int(line.split()[1]) for line in kinds) == 24
    assert kinds[0].split(maxsplit=3) == ["✗", "3", "U301", "Thiếu dòng số liệu"]
    assert "Xã Phúc Lợi, huyện Lục Yên: 4 lỗi phải sửa" in lines[lines.index("Theo đơn vị gửi") + 1]


def test_it_ends_with_what_to_do_next_but_only_on_the_screen(tmp_path: Path) -> None:
    done = run("validate", MESSY, "--lang", "vi")
    last = done.stdout.rstrip().splitlines()[-4:]
    assert last[0] == "Việc tiếp theo:"
    assert f"antq-stats validate {MESSY} --format xlsx -o gui-lai" in last[1]
    run("validate", MESSY, "--lang", "vi", "-o", tmp_path / "x.txt")
    assert "Việc tiếp theo" not in (tmp_path / "x.txt").read_text(encoding="utf-8")
    assert is_own_text((tmp_path / "x.txt").read_bytes(), ".txt")


def test_a_few_findings_need_no_summary(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", RATIO)
    write_xlsx(folder / "a.xlsx", commune((10, "hai"), (20, 2), (30, 3)))
    lines = run("validate", folder / "a.xlsx", "--lang", "vi").stdout.splitlines()
    assert lines[0] == "a.xlsx  (1 lỗi phải sửa)"


def test_the_json_has_no_summary_of_its_own() -> None:
    told = json.loads(run("validate", MESSY, "--format", "json").stdout)
    assert list(told) == ["antq_stats", "period", "form", "summary", "findings"]


def test_one_fault_of_many_files_is_told_once_and_counted(tmp_path: Path) -> None:
    units = "code,name,level,parent\n07,Hà,province,\n" + "".join(
        f"07{n:02},Xã {n},commune,07\n07{n:02}01,Thôn {n},village,07{n:02}\n" for n in range(1, 9)
    )
    folder = setup(tmp_path / "2021", units=units)
    for number in range(1, 9):
        rows = [["Mã thôn", "Tên thôn", "Số trâu"], [f"07{number:02}01", f"Thôn {number}", 3]]
        write_xlsx(folder / f"{number}.xlsx", rows)
    text = run("validate", folder, "--lang", "vi").stdout
    assert text.count("! T201") + text.count("✗ T201") == 1
    assert "T201: giống nhau ở 8 tệp" in text
    assert "Ở 8 tệp: 1.xlsx; 2.xlsx" in text
    assert "Đã gộp" in text
    assert text.splitlines()[0].startswith("8 lỗi phải sửa")


@pytest.mark.skipif(os.name != "posix", reason="pseudo terminals")
def test_colours_are_on_a_terminal_and_not_with_no_color() -> None:
    import pty
    import subprocess

    def shown(**more: str) -> bytes:
        ours, theirs = pty.openpty()
        environ = {**os.environ, "TERM": "xterm", "ANTQ_STATS_LANG": "vi", "COLUMNS": "100", **more}
        environ.pop("NO_COLOR" if "NO_COLOR" not in more else "", None)
        with subprocess.Popen(
            [sys.executable, "-m", "antq_stats", "validate", str(MESSY), "-q"],
            stdout=theirs, stderr=subprocess.DEVNULL, env=environ,
        ) as process:  # fmt: skip
            os.close(theirs)
            parts = []
            try:
                while part := os.read(ours, 65536):
                    parts.append(part)
            except OSError:  # the other end is closed
                pass
            process.wait()
        os.close(ours)
        return b"".join(parts)

    coloured = shown()
    assert b"\x1b[1;31m" in coloured  # hard: red
    assert b"\x1b[33m" in coloured  # soft: yellow
    assert b"\x1b" not in shown(NO_COLOR="1")


# -- single files ---------------------------------------------------------------------------------


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MESSY, tmp_path / "2021"))


def test_a_single_file_is_checked_with_the_form_and_register_of_its_folder(messy: Path) -> None:
    done = run("validate", messy / "luc-yen" / "phuc-loi.xlsx", "--format", "json")
    told = json.loads(done.stdout)
    assert done.status == 1
    assert told["period"] == "2021"
    assert told["summary"]["files"] == 1
    assert [finding["code"] for finding in told["findings"]] == ["U103", "U103", "U301", "U301"]
    assert {finding["file"] for finding in told["findings"]} == {"luc-yen/phuc-loi.xlsx"}


def test_missing_units_of_others_are_not_told(messy: Path) -> None:
    files = [messy / "luc-yen" / "muong-lai.xlsx", messy / "tran-yen" / "y-can.xlsx"]
    done = run("validate", *files, "--format", "json")
    told = json.loads(done.stdout)
    assert done.status == 0
    assert {finding["file"] for finding in told["findings"]} == {
        "luc-yen/muong-lai.xlsx", "tran-yen/y-can.xlsx",
    }  # fmt: skip
    assert run("validate", messy / "luc-yen" / "lieu-do.csv", messy / "bieu-02-hai-xa.csv").status in (0, 1)


def test_a_file_that_cannot_be_read_is_still_told_with_its_unit(messy: Path) -> None:
    told = json.loads(run("validate", messy / "tran-yen" / "viet-thanh.xlsx", "--format", "json").stdout)
    assert {finding["code"] for finding in told["findings"]} == {"F102", "U302"}


def test_files_are_found_from_within_the_folder_of_the_district(
    messy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(messy / "luc-yen")
    done = run("validate", "phuc-loi.xlsx", "--format", "json")
    assert json.loads(done.stdout)["period"] == "2021"


def test_marked_copies_of_single_files(messy: Path, tmp_path: Path) -> None:
    done = run("validate", messy / "luc-yen" / "phuc-loi.xlsx", "--format", "xlsx", "-o", tmp_path / "back")
    assert done.status == 1
    assert (tmp_path / "back" / "luc-yen" / "phuc-loi.xlsx").is_file()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_folders_and_files_are_not_mixed(lang: str, messy: Path) -> None:
    for given in ([messy, messy], [messy, messy / "units.csv"]):
        done = run("validate", *given, "--lang", lang)
        assert (done.status, done.stdout) == (2, "")
    done = run("validate", messy / "units.csv", messy / "none.xlsx", "--lang", lang)
    assert done.status == 2
    assert "none.xlsx" in done.stderr
