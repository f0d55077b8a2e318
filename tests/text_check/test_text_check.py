"""Published numbers in the prose of a report pass the check, and each alteration is caught."""

# ruff: noqa: E501 - a sentence is best read on one line

from __future__ import annotations

import io
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats.collection.intake import Intake
from antq_stats.edits import edit
from antq_stats.figures.publication import publish
from antq_stats.plan import Limits
from antq_stats.reading.files.container import FileProblem
from antq_stats.render.text_check import check_records
from antq_stats.text_check.check import check
from antq_stats.text_check.documents.blocks import Paragraph, TableText
from antq_stats.text_check.documents.document import document_of
from antq_stats.text_check.numbers.numbers import language_of, numbers_of
from antq_stats.text_check.sentences import split_sentences
from helpers.command import run
from helpers.places import SAMPLES
from helpers.prose import checked_prose, numbers_and_verdicts, only_number, published, verdicts
from helpers.returns import V1, V2, V3, W1, W2, commune, setup, write_csv

pytestmark = pytest.mark.slow

PUBLISHED = (
    "Năm 2021, toàn tỉnh duy trì 1.691 tổ tự quản về an ninh trật tự với gần 47.000 thành viên; có hơn 206.000 hộ "
    "tham gia đăng ký xây dựng gia đình văn hóa, trong đó trên 176.000 hộ đạt gia đình văn hóa không có tội phạm, "
    "ma túy, đạt tỷ lệ 81%; 928 làng, thôn, bản, tổ dân phố đạt tiêu chuẩn văn hóa, không có tội phạm, ma túy, chiếm 68%."
)
"""What was published of 2021, in words of our own."""

NUMBERS = ("1.691", "47.000", "206.000", "176.000", "81%", "928", "68%")


# -- the seed: the published sentence, and each figure in it altered -------------------------------


def test_the_published_sentence_checks_clean() -> None:
    result = checked_prose(PUBLISHED)
    assert numbers_and_verdicts(result) == [(number, "right") for number in NUMBERS]
    assert [one.judged.reading.topic.code for one in result.checked if one.judged.reading] == [
        "to_tu_quan_antt", "tv_to_tu_quan", "ho_dang_ky_gdvh", "ho_dat_gdvh", "ty_le_ho_dat", "thon_dat_vh", "ty_le_thon_dat",
    ]  # fmt: skip


def still_true(number: str, other: str) -> bool:
    """Return whether "gần", "hơn" or "trên" is true before another number as well."""
    value = int(other.replace(".", "").rstrip("%"))
    step = 10 ** (len(str(value)) - len(str(value).rstrip("0")))
    gap = {"47.000": value - 46_953, "206.000": 206_318 - value, "176.000": 176_247 - value}.get(number, 0)
    return 0 < gap < min(step, Fraction(value, 20))


def altered_digits() -> list[tuple[str, str]]:
    return [
        (number, number[:at] + digit + number[at + 1 :])
        for number in NUMBERS
        for at, old in enumerate(number)
        if old.isdigit()
        for digit in "0123456789"
        if digit != old and not (at == 0 and digit == "0")
    ]


def test_each_digit_altered_is_caught() -> None:
    missed = []
    for number, other in altered_digits():
        result = checked_prose(PUBLISHED.replace(number, other, 1))
        if result.is_clean != still_true(number, other):
            missed.append((number, other))
    assert not missed


@pytest.mark.parametrize("first", NUMBERS)
@pytest.mark.parametrize("second", NUMBERS)
def test_two_numbers_exchanged_are_both_caught(first: str, second: str) -> None:
    if first >= second or ("%" in first) != ("%" in second):
        return
    text = PUBLISHED.replace(first, "@").replace(second, first).replace("@", second)
    told = numbers_and_verdicts(checked_prose(text))
    assert [verdict for number, verdict in told if number in (first, second)] == [
        verdict for _, verdict in told if verdict != "right"
    ]
    assert sum(verdict != "right" for _, verdict in told) == 2


