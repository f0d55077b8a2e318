"""The page over several periods: lines and gaps, notes, what became of units, what is withheld."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpers.browser import DESKTOP, PHONE, browser, opened, violations
from helpers.command import run
from helpers.places import SAMPLES
from helpers.returns import FORM, RATIO, UNITS, V1, V2, V3, W1, W2, commune, setup, write_csv
from helpers.series_page import Section

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

BREAK = 'break = { date = 2022-03-01, act = { vi = "NĐ 1", en = "Decree 1" } }\n'
HOSTILE = "Bản <img src=x onerror=alert(1)></script> & {{ 7 * 7 }}"


def reported(
    folder: Path, *earlier: Path, lang: str = "en", status: int = 0, more: Sequence[str] = ()
) -> Path:
    target = folder.parent / f"{folder.name}-{lang}.html"
    options = [word for each in earlier for word in ("--with", each)]
    ran = run("report", folder, *options, "-o", target, "--lang", lang, *more)
    assert ran.status == status, ran.output
    return target


def year(
    folder: Path,
    first: int,
    *more: str,
    form: str = FORM,
    units: str = UNITS,
    second: bool = True,
    cattle: int = 1,
    others: int | None = None,
) -> Path:
    """Write a year of two communes, whose villages have so many buffaloes and cattle each.

    Those of the second commune have as many cattle, or ``others``.
    """
    setup(folder, *more, form=form, units=units)
    head = ["Mã thôn", "Tên thôn", "trau", "bo"]
    write_csv(folder / "a.csv", commune(*[(first, cattle)] * 3, head=head, villages=(V1, V2, V3)))
    if second:
        write_csv(
            folder / "b.csv",
            commune(*[(first, cattle if others is None else others)] * 2, head=head, villages=(W1, W2)),
        )
    return folder


# -- the samples ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reform(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    place = tmp_path_factory.mktemp("reform")
    target = {lang: place / f"{lang}.html" for lang in ("vi", "en")}
    for lang, path in target.items():
        ran = run(
            "report", SAMPLES / "2025", "--with", SAMPLES / "2020", "--with", SAMPLES / "2021",
            "-o", path, "--lang", lang,
        )  # fmt: skip
        assert ran.status == 0, ran.output
    return target


@pytest.fixture(scope="module")
def section(reform: Mapping[str, Path]) -> Section:
    return Section(reform["vi"])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


def test_a_period_that_has_only_a_part_of_the_area_has_no_blank_column_beside_the_whole(
    reform: Mapping[str, Path], tmp_path: Path
) -> None:
    head = re.compile(r'<tr><th scope="col">Measure</th>.*?</tr>')

    def first_heads(path: Path) -> list[str]:
        return re.findall(r"<th [^>]*>([^<]*)</th>", head.findall(path.read_text(encoding="utf-8"))[0])

    assert first_heads(reform["en"]) == ["Measure", "Unit of measure", "2025", "Units reporting"]
    whole = tmp_path / "2021.html"
    ran = run("report", SAMPLES / "2021", "--with", SAMPLES / "2020", "-o", whole, "--lang", "en")
    assert ran.status == 0, ran.output
    assert first_heads(whole)[2:5] == ["2021", "2020", "Change from last year"]


def test_where_a_part_of_the_area_is_missing_the_charts_are_of_the_part_that_all_have(
    section: Section,
) -> None:
    assert section.text.startswith(
        "Số liệu qua các kỳ Tỉnh Lào Cai: phần địa bàn có số liệu ở tất cả các kỳ (51/99 xã, phường) "
        "Biểu đồ chỉ vẽ phần địa bàn này, vì có kỳ chưa có số liệu của phần còn lại."
    )
    households = section.chart("Tổng số hộ (hộ)")
    assert [row[:2] for row in households.rows[1:]] == [
        ["Năm 2020", "214.642"], ["Năm 2021", "217.046"], ["Năm 2025", "226.228"],
    ]  # fmt: skip
    assert households.rows[2][2] == "tăng 2.404 (1,1%)"
    assert {"214.642", "217.046", "226.228", "2020", "2021", "2025", "0"} == set(households.texts)
    assert "Năm 2020: 214.642; Năm 2021: 217.046; Năm 2025: 226.228" in households.described
    assert section.row(0, "Tổng số hộ")[:3] == ["214.642", "217.046", "226.228"]
    assert section.row(1, "Tổng số hộ") == ["từ 214.642 trở lên", "từ 217.046 trở lên", "423.800", "(1)"]


def test_a_line_has_a_gap_where_the_definition_changed(section: Section) -> None:
    whole = section.chart("Hộ đăng ký xây dựng gia đình văn hóa")
    assert (len(whole.lines), len(whole.lines[0].split()), whole.gaps) == (1, 3, [])
    broken = section.chart("Hộ đạt gia đình văn hóa")
    assert (len(broken.lines), len(broken.lines[0].split()), len(broken.dots)) == (1, 2, 3)
    (gap,) = broken.gaps
    assert broken.dots[1][0] < gap < broken.dots[2][0]
    assert "Từ năm 2025 cách tính thay đổi, không so sánh với kỳ trước." in broken.described
    assert [row[2] for row in broken.rows[1:]] == ["", "tăng 6.863 (4,1%)", "không so sánh"]
    assert "cách tính đã thay đổi" in section.page


def test_a_year_without_a_report_keeps_its_place_on_the_axis(section: Section) -> None:
    first, second, third = (x for x, _, _ in section.chart("Tổng số hộ").dots)
    assert (third - second) / (second - first) == pytest.approx(4, rel=0.02)


def test_a_count_is_drawn_from_nought_and_a_share_says_where_its_axis_begins(section: Section) -> None:
    clubs = section.chart('Mô hình "2 không, 1 có"')
    heights = [122 - y for _, y, _ in clubs.dots]
    assert heights[2] / heights[0] == pytest.approx(53 / 41, abs=0.01)
    assert {"80%", "100%"} <= set(section.chart("Tỷ lệ hộ đăng ký").texts)
    assert "trục số không bắt đầu từ 0" in section.text


def test_the_parts_of_a_ratios_change_are_told_and_drawn(section: Section) -> None:
    assert section.row(2, "Tỷ lệ hộ đăng ký gia đình văn hóa") == [
        "95,1%", "94,7%", "-0,36 điểm %", "-0,33 điểm %", "0,00 điểm %", "-0,03 điểm %",
    ]  # fmt: skip
    drawn = dict(section.bars)
    assert set(drawn) <= {"real", "answered", "area"}
    assert drawn["real"] > 9 * drawn["area"] > 0


def test_units_that_are_new_or_gone_are_all_named(section: Section) -> None:
    assert (
        "Đơn vị mới so với năm 2021 (94) Tỉnh (1) Tỉnh Lào Cai Xã, phường (45) Phường Yên Bái" in section.text
    )
    assert "Xã Lâm Giang gồm: Xã Lang Thíp; Xã Lâm Giang" in section.items
    assert "Xã, phường (48), ngoài địa bàn có số liệu năm 2021 Phường Lào Cai" in section.text
    assert "Đơn vị của năm 2021 không còn (177)" in section.text
    assert "Xã Mường Lai, huyện Lục Yên" in section.items
    assert "Thôn 1" not in section.text
    assert "đơn vị khác" not in section.text
    assert (
        len([item for item in section.items if re.match("(Tỉnh|Xã|Phường|Thị|Huyện|Thành)", item)])
        == 94 + 177
    )
    for period in ("2020", "2021"):
        assert f"cả 17 chỉ tiêu đều có tổng năm {period} trước và sau" in section.text


def test_two_periods_have_tables_and_no_lines(tmp_path: Path) -> None:
    target = tmp_path / "a.html"
    assert run("report", SAMPLES / "2021", "--with", SAMPLES / "2020", "-o", target).status == 0
    section = Section(target)
    assert section.charts == []
    assert section.row(0, "Self-management security groups") == ["1,596", "1,691", ""]
    assert "new since" not in section.text
    assert section.bars == []  # all of each change is real


def test_without_an_earlier_period_there_is_no_section(tmp_path: Path) -> None:
    page = reported(year(tmp_path / "2024", 10))
    assert 'id="over-years"' not in page.read_text(encoding="utf-8")


# -- lines and gaps ------------------------------------------------------------------------------


def test_four_periods_with_a_break_between_have_two_lines(tmp_path: Path) -> None:
    changed = FORM.replace('code = "bo"\n', 'code = "bo"\n' + BREAK)
    earlier = [
        year(tmp_path / str(y), 10 + y % 10, cattle=y % 10 + 1, form=changed) for y in (2020, 2021, 2022)
    ]
    section = Section(reported(year(tmp_path / "2023", 40, cattle=5, form=changed), *earlier))
    cattle, buffaloes = section.chart("Cattle"), section.chart("Buffaloes")
    assert [len(line.split()) for line in cattle.lines] == [2, 2]
    assert len(cattle.gaps) == 1
    assert [row[1] for row in cattle.rows[1:]] == ["5", "10", "15", "25"]
    assert "Defined otherwise since 2022" in cattle.described
    assert [len(line.split()) for line in buffaloes.lines] == [4]
    assert buffaloes.rows[4][2] == "up 140 (233.3%)"


def test_a_period_that_lacks_returns_is_hollow_and_not_joined(tmp_path: Path) -> None:
    years = [year(tmp_path / str(y), 10, second=y != 2022) for y in (2020, 2021, 2022, 2023)]
    section = Section(reported(years[-1], *years[:-1]))
    chart = section.chart("Buffaloes")
    assert [hollow for _, _, hollow in chart.dots] == [False, False, True, False]
    assert [len(line.split()) for line in chart.lines] == [2]
    assert len(chart.gaps) == 2
    assert [row[1:] for row in chart.rows[1:]] == [
        ["50", ""], ["50", "unchanged"], ["30*", "not compared"], ["50", "not compared"],
    ]  # fmt: skip
    assert "2022: figures are still missing." in chart.described
    assert "a provisional or estimated figure" in section.text
    assert section.row(0, "Buffaloes") == ["50", "50", "30*", "50", "(1)"]


def test_a_period_before_the_measure_was_asked_has_no_dot(tmp_path: Path) -> None:
    without = FORM.partition('[[measure]]\ncode = "bo"')[0]
    first = year(tmp_path / "2020", 10, form=without)
    years = [year(tmp_path / str(y), 10, cattle=y % 10) for y in (2021, 2022)]
    chart = Section(reported(years[1], first, years[0])).chart("Cattle")
    assert (len(chart.dots), len(chart.lines), len(chart.gaps)) == (2, 1, 1)
    assert chart.rows[1] == ["2020", "", ""]
    assert "2020 did not ask for it" in chart.described


@pytest.mark.parametrize("figure", [0, 1, 4999])
def test_a_figure_that_never_changes_is_a_level_line(tmp_path: Path, figure: int) -> None:
    years = [year(tmp_path / str(y), 10, cattle=figure) for y in (2021, 2022, 2023)]
    chart = Section(reported(years[2], *years[:2])).chart("Cattle")
    assert len({y for _, y, _ in chart.dots}) == 1
    assert len(chart.lines) == 1


def test_of_many_periods_the_figures_do_not_stand_on_each_other(tmp_path: Path, chromium: Browser) -> None:
    years = [year(tmp_path / str(y), 100_000 + 37_000 * (y % 3), cattle=4000) for y in range(2012, 2024)]
    page = reported(years[-1], *years[:-1])
    chart = Section(page).chart("Buffaloes")
    assert len(chart.dots) == 12
    assert {"2012", "2023"} <= set(chart.texts)
    assert len(chart.rows) == 13
    with opened(chromium, page) as shown:
        boxes = shown.evaluate(
            """[...document.querySelectorAll('.over-years svg')].map(svg => [...svg.querySelectorAll('text')]
                .map(text => { const b = text.getBoundingClientRect(), s = svg.getBoundingClientRect();
                    return [b.left, b.right, b.top + 3, b.bottom - 3, s.left, s.right]; }))"""
        )
    assert boxes
    for texts in boxes:
        for place, (left, right, top, bottom, least, most) in enumerate(texts):
            assert least - 1 <= left < right <= most + 1
            for other in texts[:place]:
                apart = right <= other[0] or other[1] <= left or bottom <= other[2] or other[3] <= top
                assert apart, texts


# -- safety --------------------------------------------------------------------------------------


def test_what_an_earlier_year_withholds_is_nowhere(tmp_path: Path) -> None:
    secret = FORM.replace('code = "bo"\n', 'code = "bo"\nsensitive = "yes"\nrequired = false\n')
    earlier = [year(tmp_path / str(y), 600, RATIO, cattle=1, others=0, form=secret) for y in (2021, 2022)]
    page = reported(year(tmp_path / "2023", 600, RATIO, cattle=431), *earlier)
    section = Section(page)
    assert [chart.title for chart in section.charts] == ["Buffaloes (head)"]
    labels = [row[0] for row in section.tables[0]]
    assert not any(label.startswith(("Cattle", "Share of cattle")) for label in labels)
    assert "were not asked in earlier periods, or are withheld" in section.text
    assert "0.1%" not in section.page  # 3 of 3000
    assert len(section.tables) == 1  # the ratio's change is not split either


def test_of_a_measure_withheld_in_one_earlier_year_the_line_has_a_gap(tmp_path: Path) -> None:
    secret = FORM.replace('code = "bo"\n', 'code = "bo"\nsensitive = "yes"\nrequired = false\n')
    first = year(tmp_path / "2020", 600, cattle=1, others=0, form=secret)
    open_years = [year(tmp_path / str(y), 600, cattle=y % 10) for y in (2021, 2022)]
    section = Section(reported(open_years[1], first, open_years[0]))
    chart = section.chart("Cattle")
    assert (len(chart.dots), len(chart.gaps), len(chart.lines)) == (2, 1, 1)
    assert chart.rows[1] == ["2020", "×", ""]
    assert "2020: withheld." in chart.described
    assert section.row(0, "Cattle") == ["×", "5", "10", "(1)"]


def test_names_of_units_are_text_whatever_they_hold(tmp_path: Path) -> None:
    old = UNITS.replace("0702,Minh Quân", f"0702,{HOSTILE}")
    new = re.sub("(?m)^070[12],.*\n", "", UNITS).replace(",0701\n", ",0703\n").replace(",0702\n", ",0703\n")
    new = new.replace(",province,\n", f",province,\n0703,{HOSTILE} hai,xã,commune,07\n")
    changes = "event,date,kind,from,to,share,act,source\n"
    changes += "".join(f"a,2023-07-01,merge,{code},0703,,NQ,CB\n" for code in ("0701", "0702"))
    first, last = year(tmp_path / "2022", 10, units=old), year(tmp_path / "2023", 10, units=new)
    (last / "changes.csv").write_text(changes, encoding="utf-8")
    section = Section(reported(last, first))
    assert {"img", "script"}.isdisjoint(section.tags)
    assert f"Xã {HOSTILE} hai made of: Xã Nguyễn Thái Học; Xã {HOSTILE}" in section.items
    assert f"Xã {HOSTILE}" in section.items


# -- as Chromium shows it ------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_nothing_is_wider_than_the_screen_and_axe_finds_nothing(
    chromium: Browser, reform: Mapping[str, Path], viewport: dict[str, int]
) -> None:
    with opened(chromium, reform["en"], viewport=viewport, bypass_policy=True) as page:
        page.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
        assert page.locator("figure.over-years svg").count() == 18
        for mark in page.locator(".key.over-years svg").all():
            box = mark.bounding_box()
            assert box is not None
            assert box["width"] <= 20
        assert violations(page) == []


@pytest.mark.browser
def test_on_paper_no_chart_is_cut(chromium: Browser, reform: Mapping[str, Path]) -> None:
    with opened(chromium, reform["en"], viewport={"width": 990, "height": 680}) as page:
        page.emulate_media(media="print")
        widths = page.evaluate(
            """[...document.querySelectorAll('figure.over-years')].map(figure => [
                getComputedStyle(figure).breakInside, figure.getBoundingClientRect().right])"""
        )
    assert len(widths) == 18
    assert all(inside == "avoid" and right <= 990 for inside, right in widths)
