"""Records written by columns."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antq_stats.render.writing.delimited import RecordColumns, columns_to_csv, to_csv, to_json

TEXTS = st.one_of(
    st.text(max_size=8), st.sampled_from(["=1+1", "a;=b", "a\r\nb", "\x00decimal 12", "%s", "\u202e", "“"])
)
NUMBERS = st.one_of(st.integers(), st.booleans(), st.decimals(allow_nan=False, allow_infinity=False))
COLUMNS = {"%text": st.none() | TEXTS, "number": st.none() | NUMBERS, "mixed": TEXTS | NUMBERS}
NESTED = st.lists(st.fixed_dictionaries({"code": TEXTS, "value": st.none() | st.integers()}), max_size=2)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(st.lists(st.fixed_dictionaries({**COLUMNS, "nested": NESTED}), max_size=5))
def test_records_by_columns_are_written_as_the_same_records_one_by_one(
    records: list[dict[str, object]],
) -> None:
    columns = RecordColumns({key: [record[key] for record in records] for key in (*COLUMNS, "nested")})
    flat = RecordColumns({key: columns[key] for key in COLUMNS})
    assert columns_to_csv(flat) == to_csv(records, list(COLUMNS))
    other = {"a": {"records": []}, "z": None}
    written = to_json({**other, "records": columns, "more": flat})
    plain = to_json({**other, "records": records, "more": [{k: r[k] for k in COLUMNS} for r in records]})
    assert json.loads(written) == json.loads(plain)
    assert len(written.splitlines()) == len(to_json({**other, "records": [], "more": []}).splitlines()) + (
        2 * len(records) + 2 if records else 0
    )