@pytest.mark.parametrize(
    ("words", "others", "verdict"),
    [
        ("gần 47.000", "hơn 47.000", "misrounded"),
        ("gần 47.000", "47.000", "misrounded"),
        ("hơn 206.000", "gần 206.000", "misrounded"),
        ("trên 176.000", "dưới 176.000", "misrounded"),
        ("hơn 206.000 hộ", "trên 176.000 hộ", "swapped"),
        ("tỷ lệ 81%", "tỷ lệ 85%", "swapped"),  # over those registered
        ("tỷ lệ 81%", "tỷ lệ 82%", "misrounded"),
        ("tỷ lệ 81%", "tỷ lệ 71%", "wrong"),
        ("1.691 tổ", "1.961 tổ", "wrong"),
        ("1.691 tổ", "1,691 tổ", "foreign"),
        ("gần 47.000", "khoảng 47.000", None),
        ("gần 47.000", "46.953", None),
        ("gần 47.000", "47 nghìn", None),
        ("81%", "81,2 %", None),
        ("81%", "hơn 81%", None),
        ("81%", "81,3 %", "misrounded"),
        ("đạt tỷ lệ 81%", "bằng 85,4% số hộ đăng ký", None),
        ("đạt tỷ lệ 81%", "bằng 81,2% số hộ đăng ký", "swapped"),
    ],
)
def test_a_wording_altered(words: str, others: str, verdict: str | None) -> None:
    assert words in PUBLISHED
    wrong = [
        one.judged.verdict
        for one in checked_prose(PUBLISHED.replace(words, others, 1)).checked
        if one.judged.verdict != "right"
    ]
    assert wrong == ([] if verdict is None else [verdict])


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(NUMBERS), st.integers(2, 999_999))
def test_any_other_number_is_caught(number: str, other: int) -> None:
    written = f"{other:,}".replace(",", ".") + ("%" if number.endswith("%") else "")
    value = int(number.replace(".", "").rstrip("%"))
    if other == value:
        return
    assert still_true(number, written) == checked_prose(PUBLISHED.replace(number, written, 1)).is_clean


# -- what numbers speak of -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Huyện Lục Yên có 252 tổ tự quản với 7.046 thành viên; thành phố Yên Bái có 228 tổ.",
        "Tỷ lệ hộ gia đình văn hóa cao nhất là TP. Yên Bái (90,3 %), thấp nhất là huyện Trạm Tấu (61,2 %).",
        "Có 164/220 thôn, bản, tổ dân phố của huyện Lục Yên đạt chuẩn văn hóa.",
        "Toàn tỉnh có 928 trên 1.365 thôn, bản, tổ dân phố đạt tiêu chuẩn văn hóa.",
        "Số hộ đăng ký là 206.318 hộ, số hộ đạt là 176.247 hộ.",
        "Số tổ tự quản: 1.691; số thành viên: 46.953.",
        "Có 928 làng, thôn, bản, TDP; 68 %.",
        "173 xã, phường, thị trấn thuộc 9 huyện, thị xã, thành phố đã gửi báo cáo.",
        "Đã tổ chức 1.640 buổi tuyên truyền với hơn 106.000 lượt người nghe.",
        'Có 277 CLB phụ nữ "3 không" và 50 mô hình "2 không, 1 giảm".',
        "Huyện Lục Yên, Văn Yên lần lượt có 252 và 206 tổ tự quản.",
        "81,2% số hộ đạt gia đình văn hóa, bằng 85,4% số hộ đăng ký.",
        "Self-management groups number 1,691, with nearly 47,000 members. Over 206,000 households registered and over 176,000 achieved the title, 81% of all households. 928 villages met the standard (68%).",
        "Toàn tỉnh có 1.691 tổ tự quản, trong đó 252 tổ tại huyện Lục Yên.",
        "Có 1.691 tổ tự quản với gần 47.000 thành viên; bình quân mỗi tổ có gần 28 thành viên.",
        "Toàn tỉnh có 711 câu lạc bộ các loại, trong đó 277 CLB phụ nữ.",
        "Có 176.247 hộ đạt danh hiệu gia đình văn hóa, chiếm 85,4% so với số hộ đăng ký và 81,2% so với tổng số hộ.",
    ],
)
def test_a_true_sentence_is_right(text: str) -> None:
    result = checked_prose(text)
    assert result.checked
    assert [told for told in numbers_and_verdicts(result) if told[1] != "right"] == []


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Huyện Lục Yên có 228 tổ tự quản, thành phố Yên Bái có 252 tổ.", "swapped"),
        ("Huyện Lục Yên có 1.691 tổ tự quản.", "wrong"),
        ("Toàn tỉnh có 174 xã, phường, thị trấn.", "wrong"),
        ("Tỉnh tổ chức 15 hội nghị quân dân.", "orphan"),
        ("Đã trồng 12.345 cây xanh.", "orphan"),
        ("Bình quân mỗi tổ tự quản có 35 thành viên.", "wrong"),
        ("Có 712 câu lạc bộ các loại.", "wrong"),
        ("Huyện Lục Yên, Văn Yên lần lượt có 206 và 252 tổ tự quản.", "swapped"),
        ("Có 220/164 thôn, bản, tổ dân phố của huyện Lục Yên đạt chuẩn văn hóa.", None),
    ],
)
def test_a_false_sentence_is_reported(text: str, verdict: str | None) -> None:
    told = set(verdicts(text).values())
    assert "right" not in told or verdict is None
    assert told != {"right"}
    assert verdict is None or told == {verdict}


