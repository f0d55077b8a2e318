"""The library: a period is opened, read and checked, and asked for figures, findings and reports."""

from __future__ import annotations

import datetime as dt
import json
import math
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

import antq_stats
from antq_stats import Findings, NotFinalError, Period, Result, SetupError, load_register, open_period
from antq_stats.findings import catalogue
from antq_stats.render.template_fault import TemplateFault
from antq_stats.render.writing.output import OutputError
from antq_stats.words.language import Language
from antq_stats.words.unknown_code import UnknownCodeError
from helpers.command import run
from helpers.returns import (
    FORM,
    HEAD,
    RATIO,
    UNITS,
    V1,
    V2,
    V3,
    W1,
    W2,
    commune,
    setup,
    write_csv,
    write_register,
    write_xlsx,
)

MAX_CHANGE = "max_change = 0.5"
"""Added to the form, it belongs to its last measure, ``bo``."""
SUFFIXES = (".xlsx", ".html", ".docx", ".md")
SCRIPT = "<script>alert(1)</script>"


def _complete(folder: Path, bo: int = 1) -> Path:
    """Write the returns of both communes, without a fault; ``bo`` is the count of the first village."""
    setup(folder, MAX_CHANGE, RATIO)
    write_csv(folder / "a.csv", commune((100, bo), (20, 2), (30, 3)))
    write_csv(folder / "b.csv", commune((40, 4), (50, 5), villages=(W1, W2)))
    return folder


