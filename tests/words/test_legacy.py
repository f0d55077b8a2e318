"""Text typed in fonts of before Unicode is converted, and other text stays."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.words.legacy import convert, evidence, from_legacy, is_syllable, legacy_of
from helpers.old_fonts import as_tcvn3, as_vni

NAMES = (
    "Xã Minh Quán",
    "Thôn Đồng Tâm",
    "huyện Trấn Yên",
    "Tổ dân phố số 3",
    "Bản Nậm Búng",
    "Phường Nguyễn Thái Học",
    "số hộ đăng ký",
    "đạt chuẩn an ninh trật tự",
    "Mù Cang Chải",
    "Khu dân cư tự quản",
)


@pytest.mark.parametrize(
    ("typed", "meant", "which"),
    [
        ("HuyÖn TrÊn Yªn", "Huyện Trấn Yên", "TCVN3"),
        ("X· ViÖt Hång", "Xã Việt Hồng", "TCVN3"),
        ("Th\u00ad viÖn", "Thư viện", "TCVN3"),
        ("HUYÖN", "HUYỆN", "TCVN3"),
        ("CéNG HßA X· HéI CHñ NGHÜA VIÖT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "TCVN3"),
        ("Huyeän Traán Yeân", "Huyện Trấn Yên", "VNI"),
        ("COÄNG HOØA XAÕ HOÄI", "CỘNG HÒA XÃ HỘI", "VNI"),
        ("Soá hoä ñaêng kyù", "Số hộ đăng ký", "VNI"),
    ],
)
def test_known_texts_are_converted(typed: str, meant: str, which: str) -> None:
    assert from_legacy(typed) == (meant, which)


@pytest.mark.parametrize(
    "text",
    ["Xã", "Phúc", "Thôn 1", "Xã Phúc Thành", "Hát Lìu", "Tân Hà", "Huyện Trấn Yên", "Thon 1", "", "12",
     "m²", "café", "5 × 3", "©", "naïve résumé", "100 %", "Microsoft®"],
)  # fmt: skip
def test_what_is_no_legacy_text_is_left_alone(text: str) -> None:
    assert from_legacy(text) is None


def test_names_in_nfd_are_left_alone() -> None:
    assert from_legacy(unicodedata.normalize("NFD", "Xã Minh Quán, thôn 3")) is None


@given(st.lists(st.sampled_from(NAMES), min_size=3, max_size=8, unique=True))
def test_a_sheet_is_recognised_and_restored(names: list[str]) -> None:
    for which, typed in (("TCVN3", as_tcvn3), ("VNI", as_vni)):
        sheet = [typed(name) for name in names]
        assert legacy_of(sheet) == which
        restored = [convert(text, which) for text in sheet]  # type: ignore[arg-type]
        assert [text.casefold() for text in restored] == [name.casefold() for name in names]


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=8))
def test_unicode_sheets_are_no_legacy_sheets(names: list[str]) -> None:
    assert legacy_of(names) is None


@given(st.text(max_size=60))
def test_any_text_survives(text: str) -> None:
    found = from_legacy(text)
    if text.isascii():
        assert found is None
        assert convert(text, "VNI") == convert(text, "TCVN3") == text
    if found is not None:
        assert evidence(found[0]).share > evidence(text).share


@pytest.mark.parametrize(
    "word",
    ["nghiêng", "Quỳ", "giếng", "gì", "giữ", "khuya", "xoong", "thuở", "hoà", "hòa", "YÊN", "ruộng",
     "quốc", "nguyễn", "ý", "ấp", "Púng", "khuyến"],
)  # fmt: skip
def test_syllables(word: str) -> None:
    assert is_syllable(word)
    assert is_syllable(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize(
    "word",
    [
        "huyön",
        "cg",
        "tràt",
        "hộp\u0301",
        "cìêm",
        "nghà",
        "kụh",
        "wê",
        "fú",
        "ạạ",
        "th",
        "đ",
        "bảc",
        "1",
        "đăk",
    ],
)
def test_no_syllables(word: str) -> None:
    assert not is_syllable(word)


def test_the_share_counts_marked_words_only() -> None:
    assert evidence("Thôn 12 TDP ABC").share == 1.0
    assert evidence("ABC 12").share == 0.0
    assert evidence("thôn huyön").share == 0.5
    assert evidence("thôn × ©").marked == 1