def test_a_unit_the_register_does_not_know_is_no_other() -> None:
    text = (
        "Huyện Trạm Tấu có 4.108 hộ đạt gia đình văn hóa. Huyện Than Uyên có 7.932 hộ đạt gia đình văn hóa."
    )
    assert verdicts(text) == {"4.108": "right", "7.932": "orphan"}


@pytest.mark.parametrize("name", ["Mù Cang Chải", "Mù Căng Chải"])
def test_both_spellings_of_a_name_are_known(name: str) -> None:
    assert verdicts(f"Huyện {name} có 7.932 hộ đạt gia đình văn hóa.") == {"7.932": "right"}


@pytest.mark.parametrize("points", ["2,3 điểm %", "2,3 điểm phần trăm"])
def test_percentages_and_points_are_read_with_and_without_a_space(points: str) -> None:
    for share in ("81,2%", "81,2 %"):
        text = f"Tỷ lệ hộ gia đình văn hóa là {share} (tăng {points} so với năm trước)."
        assert set(verdicts(text, last="2020").values()) == {"right"}


def test_a_denied_qualifier_is_its_opposite() -> None:
    assert verdicts("Không dưới 176.000 hộ đạt gia đình văn hóa toàn tỉnh.") == {"176.000": "right"}
    assert "right" not in verdicts("Không dưới 177.000 hộ đạt gia đình văn hóa toàn tỉnh.").values()


def test_the_provinces_own_figure_is_not_the_communes_before() -> None:
    text = "Huyện Trạm Tấu có 4.108 hộ đạt gia đình văn hóa. Tỷ lệ hộ gia đình văn hóa của tỉnh là 61,2 %."
    assert verdicts(text)["61,2 %"] != "right"


def test_last_year_in_words() -> None:
    assert verdicts("Toàn tỉnh có 1.691 tổ tự quản, tăng 95 tổ so với năm 2020 (năm 2020: 1.596 tổ).", last="2020") == {
        "1.691": "right", "95": "right", "1.596": "right",
    }  # fmt: skip
    assert verdicts("Số tổ tự quản tăng từ 1.596 lên 1.691 tổ.", last="2020") == {
        "1.596": "right",
        "1.691": "right",
    }
    assert verdicts("Tỷ lệ hộ gia đình văn hóa là 81 % (tăng 2,3 điểm phần trăm so với năm trước).", last="2020") == {
        "81 %": "right", "2,3 điểm phần trăm": "right",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Toàn tỉnh có 1.596 tổ tự quản.", "stale"),
        ("Năm 2020, toàn tỉnh có 1.691 tổ tự quản.", "swapped"),
        ("Số tổ tự quản giảm 95 tổ so với năm 2020.", "wrong"),
        ("Số tổ tự quản tăng 59 tổ so với năm 2020.", "wrong"),
        ("Số hộ đạt gia đình văn hóa tăng 4,1 % so với năm 2020.", "right"),
        ("Số hộ đạt gia đình văn hóa tăng 4,2 % so với năm 2020.", "wrong"),
    ],
)
def test_last_year_taken_for_this(text: str, verdict: str) -> None:
    assert only_number(text, last="2020").judged.verdict == verdict


