"""Forms as TOML texts, and ways to read them and to get the findings on them."""

from __future__ import annotations

import pytest

from antq_stats.findings.finding import Finding
from antq_stats.findings.setup_error import SetupError
from antq_stats.form import Form, read_form
from antq_stats.plan import Limits, Units

EXAMPLE = """\
[form]
id = "antq-short"
version = "2021"
title = { vi = "Kết quả phong trào", en = "Results" }
issuer = { vi = "Ủy ban MTTQ Việt Nam tỉnh", en = "Front committee" }
from = 2020-12-01
to = 2021-11-30
due = 2021-12-10

[form.identity]
code = ["Mã đơn vị", "Mã thôn", "Mã"]
name = ["Tên đơn vị", "Thôn, bản, tổ dân phố", "Tên thôn"]
parent = ["Xã, phường, thị trấn", "Xã"]

[[table]]
code = "01"
level = "village"
title = { vi = "Biểu 01: Kết quả theo thôn", en = "Table 01: results by village" }

[[table]]
code = "02"
level = "commune"
title = { vi = "Biểu 02: Câu lạc bộ", en = "Table 02: clubs" }

[[section]]
code = "gdvh"
label = { vi = "Gia đình văn hóa", en = "Cultural families" }

[[measure]]
code = "tong_ho"
table = "01"
section = "gdvh"
label = { vi = "Tổng số hộ", en = "All households" }
unit = { vi = "hộ", en = "households" }
kind = "count"
min = 1
max = 2000
max_change = 0.10
aliases = ["Số hộ", "Tổng số hộ dân"]

[[measure]]
code = "ho_dat"
table = "01"
section = "gdvh"
label = { vi = "Hộ đạt", en = "Achieved" }
unit = { vi = "hộ", en = "households" }
kind = "count"
required = false
blank = "zero"
was = "ho_dat_cu"

[[measure]]
code = "thon_dat"
table = "01"
label = { vi = "Thôn đạt" }
kind = "flag"

[[measure]]
code = "clb"
table = "02"
label = { vi = "CLB", en = "Clubs" }
unit = { vi = "CLB", en = "clubs" }
kind = "count"
time = "flow"

[[measure]]
code = "nguoi_nghien"
table = "02"
label = { vi = "Người nghiện", en = "Users" }
unit = { vi = "người", en = "persons" }
kind = "count"
sensitive = "yes"
aliases = ["Tổng số hộ dân có người nghiện", "Số hộ"]

[[ratio]]
code = "ty_le"
section = "gdvh"
label = { vi = "Tỷ lệ (%)", en = "Share" }
numerator = "ho_dat"
denominator = "tong_ho"

[[ratio]]
code = "ty_le_thon"
label = { vi = "Tỷ lệ thôn", en = "Share of villages" }
numerator = "thon_dat"
denominator = "units"
decimals = 0

[[ratio]]
code = "clb_moi_ho"
label = { vi = "CLB trên nghìn hộ", en = "Clubs per 1000 households" }
numerator = "clb"
denominator = "tong_ho"
per = 1000

[[rule]]
code = "dat-khong-qua-tong"
check = "ho_dat <= tong_ho"
severity = "hard"
message = { vi = "Không lớn hơn", en = "Not greater" }

[[rule]]
code = "hai-bieu"
check = "clb <= tong_ho"
severity = "soft"
message = { vi = "Không lớn hơn", en = "Not greater" }
"""

MINIMAL = """\
[form]
id = "f"
version = "1"
title = { vi = "F" }

[[table]]
code = "t"
level = "village"
title = { vi = "T" }

[[measure]]
code = "a"
label = { vi = "Số a" }
kind = "count"

[[measure]]
code = "b"
label = { vi = "Số b" }
kind = "count"
"""


def units(*levels: str) -> Units:
    """Return a register of one unit, with these levels."""
    return Units(levels, ("1",), ("Một",), ("",), ((),), (0,), (-1,))


FOUR_LEVELS = units("province", "district", "commune", "village")
LIMITS = Limits()


def form_of(text: str) -> Form:
    """Read a form."""
    return read_form(text.encode(), "form.toml")


def faults_of(text: str | bytes) -> tuple[Finding, ...]:
    """Return the findings on a form that is refused."""
    with pytest.raises(SetupError) as refused:
        read_form(text if isinstance(text, bytes) else text.encode(), "form.toml")
    found = refused.value.findings
    assert found
    assert all(finding.file == "form.toml" for finding in found)
    return found


def facts_of(text: str | bytes, code: str) -> dict[str, str]:
    """Return the facts of the only fault of a form."""
    (finding,) = faults_of(text)
    assert finding.code == code
    return dict(finding.facts)
