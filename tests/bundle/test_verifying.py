"""antq-stats verify: what was changed in a bundle is named, and a hostile file does no harm."""

from __future__ import annotations

import io
import json
import math
import random
import re
import stat
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest

from antq_stats.bundle.checking import verify
from antq_stats.findings.setup_error import SetupError
from helpers.bundles import Change, changed, codes, finding, manifest, packed, report, verified
from helpers.command import run
from helpers.returns import RATIO, W1, W2, commune, csv_text, setup, write_csv, write_xlsx


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a bundle with a report in every format."""
    folder = setup(tmp_path_factory.mktemp("bundle") / "2021", RATIO)
    write_xlsx(folder / "nth.xlsx", commune((10, 1), (20, 2), (30, 3)))
    write_csv(folder / "xa" / "mq.csv", commune((40, 4), (50, 5), villages=(W1, W2)))
    reports = [report(folder, f"r{suffix}") for suffix in (".xlsx", ".html", ".docx", ".md")]
    return packed(folder, folder.parent / "p.zip", *reports)


def outcome(data: dict[str, object], file: str) -> str:
    (found,) = (output for output in data["outputs"] if output["file"] == file)  # type: ignore[attr-defined]
    return str(found["agrees"])


def with_cell(cell: str, value: object, sheet: int = 0) -> Callable[[bytes], bytes]:
    """Return what changes a cell of a workbook."""

    def change(content: bytes) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(content))
        book.worksheets[sheet][cell] = value
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    return change


def replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    """Return what replaces a text that occurs in a file."""

    def change(content: bytes) -> bytes:
        assert old.encode() in content
        return content.replace(old.encode(), new.encode(), 1)

    return change


# --- a changed file, cell, form, manifest


def test_a_changed_return_is_named_with_every_figure_that_it_moves(path: Path) -> None:
    data = verified(changed(path, {"data/2021/nth.xlsx": with_cell("C2", 11)}))
    assert finding(data, "B201")["file"] == "data/2021/nth.xlsx"
    cells = {(f["file"], f["sheet"], f["cell"], f["value"]) for f in data["findings"] if f["code"] == "B301"}
    in_figures = [f for f in data["findings"] if f["code"] == "B301" and f["file"] == "figures/2021.csv"]
    assert ("07", "trau", "150") in {(f["unit"], f["measure"], f["value"]) for f in in_figures}
    assert any("151" in f["message"] for f in in_figures)
    of_report = {(sheet, cell) for file, sheet, cell, _ in cells if file == "reports/r.xlsx"}
    assert all(sheet and re.fullmatch("[A-Z]+[0-9]+", cell) for sheet, cell in of_report)
    assert of_report
    for suffix in ("xlsx", "html", "docx", "md"):
        assert outcome(data, f"reports/r.{suffix}") == "differs"


def test_a_forged_return_is_found_by_its_figures(path: Path) -> None:
    copy = changed(path, {"data/2021/xa/mq.csv": replaced("40", "41")}, forged=True)
    data = verified(copy)
    assert "B201" not in codes(data)
    assert "B301" in codes(data)


def test_a_cell_typed_over_in_the_report_is_named_with_both_values(path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(zipfile.ZipFile(path).read("reports/r.xlsx")))
    cell, sheet = next(
        (each.coordinate, at)
        for at, sheet in enumerate(book.worksheets)
        for row in sheet.iter_rows()
        for each in row
        if each.value == 10
    )
    title = book.worksheets[sheet].title
    for forged in (False, True):
        data = verified(changed(path, {"reports/r.xlsx": with_cell(cell, 12, sheet)}, forged=forged))
        assert ("B201" in codes(data)) is not forged
        found = [
            f for f in data["findings"] if f["code"] == "B301" and (f["sheet"], f["cell"]) == (title, cell)
        ]
        assert [(f["file"], f["value"]) for f in found] == [("reports/r.xlsx", "12")]
        assert "“10”" in found[0]["message"]
        assert outcome(data, "reports/r.md") == "bytes"


def test_a_report_saved_again_by_another_program_agrees_in_every_cell(path: Path) -> None:
    def again(content: bytes) -> bytes:
        """Pack the parts anew: other bytes, the same cells."""
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
            for name in reversed(old.namelist()):
                new.writestr(name, old.read(name))
        return stream.getvalue()

    data = verified(changed(path, {"reports/r.xlsx": again, "reports/r.docx": again}, forged=True))
    assert data["agrees"]
    assert codes(data) == {"B303"}
    assert outcome(data, "reports/r.xlsx") == outcome(data, "reports/r.docx") == "content"


def test_a_formula_under_the_same_value_is_a_difference(path: Path) -> None:
    def change(content: bytes) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
            for name in old.namelist():
                part = old.read(name)
                if name == "xl/worksheets/sheet1.xml":
                    part, count = re.subn(rb"<f>[^<]+</f>", b"<f>1+1</f>", part, count=1)
                    assert count == 1
                new.writestr(name, part)
        return stream.getvalue()

    data = verified(changed(path, {"reports/r.xlsx": change}, forged=True))
    assert finding(data, "B301")["value"] == "=1+1"


@pytest.mark.parametrize("suffix", ["html", "md"])
def test_a_line_of_a_text_is_named_with_both_wordings(path: Path, suffix: str) -> None:
    data = verified(changed(path, {f"reports/r.{suffix}": replaced("150", "160")}, forged=True))
    found = [f for f in data["findings"] if f["code"] == "B301"]
    assert found
    assert all(f["file"] == f"reports/r.{suffix}" and f["row"] for f in found)
    assert any("160" in f["value"] and "150" in f["message"] for f in found)


def test_a_figure_in_the_table_of_figures_is_named_by_unit_and_measure(path: Path) -> None:
    change = replaced("070202,Bản Lý,village,0702,50", "070202,Bản Lý,village,0702,55")
    data = verified(changed(path, {"figures/2021.csv": change}, forged=True))
    found = finding(data, "B301")
    assert (found["unit"], found["measure"], found["value"]) == ("070202", "trau", "55")
    assert found["cell"] == "E9"


def test_files_missing_and_added_are_named(path: Path) -> None:
    extra = b"Ma thon,Ten thon\n"
    copy = changed(path, {"data/2021/xa/mq.csv": None, "data/2021/xa/moi.csv": extra, "x.txt": b""})
    data = verified(copy)
    assert finding(data, "B202")["file"] == "data/2021/xa/mq.csv"
    assert {f["file"] for f in data["findings"] if f["code"] == "B203"} == {"data/2021/xa/moi.csv", "x.txt"}
    missing = verified(changed(path, {"reports/r.docx": None}))
    assert outcome(missing, "reports/r.docx") == "missing"
    assert codes(missing) == {"B202"}


def test_another_form_is_named(path: Path) -> None:
    data = verified(changed(path, {"data/2021/form.toml": replaced('version = "3"', 'version = "4"')}))
    assert finding(data, "B201")["file"] == "data/2021/form.toml"
    assert "periods[1].form.version" in finding(data, "B204")["message"]
    broken = verified(changed(path, {"data/2021/form.toml": b"[form"}))
    assert {"B201", "S101", "B302"} <= codes(broken)
    assert {output["agrees"] for output in broken["outputs"]} == {"not-computed"}


def test_decisions_that_were_added_are_named(path: Path) -> None:
    text = b"date,decision,unit,measure,code,file,was,value,reason,by\n"
    text += b"2021-12-01,correct,070101,trau,,,10,12,asked,office\n"
    data = verified(changed(path, {"data/2021/decisions.csv": text}))
    assert finding(data, "B203")["file"] == "data/2021/decisions.csv"
    assert "B301" in codes(data)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('"version": "3"', '"version": "9"', "periods[1].form.version"),
        ("--by village", "--by commune", "outputs[1].command"),
        ('"units": 8', '"units": 9', "periods[1].register.units"),
        ('"period": "2021",\n', '"period": "2020",\n', "period"),
    ],
)
def test_a_manifest_that_was_changed_is_named_with_its_place(
    path: Path, old: str, new: str, place: str
) -> None:
    data = verified(changed(path, {"manifest.json": replaced(old, new)}))
    assert codes(data) == {"B204", "B205"}
    assert place in finding(data, "B204")["message"]


def test_provenance_that_was_forged_is_named(path: Path) -> None:
    copy = changed(path, {"prov.json": replaced("Organization", "Person")}, forged=True)
    assert finding(verified(copy), "B301")["file"] == "prov.json"


def test_other_versions_are_told_and_computed_all_the_same(path: Path) -> None:
    said = manifest(path)
    text = replaced(f'"openpyxl": "{said["made_with"]["openpyxl"]}"', '"openpyxl": "0.1"')
    data = verified(changed(path, {"manifest.json": text}, forged=True))
    assert data["agrees"]
    assert "openpyxl" in finding(data, "B401")["message"]
    assert data["made_with"]["openpyxl"] == "0.1"
    assert {output["agrees"] for output in data["outputs"]} == {"bytes"}


def test_a_bundle_that_was_packed_again_by_another_program_verifies(path: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        again = tmp_path / "again.zip"
        with zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as other:
            other.mkdir("data")
            for name in reversed(names):
                other.writestr(name, archive.read(name))
    assert verified(again)["agrees"]


def test_a_file_damaged_in_the_zip_is_named(path: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("data/2021/units.csv")
        at = entry.header_offset + 30 + len(entry.filename) + 100
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    (tmp_path / "d.zip").write_bytes(content)
    data = verified(tmp_path / "d.zip")
    assert finding(data, "B201")["file"] == "data/2021/units.csv"


# --- hostile files


def refused(path: Path, problem: str) -> None:
    done = run("verify", path)
    assert done.status == 2
    assert "B101" in done.stderr
    assert problem in done.stderr
    assert "Traceback" not in done.output


def rebuilt(path: Path, target: Path, add: Callable[[zipfile.ZipFile], object]) -> Path:
    """Return a copy of a bundle with something added to the zip."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        add(new)
    return target


