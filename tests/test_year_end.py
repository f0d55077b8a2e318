"""Everything of December in one go: the folder of results, written again and again, and never read."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from antq_stats import open_period, write_year_end
from antq_stats.output_marks import RESULT_FOLDER
from antq_stats.render.writing.output import OutputError
from helpers.command import CommandResult, run
from helpers.places import SAMPLES
from helpers.returns import W1, W2, commune, setup, write_xlsx

pytestmark = pytest.mark.slow

VI = {"ANTQ_STATS_LANG": "vi"}
OUTPUTS = {
    "1-tinh-hinh.txt", "2-can-sua.xlsx", "3-gui-lai", "4-nhan-tin", "5-phieu-nhan",
    "6-bao-cao-2021.docx", "6-bao-cao-2021.html", "6-bao-cao-2021.xlsx",
}  # fmt: skip
COPY = "3-gui-lai/luc-yen/an-lac.xlsx"


def year_end(*arguments: object, **env: str) -> CommandResult:
    return run(*arguments, env=VI | env)


def tree(folder: Path) -> dict[str, str]:
    """Return the hash of every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CommandResult]:
    """The messy samples under a name as officers choose them, and the command once run on them."""
    folder = tmp_path_factory.mktemp("december") / "Năm 2021 & các xã"
    shutil.copytree(SAMPLES / "2021-messy", folder)
    before = tree(folder)
    done = year_end("year-end", folder)
    assert tree(folder) == before, "nothing is written among the returns"
    return folder, done


@pytest.fixture
def returns(made: tuple[Path, CommandResult], tmp_path: Path) -> Path:
    """A copy of the returns with the results beside them."""
    folder = tmp_path / made[0].name
    shutil.copytree(made[0], folder)
    shutil.copytree(results_of(made[0]), results_of(folder))
    return folder


def results_of(folder: Path) -> Path:
    return folder.with_name(folder.name + "-ket-qua")


def test_one_command_writes_all_outputs_beside_the_folder(made: tuple[Path, CommandResult]) -> None:
    folder, done = made
    assert done.status == 1, done.output
    assert {path.name for path in results_of(folder).iterdir()} == OUTPUTS | {RESULT_FOLDER}
    assert "SỐ LIỆU TẠM TÍNH" in "".join(
        str(cell.value)
        for row in openpyxl.load_workbook(results_of(folder) / "6-bao-cao-2021.xlsx").worksheets[0]
        for cell in row
    )


def test_the_screen_says_who_has_sent_who_must_correct_and_what_is_next(
    made: tuple[Path, CommandResult],
) -> None:
    lines = made[1].stdout.splitlines()
    assert len(lines) <= 24
    standing = (
        "16/18 xã đã gửi (2 còn thiếu: xã Việt Thành (tệp không đọc được), xã Hưng Thịnh); 9 xã cần sửa "
        "(thị trấn Yên Thế, xã An Lạc, xã Tân Lĩnh, xã Khánh Hoà, xã Phúc Lợi, xã Trung Tâm, và 3 xã khác); "
        "báo cáo tạm tính. Số liệu: 140/163 thôn, tổ dân phố."
    )
    assert standing in " ".join(lines)  # a narrow terminal breaks it
    steps = [line for line in lines if line[:1].isdigit() and line[1:3] == ". "]
    assert "4-nhan-tin" in steps[0]
    assert "3-gui-lai" in steps[1]
    account = (results_of(made[0]) / "1-tinh-hinh.txt").read_text("utf-8")
    assert "- Xã Hưng Thịnh, huyện Trấn Yên\n" in account
    assert "- Xã Phúc Lợi, huyện Lục Yên: 4 lỗi phải sửa\n" in account
    for name in OUTPUTS:
        assert name in account or name.startswith("6-")


