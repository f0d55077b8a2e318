"""The catalogue of findings: complete in both languages, filled correctly, equal to its page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from itertools import combinations
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.findings import catalogue
from antq_stats.findings.catalogue import PLACEHOLDERS, Entry, entries, entry, explain, hint, message
from antq_stats.findings.finding import Finding, Severity
from antq_stats.words.language import LANGUAGES, Language
from helpers.places import GOLDEN, ROOT

SOURCE = ROOT / "src" / "antq_stats"
CODES = GOLDEN / "codes.txt"
CODE_LITERAL = re.compile(r"[\"']([STFCURPD]\d{3})[\"']")
PLACEHOLDER = re.compile(r"\{([a-z]+)(?::n)?\}")
DATA = tomllib.loads((SOURCE / "findings" / "catalogue.toml").read_text(encoding="utf-8"))
OWN_FIELDS = ("file", "sheet", "unit", "measure", "rule", "value")

every_entry = pytest.mark.parametrize("item", entries(), ids=lambda item: item.code)
every_language = pytest.mark.parametrize("lang", LANGUAGES)


def with_facts(code: str, facts: dict[str, str]) -> Finding:
    """Return a finding that has these facts and no others, each where it belongs."""
    own = {key: text for key, text in facts.items() if key in OWN_FIELDS}
    other = {key: text for key, text in facts.items() if key not in OWN_FIELDS}
    return Finding(code=code, facts=other, **own)


def templates(item: Entry) -> list[str]:
    return [words[lang] for words in (item.message, item.hint) for lang in LANGUAGES]


# ---------------------------------------------------------------------------------- the data


def test_every_code_has_a_name_of_its_own_in_kebab_case() -> None:
    names = [item.name for item in entries()]
    assert len(names) == len(set(names))
    assert [name for name in names if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def test_entries_stand_in_order_and_nothing_else_is_in_the_file() -> None:
    codes = [key for key in DATA if re.fullmatch(r"[A-Z]\d{3}", key)]
    assert set(DATA) - set(codes) == {"family", "severity", "placeholder", "kind", "keyword"}
    families = list(catalogue.families())
    assert codes == sorted(codes, key=lambda code: (families.index(code[0]), code))
    assert [item.code for item in entries()] == sorted(codes)


def test_tables_of_words_are_sorted_and_in_both_languages() -> None:
    assert tuple(DATA["placeholder"]) == tuple(sorted(PLACEHOLDERS))
    assert set(DATA["keyword"]) == {"problem", "expected", "found"}
    assert set(DATA["severity"]) == set(get_args(Severity))
    tables = [DATA["family"], DATA["severity"], DATA["placeholder"], DATA["kind"], *DATA["keyword"].values()]
    for table in tables:
        assert all(set(words) == set(LANGUAGES) and all(words.values()) for words in table.values())
    for table in DATA["keyword"].values():
        assert list(table) == sorted(table)


def test_every_code_that_a_return_can_have_is_called_something_in_a_summary() -> None:
    codes = {item.code for item in entries() if item.family != "S" and item.status == "active"}
    assert set(DATA["kind"]) == codes


@every_entry
def test_an_entry_is_complete(item: Entry) -> None:
    known = {
        "name", "severity", "since", "status", "now", "codes", "message", "hint", "why", "example", "source",
    }  # fmt: skip
    assert set(DATA[item.code]) <= known
    assert item.family in catalogue.families()
    assert item.severity in get_args(Severity)
    assert item.status in {"active", "retired"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", item.since)
    assert item.status == "retired" or item.now is None
    for words in (item.message, item.hint, item.why, item.before, item.after):
        for lang in LANGUAGES:
            assert words[lang]
            assert words[lang] == words[lang].strip()


@every_entry
def test_placeholders_are_known_and_the_same_in_both_languages(item: Entry) -> None:
    for words in (item.message, item.hint):
        vi, en = (PLACEHOLDER.findall(words[lang]) for lang in LANGUAGES)
        assert sorted(vi) == sorted(en)
        assert len(vi) == len(set(vi))
        assert set(vi) <= set(PLACEHOLDERS)
    assert set(item.codes) <= set(PLACEHOLDERS)
    assert set(item.codes.values()) <= {
        "unit",
        "measure",
        "measures",
        "moment",
        "period",
        "amounts",
        "day",
        "kind",
    }


@every_entry
def test_templates_are_well_formed(item: Entry) -> None:
    for template in templates(item):
        outside = re.sub(r"\[[^\[\]]*\]", "", template)
        assert re.search(r"[\[\]{}]", PLACEHOLDER.sub("", outside)) is None
        for segment in re.findall(r"\[([^\[\]]*)\]", template):
            assert PLACEHOLDER.search(segment), f"{segment!r} would always stand"


@every_entry
@every_language
def test_a_message_reads_well_whatever_is_known(item: Entry, lang: Language) -> None:
    asked = PLACEHOLDER.findall(item.message[lang])
    for size in range(len(asked) + 1):
        for chosen in combinations(asked, size):
            text = message(with_facts(item.code, dict.fromkeys(chosen, "Abc")), lang)
            assert re.search(r"  | [,;:.)]|\( |[{}\[\]]|::|[,;:]$|^\s|\s$|\)\(", text) is None, text
            assert text[0].isupper() or not text[0].isalpha(), text


def test_findings_of_persons_never_show_what_was_found() -> None:
    shown = {"file", "sheet", "cell", "row", "column", "unit", "measure", "level", "count"}
    persons = [item for item in entries() if item.family == "D"]
    assert persons
    for item in persons:
        for template in templates(item):
            assert set(PLACEHOLDER.findall(template)) <= shown
        for lang in LANGUAGES:
            finding = Finding(
                code=item.code, value="012345678901", facts={"value": "012345678901", "count": "3"}
            )
            assert "012345678901" not in message(finding, lang) + hint(finding, lang)


def test_every_code_raised_has_an_entry_that_is_not_retired() -> None:
    raised = {
        code: path.name
        for path in SOURCE.rglob("*.py")
        for code in CODE_LITERAL.findall(path.read_text(encoding="utf-8"))
    }
    active = {item.code for item in entries() if item.status == "active"}
    assert {code: place for code, place in raised.items() if code not in active} == {}


def test_every_problem_that_is_raised_has_words() -> None:
    written = re.compile(
        r"""problem["']?\]?\s*[:=]\s*["']([a-z0-9-]+)["']|ExpressionError\(["']([a-z0-9-]+)["']"""
        r"""|_unreadable\([\w.]+, ["']([a-z0-9-]+)["']"""
    )
    raised = {
        "".join(found): path.name
        for path in SOURCE.rglob("*.py")
        for found in written.findall(path.read_text(encoding="utf-8"))
    }
    assert len(raised) > 20
    assert {word: place for word, place in raised.items() if word not in DATA["keyword"]["problem"]} == {}


def test_codes_names_and_severities_are_as_they_were() -> None:
    """A change here is a change of the contract. Set ANTQ_UPDATE_GOLDEN=1 to write the file anew."""
    now = "".join(f"{item.code} {item.name} {item.severity} {item.status}\n" for item in entries())
    if os.environ.get("ANTQ_UPDATE_GOLDEN") == "1":
        CODES.parent.mkdir(exist_ok=True)
        CODES.write_text(now, encoding="utf-8", newline="\n")
    assert now == CODES.read_text(encoding="utf-8")


def test_what_the_design_fixes() -> None:
    assert (entry("C302").name, entry("C302").severity) == ("not-a-count", "hard")
    assert (entry("R101").name, entry("F202").severity) == ("edit-failed", "note")


# ---------------------------------------------------------------------------------- filling


def test_a_message_in_both_languages() -> None:
    finding = Finding(code="C302", file="a.xlsx", row=12, column=5, measure="ho_dat", value="12 nhà")
    names = {("measure", "ho_dat"): "Hộ đạt"}
    vi = message(finding, "vi", lambda kind, code: names.get((kind, code)))
    assert vi == "Ô này phải ghi số nguyên, đang ghi “12 nhà” (chỉ tiêu: Hộ đạt)"
    assert message(finding, "en") == "This cell is not a count: “12 nhà” (ho_dat)"


def test_segments_drop_out_when_a_fact_is_absent_or_empty() -> None:
    assert message(Finding(code="C302"), "en") == "This cell is not a count"
    assert message(Finding(code="C302", value=""), "en") == "This cell is not a count"
    assert message(Finding(code="C302", value=" \n"), "en") == "This cell is not a count"


def test_an_absent_fact_outside_a_segment_shows_as_dots() -> None:
    assert message(Finding(code="R101", rule=None), "en") == "…"


def test_a_hint_takes_facts_too() -> None:
    with_suggestion = hint(Finding(code="C301", facts={"suggestion": "1691"}), "vi")
    assert with_suggestion == "Ghi liền các chữ số, ví dụ 1691, không dùng dấu chấm hay dấu phẩy."
    assert hint(Finding(code="C301"), "vi") == "Ghi liền các chữ số, không dùng dấu chấm hay dấu phẩy."


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("0", "0", "0"),
        ("999", "999", "999"),
        ("206312", "206.312", "206,312"),
        ("-1691", "-1.691", "-1,691"),
        ("1000.05", "1.000,05", "1,000.05"),
        ("81.0", "81,0", "81.0"),
        ("81,0", "81,0", "81,0"),
        ("1.5E+20", "1.5E+20", "1.5E+20"),
        ("１２３４", "１２３４", "１２３４"),
        ("64 MiB", "64 MiB", "64 MiB"),
    ],
)
def test_numbers_take_the_marks_of_the_language(text: str, vi: str, en: str) -> None:
    finding = Finding(code="T301", facts={"found": text, "expected": "7"})
    assert message(finding, "vi") == f"Dòng tổng ghi {vi}, tổng các dòng là 7"
    assert message(finding, "en") == f"The total row shows {en}, but its rows add up to 7"


