"""Personal data: reported by cell and kind, never shown, never kept.

Patterns: identity numbers as in Decree 137/2015/NĐ-CP article 13 (12 digits, the first three the
province of registration), the older 9 digits, telephone numbers of the national plan; headers as
officers write them. A list of persons is refused as a whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from antq_stats.reading.coerce import plain
from antq_stats.words.text import text_key

Kind = Literal["D102", "D103", "D104"]

_SEPARATORS = re.compile(r"[\s.,\-()/'’‘‐‑–]")
_IDENTITY = re.compile(r"0(0[1-9]|[1-8]\d|9[0-6])\d{9}")
_TELEPHONE = re.compile(r"(?:0|\+?84)(?:[35789]\d{8}|2\d{8,9}|1\d{9})")
_LOST_ZERO = re.compile(r"(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}")
_OLD_IDENTITY = re.compile(r"\d{9}")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([., ])\d{3})(?:\1\d{3})*")
_LONG_NUMBER = re.compile(r"(?<!\d)(?=(\+?\d(?:[\s.\-/()]{0,2}\d){8,12}))")

_HEADERS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("D102", ("cccd", "cmnd", "cmtnd", "căn cước", "chứng minh nhân dân", "chứng minh thư",
              "định danh cá nhân", "số định danh", "bảo hiểm xã hội", "identity number", "id number")),
    ("D103", ("điện thoại", "sđt", "số đt", "đt di động", "di động", "đtdđ", "phone", "telephone",
              "mobile", "zalo")),
    ("D104", ("họ và tên", "họ tên", "full name", "tên chủ hộ", "chủ hộ", "ngày sinh", "năm sinh",
              "ngày tháng năm sinh", "date of birth", "quê quán", "địa chỉ thường trú", "nơi thường trú")),
)  # fmt: skip
_BORN = ("ngày sinh", "năm sinh", "ngày tháng năm sinh", "date of birth")
_MONEY = (
    "kinh phí", "tiền", "đồng", "vnđ", "vnd", "thu", "chi", "quỹ", "dân số", "nhân khẩu", "diện tích",
    "giá trị",
)  # fmt: skip
_HEADS = (
    "trưởng thôn", "trưởng bản", "tổ trưởng", "trưởng khu", "bí thư", "người liên hệ", "người phụ trách",
    "cán bộ",
)  # fmt: skip
_FAMILY_NAMES = frozenset(
    """
    nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý lí giàng vàng sùng hờ thào mùa
    lò hà lường cầm quàng lù tráng cháng triệu bàn đinh đoàn trịnh mai đào lương tô chu cao tạ vi lục nông
    sa trương phùng lưu lâm hứa hạng hảng vừ lầu ly ma chảo tẩn thền sầm kiều quách tăng thái thân nghiêm
    vương doãn tống lại mạc ninh khổng hầu giáp bế đàm
    """.split()  # noqa: SIM905
)
_KINDS_OF_PLACE = frozenset(
    """
    thôn bản tổ dân phố khu xóm làng ấp xã phường thị trấn huyện tỉnh số tdp kdc kp tt tp đội cụm nhân cư
    đường
    """.split()  # noqa: SIM905
)
_FEW = 3


def header_kind(key: str) -> Kind | None:
    """Return the kind of personal data that a header (a text key) names, or None."""
    padded = f" {key} "
    for kind, words in _HEADERS:
        if any(f" {word} " in padded for word in words):
            return kind
    return None


def _digits(cell: str) -> str:
    return _SEPARATORS.sub("", plain(cell))


def number_kind(cell: object) -> Kind | None:
    """Return the kind of a personal number written in full, with its leading zero or +84, or None."""
    if not isinstance(cell, str):
        return None
    digits = _digits(cell)
    if not 9 <= len(digits) <= 13:
        return None
    if _IDENTITY.fullmatch(digits):
        return "D102"
    return "D103" if _TELEPHONE.fullmatch(digits) and not digits.startswith("84") else None


def _likely_kind(cell: object) -> Kind | None:
    """Return the kind of a cell in a column of such numbers, also without leading zero and of old formats."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return None
    if isinstance(cell, str):
        digits = _digits(cell)
        if _GROUPED.fullmatch(plain(cell)):
            return None  # a number with thousands separators
    elif float(cell).is_integer() and 0 <= cell < 1e12:
        digits = str(int(cell))
    else:
        return None
    if digits.endswith("000"):
        return None  # an amount of money
    if len(digits) in (11, 12) and _IDENTITY.fullmatch(digits.zfill(12)):
        return "D102"
    if _LOST_ZERO.fullmatch(digits) or _TELEPHONE.fullmatch(digits):
        return "D103"
    return "D102" if isinstance(cell, str) and _OLD_IDENTITY.fullmatch(digits) else None


def is_like_a_name(cell: object) -> bool:
    """Return whether a text looks like a person's name: a family name and one to four words, capitalised."""
    if not isinstance(cell, str):
        return False
    words = unicodedata.normalize("NFC", cell).split()
    if not 2 <= len(words) <= 5 or not all(word[0].isupper() and word.isalpha() for word in words):
        return False
    return text_key(words[0]) in _FAMILY_NAMES


def _begins_personally(number: str) -> bool:
    """Return whether a long number, or its beginning, is a telephone or identity number."""
    digits = _digits(number)
    if any(number_kind(digits[:length]) for length in range(9, len(digits) + 1)):
        return True
    return (
        not _GROUPED.fullmatch(number)
        and len(digits) == 11
        and bool(digits.startswith("84") or _IDENTITY.fullmatch("0" + digits))
    )


