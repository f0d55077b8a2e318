"""Personal data is found wherever it stands, reported by cell and kind, and never shown."""

# ruff: noqa: E501 - a case a line reads better than a case in ten
from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from antq_stats.reading import privacy
from helpers.command import run
from helpers.reading import read_folder
from helpers.returns import (
    FORM,
    HEAD,
    V1,
    V2,
    V3,
    W1,
    W2,
    commune,
    setup,
    sheet,
    write_csv,
    write_ods,
    write_register,
    write_xls,
    write_xlsx,
)

NAMES = ("Nguyễn Văn Tưởng", "Giàng A Páo", "Hoàng Thị Bích Ngọc")
CCCD = ("015095001234", "015195004321", "010200112233")
PHONES = ("0912345678", "0987 654 321", "+84 355 112 233")
LOST = (912345678.0, 987654321.0, 355112233.0)
LOST_CCCD = (15095001234.0, 15195004321.0, 10200112233.0)
OLD = ("060123456", "060987654", "063112233")

SECRETS = (
    *NAMES, *CCCD, *PHONES, *OLD, "912345678", "987654321", "355112233", "355 112 233", "15095001234", "15195004321", "10200112233", "0987654321",
)  # fmt: skip


def beside(header: str | None, cells: tuple[object, ...]) -> list[list[object]]:
    """A good table with one more column, E."""
    rows = commune((10, 1), (20, 2), (40, 4))
    for row, cell in zip(rows, (header, *cells), strict=True):
        row.append(cell)
    return rows


def nothing_shown(text: str) -> None:
    for secret in SECRETS:
        for form in (secret, secret.upper(), unicodedata.normalize("NFD", secret)):
            assert form not in text


COLUMNS = [
    ("Họ và tên", NAMES, "D104", "E1"),
    ("Trưởng thôn", NAMES, "D104", "E2"),
    ("Ghi chú", NAMES, "D104", "E2"),
    ("Người nộp", tuple(map(str.upper, NAMES)), "D104", "E2"),
    ("Người nộp", tuple(unicodedata.normalize("NFD", name) for name in NAMES), "D104", "E2"),
    (None, NAMES, "D104", "E2"),
    ("Năm sinh", (1960, 1971, 1985), "D104", "E1"),
    ("Số CCCD", CCCD, "D102", "E1"),
    ("Số CCCD", LOST_CCCD, "D102", "E1"),
    ("Ghi chú", CCCD, "D102", "E2"),
    ("Ghi chú", tuple(f"{c[:3]} {c[3:6]} {c[6:]}" for c in CCCD), "D102", "E2"),
    ("Ghi chú", LOST_CCCD, "D102", "E2"),
    (None, LOST_CCCD, "D102", "E2"),
    ("CMND", OLD, "D102", "E1"),
    ("Ghi chú", OLD, "D102", "E2"),
    ("Điện thoại", PHONES, "D103", "E1"),
    ("SĐT liên hệ", LOST, "D103", "E1"),
    ("Ghi chú", PHONES, "D103", "E2"),
    ("Ghi chú", LOST, "D103", "E2"),
    ("Ghi chú", ("'0912345678", "0987.654.321", "(+84)355112233"), "D103", "E2"),
    ("Ghi chú", ("０９１２３４５６７８", "0987 654 321", "0355-112-233"), "D103", "E2"),
    (None, PHONES, "D103", "E2"),
    (None, LOST, "D103", "E2"),
    ("Số điện thoại", ("", "0912345678", ""), "D103", "E1"),
]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "ods", "xls"])
@pytest.mark.parametrize(("header", "cells", "code", "cell"), COLUMNS)
def test_columns_of_persons(
    tmp_path: Path, kind: str, header: str | None, cells: tuple[object, ...], code: str, cell: str
) -> None:
    setup(tmp_path)
    rows = beside(header, cells)
    if kind == "csv":
        rows = [[int(c) if isinstance(c, float) else c for c in row] for row in rows]
    {"xlsx": write_xlsx, "csv": write_csv, "ods": write_ods, "xls": write_xls}[kind](
        tmp_path / f"a.{kind}", rows
    )
    outcome = read_folder(tmp_path)
    assert outcome.hard == [(code, cell)]
    assert outcome.figure("trau", "0701")[:3] == (70, 3, 3)  # the file's other values still count
    nothing_shown(outcome.all_text())


