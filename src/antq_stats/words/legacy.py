"""Text in Vietnamese encodings older than Unicode: TCVN3 (ABC fonts) and VNI-Windows.

Such text is stored as the Latin-1 characters of its bytes (``HuyÖn TrÊn Yªn``, ``Huyeän Traán Yeân``). It is
converted only on evidence: the syllables of the stored text are not Vietnamese, those of the converted text
are. A syllable is judged by its structure (onset, rime, tone) and not by a word list, so names of villages
count too.

The tables agree with glibc ``TCVN5712-1`` and GNU recode ``VNI`` where those two are right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, NamedTuple

Encoding = Literal["TCVN3", "VNI"]

_TCVN3_CODES = "A1-AE B5-B9 BB-BE C6-CC CE-D8 DC-DF E1-EF F1-FE"
_TCVN3_CHARS = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"

# VNI writes a letter and then its mark; each row: letter, marks, and the letters they give
_VNI_PAIRS = (
    ("a", "àáâãäåèéêëïõøùúûü", "ầấâẫậẩằắăặạãàáẳảẵ"),
    ("e", "àáâãäåïõøùû", "ềếêễệểẹẽèéẻ"),
    ("o", "àáâãäåïõøùû", "ồốôỗộổọõòóỏ"),
    ("u", "ïõøùû", "ụũùúủ"),
    ("y", "õøùû", "ỹỳýỷ"),
    ("ô", "ïõøùû", "ợỡờớở"),
    ("ö", "ïõøùû", "ựữừứử"),
)
_VNI_SINGLE = ("æìíîñòóôö", "ỉìíỵđịĩơư")


def _codes(ranges: str) -> list[int]:
    codes: list[int] = []
    for part in ranges.split():
        first, _, last = part.partition("-")
        codes.extend(range(int(first, 16), int(last or first, 16) + 1))
    return codes


def _vni_table() -> dict[str, str]:
    table = dict(zip(*_VNI_SINGLE, strict=True))
    for letter, marks, results in _VNI_PAIRS:
        table.update({letter + mark: result for mark, result in zip(marks, results, strict=True)})
    capitals = {source.upper(): result.upper() for source, result in table.items()}
    # some keyboards write a small mark after a capital letter
    mixed = {s[0].upper() + s[1]: r.upper() for s, r in table.items() if len(s) == 2}
    return {**mixed, **table, **capitals}


_TCVN3 = dict(zip(_codes(_TCVN3_CODES), _TCVN3_CHARS, strict=True))
_VNI = _vni_table()
_VNI_TOKEN = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))

_UNICODE_ONLY = re.compile("[\u0102-\u01b0\u0300-\u0323\u1ea0-\u1ef9]")
_LOOK_ALIKE = re.compile("[\u00a1-\u00ff]")
_WORD = re.compile(r"[^\s!-/:-@\[-`{-~\u2010-\u2027]+")
_CAPITALS = re.compile(r"\b[A-Z]{2,}")

_TONE = re.compile("[\u0300\u0301\u0309\u0303\u0323]")
_ONSET = re.compile(
    "(ngh(?=[ieêy])|ng(?![ieêy])|gh(?=[ieê])|gi(?=[aăâeêoôơuư])|g(?![eêy])|qu(?=[aăâeêioôơy])|"
    "c(?![hieêy])|k(?!h)|kh|ch|nh|ph|th|tr|[bdđhlmnprstvx](?!h)|)"
)
_RIME = frozenset(
    """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
    i ia ich im in ing inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet
    oc oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơng ơp ơt
    u ua uc ui um un ung up ut uân uâng uât uây uê uêch uên uênh uêt uôc uôi uôm uôn uông uôt
    uơ uy uya uych uyn uynh uyt uyu uyên uyêt uyp
    ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y yêm yên yêng yêt yêu yt yn ynh ych yu
    """.split()  # noqa: SIM905
)
_COMMON = frozenset(
    """
    bản biểu bộ chiến chỉ cộng của cụm cư dân đạt đăng điểm đình đoàn đội đồng đơn giá gia giữ hạt
    hình hóa hoá hội hộ hiện huyện kết khối không khu ký loại làng lượng mặt mô mục nam năm ngày
    người nhà nhóm phong phố phường quả quốc quản sở số tên tháng thành thị thôn thực tỉnh tiêu toàn
    tổ tổng trào trận trị trưởng trường tỷ từ tự và văn về việt vị vụ xã xóm xét yên ấp ủy uỷ
    """.split()  # noqa: SIM905
)
_STOPPED = re.compile("(?:p|t|c|ch)$")


class Evidence(NamedTuple):
    """Counts of the words of a text that are evidence for or against Vietnamese."""

    valid: int
    """Marked words that are Vietnamese syllables."""
    marked: int
    """Words with a letter beyond ASCII; numbers and ASCII words are no evidence."""
    common: int
    """Words found in every return (``thôn``, ``hộ``); they decide between two valid encodings."""

    @property
    def share(self) -> float:
        """Share of the marked words that are valid; 0.0 without marked words."""
        return self.valid / self.marked if self.marked else 0.0


@lru_cache(maxsize=16384)
def is_syllable(word: str) -> bool:
    """Return whether a word has the structure of a Vietnamese syllable: onset, rime, possible tone."""
    spread = unicodedata.normalize("NFD", word.casefold())
    tones = _TONE.findall(spread)
    if len(tones) > 1:
        return False
    bare = unicodedata.normalize("NFC", _TONE.sub("", spread))
    rime = bare[match.end() :] if (match := _ONSET.match(bare)) else bare
    if rime not in _RIME:
        return False
    # a rime that ends in a stop can have only the acute or the dot below
    return not _STOPPED.search(rime) or tones in (["\u0301"], ["\u0323"])


def evidence(text: str) -> Evidence:
    """Return counts of the marked words of a text and of the Vietnamese syllables among them.

    A word is marked if it has a character beyond ASCII and at least two characters, one of them a letter:
    a lone sign (``©``, ``×``) is no evidence.
    """
    valid = marked = common = 0
    for word in _WORD.findall(text):
        if word.isascii() or len(word) < 2 or not any(c.isalpha() for c in word):
            continue
        letters = word.strip("0123456789")
        marked += 1
        if is_syllable(letters):
            valid += 1
            common += letters.casefold() in _COMMON
    return Evidence(valid, marked, common)


def is_unicode_vietnamese(text: str) -> bool:
    """Return whether a text has a letter that only Unicode Vietnamese has (``ộ``, ``ư``, ``đ``)."""
    return _UNICODE_ONLY.search(text) is not None


def convert(text: str, which: Encoding) -> str:
    """Return a text in a legacy encoding as Unicode (NFC), without looking for evidence.

    Parameters
    ----------
    text : the stored text.
    which : its encoding.
    """
    if text.isascii():
        return text
    if which == "TCVN3":
        converted = text.translate(_TCVN3)
    else:
        converted = _VNI_TOKEN.sub(lambda match: _VNI[match[0]], text)
    return unicodedata.normalize("NFC", _with_capitals(text, converted, which))


def _with_capitals(text: str, converted: str, which: Encoding) -> str:
    """Return the converted text with the accented letters of words in capitals as capitals.

    ABC fonts have no accented capitals; their H fonts draw the bytes of small letters as capitals, so
    ``HUYÖN`` is HUYỆN. A word with a single ASCII letter (``X·``) follows the capitals beside it.
    """
    if which != "TCVN3" or not _CAPITALS.search(re.sub("[^A-Za-z\\s]", "", text)):
        return converted
    words = converted.split(" ")
    for number, (old, new) in enumerate(zip(text.split(" "), words, strict=True)):
        letters = [c for c in old if c.isascii() and c.isalpha()]
        alone = len(letters) == 1 and not any(c.isascii() and c.islower() for c in text)
        if letters and all(c.isupper() for c in letters) and (len(letters) > 1 or alone):
            words[number] = new.upper()
    return " ".join(words)


def legacy_of(texts: Iterable[str]) -> Encoding | None:
    """Return the legacy encoding of the texts of a sheet, or None.

    Texts with a letter that only Unicode Vietnamese has are left out. Of the encoding's converted texts at
    least three quarters of the marked words must be syllables, and clearly more than without conversion (or
    nearly all, with more common words).
    """
    seen: set[str] = set()
    for text in texts:
        if not text.isascii() and _LOOK_ALIKE.search(text) and not _UNICODE_ONLY.search(text):
            seen.add(text)
            if len(seen) >= 2000:  # more would not change the result
                break
    return _likely_encoding("\n".join(sorted(seen))) if seen else None


def _likely_encoding(text: str) -> Encoding | None:
    original = evidence(text)
    if original.valid == original.marked:
        return None  # it is Vietnamese without conversion
    best: Encoding | None = None
    best_rank = (0.75, 0)
    for which in ("TCVN3", "VNI"):
        converted = evidence(convert(text, which))
        share = converted.valid / original.marked if original.marked else 0.0
        gain = share - original.share
        clear = gain > 0.2 or (gain > 0 and share > 0.95 and converted.common > original.common)
        if clear and (share, converted.common) > best_rank:
            best, best_rank = which, (share, converted.common)
    return best


@lru_cache(maxsize=16384)  # headers and names repeat in every file
def from_legacy(text: str) -> tuple[str, Encoding] | None:
    """Convert one text on the evidence of this text alone.

    Returns
    -------
    The text in Unicode (NFC) and the encoding it was in; None where the text is plain ASCII, is
    Unicode Vietnamese already (``Xã``, ``Thôn`` are Latin-1 letters too), or does not become Vietnamese.
    """
    which = legacy_of((text,))
    return None if which is None else (convert(text, which), which)


@lru_cache(maxsize=16384)  # names of villages repeat in every commune
def is_modern(text: str) -> bool:
    """Return whether a text is not converted on a sheet that also has Unicode Vietnamese."""
    return not _LOOK_ALIKE.search(text) or is_unicode_vietnamese(text) or from_legacy(text) is None
