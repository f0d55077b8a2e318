"""The register: units in force on a date, all faults reported at once, queries of its tree."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.findings.setup_error import SetupError
from antq_stats.register.register import UnitRegister, display_name, load_register

HEADER = "code,name,type,level,parent,valid_from,valid_to\n"

YEN_BAI_2021 = (
    HEADER
    + """\
15,Yên Bái,tỉnh,province,,,2025-06-30
132,Yên Bái,thành phố,district,15,,2025-06-30
138,Trấn Yên,huyện,district,15,,2025-06-30
04264,Nguyễn Phúc,phường,commune,132,,2024-11-30
04267,Hồng Hà,phường,commune,132,,2024-11-30
04516,Minh Quán,xã,commune,138,,2025-06-30
04567,Minh Quân,xã,commune,138,,2025-06-30
04516001,Thôn 1,thôn,village,04516,,2025-06-30
04567001,Thôn 1,thôn,village,04567,,2025-06-30
04567002,Thôn 2,thôn,village,04567,,2025-06-30
"""
)
YEN_BAI_2024 = (
    HEADER
    + """\
15,Yên Bái,tỉnh,province,,,2025-06-30
132,Yên Bái,thành phố,district,15,,2025-06-30
04264,Nguyễn Phúc,phường,commune,132,,2024-11-30
04264,Hồng Hà,phường,commune,132,2024-12-01,2025-06-30
04267,Hồng Hà,phường,commune,132,,2024-11-30
"""
)
LAO_CAI_2025 = (
    HEADER
    + """\
