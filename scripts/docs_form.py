"""The reference of form.toml and units.csv: docs/form.md and docs/units.md.

English descriptions are those of the pydantic models; what the code does not say is in reference.toml.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from antq_stats.form import Form
from antq_stats.register.unit_source import HEADERS, LARGEST_MIB, REQUIRED

WORDS = tomllib.loads(Path(__file__).with_name("reference.toml").read_text(encoding="utf-8"))

ENTRIES = (
    ("[form]", "About"),
    ("[form.identity]", "Identity"),
    ("serves = { … }", "Serves"),
    ("[letterhead]", "Letterhead"),
    ("[[table]]", "Table"),
    ("[[section]]", "Section"),
    ("[[measure]]", "Measure"),
    ("protect = { … }", "Protect"),
    ("break = { … }", "SeriesBreak"),
    ("[[ratio]]", "Ratio"),
    ("[[ambiguous]]", "Ambiguity"),
    ("[[rule]]", "EditRule"),
    ("[plausibility]", "Plausibility"),
    ("large_change = { … }", "Method"),
    ("same_figure = { … }", "SameFigure"),
    ("all_full = { … }", "AllFull"),
    ("year_on_year = { … }", "YearOnYear"),
    ("tenfold = { … }", "Tenfold"),
    ("shifted = { … }", "Shifted"),
    ("swapped = { … }", "Swapped"),
    ("wrong_unit = { … }", "WrongUnit"),
    ("sum_for_part = { … }", "SumForPart"),
    ("like_last_year = { … }, like_another = { … }", "Copy"),
    ("peers = { … }", "Peers"),
    ("last_digits = { … }", "LastDigits"),
    ("{ vi = …, en = … }", "Label"),
)
"""Parts of a form as they are written, and the model of each."""

WRITTEN = {
    "AllFull": "{ on, units }",
    "Copy": "{ on, above, surprise }",
    "Identity": "[form.identity]",
    "LastDigits": "{ on, values, chance }",
    "Method": "{ on }",
    "Peers": "{ on, mad, share, above, units }",
    "Protect": "{ below = … }",
    "SameFigure": "{ on, units, above }",
    "SeriesBreak": "{ date = …, act = … }",
    "Serves": "{ from = …, to = … }",
    "Shifted": "{ on, cells }",
    "SumForPart": "{ on, parts }",
    "Swapped": "{ on, units }",
    "Tenfold": "{ on, band }",
    "WrongUnit": "{ on, least, most, units }",
    "YearOnYear": "{ on, u, a, c, units }",
}
"""How a value is written that is a model itself; other such values are labels."""

FORM_INTRODUCTION = """\
<!-- Made by scripts/make_docs.py from src/antq_stats/form/ and scripts/reference.toml. -->

# form.toml

Biểu mẫu là một tệp TOML: hỏi những chỉ tiêu nào, ở cấp nào, kiểm tra thế nào. Chép
[antq-2025.toml](../src/antq_stats/forms/antq-2025.toml) vào thư mục số liệu với tên `form.toml` rồi sửa.
`antq-stats form check` chỉ ra mọi chỗ sai cùng một lúc; `antq-stats form schema` in lược đồ JSON để phần
mềm soạn thảo gợi ý và kiểm tra.

A form is a TOML file. It says which measures are asked for, at which level, and how they are checked. Copy
[antq-2025.toml](../src/antq_stats/forms/antq-2025.toml) into the folder of returns as `form.toml` and
change it. `antq-stats form check` reports all faults at once; `antq-stats form schema` prints a JSON Schema
with which editors complete and check the file.

A key that is not listed here is refused. Keys marked **•** are required. Khóa có dấu **•** là bắt buộc;
khóa không có ở đây thì không được nhận.
"""

CHECKS = """\

## check

Điều kiện của `[[rule]]` chỉ gồm mã chỉ tiêu, số và các phép dưới đây. Dòng còn thiếu một giá trị có tên
trong điều kiện thì không xét.

The condition of a `[[rule]]` consists of codes of measures, numbers and the signs below. It is parsed,
never run as a program, and judged with exact numbers. A row in which a named value is missing is not
judged.

| | |
| --- | --- |
| `+ - * /`, `( )` | phép tính · arithmetic |
| `<= < == != >= >`, `20 <= tong_ho <= 600` | so sánh · comparisons, also chained |
| `and`, `or`, `not` | và, hoặc, không |
| `a -> b` | nếu a thì b · if a, then b |

    check = "ho_dat_gdvh <= ho_dang_ky_gdvh"
    check = "thon_khong_tn_nghien == tong_thon -> nguoi_nghien == 0"

