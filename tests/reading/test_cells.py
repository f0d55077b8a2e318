"""Each kind of cell content gives its value or its finding at its cell, in every file format."""

# ruff: noqa: E501 - a case a line reads better than a case in ten
from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antq_stats.findings.catalogue import entry
from antq_stats.plan import MISSING, MeasurePlan
from antq_stats.reading import coerce
from helpers.reading import Outcome, read_folder
from helpers.returns import (
    FLAG,
    FORM,
    HEAD,
    V1,
    V2,
    V3,
    W1,
    W2,
    Raw,
    commune,
    patch_xlsx,
    setup,
    write_csv,
    write_ods,
    write_xls,
    write_xlsx,
)

OPTIONAL = FORM.replace('kind = "count"\nmax', 'kind = "count"\nrequired = false\nmax')
ZERO = FORM.replace('kind = "count"\n\n', 'kind = "count"\nblank = "zero"\n\n', 1)

NUMBERS = ((10, 1), (20, 2), (40, 4))


def rows_with(cell: object) -> list[list[object]]:
    """Three villages; the cell stands in C3: buffaloes of the second."""
    return commune((10, 1), (cell, 2), (40, 4))


def written(folder: Path, kind: str, rows: list[list[object]]) -> None:
    {"xlsx": write_xlsx, "xls": write_xls, "ods": write_ods, "csv": write_csv}[kind](
        folder / f"a.{kind}", rows
    )  # type: ignore[operator]


def judge(outcome: Outcome, value: int | None, code: str | None) -> None:
    """The cell's value is in the sum and nothing else is; its finding is at C3, and only that."""
    given = [(10, 1), (value, 2), (40, 4)]
    figures = [figure for figure, _ in given if figure is not None]
    assert outcome.faults == ()
    assert outcome.figure("trau", "0701")[:3] == (sum(figures), len(figures), 3)
    assert outcome.figure("bo", "0701")[:3] == (7, 3, 3)
    found = [(f.code, f.cell) for f in outcome.findings if f.code[0] in "CDFT" and f.code != "F110"]
    assert found == ([(code, "C3")] if code else [])
    hard = code is not None and entry(code).severity == "hard"
    assert bool(outcome.hard) == hard


# The cell as text, the count it gives (None: missing), the code of its finding.
TEXTS: list[tuple[str, int | None, str | None]] = [
    ("12", 12, None),
    ("  12  ", 12, None),
    ("12.0", 12, None),
    ("12.00", 12, None),
    ("0", 0, None),
    ("00012", 12, None),
    ("１２", 12, None),
    ("１．６９１", 1691, None),
    ("1.691", 1691, None),
    ("1.691 ", 1691, None),
    ("1 691", 1691, None),
    ("1\u00a0691", 1691, None),
    ("1\u202f691", 1691, None),
    ("1\u2009691", 1691, None),
    ("\u00a01.691\u00a0", 1691, None),
    ("\u200b12\ufeff", 12, None),
    ("12.345.678", 12345678, None),
    ("'47", 47, None),
    ("1,691", 1691, "C201"),
    ("12,345,678", 12345678, "C201"),
    ("12 con", 12, "C202"),
    ("12con", 12, "C202"),
    ("12 Con.", 12, "C202"),
    ("1.691 con", 1691, "C202"),
    ("12 head", 12, "C202"),
    ("-", 0, None),
    ("–", 0, None),
    ("—", 0, None),
    (" - ", 0, None),
    ("không", 0, None),
    ("Không", 0, None),
    (unicodedata.normalize("NFD", "không"), 0, None),
    ("…", None, "C102"),
    ("...", None, "C102"),
    ("", None, "C101"),
    ("   ", None, "C101"),
    ("\u00a0", None, "C101"),
    ("1.691,5", None, "C301"),
    ("1,5", None, "C301"),
    ("12,0", 12, None),
    ("0.691", None, "C301"),
    ("1.69", None, "C301"),
    ("81%", None, "C302"),
    ("100%", None, "C302"),
    ("81,0 %", None, "C302"),
    ("O", None, "C302"),
    ("l2", None, "C302"),
    ("1O", None, "C302"),
    ("abc", None, "C302"),
    ("12 hộ", None, "C302"),
    ("12 con bò", None, "C302"),
    ("x", None, "C302"),
    ("1e3", None, "C302"),
    ("1E+10", None, "C302"),
    ("0x10", None, "C302"),
    ("NaN", None, "C302"),
    ("inf", None, "C302"),
    ("1/2", None, "C302"),
    ("68/100", None, "C302"),
    ("12-15", None, "C302"),
    ("~12", None, "C302"),
    ("> 12", None, "C302"),
    ("12*", None, "C302"),
    ("12 (1)", None, "C302"),
    ("12¹", None, "C302"),
    ("½", None, "C302"),
    ("١٢", None, "C302"),
    ("12;", None, "C302"),
    ("12 13", None, "C302"),
    ("2021-11-30", None, "C302"),
    ("30/11/2021", None, "C302"),
    ("true", None, "C302"),
    ("12\n345", None, "C302"),
    ("1.69.1", None, "C303"),
    ("1,69,1", None, "C303"),
    ("01.691", None, "C301"),
    ("1.691,234", None, "C301"),
    ("1,691.5", None, "C301"),
    ("-5", None, "C304"),
    ("−5", None, "C304"),
    ("-1.691", None, "C304"),
    ("- 5", None, "C304"),
    ("(5)", None, "C302"),
    ("1000000000000", None, "C305"),
    ("9" * 400, None, "C305"),
    ("999.999.999.999.999.999.999.999.999", None, "C305"),
    ("0912345678", None, "D103"),
    ("0912 345 678", None, "D103"),
    ("0912.345.678", None, "D103"),
    ("+84912345678", None, "D103"),
    ("015095001234", None, "D102"),
    ("#REF!", None, "C103"),
    ("#N/A", None, "C103"),
    ("#DIV/0!", None, "C103"),
]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "csv"])
@pytest.mark.parametrize(("cell", "value", "code"), TEXTS)
def test_texts_in_a_count_column(
    tmp_path: Path, kind: str, cell: str, value: int | None, code: str | None
) -> None:
    setup(tmp_path)
    if kind == "xlsx" and cell.startswith("#"):
        cell = " " + cell  # or the library would write an error
    written(tmp_path, kind, rows_with(cell))
    judge(read_folder(tmp_path), value, code)