15,Lào Cai,tỉnh,province,,2025-07-01,
02647,Lào Cai,phường,commune,15,2025-07-01,
04252,Yên Bái,phường,commune,15,2025-07-01,
04543,Âu Lâu,phường,commune,15,2025-07-01,
"""
)


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "units.csv"
    path.write_bytes(text.encode(encoding))
    return path


def load(folder: Path, text: str, on: date | None = None, encoding: str = "utf-8") -> UnitRegister:
    return load_register(write(folder, text, encoding), on)


def faults(folder: Path, text: str, on: date | None = None) -> list[tuple[str, int | None]]:
    with pytest.raises(SetupError) as caught:
        load(folder, text, on)
    assert all(finding.file == "units.csv" for finding in caught.value.findings)
    return [(finding.code, finding.row) for finding in caught.value.findings]


def facts(folder: Path, text: str, on: date | None = None) -> dict[str, str]:
    with pytest.raises(SetupError) as caught:
        load(folder, text, on)
    (finding,) = caught.value.findings
    return dict(finding.facts)


# ---------------------------------------------------------------- what stands in it


def test_yen_bai_2021_needs_no_date(tmp_path: Path) -> None:
    register = load(tmp_path, YEN_BAI_2021)
    assert register.levels == ("province", "district", "commune", "village")
    assert len(register) == 10
    assert register.units.codes[:3] == ("15", "132", "138")
    unit = register.unit("04516")
    assert unit is not None
    assert (unit.name, unit.kind, unit.level, unit.parent) == ("Minh Quán", "xã", "commune", "138")
    assert unit.display == "Xã Minh Quán"
    assert register.unit("4516") is None
    assert [u.code for u in register.named("138", "xã Minh Quân")] == ["04567"]
    assert [u.code for u in register.named("04567", "thôn 1")] == ["04567001"]
    assert register.named("04567", "Thôn 10") == ()
    assert [u.code for u in register.ancestors("04567002")] == ["04567", "138", "15"]
    assert register.level("Commune") == 2
    assert register.level("xã") == 2
    assert register.level("hamlet") is None
    assert register.units.former == frozenset()


def test_a_code_is_not_an_identity(tmp_path: Path) -> None:
    before = load(tmp_path, YEN_BAI_2024, date(2024, 11, 30))
    after = load(tmp_path, YEN_BAI_2024, date(2024, 12, 1))
    assert before.unit("04264").name == "Nguyễn Phúc"  # type: ignore[union-attr]
    assert before.unit("04267").name == "Hồng Hà"  # type: ignore[union-attr]
    assert before.units.former == frozenset()
    assert after.unit("04264").name == "Hồng Hà"  # type: ignore[union-attr]
    assert after.unit("04267") is None
    assert after.units.former == {"04267"}


def test_without_a_date_a_register_of_several_dates_is_unclear(tmp_path: Path) -> None:
    assert faults(tmp_path, YEN_BAI_2024) == [("S302", None)]


def test_three_levels_after_the_reform(tmp_path: Path) -> None:
    register = load(tmp_path, LAO_CAI_2025, date(2025, 12, 31))
    assert register.levels == ("province", "commune")
    assert register.unit("15").display == "Tỉnh Lào Cai"  # type: ignore[union-attr]
    assert faults(tmp_path, LAO_CAI_2025, date(2025, 6, 30)) == [("S201", None)]
    assert facts(tmp_path, LAO_CAI_2025, date(2025, 6, 30))["problem"] == "no-unit-in-force"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_as_excel_saves_it(tmp_path: Path, encoding: str, delimiter: str) -> None:
    register = load(tmp_path, YEN_BAI_2021.replace(",", delimiter), encoding=encoding)
    assert register.unit("04516").name == "Minh Quán"  # type: ignore[union-attr]


def test_windows_1258_keeps_tones_apart(tmp_path: Path) -> None:
    text = (
        "code;name;level;parent\n15;Yên Bái;tỉnh;\n138;Trấn Yên;huyện;15\n"
        "04516;Minh Quán;xã;138\n04567;Minh Quân;xã;138\n04522;Cường Thịnh;xã;138\n"
    )
    apart = {"ỉ": "i\u0309", "ấ": "â\u0301", "ệ": "ê\u0323", "ờ": "ơ\u0300", "ị": "i\u0323", "ã": "a\u0303"}
    for letter, parts in apart.items():
        text = text.replace(letter, parts)
    register = load(tmp_path, text, encoding="cp1258")
    assert register.units.names[1:4] == ("Trấn Yên", "Minh Quán", "Minh Quân")


def test_vietnamese_headers_in_any_order_and_columns_beyond(tmp_path: Path) -> None:
    text = (
        "Danh sách đơn vị;;;;;;;\n"
        "Tên khác;Đến ngày;Loại;Cấp trên;Ghi chú;Tên;Cấp;Mã\n"
        ";30/06/2025;tỉnh;;x;Yên Bái;Tỉnh;15\n"
        "Mù Căng Chải | Mu Cang;30/06/2025;huyện;15;;Mù Cang Chải;huyện;137\n"
    )
    register = load(tmp_path, text, date(2025, 6, 30))
    assert register.levels == ("Tỉnh", "huyện")
    assert register.units.aliases == ((), ("Mù Căng Chải", "Mu Cang"))
    assert [unit.code for unit in register.named("15", "Huyện Mù Căng Chải")] == ["137"]
    assert faults(tmp_path, text, date(2025, 7, 1)) == [("S201", None)]  # valid_to is the last valid day


def test_names_arrive_composed(tmp_path: Path) -> None:
    import unicodedata

    register = load(tmp_path, unicodedata.normalize("NFD", YEN_BAI_2021))
    assert register.units.names[5] == "Minh Quán"


@pytest.mark.parametrize(
    ("kind", "name", "shown"),
    [
        ("xã", "Mường Lai", "Xã Mường Lai"),
        ("thôn", "Thôn 1", "Thôn 1"),
        ("", "bản Cộng", "Bản Cộng"),
        ("thôn", "thôn", "Thôn"),
        ("tổ", "Tổng Cọt", "Tổ Tổng Cọt"),
        ("thành phố", "Yên Bái", "Thành phố Yên Bái"),
    ],
)
def test_display_name(kind: str, name: str, shown: str) -> None:
    assert display_name(kind, name) == shown


def test_codes_that_lost_their_zeros_in_excel(tmp_path: Path) -> None:
    text = (
        'code,name,level,parent\n="01",Hà Nội,p,\n001,Ba Đình,d,01\n'
        "00001,Phúc Xá,c,1\n00004,Trúc Bạch,c,001\n"
    )
    register = load(tmp_path, text)
    assert register.unit("00001").parent == "001"  # type: ignore[union-attr]


def test_a_bare_parent_that_exists_is_no_proof(tmp_path: Path) -> None:
    text = (
        "code,name,level,parent\n01,Hà Nội,p,\n10,Lào Cai,d,01\n010,Quận 10,d,1\n"
        "00010,Xã A,c,10\n00020,Xã B,c,010\n"
    )
    assert faults(tmp_path, text) == [("S202", 5)]


# ---------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"PK\x03\x04\x00\x00\x00\x00", "not-text"),
        (b"a,b\n1,2\n", "no-header"),
        (b"code,name\n1,2\n", "column-missing"),
        (b"code,name,level,parent,ma\n1,a,p,,2\n", "column-twice"),
        (b"code,name,level,parent\n", "no-units"),
        (b"code,name,level,parent\n,,,\n", "no-units"),
    ],
)
def test_unreadable(tmp_path: Path, data: bytes, problem: str) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(data)
    with pytest.raises(SetupError) as caught:
        load_register(path, None)
    (finding,) = caught.value.findings
    assert (finding.code, finding.facts["problem"]) == ("S201", problem)


def test_missing_columns_are_named(tmp_path: Path) -> None:
    assert facts(tmp_path, "code,name\n1,2\n")["expected"] == "level, parent"


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path, problem in ((tmp_path / "units.csv", "not-there"), (tmp_path, "not-a-file")):
        with pytest.raises(SetupError) as caught:
            load_register(path, None)
        assert caught.value.findings[0].facts["problem"] == problem


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in the file system")
def test_a_named_pipe_does_not_block(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "units.csv")
    with pytest.raises(SetupError) as caught:
        load_register(tmp_path / "units.csv", None)
    assert caught.value.findings[0].facts["problem"] == "not-a-file"


def test_all_faults_at_once(tmp_path: Path) -> None:
    text = (
        HEADER
        + """\
