"""The report in words: every number is of the aggregate, every gap is stated, templates do no harm."""

from __future__ import annotations

import dataclasses
import re
import zipfile
from pathlib import Path

import docx
import pytest

from antq_stats.figures.publication import Publication, publish
from antq_stats.render.letterhead import letterhead
from antq_stats.render.prose import TemplateFault, built_in_template, markdown, write_docx
from antq_stats.render.prose.account import Account
from antq_stats.render.prose.figures import FigureText, SectionText
from antq_stats.render.prose.templates import names
from antq_stats.words.approximation import known_qualifiers
from antq_stats.words.language import Wording
from helpers.command import run
from helpers.office import needs_pdftoppm, pictures
from helpers.places import ROOT, SAMPLES
from helpers.reading import read_folder

pytestmark = pytest.mark.slow

DOCS = ROOT / "docs" / "templates.md"

UNITS = """code,name,type,level,parent
1,Sông Lam,tỉnh,province,
11,Bắc,huyện,district,1
12,Nam,huyện,district,1
1101,An,xã,commune,11
1102,Bình,xã,commune,11
1201,Cát,xã,commune,12
1202,Dương,xã,commune,12
"""

FORM = """
[form]
id = "trong-cay"
version = "2021"
title = { vi = "Kết quả trồng cây", en = "Results of planting" }

[[table]]
code = "01"
level = "commune"
title = { vi = "Biểu 01: Trồng cây", en = "Table 01: planting" }

[[measure]]
code = "cay_trong"
label = { vi = "Cây trồng mới", en = "Trees planted" }
unit = { vi = "cây", en = "trees" }

[[measure]]
code = "cay_song"
label = { vi = "Cây còn sống", en = "Trees alive" }
unit = { vi = "cây", en = "trees" }
required = false

[[measure]]
code = "nguoi_om"
label = { vi = "Người ốm", en = "Persons ill" }
unit = { vi = "người", en = "persons" }
required = false
sensitive = "yes"

[[ratio]]
code = "ty_le_song"
label = { vi = "Tỷ lệ cây sống", en = "Share alive" }
numerator = "cay_song"
denominator = "cay_trong"
"""

ROWS = {
    "1101": (40_000, 30_000, 0),
    "1102": (7_100, 7_000, 2),
    "1201": (8_000, 8_000, 0),
    "1202": (900, 90, 0),
}


