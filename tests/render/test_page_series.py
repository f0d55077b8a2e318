"""The page over several periods: lines with gaps, tables, and what became of units."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpers.command import run
from helpers.places import SAMPLES
from helpers.returns import commune, setup, write_csv

_FIGURE = re.compile(r'<figure class="chart over-years">.*?</figure>', re.DOTALL)


def section(folder: Path, target: Path, *earlier: Path, lang: str = "vi") -> str:
    options = [option for each in earlier for option in ("--with", each)]
    written = run("report", folder, *options, "-o", target, "--lang", lang)
    assert target.exists(), written.output
    page = target.read_text(encoding="utf-8")
    start = page.find('<h2 id="over-years">')
    return page[start : page.index("</section>", start)] if start >= 0 else ""


def charts(text: str) -> dict[str, str]:
    found = _FIGURE.findall(text)
    titles = [re.search("<figcaption>(.*?)</figcaption>", each) for each in found]
    return {title[1]: each for title, each in zip(titles, found, strict=True) if title}


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> str:
    target = tmp_path_factory.mktemp("page") / "p.html"
    return section(SAMPLES / "2025", target, SAMPLES / "2020", SAMPLES / "2021", SAMPLES / "2024")


def test_a_line_leads_through_figures_that_are_comparable(four: str) -> None:
    chart = charts(four)["Tổng số hộ (hộ)"]
    assert chart.count("<polyline") == 1
    assert chart.count("<circle") == 4
    for figure in ("214.642", "217.046", "223.871", "226.228"):
        assert f">{figure}</text>" in chart
    assert re.findall(r'class="name"[^>]*>(\d+)<', chart) == ["2020", "2021", "2022", "2023", "2024", "2025"]


def test_a_line_has_a_gap_where_the_definition_changed(four: str) -> None:
    chart = charts(four)["Hộ đạt gia đình văn hóa không có tội phạm, ma túy (hộ)"]
    assert chart.count("<polyline") == 2
    assert chart.count('class="gap"') == 1
    assert "Từ năm 2024 cách tính thay đổi, không so sánh với kỳ trước" in chart


def test_the_section_says_what_is_compared_with_what(four: str) -> None:
    assert "51/99 xã, phường" in four
    assert "từ 217.046 trở lên" in four
    assert "chỉ có số liệu của một phần địa bàn" in four
    assert "Vì sao tỷ lệ tăng, giảm so với năm 2024" in four
    assert "<dt>Phường Trung Tâm</dt>" in four  # new, with all that it was made of
    assert "Xã Phù Nham" in four


def test_two_periods_are_a_table_without_lines(tmp_path: Path) -> None:
    text = section(SAMPLES / "2021", tmp_path / "p.html", SAMPLES / "2020", lang="en")
    assert not charts(text)
    assert "Figures over the periods" in text
    assert "+2.29 points" in text


def test_without_an_earlier_period_there_is_no_section(tmp_path: Path) -> None:
    assert not section(SAMPLES / "2021", tmp_path / "p.html")


def _year(folder: Path, buffaloes: int, name: str = "Hà Trung") -> Path:
    setup(folder, units=UNITS.replace("Hà Trung", name))
    write_csv(folder / "a.csv", commune((buffaloes, 5), (1, 1), (1, 2)))
    return folder


UNITS = """\
code,name,type,level,parent
07,Hà Trung,tỉnh,province,
0701,Nguyễn Thái Học,xã,commune,07
070101,Thôn 1,,village,0701
070102,Thôn 2,,village,0701
070103,Thôn Nguyễn Phúc,,village,0701
"""


def test_a_measure_that_an_earlier_period_withholds_is_not_drawn(tmp_path: Path) -> None:
    years = [_year(tmp_path / "2021", 10), _year(tmp_path / "2022", 1), _year(tmp_path / "2023", 12)]
    form = years[1] / "form.toml"
    label = 'en = "Buffaloes" }'
    protected = f'{label}\nsensitive = "yes"\nprotect = {{ below = 5 }}'
    form.write_text(form.read_text(encoding="utf-8").replace(label, protected), encoding="utf-8")
    found = section(years[2], tmp_path / "p.html", *years[:2])
    assert "Số bò (con)" in charts(found)
    assert "Số trâu (con)" not in charts(found)


def test_names_of_units_are_escaped(tmp_path: Path) -> None:
    years = [_year(tmp_path / year, 10, name="<b>Hà</b> & Trung") for year in ("2021", "2022", "2023")]
    found = section(years[2], tmp_path / "p.html", *years[:2])
    assert "&lt;b&gt;Hà&lt;/b&gt; &amp; Trung" in found
    assert "<b>" not in found