15,Yên Bái,tỉnh,province,,,
132,Yên Bái,thành phố,district,15,,
132,Nghĩa Lộ,thị xã,district,15,,
135,,huyện,district,15,,
04300,Khai Trung,xã,commune,999,,
04301,A,xã,commune,04302,,
04302,B,xã,commune,04301,,
16,Thanh Hóa,tỉnh,province,,,
04303,C,xã,commune,132,31/02/2021,
04304,D,xã,commune,132,,
04305,E,xã,commune,04304,,
,F,xã,commune,132,,
04306,G,xã,,132,2022-01-01,2021-01-01
"""
    )
    assert faults(tmp_path, text, date(2021, 6, 1)) == [
        ("S203", 4),
        ("S207", 5),
        ("S202", 6),
        ("S204", 7),
        ("S206", 9),
        ("S207", 10),
        ("S205", 12),
        ("S207", 13),
        ("S207", 14),
        ("S207", 14),
    ]


def test_parent_no_longer_in_force(tmp_path: Path) -> None:
    text = (
        HEADER
        + "15,Yên Bái,tỉnh,province,,,\n132,Yên Bái,,district,15,,2020-12-31\n"
        + "04249,Yên Thịnh,,commune,132,,\n"
    )
    found = facts(tmp_path, text, date(2021, 12, 31))
    assert (found["problem"], found["found"]) == ("parent-not-in-force", "132")
    assert len(load(tmp_path, text, date(2020, 12, 31))) == 3


def test_a_unit_that_is_its_own_parent(tmp_path: Path) -> None:
    text = "code,name,level,parent\n1,A,p,\n2,B,d,2\n3,C,c,2\n"
    assert faults(tmp_path, text) == [("S204", 3)]


def test_levels_that_contradict_blame_the_fewer_rows(tmp_path: Path) -> None:
    text = "code,name,level,parent\n1,A,p,\n2,B,d,1\n3,C,c,2\n4,D,c,2\n5,E,d,4\n"
    assert faults(tmp_path, text) == [("S205", 6)]


def test_a_level_may_be_skipped(tmp_path: Path) -> None:
    text = "code,name,level,parent\n1,A,p,\n4,D,c,1\n2,B,d,1\n3,C,c,2\n"
    register = load(tmp_path, text)
    assert register.levels == ("p", "d", "c")
    assert register.expected(2).tolist() == [2, 1, 1, 1]


# ---------------------------------------------------------------- the tree


def test_arrays(tmp_path: Path) -> None:
    register = load(tmp_path, YEN_BAI_2021)
    codes = register.units.codes
    assert [codes[place] for place in register.tree_order] == [
        "15", "132", "04264", "04267", "138", "04516", "04516001", "04567", "04567001", "04567002",
    ]  # fmt: skip
    assert register.expected(3).tolist() == [3, 0, 3, 0, 0, 1, 2, 1, 1, 1]
    assert register.expected(2).tolist() == [4, 2, 2, 1, 1, 1, 1, 0, 0, 0]
    assert [codes[place] for place in register.under(2)] == [
        "138", "04516", "04516001", "04567", "04567001", "04567002",
    ]  # fmt: skip


def test_arrays_cannot_be_written_to(tmp_path: Path) -> None:
    register = load(tmp_path, YEN_BAI_2021)
    for array in (register.tree_order, register.expected(3)):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[tuple[int, int]], int]:
    """Rows (parent, level) of a tree of 2 to 7 levels, branches may skip levels; and a seed for the order."""
    depth = draw(st.integers(2, 7))
    rows = [(-1, 0)]
    for _ in range(draw(st.integers(1, 40))):
        parent = draw(st.integers(0, len(rows) - 1))
        above = rows[parent][1]
        if above < depth - 1:
            rows.append((parent, draw(st.integers(above + 1, depth - 1))))
    return rows, draw(st.randoms(use_true_random=False)).getrandbits(32)


@given(trees())
def test_any_tree(tmp_path_factory: pytest.TempPathFactory, tree: tuple[list[tuple[int, int]], int]) -> None:
    import random

    rows, seed = tree
    places = list(range(len(rows)))
    random.Random(seed).shuffle(places)  # noqa: S311
    lines = [
        f"0{place},Đơn vị {place},cấp {rows[place][1]},{'0' + str(rows[place][0]) if place else ''}"
        for place in places
    ]
    folder = tmp_path_factory.mktemp("tree")
    register = load(folder, "\n".join(["code,name,level,parent", *lines]) + "\n")
    units = register.units
    assert list(units.codes) == [f"0{place}" for place in places]  # the file's order stays

    for level in range(len(register.levels)):
        expected = register.expected(level)
        for place in range(len(units.codes)):
            under = sum(int(expected[child]) for child in units.children.get(place, ()))
            assert expected[place] == under + (units.levels[place] == level)

    order = register.tree_order.tolist()
    assert sorted(order) == list(range(len(places)))
    for place in range(len(places)):
        under = register.under(place).tolist()
        assert under[0] == place
        assert set(under) == {other for other in order if place in units.ancestors(other)}
    for siblings in units.children.values():
        assert [place for place in order if place in siblings] == list(siblings)


def test_ten_thousand_levels(tmp_path: Path) -> None:
    lines = [f"c{i},n{i},l{i},{f'c{i - 1}' if i else ''}" for i in range(10_000)]
    register = load(tmp_path, "\n".join(["code,name,level,parent", *lines]) + "\n")
    assert len(register.levels) == 10_000
    assert register.levels[-1] == "l9999"
    assert register.expected(9_999)[0] == 1
    ring = "\n".join(["code,name,level,parent", f"c0,n0,l0,c{9_999}", *lines[1:]]) + "\n"
    assert faults(tmp_path, ring) == [("S204", 2)]


@given(st.binary(max_size=300))
def test_any_bytes_load_or_are_reported(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "units.csv"
    path.write_bytes(b"code,name,level,parent\n" + data)
    codes: list[str] = []
    try:
        register = load_register(path, None)
    except SetupError as error:
        codes = [finding.code for finding in error.findings]
    assert all(code[0] == "S" for code in codes) if codes else len(register.tree_order) == len(register)


def test_import_stays_light() -> None:
    heavy = "('numpy', 'pandas', 'pydantic')"
    script = (
        f"import antq_stats.register.register, sys; print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_a_level_spelt_without_its_accents_is_reported_and_is_no_new_level(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    rows = ["code,name,level,parent", "1,Tỉnh A,tỉnh,", "11,Xã B,xã,1"]
    rows += [f"11{n},Thôn {n},{'thon' if n == 3 else 'thôn'},11" for n in range(1, 6)]
    path.write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(SetupError) as raised:
        load_register(path, None)
    (fault,) = raised.value.findings
    assert (fault.code, fault.row, fault.unit, fault.facts["suggestion"]) == ("S205", 6, "113", "thôn")


# ---------------------------------------------------------------- zeros lost in Excel

OFFICIAL = """\
code,name,type,level,parent
02,Hà Giang,tỉnh,province,
024,Hà Giang,thành phố,district,02
132,Văn Chấn,huyện,district,02
00691,Minh Tân,xã,commune,024
04249,An Lạc,xã,commune,132
10001,Yên Ninh,xã,commune,132
00691001,Thôn 1,thôn,village,00691
04249001,Thôn 1,thôn,village,04249
10001001,Thôn 1,thôn,village,10001
"""


def without_zeros(text: str) -> str:
    return re.sub(r"(?m)(?<![^,\n])0+(\d+)", r"\1", text)


@pytest.mark.parametrize("villages", [True, False])
def test_codes_that_lost_their_zeros_are_restored_and_reported(tmp_path: Path, villages: bool) -> None:
    lines = OFFICIAL.splitlines(keepends=True)
    text = "".join(line for line in lines if villages or "village" not in line)
    sound, lost = load(tmp_path, text), load(tmp_path, without_zeros(text))
    assert lost.units.codes == sound.units.codes
    assert lost.units.parents == sound.units.parents
    assert sound.notes == ()
    note = lost.notes[0]
    assert (note.code, note.facts["found"], note.facts["expected"]) == ("S208", "2", "02")
    assert note.facts["count"] == ("6" if villages else "4")


OWN = {
    "commune-code-built-on-the-provinces": "15,A,province,\n1501,B,commune,15\n1502,C,commune,15\n",
    "with-zeros-of-their-own": "07,A,province,\n0701,B,commune,07\n070101,C,village,0701\n",
    "short-numbers": "15,A,province,\n9,B,commune,15\n11,C,commune,15\n12,D,commune,15\n",
    "villages-of-other-numbers": "15,A,province,\n4249,B,commune,15\n1,C,village,4249\n",
    "no-province": "4249,B,commune,\n4249001,C,village,4249\n",
    "letters": "15,A,province,\nX4249,B,commune,15\n4249,C,commune,15\n",
}


@pytest.mark.parametrize("rows", OWN.values(), ids=OWN)
def test_codes_of_an_own_making_are_left_as_they_are(tmp_path: Path, rows: str) -> None:
    register = load(tmp_path, "code,name,level,parent\n" + rows)
    assert list(register.units.codes) == [row.split(",")[0] for row in rows.splitlines()]
    assert register.notes == ()


def test_one_unit_with_and_without_its_zero_is_the_registers_fault(tmp_path: Path) -> None:
    rows = "15,A,province,\n04249,B,commune,15\n4249,C,commune,15\n10001,D,commune,15\n"
    text = "code,name,level,parent\n" + rows
    assert faults(tmp_path, text) == [("S203", 4)]


def test_types_in_the_column_of_the_level_are_types_of_one_level(tmp_path: Path) -> None:
    text = (
        "mã,tên,cấp,cấp trên\n15,Lào Cai,tỉnh,\n"
        "02647,Lào Cai,Phường,15\n02680,Hợp Thành,Xã,15\n04252,Yên Bái,Phường,15\n"
        "02647001,Tổ 1,Tổ dân phố,02647\n02680001,Thôn 1,Thôn,02680\n02680002,Thôn 2,Thôn,02680\n"
    )
    register = load(tmp_path, text)
    assert register.levels == ("tỉnh", "Phường", "Thôn")
    displays = [register.at(place).display for place in range(len(register))]
    assert displays == [
        "Lào Cai",
        "Phường Lào Cai",
        "Xã Hợp Thành",
        "Phường Yên Bái",
        "Tổ 1",
        "Thôn 1",
        "Thôn 2",
    ]


def test_levels_of_like_names_with_a_step_between_them_stay_two(tmp_path: Path) -> None:
    text = "code,name,level,parent\n1,A,xã,\n11,B,thôn,1\n111,C,xóm,11\n112,D,xóm,11\n"
    assert load(tmp_path, text).levels == ("xã", "thôn", "xóm")