NOT_PERSONS = [
    ("Xã", ("Nguyễn Thái Học",) * 3),
    ("Khu", ("Minh Quân", "Nguyễn Thái Học", "Hà Trung")),
    ("Kinh phí (đồng)", (350123456.0, 912345678.0, 355112233.0)),
    ("Kinh phí", ("350.123.456", "912.345.678", "355.112.233")),
    ("Thành tiền", (350123000.0, 912345000.0, 355112000.0)),
    ("Dân số", (912345678.0, 987654321.0, 355112233.0)),
    ("Ghi chú", (350500000.0, "", "")),
    ("Ghi chú", ("Đã gửi", "Còn thiếu", "")),
    ("Số hộ có điện thoại", (12, 30, 45)),
    ("Chủ hộ là nữ", (1, 2, 0)),
    ("Số CCCD đã cấp", (120, 300, 0)),
    ("Số trưởng thôn là nữ", (0, 1, 1)),
    ("Ngày gửi", ("30/11/2021", "01/12/2021", "02/12/2021")),
    ("Mã cũ", ("123456789012", "223456789012", "323456789012")),
]


@pytest.mark.parametrize(("header", "cells"), NOT_PERSONS)
def test_columns_that_only_look_like_it(tmp_path: Path, header: str, cells: tuple[object, ...]) -> None:
    setup(tmp_path)
    write_xlsx(tmp_path / "a.xlsx", beside(header, cells))
    outcome = read_folder(tmp_path)
    assert outcome.hard == []
    assert outcome.figure("trau", "0701")[:3] == (70, 3, 3)


def test_communes_and_villages_named_like_persons(tmp_path: Path) -> None:
    setup(tmp_path)
    head = ["Xã", *HEAD]
    rows: list[list[object]] = [head]
    for (code, name), parent in zip(
        (V1, V2, V3, W1, W2), ["Nguyễn Thái Học"] * 3 + ["Minh Quân"] * 2, strict=True
    ):
        rows.append([parent, code, name, 10, 1])
    write_xlsx(tmp_path / "a.xlsx", rows)
    outcome = read_folder(tmp_path)
    assert outcome.codes == []
    assert outcome.figure("trau") == (50, 5, 5, False, 0, False)


def test_codes_of_twelve_digits_are_codes(tmp_path: Path) -> None:
    codes = ["015095001234", "015195004321", "010200112233"]
    setup(tmp_path)
    write_register(
        tmp_path,
        "code,name,level,parent\n01,Hà Trung,province,\n"
        + "".join(f"{c},Thôn {n},village,01\n" for n, c in enumerate(codes)),
    )
    for kind, write in (("xlsx", write_xlsx), ("csv", write_csv)):
        write(tmp_path / f"a.{kind}", [HEAD, *([c, f"Thôn {n}", 10, 1] for n, c in enumerate(codes))])  # type: ignore[operator]
        outcome = read_folder(tmp_path)
        assert outcome.hard == []
        assert outcome.figure("trau")[:3] == (30, 3, 3)
        (tmp_path / f"a.{kind}").unlink()


