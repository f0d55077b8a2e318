"""The call list, coverage by households, and changes since last year, by the command and in its files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antq_stats.figures.aggregation import Aggregate
from antq_stats.figures.comparison import prior
from antq_stats.figures.coverage import Weight, weighted_coverage
from antq_stats.figures.publication import publish
from antq_stats.findings.catalogue import message, severity
from antq_stats.findings.setup_error import SetupError
from antq_stats.plausibility import implausible
from helpers.command import run
from helpers.places import SAMPLES
from helpers.reading import read_folder
from helpers.returns import (
    FORM,
    RATIO,
    UNITS,
    V1,
    V2,
    W1,
    W2,
    commune,
    setup,
    write_csv,
    write_register,
    write_xlsx,
)

pytestmark = pytest.mark.slow

IN_TIME = {"SOURCE_DATE_EPOCH": "1638360000"}
"""1 December 2021."""
MESSY = SAMPLES / "2021-messy"
CHANGE = 'code = "trau"\nmax_change = 0.10'


def form(*, due: bool = False, change: bool = False) -> str:
    text = FORM.replace('version = "3"', 'version = "3"\ndue = 2021-12-15') if due else FORM
    return text.replace('code = "trau"', CHANGE) if change else text


def period(folder: Path, *, due: bool = False, change: bool = False, units: str = UNITS) -> Path:
    """A folder in which the first commune lacks a great figure and the second has a slip in a small one."""
    setup(folder, form=form(due=due, change=change), units=units)
    write_xlsx(folder / "hoc" / "thai-hoc.xlsx", commune((100, 5), (None, 6), (120, "7 con bò")))
    villages = (W1, W2)
    write_xlsx(folder / "quan.xlsx", commune((9, 1), (8, "x?"), villages=villages))
    return folder


def listed(*arguments: object, env: dict[str, str] | None = None) -> list[dict[str, object]]:
    ran = run("validate", *arguments, "--by-sender", "--format", "json", env=env)
    assert ran.status in (0, 1), ran.stderr
    return list(ran.data)


def test_senders_stand_in_the_order_of_what_they_can_still_move(tmp_path: Path) -> None:
    calls = listed(period(tmp_path))
    assert [call["unit"] for call in calls] == ["0701", "0702"]
    first, second = calls
    # the mean of 100 and 120 is lacking beside 237 given; of cattle 6 and 1 are beside 12
    assert (first["measure"], first["score"]) == ("trau", "0.317002882")  # 110 of 347; 6 of 19 is less
    assert [first["rank"], first["hard"], first["soft"]] == [1, 2, 0]
    assert (second["measure"], second["score"]) == ("bo", "0.052631579")
    assert [finding["cell"] for finding in second["findings"]] == ["D3"]


def test_last_year_s_figures_count_before_the_neighbours(tmp_path: Path) -> None:
    then = setup(tmp_path / "2020")
    write_xlsx(then / "a.xlsx", commune((100, 5), (700, 6), (120, 7)))
    write_xlsx(then / "b.xlsx", commune((9, 1), (8, 4), villages=(W1, W2)))
    calls = listed(period(tmp_path / "2021"), "--with", then)
    # 700 of 937, where the neighbours' mean would have been 110
    assert (calls[0]["unit"], calls[0]["measure"], calls[0]["score"]) == ("0701", "trau", "0.747065101")


def test_a_page_says_what_came_what_is_wrong_what_is_missing_and_by_when(tmp_path: Path) -> None:
    setup(tmp_path, form=form(due=True))
    rows = commune((100, 5), (110, "12 nhà"), villages=(V1, V2))
    write_xlsx(tmp_path / "thai-hoc.xlsx", rows)
    calls = listed(tmp_path, "--lang", "vi", env=IN_TIME)
    message, silent = (str(call["message"]) for call in calls)
    assert silent.startswith("Kính gửi: xã Minh Quân\n\nĐến nay chúng tôi chưa nhận được số liệu")
    assert "Đề nghị đơn vị gửi báo cáo trước ngày 15/12/2021." in silent.split("\n")
    lines = message.split("\n")
    assert lines[0] == "Kính gửi: xã Nguyễn Thái Học"
    assert "thai-hoc.xlsx" in message
    assert "2/3 dòng" in message
    item = next(line for line in lines if line.startswith("1. "))
    assert item.startswith("1. Trang tính Biểu 01, ô D3, Thôn 2: Ô này phải ghi số nguyên, đang ghi “12 nhà”")
    assert item.endswith("[C302]")
    assert "Còn thiếu số liệu (biểu 01) của: Thôn Nguyễn Phúc." in lines
    assert any(line.endswith("rồi gửi lại tệp trước ngày 15/12/2021:") for line in lines)
    assert lines[-1] == "Trân trọng cảm ơn."


def test_after_the_due_date_a_page_says_that_it_has_passed(tmp_path: Path) -> None:
    setup(tmp_path, form=form(due=True))
    write_xlsx(tmp_path / "thai-hoc.xlsx", commune((100, 5), (110, "12 nhà"), villages=(V1, V2)))
    on_the_day, after = 1639555200, 1639555200 + 86400  # noon of 15 December 2021, and the day after
    message, silent = (
        str(call["message"])
        for call in listed(tmp_path, "--lang", "vi", env={"SOURCE_DATE_EPOCH": str(after)})
    )
    assert "Đã quá hạn 15/12/2021. Để tổng hợp được" in message
    assert "Đã quá hạn 15/12/2021, đề nghị đơn vị gửi báo cáo ngay." in silent
    assert "trước ngày" not in message + silent
    calls = listed(tmp_path, "--lang", "vi", env={"SOURCE_DATE_EPOCH": str(on_the_day)})
    assert "quá hạn" not in "".join(str(call["message"]) for call in calls)


def test_of_two_returns_the_commune_is_asked_which_stands(tmp_path: Path) -> None:
    setup(tmp_path)
    write_xlsx(tmp_path / "a.xlsx", commune((100, 5), (110, 6), (120, 7)))
    write_xlsx(tmp_path / "moi" / "b.xlsx", commune((100, 5), (111, 6), (121, 7)))
    message = str(listed(tmp_path, "--lang", "vi")[0]["message"])
    assert "Đề nghị cho biết báo cáo nào là bản đúng:" in message
    asked = message.partition("bản đúng: ")[2]
    assert asked.startswith(("a.xlsx hay b.xlsx.", "b.xlsx hay a.xlsx."))
    assert "thư mục" not in message


def test_who_sent_nothing_is_told_so_in_the_order_of_calls(tmp_path: Path) -> None:
    setup(tmp_path)
    write_xlsx(tmp_path / "thai-hoc.xlsx", commune((100, 5), (110, "12 nhà"), villages=(V1, V2)))
    ran = run("validate", tmp_path, "--by-sender", "--lang", "vi")
    assert ran.stdout.count("Chưa gửi báo cáo.") == 1
    assert "2 lỗi phải sửa" in ran.stdout


def test_many_faults_of_a_kind_are_one_item(tmp_path: Path) -> None:
    units = UNITS + "".join(f"0702{n},Bản {n},,village,0702\n" for n in range(10, 30))
    setup(tmp_path, units=units)
    villages = [(f"0702{n}", f"Bản {n}") for n in range(10, 30)]
    write_xlsx(tmp_path / "a.xlsx", commune(*[("?", 1)] * 20, villages=villages))
    message = next(str(call["message"]) for call in listed(tmp_path) if call["unit"] == "0702")
    assert message.count("[C302]") == 1
    assert "and 13 more" in message


def test_what_no_sender_is_known_of_stands_last_on_its_own_page(tmp_path: Path) -> None:
    folder = period(tmp_path)
    (folder / "la.xlsx").write_bytes(b"PK\x03\x04 damaged")
    calls = listed(folder)
    assert [call["unit"] for call in calls] == ["0701", "0702", None]
    assert [finding["file"] for finding in calls[-1]["findings"]] == ["la.xlsx"]
    assert calls[-1]["score"] is None
    assert "la.xlsx" in str(calls[-1]["message"])


def test_every_hard_and_soft_finding_is_on_one_page() -> None:
    told = run("validate", MESSY, "--format", "json").data["findings"]
    paged = [finding for call in listed(MESSY) for finding in call["findings"]]
    wanted = [finding for finding in told if finding["severity"] != "note"]
    assert sorted(map(json.dumps, paged)) == sorted(map(json.dumps, wanted))


def test_text_is_folded_to_the_terminal_and_pages_are_ruled_off() -> None:
    ran = run("validate", MESSY, "--by-sender", env={"COLUMNS": "80", "ANTQ_STATS_LANG": "vi"})
    assert ran.status == 1
    lines = ran.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert sum(set(line) == {"─"} for line in lines) == len(listed(MESSY))
    assert "Kính gửi: Ủy ban MTTQ Việt Nam xã Hưng Thịnh, huyện Trấn Yên" in lines


def test_a_folder_gets_a_message_per_sender_and_the_order(tmp_path: Path) -> None:
    folder, out = period(tmp_path / "2021"), tmp_path / "gọi"
    ran = run("validate", folder, "--by-sender", "-o", out, "--lang", "vi")
    assert ran.status == 1
    assert ran.stdout == ""
    names = sorted(path.name for path in out.iterdir())
    assert names == ["000-thu-tu.txt", "001-nguyen-thai-hoc.txt", "002-minh-quan.txt"]
    order = (out / "000-thu-tu.txt").read_text(encoding="utf-8")
    assert "1. Xã Nguyễn Thái Học" in order
    assert "ảnh hưởng tối đa 31,7%" in order.casefold()
    assert (out / names[1]).read_text(encoding="utf-8").startswith("Kính gửi: xã Nguyễn Thái Học")
    before = {name: (out / name).read_bytes() for name in names}
    run("validate", folder, "--by-sender", "-o", out, "--lang", "vi")
    assert {name: (out / name).read_bytes() for name in names} == before


@pytest.mark.parametrize("suffix", [".txt", ".json", ".md"])
def test_one_file_holds_the_whole_list(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"goi{suffix}"
    run("validate", period(tmp_path / "2021"), "--by-sender", "-o", target)
    text = target.read_text(encoding="utf-8")
    assert text.index("Nguyễn Thái Học") < text.index("Minh Quân")
    if suffix == ".json":
        assert [call["unit"] for call in json.loads(text)] == ["0701", "0702"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_list_may_lie_in_the_folder_and_is_not_read(tmp_path: Path, lang: str) -> None:
    folder = period(tmp_path)
    (folder / "la.xlsx").write_bytes(b"PK\x03\x04 damaged")
    before = run("validate", folder, "--format", "json").data
    for target in ("goi", "goi.txt", "goi.md", "goi.json"):
        assert run("validate", folder, "--by-sender", "--lang", lang, "-o", folder / target).status == 1
    after = run("validate", folder, "--format", "json").data
    assert after["findings"] == before["findings"]
    assert after["summary"]["passed_over"] == before["summary"]["passed_over"] + 7


@pytest.mark.parametrize("asked", [("--format", "csv"), ("-o", "a.xlsx"), ("-o", "ra", "--format", "json")])
def test_there_is_no_other_format(tmp_path: Path, asked: tuple[str, ...]) -> None:
    place = [tmp_path / part if part in ("a.xlsx", "ra") else part for part in asked]
    ran = run("validate", period(tmp_path / "2021"), "--by-sender", *place)
    assert ran.status == 2
    assert not (tmp_path / "ra").exists()


def test_a_clean_folder_needs_no_call(tmp_path: Path) -> None:
    setup(tmp_path)
    write_xlsx(tmp_path / "a.xlsx", commune((1, 9), (2, 8), (3, 7)))
    write_xlsx(tmp_path / "b.xlsx", commune((4, 1), (5, 2), villages=(W1, W2)))
    ran = run("validate", tmp_path, "--by-sender")
    assert (ran.status, ran.stdout) == (0, "No unit needs to correct its return.\n")


# -- what changed on last year --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        (100, 110, False),  # a tenth exactly
        (100, 111, True),
        (100, 89, True),
        (10, 15, False),  # 5 say nothing
        (10, 16, True),
        (0, 6, True),
        (1000, 1100, False),
    ],
)
def test_an_unusual_change_is_questioned(tmp_path: Path, then: int, now: int, told: bool) -> None:
    years = []
    for year, value in (("2020", then), ("2021", now)):
        setup(tmp_path / year, form=form(change=True))
        write_xlsx(tmp_path / year / "a.xlsx", commune((value, 1), (20, 2), (30, 3)))
        years.append(read_folder(tmp_path / year, period=year))
    old, new = years
    before = prior(new.collection.form, new.collection.register, old.total)
    found = list(implausible(new.collection, before))
    assert [(f.cell, f.unit, f.value, severity(f)) for f in found] == [
        ("C2", "070101", str(now), "soft"),
    ] * told  # fmt: skip
    for finding in found:
        words = message(finding, "vi")
        assert str(then) in words
        assert "2020" in words
        assert "10%" in words


def test_validate_with_last_year_tells_what_changed_and_counts_it(tmp_path: Path) -> None:
    for year, value in (("2020", 10), ("2021", 90)):
        setup(tmp_path / year, form=form(change=True))
        write_xlsx(tmp_path / year / "a.xlsx", commune((value, 1), (20, 2), (30, 3)))
    ran = run("validate", tmp_path / "2021", "--with", tmp_path / "2020", "--format", "json")
    assert [f["cell"] for f in ran.data["findings"] if f["code"] == "P101"] == ["C2"]
    assert ran.data["summary"]["soft"] == 1


def test_nothing_is_compared_without_last_year_or_with_another_unit(tmp_path: Path) -> None:
    for year, value in (("2020", 10), ("2021", 90)):
        setup(tmp_path / year, form=form(change=True))
        write_xlsx(tmp_path / year / "a.xlsx", commune((value, 1), (20, 2), (30, 3)))
    write_register(tmp_path / "2020", UNITS.replace("Thôn 1,,village,0701", "Bản Mới,,village,0701"))
    write_csv(tmp_path / "2020" / "a.csv", commune((10, 1), villages=(("070101", "Bản Mới"),)))
    (tmp_path / "2020" / "a.xlsx").unlink()
    for more in ((), ("--with", tmp_path / "2020")):
        data = run("validate", tmp_path / "2021", "--format", "json", *more).data
        assert not [f for f in data["findings"] if f["code"] == "P101"]


# -- coverage by households -----------------------------------------------------------------------


def with_households(*counts: object) -> str:
    lines = UNITS.splitlines()
    households = iter(counts)
    told = [
        f"{line},{next(households, '')}" if ",village," in line else f"{line},"
        for line in lines[1:]
    ]  # fmt: skip
    return "\n".join([f"{lines[0]},Số hộ", *told]) + "\n"


def coverage(folder: Path, unit: str, then: Aggregate | None = None) -> Weight | None:
    outcome = read_folder(folder)
    found = publish(outcome.collection, outcome.findings, then).weighted
    assert found is not None
    assert found.measure.code == "trau"
    return found.at(outcome.collection.register.units.by_code[unit])


def test_coverage_weighs_by_the_register_where_there_is_no_last_year(tmp_path: Path) -> None:
    setup(tmp_path, RATIO, units=with_households("300", "30", "1.200", 40, 60))
    write_csv(tmp_path / "a.csv", commune((1, 1), (2, 2), villages=(V1, V2)))
    assert coverage(tmp_path, "0701") == Weight(330, 1530)
    assert coverage(tmp_path, "07") == Weight(330, 1630)
    assert coverage(tmp_path, "0702") == Weight(0, 100)


def test_coverage_weighs_by_last_year_before_the_register(tmp_path: Path) -> None:
    then = setup(tmp_path / "then", RATIO)
    write_csv(then / "a.csv", commune((10, 1), (20, 2), (70, 3)))
    now = setup(tmp_path / "now", RATIO, units=with_households(1, 1, 1, 5, 6))
    write_csv(now / "a.csv", commune((11, 1), (21, 2), villages=(V1, V2)))
    earlier = read_folder(then).total
    assert coverage(now, "0701", earlier) == Weight(30, 100)
    assert coverage(now, "07", earlier) == Weight(30, 111)


def test_the_weight_of_a_missing_unit_is_not_guessed(tmp_path: Path) -> None:
    setup(tmp_path, RATIO)
    write_csv(tmp_path / "a.csv", commune((11, 1), (21, 2), (31, 3)))
    assert coverage(tmp_path, "0701") == Weight(63, 63)
    assert coverage(tmp_path, "07") is None


def test_a_form_without_a_ratio_over_a_count_weighs_nothing(tmp_path: Path) -> None:
    setup(tmp_path)
    write_csv(tmp_path / "a.csv", commune())
    assert weighted_coverage(read_folder(tmp_path).collection) is None


@pytest.mark.parametrize("wrong", ["12.5", "nhiều", "-3", "1.2345"])
def test_households_that_are_no_count_are_a_fault_of_the_register(tmp_path: Path, wrong: str) -> None:
    setup(tmp_path, units=with_households(300, wrong))
    with pytest.raises(SetupError) as raised:
        read_folder(tmp_path)
    assert [(finding.code, finding.row) for finding in raised.value.findings] == [("S207", 6)]


# ------------------------------------------------------------------------------- where calls pay no more

MANY = "\n".join(
    ["code,name,level,parent", "07,Hà Trung,province,"]
    + [f"07{at:02},Mường {at},commune,07\n07{at:02}01,Thôn 1,village,07{at:02}" for at in range(1, 7)]
)


def of_six(folder: Path, figures: tuple[object, ...], more: str = "") -> Path:
    """Six communes of a village each with as many buffaloes as told and one head of cattle."""
    setup(folder, more, form=FORM, units=MANY + "\n")
    for at, buffaloes in enumerate(figures, 1):
        row = [f"07{at:02}01", "Thôn 1", buffaloes, 1]
        write_csv(folder / f"xa-{at}.csv", [["Mã thôn", "Tên thôn", "Số trâu", "Số bò"], row])
    return folder


def before(folder: Path) -> Path:
    return of_six(folder, (500, 300, 190, 6, 3, 1))


def test_the_list_says_after_whom_the_calls_pay_no_more(tmp_path: Path) -> None:
    folder = of_six(tmp_path / "2021", ("?", "?", 190, "?", "?", 1))
    calls = listed(folder, "--with", before(tmp_path / "2020"))
    assert [(call["unit"], call["remaining"], call["needed"]) for call in calls] == [
        ("0701", "0.309000000", True),
        ("0702", "0.009000000", True),
        ("0704", "0.003000000", False),
        ("0705", "0.000000000", False),
    ]
    text = run("validate", folder, "--with", tmp_path / "2020", "--by-sender", "--lang", "en").stdout
    says = "after these 2 senders, all others together can change the total of a measure by at most 0.90%"
    one_line = " ".join(text.split())
    assert one_line.index("2. Mường 2") < one_line.index(says) < one_line.index("3. Mường 4")
    run(
        "validate",
        folder,
        "--with",
        tmp_path / "2020",
        "--by-sender",
        "--lang",
        "en",
        "-o",
        tmp_path / "calls",
    )
    order = (tmp_path / "calls" / "000-order.txt").read_text(encoding="utf-8")
    assert order.index("2. Mường 2") < order.index(says) < order.index("3. Mường 4")


def test_how_much_may_remain_open_stands_in_the_form(tmp_path: Path) -> None:
    more = "[plausibility]\nopen = 0.5"
    folder = of_six(tmp_path / "2021", ("?", "?", 190, "?", "?", 1), more)
    calls = listed(folder, "--with", before(tmp_path / "2020"))
    assert [call["needed"] for call in calls] == [True, False, False, False]


def test_nothing_is_said_where_every_call_is_needed(tmp_path: Path) -> None:
    folder = of_six(tmp_path / "2021", ("?", "?", 190, 6, 3, 1))
    assert [call["needed"] for call in listed(folder, "--with", before(tmp_path / "2020"))] == [True, True]
    text = run("validate", folder, "--with", tmp_path / "2020", "--by-sender", "--lang", "en").stdout
    assert "may stop here" not in text


def test_a_list_that_changes_little_says_so_at_its_head(tmp_path: Path) -> None:
    folder = of_six(tmp_path / "2021", (500, 300, 190, 6, "?", "?"))
    assert not any(call["needed"] for call in listed(folder, "--with", before(tmp_path / "2020")))
    text = run("validate", folder, "--with", tmp_path / "2020", "--by-sender", "--lang", "en").stdout
    says = "All senders below together can change the total of a measure by at most 0.40%"
    assert " ".join(text.split()).index(says) < text.index("1. Mường 5")


def test_a_doubted_value_counts_by_its_distance_from_what_was_expected(tmp_path: Path) -> None:
    """A nought too many can move more than a missing village."""
    folder = of_six(tmp_path / "2021", (500, 300, 1900, "?", 3, 1))
    calls = listed(folder, "--with", before(tmp_path / "2020"))
    assert [(call["unit"], call["measure"], call["needed"]) for call in calls] == [
        ("0703", "trau", True),
        ("0704", "trau", False),
    ]
    assert calls[0]["score"] == "0.630996310"  # 1,710 of 2,710
    assert [finding["code"] for finding in calls[0]["findings"]] == ["P107"]
