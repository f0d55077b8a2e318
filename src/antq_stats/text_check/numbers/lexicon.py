"""Lexicon of reports: nouns of what is counted, number words, words of change and of place.

All words are in lower case.
"""

# ruff: noqa: E501 - a table is best read with its rows whole

from __future__ import annotations

NOUNS: dict[str, tuple[str, ...]] = {
    "tổ": ("tổ", "tổ tự quản", "group", "groups"),
    "hộ": ("hộ", "hộ gia đình", "hộ dân", "gia đình", "nóc nhà", "household", "households", "family", "families"),
    "người": (
        "người", "người dân", "nhân dân", "thành viên", "tổ viên", "hội viên", "đoàn viên", "phụ nữ", "thanh niên", "nhân khẩu",
        "cựu chiến binh", "đồng chí", "cán bộ", "đối tượng", "person", "persons", "people", "member", "members", "woman", "women",
        "veteran", "veterans",
    ),
    "lượt": ("lượt", "lượt người", "lượt hội viên", "attendance", "attendances"),
    "thôn": (
        "thôn", "bản", "làng", "tổ dân phố", "tdp", "tổ nhân dân", "khu dân cư", "kdc", "khu phố", "khối phố", "xóm", "ấp", "buôn",
        "phum", "sóc", "village", "villages", "residential group", "residential groups",
    ),
    "câu lạc bộ": ("câu lạc bộ", "clb", "club", "clubs"),
    "mô hình": ("mô hình", "mh", "model", "models"),
    "buổi": ("buổi", "cuộc", "session", "sessions", "meeting", "meetings"),
    "lớp": ("lớp", "course", "courses"),
    "xã": ("xã", "phường", "thị trấn", "commune", "communes", "ward", "wards", "township", "townships"),
    "huyện": ("huyện", "thị xã", "thành phố", "quận", "district", "districts"),
    "": ("tổ chức", "tổ công tác", "bản cam kết", "bản đăng ký", "hộ khẩu", "đơn vị", "hội nghị", "lớp người", "unit", "units"),
}  # fmt: skip
"""Nouns by what they count; nouns under "" are too general to decide."""

COMPOUNDS = (
    "kết quả",
    "tổng kết",
    "kết nạp",
    "kết hợp",
    "tổ chức",
    "nhìn chung",
    "nói chung",
    "phòng họp",
    "tham gia",
    "tham dự",
)
"""Compounds that are ignored, because their syllables also occur in labels of measures."""

DIGITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5,
    "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
MAGNITUDES = {
    "chục": 10, "trăm": 100,
    "nghìn": 10**3, "ngàn": 10**3, "thousand": 10**3,
    "vạn": 10**4,
    "triệu": 10**6, "million": 10**6,
    "tỷ": 10**9, "tỉ": 10**9, "billion": 10**9,
}  # fmt: skip
TENS = ("mười", "mươi")
NOUGHTS = ("linh", "lẻ")
HALF, POINT = "rưỡi", "phẩy"
PER = {"%": 100, "phần trăm": 100, "percent": 100, "per cent": 100, "‰": 1000, "phần nghìn": 1000}
TIMES = {"đôi": 2, "rưỡi": 1.5}
"""Words for multiples: ``gấp đôi``, ``gấp rưỡi``."""

YEARS = (
    r"(?:cùng kỳ(?: năm)?(?: trước| ngoái| \d{4})?|năm (?:trước|ngoái|liền trước|\d{4})|kỳ trước|"
    r"last year|the (?:previous year|year before)|(?:19|20)\d\d)"
)
"""Pattern of the earlier period that a figure is compared with."""

UP = (
    r"tăng(?: thêm| được| mới)?|(?:có|kết nạp|thành lập|vận động|phát triển|bổ sung|xây dựng|ra mắt)? ?thêm(?: được| mới)?|"
    r"(?:nhiều|cao|lớn) hơn|vượt(?: hơn)?|bổ sung|(?:an? )?(?:increase|rise)d?(?: (?:of|by))?|up(?: by)?|"
    r"(?:rose|grew|increased|gained)(?: by)?"
)
DOWN = (
    r"giảm(?: đi| được| mất| bớt)?|(?:ít|thấp|kém) hơn|kém|hụt|bớt|(?:an? )?(?:decrease|fall|drop)d?(?: (?:of|by))?|down(?: by)?|"
    r"(?:fell|dropped|decreased|lost)(?: by)?"
)
"""Patterns of words before a number that make it an increase (`UP`) or a decrease (`DOWN`)."""

RESULTS = r"lên(?: tới| đến| thành)?|đến|tới|xuống(?: còn)?|còn|thành|to"
"""Pattern of words between an earlier and a later value."""

LIKENS = r"tương đương|tương ứng|tức(?: là)?|hay|bằng|đạt|i\.e\.|or|that is"
"""Pattern of words that restate a value in another unit: ``95 tổ, tương đương 6 %``."""

PLACES = (
    "tầng|lầu|phòng số|phòng|nhà số|số nhà|đường|phố|quốc lộ|tỉnh lộ|đại lộ|km|lô|ngõ|ngách|hẻm|hộp thư|cổng|"
    "floor|room|building|street|road"
)
"""Pattern of nouns that a number behind them identifies: floors, rooms, roads."""