def folder_of(base: Path, rows: dict[str, tuple[object, ...]], name: str = "2021", form: str = FORM) -> Path:
    folder = base / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "units.csv").write_text(UNITS, encoding="utf-8")
    (folder / "form.toml").write_text(form, encoding="utf-8")
    lines = ["code,cay_trong,cay_song,nguoi_om"]
    lines += [",".join(map(str, (code, *values))) for code, values in rows.items()]
    (folder / "bao-cao.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def published(folder: Path, earlier: Path | None = None) -> Publication:
    outcome = read_folder(folder, period=folder.name)
    before = None if earlier is None else read_folder(earlier, period=earlier.name).total
    return publish(outcome.collection, outcome.findings, before)


def prose(publication: Publication, lang: str = "vi", template: Path | None = None) -> str:
    return markdown(publication, letterhead(publication, lang), lang, template)


def sentences(text: str) -> str:
    """The text before the tables."""
    return text.partition("## Phụ lục số liệu")[0].partition("## Tables")[0]


@pytest.fixture(scope="module")
def planting(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    return published(folder_of(tmp_path_factory.mktemp("planting"), ROWS))


# -- what it says ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> str:
    target = tmp_path_factory.mktemp("province") / "bao-cao.md"
    done = run("report", SAMPLES / "2021", "-o", target, "--lang", "vi", "--date", "2021-12-05")
    assert done.status == 0, done.output
    return target.read_text(encoding="utf-8")


def test_the_published_sentences_of_2021(province: str) -> None:
    assert province.startswith("<!-- antq-stats report -->\n")
    assert "1.691 tổ tự quản về an ninh trật tự" in province
    assert "với gần 47.000 thành viên" in province
    assert "hơn 206.000 hộ đăng ký" in province
    assert "trên 176.000 hộ đạt" in province
    assert "không có các tệ nạn là 81%" in province
    assert "928 thôn, bản, tổ dân phố đạt" in province
    assert "không có tệ nạn xã hội là 68%" in province
    assert "tạm tính" not in province
    assert "Yên Bái, ngày 05 tháng 12 năm 2021" in province


def test_a_form_of_any_kind_has_its_sentences(planting: Publication) -> None:
    text = sentences(prose(planting))
    assert "Toàn tỉnh có 56.000 cây trồng mới; hơn 45.000 cây còn sống. Tỷ lệ cây sống là 81%." in text
    assert "cao nhất là huyện Nam (90,9%), thấp nhất là huyện Bắc (78,6%)" in text
    english = sentences(prose(planting, "en"))
    assert "56,000 trees planted; over 45,000 trees alive" in english
    assert "highest in Huyện Nam (90.9%)" in english


def test_what_is_withheld_is_not_mentioned(planting: Publication) -> None:
    assert planting.is_withheld(planting.root, "nguoi_om")
    text = sentences(prose(planting))
    assert "ốm" not in text
    overall = prose(planting).partition("### Biểu 2")[0]
    assert "ốm" not in overall
    account = Account(planting, Wording("vi"), str)
    assert account.figures["nguoi_om"].words == "×"
    assert account.figures["nguoi_om"].interval is None
    assert not re.search(r"\d", account.figures["nguoi_om"].exact)


def test_a_missing_figure_is_said_to_be_missing(tmp_path: Path) -> None:
    rows = {**ROWS, "1102": ("", "", "")}
    del rows["1202"]
    text = prose(published(folder_of(tmp_path, rows)))
    said = sentences(text)
    assert "SỐ LIỆU TẠM TÍNH" in said
    assert said.count("2/4 xã") == 1  # who reported; it is not said again of every section
    assert "Chưa có báo cáo của xã Dương (huyện Nam)" in said
    assert "48.000 cây trồng mới" in said
    assert "| 2/4 |" in text
    nothing = prose(published(folder_of(tmp_path, {"1101": ("", "", "")}, "2022")))
    assert not re.search(r"\b0 cây", nothing)  # missing is not zero
    alive = prose(published(folder_of(tmp_path, {"1101": ("", 8, "")}, "2023")))
    assert "Chưa có số liệu về cây trồng mới" in alive


def test_only_complete_units_stand_out(tmp_path: Path) -> None:
    rows = {**ROWS, "1202": ("", "", "")}
    text = sentences(prose(published(folder_of(tmp_path, rows))))
    assert "cao nhất" not in text  # of two districts one cannot be compared


LETTERHEAD = """
[letterhead]
issuer = "Ủy ban MTTQ Việt Nam tỉnh Sông Lam"
place = "Bến Thủy"
recipients = ["Thường trực Tỉnh ủy", "Lưu: VT"]
signer = "Phó Chủ tịch"
"""


def test_the_letterhead_of_the_form_stands_above_and_below(tmp_path: Path) -> None:
    text = prose(published(folder_of(tmp_path, ROWS, form=FORM + LETTERHEAD)))
    assert "ỦY BAN MTTQ VIỆT NAM TỈNH SÔNG LAM\\\n**BAN THƯỜNG TRỰC**" in text
    assert "*Bến Thủy, ngày" in text
    assert "- Thường trực Tỉnh ủy;\n- Lưu: VT." in text
    assert "**PHÓ CHỦ TỊCH**" in text


def test_a_body_above_the_issuer_stands_over_it(tmp_path: Path) -> None:
    form = FORM + '[letterhead]\nparent = "UBND tỉnh Sông Lam"\nissuer = "Sở Trồng cây"\n'
    head = letterhead(published(folder_of(tmp_path, ROWS, form=form)), "vi")
    assert (head.parent, head.issuer, head.signed_for) == ("UBND TỈNH SÔNG LAM", "SỞ TRỒNG CÂY", "")


def test_what_fewer_units_gave_than_reported_is_named_once(tmp_path: Path) -> None:
    rows = {**ROWS, "1201": (8_000, "", 0)}
    said = sentences(prose(published(folder_of(tmp_path, rows))))
    assert "4/4 xã đã có báo cáo" in said
    assert said.count("cây còn sống (mới tổng hợp từ 3/4 xã)") == said.count("3/4") == 1


def test_the_tables_of_word_are_an_appendix_after_the_signature(
    planting: Publication, tmp_path: Path
) -> None:
    document = docx.Document(str(docx_of(planting, tmp_path / "a.docx")))
    assert "CHỦ TỊCH" in document.tables[1].rows[0].cells[1].text
    texts = [paragraph.text for paragraph in document.paragraphs]
    head = texts.index("PHỤ LỤC SỐ LIỆU")
    assert document.paragraphs[head].paragraph_format.page_break_before
    assert texts[head + 1].startswith("(Kèm theo Báo cáo số ")
    assert not any(re.search(r"\d [^\W\d]", text) for text in texts[:head] if "trồng mới" in text)


def test_last_year_stands_beside(tmp_path: Path) -> None:
    last = {code: (planted - 100, alive, 0) for code, (planted, alive, _) in ROWS.items()}
    publication = published(folder_of(tmp_path, ROWS), folder_of(tmp_path, last, "2020"))
    text = prose(publication)
    assert "56.000 cây trồng mới (tăng 400 cây so với năm 2020)" in text
    assert "giảm 0,6 điểm phần trăm so với năm 2020" in text
    account = Account(publication, Wording("vi"), str)
    assert account.figures["cay_song"].change == "không thay đổi so với năm 2020"
    assert not account.figures["cay_song"].moved
    assert account.figures["cay_trong"].last == "55.600"
    assert account.figures["cay_song"].exact == "45.090"


def test_what_can_still_move_is_not_compared(tmp_path: Path) -> None:
    rows = {**ROWS, "1202": ("", "", "")}
    publication = published(folder_of(tmp_path, rows), folder_of(tmp_path, ROWS, "2020"))
    said = sentences(prose(publication))
    assert "so với" not in said
    assert "Chỉ so sánh với năm 2020 những chỉ tiêu mà số liệu cả hai kỳ đã đủ" in said


LIMIT = FORM.replace('code = "cay_trong"\n', 'code = "cay_trong"\nmax = 400500\n')
RULE = """
[[rule]]
code = "cay-trong-va-cay-song"
check = "cay_trong <= 4 * cay_song"
severity = "hard"
message = { vi = "Trồng quá nhiều so với cây sống" }
"""


def test_figures_that_can_still_change_are_named(tmp_path: Path) -> None:
    rows = {**ROWS, "1101": (400_100, 130_000, 0), "1202": ("", 10, 0)}
    publication = published(folder_of(tmp_path, rows, form=LIMIT))
    account = Account(publication, Wording("vi"), str)
    assert "cay_trong" in [said.code for said in account.uncertain]
    assert account.certain == ()
    assert "mọi số tạm tính nêu trên đều còn có thể thay đổi" in prose(publication)


def test_words_that_stay_true_whatever_comes_are_certain(tmp_path: Path) -> None:
    rows = {**ROWS, "1101": (400_100, 130_000, 0), "1202": ("", 10, 0)}
    publication = published(folder_of(tmp_path, rows, form=LIMIT + RULE))
    account = Account(publication, Wording("vi"), str)
    assert account.figures["cay_trong"].words == "hơn 415.000"  # 415.200, and at most 40 more
    assert [said.code for said in account.certain] == ["cay_trong", "ty_le_song"]
    span = publication.span(publication.root, "cay_trong")
    assert span is not None
    assert (span.low, span.high) == (415_200, 415_240)
    certain = "các số liệu sau vẫn đúng: hơn 415.000 cây trồng mới; tỷ lệ cây sống là 35%."
    assert certain in prose(publication)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("sample", ["2021", "2021-messy"])
def test_every_figure_in_words_is_true(sample: str, lang: str) -> None:
    outcome = read_folder(SAMPLES / sample, period="2021")
    publication = publish(outcome.collection, outcome.findings)
    account = Account(publication, Wording(lang), str)
    below = zip(account.below, (unit.figures for unit in account.units), strict=True)
    for unit, figures in ((publication.root, account.figures), *below):
        for measure in publication.form.measures:
            figure, said = publication.figure(unit, measure.code), figures[measure.code]
            if figure is not None and figure.value is not None:
                assert said.interval is not None
                assert figure.value in said.interval
        for ratio in publication.form.ratios:
            share, said = publication.ratio(unit, ratio.code), figures[ratio.code]
            if share is not None and share.value is not None:
                assert said.interval is not None
                assert share.value in said.interval


# -- Markdown and Word say the same ------------------------------------------------------------


def docx_of(publication: Publication, target: Path, lang: str = "vi", template: Path | None = None) -> Path:
    with target.open("wb") as stream:
        write_docx(publication, letterhead(publication, lang), lang, stream, template)
    return target


def test_word_says_what_markdown_says(planting: Publication, tmp_path: Path) -> None:
    document = docx.Document(str(docx_of(planting, tmp_path / "a.docx")))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs).replace("\N{NO-BREAK SPACE}", " ")
    wanted = [
        line for line in sentences(prose(planting)).splitlines() if line.startswith(("Toàn", "Tỷ lệ", "Tất"))
    ]
    assert len(wanted) == 3
    for line in wanted:
        assert line in text
    assert "{" not in text
    overall, by_unit = document.tables[2], document.tables[3]
    assert [cell.text for cell in overall.rows[1].cells][:3] == ["Cây trồng mới", "cây", "56.000"]
    assert [cell.text for cell in by_unit.rows[1].cells][:3] == ["Tỉnh Sông Lam", "56.000", "45.090"]
    assert [row.cells[0].text for row in by_unit.rows][2:] == ["Huyện Bắc", "Huyện Nam"]
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert (round(section.left_margin.mm), round(section.right_margin.mm)) == (30, 20)
    assert document.styles["Normal"].font.name == "Times New Roman"
    xml = zipfile.ZipFile(tmp_path / "a.docx").read("word/document.xml").decode()
    assert xml.count("<w:tblHeader") >= 2


def test_the_same_input_gives_the_same_bytes(planting: Publication, tmp_path: Path) -> None:
    first = docx_of(planting, tmp_path / "a.docx").read_bytes()
    assert first == docx_of(planting, tmp_path / "b.docx").read_bytes()
    properties = docx.Document(str(tmp_path / "a.docx")).core_properties
    assert (properties.author, properties.last_modified_by, properties.category) == ("", "", "antq-stats")
    assert prose(planting) == prose(planting)


def test_names_that_mean_something_to_word_or_markdown(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, ROWS)
    wild = UNITS.replace("Bắc", "B*c_<b>&{{ figures }}").replace("Nam", '=N"am|{% x %}')
    (folder / "units.csv").write_text(wild.replace('=N"am|{% x %}', '"=N""am|{% x %}"'), encoding="utf-8")
    publication = published(folder)
    text = prose(publication)
    assert r"B\*c\_\<b\>\&{{ figures }}" in text
    document = docx.Document(str(docx_of(publication, tmp_path / "a.docx")))
    stubs = [row.cells[0].text for row in document.tables[3].rows]
    assert "Huyện B*c_<b>&{{ figures }}" in stubs
    assert 'Huyện =N"am|{% x %}' in stubs


def test_what_it_writes_is_known_again(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, ROWS)
    before = run("aggregate", folder, "--format", "json").data
    for name in ("bao-cao-nam.md", "bao-cao-nam.docx"):
        done = run("report", folder, "-o", folder / name)
        assert done.status == 0, done.output
    after = run("aggregate", folder, "--format", "json")
    assert after.status == 0, after.output
    assert after.data == before


# -- templates of one's own --------------------------------------------------------------------


def text_template(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mau.md"
    path.write_text(text, encoding="utf-8")
    return path


def word_template(tmp_path: Path, *paragraphs: str) -> Path:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.core_properties.author = "Nguyễn Văn A"
    document.save(str(tmp_path / "mau.docx"))
    return tmp_path / "mau.docx"


def test_a_template_of_ones_own(planting: Publication, tmp_path: Path) -> None:
    template = text_template(
        tmp_path,
        'Trồng {{ figures.cay_trong.said }}, còn {{ figures["cay_song"].exact }}.\n'
        "{% for unit in units %}{{ unit.name }}: {{ unit.figures.ty_le_song.exact }}\n{% endfor %}",
    )
    text = prose(planting, template=template)
    assert text.splitlines()[2:] == [
        "Trồng 56.000 cây, còn 45.090.",
        "huyện Bắc: 78,6%",
        "huyện Nam: 90,9%",
    ]
    word = word_template(tmp_path, "Trồng {{ figures.cay_trong.said }}.", "{{p tables[0].body }}")
    document = docx.Document(str(docx_of(planting, tmp_path / "a.docx", template=word)))
    assert document.paragraphs[0].text == "Trồng 56.000 cây."
    assert document.tables[0].rows[1].cells[2].text == "56.000"
    assert document.core_properties.author == ""


@pytest.mark.parametrize(
    ("text", "key", "detail"),
    [
        ("một\n{% if %}", "prose.fault-syntax", ""),
        ("một\n{{ figures.khong_co.words }}", "prose.fault-unknown", "khong_co"),
        ("một\n{{ khong_co }}", "prose.fault-unknown", "khong_co"),
        ("một\n{{ figures.cay_trong.khong_co }}", "prose.fault-unknown", "khong_co"),
        ("một\n{{ ''.__class__.__mro__ }}", "prose.fault-forbidden", "__class__"),
        ("một\n{{ 1 / 0 }}", "prose.fault-failed", "ZeroDivisionError"),
        ("một\n{% for i in range(10000000) %}{% endfor %}", "prose.fault-failed", "OverflowError"),
    ],
)
def test_a_fault_of_a_template_is_reported_with_its_place(
    planting: Publication, tmp_path: Path, text: str, key: str, detail: str
) -> None:
    with pytest.raises(TemplateFault) as told:
        prose(planting, template=text_template(tmp_path, text))
    assert told.value.key == key
    assert told.value.facts["place"] == "dòng 2"
    assert detail in str(told.value.facts["detail"])
    lines = text.split("\n")
    with pytest.raises(TemplateFault) as told:
        docx_of(planting, tmp_path / "a.docx", template=word_template(tmp_path, *lines))
    assert told.value.key == key
    assert told.value.facts["file"] == "mau.docx"


def test_what_is_no_template(planting: Publication, tmp_path: Path) -> None:
    (tmp_path / "no.docx").write_bytes(b"PK\x03\x04 nothing")
    (tmp_path / "no.md").write_bytes(bytes(range(256)))
    for name, key in (("no.docx", "prose.fault-not-docx"), ("gone.docx", "prose.fault-not-docx")):
        with pytest.raises(TemplateFault) as told:
            docx_of(planting, tmp_path / "a.docx", template=tmp_path / name)
        assert told.value.key == key
    for name in ("no.md", "gone.md"):
        with pytest.raises(TemplateFault) as told:
            prose(planting, template=tmp_path / name)
        assert told.value.key == "prose.fault-not-text"
    with zipfile.ZipFile(tmp_path / "zip.docx", "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(TemplateFault):
        docx_of(planting, tmp_path / "a.docx", template=tmp_path / "zip.docx")


def test_tags_that_cross_tables_are_reported(planting: Publication, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("{% for unit in units %}")
    document.add_table(1, 1).rows[0].cells[0].text = "{% endfor %}"
    document.save(str(tmp_path / "mau.docx"))
    with pytest.raises(TemplateFault) as told:
        docx_of(planting, tmp_path / "a.docx", template=tmp_path / "mau.docx")
    assert told.value.key == "prose.fault-misplaced"


def test_the_command_tells_faults_and_leaves_the_old_file(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, ROWS)
    target = tmp_path / "out.docx"
    target.write_bytes(b"old")
    template = word_template(tmp_path, "{{ figures.khong_co }}")
    done = run("report", folder, "-o", target, "--template", template)
    assert done.status == 2
    assert "khong_co" in done.stderr
    assert "mau.docx" in done.stderr
    assert "Traceback" not in done.output
    assert target.read_bytes() == b"old"
    assert run("report", folder, "-o", template, "--template", template).status == 3  # never over an input
    assert run("report", folder, "-o", tmp_path / "a.xlsx", "--template", template).status == 2
    other = run("report", folder, "-o", target, "--template", text_template(tmp_path, "x"))
    assert other.status == 2
    assert ".docx" in other.stderr


@pytest.mark.parametrize("suffix", ["md", "docx"])
def test_the_built_in_template_is_a_start(planting: Publication, tmp_path: Path, suffix: str) -> None:
    template = tmp_path / f"mau.{suffix}"
    template.write_bytes(built_in_template(word=suffix == "docx"))
    if suffix == "md":
        assert prose(planting, template=template) == prose(planting)
        return
    own = docx_of(planting, tmp_path / "a.docx").read_bytes()
    assert docx_of(planting, tmp_path / "b.docx", template=template).read_bytes() == own


def test_the_command_gives_the_built_in_template(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, ROWS)
    done = run("report", folder, "-o", tmp_path / "mau.jinja.docx")
    assert done.status == 0, done.output
    assert (tmp_path / "mau.jinja.docx").read_bytes() == built_in_template(word=True)


def test_the_documented_names_are_those_there_are(planting: Publication) -> None:
    text = DOCS.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \| (.*) \|$", text, re.MULTILINE)
    first = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row[0])}
    account = Account(planting, Wording("vi"), str)
    known = set(names(account, letterhead(planting, "vi"), ()))
    figure = {field.name for field in dataclasses.fields(FigureText)}
    assert first == known | figure
    sections = dict(rows)["`sections`"]
    for field in dataclasses.fields(SectionText):
        assert f"`{field.name}`" in sections
    head = dict(rows)["`head`"]
    for field in dataclasses.fields(letterhead(planting, "vi")):
        assert f"`head.{field.name}`" in head


def test_the_words_of_roundings_are_those_check_text_knows(province: str) -> None:
    words = set(re.findall(r"(\w+) \d{2,3}\.000\b", sentences(province)))
    assert words
    assert words <= set(known_qualifiers())


# -- on paper ----------------------------------------------------------------------------------


@needs_pdftoppm
@pytest.mark.office
def test_it_prints(planting: Publication, tmp_path: Path) -> None:
    pages = pictures(docx_of(planting, tmp_path / "a.docx"), tmp_path / "pages")
    assert 1 <= len(pages) <= 3
