"""Which text of a Word document is checked; numbers in words; nouns; the measured goals."""

# ruff: noqa: E501 - a sentence is best read on one line

from __future__ import annotations

import io
import sys
import zipfile
from fractions import Fraction

import pytest

from antq_stats.plan import Limits
from antq_stats.text_check.documents.blocks import Paragraph
from antq_stats.text_check.documents.document import document_of
from antq_stats.text_check.numbers.numbers import numbers_of
from helpers.places import ROOT
from helpers.prose import checked_prose, only_number, verdicts

sys.path.insert(0, str(ROOT / "benchmarks"))

from checking_text import HELD_OUT, measure, publication_of

pytestmark = pytest.mark.slow

NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(body: str, parts: dict[str, str] | None = None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {NS}><w:body>{body}</w:body></w:document>")
        for name, text in (parts or {}).items():
            archive.writestr(
                f"word/{name}", text.replace("<root>", f"<w:root {NS}>").replace("</root>", "</w:root>")
            )
    return stream.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def par(*runs: str, style: str = "") -> str:
    told = f'<w:pPr><w:pStyle w:val="{style}"/><w:rPr><w:strike/></w:rPr></w:pPr>' if style else ""
    return f"<w:p>{told}{''.join(runs)}</w:p>"


def texts(data: bytes) -> list[str]:
    return [
        block.text for block in document_of(data, "docx", Limits()).blocks if isinstance(block, Paragraph)
    ]


def test_headers_footers_and_notes_are_read() -> None:
    parts = {
        "header1.xml": f"<root>{par(run('đầu trang 12'))}</root>",
        "footer2.xml": f"<root>{par(run('chân trang 13'))}</root>",
        "footnotes.xml": f"<root><w:footnote>{par(run('chú thích 14'))}</w:footnote></root>",
        "endnotes.xml": f"<root><w:endnote>{par(run('cuối bài 15'))}</w:endnote></root>",
    }
    assert sorted(texts(word(par(run("thân bài 11")), parts))) == [
        "chân trang 13", "chú thích 14", "cuối bài 15", "thân bài 11", "đầu trang 12",
    ]  # fmt: skip


def test_what_is_not_read_is_counted() -> None:
    parts = {
        "comments.xml": f"<root><w:comment w:id='1'>{par(run('sửa 9'))}</w:comment><w:comment w:id='2'/></root>",
        "media/image1.png": "x",
        "charts/chart1.xml": "<c/>",
        "embeddings/a.xlsx": "x",
        "diagrams/data1.xml": "<d/>",
    }
    assert document_of(word(par(run("11")), parts), "docx", Limits()).unread == {
        "chart": 1, "comment": 2, "diagram": 1, "object": 1, "picture": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("properties", "kind"),
    [
        ('<w:vertAlign w:val="superscript"/>', "raised"),
        ('<w:vertAlign w:val="subscript"/>', "raised"),
        ("<w:strike/>", "struck"),
        ('<w:dstrike w:val="1"/>', "struck"),
        ("<w:vanish/>", "hidden"),
        ('<w:rStyle w:val="Raised"/>', "raised"),
        ('<w:rStyle w:val="Based"/>', "raised"),
    ],
)
def test_marks_are_no_figures(properties: str, kind: str) -> None:
    styles = (
        '<root><w:style w:styleId="Raised"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
        '<w:style w:styleId="Based"><w:basedOn w:val="Raised"/></w:style></root>'
    )
    data = word(par(run("1.691"), run("1", properties), run(" tổ")), {"styles.xml": styles})
    document = document_of(data, "docx", Limits())
    assert (document.blocks, document.unread) == ([Paragraph("1.691 tổ")], {kind: 1})


@pytest.mark.parametrize(
    "properties",
    ['<w:strike w:val="0"/>', '<w:vanish w:val="false"/>', '<w:vertAlign w:val="baseline"/>', "<w:b/>",
     "<w:rPrChange><w:rPr><w:strike/></w:rPr></w:rPrChange>"],
)  # fmt: skip
def test_what_is_not_marked_is_read(properties: str) -> None:
    assert texts(word(par(run("1.691", properties), run(" tổ"), style="Normal"))) == ["1.691 tổ"]


def test_a_run_may_clear_what_its_style_sets() -> None:
    styles = '<root><w:style w:styleId="Gone"><w:rPr><w:vanish/></w:rPr></w:style></root>'
    data = word(
        par(run("11"), style="Gone") + par(run("12", '<w:vanish w:val="0"/>'), style="Gone"),
        {"styles.xml": styles},
    )
    assert texts(data) == ["12"]


def field(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def test_page_numbers_are_no_figures() -> None:
    def of(instruction: str, result: str) -> str:
        told = f"<w:r><w:instrText> {instruction} </w:instrText></w:r>"
        return field("begin") + told + field("separate") + run(result) + field("end")

    simple = '<w:fldSimple w:instr=" NUMPAGES "><w:r><w:t>15</w:t></w:r></w:fldSimple>'
    data = word(
        par(run("Trang "), of("PAGE", "7"), run(" của "), simple) + par(of("REF so_to", "1.691"), run(" tổ"))
    )
    assert texts(data) == ["Trang  của", "1.691 tổ"]


def test_the_body_is_the_part_that_the_package_calls_so() -> None:
    stream = io.BytesIO(word(par(run("cũ 1"))))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(
            "word/document2.xml", f"<w:document {NS}><w:body>{par(run('mới 2'))}</w:body></w:document>"
        )
        archive.writestr(
            "_rels/.rels",
            '<Relationships><Relationship Type="http://x/relationships/officeDocument" Target="/word/document2.xml"/></Relationships>',
        )
    assert texts(stream.getvalue()) == ["mới 2"]


def test_struck_text_of_markdown_is_no_figure() -> None:
    found = document_of("Có ~~1.961~~ 1.691<sup>1</sup> tổ[^2], 12² hộ.".encode(), "md", Limits())
    assert found.blocks == [Paragraph("Có  1.691 tổ, 12 hộ.")]
    assert found.unread == {"raised": 2, "struck": 1}


# -- numbers in words, foreign thousands -----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("một nghìn sáu trăm chín mươi mốt tổ", 1691), ("Hai trăm linh năm hộ", 205), ("mười lăm thôn", 15),
        ("năm mươi tư tổ", 54), ("một nghìn rưỡi hộ", 1500), ("hai vạn rưỡi người", 25_000), ("4,7 vạn người", 47_000),
        ("bốn vạn bảy nghìn người", 47_000), ("1 triệu rưỡi người", 1_500_000), ("46 ngàn người", 46_000),
        ("hai nghìn không trăm linh một hộ", 2001), ("hai trăm lẻ tư hộ", 204), ("tám mươi mốt phẩy hai phần trăm", Fraction(812, 10)),
        ("2,5 tỷ người", 2_500_000_000), ("mười hộ", 10),
    ],
)  # fmt: skip
def test_numbers_in_words(text: str, value: Fraction) -> None:
    numbers, passed = numbers_of(text, "vi", nouns=frozenset({"hộ"}))
    assert ([one.value for one in numbers], passed) == ([value], [])