def test_the_count_of_those_to_correct_is_that_of_the_findings(made: tuple[Path, CommandResult]) -> None:
    rows = run("status", made[0], "--format", "json", "--by", "commune").data
    communes = [row for row in rows if row["level"] == "commune"]
    assert len(communes) == 18
    assert sum(row["read"] > 0 for row in communes) == 16
    assert sum(row["read"] > 0 and row["hard"] > 0 for row in communes) == 9


def test_each_output_is_what_its_own_command_writes(made: tuple[Path, CommandResult], tmp_path: Path) -> None:
    folder, results = made[0], results_of(made[0])
    run("report", folder, "-o", tmp_path / "report.xlsx", env=VI)
    run("validate", folder, "-o", tmp_path / "findings.xlsx", env=VI)
    run("validate", folder, "--format", "xlsx", "-o", tmp_path / "back", env=VI)
    run("validate", folder, "--by-sender", "-o", tmp_path / "calls", env=VI)
    run("status", folder, "--receipts", tmp_path / "receipts", env=VI)
    (tmp_path / "back" / "danh-sach.xlsx").unlink()
    assert tree(tmp_path / "back") == tree(results / "3-gui-lai")
    assert tree(tmp_path / "calls") == tree(results / "4-nhan-tin")
    assert tree(tmp_path / "receipts") == tree(results / "5-phieu-nhan")
    for name, same in (("report", "6-bao-cao-2021"), ("findings", "2-can-sua")):
        assert (tmp_path / f"{name}.xlsx").read_bytes() == (results / f"{same}.xlsx").read_bytes()


def test_a_folder_in_place_of_a_command_is_the_same(returns: Path, tmp_path: Path) -> None:
    for number, arguments in enumerate(([returns], ["--lang", "vi", returns], ["--lang=vi", returns])):
        out = tmp_path / str(number)
        assert run(*arguments, "-o", out, env=VI).status == 1
        assert tree(out) == tree(results_of(returns))


def test_a_folder_named_like_a_command_does_not_hide_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "explain").mkdir()
    monkeypatch.chdir(tmp_path)
    assert "C302" in run("explain", "C302").stdout


def test_a_word_that_is_no_folder_and_no_command_is_refused(tmp_path: Path) -> None:
    assert run(tmp_path / "2021").status == 2


def test_it_runs_again_and_leaves_what_is_not_its_own(returns: Path) -> None:
    results = results_of(returns)
    (results / "ghi-chu.txt").write_text("gọi lại thứ Hai", "utf-8")
    (results / "3-gui-lai" / "luc-yen" / "thu.txt").write_text("kính gửi", "utf-8")
    before = tree(results)
    again = year_end("year-end", returns)
    assert again.status == 1
    assert tree(results) == before
    assert "sua-tay" not in again.output


def test_what_is_no_longer_due_is_removed(returns: Path) -> None:
    results = results_of(returns)
    assert (results / COPY).is_file()
    shutil.copyfile(SAMPLES / "2021" / "luc-yen" / "an-lac.xlsx", returns / "luc-yen" / "an-lac.xlsx")
    for path in (returns / "tran-yen").iterdir():
        path.unlink()
    assert year_end("year-end", returns).status == 1
    assert not (results / COPY).exists()
    assert not (results / "3-gui-lai" / "tran-yen").exists()
    assert not (results / "sua-tay").exists()


def test_what_somebody_has_changed_is_set_aside_and_told(returns: Path) -> None:
    results = results_of(returns)
    shutil.copyfile(SAMPLES / "2021" / "luc-yen" / "an-lac.xlsx", returns / "luc-yen" / "an-lac.xlsx")
    work = {"6-bao-cao-2021.docx": b"with a sentence of the chairman's", COPY: b"mended in the wrong place"}
    for place, content in work.items():
        (results / place).write_bytes(content)
    ran = year_end("year-end", returns)
    for place, content in work.items():
        assert (results / "sua-tay" / place).read_bytes() == content
        assert f"sua-tay/{place}" in ran.stderr
    assert not (results / COPY).exists()
    assert (results / "6-bao-cao-2021.docx").read_bytes()[:2] == b"PK"
    (results / "6-bao-cao-2021.docx").write_bytes(b"again")
    year_end("year-end", returns)
    assert (results / "sua-tay/6-bao-cao-2021-2.docx").read_bytes() == b"again"
    assert (results / "sua-tay/6-bao-cao-2021.docx").read_bytes() == work["6-bao-cao-2021.docx"]


