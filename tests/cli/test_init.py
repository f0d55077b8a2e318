"""`antq-stats init`: a folder to start from, by options, by questions, from last year, from a list."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import antq_stats
from antq_stats.form import load_form
from antq_stats.register.register import UnitRegister, load_register
from helpers.command import CommandResult, run
from helpers.places import SAMPLES

READ_ME = "Đọc trước.txt"


def init(folder: Path, *arguments: object, lang: str = "vi") -> CommandResult:
    return run("init", folder, *arguments, "--lang", lang)


def register(folder: Path, on: date = date(2025, 12, 31)) -> UnitRegister:
    return load_register(folder / "units.csv", on)


def levels(found: UnitRegister) -> dict[str, int]:
    return {name: found.units.levels.count(level) for level, name in enumerate(found.levels)}


# ---------------------------------------------------------------- what it writes


def test_a_folder_starts_with_register_form_and_read_me(tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    done = init(folder, "--province", "Lào Cai")
    assert done.status == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(["units.csv", "form.toml", READ_ME])
    once = f"khi có những báo cáo đầu tiên thì chạy antq-stats adopt {folder} để lấy tên thôn từ báo cáo"
    assert once in done.stderr
    read_me = (folder / READ_ME).read_text("utf-8-sig")
    assert once in read_me
    (step,) = [part for part in read_me.split("\n\n") if part.startswith("  3. ")]
    assert f"antq-stats adopt {folder}\n" in step
    assert (folder / "units.csv").read_bytes().startswith(b"\xef\xbb\xbfcode,name,level,parent,type,")
    assert levels(register(folder)) == {"province": 1, "commune": 99}
    form = load_form(folder / "form.toml")
    assert (form.about.version, form.about.period) == ("2025", None)
    head = form.letterhead
    assert head.issuer == "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh Lào Cai"
    assert (head.place, head.deadline, head.signer) == ("Lào Cai", date(2025, 12, 5), "Chủ tịch")
    assert "Đã ghi units.csv: 99 đơn vị cấp xã." in done.stderr
    assert done.stdout.startswith("Lệnh tiếp theo: antq-stats template ")


def test_comments_of_the_edition_are_kept_in_the_form(tmp_path: Path) -> None:
    from antq_stats.form.editions import edition_bytes

    folder = tmp_path / "2025"
    init(folder, "--province", "15")
    written = (folder / "form.toml").read_text("utf-8")
    edition = edition_bytes("2025").decode()
    head = written[written.index("[letterhead]") : written.index("[[", written.index("[letterhead]"))]
    assert written.replace(head, "") == edition


@pytest.mark.slow
def test_the_next_command_and_those_of_the_read_me_can_be_run_as_they_stand(tmp_path: Path) -> None:
    folder = tmp_path / "so lieu 2025"
    done = init(folder, "--province", "15")
    blanks = tmp_path / "so lieu 2025-bieu-trong"
    command = f'antq-stats template "{folder}" -o "{blanks}"'
    assert done.stdout == f"Lệnh tiếp theo: {command}\n"
    text = (folder / READ_ME).read_bytes().decode("utf-8-sig")
    assert "\r\n" in text
    assert command in text
    assert f'antq-stats year-end "{folder}"' in text
    assert "Tỉnh Lào Cai, năm 2025" in text
    assert "Hạn gửi báo cáo: 05/12/2025." in text
    assert run("template", folder, "-o", blanks).status == 0
    assert len(list(blanks.rglob("*.xlsx"))) == 99
    assert run("form", "check", folder).status == 0


def test_the_units_are_those_of_the_cut_off(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    done = init(folder, "--province", "15")
    assert levels(register(folder, date(2021, 12, 31))) == {"province": 1, "district": 9, "commune": 173}
    assert load_form(folder / "form.toml").about.version == "2021"
    assert done.stderr.count("\n") == 4  # three files, and that there are no villages
    early = init(tmp_path / "2019", "--province", "Yên Bái", lang="en")
    assert "The earliest built-in list of Yên Bái is that of 31 January 2020" in early.stderr
    assert levels(register(tmp_path / "2019", date(2019, 12, 31)))["commune"] == 180


def test_options_fill_the_letterhead(tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    issuer = 'Ủy ban MTTQ "tỉnh" Lào Cai\\'
    options = ("--issuer", issuer, "--place", "Yên Bái", "--deadline", "20/11/2025")
    assert init(folder, "--province", "15", *options).status == 0
    head = load_form(folder / "form.toml").letterhead
    assert (head.issuer, head.place, head.deadline) == (issuer, "Yên Bái", date(2025, 11, 20))


@pytest.mark.parametrize(
    ("name", "options", "period"),
    [
        ("Năm 2025", (), None),
        ("moi", ("--year", "2025"), "2025"),
        ("2024", ("--year", "2025"), "2025"),
        ("Quý 3 năm 2025", (), None),
    ],
)
def test_the_form_states_the_period_where_the_name_of_the_folder_does_not(
    tmp_path: Path, name: str, options: tuple[str, ...], period: str | None
) -> None:
    folder = tmp_path / name
    assert init(folder, "--province", "15", *options).status == 0
    form = load_form(folder / "form.toml")
    assert (form.about.version, form.about.period) == ("2025", period)
    assert levels(register(folder))["commune"] == 99


# ---------------------------------------------------------------- what it never does


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    folder.mkdir()
    (folder / "units.csv").write_text("mine", encoding="utf-8")
    done = init(folder, "--province", "15", "--from", SAMPLES / "2021")
    assert done.status == 0
    assert "units.csv đã có từ trước, để nguyên." in done.stderr
    assert (folder / "units.csv").read_text("utf-8") == "mine"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    again = init(folder, "--province", "15")
    assert (again.status, again.stdout) == (2, "")
    assert "đã có đủ units.csv, form.toml và tệp đọc trước" in again.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_register_in_a_workbook_is_a_register_too(tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    folder.mkdir()
    run("units", "--province", "15", "-o", folder / "units.xlsx")
    done = init(folder, "--province", "15")
    assert done.status == 0
    assert "units.xlsx đã có từ trước, để nguyên." in done.stderr
    assert not (folder / "units.csv").exists()
    assert run("form", "check", folder).status == 0  # with the levels of that register


def test_a_form_whose_suffix_windows_hides_is_not_passed_by(tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    folder.mkdir()
    (folder / "form.toml.txt").write_text("mine", encoding="utf-8")
    done = init(folder, "--province", "15")
    assert "form.toml.txt đã có từ trước, để nguyên." in done.stderr
    assert not (folder / "form.toml").exists()


def test_files_of_a_folder_above_are_told(tmp_path: Path) -> None:
    (tmp_path / "form.toml").write_text("not read", encoding="utf-8")
    done = init(tmp_path / "2025", "--province", "15")
    assert "Thư mục bên trên cũng có form.toml; từ nay thư mục này dùng form.toml vừa ghi." in done.stderr
    assert "cũng có units" not in done.stderr


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("2025", (), "chưa ghi tên tỉnh, thành phố: --province"),
        ("moi", ("--province", "15"), "chưa biết lập số liệu năm nào: ghi --year"),
        ("2025", ("--province", "lao cai"), "có phải Lào Cai?"),
        ("2025", ("--province", "Yên Bái"), "nay thuộc tỉnh Lào Cai (15)"),
        ("2025", ("--province", "15", "--year", "25"), "“25” không phải là năm"),
        ("2025", ("--province", "15", "--deadline", "mai"), "“mai” không phải là ngày"),
        ("2025", ("--province", "15", "--from", "x", "--villages", "y"), "chỉ ghi một trong hai"),
        ("2025", ("--province", "15", "--from", "x"), "không có danh mục"),
        ("2025", ("--province", "15", "--villages", "x.csv"), "Không mở được x.csv: không có tệp này"),
        ("2020", ("--province", "15", "--from", SAMPLES / "2021"), "không phải của năm trước năm 2020"),
    ],
)
def test_misuse_writes_nothing(
    tmp_path: Path, name: str, arguments: tuple[object, ...], message: str
) -> None:
    done = init(tmp_path / name, *arguments)
    assert (done.status, done.stdout) == (2, "")
    assert message in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_an_output_that_could_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "2025").write_text("a file", encoding="utf-8")
    assert init(tmp_path / "2025", "--province", "15").status == 3


# ---------------------------------------------------------------- villages


def test_villages_of_last_year_are_carried_and_what_became_of_them_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    done = init(folder, "--province", "15", "--from", SAMPLES / "2021")
    assert done.status == 0
    assert levels(register(folder)) == {"province": 1, "commune": 99, "village": 1365}
    assert (
        "Đã lấy 1.365 thôn, bản, tổ dân phố từ danh mục năm trước (2021); 1.323 nay thuộc xã mới"
        in done.stderr
    )
    assert "48 đơn vị cấp xã chưa có thôn" in done.stderr
    read_me = (folder / READ_ME).read_text("utf-8-sig")
    assert "xã Minh Lương\n" in read_me  # the last of those without villages
    assert "xã Minh Lương" not in done.stderr


def test_from_year_to_year_on_the_same_communes_the_register_stays_the_same(tmp_path: Path) -> None:
    init(tmp_path / "2025", "--province", "15", "--from", SAMPLES / "2021")
    done = init(tmp_path / "2026", "--province", "15", "--from", tmp_path / "2025")
    assert done.status == 0
    assert (tmp_path / "2026" / "units.csv").read_bytes() == (tmp_path / "2025" / "units.csv").read_bytes()
    assert "1.365 thôn, bản, tổ dân phố từ danh mục năm trước (2025); 0 nay thuộc xã mới" in done.stderr


def test_villages_that_cannot_be_placed_are_told_with_the_communes_they_may_be_in(tmp_path: Path) -> None:
    last = tmp_path / "2024"
    last.mkdir()
    (last / "units.csv").write_text(
        "code,name,level,parent\n1,Hà Nội,province,\n001,Ba Đình,district,1\n"
        "00007,Cống Vị,commune,001\n00007001,Tổ 1,village,00007\n",
        encoding="utf-8",
    )
    done = init(tmp_path / "2025", "--province", "Hà Nội", "--from", last / "units.csv")
    told = "Cống Vị đã được chia về phường Ngọc Hà, phường Giảng Võ; chưa xếp được 1 thôn: Tổ 1"
    assert done.status == 0
    assert told in done.stderr
    assert "units.csv: " in done.stderr  # the zero of code 01 was restored
    assert told in (tmp_path / "2025" / READ_ME).read_text("utf-8-sig")
    assert "village" not in levels(register(tmp_path / "2025"))


def test_villages_of_a_list_are_taken(tmp_path: Path) -> None:
    listed = tmp_path / "thon.csv"
    listed.write_text("Xã,Tên thôn,Số hộ\nCam Đường,Tổ 1,120\nxã Cốc San,Thôn 1,\n", encoding="utf-8")
    done = init(tmp_path / "2025", "--province", "15", "--villages", listed)
    assert "Đã ghi units.csv: 99 đơn vị cấp xã, 2 thôn, bản, tổ dân phố." in done.stderr
    found = register(tmp_path / "2025")
    village = found.unit("02671001")
    assert village is not None
    assert (village.name, village.parent) == ("Tổ 1", "02671")
    assert Counter(found.households) == {120: 1, -1: len(found) - 1}


def test_a_list_with_faults_is_told_row_by_row(tmp_path: Path) -> None:
    listed = tmp_path / "thon.csv"
    listed.write_text("Xã,Thôn\nCoc San,Thôn 1\nCốc San,Thôn 1\nCốc San,Thôn 01\n", encoding="utf-8")
    done = init(tmp_path / "2025", "--province", "15", "--villages", listed)
    assert done.status == 2
    assert done.stderr.splitlines() == [
        "Dòng 2: không có xã “Coc San” trong tỉnh; có phải xã Cốc San?",
        "Dòng 4: Thôn 01 của xã Cốc San đã có ở dòng 3.",
        (
            "Danh sách thon.csv có 2 chỗ phải sửa; chưa ghi tệp nào. Sửa các dòng nêu trên, lưu lại, "
            "rồi chạy lại đúng lệnh này."
        ),
    ]
    assert not (tmp_path / "2025").exists()


def test_what_was_made_of_a_list_is_told(tmp_path: Path) -> None:
    listed = tmp_path / "thon.csv"
    listed.write_text('Xã,Thôn\nCốc San,"Tổ 1, 2"\nTổng cộng,\n', encoding="utf-8")
    done = init(tmp_path / "2025", "--province", "15", "--villages", listed)
    assert done.status == 0
    assert "1 dòng tổng cộng được bỏ qua (dòng 3)." in done.stderr
    assert "1 tên có dấu phẩy, mỗi tên được lấy làm một thôn: Tổ 1, 2 (xã Cốc San)." in done.stderr


# ---------------------------------------------------------------- questions on a terminal


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_on_a_terminal_what_is_left_out_is_asked_for(tmp_path: Path) -> None:
    text = _typed(
        ["abc", "2025", "lao cai", "", "", "32/1/2025", "20/11/2025"],
        "init",
        tmp_path / "moi",
        "--lang",
        "vi",
    )
    assert "“abc” không phải là năm" in text
    assert "Không có tỉnh, thành phố “lao cai”; có phải Lào Cai?" in text
    assert "Tỉnh, thành phố nào (tên hoặc mã) [Lào Cai]:" in text
    assert "[Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh Lào Cai]:" in text
    assert "“32/1/2025” không phải là ngày" in text
    form = load_form(tmp_path / "moi" / "form.toml")
    assert form.about.period == "2025"
    assert form.letterhead.issuer == "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh Lào Cai"
    assert form.letterhead.deadline == date(2025, 11, 20)
    assert levels(register(tmp_path / "moi"))["commune"] == 99


def _typed(answers: list[str], *arguments: object) -> str:
    """Run the command on a terminal on which the answers are typed; return what it showed."""
    import pty

    ours, theirs = pty.openpty()
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(antq_stats.__file__).parent.parent),
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-m", "antq_stats", *map(str, arguments)]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
        shown = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
    os.close(ours)
    assert process.returncode == 0
    return shown.decode()


# ---------------------------------------------------------------- who has nothing is led to it


def test_a_folder_without_a_register_names_the_command_that_makes_one(tmp_path: Path) -> None:
    done = run("status", tmp_path, "--lang", "vi")
    assert done.status == 2
    assert "S201" in done.stderr
    assert "Nếu chưa có danh mục, tạo bằng lệnh antq-stats init." in done.stderr
