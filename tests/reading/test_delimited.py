"""Delimited text: detection of encoding and delimiter, and quotes that lose no text."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from antq_stats.delimited import NotText, UnknownEncoding, decode, delimiter_of, rows_of

TABLE = "STT,Tên thôn,Số hộ,Đạt chuẩn\n1,Thôn Đồng Tâm,12,10\n2,Bản Nậm Búng,15,9\n3,Tổ dân phố số 4,7,7\n"
_TONES = "\u0300\u0301\u0309\u0303\u0323"


def as_cp1258(text: str) -> bytes:
    """Write Windows-1258 as Windows does: the letter with its shape, then its tone."""
    out = b""
    for letter in unicodedata.normalize("NFC", text):
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            shape = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
            out += shape.encode("cp1258") + "".join(c for c in parts if c in _TONES).encode("cp1258")
    return out


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TABLE.encode(), "utf-8"),
        (TABLE.encode("utf-8-sig"), "utf-8 with BOM"),
        (b"\xff\xfe" + TABLE.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TABLE.encode("utf-16-be"), "utf-16-be"),
        (TABLE.encode("utf-16-le"), "utf-16-le"),
        (TABLE.encode("utf-16-be"), "utf-16-be"),
        (b"\xff\xfe\x00\x00" + TABLE.encode("utf-32-le"), "utf-32-le"),
        (as_cp1258(TABLE), "windows-1258"),
    ],
)
def test_every_encoding_gives_the_same_text(data: bytes, encoding: str) -> None:
    decoded = decode(data)
    assert (decoded.text, decoded.encoding) == (TABLE, encoding)


def test_legacy_bytes_are_recognised() -> None:
    tcvn3 = "STT,T\xaan th\xabn,S\xe8 h\xe9\n1,Th\xabn \xa7\xe5ng T\xa9m,12\n2,B\xb6n N\xcbm B\xf3ng,15\n"
    decoded = decode(tcvn3.encode("latin-1"))
    assert decoded.encoding == "TCVN3"
    assert decoded.text == "STT,Tên thôn,Số hộ\n1,Thôn Đồng Tâm,12\n2,Bản Nậm Búng,15\n"
    vni = "Teân thoân,Soá hoä,ñaêng kyù\nThoân Ñoàng Taâm,12,3\n"
    decoded = decode(vni.encode("latin-1"))
    assert (decoded.encoding, decoded.text) == ("VNI", "Tên thôn,Số hộ,đăng ký\nThôn Đồng Tâm,12,3\n")


def test_plain_ascii_is_utf8_and_western_signs_need_no_evidence() -> None:
    assert decode(b"a,b\n1,2\n").encoding == "utf-8"
    assert decode(b"a,b\n1\xa0691,\x96\n").text == "a,b\n1\u00a0691,\u2013\n"
    assert decode(b"Th\xf4n 1,5\nTh\xf4n 2,6\n").text == "Thôn 1,5\nThôn 2,6\n"


@pytest.mark.parametrize(
    "data",
    [
        "村,数字\n中文,12\n".encode("gbk"),
        "Деревня,1\nгород,2\n".encode("cp1251"),
        "Tổng số hộ".encode() + b"\xff",
        b"\xff\xfea",
        b"\xef\xbb\xbf\xff",
    ],
)
def test_without_evidence_nothing_is_guessed(data: bytes) -> None:
    with pytest.raises(UnknownEncoding):
        decode(data)


@pytest.mark.parametrize(
    "data", [b"\x00\x01\x02\x03\x04", b"\x1b\x02\x03" * 50, bytes(range(256)), b"a\x00\x00b"]
)
def test_binary_is_not_text(data: bytes) -> None:
    with pytest.raises(NotText):
        decode(data)


@given(st.binary(max_size=200))
def test_any_bytes_give_text_or_a_refusal(data: bytes) -> None:
    try:
        decoded = decode(data)
    except (NotText, UnknownEncoding):
        return
    assert "\x00" not in decoded.text
    rows_of(decoded.text)


_FIELD = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
_TABLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(_FIELD, min_size=width, max_size=width), min_size=2, max_size=8)
)


@given(_TABLES, st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]))
def test_what_is_written_is_read(rows: list[list[str]], delimiter: str, end: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    records = rows_of(out.getvalue(), delimiter)
    assert (records.rows, records.unclosed_quote) == (rows, False)


@given(_TABLES, st.sampled_from([",", ";", "\t"]))
def test_the_delimiter_is_found(rows: list[list[str]], delimiter: str) -> None:
    assume(not any(set(field) & set(',;\t"') for row in rows for field in row))
    text = "\n".join(delimiter.join(row) for row in rows)
    assert delimiter_of(text) == delimiter
    assert rows_of(text).rows == rows


@given(st.text(st.sampled_from('a1",;\t\n\r '), max_size=80))
def test_no_text_breaks_the_reader_and_no_letter_is_lost(text: str) -> None:
    records = rows_of(text)
    kept = "".join(field for row in records.rows for field in row)
    for letter in "a1":
        assert kept.count(letter) == text.count(letter)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("Tên;Tỷ lệ\nThôn 1;81,0\nThôn 2;82,1\nThôn 3;83,4\n", ";"),
        ("Tên;Số\nThôn 1, xã A, huyện B;12\nThôn 2, xã A, huyện B;13\n", ";"),
        ("ỦY BAN, TỈNH YÊN BÁI\n\nTên,Số\nThôn 1,12\nThôn 2,13\n", ","),
        ("Tên\tGhi chú\nThôn 1\ta, b; c\nThôn 2\td, e; f\n", "\t"),
        ("sep=;\na;b\n", ";"),
        ("chỉ một cột\nThôn 1\nThôn 2\n", ","),
        ("", ","),
        ('Tên,Ghi chú,Số\n"a; b",x,1\n"c; d",y,2\n', ","),
    ],
)
def test_delimiters_as_they_come(text: str, delimiter: str) -> None:
    assert delimiter_of(text) == delimiter


def test_records_keep_their_number() -> None:
    text = 'Biểu 01\n\nSTT,"Tên\nthôn",Số\n1,Thôn 1,5\n\n2,Thôn 2,6\n'
    assert rows_of(text).rows == [
        ["Biểu 01"], [], ["STT", "Tên\nthôn", "Số"], ["1", "Thôn 1", "5"], [], ["2", "Thôn 2", "6"]
    ]  # fmt: skip
    assert rows_of("sep=;\r\na;b\r\n1;2").rows == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize(
    "stray",
    ['3,"Thôn 3,5', '"3,Thôn 3,5', '3,Thôn 3,"5'],
)
def test_a_stray_quote_costs_its_own_line_only(stray: str) -> None:
    before = ["STT,Tên,Số", "1,Thôn 1,5", "2,Thôn 2,6"]
    after = [f"{n},Thôn {n},{n}" for n in range(4, 60)]
    for tail in ([], ['60,"Thôn 60,5', "61,Thôn 61,5"]):
        records = rows_of("\n".join([*before, stray, *after, *tail]))
        assert records.unclosed_quote
        assert records.rows[3] == stray.split(",")
        assert records.rows[4:60] == [line.split(",") for line in after]
        assert len(records.rows) == 60 + len(tail)


def test_text_after_a_closing_quote_is_kept() -> None:
    records = rows_of('a,b,c\n"Thôn" 1,2,3\n"x\ny",2,3\n')
    assert records.rows == [["a", "b", "c"], ["Thôn 1", "2", "3"], ["x\ny", "2", "3"]]
    assert not records.unclosed_quote


def test_a_very_long_field_is_read() -> None:
    long = "x" * 300_000
    limit = csv.field_size_limit()
    assert rows_of(f'a,b\n"{long}",1\n').rows[1] == [long, "1"]
    assert csv.field_size_limit() == limit
