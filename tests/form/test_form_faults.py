"""An invalid form: every fault is reported, with its place and what is expected there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats.findings.setup_error import SetupError
from antq_stats.form import load_form
from helpers.forms import MINIMAL, facts_of, faults_of, form_of

# --- files that cannot be read


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"[form\n", "not-toml"),
        (b"[form]\nid = 'a'\nid = 'b'\n", "key-twice"),
        ("[form]\nid = 'Tổng'".encode("utf-16"), "not-utf-8"),
        ("[form]\nid = 'à'".encode("cp1252"), "not-utf-8"),
        (b"x = " + b"[" * 100_000, "not-toml"),
        (b"x = " + b"9" * 5000, "not-toml"),
        (b"x = 1e999999999999999999999", "not-toml"),
        (b"#" * (4 * 1024 * 1024 + 1), "too-large"),
        (b"PK\x03\x04\x00\x00", "not-toml"),
    ],
)
def test_unreadable(data: bytes, problem: str) -> None:
    assert facts_of(data, "S101")["problem"] == problem


def test_not_toml_says_where() -> None:
    (finding,) = faults_of("[form]\nid = 'a'\nversion 2021\n")
    assert (finding.code, finding.row, finding.facts["column"]) == ("S101", 3, "9")


def test_files_that_are_not_there_or_not_files(tmp_path: Path) -> None:
    for path, problem in (
        (tmp_path / "none.toml", "not-there"),
        (tmp_path, "not-a-file"),
        (Path("a\0b"), "cannot-open"),
    ):
        with pytest.raises(SetupError) as refused:
            load_form(path)
        (finding,) = refused.value.findings
        assert (finding.code, finding.file, finding.facts["problem"]) == ("S101", path.name, problem)
    path = tmp_path / "form.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    assert load_form(path) == form_of(MINIMAL)


# --- a measure with decimals


@pytest.mark.parametrize(
    ("keys", "place", "expected", "found"),
    [
        ("decimals = 4", "decimals", "at-most: 3", "4"),
        ("decimals = -1", "decimals", "at-least: 0", "-1"),
        ("decimals = 1.0", "decimals", "whole-number", "1.0"),
        ("decimals = true", "decimals", "whole-number", "true"),
        ('decimals = 1\nsensitive = "yes"', "decimals", "whole-if-sensitive", "1"),
        ("decimals = 1\nprotect = { below = 5 }", "decimals", "whole-if-sensitive", "1"),
        ("min = 0.5", "min", "whole-number", "0.5"),
        ("max = 5.0", "max", "whole-number", "5.0"),
        ("decimals = 1\nmin = 0.25", "min", "decimals-at-most: 1", "0.25"),
        ("decimals = 1\nmax = 1e-999999999", "max", "decimals-at-most: 1", "1E-999999999"),
        ("decimals = 1\nmax = 12.55", "max", "decimals-at-most: 1", "12.55"),
        ("decimals = 3\nmax = 1000000000", "max", "at-most: 999999999", "1000000000"),
        ("decimals = 1\nmin = 2.5\nmax = 2.4", "max", "at-least: 2.5", "2.4"),
        ('decimals = 1\nmin = "1"', "min", "whole-number", "1"),
        ("decimals = 1\nmin = -0.1", "min", "at-least: 0", "-0.1"),
        ("decimals = 1\nmin = nan", "min", "whole-number", "NaN"),
        ("decimals = 1\nmax = inf", "max", "at-most: 999999999999", "Infinity"),
    ],
)
def test_decimals_and_limits_that_do_not_fit(keys: str, place: str, expected: str, found: str) -> None:
    text = f"{MINIMAL}{keys}\n"
    facts = facts_of(text, "S102")
    assert (facts["place"], facts["expected"], facts["found"]) == (
        f'[[measure]] 2 "b" / {place}', expected, found,
    )  # fmt: skip


def test_a_flag_has_no_decimals() -> None:
    text = MINIMAL.replace('kind = "count"', 'kind = "flag"') + "decimals = 1\n"
    facts = facts_of(text, "S102")
    assert (facts["place"], facts["expected"]) == ('[[measure]] 2 "b" / decimals', "at-most: 0")


def test_limits_with_decimals_are_exact() -> None:
    measure = form_of(f"{MINIMAL}decimals = 2\nmin = 0.07\nmax = 1000\n").measure("b")
    assert (measure.least, measure.greatest, measure.scale) == (7, 100_000, 100)
    assert (str(measure.amount(7)), measure.text(100_000)) == ("0.07", "1000.00")
    whole = form_of(MINIMAL).measure("b")
    assert (whole.amount(7), whole.text(7), whole.scale, whole.least) == (7, "7", 1, 0)


# --- faults of one entry


@pytest.mark.parametrize(
    ("old", "new", "place", "expected", "found"),
    [
        ('id = "f"\n', "", "[form] / id", "key-missing", None),
        ('version = "1"', "version = 2021", "[form] / version", "text", "2021"),
        ('title = { vi = "F" }', "title = 'F'", "[form] / title", "table", "F"),
        ('title = { vi = "F" }', "title = { en = 'F' }", "[form] / title / vi", "key-missing", None),
        ('id = "f"', "id = '  '", "[form] / id", "text-not-empty", ""),
        ('id = "f"', f"id = '{'f' * 1001}'", "[form] / id", "shorter-text", "f" * 79 + "…"),
        ('id = "f"', "id = 'f'\nfrom = '2021-01-01'", "[form] / from", "date", "2021-01-01"),
        ('id = "f"', "id = 'f'\ndue = 2021-01-01T10:00:00", "[form] / due", "date", "2021-01-01T10:00:00"),
        (
            'id = "f"',
            "id='f'\nfrom=2021-12-01\nto=2021-01-01",
            "[form] / to",
            "not-before: 2021-12-01",
            "2021-01-01",
        ),
        (
            'id = "f"',
            "id = 'f'\nserves = { from = 2025, to = 2021 }",
            "[form] / serves / to",
            "at-least: 2025",
            "2021",
        ),
        (
            'id = "f"',
            "id = 'f'\nserves = { from = '2025' }",
            "[form] / serves / from",
            "whole-number",
            "2025",
        ),
        ('id = "f"', "id = 'f'\nserves = 2025", "[form] / serves", "table", "2025"),
        ('id = "f"', "id = 'f'\nnotes = 'x'", "[form] / notes", "table", "x"),
        ('code = "b"', "code = 'b'\nup = 'mean'", '[[measure]] 2 "b" / up', "one-of: sum, none", "mean"),
        ('code = "b"', "code = 'b'\nmeaning = 'x'", '[[measure]] 2 "b" / meaning', "table", "x"),
        ('code = "b"', "code = 'b'\nsource = ''", '[[measure]] 2 "b" / source / vi', "text-not-empty", ""),
        (
            'code = "b"',
            "code = 'b'\nbreak = { date = 2024-01-30 }",
            '[[measure]] 2 "b" / break / act',
            "key-missing",
            None,
        ),
        (
            'code = "b"',
            "code = 'b'\nbreak = { date = '30/01/2024', act = 'x' }",
            '[[measure]] 2 "b" / break / date',
            "date",
            "30/01/2024",
        ),
        (
            "[[table]]",
            "[letterhead]\ndeadline = 'x'\n[[table]]",
            "[letterhead] / deadline",
            "date",
            "x",
        ),
        (
            "[[table]]",
            "[letterhead]\nrecipients = 'x'\n[[table]]",
            "[letterhead] / recipients",
            "list",
            "x",
        ),
        (
            "[[table]]",
            "due = 2025-12-05\n[letterhead]\ndeadline = 2025-12-10\n[[table]]",
            "[letterhead] / deadline",
            "one-of: 2025-12-05",
            "2025-12-10",
        ),
        ('id = "f"', "id = 'f'\nidentity.code = 'Mã'", "[form] / identity / code", "list", "Mã"),
        ('code = "a"', "code = 'Tổng hộ'", '[[measure]] 1 "Tổng hộ" / code', "identifier", "Tổng hộ"),
        ('code = "a"', "code = 'a-b'", '[[measure]] 1 "a-b" / code', "identifier", "a-b"),
        ('code = "a"', "code = 'units'", '[[measure]] 1 "units" / code', "not-reserved", "units"),
        ('code = "a"', "code = 'not'", '[[measure]] 1 "not" / code', "not-reserved", "not"),
        ('code = "a"', "code = 1", "[[measure]] 1 / code", "text", "1"),
        ('code = "a"\n', "", "[[measure]] 1 / code", "key-missing", None),
        ('code = "b"', "code = 'b'\nkind2 = 'x'", '[[measure]] 2 "b" / kind2', "key-unknown", "kind2"),
        ('code = "b"', "code = 'b'\nmin = -1", '[[measure]] 2 "b" / min', "at-least: 0", "-1"),
        ('code = "b"', "code = 'b'\nmin = 1.5", '[[measure]] 2 "b" / min', "whole-number", "1.5"),
        ('code = "b"', "code = 'b'\nmin = true", '[[measure]] 2 "b" / min', "whole-number", "true"),
        ('code = "b"', "code = 'b'\nmin = 7\nmax = 6", '[[measure]] 2 "b" / max', "at-least: 7", "6"),
        (
            'code = "b"',
            f"code='b'\nmax = {10**12}",
            '[[measure]] 2 "b" / max',
            f"at-most: {10**12 - 1}",
            f"{10**12}",
        ),
        (
            'code = "b"',
            f"code='b'\nmax = 0x{'f' * 5000}",
            '[[measure]] 2 "b" / max',
            f"at-most: {10**12 - 1}",
            "number",
        ),
        ('code = "b"', "code = 'b'\nrequired = 'no'", '[[measure]] 2 "b" / required', "true-or-false", "no"),
        ('code = "b"', "code = 'b'\nrequired = 1", '[[measure]] 2 "b" / required', "true-or-false", "1"),
        ('code = "b"', "code = 'b'\nmax_change = '10%'", '[[measure]] 2 "b" / max_change', "number", "10%"),
        ('code = "b"', "code = 'b'\nmax_change = nan", '[[measure]] 2 "b" / max_change', "number", "NaN"),
        (
            'code = "b"',
            "code = 'b'\nmax_change = -0.1",
            '[[measure]] 2 "b" / max_change',
            "at-least: 0",
            "-0.1",
        ),
        ('code = "b"', "code = 'b'\naliases = ['x', 3]", '[[measure]] 2 "b" / aliases / 2', "text", "3"),
        ('code = "b"', "code = 'b'\naliases = 'x'", '[[measure]] 2 "b" / aliases', "list", "x"),
        (
            'code = "b"',
            "code = 'b'\nblank = 'nil'",
            '[[measure]] 2 "b" / blank',
            "one-of: missing, zero",
            "nil",
        ),
        ('code = "b"', "code = 'b'\ntable = 'u'", '[[measure]] 2 "b" / table', "one-of: t", "u"),
        ('code = "b"', "code = 'b'\nsection = 's'", '[[measure]] 2 "b" / section', "one-of: ", "s"),
    ],
)
def test_faults_of_an_entry(old: str, new: str, place: str, expected: str, found: str | None) -> None:
    text = MINIMAL.replace(old, new, 1)
    assert text != MINIMAL
    facts = facts_of(text, "S102")
    assert (facts["place"], facts["expected"], facts.get("found")) == (place, expected, found)


def test_flags_go_no_further_than_one() -> None:
    text = MINIMAL + '[[measure]]\ncode = "c"\nlabel = { vi = "Cờ" }\nkind = "flag"\n'
    assert facts_of(text + "max = 2\n", "S102")["expected"] == "at-most: 1"
    assert facts_of(text + "min = 2\n", "S102")["place"].endswith("/ min")
    assert form_of(text + "min = 0\nmax = 1\n").measure("c").max == 1


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", ["[form]", "[[table]]", "[[measure]]"]),
        (MINIMAL[: MINIMAL.index("[[measure]]")], ["[[measure]]"]),
        (MINIMAL[: MINIMAL.index("[[table]]")], ["[[table]]", "[[measure]]"]),
        (MINIMAL.replace("[[table]]", "[table]"), ["[table]"]),
        (
            "measure = [1, {}]\n" + MINIMAL.partition("[[measure]]")[0],
            ["[[measure]] 1", *["[[measure]] 2 / "] * 2],
        ),
        ("form = 3\n" + MINIMAL[MINIMAL.index("[[table]]") :], ["[form]"]),
        (MINIMAL + "[[measures]]\ncode = 'c'\n", ["measures"]),
        (MINIMAL + "[rule]\ncode = 'c'\n", ["[rule]"]),
    ],
)
def test_faults_of_the_outline(text: str, places: list[str]) -> None:
    found = faults_of(text)
    assert {finding.code for finding in found} == {"S102"}
    assert len(found) == len(places)
    assert all(finding.facts["place"].startswith(place) for finding, place in zip(found, places, strict=True))


def test_suggestions_for_keys() -> None:
    facts = facts_of(MINIMAL.replace('code = "b"', 'code = "b"\nrequird = true'), "S102")
    assert facts["suggestion"] == "required"
    facts = facts_of(MINIMAL.replace('label = { vi = "Số b" }', 'label = { vi = "Số b", eng = "B" }'), "S102")
    assert facts["place"] == '[[measure]] 2 "b" / label / eng'
    assert facts["suggestion"] == "en"
    assert facts_of(MINIMAL + "[[measures]]\ncode = 'c'\n", "S102")["suggestion"] == "measure"


# --- faults between entries


def not_summed(code: str) -> str:
    """Return a measure that no level adds up."""
    return f"[[measure]]\ncode = '{code}'\nlabel = {{ vi = 'Số {code}' }}\nup = 'none'\n"


def rule(check: str, code: str = "r") -> str:
    return f'[[rule]]\ncode = "{code}"\ncheck = "{check}"\nseverity = "hard"\nmessage = {{ vi = "m" }}\n'


def ratio(numerator: str, denominator: str, code: str = "q") -> str:
    return f"""[[ratio]]