@pytest.mark.parametrize(
    ("rows", "merges", "cell"),
    [
        (["Mã thôn|Tên thôn|Số trâu|Số bò|Ghi chú", "|không có", "|'0912345678", "|'0987654321"], (), "E3"),
        (["Mã thôn|Tên thôn|Số trâu|Số bò|Điện thoại|~", "~|~|~|~|~|~", "|~|~", "|~|~", "|~|x"], (), "E1"),
        (
            ["Mã thôn|Tên thôn|Số trâu|Số bò|Số điện thoại", "~|~|con|con|~", "|~", "|~", "|'0912345678"],
            ("A1:A2", "B1:B2", "E1:E2"),
            "E1",
        ),
    ],
)
def test_the_cell_that_is_named_is_the_one_that_tells(
    tmp_path: Path, rows: list[str], merges: tuple[str, ...], cell: str
) -> None:
    setup(tmp_path)
    units = iter(("'070101|Thôn 1|10|1", "'070102|Thôn 2|20|2", "'070103|Thôn Nguyễn Phúc|40|3"))
    text = "\n".join(next(units) + row if row.startswith("|") else row for row in rows)
    write_xlsx(tmp_path / "a.xlsx", sheet(text), merges=merges)
    assert [at for code, at in read_folder(tmp_path).hard if code == "D103"] == [cell]


@pytest.mark.parametrize("figures", [LOST, LOST_CCCD])
def test_figures_that_are_all_telephones_or_identity_numbers(
    tmp_path: Path, figures: tuple[float, ...]
) -> None:
    setup(tmp_path)
    write_xlsx(tmp_path / "a.xlsx", commune(*((f, n) for n, f in enumerate(figures, 1))))
    outcome = read_folder(tmp_path)
    assert [cell for _, cell in outcome.hard] == ["C2"]
    assert outcome.figure("trau", "0701")[:2] == (None, 0)
    assert outcome.figure("bo", "0701")[:2] == (6, 3)
    nothing_shown(outcome.all_text())


@pytest.mark.parametrize(
    "cell",
    [
        "Nguyễn Văn Tưởng", "NGUYỄN VĂN TƯỞNG", "ông Nguyễn Văn Tưởng", "12 (Nguyễn Văn Tưởng)", "0987 654 321", "+84 355 112 233", "015095001234",
        "liên hệ 0912345678", "Giàng A Páo - 0912345678", "015 095 001 234", "'0912345678", "CCCD: 015095001234", "84355112233 Hoàng Thị Bích Ngọc",
    ],
)  # fmt: skip
def test_persons_in_a_count_cell_or_a_name_are_not_shown(tmp_path: Path, cell: str) -> None:
    setup(tmp_path)
    rows = commune((10, 1), (cell, 2), (40, 4))
    write_xlsx(tmp_path / "a.xlsx", rows)
    outcome = read_folder(tmp_path)
    assert [at for _, at in outcome.hard] == ["C3"]
    assert outcome.figure("trau", "0701")[:2] == (50, 2)
    nothing_shown(outcome.all_text())
    # as a village's name, and as its code
    write_xlsx(
        tmp_path / "a.xlsx",
        [
            *commune((10, 1), (20, 2), (40, 4)),
            ["", cell, 5, 5],
            ["", f"Thôn 9 ({cell})", 5, 5],
            [cell, "Thôn 9", 5, 5],
        ],
    )
    outcome = read_folder(tmp_path)
    assert len(outcome.hard) == 3
    assert outcome.figure("trau", "0701")[:2] == (70, 3)
    nothing_shown(outcome.all_text())


def test_an_unknown_village_named_after_a_person_is_shown(tmp_path: Path) -> None:
    setup(tmp_path)
    write_xlsx(tmp_path / "xa-nguyen-thai-hoc.xlsx", [*commune(), ["", "Thôn Nguyễn Phú", 5, 5]])
    outcome = read_folder(tmp_path)
    (finding,) = [f for f in outcome.findings if f.code in ("U101", "U102")]
    assert (finding.value, finding.cell) == ("Thôn Nguyễn Phú", "B5")


LIST = [["STT", "Họ và tên", "Số CCCD", "Điện thoại"], *([n, NAMES[n], CCCD[n], PHONES[n]] for n in range(3))]
BARE_LIST = [[n, NAMES[n], CCCD[n]] for n in range(3)]