@pytest.mark.parametrize(
    "name", ["../out.txt", "/out.txt", "data/../../out.txt", "C:/out.txt", "..\\out.txt", "a//b", "./a"]
)
def test_a_name_that_leads_outside_is_refused(path: Path, tmp_path: Path, name: str) -> None:
    refused(rebuilt(path, tmp_path / "h.zip", lambda new: new.writestr(name, b"x")), "outside")


def test_links_passwords_and_two_files_of_one_name_are_refused(path: Path, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("data/2021/link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    refused(rebuilt(path, tmp_path / "l.zip", lambda new: new.writestr(link, b"/etc/passwd")), "not a file")
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = rebuilt(path, tmp_path / "t.zip", lambda new: new.writestr("prov.json", b"{}"))
    refused(twice, "same name")
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x01\x02")
    struct.pack_into("<H", content, at + 8, 1)
    (tmp_path / "p.zip").write_bytes(content)
    refused(tmp_path / "p.zip", "password")


def test_a_bomb_is_refused_unopened(path: Path, tmp_path: Path) -> None:
    def add(new: zipfile.ZipFile) -> None:
        for number in range(20):
            new.writestr(f"data/2021/{number}.csv", bytes(30 << 20), zipfile.ZIP_DEFLATED)

    refused(rebuilt(path, tmp_path / "b.zip", add), "too large when unpacked")


def test_what_is_no_bundle_is_refused(path: Path, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"not a zip")
    refused(tmp_path / "a.zip", "no zip")
    (tmp_path / "b.zip").write_bytes(path.read_bytes()[:-3000])
    refused(tmp_path / "b.zip", "no zip")
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("data/2021/a.csv", b"")
    refused(tmp_path / "c.zip", "no manifest.json")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", "[" * 100_000, '{"antq_stats": "1", "bundle": "2"}', '{"bundle": 1, "antq_stats": 1}'],
)
def test_a_manifest_that_is_none_is_refused(path: Path, text: str) -> None:
    refused(changed(path, {"manifest.json": text.encode()}), "cannot be read")


def test_a_bundle_of_a_later_version_is_told_apart(path: Path) -> None:
    text = b'{"antq_stats": "9.0.0", "bundle": 2, "parts": []}'
    refused(changed(path, {"manifest.json": text}), "a later version of antq-stats made it")


@pytest.mark.parametrize(
    ("at", "value"),
    [(("files", 0, "bytes"), math.inf), (("periods", 0, "folder"), None), (("periods", 0, "folder"), 7)],
)
def test_a_manifest_with_values_of_other_kinds_is_refused(
    path: Path, at: tuple[str, int, str], value: object
) -> None:
    said = manifest(path)
    said[at[0]][at[1]][at[2]] = value
    refused(changed(path, {"manifest.json": json.dumps(said).encode()}), "cannot be read")


def test_a_manifest_with_a_period_in_another_period_is_a_finding(path: Path) -> None:
    said = manifest(path)
    inner = {**said["periods"][0], "folder": f"{said['periods'][0]['folder']}/inner"}
    said["periods"].append(inner)
    content = csv_text(commune((1, 1), (2, 2), (3, 3)))
    files = {"manifest.json": json.dumps(said).encode(), f"{inner['folder']}/a.csv": content.encode()}
    data = verified(changed(path, files))
    assert {"B203", "B204"} <= codes(data)


@pytest.mark.parametrize("file", ["prov.json", "manifest.json", "data/2021/units.csv"])
def test_a_manifest_that_calls_another_file_a_report_is_a_finding(path: Path, file: str) -> None:
    said = manifest(path)
    stated = next(output for output in said["outputs"] if output["stated"])
    said["outputs"].append({**stated, "file": file})
    data = verified(changed(path, {"manifest.json": json.dumps(said).encode()}))
    assert {(each["code"], each["file"]) for each in data["findings"]} >= {("B302", file)}


@pytest.mark.parametrize("folders", [150, 1500, 3000])
def test_a_file_in_too_many_folders_is_not_unpacked(path: Path, folders: int) -> None:
    deep = "/".join(["d"] * folders)
    data = verified(changed(path, {deep: b"x"}))
    assert {(each["code"], each["file"]) for each in data["findings"]} == {("B203", deep)}
    assert codes(verified(changed(path, {deep: b"x", "n" * 300: b"x"}))) == {"B203"}


def test_changes_that_cannot_be_read_are_a_finding(path: Path) -> None:
    data = verified(changed(path, {"data/changes.csv": b"no,heads\n1,2\n"}))
    assert {"B203", "B302", "S211"} <= codes(data)
    assert data["files"]["stated"] == data["files"]["agreeing"]


def test_a_table_of_figures_that_is_no_table_cannot_be_compared(path: Path) -> None:
    copy = changed(path, {"figures/2021.csv": b"a," + b"x" * 200_000}, forged=True)
    assert codes(verified(copy)) >= {"B302"}
    assert "figures/2021.csv: could not be compared" in run("verify", copy, "--lang", "en").stdout


@pytest.mark.parametrize("place", ["folder", "form"])
def test_a_manifest_that_names_files_outside_is_refused(path: Path, place: str) -> None:
    said = manifest(path)
    outside = "../../../../../../etc"
    if place == "folder":
        said["periods"][0]["folder"] = outside
    else:
        said["periods"][0]["named"] = {"form": f"{outside}/passwd"}
    refused(changed(path, {"manifest.json": json.dumps(said).encode()}), "cannot be read")


@pytest.mark.slow
def test_no_damage_ends_in_anything_but_findings(path: Path) -> None:
    content, chance = path.read_bytes(), random.Random(15)  # noqa: S311
    for _ in range(30):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        cut = chance.choice((len(damaged), len(damaged), chance.randrange(len(damaged))))
        with suppress(SetupError):
            verify(io.BytesIO(bytes(damaged[:cut])), "d.zip", jobs=1)


@pytest.mark.parametrize("name", ["..", "../x.md", "/x.md", "a/b.md"])
def test_a_report_that_states_a_hostile_template_is_not_computed(path: Path, name: str) -> None:
    stated = b"antq-stats report 2021 --lang en"

    def hostile(content: bytes) -> bytes:
        return content.replace(stated, stated + f" --template {name}".encode())

    changes: dict[str, Change] = {"manifest.json": hostile, "setup/x.md": b"# x"}
    data = verified(changed(path, changes))
    assert outcome(data, "reports/r.md") == "not-computed"
    assert {f["file"] for f in data["findings"] if f["code"] == "B302"} >= {"reports/r.md", "reports/r.docx"}


# --- what is printed


def test_the_text_says_in_both_languages_what_agrees(path: Path) -> None:
    good, bad = path, changed(path, {"data/2021/nth.xlsx": with_cell("C2", 11)})
    done = run("verify", good, "--lang", "vi")
    assert done.status == 0
    assert "✓ reports/r.xlsx: khớp từng byte" in done.stdout
    assert "Khớp" in done.stderr
    done = run("verify", bad, env={"COLUMNS": "140"})
    assert done.status == 1
    assert "✗ reports/r.xlsx: differs in" in done.stdout
    assert "B201" in done.stdout
    assert "does not agree" in done.stderr
    assert "150 → 151" in run("verify", bad, "--lang", "vi", "--quiet").stdout


def test_the_result_can_be_written_to_a_file(path: Path, tmp_path: Path) -> None:
    assert run("verify", path, "-o", tmp_path / "v.json").status == 0
    assert json.loads((tmp_path / "v.json").read_text(encoding="utf-8"))["agrees"] is True
    before = path.read_bytes()
    assert run("verify", path, "-o", path).status == 2
    assert run("verify", path, "--format", "json", "-o", path).status == 3
    assert path.read_bytes() == before