code = "{code}"
label = {{ vi = "Tỷ lệ {code}" }}
numerator = "{numerator}"
denominator = "{denominator}"
"""


def test_rules_that_are_not_rules() -> None:
    (finding,) = faults_of(MINIMAL + rule("a <= = b"))
    assert (finding.code, finding.rule) == ("S103", "r")
    assert dict(finding.facts) == {
        "place": '[[rule]] 1 "r" / check',
        "problem": "unexpected",
        "column": "6",
        "found": "==",
    }
    assert facts_of(MINIMAL + rule("__import__('os').system('x')"), "S103")["problem"] == "unknown-sign"
    assert facts_of(MINIMAL + rule("("), "S103")["problem"] == "unexpected-end"


def test_names_that_no_measure_has() -> None:
    (finding,) = faults_of(
        MINIMAL.replace('"a"', '"tong_ho"') + rule("tong_hoo <= b and c9 > 1").replace("and c9 > 1", "")
    )
    assert (finding.code, finding.rule, finding.facts["name"]) == ("S105", "r", "tong_hoo")
    assert finding.facts["suggestion"] == "tong_ho"
    assert [finding.facts["name"] for finding in faults_of(MINIMAL + rule("xx <= yy + a"))] == ["xx", "yy"]
    assert facts_of(MINIMAL + ratio("a", "zz"), "S105")["place"] == '[[ratio]] 1 "q" / denominator'
    assert facts_of(MINIMAL + ratio("units", "a"), "S105")["name"] == "units"
    assert facts_of(MINIMAL + ratio("a", "b") + rule("q <= a"), "S105")["problem"] == "ratio-not-measure"
    facts = facts_of(MINIMAL + ratio("a", "b") + ratio("q", "b", "q2"), "S105")
    assert (facts["name"], facts["problem"]) == ("q", "ratio-not-measure")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (rule("1 <= 2"), "always-true"),
        (rule("a <= a"), "always-true"),
        (rule("a < a"), "always-false"),
        (rule("a / a == 1"), "always-true"),
        (rule("a <= b") + rule("b >= a", "s"), "same-rule"),
        (rule("a <= b") + rule("a > b", "s"), "rules-exclude"),
        (rule("a == b") + rule("a < b and a > 3", "s"), "rules-exclude"),
        (ratio("a", "a"), "ratio-constant"),
        (not_summed("c") + ratio("c", "a"), "ratio-not-summed"),
        (not_summed("c") + ratio("c", "units"), "ratio-not-summed"),
    ],
)
def test_rules_and_ratios_without_sense(more: str, problem: str) -> None:
    assert facts_of(MINIMAL + more, "S104")["problem"] == problem


def test_ratios_in_a_circle() -> None:
    assert facts_of(MINIMAL + ratio("a", "q"), "S104")["problem"] == "ratio-over-itself"
    found = faults_of(MINIMAL + ratio("a", "q2") + ratio("q", "b", "q2"))
    assert [(finding.code, finding.facts["problem"]) for finding in found] == [
        ("S104", "ratio-over-itself")
    ] * 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (MINIMAL + '[[measure]]\ncode = "a"\nlabel = { vi = "Khác" }\nkind = "count"\n', "a"),
        (MINIMAL + ratio("a", "b", "b"), "b"),
        (MINIMAL + '[[table]]\ncode = "u"\nlevel = "x"\ntitle = { vi = "U" }\n' * 2, "u"),
        (MINIMAL + '[[section]]\ncode = "s"\nlabel = { vi = "S" }\n' * 2, "s"),
        (MINIMAL + rule("a <= b") + rule("a <= 3"), "r"),
        (
            MINIMAL.replace('code = "a"', 'code = "a"\nwas = "x"').replace(
                'code = "b"', 'code = "b"\nwas = "x"'
            ),
            "x",
        ),
    ],
)
def test_codes_given_twice(text: str, name: str) -> None:
    if '"u"' in text:
        text = text.replace('kind = "count"', 'kind = "count"\ntable = "t"')
    facts = facts_of(text, "S107")
    assert facts["name"] == name
    assert facts["first"] != facts["second"]


@pytest.mark.parametrize(
    ("label", "aliases"),
    [
        ("SỐ  A.", "[]"),
        ("Số b", '["số a"]'),
        ("Số b", '["a"]'),
        ("Số b", '["So\\u0302\\u0301 a (1)"]'),
    ],
)
def test_aliases_that_collide(label: str, aliases: str) -> None:
    text = MINIMAL.replace('label = { vi = "Số b" }', f'label = {{ vi = "{label}" }}\naliases = {aliases}')
    facts = facts_of(text, "S108")
    assert (facts["first"], facts["second"]) == ("a", "b")
    assert facts["place"] == '[[measure]] 2 "b"'


def test_aliases_of_ratios_and_of_identity_columns_collide_too() -> None:
    facts = facts_of(MINIMAL + ratio("a", "b") + 'aliases = ["Số a"]\n', "S108")
    assert (facts["first"], facts["second"]) == ("a", "q")
    own = 'title = { vi = "F" }\nidentity.name = ["Số A"]'
    facts = facts_of(MINIMAL.replace('title = { vi = "F" }', own), "S108")
    assert (facts["first"], facts["second"], facts["alias"]) == ("a", "identity.name", "Số A")
    own = 'title = { vi = "F" }\nidentity.name = ["Nơi"]\nidentity.parent = ["nơi"]'
    facts = facts_of(MINIMAL.replace('title = { vi = "F" }', own), "S108")
    assert (facts["first"], facts["second"]) == ("identity.name", "identity.parent")


def test_the_same_header_may_stand_in_two_tables() -> None:
    two = MINIMAL.replace('code = "a"', 'code = "a"\ntable = "t"').replace(
        'code = "b"', 'code = "b"\ntable = "u"'
    )
    two = two.replace("Số b", "Số a") + '[[table]]\ncode = "u"\nlevel = "x"\ntitle = { vi = "U" }\n'
    assert len(form_of(two).tables) == 2


def test_a_table_must_be_named_where_there_are_two() -> None:
    text = MINIMAL + '[[table]]\ncode = "u"\nlevel = "x"\ntitle = { vi = "U" }\n'
    assert [(finding.facts["place"], finding.facts["expected"]) for finding in faults_of(text)] == [
        ('[[measure]] 1 "a" / table', "key-missing"),
        ('[[measure]] 2 "b" / table', "key-missing"),
    ]


def test_all_faults_at_once() -> None:
    text = (
        MINIMAL.replace('version = "1"', "version = 1")
        .replace('code = "a"\n', 'code = "a"\nkimd = "count"\naliases = ["Số b"]\n')
        .replace('kind = "count"', 'kind = "number"', 1)
        + ratio("a", "zz")
        + rule("a <= ")
        + rule("b <= b", "s")
        + rule("a < b", "s")
        + rule("nobody > 1", "u")
        + "[[section]]\ncode = 's'\n"
        + "[strange]\n"
    )
    found = sorted((finding.code, finding.facts.get("place", "")) for finding in faults_of(text))
    assert found == sorted(
        [
            ("S102", "strange"),
            ("S102", "[form] / version"),
            ("S102", '[[measure]] 1 "a" / kimd'),
            ("S102", '[[measure]] 1 "a" / kind'),
            ("S102", '[[section]] 1 "s" / label'),
            ("S103", '[[rule]] 1 "r" / check'),
            ("S104", '[[rule]] 2 "s" / check'),
            ("S105", '[[ratio]] 1 "q" / denominator'),
            ("S105", '[[rule]] 4 "u" / check'),
            ("S107", '[[rule]] 3 "s"'),
            ("S108", '[[measure]] 2 "b"'),
        ]
    )


def test_no_english_sentence_is_among_the_facts() -> None:
    text = "[form]\nid = 3\nx = 1\n[[measure]]\ncode = '1'\nlabel = 4\nkind = []\nmin = 'x'\n"
    faults = faults_of(text)
    assert len(faults) > 3
    for finding in faults:
        assert not {"input", "should", "valid", "Field"} & set(" ".join(finding.facts.values()).split())


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=10)
    | st.sampled_from(["a", "b", "a <= b", "t", "count"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["vi", "en", "code", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)
_KEYS = st.sampled_from(
    ["id", "version", "title", "identity", "code", "table", "label", "kind", "check", "numerator", "?"]
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["form", "table", "measure", "ratio", "rule", "section", "?"]),
        st.dictionaries(_KEYS, _VALUES),
    )
)
def test_any_toml_is_a_form_or_is_refused_with_findings(content: dict[str, dict[str, object]]) -> None:
    lines = []
    for name, entry in content.items():
        head = f"[{json.dumps(name)}]" if name in {"form", "?"} else f"[[{name}]]"
        lines += [head, *(f"{json.dumps(key)} = {_toml(value)}" for key, value in entry.items())]
    for finding in faults_of("\n".join(lines)):
        assert finding.code.startswith("S10")


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return json.dumps(
            "".join(char for char in value if ord(char) >= 32 and ord(char) != 127), ensure_ascii=False
        )
    return "nan" if value is None else json.dumps(value)