@pytest.mark.parametrize(
    "rows",
    [LIST, BARE_LIST, [["DANH SÁCH"], [], *LIST], [["Họ tên", "Xóm"], *([name, "Thôn 1"] for name in NAMES)]],
)
@pytest.mark.parametrize("hidden", [False, True])
def test_a_list_of_persons_is_refused_whole(tmp_path: Path, rows: list[list[object]], hidden: bool) -> None:
    setup(tmp_path)
    write_xlsx(
        tmp_path / "a.xlsx",
        {"Biểu 01": commune((10, 1), (20, 2), (40, 4)), "Sheet2": rows},
        hidden=["Sheet2"] if hidden else [],
    )
    outcome = read_folder(tmp_path)
    assert [code for code, _ in outcome.hard] == ["D101"]
    assert outcome.at("D101")[0][:2] == ("a.xlsx", "Sheet2")
    assert outcome.figure("trau", "0701")[:2] == (70, 3)
    nothing_shown(outcome.all_text())


def test_names_in_titles_and_below_are_allowed_and_not_shown(tmp_path: Path) -> None:
    setup(tmp_path)
    rows = [
        ["ỦY BAN MTTQ XÃ", "", "Điện thoại: 0912345678"],
        ["Người lập: Nguyễn Văn Tưởng"],
        *commune((10, 1), (20, 2), (40, 4)),
        [],
        ["", "NGƯỜI LẬP BIỂU", "", "CHỦ TỊCH"],
        ["", "Giàng A Páo", "", "Hoàng Thị Bích Ngọc"],
        ["", "0987 654 321"],
    ]
    cover = [["Hướng dẫn"], ["Họ và tên người lập:", NAMES[0], "Điện thoại:", PHONES[0]]]
    write_xlsx(tmp_path / "a.xlsx", {"Bìa": cover, "Biểu 01": rows})
    outcome = read_folder(tmp_path)
    assert outcome.hard == []
    assert outcome.figure("trau", "0701")[:2] == (70, 3)
    nothing_shown(outcome.all_text())


def test_nothing_personal_leaves_by_any_command(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    rows = beside("Họ và tên", NAMES)
    rows[1][2] = "Nguyễn Văn Tưởng 0912345678"
    rows[2][2] = "015095001234"
    rows.append(["", "Hoàng Thị Bích Ngọc", 1, 1, "0987 654 321"])
    write_xlsx(folder / "a.xlsx", {"Biểu 01": rows, "Danh sách": LIST})
    write_csv(folder / "b.csv", [["Mã", "Họ và tên"], *([c, n] for c, n in zip(CCCD, NAMES, strict=True))])
    said = ""
    for arguments in (
        ("validate", folder, "--verbose"), ("validate", folder, "--format", "json", "--lang", "vi"), ("validate", folder, "--format", "csv"),
        ("status", folder, "--receipts", tmp_path / "r"), ("status", folder, "--format", "json"), ("aggregate", folder, "--format", "json"),
        ("aggregate", folder, "--by", "village"),
    ):  # fmt: skip
        ran = run(*arguments)
        assert ran.status == 1
        said += ran.output
    said += "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "r").iterdir())
    nothing_shown(said)


def test_words_that_only_begin_like_a_family_name() -> None:
    for text in (
        "Thôn Nguyễn Phúc",
        "Tổ dân phố Trần Phú",
        "Bản Lý A",
        "TDP Lê Lợi",
        "Lý do",
        "Tổng số hộ",
        "1.691.234.567",
        "Năm 2021",
        "12 hộ",
        "Hồ sơ",
        "350.123.456",
    ):
        assert not privacy.holds_a_person(text), text


def test_forms_own_measures_are_not_persons(tmp_path: Path) -> None:
    form = FORM.replace("Số trâu", "Số hộ có chủ hộ là nữ").replace("Số bò", "Số hộ có điện thoại di động")
    setup(tmp_path, form=form)
    write_xlsx(
        tmp_path / "a.xlsx",
        commune(
            (10, 1),
            (20, 2),
            (40, 4),
            head=["Mã thôn", "Tên thôn", "Số hộ có chủ hộ là nữ", "Số hộ có điện thoại di động"],
        ),
    )
    outcome = read_folder(tmp_path)
    assert outcome.hard == []
    assert outcome.figure("bo", "0701")[:2] == (7, 3)