@given(st.integers(0, 10**18))
def test_grouping_loses_no_digit(number: int) -> None:
    text = message(Finding(code="T301", facts={"found": str(number), "expected": "7"}), "en")
    assert text == f"The total row shows {number:,}, but its rows add up to 7"


@every_language
@given(value=st.text())
def test_what_a_cell_holds_is_shown_as_it_is_and_on_one_line(lang: Language, value: str) -> None:
    text = message(Finding(code="C302", value=value), lang)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert len(text) < 200


@pytest.mark.parametrize(
    "value", ["{unit}", "[{value}]", "{found:n}", "{", "]", "{0}", "%s", "{value!r}", r"\1"]
)
def test_braces_and_brackets_in_a_cell_mean_nothing(value: str) -> None:
    finding = Finding(code="C302", value=value, unit="X", facts={"found": "5"})
    assert message(finding, "en") == f"This cell is not a count: “{value}”"


def test_long_values_are_cut_and_say_so() -> None:
    text = message(Finding(code="C302", value="x" * 10_000), "en")
    assert text.count("x") == 79
    assert text.endswith("…”")


def test_keywords_are_written_in_words() -> None:
    finding = Finding(code="S102", facts={"place": "[[measure]] 3 / kind", "expected": "one-of: count, flag"})
    assert message(finding, "vi").endswith("tại [[measure]] 3 / kind: cần một trong các từ: count, flag")
    assert message(finding, "en").endswith("at [[measure]] 3 / kind: must be one of: count, flag")
    assert message(Finding(code="F107", facts={"problem": "memory"}), "en").endswith(
        "it used too much memory"
    )