NUMERIC: list[tuple[object, int | None, str | None]] = [
    (12, 12, None),
    (12.0, 12, None),
    (0, 0, None),
    (-0.0, 0, None),
    (1691, 1691, None),
    (999_999_999_999, 999_999_999_999, None),
    (1.691, None, "C301"),
    (2.1, None, "C301"),
    (0.81, None, "C301"),
    (12.0000001, None, "C301"),
    (-1, None, "C304"),
    (-0.5, None, "C304"),
    (1e12, None, "C305"),
    (1e300, None, "C305"),
    (True, None, "C306"),
    (False, None, "C306"),
]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
@pytest.mark.parametrize(("cell", "value", "code"), NUMERIC)
def test_numbers_in_a_count_column(
    tmp_path: Path, kind: str, cell: object, value: int | None, code: str | None
) -> None:
    setup(tmp_path)
    written(tmp_path, kind, rows_with(cell))
    judge(read_folder(tmp_path), value, code)


def test_a_fraction_is_reported_with_its_likelier_reading(tmp_path: Path) -> None:
    setup(tmp_path)
    write_xlsx(tmp_path / "a.xlsx", rows_with(1.691))
    outcome = read_folder(tmp_path)
    (finding,) = [f for f in outcome.findings if f.code == "C301"]
    assert (finding.value, finding.facts["suggestion"], finding.unit, finding.measure) == (
        "1.691",
        "1691",
        "070102",
        "trau",
    )


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
@pytest.mark.parametrize("cell", [dt.datetime(2021, 11, 30), dt.date(2021, 1, 2), dt.time(7, 30)])  # noqa: DTZ001
def test_dates_and_times_are_no_counts(tmp_path: Path, kind: str, cell: object) -> None:
    setup(tmp_path)
    if kind == "xls":
        import xlwt

        book = xlwt.Workbook()
        page = book.add_sheet("Biểu 01")
        style = xlwt.easyxf(num_format_str="hh:mm" if isinstance(cell, dt.time) else "dd/mm/yyyy")
        for number, row in enumerate(rows_with(cell)):
            for column, value in enumerate(row):
                page.write(number, column, value, *([style] if value is cell else []))
        book.save(str(tmp_path / "a.xls"))
    else:
        write_xlsx(tmp_path / "a.xlsx", rows_with(cell))
    judge(read_folder(tmp_path), None, "C306")


def test_a_percentage_is_no_count_even_where_it_is_whole(tmp_path: Path) -> None:
    setup(tmp_path)
    path = write_xlsx(tmp_path / "a.xlsx", rows_with(1))
    book = openpyxl.load_workbook(path)
    book.active["C3"].number_format = "0%"
    book.save(path)
    judge(read_folder(tmp_path), None, "C302")


