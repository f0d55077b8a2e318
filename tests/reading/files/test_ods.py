"""ods files: tables, cells, displayed values, formulas."""

# ruff: noqa: E501 - a case a line reads better than a case in ten
from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, timedelta

import pytest

from antq_stats.plan import Limits
from antq_stats.reading.files.cells.sheet_scan import Remark
from antq_stats.reading.files.container import FileProblem, Package
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.files.ods.formulas import as_a1, other_file
from antq_stats.reading.files.ods.reader import scan_ods
from antq_stats.reading.files.opening import open_bytes

_URN = "urn:oasis:names:tc:opendocument:xmlns"
NAMES = (
    " ".join(f'xmlns:{name}="{_URN}:{name}:1.0"' for name in ("office", "table", "text", "style", "draw"))
    + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)


def ods(body: str, styles: str = "", more: str = "") -> bytes:
    """A spreadsheet of tables, with styles of its own and those of ``styles.xml``."""
    content = (
        f"<office:document-content {NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        if more:
            document = f"<office:document-styles {NAMES}><office:styles>{more}</office:styles></office:document-styles>"
            archive.writestr("styles.xml", document)
    return out.getvalue()


def table(*rows: str, name: str = "Biểu 01", before: str = "", style: str = "") -> str:
    lines = "".join(
        row if row.startswith("<table:table-row") else f"<table:table-row>{row}</table:table-row>"
        for row in rows
    )
    return f'<table:table table:name="{name}" table:style-name="{style}">{before}{lines}</table:table>'


def cell(text: str, said: str = 'office:value-type="string"', tag: str = "table-cell") -> str:
    return f"<table:{tag} {said}><text:p>{text}</text:p></table:{tag}>"


def figure(value: object, text: str | None = None, said: str = "", tag: str = "table-cell") -> str:
    return cell(
        str(value) if text is None else text, f'office:value-type="float" office:value="{value}" {said}', tag
    )


def only(data: bytes) -> Grid:
    (grid,) = open_bytes(data, ".ods", Limits()).grids
    return grid


def one(xml: str, styles: str = "", more: str = "") -> tuple[object, Remark | None]:
    grid = only(ods(table(xml + figure(1)), styles, more))
    return grid.rows[0][0], grid.remarks.get((0, 0))


def refused(code: str, value: str | None, **facts: str) -> Remark:
    return Remark(code, value, facts, taken=False)


# -- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        (figure(12), 12.0),
        (figure("1.2E1", "12"), 12.0),
        (cell("12 đ", 'office:value-type="currency" office:value="12"'), 12.0),
        (cell("100%", 'office:value-type="percentage" office:value="1"'), "100%"),
        (cell("50%", 'office:value-type="percentage" office:value="0.5"'), 0.5),
        (cell("5/1", 'office:value-type="date" office:date-value="2022-01-05"'), date(2022, 1, 5)),
        (
            cell("5", 'office:value-type="date" office:date-value="2022-01-05T10:20:30"'),
            datetime(2022, 1, 5, 10, 20, 30),  # noqa: DTZ001
        ),
        (
            cell("30", 'office:value-type="time" office:time-value="PT30H05M00S"'),
            timedelta(hours=30, minutes=5),
        ),
        (cell("ĐÚNG", 'office:value-type="boolean" office:boolean-value="true"'), True),
        (cell("Thôn <text:s/>Ổi"), "Thôn  Ổi"),
        (cell("Thôn</text:p><text:p>Ổi"), "Thôn\nỔi"),
        (cell("12", ""), "12"),
        ('<table:table-cell office:value-type="string" office:string-value="Ổi"/>', "Ổi"),
        (cell("error", 'office:value-type="string" office:string-value="error"'), "error"),
    ],
)
def test_values(xml: str, value: object) -> None:
    assert one(xml) == (value, None)
    assert type(one(xml)[0]) is type(value)


@pytest.mark.parametrize(
    "text", ["1691", "1.691", "1 691", "1,691", "1691,00", "1.691,0", "01691", "1691 hộ", "(1691)", ""]
)
def test_a_number_shows_in_many_ways(text: str) -> None:
    assert one(figure(1691, text)) == (1691.0, None)


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        (figure(12, "99"), "12; 99"),
        (figure(12, "1.2"), "12; 1.2"),
        (figure("12 hộ"), "12 hộ; 12 hộ"),
        (figure("", "12"), "12"),
        (cell("12", 'office:value-type="float"'), "12"),
        (figure("1_000", "1"), "1_000; 1"),
        (figure("nan", "1"), "nan; 1"),
        (cell("12", 'office:value-type="string" office:string-value="99"'), "99; 12"),
    ],
)
def test_a_value_that_contradicts_its_text_is_not_read(xml: str, said: str) -> None:
    assert one(xml) == ("", refused("C105", said, problem="written-oddly"))