def _faulty(folder: Path) -> Path:
    """Write returns with a text for a count, a blank cell, and a village without a row."""
    setup(folder, MAX_CHANGE, RATIO)
    write_csv(folder / "a.csv", commune((100, 1), (20, "x"), (None, 5)))
    write_csv(folder / "b.csv", commune((7, 2), villages=(W2,)))
    return folder


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A period with faults."""
    return open_period(_faulty(tmp_path_factory.mktemp("faulty") / "2021")).run()


# -- opening and reading ---------------------------------------------------------------------------


def test_every_public_name_is_there() -> None:
    for name in antq_stats.__all__:
        assert getattr(antq_stats, name) is not None
    assert {*antq_stats.__all__, "__version__"} == set(dir(antq_stats))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = antq_stats.nothing


@pytest.mark.parametrize("kind", [str, Path])
def test_a_folder_is_opened_by_its_name_or_its_path(tmp_path: Path, kind: type[str | Path]) -> None:
    period = open_period(kind(_complete(tmp_path / "Năm 2021")))
    assert isinstance(period, Period)
    assert (period.name, period.taken_from, period.form.id, len(period.register)) == (
        "2021", "Năm 2021", "giong", 8,
    )  # fmt: skip
    result = period.run()
    assert isinstance(result, Result)
    assert (list(result.findings), result.tally) == ([], {"hard": 0, "soft": 0, "note": 0})
    assert result.form is period.form
    assert result.register is period.register


def test_form_register_and_name_of_the_period_may_be_others(tmp_path: Path) -> None:
    folder, other = _complete(tmp_path / "2021"), setup(tmp_path / "other")
    write_register(other, UNITS.replace("Bản Lý", "Bản Mới"))
    period = open_period(
        folder, form=other / "form.toml", units=other / "units.csv", period="2021 thử", jobs=1
    )
    assert (period.name, len(period.form.ratios), period.jobs) == ("2021 thử", 0, 1)
    unit = period.register.unit("070202")
    assert unit is not None
    assert unit.name == "Bản Mới"


def test_each_return_is_reported_as_it_is_read(tmp_path: Path) -> None:
    files: list[str] = []
    open_period(_complete(tmp_path / "2021")).run(on_return=lambda return_: files.append(return_.file))
    assert sorted(files) == ["a.csv", "b.csv"]


def test_a_period_that_is_run_again_is_read_again(tmp_path: Path) -> None:
    folder = _complete(tmp_path / "2021")
    period = open_period(folder)
    first = period.run()
    write_csv(folder / "b.csv", commune((40, 4), (50, 6), villages=(W1, W2)))
    second = period.run()
    assert [result.aggregate.figure("07", "bo").value for result in (first, second)] == [15, 16]
    assert list(second.findings) == []


def test_an_earlier_period_may_be_a_folder_a_period_or_a_result(tmp_path: Path) -> None:
    last = _complete(tmp_path / "2020", bo=100)
    period = open_period(_complete(tmp_path / "2021"))
    for with_ in (last, str(last), open_period(last), open_period(last).run()):
        result = period.run(with_)
        assert [(f.code, f.file, f.cell, f.value, f.facts["expected"]) for f in result.findings] == [
            ("P107", "a.csv", "D2", "1", "100")
        ]
        assert [earlier.period.name for earlier in result.earlier] == ["2020"]
        assert result.previous is result.earlier[0]
    assert period.run().previous is None


def test_earlier_periods_stand_in_the_order_of_their_days_and_the_last_one_is_the_previous(
    tmp_path: Path,
) -> None:
    period = open_period(_complete(tmp_path / "2021"))
    others = [_complete(tmp_path / year, bo=100) for year in ("2020", "2022", "2019")]
    result = period.run(others)
    assert [earlier.period.name for earlier in result.earlier] == ["2019", "2020", "2022"]
    assert result.previous is result.earlier[1]
    with pytest.raises(ValueError, match="2020"):
        period.run([others[0], others[0]])


def test_an_earlier_period_needs_no_register_of_its_own(tmp_path: Path) -> None:
    period = open_period(_complete(tmp_path / "a" / "2021"))
    last = _complete(tmp_path / "b" / "2020")
    (last / "units.csv").unlink()
    result = period.run(last)
    assert result.previous is not None
    assert result.previous.register.units.codes == result.register.units.codes


# -- what cannot be used ---------------------------------------------------------------------------


def test_a_folder_that_cannot_be_used_raises_every_fault(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    folder.mkdir()
    (folder / "form.toml").write_text("[form", encoding="utf-8")
    with pytest.raises(SetupError) as caught:
        open_period(folder)
    assert [(finding.code, finding.file) for finding in caught.value.findings] == [
        ("S101", "form.toml"), ("S201", "units.csv"),
    ]  # fmt: skip
    with pytest.raises(SetupError) as caught:
        open_period(tmp_path / "none")
    assert [finding.code for finding in caught.value.findings] == ["S301"]
    with pytest.raises(SetupError) as caught:
        open_period(setup(tmp_path / "empty")).run()
    assert [finding.code for finding in caught.value.findings] == ["S301"]


@pytest.mark.parametrize(("value", "lang"), [("vi", "vi"), ("en", "en"), (None, "vi"), ("xx", "vi")])
def test_a_setup_error_reads_in_the_language_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None, lang: Language
) -> None:
    with pytest.raises(SetupError) as caught:
        open_period(tmp_path)
    if value is None:
        monkeypatch.delenv("ANTQ_STATS_LANG", raising=False)
    else:
        monkeypatch.setenv("ANTQ_STATS_LANG", value)
    (finding,) = caught.value.findings
    label, message, hint = str(caught.value).splitlines()
    assert label == f"S201 {catalogue.severity_label('hard', lang)}  units.csv"
    assert message == "    " + catalogue.message(finding, lang)
    assert hint.endswith(" " + catalogue.hint(finding, lang))
    assert list(caught.value.lines(lang)) == [label, message, hint]
    other = "en" if lang == "vi" else "vi"
    assert not {label, message, hint} & set(caught.value.lines(other))


def test_a_code_that_does_not_exist_is_answered_with_those_that_do(faulty: Result) -> None:
    total, collection = faulty.aggregate, faulty.collection
    units = "'07', '0701', '070101', '070102', '070103', '0702', '070201', '070202'"
    for call, text in (
        (lambda: total.figure("9", "bo"), f"no unit '9'; known: {units}"),
        (lambda: total.figure(99, "bo"), f"no unit 99; known: {units}"),
        (lambda: total.figure(-1, "bo"), f"no unit -1; known: {units}"),
        (lambda: total.figure("070l", "bo"), "no unit '070l'; near: '0702'"),
        (lambda: total.figure("07", "boo"), "no measure 'boo'; near: 'bo'"),
        (lambda: total.figure("07", "ty_le_bo"), "no measure 'ty_le_bo'; known: 'bo', 'trau'"),
        (lambda: total.ratio("07", "bo"), "no ratio 'bo'; known: 'ty_le_bo'"),
        (lambda: faulty.frame("9"), f"no unit '9'; known: {units}"),
        (lambda: faulty.frame(level="làngg"), "no level 'làngg'; known: 'commune', 'province', 'village'"),
        (lambda: collection.frame("1"), "no table '1'; near: '01'"),
    ):
        with pytest.raises(UnknownCodeError) as caught:
            call()
        assert isinstance(caught.value, KeyError)
        assert str(caught.value) == text


def test_of_many_codes_eight_are_named(tmp_path: Path) -> None:
    villages = "".join(f"07{n:02},Thôn {n},,village,07\n" for n in range(20))
    register = load_register(
        write_register(tmp_path, f"code,name,type,level,parent\n07,Hà Trung,,commune,\n{villages}"), None
    )
    with pytest.raises(UnknownCodeError) as caught:
        register.position("x")
    assert str(caught.value).endswith("'0700', '0701', '0702', '0703', '0704', '0705', '0706' … (21 in all)")


# -- findings --------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_validation_is_the_json_of_the_command(tmp_path: Path, lang: Language) -> None:
    folder, last = _faulty(tmp_path / "2021"), _complete(tmp_path / "2020", bo=100)
    command = run("validate", folder, "--with", last, "--format", "json", env={"ANTQ_STATS_LANG": lang})
    result = open_period(folder).run(last, language=lang)
    assert json.loads(json.dumps(result.validation())) == command.data
    assert result.records() == command.data["findings"]
    assert {"P107", "C302", "C101"} <= {finding.code for finding in result.findings}


def test_findings_are_framed_with_their_messages(faulty: Result) -> None:
    frame = faulty.findings.frame("en", faulty.names)
    assert list(frame.columns) == [
        "code", "severity", "file", "sheet", "cell", "unit", "measure", "value", "message",
    ]  # fmt: skip
    assert len(frame) == len(faulty.findings)
    row = frame[frame["code"] == "C302"].iloc[0]
    assert (row["severity"], row["file"], row["cell"], row["unit"], row["measure"], row["value"]) == (
        "hard", "a.csv", "D3", "070102", "bo", "x",
    )  # fmt: skip
    assert "x" in row["message"]
    assert "Số bò" in row["message"]
    assert "Số bò" not in faulty.findings.frame("en")["message"].str.cat()
    assert len(faulty.findings.frame(first=1)) == 1


def test_a_notebook_shows_what_senders_typed_as_text(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", RATIO, units=UNITS.replace("Minh Quân", "<b>Minh Quân"))
    write_xlsx(folder / "b.xlsx", {"<script>s": commune((SCRIPT, 3), (7, 2), villages=(W1, W2))})
    result = open_period(folder).run()
    shown = result.findings._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<td>&lt;script&gt;s</td>" in shown
    for figures in (result._repr_html_(), result.aggregate._repr_html_()):
        assert "<b>" not in figures
        assert "<th>&lt;b&gt;Minh Quân</th>" in figures


def test_a_notebook_shows_twenty_findings_and_counts_the_others(tmp_path: Path) -> None:
    villages = [(f"07{n:02}", f"Thôn {n}") for n in range(25)]
    units = "".join(f"{code},{name},,village,07\n" for code, name in villages)
    folder = setup(
        tmp_path / "2021",
        form=FORM,
        units=f"code,name,type,level,parent\n07,Hà Trung,,commune,\n{units}",
    )
    write_csv(folder / "a.csv", commune(*[("x", 1)] * 25, villages=villages))
    findings = open_period(folder).run().findings
    shown = findings._repr_html_()
    assert len(findings) > 20
    assert shown.count("<tr>") == 20
    assert f"<p>… {len(findings) - 20} more</p>" in shown


def test_no_view_shows_a_personal_value(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    names, phones = (
        ("Giàng A Páo", "Hoàng Thị Bích Ngọc", "Nguyễn Văn Tưởng"),
        ("0912345678", "0987654321", "0355112233"),
    )
    rows = commune((10, 1), (20, phones[0]), (40, 4))
    for row, name, phone in zip(rows, ("Người nộp", *names), ("Điện thoại", *phones), strict=True):
        row += [name, phone]
    write_xlsx(folder / "a.xlsx", {"Biểu 01": rows})
    result = open_period(folder).run()
    assert {"D103", "D104"} <= {finding.code for finding in result.findings}
    views = (
        result.findings._repr_html_(),
        result._repr_html_(),
        repr(list(result.findings)),
        json.dumps(result.validation(), ensure_ascii=False),
        result.findings.frame("en", result.names).to_csv(),
    )
    for view in views:
        assert not [secret for secret in (*names, *phones) if secret in view]


# -- figures ---------------------------------------------------------------------------------------


def test_a_figure_comes_with_its_coverage(faulty: Result) -> None:
    total = faulty.aggregate
    assert tuple(total.figure("07", "bo")) == (8, 3, 5, True, 0, False)
    assert tuple(total.figure(total.register.position("070101"), "bo")) == (1, 1, 1, False, 0, False)
    assert tuple(total.figure("070201", "bo")) == (None, 0, 1, True, 0, False)
    assert tuple(total.ratio("07", "ty_le_bo")) == (Fraction(300, 107), 3, 107, 2, 5, True, 0, False)
    assert total.ratio("070201", "ty_le_bo").value is None


def test_the_frame_has_a_row_for_each_unit_in_the_order_of_the_tree(faulty: Result) -> None:
    frame = faulty.frame()
    assert list(frame.index) == ["07", "0701", "070101", "070102", "070103", "0702", "070201", "070202"]
    assert (frame.index.name, frame.columns.names) == ("unit", ["code", "figure"])
    assert list(frame.columns) == [
        (code, figure) for code in ("trau", "bo") for figure in ("value", "given", "expected")
    ]
    for unit in frame.index:
        for code in ("trau", "bo"):
            figure = faulty.aggregate.figure(unit, code)
            row = frame.loc[unit, code]
            assert (row["given"], row["expected"]) == (figure.given, figure.expected)
            assert row["value"] is pd.NA if figure.value is None else row["value"] == figure.value


def test_a_missing_value_stays_missing_in_a_frame(faulty: Result) -> None:
    frame = faulty.frame(ratios=True)
    assert {str(frame[code, "value"].dtype) for code in ("trau", "bo")} == {"Int64"}
    assert frame.loc["070103", ("trau", "value")] is pd.NA
    assert frame.loc["070103", ("bo", "value")] == 5
    assert math.isnan(frame.loc["070103", ("ty_le_bo", "value")])
    table = faulty.collection.frame("01")
    assert list(table.columns) == ["trau", "bo"]
    assert set(map(str, table.dtypes)) == {"Int64"}
    assert table.isna().to_numpy().tolist() == [
        [False, False], [False, True], [True, False], [True, True], [False, False],
    ]  # fmt: skip
    assert table.loc["070101"].tolist() == [100, 1]


def test_each_option_of_a_frame(faulty: Result) -> None:
    plain = faulty.frame(coverage=False)
    assert list(plain.columns) == [("trau", "value"), ("bo", "value")]
    named = faulty.frame(names=True)
    assert named.index.names == ["unit", "name"]
    assert ("070202", "Bản Lý") in named.index
    ratio = faulty.frame(ratios=True)["ty_le_bo"]
    assert list(ratio.columns) == ["value", "numerator", "denominator", "given", "expected"]
    assert ratio.loc["07"].tolist() == pytest.approx([300 / 107, 3, 107, 2, 5])
    marks = faulty.frame(coverage=False, provisional=True)["bo", "provisional"]
    assert marks[marks].index.tolist() == ["07", "0701", "070102", "0702", "070201"]
    for lang, label in (("vi", "Số bò"), ("en", "Cattle")):
        labelled = faulty.frame(labels=lang)
        assert labelled.columns.names == ["code", "label", "figure"]
        assert ("bo", label, "value") in labelled.columns
    assert faulty.frame("0702").index.tolist() == ["0702", "070201", "070202"]
    assert faulty.frame(faulty.register.position("0702")).equals(faulty.frame("0702"))
    assert faulty.frame(level="commune").index.tolist() == ["0701", "0702"]
    assert faulty.frame("0702", level="village").index.tolist() == ["070201", "070202"]
    assert faulty.frame("070201", level="commune").empty


def test_the_options_of_a_frame_go_together(faulty: Result) -> None:
    frame = faulty.frame(
        "07", level="province", names=True, ratios=True, coverage=True, provisional=True, labels="en"
    )
    assert frame.index.tolist() == [("07", "Hà Trung")]
    sides = ["value", "given", "expected", "provisional"]
    assert [figure for code, _, figure in frame.columns if code == "trau"] == sides
    assert [figure for code, _, figure in frame.columns if code == "ty_le_bo"] == [
        "value", "numerator", "denominator", *sides[1:],
    ]  # fmt: skip
    assert bool(frame["bo", "Cattle", "provisional"].iloc[0])


def test_another_period_is_compared_by_the_units_and_measures_of_this_one(tmp_path: Path) -> None:
    last = _complete(tmp_path / "2020", bo=9)
    write_register(last, UNITS.replace("Bản Lý", "Bản Khác"))
    this = open_period(_complete(tmp_path / "2021")).run()
    prior = this.compare(open_period(last).run())
    position = this.register.position
    assert prior.period == "2020"
    figure = prior.figure(position("070101"), "bo")
    assert figure is not None
    assert figure.value == 9
    assert prior.figure(position("070202"), "bo") is None  # another village has its code now
    assert prior.figure(position("070101"), "lon") is None
    ratio = prior.ratio(position("0701"), "ty_le_bo")
    assert ratio is not None
    assert ratio.value == Fraction(14 * 100, 150)
    sums, known = prior.column("bo")
    assert known[position("0701")]
    assert sums[position("0701")] == 14
    assert not known[position("070202")]


# -- reports ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_report_has_the_bytes_that_the_command_writes(tmp_path: Path, suffix: str) -> None:
    folder, last = _faulty(tmp_path / "2021"), _complete(tmp_path / "2020", bo=3)
    command, library = tmp_path / f"command{suffix}", tmp_path / f"library{suffix}"
    done = run("report", folder, "--with", last, "-o", command, "--date", "2022-01-15", "--total", "last")
    assert command.exists(), done.output
    result = open_period(folder).run(last, language="en")
    result.report(library, signed=dt.date(2022, 1, 15), total_first=False)
    assert library.read_bytes() == command.read_bytes()
    library.unlink()
    result.report(str(library), signed=dt.date(2022, 1, 15), total_first=False)
    assert library.read_bytes() == command.read_bytes()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_report_that_is_not_final_leaves_the_old_file(tmp_path: Path, faulty: Result, suffix: str) -> None:
    target = tmp_path / f"report{suffix}"
    target.write_bytes(b"old")
    with pytest.raises(NotFinalError) as caught:
        faulty.report(target, final=True)
    assert isinstance(caught.value.obstacles, Findings)
    assert {finding.code for finding in caught.value.obstacles} >= {"C302", "C101"}
    assert str(len(caught.value.obstacles)) in str(caught.value)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_final_report_of_complete_figures_is_written(tmp_path: Path) -> None:
    result = open_period(_complete(tmp_path / "2021")).run()
    assert not result.publication.is_provisional
    target = tmp_path / "report.md"
    result.report(target, final=True)
    assert "Hà Trung" in target.read_text(encoding="utf-8")


def test_a_report_of_another_suffix_leaves_the_old_file(tmp_path: Path, faulty: Result) -> None:
    for name in ("report.pdf", "report", "report.csv"):
        target = tmp_path / name
        target.write_bytes(b"old")
        with pytest.raises(ValueError, match=r"\.xlsx, \.html, \.docx, \.md"):
            faulty.report(target)
        assert target.read_bytes() == b"old"


def test_a_report_that_fails_leaves_the_old_file(tmp_path: Path, faulty: Result) -> None:
    target, template = tmp_path / "report.md", tmp_path / "template.md"
    target.write_bytes(b"old")
    template.write_text("{% if %}", encoding="utf-8")
    with pytest.raises(TemplateFault):
        faulty.report(target, template=template)
    assert target.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.md", "template.md"]
    with pytest.raises(OutputError):
        faulty.report(tmp_path / "none" / "report.md")


def test_no_report_overwrites_a_return(tmp_path: Path) -> None:
    folder = _complete(tmp_path / "2021")
    book = write_xlsx(folder / "c.xlsx", {"Biểu 01": [HEAD, [*V1, 100, 1], [*V2, 20, 2], [*V3, 30, 3]]})
    content = book.read_bytes()
    with pytest.raises(OutputError):
        open_period(folder).run().report(book)
    assert book.read_bytes() == content


# -- reprs -----------------------------------------------------------------------------------------


def test_reprs_are_short(tmp_path: Path) -> None:
    period = open_period(_faulty(tmp_path / "2021"))
    result = period.run(_complete(tmp_path / "2020", bo=3))
    prior = result.publication.prior
    assert prior is not None
    objects = {
        "Period": period,
        "Result": result,
        "Collection": result.collection,
        "TableValues": result.collection.tables[0],
        "Aggregate": result.aggregate,
        "Publication": result.publication,
        "Findings": result.findings,
        "UnitRegister": result.register,
        "Form": result.form,
        "Prior": prior,
    }
    for name, value in objects.items():
        shown = repr(value)
        assert shown.startswith(f"<{name}")
        assert len(shown) < 200
        assert "\n" not in shown


def test_the_repr_of_a_collection_of_many_tables_is_short(tmp_path: Path) -> None:
    tables = (
        f'[[table]]\ncode = "{n:02}"\nlevel = "village"\ntitle = {{ vi = "Biểu {n}", en = "Table {n}" }}\n'
        f'[[measure]]\ncode = "m{n}"\ntable = "{n:02}"\nkind = "count"\nrequired = false\n'
        f'label = {{ vi = "Số {n}", en = "Count {n}" }}\nunit = {{ vi = "cái", en = "pieces" }}\n'
        for n in range(2, 12)
    )
    folder = setup(
        tmp_path / "2021", *tables, form=FORM.replace('kind = "count"', 'kind = "count"\ntable = "01"')
    )
    write_csv(folder / "a.csv", commune())
    shown = repr(open_period(folder).run().collection)
    assert "11 tables" in shown
    assert len(shown) < 200


def test_what_cannot_be_run_is_an_error_at_once(tmp_path: Path) -> None:
    folder = _complete(tmp_path / "2021")
    with pytest.raises(ValueError, match="at least one, not 0"):
        open_period(folder, jobs=0)
    with pytest.raises(ValueError, match="no language 'fr'"):
        open_period(folder, jobs=1).run(language="fr")  # type: ignore[arg-type]


def test_a_result_is_compared_with_one_earlier_period(tmp_path: Path) -> None:
    earlier = open_period(_complete(tmp_path / "2020"), jobs=1).run()
    result = open_period(_complete(tmp_path / "2021", bo=90), jobs=1).run(with_=earlier)
    with pytest.raises(ValueError, match="2021 is compared with 2020 already"):
        result.beside(earlier)


def test_a_notebook_marks_what_is_provisional_and_what_is_missing(faulty: Result) -> None:
    shown = faulty._repr_html_()
    assert "<td>8*</td>" in shown
    assert "* provisional" in shown