ODD_XLSX = [
    ('<c r="C3" t="e"><v>#REF!</v></c>', None, "C103"),
    ('<c r="C3" t="e"><f>A1/0</f><v>#DIV/0!</v></c>', None, "C103"),
    ('<c r="C3" t="e"></c>', None, "C103"),
    ('<c r="C3"><f>SUM(D3:E3)</f></c>', None, "C104"),
    ('<c r="C3"><f>SUM(D3:E3)</f><v></v></c>', None, "C104"),
    ('<c r="C3"><f>SUM(D3:E3)</f><v/></c>', None, "C104"),
    ('<c r="C3" t="str"><f>IF(D3=0,"",D3)</f><v></v></c>', None, "C101"),
    ('<c r="C3"><f>D3*6</f><v>12</v></c>', 12, None),
    ('<c r="C3" t="str"><f>"12"</f><v>12</v></c>', 12, "C108"),
    ('<c r="C3" t="inlineStr"><is><t>12</t></is></c>', 12, None),
    ('<c r="C3" t="inlineStr"><is><r><t>1.</t></r><r><rPr><b/></rPr><t>691</t></r></is></c>', 1691, None),
    ('<c r="C3"><v>1.2E1</v></c>', 12, None),
    ('<c r="C3"><v>NaN</v></c>', None, "C3"),
    ('<c r="C3"><v>INF</v></c>', None, "C3"),
    ('<c r="C3"><v>1e999</v></c>', None, "C3"),
    ('<c r="C3" t="b"><v>1</v></c>', None, "C306"),
    ('<c r="C3" t="d"><v>2021-11-30</v></c>', None, "C306"),
    ('<c r="C3" t="s"><v>999</v></c>', None, ""),
    ('<c r="C3" t="n"><v>12x</v></c>', None, ""),
    ('<c r="C3" t="zz"><v>12</v></c>', None, ""),
]


@pytest.mark.parametrize(("xml", "value", "code"), ODD_XLSX)
def test_odd_cells_of_xlsx(tmp_path: Path, xml: str, value: int | None, code: str | None) -> None:
    setup(tmp_path)
    patch_xlsx(write_xlsx(tmp_path / "a.xlsx", rows_with(7)), {"C3": xml})
    outcome = read_folder(tmp_path)
    if code is None or entry_exists(code):
        judge(outcome, value, code)
        return
    # damaged as well as odd: refused whole or at the cell, never read as something else
    assert outcome.status == 1
    assert outcome.figure("trau", "0701")[0] in (None, 50)


def entry_exists(code: str) -> bool:
    try:
        entry(code)
    except KeyError:
        return False
    return True


ODS = 'table:table-cell xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
ODD_ODS = [
    (
        f'<{ODS} table:formula="of:=[.X9]" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell>',
        None,
        "C103",
    ),
    (f'<{ODS} table:formula="of:=1/0"><text:p>#DIV/0!</text:p></table:table-cell>', None, "C103"),
    (f'<{ODS} table:formula="of:=[.D3]"><text:p>Err:508</text:p></table:table-cell>', None, "C103"),
    (f'<{ODS} table:formula="of:=[.D3]"/>', None, "C104"),
    (
        f'<{ODS} table:formula="of:=[.D3]*6" office:value-type="float" office:value="12"><text:p>12</text:p></table:table-cell>',
        12,
        None,
    ),
    (
        f'<{ODS} office:value-type="percentage" office:value="1"><text:p>100%</text:p></table:table-cell>',
        None,
        "C302",
    ),
    (
        f'<{ODS} office:value-type="percentage" office:value="0.81"><text:p>81%</text:p></table:table-cell>',
        None,
        "C301",
    ),
    (
        f'<{ODS} office:value-type="date" office:date-value="2021-11-30"><text:p>30/11/2021</text:p></table:table-cell>',
        None,
        "C306",
    ),
    (
        f'<{ODS} office:value-type="string"><text:p>1.<text:span>691</text:span></text:p></table:table-cell>',
        1691,
        None,
    ),
    (
        f'<{ODS} office:value-type="string"><text:p>12</text:p><text:p>345</text:p></table:table-cell>',
        None,
        "C302",
    ),
]


@pytest.mark.parametrize(("xml", "value", "code"), ODD_ODS)
def test_odd_cells_of_ods(tmp_path: Path, xml: str, value: int | None, code: str | None) -> None:
    setup(tmp_path)
    write_ods(tmp_path / "a.ods", rows_with(Raw(xml)))
    judge(read_folder(tmp_path), value, code)


