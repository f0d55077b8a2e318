"""Figures for other programs: public libraries read them, and they are those of every other face."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats.figures.publication import publish
from antq_stats.form import load_form
from antq_stats.render.exchange.long_table import HEADS, long_csv
from antq_stats.render.exchange.observations import own_observations
from antq_stats.render.exchange.sdmx_csv import HEADS as SDMX_HEADS
from antq_stats.render.exchange.sdmx_csv import NoTimePeriodError, structure_id, time_period
from helpers import decimals
from helpers.command import run
from helpers.decisions import decide
from helpers.places import SAMPLES
from helpers.reading import read_folder
from helpers.restricted import HEAD, KIN, hidden, measure, outcome_of, proof_of, rule
from helpers.returns import FLAG, FORM, RATIO, UNITS, V1, V2, V3, W1, W2, setup, write_csv, write_form

Key = tuple[str, str]
"""Codes of a unit and of a measure or ratio."""
RESTRICTED = HEAD + KIN + measure("giup") + rule("giup <= kin")
TABLE = [[(3, 2), (9, 5), (8, 8), (7, 0)], [(30, 3), (40, 1), (50, 6)], [(60, 0), (20, 1)]]
"""Communes with a restricted count and one that a rule ties to it."""


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def _by_key(rows: list[dict[str, str]]) -> dict[Key, dict[str, str]]:
    found = {(row["unit"], row["measure"]): row for row in rows}
    assert len(found) == len(rows)
    return found


def _figures(data: list[dict[str, Any]]) -> Iterator[tuple[Key, dict[str, Any]]]:
    """Yield all figures of ``aggregate --format json``."""
    for unit in data:
        for code, figure in (unit["measures"] | unit["ratios"]).items():
            yield (unit["unit"], code), figure


def _exact(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text, parse_float=Decimal)
    return found


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _periods(place: Path) -> Iterator[tuple[Path, str]]:
    yield SAMPLES / "2021-messy", "village"
    yield decimals.write_period(place / "2021"), "village"


@pytest.mark.slow
def test_every_figure_is_that_of_the_json_or_withheld(tmp_path: Path) -> None:
    for folder, level in ((SAMPLES / "2025", "commune"), *_periods(tmp_path)):
        command = ("aggregate", folder, "--by", level, "--format")
        long = _by_key(_rows(run(*command, "long").stdout))
        figures = dict(_figures(_exact(run(*command, "json").stdout)))
        assert list(long) == list(figures)
        for key, figure in figures.items():
            row = long[key]
            if row["status"] == "Q":
                assert row["value"] == "", key
                continue
            assert _number(row["value"]) == figure["value"], key
            assert (row["value"] != "") == (row["status"] in {"A", "P"}), key
            if "given" in figure:
                assert (row["given"], row["expected"]) == (str(figure["given"]), str(figure["expected"]))


def test_a_frame_is_made_of_fixed_columns_without_a_mark(tmp_path: Path) -> None:
    target = tmp_path / "sums.csv"
    done = run("aggregate", _planted(tmp_path / "2021"), "--format", "long", "-o", target)
    assert done.status == 0, done.output
    assert target.read_bytes().startswith(b"unit,period,measure,value,status,given,expected,level,")
    assert tuple(_rows(target.read_text(encoding="utf-8"))[0]) == HEADS


def _planted(folder: Path, *rows: tuple[object, ...], form: str = FORM) -> Path:
    setup(folder, FLAG, RATIO, form=form)
    figures = rows or ((10, 1, "có"), (20, 3, "không"), (30, "…", "có"), (0, 0, "có"), (0, 0, "có"))
    head = ["Mã thôn", "Tên thôn", "Số trâu", "Số bò", "Có điện"]
    places = zip((V1, V2, V3, W1, W2), figures, strict=True)
    write_csv(folder / "a.csv", [head, *([*place, *row] for place, row in places)])
    return folder


def test_missing_is_empty_and_the_status_says_why(tmp_path: Path) -> None:
    rows = _by_key(
        _rows(run("aggregate", _planted(tmp_path / "2021"), "--by", "village", "--format", "long").stdout)
    )

    def told(unit: str, code: str) -> tuple[str, str]:
        return rows[unit, code]["value"], rows[unit, code]["status"]

    assert told("070103", "bo") == ("", "O")  # not given
    assert told("070103", "ty_le_bo") == ("", "O")
    assert told("0701", "bo") == ("4", "P")  # of two villages in three
    assert (rows["0701", "bo"]["given"], rows["0701", "bo"]["expected"]) == ("2", "3")
    assert told("0702", "bo") == ("0", "A")  # nothing is something
    assert told("0702", "ty_le_bo") == ("", "M")  # no cattle in a hundred of none
    assert told("0701", "ty_le_bo") == ("13.3", "P")
    assert told("07", "dien") == ("4", "A")


def test_a_figure_that_rests_on_a_decision_is_marked(tmp_path: Path) -> None:
    folder = _planted(tmp_path / "2021")
    decide(folder, "correct,070101,trau,,,10,11")
    done = run("aggregate", folder, "--by", "village", "--format", "long")
    rows = _by_key(_rows(done.stdout))
    assert {unit for (unit, code), row in rows.items() if code == "trau" and row["decided"] == "true"} == {
        "07", "0701", "070101",
    }  # fmt: skip
    assert rows["0701", "trau"]["value"] == "61"
    assert rows["070103", "bo"]["decided"] == ""  # no figure


NUMBER = st.none() | st.integers(0, 4000)


@settings(max_examples=25, deadline=None)
@given(figures=st.lists(st.tuples(NUMBER, NUMBER), min_size=5, max_size=5))
def test_sums_of_the_rows_below_are_the_rows_above(
    tmp_path_factory: pytest.TempPathFactory, figures: list[tuple[int | None, int | None]]
) -> None:
    rows = [("…" if trau is None else trau, "…" if bo is None else bo, "có") for trau, bo in figures]
    outcome = read_folder(_planted(tmp_path_factory.mktemp("any") / "2021", *rows))
    publication = publish(outcome.collection, outcome.findings)
    units = publication.register.tree_order.tolist()
    observations = own_observations(publication, units, publication.form.columns)
    found = _by_key(_rows(long_csv(observations)))
    for place, code in enumerate(("trau", "bo")):
        values = [row[place] for row in figures]
        for unit, below in (("0701", values[:3]), ("0702", values[3:]), ("07", values)):
            given = [value for value in below if value is not None]
            row = found[unit, code]
            assert row["value"] == (str(sum(given)) if given else "")
            assert (int(row["given"]), int(row["expected"])) == (len(given), len(below))
            assert row["status"] == ("A" if len(given) == len(below) else "P" if given else "O")


# -- what is withheld ----------------------------------------------------------------------------


def test_what_is_withheld_gets_into_no_format(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    proof = proof_of(outcome_of(folder, TABLE, RESTRICTED, ("kin", "giup")), insiders=True)
    target = tmp_path / "sums.csv"
    done = run("aggregate", folder, "--by", "village", "--format", "long", "-o", target)
    assert "Withheld: 8 of 26 protected figures, of which 7 only to protect others" in done.stderr
    rows = _rows(target.read_text(encoding="utf-8"))
    above = {row["unit"] for row in rows if row["status"] == "Q" and row["level"] != "village"}
    assert above == hidden(proof, "kin") == hidden(proof, "giup")
    assert all(row["value"] == row["low"] == row["high"] == "" for row in rows if row["status"] == "Q")
    assert {row["status"] for row in rows if row["level"] == "commune"} == {"A", "Q"}
    package = json.loads((tmp_path / "sums.datapackage.json").read_text(encoding="utf-8"))
    assert package["sources"] == [{"title": "a.csv"}]  # the hash of a small file tells its figures
    sdmx = _rows(run("aggregate", folder, "--by", "village", "--format", "sdmx-csv").stdout)
    assert [row["OBS_STATUS"] for row in sdmx] == [row["status"] for row in rows]
    assert {(row["OBS_STATUS"] == "Q", row["CONF_STATUS"]) for row in sdmx} == {(True, "N"), (False, "F")}
    assert [row["OBS_VALUE"] for row in sdmx] == [row["value"] for row in rows]


MERGED = """\
code,name,type,level,parent,valid_from,valid_to
07,Tỉnh,tỉnh,province,,,
0710,Huyện 10,huyện,district,07,,
"""


def test_what_a_withheld_figure_has_become_a_part_of_is_withheld(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, [[3, 9, 8, 7, 30, 40]], HEAD + KIN, ("kin",))
    lines = [f"0710{place:03d},Xã {place},xã,commune,0710,,2025-06-30" for place in range(6)]
    lines += [f"0710{place:03d}1,Thôn 1,,village,0710{place:03d},,2025-06-30" for place in range(6)]
    lines += [f"07109{place},Phường {place},phường,commune,0710,2025-07-01," for place in range(3)]
    lines += [f"07109{place}1,Thôn 1,,village,07109{place},2025-07-01," for place in range(3)]
    (folder / "units.csv").write_text(MERGED + "\n".join(lines) + "\n", encoding="utf-8")
    events = [
        f"e{place // 2},2025-07-01,merge,0710{place:03d},07109{place // 2},,NQ,CB" for place in range(6)
    ]
    head = "event,date,kind,from,to,share,act,source\n"
    (folder / "changes.csv").write_text(head + "\n".join(events) + "\n", encoding="utf-8")
    own = _by_key(_rows(run("aggregate", folder, "--by", "commune", "--format", "long").stdout))
    gone = {place for place in range(6) if own[f"0710{place:03d}", "kin"]["status"] == "Q"}
    assert gone, own
    done = run("aggregate", folder, "--on", "2025-12-01", "--by", "commune", "--format", "long")
    stated = _by_key(_rows(done.stdout))
    merged = {unit: row for (unit, _), row in stated.items() if row["level"] == "commune"}
    assert {unit for unit, row in merged.items() if row["status"] == "Q"} == {
        f"07109{place // 2}" for place in gone
    }
    assert all(
        row["value"] == "" and row["reason"] == "withheld" for row in merged.values() if row["status"] == "Q"
    )
    assert {row["boundaries"] for row in stated.values()} == {"2025-12-01"}
    assert stated["07", "kin"]["value"] == "97"


def test_a_figure_on_other_boundaries_has_its_bounds_or_is_marked_as_estimated(tmp_path: Path) -> None:
    for share, told in (("", ("", "O", "0", "9")), ("1/3", ("3", "E", "", ""))):
        folder = tmp_path / f"s{share[:1]}" / "2021"
        _divided(folder, share)
        done = run("aggregate", folder, "--on", "2025-12-01", "--format", "long")
        row = _by_key(_rows(done.stdout))["0703", "trau"]
        assert (row["value"], row["status"], row["low"], row["high"]) == told, done.output


def _divided(folder: Path, share: str) -> None:
    """Write a period with two communes, of which one has been divided since, with shares or without."""
    form = FORM.replace('level = "village"', 'level = "commune"')
    units = """\