def test_without_last_year_a_change_cannot_be_looked_up() -> None:
    judged = only_number("Số tổ tự quản tăng 95 tổ so với năm 2020.").judged
    assert (judged.verdict, judged.reason) == ("orphan", "no-last")


# -- what is no figure -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Yên Bái, ngày 05 tháng 12 năm 2021", "date"),
        ("tính đến 15/11", "date"),
        ("từ ngày 05/12/2021", "date"),
        ("trong tháng 12/2021", "date"),
        ("by 5 December 2021", "date"),
        ("dịp 19/8", "date"),
        ("giai đoạn 2021-2025", "year"),
        ("năm 2021", "year"),
        ("Số: 05/BC-MTTQ-BTT", "document"),
        ("Nghị quyết 37/NQ-HĐND", "document"),
        ("Thông tư số 124/2021/TT-BCA", "document"),
        ("Kế hoạch số 354", "document"),
        ("Chỉ thị 05-CT/TW", "document"),
        ("theo khoản 3", "reference"),
        ("Điều 2 của quy chế", "reference"),
        ("xem Biểu 01", "reference"),
        ("1. Kết quả", "numbering"),
        ("2.1. Kết quả", "numbering"),
        ("(3) Kết quả", "numbering"),
        ("điện thoại 0216 3852 123", "telephone"),
        ("lúc 8 giờ 30", "time"),
        ("trong 6 tháng đầu", "time"),
        ("lần thứ 3", "ordinal"),
        ("phòng COVID-19", "word"),
        ("tại Thôn 3", "name"),
        ('phong trào "3 không"', "name"),
    ],
)
def test_digits_that_are_no_figures(text: str, reason: str) -> None:
    result = checked_prose(text)
    assert result.checked == ()
    assert {one.passed.reason for one in result.skipped} == {reason}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.691 tổ", 1691), ("1,691 tổ", 1691), ("1 691 tổ", 1691), ("1\u00a0691 tổ", 1691), ("46.953", 46953),
        ("81%", 81), ("81,2 %", Fraction(812, 10)), ("81.2%", Fraction(812, 10)), ("1,7 triệu người", 1_700_000),
        ("47 nghìn người", 47_000), ("1.234.567 hộ", 1_234_567), ("5 phần trăm", 5), ("2.021 hộ", 2021), ("2021 hộ", 2021),
    ],
)  # fmt: skip
def test_numbers_as_they_are_written(text: str, value: Fraction) -> None:
    numbers, passed = numbers_of(text, "vi", nouns=frozenset({"hộ"}))
    assert [one.value for one in numbers] == [value]
    assert not passed


@given(st.integers(0, 10**9), st.sampled_from(["", "gần ", "hơn ", "khoảng "]), st.sampled_from(["vi", "en"]))
def test_every_count_is_found_as_written(value: int, word: str, lang: str) -> None:
    written = f"{value:,}".replace(",", "." if lang == "vi" else ",")
    (one,), passed = numbers_of(f"Có {word}{written} tổ.", lang)  # type: ignore[arg-type]
    assert (one.value, one.qualifier or "", passed) == (value, word.strip(), []) or 1900 <= value < 2100