def test_what_is_no_keyword_is_shown_as_it_is() -> None:
    finding = Finding(code="F107", facts={"problem": "signal 9: killed"})
    assert message(finding, "en").endswith(": signal 9: killed")
    # the same word may be a keyword of one fact and plain text in another
    assert "“text”" in message(Finding(code="C302", value="text"), "vi")


def test_codes_of_units_are_resolved_with_their_names() -> None:
    names = {("unit", "04342001"): "Thôn 1", ("unit", "04342"): "Xã Mường Lai"}
    finding = Finding(code="U101", value="Thôn l", facts={"suggestion": "04342001"})
    text = message(finding, "en", lambda kind, code: names.get((kind, code)))
    assert text == "This unit is not in the register: “Thôn l”; did you mean Thôn 1 (04342001)?"
    assert message(finding, "en").endswith("did you mean 04342001?")
    missing = Finding(code="U302", unit="04342", facts={"count": "8"})
    assert message(missing, "vi", lambda kind, code: names.get((kind, code))).startswith(
        "Xã Mường Lai chưa có"
    )


def test_a_rule_says_what_the_form_says() -> None:
    finding = Finding(code="R101", rule="e02", facts={"found": "95 > 90"})
    assert (
        message(finding, "en", lambda kind, _: "Too many" if kind == "rule" else None) == "Too many: 95 > 90"
    )
    assert message(finding, "en") == "e02: 95 > 90"
    told = Finding(code="R101", rule="e02", facts={"title": "Quá nhiều"})
    assert message(told, "vi") == "Quá nhiều"