Chỉ tiêu của hai biểu khác cấp được so ở cấp cao hơn. · Measures of tables at two levels are compared at the
higher level.
"""

UNITS_INTRODUCTION = """\
<!-- Made by scripts/make_docs.py from src/antq_stats/register/unit_file.py and scripts/reference.toml. -->

# units.csv

Danh mục đơn vị: mỗi dòng một đơn vị, từ tỉnh xuống thôn. Thứ tự các dòng là thứ tự khi in ra. Phần mềm tìm
`units.csv` trong thư mục số liệu, rồi trong các thư mục bên trên; `--units` chỉ tệp khác. Bảng mã và dấu
phân cách nào Excel ghi cũng đọc được. Tệp lớn nhất {limit} MiB.

The register of units: a row per unit, from the province down to the villages. The order of the rows is the
order of results. `units.csv` is looked for in the folder of returns, then in the folders above; `--units`
names another file. Any encoding and delimiter that Excel writes can be read. The file may have up to
{limit} MiB.

    code,name,type,level,parent
    15,Yên Bái,tỉnh,province,
    135,Lục Yên,huyện,district,15
    04327,An Lạc,xã,commune,135
    04327001,Thôn 1,,village,04327

Columns may stand in any order. Headers are compared without accents and capitals. Cột đứng theo thứ tự nào
cũng được; tên cột không phân biệt dấu và chữ hoa. Cột có dấu **•** là bắt buộc · columns marked **•** are
required.

| cột · column | | | ví dụ · example | tên cột khác · other headers |
| --- | --- | --- | --- | --- |
"""

UNITS_END = """
Đơn vị là *một mã trong một thời gian*: sau khi sáp nhập, cùng một mã có thể là đơn vị khác. Hai dòng cùng mã
mà thời gian trùng nhau là lỗi [S203](codes.md#s203-unit-code-twice).

A unit is *a code on a date*: after a merger the same code may name another unit. Two rows with one code whose
dates overlap are [S203](codes.md#s203-unit-code-twice). Every fault of the file is reported at once, with its
row: [codes S201 to S208](codes.md#s201-register-unreadable).
"""


def form_pages() -> dict[str, str]:
    """Return both pages by their file names."""
    return {"form.md": _form(), "units.md": _units()}


def _form() -> str:
    models = Form.json_schema()["$defs"]
    words = WORDS["form"]
    _compare("models of the form", models, words)
    _compare("models of the form", models, {model for _, model in ENTRIES})
    parts = [FORM_INTRODUCTION]
    for head, model in ENTRIES:
        entry = models[model]
        _compare(model, entry["properties"], words[model])
        parts.append(f"\n## `{head}`\n\n| khóa · key | kiểu · type | | |\n| --- | --- | --- | --- |")
        for key, field in entry["properties"].items():
            mark = " **•**" if key in entry.get("required", ()) else ""
            vi, en = _cell(words[model][key]), _cell(field["description"])
            parts.append(f"| `{key}`{mark} | {_type(field)} | {vi} | {en} |")
    return "\n".join(parts) + "\n" + CHECKS


def _type(field: dict[str, Any]) -> str:
    """Return in both languages what a key takes, its range and what it is where it is left out."""
    if "enum" in field:
        text = " · ".join(f"`{word}`" for word in field["enum"])
    elif "$ref" in field:
        text = f"`{WRITTEN.get(field['$ref'].rpartition('/')[2], '{ vi = …, en = … }')}`"
    else:
        kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
        kinds = [field["format"]] if "format" in field else kinds
        text = "<br>".join(f"{WORDS['type'][kind]['vi']} · {WORDS['type'][kind]['en']}" for kind in kinds)
    low, high = field.get("minimum"), field.get("maximum")
    if high is not None:
        text += f", {low}–{high}"
    if (default := field.get("default")) not in (None, "", [], {}) and "$ref" not in field:
        shown = str(default).lower() if isinstance(default, bool) else default
        text += f"<br>mặc định · default `{shown}`"
    return text


def _units() -> str:
    _compare("columns of units.csv", HEADERS, WORDS["units"])
    rows = [
        f"| `{headers[0].replace(' ', '_')}`{' **•**' if column in REQUIRED else ''} | {_cell(words['vi'])} |"
        f" {_cell(words['en'])} | `{_cell(words['example'])}` | {', '.join(headers[1:])} |"
        for column, headers in HEADERS.items()
        for words in [WORDS["units"][column]]
    ]
    return UNITS_INTRODUCTION.format(limit=LARGEST_MIB) + "\n".join(rows) + "\n" + UNITS_END


def _compare(what: str, there: Any, described: Any) -> None:  # noqa: ANN401 - any two collections of names
    """End the run where what is there and what is described are not the same."""
    if differing := set(there) ^ set(described):
        raise SystemExit(f"scripts/reference.toml and the {what} differ: {', '.join(sorted(differing))}")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