code,name,type,level,parent,valid_from,valid_to
07,Hà Trung,tỉnh,province,,,
0701,An Bình,xã,commune,07,,
0702,Minh Quân,xã,commune,07,,2025-06-30
0703,Sơn Hạ,xã,commune,07,2025-07-01,
0704,Sơn Thượng,xã,commune,07,2025-07-01,
"""
    setup(folder, form=form, units=units)
    rest = "2/3" if share else ""
    changes = f"e,2025-07-01,split,0702,0703,{share},NQ,CB\ne,2025-07-01,split,0702,0704,{rest},NQ,CB\n"
    head = "event,date,kind,from,to,share,act,source\n"
    (folder / "changes.csv").write_text(head + changes, encoding="utf-8")
    write_csv(folder / "a.csv", [["Mã", "Số trâu", "Số bò"], ["0701", 4, 1], ["0702", 9, 3]])


# -- the data package ----------------------------------------------------------------------------


def _checked(package: Path) -> Any:
    frictionless = pytest.importorskip("frictionless", reason="the library that reads data packages")
    return frictionless.Package(str(package)).validate()


@pytest.mark.slow
def test_frictionless_finds_the_package_valid(tmp_path: Path) -> None:
    for place, (folder, level) in enumerate(_periods(tmp_path)):
        target = tmp_path / f"bảng {place}.csv"
        run("aggregate", folder, "--by", level, "--format", "long", "-o", target)
        report = _checked(target.with_name(f"bảng {place}.datapackage.json"))
        assert report.valid, report.flatten(["title", "note"])
        rows = len(_rows(target.read_text(encoding="utf-8")))
        assert report.tasks[0].stats["rows"] == rows


@pytest.mark.parametrize(
    ("old", "new", "title"),
    [
        ("0701,2021,trau,60,", "0701,2021,trau,61,", "Hash Count Error"),
        ("0701,2021,trau,60,", "0709,2021,trau,60,", "ForeignKey Error"),
        ("0701,2021,trau,60,", "0702,2021,trau,60,", "PrimaryKey Error"),
        (",60,A,", ",sixty,A,", "Type Error"),
        (",60,A,", ",60,Z,", "Constraint Error"),
    ],
)
def test_frictionless_finds_a_table_that_was_changed(tmp_path: Path, old: str, new: str, title: str) -> None:
    target = tmp_path / "sums.csv"
    run("aggregate", _planted(tmp_path / "2021"), "--format", "long", "-o", target)
    text = target.read_text(encoding="utf-8")
    assert old in text
    target.write_text(text.replace(old, new), encoding="utf-8")
    package = tmp_path / "sums.datapackage.json"
    assert title in [row[0] for row in _checked(package).flatten(["title"])]


def test_the_package_describes_the_table_in_both_languages(tmp_path: Path) -> None:
    folder, target = _planted(tmp_path / "2021"), tmp_path / "sums.csv"
    texts = []
    for lang in ("vi", "en"):
        done = run("aggregate", folder, "--format", "long", "-o", target, "--lang", lang)
        texts.append((tmp_path / "sums.datapackage.json").read_text(encoding="utf-8"))
        assert done.status == 0, done.output
    assert texts[0] == texts[1]
    package = json.loads(texts[0])
    assert package["title"] == "Gieo trồng · Planting (2021)"
    assert "licenses" not in package
    figures, units, measures, statuses = package["resources"]
    content = target.read_bytes()
    assert (figures["bytes"], figures["path"]) == (len(content), "sums.csv")
    assert figures["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    sent = hashlib.sha256((folder / "a.csv").read_bytes()).hexdigest()
    assert package["sources"] == [{"title": "a.csv", "hash": f"sha256:{sent}"}]
    assert [row["code"] for row in units["data"]] == ["07", "0701", "0702"]
    assert {row["code"]: row["label_en"] for row in measures["data"]}["bo"] == "Cattle"
    assert {row["code"] for row in statuses["data"]} == {"A", "E", "P", "O", "M", "Q"}


def test_a_file_of_somebody_else_is_not_overwritten_by_the_package(tmp_path: Path) -> None:
    folder, target = _planted(tmp_path / "2021"), tmp_path / "sums.csv"
    package = tmp_path / "sums.datapackage.json"
    package.write_text('{"name": "theirs"}', encoding="utf-8")
    done = run("aggregate", folder, "--format", "long", "-o", target)
    assert done.status == 3
    assert "sums.datapackage.json was not overwritten" in done.stderr
    assert not target.exists()
    assert package.read_text(encoding="utf-8") == '{"name": "theirs"}'
    package.unlink()
    for _ in range(2):  # its own it replaces
        assert run("aggregate", folder, "--format", "long", "-o", target).status == 0


def test_a_stream_gets_the_table_alone(tmp_path: Path) -> None:
    folder = _planted(tmp_path / "2021")
    printed = run("aggregate", folder, "--format", "long").stdout
    assert run("aggregate", folder, "--format", "long", "-o", "/dev/stdout").stdout == printed
    assert not Path("/dev/stdout.datapackage.json").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"2021"}


def test_outputs_for_programs_are_no_returns(tmp_path: Path) -> None:
    folder = _planted(tmp_path / "2021")
    before = run("validate", folder, "--format", "json").data
    run("aggregate", folder, "--format", "long", "-o", folder / "long.csv")
    run("aggregate", folder, "--format", "sdmx-csv", "-o", folder / "sdmx.csv")
    run("validate", folder, "--format", "ess", "-o", folder / "report.json")
    after = run("validate", folder, "--format", "json").data
    assert after["findings"] == before["findings"]
    assert after["summary"]["passed_over"] == before["summary"]["passed_over"] + 4


# -- SDMX ----------------------------------------------------------------------------------------


def _read_sdmx(text: str) -> Any:
    """Read SDMX-CSV with a public library, which is told the structure that the documents describe."""
    sdmx = pytest.importorskip("sdmx", reason="the library that reads SDMX")
    from sdmx.model import common, v30

    agency = common.Agency(id="ANTQ_STATS")
    structure = v30.DataStructureDefinition(id="ANTQ", maintainer=agency)
    for name in ("FREQ", "REF_AREA", "INDICATOR", "BOUNDARIES", "TIME_PERIOD"):
        structure.dimensions.append(v30.Dimension(id=name))
    structure.measures.append(v30.Measure(id="OBS_VALUE"))
    for name in SDMX_HEADS[SDMX_HEADS.index("OBS_STATUS") :]:
        structure.attributes.append(common.DataAttribute(id=name))
    flow = v30.Dataflow(id="ANTQ", maintainer=agency, structure=structure)
    return sdmx.read_sdmx(io.BytesIO(text.encode()), format="csv", structure=flow)


@pytest.mark.slow
def test_an_sdmx_library_reads_every_figure_of_the_json(tmp_path: Path) -> None:
    for folder, level in _periods(tmp_path):
        command = ("aggregate", folder, "--by", level, "--format")
        figures = dict(_figures(_exact(run(*command, "json").stdout)))
        message = _read_sdmx(run(*command, "sdmx-csv").stdout)
        (data,) = message.data
        assert data.action.name == "replace"
        assert len(data.obs) == len(figures)
        for observation in data.obs:
            key = observation.dimension.values
            value = figures[key["REF_AREA"].value, key["INDICATOR"].value]["value"]
            status = observation.attached_attribute["OBS_STATUS"].value
            assert _number(observation.value) == (None if status == "Q" else value), key
            assert (key["FREQ"].value, key["TIME_PERIOD"].value) == ("A", folder.name[:4])


def test_sdmx_says_units_of_measure_and_decimals(tmp_path: Path) -> None:
    done = run("aggregate", decimals.write_period(tmp_path / "2021"), "--format", "sdmx-csv")
    whole = [row for row in _rows(done.stdout) if row["REF_AREA"] == "07"]
    told = {row["INDICATOR"]: (row["UNIT_MEASURE"], row["DECIMALS"], row["OBS_VALUE"]) for row in whole}
    assert told["duong"] == ("km", "1", f"{decimals.total(0):.1f}")
    assert told["kinh_phi"] == ("million đồng", "3", f"{decimals.total(2):.3f}")
    assert told["ty_le_cung_hoa"][:2] == ("%", "1")
    assert {row["STRUCTURE_ID"] for row in _rows(done.stdout)} == {"ANTQ_STATS:DUONG(2021.0.0)"}


PERIODS = [
    ("2021", "", ("A", "2021")),
    ("2021-06", "", ("M", "2021-06")),
    ("2021-06-30", "", ("D", "2021-06-30")),
    ("Quý 3 năm 2021", "from = 2021-07-01\nto = 2021-09-30\n", ("_O", "2021-07-01/P92D")),
    ("2021-22", "from = 2020-12-15\nto = 2021-12-14\n", ("A", "2020-12-15/P365D")),
]


@pytest.mark.parametrize(("period", "days", "written"), PERIODS)
def test_a_period_is_written_as_sdmx_does(
    period: str, days: str, written: tuple[str, str], tmp_path: Path
) -> None:
    form = load_form(write_form(tmp_path, base=FORM.replace('version = "3"\n', f'version = "3"\n{days}')))
    assert time_period(period, form) == written


def test_a_period_that_sdmx_cannot_write_is_refused(tmp_path: Path) -> None:
    folder = _planted(tmp_path / "Quý 3 năm 2021")
    with pytest.raises(NoTimePeriodError):
        time_period("2021-13", load_form(folder / "form.toml"))
    done = run("aggregate", folder, "--format", "sdmx-csv", "--lang", "vi")
    assert (done.status, done.stdout) == (2, "")
    assert "SDMX không ghi được kỳ “Quý 3 năm 2021”" in done.stderr


@pytest.mark.parametrize(
    ("version", "written"),
    [("3", "3.0.0"), ("2021.1", "2021.1.0"), ("03.2.1", "3.2.1"), ("Lào Cai 2025", "1.0.0-lao-cai-2025")],
)
def test_the_edition_of_the_form_is_a_version_of_sdmx(version: str, written: str, tmp_path: Path) -> None:
    form = load_form(write_form(tmp_path, base=FORM.replace('version = "3"', f'version = "{version}"')))
    assert structure_id(form) == f"ANTQ_STATS:GIONG({written})"


def test_a_code_that_spreadsheets_take_for_a_formula_refers_to_its_unit_still(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    setup(folder, units=UNITS.replace("0701", "-701"))
    write_csv(folder / "a.csv", [["Mã thôn", "Số trâu", "Số bò"], ["-70101", 1, 2]])
    run("aggregate", folder, "--format", "long", "-o", tmp_path / "sums.csv")
    report = _checked(tmp_path / "sums.datapackage.json")
    assert report.valid, report.flatten(["title", "note"])
