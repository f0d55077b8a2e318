"""What a text says of earlier periods is looked up in the period that it names, and told where it cannot be."""

# ruff: noqa: E501 - a sentence is best read on one line

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from helpers.command import CommandResult, run
from helpers.places import SAMPLES
from helpers.returns import HEAD, RATIO, UNITS, V1, V2, V3, W1, W2, setup, write_csv

pytestmark = pytest.mark.slow

Found = tuple[str, str, str | None]
"""Number, verdict, and the period that it is a change since, else the one that it is of."""

REFORM = ("2025", "2020", "2021")
"""The sample of 2025 beside those of two years before the reform: only a half of the province was in them."""


def checked(folder: Path, text: str, at: Path, *earlier: Path, lang: str = "vi") -> CommandResult:
    report = at / "bao-cao.md"
    report.write_text(text, encoding="utf-8")
    given = [word for period in earlier for word in ("--with", period)]
    return run("check-text", report, folder, *given, "--format", "json", "--lang", lang)


def told(done: CommandResult) -> list[Found]:
    return [(one["number"], one["verdict"], one["since"] or one["period"]) for one in done.data["numbers"]]


def of_samples(text: str, at: Path, *years: str, lang: str = "vi") -> CommandResult:
    folder, *earlier = (SAMPLES / year for year in years)
    return checked(folder, text, at, *earlier, lang=lang)


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three years of one area: 100, 120 and 150 buffaloes; drug users were protected in 2020."""
    base, found = tmp_path_factory.mktemp("years"), {}
    for year, buffaloes, protection in (
        ("2015", 20, ""),
        ("2020", 24, 'sensitive = "yes"'),
        ("2021", 30, ""),
    ):
        users = (
            '\n[[measure]]\ncode = "nghien"\nlabel = { vi = "Người nghiện", en = "Drug users" }\n'
            f'unit = {{ vi = "người", en = "persons" }}\nrequired = false\n{protection}\n'
        )
        found[year] = base / year
        setup(found[year], users)
        rows = [[*village, buffaloes, 7, 3 if village == V1 else 0] for village in (V1, V2, V3, W1, W2)]
        head = ["Mã thôn", "Tên thôn", "Số trâu", "Số bò", "Người nghiện"]
        write_csv(found[year] / "bc.csv", [head, *rows])
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Số trâu tăng 25 % so với năm 2020.", [("25 %", "right", "2020")]),
        ("Số trâu tăng 50 % so với năm 2015.", [("50 %", "right", "2015")]),
        ("Số trâu tăng 50 % so với 2015.", [("50 %", "right", "2015")]),
        ("Số trâu tăng 25 % so với năm 2020 và 50 % so với năm 2015.", [("25 %", "right", "2020"), ("50 %", "right", "2015")]),
        ("Số trâu tăng 25 % so với năm 2015 và 50 % so với năm 2020.", [("25 %", "swapped", "2015"), ("50 %", "swapped", "2020")]),
        ("So với năm 2015, số trâu tăng 50 con; so với năm 2020 tăng 30 con.", [("50", "right", "2015"), ("30", "right", "2020")]),
        ("Số trâu tăng 30 con so với cùng kỳ năm 2020.", [("30", "right", "2020")]),
        ("Số trâu tăng 50 con so với cùng kỳ năm 2015.", [("50", "right", "2015")]),
        ("Số trâu tăng 30 con so với cùng kỳ.", [("30", "right", "2020")]),
        ("Số trâu tăng 50 con so với năm trước.", [("50", "swapped", "2020")]),
        ("Năm 2015 có 100 con trâu, năm 2020 có 120 con trâu.", [("100", "right", "2015"), ("120", "right", "2020")]),
        ("Năm 2015 có 120 con trâu.", [("120", "swapped", "2015")]),
        ("Toàn tỉnh có 100 con trâu.", [("100", "stale", "2021")]),
        ("Số trâu tăng từ 100 con năm 2015 lên 150 con.", [("100", "right", "2015"), ("150", "right", "2021")]),
        ("So với năm 2015, số trâu tăng từ 100 lên 150 con.", [("100", "right", "2015"), ("150", "right", "2021")]),
        ("Năm 2020 có 120 con trâu, tăng 20 con so với năm 2015.", [("120", "right", "2020"), ("20", "right", "2015")]),
        ("Số trâu gấp 1,5 lần năm 2015.", [("1,5 lần", "right", "2015")]),
        ("Buffaloes: 150 head, up 50 head on 2015 and 30 head on 2020.", [("150", "right", "2021"), ("50", "right", "2015"), ("30", "right", "2020")]),
    ],
)  # fmt: skip
def test_a_number_is_looked_up_in_the_period_that_it_names(
    text: str, found: list[Found], years: dict[str, Path], tmp_path: Path
) -> None:
    assert told(checked(years["2021"], text, tmp_path, years["2020"], years["2015"])) == found


def test_a_period_that_is_not_given_is_named(years: dict[str, Path], tmp_path: Path) -> None:
    text = "Số trâu tăng 50 con so với năm 2015.\n\nNăm 2015 có 100 con trâu.\n\nSố trâu tăng 30 con so với năm 2020."
    done = checked(years["2021"], text, tmp_path, years["2020"])
    assert told(done) == [("50", "orphan", "2015"), ("100", "orphan", None), ("30", "right", "2020")]
    messages = [one["message"] for one in done.data["numbers"]]
    assert all("Năm 2015 chưa được nêu bằng --with" in message for message in messages[:2])
    assert (done.data["with"], done.data["periods"]) == ("2020", ["2020"])


def test_all_earlier_periods_are_listed_and_the_previous_one_is_the_last(
    years: dict[str, Path], tmp_path: Path
) -> None:
    done = checked(years["2021"], "Toàn tỉnh có 150 con trâu.", tmp_path, years["2020"], years["2015"])
    assert (done.data["with"], done.data["periods"]) == ("2020", ["2015", "2020"])
    assert checked(years["2021"], "Toàn tỉnh có 150 con trâu.", tmp_path).data["periods"] == []


def test_what_an_earlier_period_withholds_gets_the_same_answer_for_every_guess(
    years: dict[str, Path], tmp_path: Path
) -> None:
    guesses = [f"Năm 2020 có {count} người nghiện." for count in range(7)]
    guesses += [f"Số người nghiện tăng {count} người so với năm 2020." for count in (1, 2, 3, 15)]
    done = checked(years["2021"], "\n\n".join(guesses), tmp_path, years["2020"], years["2015"])
    numbers = done.data["numbers"]
    answers = {(one["verdict"], one["expected"], one["reason"], one["message"]) for one in numbers}
    assert len(numbers) == len(guesses)
    assert len(answers) == 2  # one for the figure, one for its change
    assert {answer[0] for answer in answers} == {"orphan", "not-comparable"}
    assert {answer[1] for answer in answers} == {None}


def test_a_change_that_cannot_be_stated_is_told_with_its_reason(tmp_path: Path) -> None:
    text = (
        "Số tổ tự quản về an ninh trật tự tăng 95 tổ so với năm 2021.\n\n"
        "Số hộ đạt gia đình văn hóa tăng 6.863 hộ so với năm 2020.\n\n"
        "Năm 2020 toàn tỉnh có 1.596 tổ tự quản về an ninh trật tự."
    )
    done = of_samples(text, tmp_path, *REFORM)
    assert told(done) == [
        ("95", "not-comparable", "2021"), ("6.863", "not-comparable", "2020"), ("1.596", "not-comparable", "2020"),
    ]  # fmt: skip
    assert [one["reason"] for one in done.data["numbers"]] == ["part-missing", "definition", "part-missing"]
    assert [one["expected"] for one in done.data["numbers"]] == [None] * 3
    messages = [one["message"] for one in done.data["numbers"]]
    assert "không so sánh được, vì năm 2021 chỉ có số liệu của một phần địa bàn" in messages[0]
    assert "Nghị định 86/2023/NĐ-CP" in messages[1]
    assert done.status == 1


def test_figures_of_the_common_part_and_of_the_old_province_are_right_where_they_are_named(
    tmp_path: Path,
) -> None:
    text = (
        "Năm 2021, tỉnh Yên Bái (cũ) có 1.691 tổ tự quản về an ninh trật tự, tăng 95 tổ so với năm 2020.\n\n"
        "Địa bàn tỉnh Yên Bái cũ hiện có 1.779 tổ tự quản về an ninh trật tự.\n\n"
        "Trong phần địa bàn chung có 1.779 tổ tự quản về an ninh trật tự, tăng 5,2 % so với năm 2021.\n\n"
        "Năm 2021, toàn tỉnh có từ 1.691 tổ tự quản về an ninh trật tự trở lên."
    )
    done = of_samples(text, tmp_path, *REFORM)
    assert {verdict for _, verdict, _ in told(done)} == {"right"}
    assert len(done.data["numbers"]) == 6
    wrong = of_samples(text.replace("1.691", "1.681").replace("1.779", "1.778"), tmp_path, *REFORM)
    assert [verdict for number, verdict, _ in told(wrong) if number in ("1.681", "1.778")] == [
        "wrong", "wrong", "wrong", "not-comparable",
    ]  # fmt: skip


@pytest.mark.parametrize(("lang", "suffix"), [("vi", ".docx"), ("vi", ".md"), ("en", ".docx"), ("en", ".md")])
@pytest.mark.parametrize(
    "years_given", [("2021", "2020"), ("2021-messy", "2020"), ("2025", "2020", "2021", "2024")]
)
def test_our_own_report_over_several_periods_checks_clean(
    years_given: tuple[str, ...], lang: str, suffix: str, tmp_path: Path
) -> None:
    folder, *earlier = (SAMPLES / year for year in years_given)
    given = [word for period in earlier for word in ("--with", period)]
    target = tmp_path / f"bao-cao{suffix}"
    is_messy = int(years_given[0] == "2021-messy")  # its returns have hard findings, which end a run with 1
    assert run("report", folder, *given, "-o", target, "--lang", lang).status == is_messy
    done = run("check-text", target, folder, *given, "--format", "json")
    assert [one for one in done.data["numbers"] if one["verdict"] != "right"] == []
    assert len(done.data["numbers"]) > 200
    assert done.status == is_messy


@pytest.mark.parametrize(
    ("lang", "sum_", "wrong"), [("vi", "214.642", "214.643"), ("en", "20,348", "20,384")]
)
def test_the_check_of_sums_in_our_own_report_is_right_only_as_it_was_written(
    lang: str, sum_: str, wrong: str, tmp_path: Path
) -> None:
    target, given = tmp_path / "bao-cao.md", ("--with", SAMPLES / "2020")
    assert run("report", SAMPLES / "2021-messy", *given, "-o", target, "--lang", lang).status == 1
    (line,) = [each for each in target.read_text("utf-8").splitlines() if "194" in each and " = " in each]
    answers = []
    for text in (line, line.replace(sum_, wrong)):
        target.write_text(text + "\n", encoding="utf-8")
        done = run("check-text", target, SAMPLES / "2021-messy", *given, "--format", "json")
        answers.append([one["number"] for one in done.data["numbers"] if one["verdict"] != "right"])
    assert answers[0] == []
    assert wrong in answers[1]


@pytest.mark.parametrize(("lang", "suffix"), [("vi", ".docx"), ("vi", ".md"), ("en", ".docx"), ("en", ".md")])
def test_how_many_units_our_own_report_compares_is_no_unknown_figure(
    lang: str, suffix: str, tmp_path: Path
) -> None:
    """One of three communes has no buffaloes, so that it has no share."""
    folder, before = tmp_path / "2021", tmp_path / "2020"
    for each, more in ((before, 0), (folder, 3)):
        setup(each, RATIO, units=UNITS + "0703,Yên Thế,xã,commune,07\n070301,Thôn 1,,village,0703\n")
        rows = [[*village, 40 + more, 20 - more] for village in (V1, V2, V3)]
        rows += [[*village, 50, 10 + more] for village in (W1, W2)]
        write_csv(each / "bc.csv", [HEAD, *rows, ["070301", "Thôn 1", 0, 0]])
    target = tmp_path / f"bao-cao{suffix}"
    given = ("--with", before)
    assert run("report", folder, *given, "-o", target, "--lang", lang).status == 0
    if suffix == ".md":
        compared = "so sánh 2/3 đơn vị" if lang == "vi" else "among the 2/3 units"
        assert compared in target.read_text("utf-8")
    done = run("check-text", target, folder, *given, "--format", "json")
    assert [one for one in done.data["numbers"] if one["verdict"] != "right"] == []
    assert done.status == 0
    assert done.data["numbers"]


def test_each_digit_altered_in_our_sentences_on_the_common_part_is_caught(tmp_path: Path) -> None:
    """Beside the share of the area, whose counts are any of the units that a report may name."""
    area = "Riêng phần địa bàn có số liệu ở tất cả các kỳ (51/99 xã, phường)"
    clauses = (
        "hộ đăng ký xây dựng gia đình văn hóa là 214.302 hộ, tăng 3,9% so với năm 2021 và 5,9% so với năm 2020",
        "thành viên tổ tự quản là 51.869 người, tăng 10,5% so với năm 2021 và 17,5% so với năm 2020",
    )
    texts, places = [], []
    for clause in clauses:
        for found in re.finditer(r"(?:\d[\d.,]*%)|\d+\.\d+", clause):
            for at in (place for place in range(*found.span()) if clause[place].isdigit()):
                digit = str((int(clause[at]) + 1) % 10)
                texts.append(f"{area}, {clause[:at]}{digit}{clause[at + 1 :]}.")
                places.append(found[0])
    done = of_samples("\n\n".join(texts), tmp_path, *REFORM)
    by_sentence: dict[str, list[dict[str, Any]]] = {}
    for one in done.data["numbers"]:
        by_sentence.setdefault(one["sentence"], []).append(one)
    wrong = [[one["verdict"] != "right" for one in by_sentence[text]] for text in texts]
    assert [sum(found) for found in wrong] == [1] * len(texts)
