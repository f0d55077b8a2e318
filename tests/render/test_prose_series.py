"""The report in words over several periods: changes, why there are none, the part that all periods have."""

# ruff: noqa: E501 - a sentence is best read on one line

from __future__ import annotations

import os
from pathlib import Path

import docx
import pytest

from helpers.command import run
from helpers.office import needs_pdftoppm, pictures
from helpers.places import GOLDEN, SAMPLES
from helpers.returns import V1, V2, V3, W1, W2, setup, write_csv

pytestmark = pytest.mark.slow

REFORM = ("2025", "2020", "2021")
WITHHELD = 613
"""What a village gave of a protected measure in 2020; no face of the report of 2021 may have it."""


def report(
    target: Path, folder: Path, *earlier: Path, lang: str = "vi", template: Path | None = None
) -> Path:
    given = [word for period in earlier for word in ("--with", period)]
    given += [] if template is None else ["--template", template]
    done = run("report", folder, *given, "-o", target, "--lang", lang, "--date", "2025-12-05")
    assert done.status == 0, done.output
    return target


def of_samples(target: Path, *years: str, lang: str = "vi") -> Path:
    folder, *earlier = (SAMPLES / year for year in years)
    return report(target, folder, *earlier, lang=lang)


def words_of(document: Path) -> str:
    """The text of a Word document, its paragraphs and cells."""
    opened = docx.Document(str(document))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(paragraph.text for paragraph in opened.paragraphs), *cells])
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Four years of one area; cattle fell in 2021, and a measure was protected in 2020."""
    base, found = tmp_path_factory.mktemp("years"), {}
    figures = {"2010": (10, 8), "2015": (20, 8), "2020": (24, 9), "2021": (30, 8)}
    for year, (buffaloes, cattle) in figures.items():
        protection = "protect = { below = 1000 }" if year == "2020" else ""
        pigs = (
            '\n[[measure]]\ncode = "lon"\nlabel = { vi = "Số lợn", en = "Pigs" }\n'
            f'unit = {{ vi = "con", en = "head" }}\nrequired = false\n{protection}\n'
        )
        found[year] = base / year
        setup(found[year], pigs)
        head = ["Mã thôn", "Tên thôn", "Số trâu", "Số bò", "Số lợn"]
        told = [WITHHELD, 0, 0, 0, 0] if year == "2020" else [5] * 5
        rows = [
            [*village, buffaloes, cattle, pigs_of]
            for village, pigs_of in zip((V1, V2, V3, W1, W2), told, strict=True)
        ]
        write_csv(found[year] / "bc.csv", [head, *rows])
    return found


# -- sentences -------------------------------------------------------------------------------------


def test_a_change_is_stated_since_the_previous_period_and_since_the_oldest(
    years: dict[str, Path], tmp_path: Path
) -> None:
    earlier = [years[year] for year in ("2010", "2015", "2020")]
    text = report(tmp_path / "a.md", years["2021"], *earlier).read_text("utf-8")
    assert "(tăng 30 con so với năm 2020 và 100 con so với năm 2010)" in text
    assert "(giảm 5 con so với năm 2020, không thay đổi so với năm 2010)" in text
    english = report(tmp_path / "b.md", years["2021"], *earlier, lang="en").read_text("utf-8")
    assert "(up 30 head on 2020 and 100 head on 2010)" in english


def test_one_earlier_period_is_stated_as_it_was(years: dict[str, Path], tmp_path: Path) -> None:
    text = report(tmp_path / "a.md", years["2021"], years["2020"]).read_text("utf-8")
    assert "(tăng 30 con so với năm 2020)" in text
    assert "Biểu 1a" not in text  # table 1 has both periods already


def test_what_an_earlier_period_withholds_is_in_no_face(years: dict[str, Path], tmp_path: Path) -> None:
    earlier = [years[year] for year in ("2015", "2020")]
    text = report(tmp_path / "a.md", years["2021"], *earlier).read_text("utf-8")
    word = words_of(report(tmp_path / "a.docx", years["2021"], *earlier))
    for face in (text, word):
        digits = face.replace(".", "")
        assert str(WITHHELD) not in digits
        assert str(WITHHELD - 25) not in digits
        assert "Không so sánh được với năm 2020: số lợn (vì số liệu năm 2020 không công bố)." in face


def test_each_paragraph_says_once_for_each_reason_what_is_not_compared(tmp_path: Path) -> None:
    text = of_samples(tmp_path / "a.md", *REFORM).read_text("utf-8").partition("Phụ lục số liệu")[0]
    paragraphs = [line for line in text.splitlines() if "Không so sánh được" in line]
    assert len(paragraphs) >= 10
    for paragraph in paragraphs:
        reasons = [part.partition(")")[0].partition(".")[0] for part in paragraph.split("vì ")[1:]]
        assert len(reasons) == len(set(reasons))
    clubs = next(line for line in paragraphs if "Thanh niên phòng, chống ma túy" in line)
    assert clubs.endswith("Không so sánh được với năm 2021, vì năm 2021 chỉ có số liệu của một phần địa bàn.")
    assert "cách tính thay đổi theo Nghị định 86/2023/NĐ-CP" in text


@pytest.mark.parametrize(
    ("name", "given", "lang"),
    [("2021-vi", ("2021", "2020"), "vi"), ("2025-vi", REFORM, "vi"), ("2025-en", REFORM, "en")],
)
def test_the_report_reads_as_it_did(name: str, given: tuple[str, ...], lang: str, tmp_path: Path) -> None:
    """Set ANTQ_UPDATE_GOLDEN=1 to write the texts anew, then read the difference with git."""
    text = of_samples(tmp_path / "a.md", *given, lang=lang).read_text("utf-8")
    prose, _, annex = text.partition("\n## Phụ lục số liệu" if lang == "vi" else "\n## Tables")
    letter = "### Biểu 1a" if lang == "vi" else "### Table 1a"
    tables, _, _ = annex[annex.index(letter) :].partition("### Biểu 2" if lang == "vi" else "### Table 2")
    found = f"{prose.rstrip()}\n\n{tables.rstrip()}\n"
    golden = GOLDEN / f"prose-{name}.txt"
    if os.environ.get("ANTQ_UPDATE_GOLDEN") == "1":
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


# -- tables ----------------------------------------------------------------------------------------


def test_the_annex_of_word_has_the_tables_over_the_periods_and_their_notes(tmp_path: Path) -> None:
    document = of_samples(tmp_path / "a.docx", *REFORM)
    opened = docx.Document(str(document))
    text = words_of(document)
    for title in (
        "Biểu 1a. Số liệu qua các kỳ",
        "Biểu 1b. Số liệu qua các kỳ: phần địa bàn",
        "Biểu 1c. Vì sao tỷ lệ",
    ):
        assert title in text
    assert "Đơn vị của năm 2021 không còn: Tỉnh Yên Bái" in text
    assert "cả 17 chỉ tiêu đều có tổng năm 2020 trước và sau" in text
    table = next(
        t
        for t in opened.tables
        if [c.text for c in t.rows[0].cells][1:4] == ["Năm 2020", "Năm 2021", "Năm 2025"]
    )
    assert "tblHeader" in table.rows[0]._tr.xml  # noqa: SLF001 - the head is repeated on every page
    assert len({cell.text for row in table.rows for cell in row.cells}) > 20


def test_the_annex_says_nothing_of_periods_without_an_earlier_one(tmp_path: Path) -> None:
    text = of_samples(tmp_path / "a.md", "2021").read_text("utf-8")
    assert "Biểu 1a" not in text
    assert "Không so sánh" not in text
    assert "Đối chiếu" not in text


@needs_pdftoppm
@pytest.mark.office
def test_it_prints(tmp_path: Path) -> None:
    pages = pictures(of_samples(tmp_path / "a.docx", *REFORM), tmp_path / "pages")
    assert 10 <= len(pages) <= 20


# -- templates ---------------------------------------------------------------------------------------


def test_a_template_of_ones_own_reaches_the_periods(years: dict[str, Path], tmp_path: Path) -> None:
    template = tmp_path / "mau.jinja.md"
    template.write_text(
        "{% if series %}{{ series.periods | join(', ') }}: {{ series.figures.trau.since }}; "
        "{% for point in series.figures.trau.points %}{{ point.period }} {{ point.exact }}; {% endfor %}"
        "{{ series.whole }}; {{ figures.trau.since }}; {{ figures.trau.change }}{% endif %}\n"
        "{% for table in series.tables %}{{ table }}{% endfor %}",
        encoding="utf-8",
    )
    earlier = [years["2015"], years["2020"]]
    text = report(tmp_path / "a.md", years["2021"], *earlier, template=template).read_text("utf-8")
    assert "năm 2015, năm 2020, năm 2021: tăng 25,0% so với năm 2020 và 50,0% so với năm 2015" in text
    assert "năm 2015 100; năm 2020 120; năm 2021 150; True" in text
    assert "tăng 30 con so với năm 2020 và 50 con so với năm 2015; tăng 30 con so với năm 2020" in text
    assert "Số liệu qua các kỳ" in text


def test_the_common_part_is_there_for_a_template(tmp_path: Path) -> None:
    template = tmp_path / "mau.jinja.md"
    template.write_text(
        "{{ series.area }}: {{ series.common.ho_dang_ky_gdvh.said }}, {{ series.common.ho_dang_ky_gdvh.since }}. "
        "{{ series.figures.ho_dang_ky_gdvh.reason }}",
        encoding="utf-8",
    )
    folder, *earlier = (SAMPLES / year for year in REFORM)
    text = report(tmp_path / "a.md", folder, *earlier, template=template).read_text("utf-8")
    assert (
        "(51/99 xã, phường): 214.302 hộ, tăng 3,9% so với năm 2021 và 5,9% so với năm 2020. part-missing"
        in text
    )


def test_a_template_written_before_several_periods_works_as_before(
    years: dict[str, Path], tmp_path: Path
) -> None:
    template = tmp_path / "mau.jinja.md"
    template.write_text(
        "{{ figures.trau.said }}{% if figures.trau.moved %}, {{ figures.trau.change }}{% endif %}. "
        "{% for table in tables %}{{ table }}{% endfor %}",
        encoding="utf-8",
    )
    text = report(
        tmp_path / "a.md", years["2021"], years["2015"], years["2020"], template=template
    ).read_text("utf-8")
    assert "150 con, tăng 30 con so với năm 2020." in text
    assert "Biểu 1. Tổng hợp chung" in text
    alone = tmp_path / "rieng.jinja.md"
    alone.write_text("{% if not series %}một mình{% endif %}", encoding="utf-8")
    assert "một mình" in report(tmp_path / "b.md", years["2021"], template=alone).read_text("utf-8")