def test_a_workbook_saved_among_the_marked_copies_is_told(returns: Path) -> None:
    shutil.copyfile(
        SAMPLES / "2021" / "luc-yen" / "mai-son.xlsx", results_of(returns) / "3-gui-lai" / "mai-son.xlsx"
    )
    assert "3-gui-lai/mai-son.xlsx" in year_end("year-end", returns).stderr


def test_a_list_of_files_that_leads_out_of_the_folder_removes_nothing(returns: Path) -> None:
    mark = results_of(returns) / RESULT_FOLDER
    victim = returns.parent / "victim.txt"
    victim.write_text("mine", "utf-8")
    digest = hashlib.sha256(victim.read_bytes()).hexdigest()
    mark.write_text(f'{{"files": {{"../victim.txt": ["{digest}"], "{victim}": ["{digest}"]}}}}', "utf-8")
    assert year_end("year-end", returns).status == 1
    assert victim.read_text("utf-8") == "mine"


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"files": 3}', b"\xff\x00"])
def test_a_damaged_list_of_files_costs_nothing(returns: Path, damage: bytes) -> None:
    results = results_of(returns)
    (results / RESULT_FOLDER).write_bytes(damage)
    before = tree(results)[COPY]
    assert year_end("year-end", returns).status == 1
    assert tree(results)[f"sua-tay/{COPY}"] == tree(results)[COPY] == before


def test_results_are_never_read_as_returns(returns: Path) -> None:
    above = returns.parent
    shutil.copyfile(returns / "units.csv", above / "units.csv")
    with_results = run("validate", above, "--format", "json").data
    shutil.move(results_of(returns), returns / "ket-qua")
    within = run("validate", returns, "--format", "json").data
    shutil.rmtree(returns / "ket-qua")
    without = run("validate", above, "--format", "json").data
    assert with_results["findings"] == without["findings"]
    assert with_results["summary"]["passed_over"] == without["summary"]["passed_over"] + 1
    alone = run("validate", returns, "--format", "json").data
    assert within["findings"] == alone["findings"]
    assert within["summary"]["files"] == alone["summary"]["files"] == 19


def test_single_results_kept_among_the_returns_are_passed_over(returns: Path) -> None:
    alone = run("validate", returns, "--format", "json").data
    results = results_of(returns)
    (returns / "cu").mkdir()
    for path in results.iterdir():
        if path.suffix in (".txt", ".xlsx", ".html", ".docx"):
            shutil.copyfile(path, returns / "cu" / path.name)
    with_results = run("validate", returns, "--format", "json").data
    assert with_results["findings"] == alone["findings"]
    assert with_results["summary"]["passed_over"] == alone["summary"]["passed_over"] + 5


@pytest.mark.parametrize("out", ["{returns}", "{returns}/ket-qua", "{returns}/..", "{last}/ket-qua"])
def test_results_among_returns_or_above_them_are_refused(returns: Path, out: str) -> None:
    last = returns.parent / "2020"
    shutil.copytree(SAMPLES / "2020", last)
    before = tree(returns.parent)
    ran = year_end("year-end", returns, "--with", last, "-o", out.format(returns=returns, last=last))
    assert ran.status == 2, ran.output
    assert "-o" in ran.stderr
    assert tree(returns.parent) == before


def test_a_folder_of_results_is_no_folder_of_returns(returns: Path) -> None:
    ran = year_end(results_of(returns))
    assert ran.status == 2
    assert "thư mục kết quả" in ran.stderr
    assert not results_of(results_of(returns)).exists()