def test_a_name_that_contradicts_its_text_is_kept() -> None:
    found = one(cell("Thôn Ổi", 'office:value-type="string" office:string-value="Thôn Na"'))
    assert found == ("Thôn Ổi", refused("C105", "Thôn Na; Thôn Ổi", problem="written-oddly"))


def test_rows_and_cells_are_repeated_with_their_figures() -> None:
    rows = (
        f'<table:table-row table:number-rows-repeated="2">{figure(5)}{figure(7, said="table:number-columns-repeated=" + chr(34) + "3" + chr(34))}</table:table-row>',
        '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="900"/></table:table-row>',
        figure(9),
    )
    assert only(ods(table(*rows))).rows == [[5.0, 7.0, 7.0, 7.0], [5.0, 7.0, 7.0, 7.0], [], [], [9.0]]


def test_comments_and_drawings_are_no_part_of_a_cell() -> None:
    note = "<office:annotation><text:p>99</text:p></office:annotation>"
    drawing = "<draw:frame><draw:text-box><text:p>99</text:p></draw:text-box></draw:frame>"
    xml = (
        f'<table:table-cell office:value-type="string">{note}<text:p>12{drawing}</text:p></table:table-cell>'
    )
    assert one(xml) == ("12", None)


# -- parts of texts ------------------------------------------------------------------------------

STYLES = "".join(
    f'<style:style style:name="{name}" style:family="{family}" {parent}><style:text-properties {said}/></style:style>'
    for name, family, parent, said in (
        ("up", "text", "", 'style:text-position="super 58%"'),
        ("down", "text", "", 'style:text-position="-33% 58%"'),
        ("flat", "text", "", 'style:text-position="0% 100%"'),
        ("heir", "text", 'style:parent-style-name="up"', ""),
        ("cut", "text", "", 'style:text-line-through-style="solid" style:text-line-through-type="single"'),
        ("whole", "text", "", 'style:text-line-through-style="none"'),
        ("cutp", "paragraph", "", 'style:text-line-through-type="single"'),
        ("cutc", "table-cell", "", 'style:text-line-through-style="solid"'),
        ("heirc", "table-cell", 'style:parent-style-name="cutc"', ""),
    )
)


def span(style: str, text: str) -> str:
    return f'<text:span text:style-name="{style}">{text}</text:span>'


MARK = Remark("C204", "991", {"found": "99"}, taken=True)


@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize(
    ("xml", "says", "remark"),
    [
        (cell("99" + span("up", "1")), "99", MARK),
        (cell("99" + span("down", "1")), "99", MARK),
        (cell("99" + span("heir", "1")), "99", MARK),
        (cell("99" + span("flat", "1")), "991", None),
        (cell(span("up", "9" + span("flat", "9"))), "9", Remark("C204", "99", {"found": "9"}, taken=True)),
        (cell(span("up", "99")), "", refused("C105", "99", problem="written-oddly")),
        (cell("Số hộ" + span("up", "(1)")), "Số hộ", Remark("C204", "Số hộ(1)", {}, taken=True)),
        (cell(span("cut", "1") + "2"), "", refused("C109", "12")),
        (cell(span("cut", "Thôn Na ") + "Thôn Ổi"), "Thôn Ổi", refused("C109", "Thôn Na Thôn Ổi")),
        (cell("12", 'office:value-type="string" table:style-name="cutc"'), "", refused("C109", "12")),
        (cell("12", 'office:value-type="string" table:style-name="heirc"'), "", refused("C109", "12")),
        (cell(span("whole", "12"), 'office:value-type="string" table:style-name="cutc"'), "12", None),
        (figure(12, said='table:style-name="cutc"'), "", refused("C109", "12")),
        (cell("12").replace("<text:p>", '<text:p text:style-name="cutp">'), "", refused("C109", "12")),
    ],
)
def test_parts_of_texts(xml: str, says: str, remark: Remark | None, elsewhere: bool) -> None:
    styles = ("", STYLES) if elsewhere else (STYLES, "")
    assert one(xml, *styles) == (says, remark)