@settings(deadline=None)
@given(st.text(alphabet="0123456789.,/%-() :;gầnhơnđạttổnăm\n", max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    for one in checked_prose(text).checked:
        assert one.sentence[one.number.digits : one.number.end].strip().startswith(one.number.text[0])
    assert sum(map(len, split_sentences(text))) <= len(text)


def test_sentences_end_where_they_end() -> None:
    assert list(split_sentences("Tại TP. Yên Bái có 1.691 tổ. Đã có 47 v.v. Ông A. B. nói. 12 thôn đạt! Hết")) == [
        "Tại TP. Yên Bái có 1.691 tổ.", "Đã có 47 v.v. Ông A. B. nói.", "12 thôn đạt!", "Hết",
    ]  # fmt: skip


def test_the_language_is_recognised_by_its_letters() -> None:
    assert language_of(PUBLISHED) == "vi"
    assert language_of("Over 206,000 households registered in Yên Bái.") == "en"


# -- documents -------------------------------------------------------------------------------------

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def docx(body: str, notes: str = "", head: str = "") -> bytes:
    """A document as Word lays it down, its body given as XML."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml",
            f'<?xml version="1.0"?>{head}<w:document {W}><w:body>{body}</w:body></w:document>',
        )
        if notes:
            archive.writestr("word/footnotes.xml", f"<w:footnotes {W}>{notes}</w:footnotes>")
    return stream.getvalue()


def par(*runs: str) -> str:
    return "<w:p>" + "".join(f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs) + "</w:p>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{par(text)}</w:tc>"


def row(*cells: str) -> str:
    return "<w:tr>" + "".join(cells) + "</w:tr>"


def test_a_docx_is_read_in_order() -> None:
    body = (
        par("1.6", "91", " tổ")
        + "<w:tbl>" + row(cell("Đơn vị"), cell("Hộ", '<w:gridSpan w:val="2"/>')) + row(cell("A"), cell("12"), cell("13")) + "</w:tbl>"
        + "<w:p><w:r><w:t>trước</w:t><w:tab/><w:t>sau</w:t></w:r><w:del><w:r><w:t>bỏ</w:t></w:r></w:del>"
        + "<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>" + par("ô chữ") + "</w:txbxContent></mc:Choice>"
        + "<mc:Fallback><w:txbxContent>" + par("ô chữ") + "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )  # fmt: skip
    blocks = document_of(
        docx(body, notes=f"<w:footnote>{par('chú thích 5')}</w:footnote>"), "docx", Limits()
    ).blocks
    assert blocks == [
        Paragraph("1.691 tổ"),
        TableText((("Đơn vị", "Hộ", "Hộ"), ("A", "12", "13"))),
        Paragraph("ô chữ"),
        Paragraph("trước sau"),
        Paragraph("chú thích 5"),
    ]


def test_markdown_and_plain_text_are_read() -> None:
    text = "<!-- 99 -->\n# Đề mục\n\nCó **1.691** tổ\ntự quản \\* và [hộ](http://x/12).\n- mục 5\n\n| a | b |\n|---|--:|\n| Lục Yên | 252 |\n"
    assert document_of(text.encode(), "md", Limits()).blocks == [
        Paragraph("Đề mục"), Paragraph("Có 1.691 tổ tự quản * và hộ."), Paragraph("mục 5"),
        TableText((("a", "b"), ("Lục Yên", "252"))),
    ]  # fmt: skip
    long = "Toàn tỉnh có một nghìn sáu trăm chín mươi mốt tổ tự quản với gần"
    wanted = [Paragraph(f"{long} 47.000 thành viên."), Paragraph("Hết.")]
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert (
            document_of(f"{long}\n47.000 thành viên.\nHết.".encode(encoding), "txt", Limits()).blocks
            == wanted
        )


HOSTILE = {
    "no-zip": (b"PK\x03\x04 nothing", "docx", "F102"),
    "old-word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "docx", "F105"),
    "pdf": (b"%PDF-1.7", "docx", "F105"),
    "empty": (b" \n", "md", "F104"),
    "binary": (bytes(range(256)) * 9, "txt", "F105"),
    "not-xml": (docx(par("a")).replace(b"x", b"x"), "docx", None),
    "cut-off": (docx("<w:p>"), "docx", "F102"),
    "entity": (
        docx(par("&e;"), head='<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]>'),
        "docx",
        "F102",
    ),
    "bomb": (docx(par(" " * (3 << 20))), "docx", "F106"),
    "too-large": (b"a" * ((1 << 20) + 1), "txt", "F106"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_read_is_reported(name: str) -> None:
    data, kind, code = HOSTILE[name]
    limits = Limits(file_mib=1, expanded_mib=2)
    if code is None:
        assert document_of(data, kind, limits).blocks  # type: ignore[arg-type]
        return
    with pytest.raises(FileProblem) as told:
        document_of(data, kind, limits)  # type: ignore[arg-type]
    assert told.value.code == code


def test_tables_are_looked_up_by_their_labels() -> None:
    rows = (
        ("STT", "Đơn vị", "Gia đình văn hóa", "Gia đình văn hóa", "Gia đình văn hóa"),
        ("", "", "Số hộ đăng ký", "Số hộ đạt", "Tỷ lệ đạt trên số đăng ký (%)"),
        ("A", "B", "1", "2", "3=2/1"),
        ("", "Tổng cộng", "206.318", "176.247", "85,4"),
        ("1", "Thành phố Yên Bái", "30.893", "28.496", "92,2"),
        ("2", "Thị xã Nghĩa Lộ", "18.765", "16.798", "89,5"),
    )
    told = check([TableText(rows)], published())
    wrong = [one for one in told.checked if one.judged.verdict != "right"]
    assert len(told.checked) == 9
    assert [(one.number.text, one.judged.expected) for one in wrong] == [("16.798", 16_797)]
    assert wrong[0].sentence == "Thị xã Nghĩa Lộ | Gia đình văn hóa Số hộ đạt | 16.798"


# -- the command -----------------------------------------------------------------------------------

MORE = """
[[measure]]
code = "nghien"
label = { vi = "Người nghiện", en = "Drug users" }
unit = { vi = "người", en = "persons" }
kind = "count"
required = false
sensitive = "yes"
"""


def planting(folder: Path) -> Path:
    setup(folder, MORE)
    head = ["Mã thôn", "Tên thôn", "Số trâu", "Số bò", "Người nghiện"]
    write_csv(folder / "a.csv", commune((10, 1, 1), (20, 2, 1), (30, 3, 1), head=head, villages=(V1, V2, V3)))
    write_csv(folder / "b.csv", commune((40, 4, 0), (50, 5, 0), head=head, villages=(W1, W2)))
    return folder


def test_the_command_on_a_form_of_ones_own(tmp_path: Path) -> None:
    folder = planting(tmp_path / "2021")
    right = tmp_path / "đúng.md"
    right.write_text("Toàn tỉnh có 150 con trâu và 15 con bò. Xã Minh Quân có 90 con trâu.", encoding="utf-8")
    done = run("check-text", right, folder, "--format", "json")
    assert (done.status, done.data["summary"]["right"], len(done.data["numbers"])) == (0, 3, 3)
    assert [one["measure"] for one in done.data["numbers"]] == ["trau", "bo", "trau"]
    assert done.data["numbers"][2] | {"message": ""} == {
        "sentence": "Xã Minh Quân có 90 con trâu.", "number": "90", "qualifier": None, "value": 90, "verdict": "right",
        "measure": "trau", "unit": "0702", "expected": 90, "period": "2021", "change": False, "fits": None,
        "provisional": False, "message": "", "since": None, "reason": None,
    }  # fmt: skip
    wrong = tmp_path / "sai.docx"
    wrong.write_bytes(docx(par("Ngày 05/12/2021, toàn tỉnh có 15 con trâu và 150 con bò.")))
    done = run("check-text", wrong, folder, "--lang", "vi")
    assert done.status == 1
    assert "lẫn với số khác: 15" in done.stdout
    assert "[15] con trâu" in done.stdout
    assert "Bỏ qua 1 chỗ có chữ số" in done.stdout
    plain = tmp_path / "sai.txt"
    plain.write_text("Có 15 con trâu.", encoding="utf-8")
    assert run("check-text", plain, folder, "-o", plain).status == 3
    assert plain.read_text(encoding="utf-8") == "Có 15 con trâu."
    target = tmp_path / "kq.json"
    assert run("check-text", wrong, folder, "-o", target).status == 1
    assert '"verdict": "swapped"' in target.read_text(encoding="utf-8")


def test_what_is_withheld_never_gets_out(tmp_path: Path) -> None:
    """A right guess and a wrong guess get the same verdict and the same output."""
    opened = Intake.open(planting(tmp_path), period="2021")
    collection = opened.collect()
    publication = publish(collection, edit(collection))
    assert publication.figure(publication.root, "nghien") is None
    sentences = [f"Toàn tỉnh có {count} người nghiện." for count in range(12)]
    result = check(map(Paragraph, sentences), publication)
    assert {(one.judged.verdict, one.judged.expected, one.judged.reason) for one in result.checked} == {
        ("orphan", None, "withheld")
    }
    records = check_records(result, publication, "bc", "en")["numbers"]
    assert isinstance(records, list)
    assert len({record["message"] for record in records}) == 1
    assert "not published" in records[0]["message"]


@pytest.mark.parametrize("name", ["bc.pdf", "bc.doc", "không-có.md", "hỏng.docx", "thư-mục.txt"])
def test_a_file_that_is_no_report_is_refused_in_words(tmp_path: Path, name: str) -> None:
    folder = planting(tmp_path / "2021")
    (tmp_path / "thư-mục.txt").mkdir()
    (tmp_path / "hỏng.docx").write_bytes(b"PK\x03\x04")
    done = run("check-text", tmp_path / name, folder)
    assert done.status == 2
    assert name in done.stderr
    assert not done.stdout
    assert "Traceback" not in done.output


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("suffix", ["md", "docx"])
def test_our_own_report_checks_clean(tmp_path: Path, lang: str, suffix: str) -> None:
    report = tmp_path / f"bc.{suffix}"
    last = ("--with", SAMPLES / "2020")
    assert run("report", SAMPLES / "2021", *last, "-o", report, "--lang", lang).status == 0
    done = run("check-text", report, SAMPLES / "2021", *last, "--format", "json", "--lang", lang)
    assert [one for one in done.data["numbers"] if one["verdict"] != "right"] == []
    assert done.status == 0
    assert done.data["summary"]["right"] > 200


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("suffix", ["md", "docx"])
def test_our_own_report_of_a_period_that_is_not_complete_checks_clean(
    tmp_path: Path, lang: str, suffix: str
) -> None:
    report, last = tmp_path / f"bc.{suffix}", ("--with", SAMPLES / "2020")
    run("report", SAMPLES / "2021-messy", *last, "-o", report, "--lang", lang)
    done = run("check-text", report, SAMPLES / "2021-messy", *last, "--format", "json", "--lang", lang)
    assert [one for one in done.data["numbers"] if one["verdict"] != "right"] == []
    assert done.data["summary"]["right"] > 200


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Tỷ lệ hộ đạt: cao nhất là A (90%), so sánh 2/3 đơn vị đã đủ số liệu.", ["90%"]),
        ("Households: highest in A (90%), among the 2/3 units whose figures are complete.", ["90%"]),
    ],
)
def test_how_many_units_are_compared_is_no_figure(text: str, numbers: list[str], tmp_path: Path) -> None:
    report = tmp_path / "bc.md"
    report.write_text(text, encoding="utf-8")
    done = run("check-text", report, SAMPLES / "2021", "--format", "json")
    assert [one["number"] for one in done.data["numbers"]] == numbers


def test_a_provisional_report_says_what_may_change(tmp_path: Path) -> None:
    report = tmp_path / "bc.md"
    assert run("report", SAMPLES / "2021-messy", "-o", report, "--lang", "vi").status == 1
    done = run("check-text", report, SAMPLES / "2021-messy", "--lang", "vi")
    assert done.status == 1  # hard findings in the data, not in the report
    assert "còn tạm tính" in done.stdout
    assert "Mọi con số trong báo cáo đều khớp" in done.stdout