def test_the_values_of_a_failed_rule_bear_the_names_of_their_measures() -> None:
    finding = Finding(code="R101", rule="e02", facts={"title": "T", "found": "ho_dat = 1691 · tong_ho = 95"})
    names = {("measure", "ho_dat"): "Hộ đạt"}
    text = message(finding, "vi", lambda kind, code: names.get((kind, code)))
    assert text == "T: Hộ đạt = 1.691 · tong_ho = 95"


def test_a_fact_goes_before_the_field_of_its_name() -> None:
    finding = Finding(code="S103", column=3, facts={"column": "17"})
    assert "(character 17)" in message(finding, "en")


def test_severity_is_the_finding_s_own_where_it_brings_one() -> None:
    assert catalogue.severity(Finding(code="R101")) == "hard"
    assert catalogue.severity(Finding(code="R101", severity="soft")) == "soft"
    assert catalogue.severity(Finding(code="F202")) == "note"


# ---------------------------------------------------------------------------------- explaining


@every_entry
@every_language
def test_explain_tells_everything_in_words(item: Entry, lang: Language) -> None:
    told = explain(item.code, lang)
    assert (told.code, told.name, told.severity) == (item.code, item.name, item.severity)
    assert told.severity_label == catalogue.severity_label(item.severity, lang)
    for text in (told.message, told.hint):
        assert re.search(r"[{}\[\]]", text) is None
    asked = PLACEHOLDER.findall(item.message[lang])
    assert told.message.count("‹") == len(asked)
    assert (told.why, told.before, told.after) == (item.why[lang], item.before[lang], item.after[lang])


def test_find_takes_codes_and_names_and_guesses_nothing() -> None:
    for word in ("C302", "c302", "not-a-count"):
        found = catalogue.find(word)
        assert found is not None
        assert found.code == "C302"
    assert catalogue.find("C999") is None
    assert catalogue.find("not-a-cont") is None


def test_an_unknown_code_is_a_key_error() -> None:
    for ask in (entry, lambda code: explain(code, "vi"), lambda code: message(Finding(code=code), "vi")):
        with pytest.raises(KeyError):
            ask("C999")


# ---------------------------------------------------------------------------------- the page


@pytest.mark.slow
def test_the_page_of_codes_is_what_the_catalogue_makes() -> None:
    script = [sys.executable, str(ROOT / "scripts" / "make_docs.py"), "--check"]
    ran = subprocess.run(script, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_page_holds_every_code_and_its_links_lead_somewhere() -> None:
    page = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")
    anchors = {
        line.removeprefix("### ").lower().replace(" ", "-")
        for line in page.splitlines()
        if line[:4] == "### "
    }
    assert anchors == {f"{item.code.lower()}-{item.name}" for item in entries()}
    assert set(re.findall(r"\]\(#([^)]*)\)", page)) == anchors
    for item in entries():
        for words in (item.before, item.after):
            assert all("`" not in words[lang] for lang in LANGUAGES)


def test_the_catalogue_brings_in_nothing_heavy() -> None:
    code = "import sys; from antq_stats.findings import catalogue; catalogue.entries(); print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    heavy = {"pandas", "numpy", "pydantic", "rich", "typer", "babel", "importlib.resources"}
    assert heavy & set(ran.stdout.split()) == set()