def test_a_struck_font_of_a_row_or_a_column_is_its_cells() -> None:
    column = '<table:table-column/><table:table-column table:default-cell-style-name="cutc"/>'
    row = f'<table:table-row table:default-cell-style-name="cutc">{figure(3)}{figure(4, said="table:style-name=" + chr(34) + "x" + chr(34))}</table:table-row>'
    grid = only(ods(table(figure(1) + figure(2), row, before=column), STYLES))
    assert grid.remarks == {(0, 1): refused("C109", "2"), (1, 0): refused("C109", "3")}
    assert grid.rows == [[1.0, ""], ["", 4.0]]


# -- which tables, what is hidden ----------------------------------------------------------------


def test_tables_of_links_and_changes_are_passed_over() -> None:
    inner = "<table:table><table:table-row>" + figure(99) + "</table:table-row></table:table>"
    links = f"<table:dde-links><table:dde-link><office:dde-source/>{inner}</table:dde-link></table:dde-links>"
    changes = f"<table:tracked-changes><table:deletion>{inner}</table:deletion></table:tracked-changes>"
    nested = f'<table:table-cell office:value-type="float" office:value="5">{inner}<text:p>5</text:p></table:table-cell>'
    cache = (
        table(figure(99), name="'file:///D:/a.ods'#Trang1", style="off")
        .replace("<table:table-row>", '<table:table-source xlink:href="a.ods"/><table:table-row>', 1)
        .replace("<table:table ", '<table:table xmlns:xlink="x" ', 1)
    )
    off = '<style:style style:name="off" style:family="table"><style:table-properties table:display="false"/></style:style>'
    grid = only(ods(changes + table(figure(7) + nested) + cache + links, off))
    assert (grid.sheet, grid.hidden, grid.rows) == ("Biểu 01", False, [[7.0, 5.0]])


def test_hidden_sheets_rows_and_columns() -> None:
    styles = (
        '<style:style style:name="off" style:family="table"><style:table-properties table:display="false"/></style:style>'
        '<style:style style:name="low" style:family="table-row"><style:table-row-properties style:row-height="0cm"/></style:style>'
        '<style:style style:name="high" style:family="table-row"><style:table-row-properties style:row-height="0.45cm"/></style:style>'
        '<style:style style:name="thin" style:family="table-column"><style:table-column-properties style:column-width="0.000in"/></style:style>'
    )
    columns = (
        '<table:table-column table:style-name="thin"/><table:table-column table:visibility="collapse"/>'
        '<table:table-column-group table:display="false"><table:table-column/></table:table-column-group><table:table-column/>'
    )
    row = "".join(map(figure, range(1, 5)))
    rows = (
        f'<table:table-row table:style-name="high">{row}</table:table-row>',
        f'<table:table-row table:style-name="low">{row}</table:table-row>',
        f'<table:table-row table:visibility="filter">{row}</table:table-row>',
    )
    group = f'<table:table-row-group table:display="false"><table:table-row>{row}</table:table-row></table:table-row-group>'
    xml = table(*rows, before=columns).replace("</table:table>", f"{group}{rows[0]}</table:table>")
    first, second = open_bytes(ods(xml + table(row, name="B", style="off"), styles), ".ods", Limits()).grids
    assert (first.hidden_rows, first.hidden_columns) == ({1, 2, 3}, {0, 1, 2})
    assert (first.hidden, second.hidden) == (False, True)
    assert len(first.rows) == 5


def test_figures_under_a_merge_are_there() -> None:
    merged = figure(204, said='table:number-rows-spanned="2"')
    grid = only(ods(table(merged, figure(105, tag="covered-table-cell"))))
    assert (grid.merged, grid.rows) == ([(0, 0, 1, 0)], [[204.0], [105.0]])


def test_other_prefixes_are_the_same() -> None:
    data = ods(table(figure(7)))
    source = zipfile.ZipFile(io.BytesIO(data))
    content = source.read("content.xml").decode().replace("<table:", "<t:").replace("</table:", "</t:")
    content = content.replace("xmlns:table=", "xmlns:t=").replace(" table:", " t:")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", source.read("mimetype"))
        archive.writestr("content.xml", content)
    assert only(out.getvalue()).rows == [[7.0]]


def test_two_sheets_of_one_name_are_never_counted_twice() -> None:
    with pytest.raises(FileProblem) as caught:
        only(ods(table(figure(7)) + table(figure(8))))
    assert caught.value.facts == {"problem": "sheets-unclear"}