@pytest.mark.parametrize("formula", ["SUM(D3:D24)", "D3+A24", "D3*6"])
def test_a_formula_that_was_never_calculated_in_xls(tmp_path: Path, formula: str) -> None:
    import xlwt

    setup(tmp_path)
    write_xls(tmp_path / "a.xls", rows_with(xlwt.Formula(formula)))
    judge(read_folder(tmp_path), None, "C104")


def test_errors_in_code_name_and_total(tmp_path: Path) -> None:
    setup(tmp_path)
    rows = [*commune(*NUMBERS), ["", "Tổng cộng", 70, 7]]
    error = '<c r="{0}" t="e"><v>#REF!</v></c>'
    path = write_xlsx(tmp_path / "nguyen-thai-hoc.xlsx", rows)
    patch_xlsx(path, {at: error.format(at) for at in ("A2", "B3", "C5")})
    outcome = read_folder(tmp_path)
    # named by name, by code; the total cannot be compared
    assert outcome.hard == []
    assert outcome.figure("trau", "0701")[:2] == (70, 3)
    patch_xlsx(write_xlsx(path, rows), {at: error.format(at) for at in ("A2", "B2")})
    outcome = read_folder(tmp_path)
    assert [code for code, _ in outcome.hard] == ["U106"]
    assert outcome.figure("trau", "0701")[:2] == (60, 2)


# -- blanks, bounds, flags -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "cell", "value", "code"),
    [
        (OPTIONAL, "", None, None),
        (OPTIONAL, "…", None, "C102"),
        (OPTIONAL, "5001", None, "C305"),
        (OPTIONAL, "5000", 5000, None),
        (FORM, "5.001", None, "C305"),
    ],
)
def test_optional_and_bounded(
    tmp_path: Path, form: str, cell: str, value: int | None, code: str | None
) -> None:
    setup(tmp_path, form=form)
    write_csv(tmp_path / "a.csv", commune((10, 1), (20, cell), (40, 4)))
    outcome = read_folder(tmp_path)
    assert outcome.figure("bo", "0701")[:3] == (5 + (value or 0), 2 + (value is not None), 3)
    assert [(f.code, f.cell) for f in outcome.findings if f.code[0] == "C"] == (
        [(code, "D3")] if code else []
    )


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "csv"])
def test_blank_is_zero_where_the_form_says_so(tmp_path: Path, kind: str) -> None:
    setup(tmp_path, form=ZERO)
    written(tmp_path, kind, commune((10, 1), ("", 2), ("…", 4)))
    outcome = read_folder(tmp_path)
    assert outcome.figure("trau", "0701")[:3] == (10, 2, 3)
    assert outcome.figure("trau", "070102")[:2] == (0, 1)
    assert outcome.figure("trau", "070103")[:2] == (None, 0)
    assert outcome.codes == ["C102"]


@pytest.mark.parametrize(
    ("xml", "code"), [('<c r="C3" t="e"><v>#N/A</v></c>', "C103"), ('<c r="C3"><f>D3</f></c>', "C104")]
)
def test_an_error_is_no_blank_even_where_blank_is_zero(tmp_path: Path, xml: str, code: str) -> None:
    setup(tmp_path, form=ZERO)
    patch_xlsx(write_xlsx(tmp_path / "a.xlsx", rows_with(7)), {"C3": xml})
    outcome = read_folder(tmp_path)
    assert outcome.hard == [(code, "C3")]
    assert outcome.figure("trau", "070102")[:2] == (None, 0)


FLAGS: list[tuple[object, int | None, str | None]] = [
    *(
        (cell, 1, None)
        for cell in (
            1,
            1.0,
            True,
            "1",
            "x",
            "X",
            " x ",
            "có",
            "Có",
            "CÓ",
            unicodedata.normalize("NFD", "có"),
            "yes",
            "Yes",
            "true",
            "đạt",
            "Đạt",
            "１",
        )
    ),
    *(
        (cell, 0, None)
        for cell in (
            0,
            False,
            "0",
            "không",
            "KHÔNG",
            unicodedata.normalize("NFD", "không đạt"),
            "no",
            "No",
            "false",
            "không đạt",
            "Không  đạt",
            "-",
        )
    ),
    ("", None, "C101"),
    ("…", None, "C102"),
    *((cell, None, "C307") for cell in (2, -1, 0.5, "2", "xx", "chưa", "81%", "có không")),
]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
@pytest.mark.parametrize(("cell", "value", "code"), FLAGS)
def test_flags(tmp_path: Path, kind: str, cell: object, value: int | None, code: str | None) -> None:
    setup(tmp_path, FLAG)
    written(tmp_path, kind, commune((10, 1, 1), (20, 2, cell), (40, 4, 1), head=[*HEAD, "Có điện"]))
    outcome = read_folder(tmp_path)
    assert outcome.figure("dien", "0701")[:3] == (2 + (value or 0), 2 + (value is not None), 3)
    assert [(f.code, f.cell) for f in outcome.findings if f.code[0] in "CDFT"] == (
        [(code, "E3")] if code else []
    )