def test_an_output_that_cannot_be_written_costs_no_other(returns: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for blocked in ("6-bao-cao-2021.xlsx", "3-gui-lai/luc-yen/an-lac.xlsx", "4-nhan-tin/000-thu-tu.txt"):
        (out / blocked).mkdir(parents=True)
    ran = year_end("year-end", returns, "-o", out)
    assert ran.status == 3
    assert ran.stderr.count("đó là một thư mục") == 3
    missing = tree(results_of(returns)).keys() - tree(out).keys()
    assert missing == {"6-bao-cao-2021.xlsx", COPY, "4-nhan-tin/000-thu-tu.txt"}


def test_a_report_that_is_locked_is_told_and_the_rest_is_written(returns: Path) -> None:
    results = results_of(returns)
    report, before = results / "6-bao-cao-2021.docx", tree(results)
    report.chmod(0o400)
    is_root = sys.platform != "win32" and os.geteuid() == 0
    if is_root and subprocess.run(["chattr", "+i", report], check=False, capture_output=True).returncode:
        pytest.skip("no permission binds this user on this disk")
    (results / "2-can-sua.xlsx").unlink()
    try:
        ran = year_end("year-end", returns)
    finally:
        if is_root:
            subprocess.run(["chattr", "-i", report], check=True)
    assert ran.status == 3
    assert "6-bao-cao-2021.docx: không có quyền ghi, hoặc tệp đang mở trong Excel" in ran.stderr
    assert tree(results) == before


def test_a_folder_for_results_that_is_a_file_is_told(returns: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", "utf-8")
    ran = year_end("year-end", returns, "-o", tmp_path / "out")
    assert ran.status == 3
    assert "Traceback" not in ran.output


def test_on_the_first_day_it_says_so_and_names_the_next_step(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    ran = year_end(folder)
    assert ran.status == 1
    assert "0/2 xã đã gửi; chưa có báo cáo để tổng hợp." in ran.stdout
    assert f"antq-stats template {folder} -o {folder}-bieu-trong" in " ".join(ran.stdout.split())
    assert {path.name for path in results_of(folder).iterdir()} == {"1-tinh-hinh.txt", RESULT_FOLDER}


def test_returns_that_are_gone_for_a_moment_do_not_take_the_results_along(returns: Path) -> None:
    results = results_of(returns)
    before = tree(results).keys()
    for path in returns.iterdir():
        if path.name != "units.csv":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert year_end("year-end", returns).status == 1
    assert tree(results).keys() == before


def test_a_folder_with_files_of_which_none_can_be_read_has_its_findings(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    (folder / "anh-chup.pdf").write_bytes(b"%PDF-1.7")
    ran = year_end(folder)
    assert ran.status == 1
    assert {path.name for path in results_of(folder).iterdir()} >= {"2-can-sua.xlsx", "4-nhan-tin"}
    assert not list(results_of(folder).glob("6-*"))


def test_villages_that_the_register_lacks_are_the_offices_business_not_the_communes(returns: Path) -> None:
    register = (returns / "units.csv").read_text("utf-8").splitlines()
    communes = [line for line in register if ",village," not in line]
    (returns / "units.csv").write_text("\n".join(communes) + "\n", "utf-8")
    shutil.rmtree(returns / "tran-yen")
    (returns / "bieu-02-hai-xa.csv").unlink()
    ran = year_end(returns)
    assert ran.status == 1
    assert "8/18 xã đã gửi" in ran.stdout
    assert f'của 8 xã: lập từ báo cáo đã nhận bằng lệnh antq-stats adopt "{returns}"' in " ".join(
        ran.stdout.split()
    )
    copies = {path.name for path in (results_of(returns) / "3-gui-lai").rglob("*.xlsx")}
    assert copies == {"an-lac.xlsx", "muong-lai.xlsx"}
    messages = "".join(path.read_text("utf-8") for path in (results_of(returns) / "4-nhan-tin").iterdir())
    assert "adopt" not in messages
    unlisted = "12 dòng chưa tính vì danh mục chưa có thôn"
    assert unlisted in messages
    assert "đã nhận đủ" not in messages
    assert f"đã nhận, {unlisted}" in run("status", returns, env=VI | {"COLUMNS": "160"}).stdout
    assert "Xã Hưng Thịnh" in messages or "xã Hưng Thịnh" in messages


def test_a_blank_return_not_filled_in_is_not_sent_back_and_the_message_says_so(
    tmp_path: Path,
) -> None:
    folder = setup(tmp_path / "2021")
    assert run("template", folder, "-o", tmp_path / "blank").status == 0
    blank = next((tmp_path / "blank").rglob("*nguyen-thai-hoc*.xlsx"))
    shutil.copy(blank, folder)
    write_xlsx(folder / "minh-quan.xlsx", commune((1, "x?"), (2, 3), villages=(W1, W2)))
    ran = year_end(folder)
    told = "(1 còn thiếu: xã Nguyễn Thái Học (tệp chưa điền)); 1 xã cần sửa (xã Minh Quân)"
    assert told in " ".join(ran.stdout.split())
    results = results_of(folder)
    assert [path.name for path in (results / "3-gui-lai").rglob("*.xlsx")] == ["minh-quan.xlsx"]
    (message,) = (path.read_text("utf-8") for path in (results / "4-nhan-tin").glob("*nguyen-thai-hoc.txt"))
    assert f"Đã nhận được {blank.name} nhưng chưa điền số liệu." in message
    run("validate", folder, "--format", "xlsx", "-o", tmp_path / "back", env=VI)
    assert sorted(path.name for path in (tmp_path / "back").iterdir()) == ["danh-sach.xlsx", "minh-quan.xlsx"]


def test_a_complete_year_is_final_and_to_be_signed(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    write_xlsx(folder / "nguyen-thai-hoc.xlsx", commune())
    write_xlsx(folder / "minh-quan.xlsx", commune(villages=(W1, W2)))
    ran = year_end(folder, "--date", "05/12/2021")
    assert ran.status == 0, ran.output
    assert "2/2 xã đã gửi; 0 xã cần sửa; báo cáo chính thức." in ran.stdout
    assert "6-bao-cao-2021.docx, trình ký" in ran.stdout
    assert not (results_of(folder) / "3-gui-lai").exists()


def test_the_language_names_the_files_and_those_of_the_other_language_go(returns: Path) -> None:
    assert run("year-end", returns, "--lang", "en").status == 1
    names = {path.name for path in results_of(returns).iterdir()}
    assert names & OUTPUTS == set()
    assert {"1-standing.txt", "6-report-2021.docx"} <= names
    assert "16/18 commune returns received" in (results_of(returns) / "1-standing.txt").read_text("utf-8")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the browser is named by a variable on Linux")
def test_the_page_opens_only_when_asked_for_and_only_on_a_desktop(returns: Path, tmp_path: Path) -> None:
    note, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {note}\n', "utf-8")
    browser.chmod(0o755)
    desktop = {"BROWSER": str(browser), "DISPLAY": ":9"}
    year_end("year-end", returns, **desktop)
    assert not note.exists()
    told = year_end("year-end", returns, "--open", **desktop | {"DISPLAY": "", "WAYLAND_DISPLAY": ""})
    assert not note.exists()
    assert "không có màn hình" in told.stderr
    year_end("year-end", returns, "--open", **desktop)
    assert note.read_text("utf-8") == (results_of(returns) / "6-bao-cao-2021.html").as_uri()


def test_the_library_writes_the_same(returns: Path, tmp_path: Path) -> None:
    done = write_year_end(open_period(returns).run(), tmp_path / "out")
    assert tree(tmp_path / "out") == tree(results_of(returns))
    assert (done.problems, done.set_aside, done.others) == ((), (), ())
    assert set(done.withheld) == {"tran-yen/bao-hung.xlsx", "tran-yen/minh-quan-04567.xlsx"}
    assert done.page == tmp_path / "out" / "6-bao-cao-2021.html"
    standing = done.account.standing
    assert (standing.sent, len(standing.senders), len(standing.to_mend)) == (16, 18, 9)


def test_the_library_writes_nothing_among_returns(returns: Path) -> None:
    result = open_period(returns).run()
    before = tree(returns.parent)
    for out in (returns, returns / "ket-qua", returns.parent):
        with pytest.raises(OutputError, match="is-an-input"):
            write_year_end(result, out)
    assert tree(returns.parent) == before


def test_a_link_among_the_results_does_not_lead_among_the_returns(returns: Path, tmp_path: Path) -> None:
    before = tree(returns)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "3-gui-lai").symlink_to(returns, target_is_directory=True)
    assert year_end("year-end", returns, "-o", tmp_path / "out").status == 3
    assert tree(returns) == before


def test_results_in_a_zip_are_no_returns_either(returns: Path) -> None:
    alone = run("validate", returns, "--format", "json").data
    shutil.make_archive(str(returns / "ket-qua"), "zip", returns.parent, results_of(returns).name)
    shutil.make_archive(str(returns / "trong"), "zip", results_of(returns))
    with_results = run("validate", returns, "--format", "json").data
    added = [finding for finding in with_results["findings"] if finding not in alone["findings"]]
    assert [(finding["code"], finding["file"]) for finding in added] == [
        ("F212", "ket-qua.zip"),
        ("F212", "trong.zip"),
    ]
    assert with_results["summary"]["units_read"] == alone["summary"]["units_read"]


def test_large_changes_from_last_year_are_in_the_results(returns: Path) -> None:
    shutil.copytree(SAMPLES / "2020", returns.parent / "2020")
    year_end("year-end", returns, "--with", returns.parent / "2020")
    book = openpyxl.load_workbook(results_of(returns) / "2-can-sua.xlsx")
    assert any("P101" in str(cell.value) for row in book.worksheets[0] for cell in row)


def test_every_command_that_is_told_can_be_typed_as_it_stands(tmp_path: Path) -> None:
    folder = setup(tmp_path / "số liệu $HOME 2021")
    for command in ("status", "year-end"):
        told = year_end(command, folder, COLUMNS="400")
        line = next(
            text for text in (told.stdout + told.stderr).splitlines() if "antq-stats template" in text
        )
        words = shlex.split(line.partition("antq-stats ")[2])
        assert words[:3] == ["template", str(folder), "-o"]
        assert len(words) == 4
        assert f"'{folder}'" in line, "a shell puts nothing in place of $HOME"


def test_points_to_check_have_a_step_that_says_where_the_copies_are(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    write_xlsx(folder / "thai-hoc.xlsx", commune(("100 con", 5), (110, 6), (120, 7)))
    write_xlsx(folder / "quan.xlsx", commune((9, 1), (8, 4), villages=(W1, W2)))
    ran = year_end("year-end", folder, COLUMNS="400")
    assert "0 xã cần sửa" in ran.stdout
    step = next(line for line in ran.stdout.splitlines() if "kiểm tra lại" in line)
    assert step.startswith("1. Đề nghị 1 xã kiểm tra lại: bản có đánh dấu trong 3-gui-lai")
    assert list((results_of(folder) / "3-gui-lai").iterdir())


def test_the_step_on_two_returns_of_one_commune_names_both(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    write_xlsx(folder / "a.xlsx", commune((100, 5), (110, 6), (120, 7)))
    write_xlsx(folder / "b.xlsx", commune((100, 5), (111, 6), (121, 7)))
    ran = year_end("year-end", folder, COLUMNS="400")
    step = next(line for line in ran.stdout.splitlines() if "bản đúng" in line)
    assert step[3:].startswith("Hỏi xã Nguyễn Thái Học báo cáo nào là bản đúng: ")
    assert "a.xlsx" in step
    assert "b.xlsx" in step