# -- formulas ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("of:=SUM([.B2:.B5])", "SUM(B2:B5)"),
        ("of:=SUM([.B2:B5])", "SUM(B2:B5)"),
        ("of:=[.B2]+[.C2]", "B2+C2"),
        ("of:=([.$B$2]-[.C2])*2/[.D2]", "(B2-C2)*2/D2"),
        ("of:= SUM( [.B2:.B5] ; [.D2] ; 1.5 ) ", "SUM(B2:B5,D2,1.5)"),
        ("of:=[$Trang2.B2]+[$'Số liệu'.C3:.C4]", "'Trang2'!B2+'Số liệu'!C3:C4"),
        ("oooc:=SUM([.B2:.B5])", "SUM(B2:B5)"),
        ("msoxl:=SUM($B2:B$5,D2)+E7", "SUM(B2:B5,D2)+E7"),
        ("=[.B2]", "B2"),
        ("of:=IF([.B2]>0;1;0)", None),
        ("of:=SUMIF([.B2:.B5];1)", None),
        ('of:="12"', None),
        ("of:=[.B2]&[.C2]", None),
        ("of:=['file:///D:/a.ods'#$Trang1.B2]", None),
        ("of:=[.#REF!]", None),
        ("of:=Tong", None),
        ("msoxl:=Trang2!B2", None),
        ("of:=1E5", None),
        ("of:=", None),
        ("SUM(B2)", None),
    ],
)
def test_a_formula_as_text_in_the_way_of_a1(formula: str, text: str | None) -> None:
    assert as_a1(formula) == text


@pytest.mark.parametrize(
    ("formula", "file"),
    [
        ("of:=['file:///D:/N%C4%83m/tong-hop.ods'#$Trang1.B2]", "tong-hop.ods"),
        ("of:=['file:///D:/tổng hợp.xlsx'#$'Trang 1'.B2]+1", "tổng hợp.xlsx"),
        ('of:=DDE("soffice";"D:\\Năm\\tong-hop.ods";"Trang1.B2")', "tong-hop.ods"),
        ("of:=['Số liệu'.B2]", None),
    ],
)
def test_the_other_file_of_a_formula(formula: str, file: str | None) -> None:
    assert other_file(formula) == file


def test_a_formula_that_gave_empty_text_is_blank_and_one_without_a_value_is_not() -> None:
    given = '<table:table-cell table:formula="of:=IF([.A1]=1;&quot;&quot;;1)"><text:p/></table:table-cell>'
    never = '<table:table-cell table:formula="of:=SUM([.B1:.B2])"><text:p/></table:table-cell>'
    nothing = '<table:table-cell table:formula="of:=IF([.A1]=1;&quot;&quot;;1)"/>'
    grid = only(ods(table(given + never + nothing + figure(1))))
    assert grid.odd == {(0, 1): ("formula", ""), (0, 2): ("formula", "")}


def test_formulas_are_noted_and_figures_of_other_files_reported() -> None:
    def with_formula(formula: str, more: str = "") -> str:
        return figure(12, said=f'table:formula="{formula}" {more}')

    link = with_formula("of:=['file:///D:/tong-hop.ods'#$Trang1.B2]")
    matrix = with_formula("of:=[.A1]", 'table:number-matrix-columns-spanned="1"')
    twice = with_formula("of:=[.A1]", 'table:number-columns-repeated="2"')
    data = ods(table(with_formula("of:=[.B1]+[.C1]") + link + matrix + twice))
    (scan,) = scan_ods(Package(data, Limits()))
    assert scan.formulas == {(0, 0): "B1+C1", (0, 1): None, (0, 2): None, (0, 3): "A1", (0, 4): None}
    assert only(data).remarks == {
        (0, 0): Remark("C106", "12", {"expected": "24"}, taken=False),
        (0, 1): Remark("C107", "12", {"found": "tong-hop.ods"}, taken=True),
    }


def test_a_repeated_odd_cell_is_noted_within_bounds() -> None:
    many = 'table:number-columns-repeated="16000"'
    row = cell(span("up", " ") + "12", f'office:value-type="string" {many}')
    marked = cell("99" + span("up", "1"), f'office:value-type="string" {many}')
    for odd in (row, marked):
        data = ods(
            f'<table:table table:name="A"><table:table-row table:number-rows-repeated="1000000">{odd}</table:table-row></table:table>',
            STYLES,
        )
        with pytest.raises(FileProblem) as caught:
            only(data)
        assert caught.value.code == "F106"
