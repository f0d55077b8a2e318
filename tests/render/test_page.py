"""The year-end summary page: its content, that it needs nothing outside, how Chromium shows it."""

# ruff: noqa: E501 - a case a line reads better than a case in ten
from __future__ import annotations

import base64
import hashlib
import html.parser
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats.figures.publication import Publication, publish
from antq_stats.form import Measure
from antq_stats.render.cells import cell_of
from antq_stats.render.letterhead import letterhead
from antq_stats.render.page import page
from antq_stats.render.page.context import PageContext
from antq_stats.render.page.tables import headline
from antq_stats.render.words import unit_name
from antq_stats.render.writing.table import clean
from antq_stats.words.language import LANGUAGES, Language, Wording, number
from helpers.browser import PHONE, browser, opened, violations
from helpers.command import run
from helpers.inside import limit_units_of_page
from helpers.places import SAMPLES
from helpers.reading import read_folder
from helpers.returns import FORM, RATIO, UNITS, W1, W2, commune, setup, write_csv, write_xlsx

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow


OPEN_DETAILS = """most => [...document.querySelectorAll('main details')].slice(0, most)
    .forEach(part => { part.open = true; })"""

HOSTILE = """</script><script>document.title='x'</script><img src=x onerror=alert(1)>"""


def published(folder: Path, earlier: Path | None = None) -> Publication:
    outcome = read_folder(folder)
    before = None if earlier is None else read_folder(earlier, period="2020").total
    return publish(outcome.collection, outcome.findings, before)


def written(publication: Publication, folder: Path, lang: Language = "vi") -> Path:
    path = folder / f"page-{lang}.html"
    path.write_text(page(publication, letterhead(publication, lang), lang), encoding="utf-8", newline="\n")
    return path


@pytest.fixture(scope="module")
def province() -> Publication:
    return published(SAMPLES / "2021", SAMPLES / "2020")