def holds_a_person(text: str) -> bool:
    """Return whether a text holds a personal number or a person's name, and must not be shown.

    A name right after a word for a kind of place is the place's name: ``Thôn Nguyễn Phúc``,
    ``Tổ dân phố Trần Phú``.
    """
    text = plain(text)
    if number_kind(text) or any(map(_begins_personally, _LONG_NUMBER.findall(text))):
        return True
    of_place = True
    words = re.findall(r"[^\W\d_]+|\d+|[^\w\s]", text)
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if text_key(word) in _FAMILY_NAMES and word[0].isupper() and following[:1].isupper():
            if not of_place or word is words[0]:
                return True
            of_place = True
        else:
            of_place = text_key(word) in _KINDS_OF_PLACE or (of_place and word[0].isupper())
    return False


def column_kind(cells: Iterable[object], header: str = "", places: Collection[str] = ()) -> Kind | None:
    """Return the kind of personal data that most cells of a column hold, or None.

    Parameters
    ----------
    cells : the column's cells in unit rows.
    header : text key of its header; amounts of money and populations are no telephone numbers.
    places : text keys of units, which may have the names of persons.
    """
    given = [
        cell for cell in cells if cell not in ("", None) and not (isinstance(cell, str) and not cell.strip())
    ]
    if not given:
        return None
    sure = [kind for kind in map(number_kind, given) if kind]
    if sure and 2 * len(sure) >= len(given):
        return max(set(sure), key=sure.count)
    if not any(f" {word} " in f" {header} " for word in _MONEY):
        likely = [kind for kind in map(_likely_kind, given) if kind]
        if len(likely) >= _FEW and 10 * len(likely) >= 9 * len(given):
            return max(set(likely), key=likely.count)
    named = {text_key(str(cell)) for cell in given if is_like_a_name(cell)}
    few = 1 if any(f" {word} " in f" {header} " for word in _HEADS) else _FEW
    names = [cell for cell in given if is_like_a_name(cell) and text_key(str(cell)) not in places]
    return "D104" if len(names) >= few and 2 * len(names) > len(given) and len(named) > (few > 1) else None


def is_of_kind(cell: object, kind: Kind) -> bool:
    """Return whether a cell in a column of personal data is such data itself, rather than a remark."""
    if kind == "D104":
        return is_like_a_name(cell)
    return kind in (number_kind(cell), _likely_kind(cell))


def titled_column_kind(cells: Iterable[object], header: str, places: Collection[str] = ()) -> Kind | None:
    """Return the kind of personal data of a column by its header, else by its cells, or None.

    A header that names persons may still be that of a count: ``Chủ hộ là nữ``, ``Số hộ có điện thoại``. Small
    numbers are counts, except years of birth.

    Parameters
    ----------
    cells : the column's cells in unit rows.
    header : text key of its header.
    places : text keys of units, which may have the names of persons.
    """
    cells = list(cells)
    kind = header_kind(header)
    if kind is None:
        return column_kind(cells, header, places)
    given = [cell for cell in cells if cell not in ("", None)]
    counted = given and all(isinstance(cell, int | float) and -1 < cell < 1e7 for cell in given)
    born = any(f" {word} " in f" {header} " for word in _BORN)
    return kind if born or not counted else None


def numbers_kind(cells: Iterable[object]) -> Kind | None:
    """Return the kind of the figures of a measure if all of them look like personal numbers, or None."""
    given = [cell for cell in cells if isinstance(cell, int | float)]
    kinds = [kind for kind in map(_likely_kind, given) if kind]
    distinct = len(set(given)) == len(given)
    return kinds[0] if len(kinds) >= _FEW and len(kinds) == len(given) and distinct else None


def is_personal(cell: object) -> bool:
    """Return whether a value is or holds a personal number or a name, and must not be shown."""
    return isinstance(cell, str) and (is_like_a_name(cell) or holds_a_person(cell))


def persons_header(rows: Sequence[Sequence[object]], limit: int = 40) -> tuple[int, int] | None:
    """Return row and column of the cell that shows a sheet without a table to be a list of persons, or None.

    It is such a list if a row has a header for names and another for personal data, with rows below; if the
    cells under such a header are personal; or if a column holds several personal numbers.

    Parameters
    ----------
    rows : the sheet.
    limit : number of rows in which a header may be.
    """
    for position, row in enumerate(rows[:limit]):
        kinds = {
            column: kind
            for column, cell in enumerate(row)
            if isinstance(cell, str) and len(cell) < 60 and (kind := header_kind(text_key(cell)))
        }
        if len(row) < 2 or not kinds:
            continue
        below = {column: [u[column] for u in rows[position + 1 :] if column < len(u)] for column in kinds}
        named = [column for column, kind in kinds.items() if kind == "D104"]
        filled = [column for column in named if sum(cell not in ("", None) for cell in below[column]) >= 2]
        if filled and len(kinds) > 1:
            return position, filled[0]
        for column, cells in below.items():
            if column_kind(cells):
                return position, column
    width = max(map(len, rows[:1000]), default=0)
    for column in range(min(width, 60)):
        sure = [at for at, row in enumerate(rows) if column < len(row) and number_kind(row[column])]
        if len(sure) >= _FEW:
            return sure[0], column
    return None