@pytest.mark.parametrize(
    "text",
    ["một số thôn", "năm qua", "ba huyện", "một trong những xã", "năm hai nghìn không trăm hai mươi mốt", "ngày mười lăm",
     "lần thứ mười hai", "trong mười hai tháng", "hàng nghìn hộ", "tại tầng 3, phòng 305", "số 15 đường Điện Biên"],
)  # fmt: skip
def test_words_that_are_no_figures(text: str) -> None:
    assert numbers_of(text, "vi")[0] == []


def test_a_foreign_mark_is_reported_and_the_figure_compared() -> None:
    text = "Toàn tỉnh có 1,691 tổ tự quản; tăng 6,863 hộ đạt gia đình văn hóa; có 1,961 tổ tự quản."
    assert verdicts(text, last="2020") == {"1,691": "foreign", "6,863": "foreign", "1,961": "wrong"}
    assert verdicts("The province has 1.691 self-management security groups.") == {"1.691": "foreign"}
    assert verdicts("The province has 1,691 self-management security groups.") == {"1,691": "right"}


# -- what is said of last year, of pairs, of nouns -------------------------------------------------


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Số buổi tuyên truyền bằng 121,9 % năm 2020.", True),
        ("Số buổi tuyên truyền bằng 122,9 % năm 2020.", False),
        ("Số lượt người nghe tuyên truyền gấp 1,2 lần năm trước.", True),
        ("Số lượt người nghe tuyên truyền gấp 1,4 lần năm trước.", False),
        ("Số lượt người nghe tuyên truyền tăng gấp đôi so với năm 2020.", False),
        ("Số tổ tự quản giảm còn 1.691 tổ.", True),
        ("Số tổ tự quản từ 1.596 tổ nâng lên 1.691 tổ.", True),
        ("Số tổ tự quản từ 1.691 tổ nâng lên 1.596 tổ.", False),
        ("Có 173/173 xã, phường, thị trấn (đạt 100%) báo cáo.", True),
        ("Có 173/173 xã, phường, thị trấn (đạt 99%) báo cáo.", False),
        ("Xã Mường Lai (huyện Lục Yên) có 8 tổ tự quản.", True),
        ("Xã Mường Lai (huyện Lục Yên) có 252 tổ tự quản.", False),
        ("Thành phố Yên Bái có 228 tổ tự quản, tăng 27 tổ (13,4%) so với năm 2020.", True),
        ("Thành phố Yên Bái có 228 tổ tự quản, tăng 27 tổ (14,4%) so với năm 2020.", False),
    ],
)
def test_what_is_said_of_last_year_and_of_parts(text: str, right: bool) -> None:
    assert checked_prose(text, last="2020").is_clean is right


@pytest.mark.parametrize("noun", ["hộ", "người", "thôn", "câu lạc bộ", "buổi", "lượt người", "mô hình", "xã"])
def test_a_figure_with_another_noun_is_never_right(noun: str) -> None:
    assert only_number(f"Toàn tỉnh có 1.691 {noun} tự quản về an ninh trật tự.").judged.verdict == "noun"
    assert only_number(f"Toàn tỉnh có 1.691 {noun}.").judged.verdict != "right"


def test_the_goals_are_held_on_paragraphs_that_no_rule_was_written_from() -> None:
    rates = measure(HELD_OUT, publication_of("2021", "2020"))
    assert rates.figures > 80
    assert rates.false_alarm_rate <= 0.05, rates.false_alarms
    assert rates.noun_rate >= 0.95, rates.taken
    assert rates.found_rate >= 0.99, rates.missed