@pytest.fixture(scope="module")
def messy() -> Publication:
    return published(SAMPLES / "2021-messy")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def pages(
    province: Publication, messy: Publication, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    folders = {name: tmp_path_factory.mktemp(name) for name in ("province", "messy")}
    return {
        f"{name}-{lang}": written(publication, folders[name], lang)
        for name, publication in (("province", province), ("messy", messy))
        for lang in LANGUAGES
    }


class Parsed(html.parser.HTMLParser):
    """A page's elements, attributes and texts, by the standard library's parser."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {}
        self.words: list[str] = []
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's own signature
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in ("script", "style"):
            self.inside.setdefault(self._open, []).append(data)
        else:
            self.words.append(data)

    @property
    def data(self) -> dict[str, object]:
        return json.loads(self.inside["script"][0])

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


# -- the file ------------------------------------------------------------------------------------


def test_the_policy_names_what_is_inside_and_nothing_else(pages: dict[str, Path]) -> None:
    text = pages["province-vi"].read_text(encoding="utf-8")
    parsed = Parsed(text)
    policy = next(
        a["content"] for _, a in parsed.elements if a.get("http-equiv") == "Content-Security-Policy"
    )
    hashes = {
        kind: base64.b64encode(hashlib.sha256(parsed.inside[kind][-1].encode()).digest()).decode()
        for kind in ("style", "script")
    }
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes['style']}'; script-src 'sha256-{hashes['script']}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert len(parsed.inside["style"]) == 1
    assert len(parsed.inside["script"]) == 2  # the figures and the script
    for tag, attributes in parsed.elements:
        assert not [name for name in attributes if name == "style" or name.startswith("on")], tag
        for name in ("src", "href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:")), (tag, attributes)
    assert not re.search(r"https?:|@import|url\((?!#)", text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_same_figures_give_the_same_bytes(lang: Language, tmp_path: Path, pages: dict[str, Path]) -> None:
    again = written(published(SAMPLES / "2021", SAMPLES / "2020"), tmp_path, lang)
    assert again.read_bytes() == pages[f"province-{lang}"].read_bytes()


def test_the_page_names_its_language_title_and_maker(pages: dict[str, Path]) -> None:
    for name, path in pages.items():
        parsed = Parsed(path.read_text(encoding="utf-8"))
        tags = dict(reversed(parsed.elements))
        assert tags["html"]["lang"] == name[-2:]
        assert any(
            a.get("name") == "generator" and "antq-stats" in (a["content"] or "") for _, a in parsed.elements
        )
        assert "Tổ quốc" in parsed.text or "National Security" in parsed.text


def test_reports_kept_in_the_folder_are_not_read_and_can_be_written_again(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", RATIO)
    write_xlsx(folder / "a.xlsx", commune())
    write_xlsx(folder / "b.xlsx", commune(villages=(W1, W2)))
    contents = {}
    for suffix in ("html", "md", "docx", "xlsx", "html"):
        target = folder / f"bao-cao.{suffix}"
        ran = run("report", folder, "-o", target, "--lang", "vi")
        assert ran.status == 0, ran.output
        assert contents.setdefault(suffix, target.read_bytes()) == target.read_bytes()
    found = run("validate", folder, "--format", "json").data
    assert found["findings"] == []
    assert found["summary"]["returns"] == 2
    assert found["summary"]["passed_over"] == 6  # form, register and the four reports


# -- what it says --------------------------------------------------------------------------------


def _values(
    publication: Publication, content: dict[str, object]
) -> Iterator[tuple[object, bool, object, bool]]:
    """Yield each figure of the page's data beside the publication's own: value and mark of both."""
    units = publication.register.under(publication.root).tolist()
    places = iter(publication.columns)
    for section in content["sections"]:
        for shown in section["columns"]:
            column = next(places)
            assert shown["label"] == column.label.vi
            for position, unit in enumerate(units):
                mark = shown["marks"][position : position + 1] == "1"
                value = shown["values"][position]
                if isinstance(column, Measure):
                    figure = publication.figure(unit, column.code)
                    true = "x" if figure is None else figure.value if figure.expected else ""
                else:
                    figure = publication.ratio(unit, column.code)
                    exact = figure.value if figure else None
                    true = "" if figure and figure.given and exact is None else exact
                    if exact is not None:
                        half_up = (2 * exact * 10**column.decimals + 1) // 2
                        true = int(half_up)
                    elif figure is not None and not figure.expected:
                        true = ""
                yield value, mark, true, bool(figure and figure.provisional and isinstance(true, int))
    assert next(places, None) is None


def test_every_figure_is_the_publications(
    province: Publication, messy: Publication, pages: dict[str, Path]
) -> None:
    for name, publication in (("province", province), ("messy", messy)):
        shown = Parsed(pages[f"{name}-vi"].read_text(encoding="utf-8")).data
        compared = list(_values(publication, shown))
        assert len(compared) == len(publication.register) * len(publication.columns)
        assert [(value, mark) for value, mark, _, _ in compared] == [(t, m) for _, _, t, m in compared]
    assert any(mark for _, mark, _, _ in compared)
    assert any(value is None for value, _, _, _ in compared)


def test_the_headline_is_what_was_published(province: Publication) -> None:
    chosen = [column.code for column in headline(province)]
    assert set(chosen) >= {
        "to_tu_quan_antt", "tv_to_tu_quan", "ho_dang_ky_gdvh", "ho_dat_gdvh", "thon_dat_vh", "ty_le_ho_dat",
        "ty_le_thon_dat",
    }  # fmt: skip
    assert len(chosen) <= 8
    assert "tong_ho" not in chosen


def test_last_year_and_the_change_stand_beside(pages: dict[str, Path]) -> None:
    text = Parsed(pages["province-vi"].read_text(encoding="utf-8")).text
    assert "1.691 tổ Năm 2020: 1.596 tăng 95 (6,0%)" in text
    assert "68,0% Năm 2020: 64,3% tăng 3,7 điểm phần trăm" in text
    english = Parsed(pages["province-en"].read_text(encoding="utf-8")).text
    assert "1,691 groups 2020: 1,596 up 95 (6.0%)" in english


def test_provisional_figures_are_marked_and_not_compared(tmp_path: Path) -> None:
    now, then = setup(tmp_path / "2021", RATIO), setup(tmp_path / "2020", RATIO)
    for folder in (now, then):
        write_xlsx(folder / "a.xlsx", commune())
    write_xlsx(then / "b.xlsx", commune(villages=(W1, W2)))
    publication = published(now, then)
    for lang, banner, sentence in (
        ("vi", "SỐ LIỆU TẠM TÍNH", "chưa so sánh: số tạm tính"),
        ("en", "PROVISIONAL FIGURES", "not compared: provisional"),
    ):
        text = Parsed(page(publication, letterhead(publication, lang), lang)).text
        assert banner in text
        assert f"30* {'con' if lang == 'vi' else 'head'}" in text or "30*" in text
        assert sentence in text
        assert "2020: 50" in text


def test_a_provisional_figure_tells_where_it_can_end(tmp_path: Path) -> None:
    folder = setup(tmp_path, RATIO)
    write_xlsx(folder / "a.xlsx", commune())
    text = Parsed(page(published(folder), letterhead(published(folder), "vi"), "vi")).text
    assert "Số trâu 30* con có thể từ 30 trở lên" in text  # the form sets no limit
    assert "Số bò 3* con" in text
    assert "Số bò 3* con có thể" not in text
    assert text.count("10.003") == 1  # two villages of at most 5000: a range so wide stands at the coverage


def test_a_narrow_range_is_on_the_first_screen_and_no_text_has_a_gap(pages: dict[str, Path]) -> None:
    text = Parsed(pages["messy-vi"].read_text(encoding="utf-8")).text
    assert "có thể từ 98 đến 122" in text
    assert "‹" not in text


def test_coverage_is_weighed_too(tmp_path: Path) -> None:
    now, then = setup(tmp_path / "2021", RATIO), setup(tmp_path / "2020", RATIO)
    write_xlsx(now / "a.xlsx", commune())
    write_xlsx(then / "a.xlsx", commune((10, 1), (10, 1), (10, 1)))
    write_xlsx(then / "b.xlsx", commune((5, 1), (5, 1), villages=(W1, W2)))
    publication = published(now, then)
    text = Parsed(page(publication, letterhead(publication, "en"), "en")).text
    assert "Share by “Buffaloes”" in text
    assert "Tỉnh Hà Trung 5 3 60.0% 75.0% incomplete" in text  # 30 of 40 head


def test_a_final_page_says_nothing_of_provisional(pages: dict[str, Path]) -> None:
    for lang in LANGUAGES:
        parsed = Parsed(pages[f"province-{lang}"].read_text(encoding="utf-8"))
        assert not re.search(r"tạm tính|provisional", parsed.text, re.IGNORECASE)
        assert "*" not in parsed.text
        assert not any(
            column["marks"] for section in parsed.data["sections"] for column in section["columns"]
        )


def test_missing_senders_and_open_findings_are_listed(messy: Publication, pages: dict[str, Path]) -> None:
    text = Parsed(pages["messy-vi"].read_text(encoding="utf-8")).text
    assert "Xã Hưng Thịnh" in text
    for finding in messy.open_findings:
        assert finding.code in text
    assert "Nguyễn Văn" not in text
    assert "0900000001" not in text
    digests = [source.sha256 for source in messy.sources]
    assert digests
    assert all(digest in text for digest in digests)


SENSITIVE = """
[[measure]]
code = "nghien"
label = { vi = "Người nghiện", en = "Drug users" }
kind = "count"
required = false
sensitive = "yes"
max = 500

[[rule]]
code = "n1"
check = "nghien <= trau"
severity = "hard"
message = { vi = "Nhiều quá", en = "Too many" }
"""


def test_what_is_withheld_never_gets_out(tmp_path: Path) -> None:
    folder = setup(tmp_path, SENSITIVE)
    head = ["Mã thôn", "Tên thôn", "Số trâu", "Số bò", "Người nghiện"]
    write_xlsx(folder / "a.xlsx", commune((300, 1, 317), (400, 1, 319), (500, 1, 331), head=head))
    write_xlsx(folder / "b.xlsx", commune((600, 1, 337), (700, 1, 347), head=head, villages=(W1, W2)))
    publication = published(folder)
    assert not any(finding.rule == "n1" for finding in publication.open_findings)
    for lang in LANGUAGES:
        text = page(publication, letterhead(publication, lang), lang)
        visible = re.sub(r"[0-9a-f]{64}|<style>.*?</style>", "", text, flags=re.DOTALL)
        for value in (317, 319, 331, 337, 347):
            assert not re.search(rf"(?<![\d.,]){value}(?!\d)", visible), value
        column = next(
            c
            for s in Parsed(text).data["sections"]
            for c in s["columns"]
            if c["label"] in ("Người nghiện", "Drug users")
        )
        names = Parsed(text).data["names"]
        assert [
            value
            for name, value in zip(names, column["values"], strict=True)
            if name.startswith(("Thôn", "Bản"))
        ] == ["x"] * 5
        assert column["values"][0] == 317 + 319 + 331 + 337 + 347
        assert "×" in Parsed(text).text


def test_names_are_text_whatever_they_hold(tmp_path: Path) -> None:
    units = UNITS.replace("Bản Lý", f'"Bản {HOSTILE.replace(chr(34), chr(34) * 2)} & \u2028 {{{{ 7 * 7 }}}}"')
    folder = setup(tmp_path, form=FORM.replace("Số trâu", "Số <b>trâu</b> &amp;"), units=units)
    write_csv(folder / "a.csv", commune(head=["Mã thôn", "Tên thôn", "trau", "bo"]))
    publication = published(folder)
    text = page(publication, letterhead(publication, "vi"), "vi")
    parsed = Parsed(text)
    assert not [tag for tag, _ in parsed.elements if tag in ("img", "b")]
    assert len(parsed.inside["script"]) == 2
    assert any("</script>" in name for name in parsed.data["names"])
    assert "{{ 7 * 7 }}" in parsed.text
    assert "Số <b>trâu</b> &amp; con 30*" in parsed.text


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    folder = setup(tmp_path_factory.mktemp("small"))
    write_csv(folder / "a.csv", commune())
    return published(folder)


@settings(deadline=None, max_examples=40)
@given(st.text(min_size=1, max_size=60))
def test_any_text_is_shown_as_it_is(small: Publication, text: str) -> None:
    head = letterhead(small, "vi")
    plain = Parsed(page(small, head, "vi"))
    shown = Parsed(page(small, replace(head, motto=text), "vi"))
    assert shown.elements == plain.elements
    assert "".join(shown.words) == "".join(plain.words).replace(head.motto, clean(text))


def test_without_scripts_there_are_plain_tables(province: Publication, pages: dict[str, Path]) -> None:
    text = Parsed(pages["province-vi"].read_text(encoding="utf-8")).text
    district = province.register.units.by_code["135"]
    cells = [
        PageContext(province, Wording("vi")).marked(cell_of(province, district, province.form.measure(code)))
        for code in ("to_tu_quan_antt", "tv_to_tu_quan")
    ]
    assert f"Huyện Lục Yên {' '.join(cells)}" in text
    assert "có trong bảng tính (tệp .xlsx)" in text
    assert text.count("Xã Mường Lai") >= 8  # once in each section's table


def test_a_form_of_one_table_and_no_ratio_gives_a_page(tmp_path: Path) -> None:
    folder = setup(tmp_path)
    for returns in (False, True):
        if returns:
            write_csv(folder / "a.csv", commune())
        publication = published(folder)
        text = Parsed(page(publication, letterhead(publication, "en"), "en")).text
        assert "Figures by unit" in text
        assert "There are no figures to chart." in text


def test_of_too_many_units_the_finest_are_left_to_the_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = setup(tmp_path)
    write_csv(folder / "a.csv", commune())
    publication = published(folder)
    limit_units_of_page(monkeypatch, in_script=4, in_lists=1)
    parsed = Parsed(page(publication, letterhead(publication, "en"), "en"))
    assert parsed.data["names"] == ["Tỉnh Hà Trung", "Xã Nguyễn Thái Học", "Xã Minh Quân"]
    assert parsed.data["parents"] == [-1, 0, 0]
    assert "Figures for each village are in the workbook" in parsed.text
    assert "1 other unit is not listed here" in parsed.text


def _large(folder: Path) -> Publication:
    """The sample province's units with 42 measures of seven digits or fewer, given by all villages."""
    units = (SAMPLES / "2021" / "units.csv").read_text(encoding="utf-8")
    labels = [f"Chỉ tiêu {letter}{place}" for letter in "ABCDEF" for place in range(7)]
    form = '[form]\nid = "l"\nversion = "1"\ntitle = { vi = "Lớn", en = "Large" }\n\n[[table]]\ncode = "01"\n'
    form += 'level = "village"\ntitle = { vi = "Biểu", en = "Table" }\n'
    for letter in "ABCDEF":
        form += (
            f'\n[[section]]\ncode = "{letter}"\nlabel = {{ vi = "Nhóm {letter}", en = "Section {letter}" }}\n'
        )
    for place, label in enumerate(labels):
        form += f'\n[[measure]]\ncode = "m{place}"\nsection = "{label[9]}"\nlabel = {{ vi = "{label}", en = "{label}" }}\n'
    setup(folder, form=form, units=units)
    codes = [line.split(",")[0] for line in units.splitlines() if ",village," in line]
    assert len(codes) == 1365
    rows = [["Mã thôn", *labels]]
    rows += [
        [code, *((place * 7919 + at * 104729) % 9973 for at in range(42))] for place, code in enumerate(codes)
    ]
    write_csv(folder / "tinh.csv", rows)
    return published(folder)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    return written(_large(folder / "2021"), folder, "vi")


def test_a_province_of_42_measures_stays_below_2_mb(large: Path) -> None:
    assert 200_000 < large.stat().st_size < 2_000_000
    content = Parsed(large.read_text(encoding="utf-8")).data
    assert sum(len(section["columns"]) for section in content["sections"]) == 42
    assert len(content["names"]) == 1365 + 173 + 9 + 1


# -- in a browser --------------------------------------------------------------------------------


def _rows(shown: Page) -> list[list[str]]:
    return shown.evaluate(
        "() => [...document.querySelectorAll('#grid tbody tr')].map("
        "row => [...row.cells].map(cell => (cell.querySelector('span:not(.sign):not(.name)') ?? cell).textContent))"
    )


@pytest.mark.browser
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_shows_the_same_figures_as_paper(
    chromium: Browser, messy: Publication, pages: dict[str, Path], lang: Language
) -> None:
    with opened(chromium, pages[f"messy-{lang}"]) as shown:
        shown.select_option("#section", "-1")
        shown.click("#open-all")
        rows = _rows(shown)
    register, answers = messy.register, messy.coverage
    units = register.under(messy.root).tolist()
    assert len(rows) == len(units)
    for row, unit in zip(rows, units, strict=True):
        coverage = f"{number(int(answers.read[unit]), lang)}/{number(int(answers.expected[unit]), lang)}"
        cells = [
            PageContext(messy, Wording(lang)).marked(cell_of(messy, unit, column)) for column in messy.columns
        ]
        assert row == [unit_name(register, unit), coverage, *cells]


@pytest.mark.browser
def test_units_open_and_columns_sort_from_the_keyboard(
    chromium: Browser, province: Publication, pages: dict[str, Path]
) -> None:
    with opened(chromium, pages["province-vi"]) as shown:
        assert len(_rows(shown)) == 10
        shown.keyboard.press("Tab")
        assert shown.evaluate("document.activeElement.className") == "skip"
        shown.focus("#filter")
        for _ in range(20):
            shown.keyboard.press("Tab")
            if shown.evaluate(
                "document.activeElement.matches('button') && document.activeElement.textContent.includes('Huyện Lục Yên')"
            ):
                break
        focused = "document.activeElement.getAttribute('aria-expanded')"
        assert shown.evaluate(focused) == "false"
        outline = shown.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        shown.keyboard.press("Enter")
        assert shown.evaluate(focused) == "true"
        assert len(_rows(shown)) == 10 + 24
        shown.keyboard.press("Space")
        assert len(_rows(shown)) == 10
        shown.select_option("#section", "2")
        head = shown.locator("#grid thead th", has_text="Tỷ lệ đạt trên số đăng ký")
        assert head.get_attribute("aria-sort") is None
        head.locator("button").focus()
        shown.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        first = [row[0] for row in _rows(shown)]
        shown.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "ascending"
        names = [row[0] for row in _rows(shown)]
        shown.locator("#grid thead button", has_text="Đơn vị").click()
        by_name = [row[0] for row in _rows(shown)]
    districts = province.register.units.children[province.root]
    ranked = sorted(districts, key=lambda unit: province.ratio(unit, "ty_le_dat_tren_dang_ky").value)
    expected = [unit_name(province.register, unit) for unit in ranked]
    assert names == ["Tỉnh Yên Bái", *expected]
    assert first == ["Tỉnh Yên Bái", *reversed(expected)]
    assert by_name[:3] == ["Tỉnh Yên Bái", "Huyện Lục Yên", "Huyện Mù Cang Chải"]
    assert by_name[-2:] == ["Thành phố Yên Bái", "Thị xã Nghĩa Lộ"]


@pytest.mark.browser
def test_a_filter_finds_names_with_and_without_diacritics(chromium: Browser, pages: dict[str, Path]) -> None:
    with opened(chromium, pages["province-vi"]) as shown:
        for asked, found in (
            ("minh quan", ["Xã Minh Quán", "Xã Minh Quân"]),
            ("Minh Quân", ["Xã Minh Quân"]),
            ("minh qua\u0301n", ["Xã Minh Quán"]),
            ("MINH QUÁN", ["Xã Minh Quán"]),
        ):
            shown.fill("#filter", asked)
            assert [row[0] for row in _rows(shown)] == ["Tỉnh Yên Bái", "Huyện Trấn Yên", *found]
            assert shown.inner_text("#rows") == f"{len(found) + 2} dòng"
        shown.fill("#filter", "đ")
        assert shown.inner_text("#rows") != ""
        shown.fill("#filter", "không có nơi này")
        assert _rows(shown) == []
        assert shown.inner_text("#rows") == "Không có đơn vị nào có tên như vậy."
        assert shown.get_attribute("#rows", "role") == "status"


@pytest.mark.browser
def test_a_found_unit_opens_to_what_lies_below(chromium: Browser, pages: dict[str, Path]) -> None:
    with opened(chromium, pages["province-vi"]) as shown:
        shown.fill("#filter", "Minh Quán")
        button = shown.locator("#grid tbody button", has_text="Xã Minh Quán")
        button.click()
        assert len(_rows(shown)) > 4
        button.click()
        assert len(_rows(shown)) == 3
        shown.locator("#grid tbody button", has_text="Huyện Trấn Yên").click()
        assert len(_rows(shown)) == 2


@pytest.mark.browser
def test_a_large_table_is_drawn_in_parts(chromium: Browser, large: Path) -> None:
    with opened(chromium, large) as shown:
        shown.select_option("#view", "3")
        assert len(_rows(shown)) == 500
        assert shown.inner_text("#rows") == "1.365 dòng, đang hiện 500 dòng đầu"
        shown.locator("#grid thead button", has_text="Chỉ tiêu A3").click()
        shown.click("#more")
        assert len(_rows(shown)) == 1000
        column = [int(row[5].replace(".", "")) for row in _rows(shown)]
        assert column == sorted(column, reverse=True)
        shown.click("#more")
        assert len(_rows(shown)) == 1365
        assert not shown.is_visible("#more")
        ready = shown.evaluate("() => performance.getEntriesByName('antq-ready').length")
        assert ready == 1


@pytest.mark.browser
def test_hostile_names_do_nothing_in_a_browser(chromium: Browser, tmp_path: Path) -> None:
    units = UNITS.replace("Minh Quân", f'"{HOSTILE.replace(chr(34), chr(34) * 2)}"')
    folder = setup(tmp_path, RATIO, units=units)
    write_csv(folder / "a.csv", commune())
    path = written(published(folder), tmp_path)
    with opened(chromium, path) as shown:
        shown.click("#open-all")
        assert any(HOSTILE in row[0] for row in _rows(shown))
        assert shown.title() != "x"
        assert shown.locator("img").count() == 0


@pytest.mark.browser
def test_without_scripts_the_plain_tables_show(chromium: Browser, pages: dict[str, Path]) -> None:
    with opened(chromium, pages["province-vi"], scripts=False) as shown:
        assert shown.locator("#tables").is_visible()
        assert not shown.locator("#drill-section").is_visible()
        table = shown.locator("details", has_text="Hoạt động tự quản: xã, phường, thị trấn").last
        table.locator("summary").click()
        assert table.locator("th", has_text="Xã Mường Lai").is_visible()
        assert shown.locator("#whole").is_visible()


@pytest.mark.browser
def test_on_paper_controls_are_gone_and_details_open(chromium: Browser, pages: dict[str, Path]) -> None:
    with opened(chromium, pages["messy-vi"]) as shown:
        shown.emulate_media(media="print")
        for gone in (".controls", "nav", ".skip", ".alternative"):
            assert not shown.locator(gone).first.is_visible(), gone
        assert shown.locator(".letterhead").is_visible()
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert shown.locator("details.finding ul").first.is_visible()
        shown.evaluate("dispatchEvent(new Event('afterprint'))")
        assert shown.locator("details.finding[open]").count() == 0


@pytest.mark.browser
def test_on_paper_no_column_runs_off_the_sheet(
    chromium: Browser, pages: dict[str, Path], messy: Publication
) -> None:
    with opened(chromium, pages["messy-vi"], viewport={"width": 990, "height": 700}) as shown:
        shown.select_option("#section", "-1")
        shown.emulate_media(media="print")
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert not shown.locator("#grid").is_visible()
        assert shown.locator("#paper table").count() == len({column.section for column in messy.columns})
        assert shown.locator("#paper caption").first.is_visible()
        heads = shown.locator("#paper thead th").all_inner_texts()
        assert all(any(column.label.vi in head for head in heads) for column in messy.columns)
        assert shown.evaluate("document.documentElement.scrollWidth") == 990
        shown.evaluate("dispatchEvent(new Event('afterprint'))")
        assert shown.locator("#paper table").count() == 0
        assert shown.locator("#grid").is_visible()
        assert len(_rows(shown)[0]) == 2 + len(messy.columns)


@pytest.mark.browser
@pytest.mark.parametrize("name", ["province-vi", "messy-en"])
def test_a_telephone_scrolls_tables_not_the_page(
    chromium: Browser, pages: dict[str, Path], name: str
) -> None:
    with opened(chromium, pages[name], viewport=PHONE) as shown:
        shown.select_option("#section", "-1")
        shown.evaluate(OPEN_DETAILS, 99)
        assert shown.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


LOOKS = [
    ("vi", "light", {}),
    ("en", "dark", {"color_scheme": "dark"}),
    ("vi", "telephone", {"viewport": PHONE, "color_scheme": "dark"}),
    ("en", "telephone", {"viewport": PHONE}),
    ("vi", "no-scripts", {}),
]


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "look", "options"), LOOKS)
def test_axe_finds_nothing(
    chromium: Browser, pages: dict[str, Path], lang: Language, look: str, options: dict[str, Any]
) -> None:
    with opened(chromium, pages[f"messy-{lang}"], bypass_policy=True, **options) as shown:
        if look == "no-scripts":  # as the page is before its script has run
            shown.evaluate(
                "() => { document.querySelectorAll('.static').forEach(part => { part.hidden = false; });"
                " document.getElementById('drill-section').hidden = true; }"
            )
        else:
            shown.select_option("#section", "2")
            shown.locator("#grid tbody button").nth(1).click()
            shown.locator("#grid thead button").nth(2).click()
        shown.evaluate(OPEN_DETAILS, 3 if look == "no-scripts" else 30)
        assert violations(shown) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_map_has_a_circle_and_a_row_for_each_commune(
    scheme: str, chromium: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    assert run("report", SAMPLES / "2025", "-o", path, "--lang", "vi").status == 0
    with opened(chromium, path, bypass_policy=True, color_scheme=scheme) as shown:
        assert shown.locator("figure.map > svg circle").count() == 99
        shown.locator("figure.map summary").click()
        assert shown.locator("figure.map tbody tr").count() == 99
        assert not violations(shown)


def test_units_without_known_positions_have_no_map(pages: dict[str, Path]) -> None:
    assert 'class="chart map"' not in pages["province-vi"].read_text(encoding="utf-8")