# -- properties ----------------------------------------------------------------------------------

MEASURE = MeasurePlan(
    "m", flag=False, required=True, blank_is_zero=False, minimum=0, maximum=None, unit_keys=frozenset({"con"})
)
counts = st.integers(0, 999_999_999_999)


def grouped(number: int, mark: str) -> str:
    return f"{number:,}".replace(",", mark)


@given(counts, st.sampled_from([".", " ", "\u00a0", "\u202f"]), st.sampled_from(["", " ", "\u00a0"]))
def test_the_vietnamese_mark_gives_the_number(number: int, mark: str, pad: str) -> None:
    assert coerce.count(pad + grouped(number, mark) + pad, MEASURE) == (number, None, None)


@given(counts)
def test_the_foreign_mark_gives_the_number_and_is_reported(number: int) -> None:
    assert coerce.count(grouped(number, ","), MEASURE)[:2] == (number, "C201" if number > 999 else None)


@given(counts, st.sampled_from(["", " ", "\u00a0"]), st.sampled_from(["con", "Con", "CON", "con."]))
def test_the_unit_gives_the_number_and_is_reported(number: int, gap: str, unit: str) -> None:
    told = "C202" if number else None  # "0 hộ" says nil
    assert coerce.count(f"{number}{gap}{unit}", MEASURE)[:2] == (number, told)


@given(counts)
def test_plain_numbers(number: int) -> None:
    fullwidth = str(number).translate({48 + d: 0xFF10 + d for d in range(10)})
    for cell in (number, float(number), str(number), f" {number} ", fullwidth, f"{number}.0"):
        assert coerce.count(cell, MEASURE) == (number, None, None)


@given(st.floats())
def test_a_number_is_a_count_only_where_it_is_whole(number: float) -> None:
    read = coerce.count(number, MEASURE)
    whole = number == number and abs(number) < 1e12 and number >= 0 and number == int(number)  # noqa: PLR0124
    assert (read.value != MISSING) == whole
    assert (read.code is None) == whole
    if whole:
        assert read.value == number


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=30) | st.text(alphabet="0123456789.,- %()xO\u00a0\n", max_size=14))
def test_a_text_is_a_number_a_nil_a_blank_or_a_finding(text: str) -> None:
    read = coerce.count(text, MEASURE)
    digits = "".join(c for c in unicodedata.normalize("NFKC", text) if c in "0123456789")
    if read.value == MISSING:
        assert read.code == coerce.BLANK or entry(read.code or "")
        assert read.code != coerce.BLANK or not digits
    elif digits:
        # never another number than the digits written there, but for a decimal zero and leading zeros
        assert str(read.value) in {
            digits.lstrip("0") or "0",
            (digits[:-1]).lstrip("0") or "0",
            (digits[:-2]).lstrip("0") or "0",
        }
    else:
        assert read.value == 0
        assert unicodedata.normalize("NFC", text).strip(
            "\u200b\u200e\u200f\u2060\ufeff\u00ad"
        ).strip().casefold() in {"-", "–", "—", "−", "‒", "―", "－", "không"}


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(5)), st.permutations(range(4)), st.sampled_from(["xlsx", "csv", "ods"]))
def test_order_of_rows_and_columns_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, rows: list[int], columns: list[int], kind: str
) -> None:
    folder = setup(tmp_path_factory.mktemp("order"))
    body = [
        [*unit, figure, None if number == 3 else number]
        for number, (unit, figure) in enumerate(
            zip((V1, V2, V3, W1, W2), (1, 20, "3.000", "…", 5), strict=True)
        )
    ]
    table = [HEAD, *(body[row] for row in rows)]
    written(folder, kind, [[row[column] for column in columns] for row in table])
    outcome = read_folder(folder)
    assert outcome.figure("trau")[:3] == (3026, 4, 5)
    assert outcome.figure("bo")[:3] == (7, 4, 5)
    row = 2 + rows.index(3)
    cells = {f.code: f.cell for f in outcome.findings if f.code[0] == "C"}
    assert cells == {"C102": "ABCD"[columns.index(2)] + str(row), "C101": "ABCD"[columns.index(3)] + str(row)}
