"""antq-stats bundle: what is in a bundle, that it is the same whoever makes it, and what is refused."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import zipfile
from pathlib import Path

import pytest

from antq_stats.bundle.archive import digest_of, pack
from antq_stats.bundle.layout import Named
from antq_stats.bundle.making import NotBundledError, make_bundle
from antq_stats.run import open_period
from helpers.bundles import bundle, codes, manifest, packed, report, verified
from helpers.command import run
from helpers.decisions import decide
from helpers.places import SAMPLES
from helpers.returns import RATIO, W1, W2, commune, setup, write_csv, write_xlsx

ALL = (".xlsx", ".html", ".docx", ".md")


def write_year(folder: Path, *, first: int = 10) -> Path:
    """Write a folder with the returns of both communes; the register is in it."""
    setup(folder, RATIO)
    write_xlsx(folder / "nth.xlsx", commune((first, 1), (20, 2), (30, 3)))
    write_csv(folder / "xa" / "mq.csv", commune((40, 4), (50, 5), villages=(W1, W2)))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_year(tmp_path / "2021")


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_a_bundle_verifies_in_another_folder_with_a_report_in_every_format(
    folder: Path, tmp_path: Path
) -> None:
    reports = [report(folder, f"r{suffix}") for suffix in ALL]
    path = packed(folder, tmp_path / "p.zip", *reports)
    elsewhere = tmp_path / "other" / "place" / "p.zip"
    elsewhere.parent.mkdir(parents=True)
    path.rename(elsewhere)
    shutil.rmtree(folder)
    data = verified(elsewhere)
    assert data["agrees"]
    assert data["findings"] == []
    assert [output["agrees"] for output in data["outputs"]] == ["bytes"] * 5
    assert data["files"]["stated"] == data["files"]["agreeing"] == len(names(elsewhere)) - 1


def test_the_same_input_gives_the_same_bytes_from_another_folder_at_another_time(
    folder: Path, tmp_path: Path
) -> None:
    reports = [report(folder, f"r{suffix}") for suffix in ALL]
    first = packed(folder, tmp_path / "p.zip", *reports).read_bytes()
    copy = tmp_path / "Người dùng" / "deep" / "2021"
    shutil.copytree(folder, copy)
    for path in copy.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    second = packed(copy, tmp_path / "q.zip", *reports).read_bytes()
    assert first == second


def test_a_bundle_holds_no_path_no_user_and_no_time(folder: Path, tmp_path: Path) -> None:
    path = packed(folder, tmp_path / "p.zip", report(folder, "r.xlsx"))
    with zipfile.ZipFile(path) as archive:
        said = archive.read("manifest.json") + archive.read("prov.json") + archive.comment
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert str(tmp_path).encode() not in path.read_bytes()
    assert tmp_path.name.encode() not in said


def test_the_manifest_says_what_the_bundle_is_made_of(folder: Path, tmp_path: Path) -> None:
    path = packed(folder, tmp_path / "p.zip", report(folder, "r.xlsx"))
    said = manifest(path)
    with zipfile.ZipFile(path) as archive:
        for entry in said["files"]:
            content = archive.read(entry["file"])
            assert (len(content), hashlib.sha256(content).hexdigest()) == (entry["bytes"], entry["sha256"])
        stated = {entry["file"] for entry in said["files"]}
        assert stated == set(archive.namelist()) - {"manifest.json"}
    (period,) = said["periods"]
    assert period["form"]["id"] == "giong"
    assert period["form"]["file"] == "data/2021/form.toml"
    assert period["register"] == {
        "units": 8, "file": "data/2021/units.csv",
        "sha256": hashlib.sha256((folder / "units.csv").read_bytes()).hexdigest(),
    }  # fmt: skip
    assert {"python", "python-calamine", "numpy"} <= said["made_with"].keys()
    assert "sha256" in period["changes"]


def test_the_command_lines_of_the_manifest_make_the_reports_in_the_unpacked_bundle(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_year(tmp_path / "2020", first=5)
    reports = [report(folder, f"r{suffix}", "--with", tmp_path / "2020") for suffix in ALL]
    path = packed(folder, tmp_path / "p.zip", *reports, options=("--with", tmp_path / "2020"))
    unpacked = folder / "unpacked"  # a form and a register stand above it
    with zipfile.ZipFile(path) as archive:
        archive.extractall(unpacked)
    said = manifest(path)
    hashes = {entry["file"]: entry["sha256"] for entry in said["files"]}
    monkeypatch.chdir(unpacked)
    for output in said["outputs"]:
        Path(output["file"]).unlink()
        run(*shlex.split(output["command"])[1:])
        assert hashlib.sha256(Path(output["file"]).read_bytes()).hexdigest() == hashes[output["file"]]


def test_the_provenance_is_read_by_a_library_of_the_standard(folder: Path, tmp_path: Path) -> None:
    model = pytest.importorskip("prov.model")
    path = packed(folder, tmp_path / "p.zip", report(folder, "r.xlsx"))
    with zipfile.ZipFile(path) as archive:
        document = model.ProvDocument.deserialize(content=archive.read("prov.json").decode(), format="json")
    said = json.loads(document.serialize(format="json"))
    labels = {name: entity["prov:label"] for name, entity in said["entity"].items()}
    assert set(labels.values()) == {entry["file"] for entry in manifest(path)["files"]} - {"prov.json"}
    made = {labels[relation["prov:entity"]] for relation in said["wasGeneratedBy"].values()}
    assert made == {"figures/2021.csv", "reports/r.xlsx"}
    used = {labels[relation["prov:entity"]] for relation in said["used"].values()}
    inputs = ("nth.xlsx", "xa/mq.csv", "form.toml", "units.csv")
    assert used == {f"data/2021/{name}" for name in inputs}
    assert said["agent"].keys() == {"antq:program", "antq:office"}


def test_earlier_years_with_a_register_above_them_come_along(tmp_path: Path) -> None:
    for year, first in (("2019", 7), ("2020", 5), ("2021", 10)):
        write_year(tmp_path / "years" / year, first=first)
        for name in ("units.csv", "form.toml"):
            (tmp_path / "years" / year / name).replace(tmp_path / "years" / name)
    years = tmp_path / "years"
    with_ = ("--with", years / "2020", "--with", years / "2019")
    series, pair = report(years / "2021", "s.xlsx", *with_), report(years / "2021", "p.docx", *with_[:2])
    alone = report(years / "2021", "a.md", "--total", "last", "--lang", "vi", "--date", "2021-12-20")
    path = packed(years / "2021", tmp_path / "p.zip", series, pair, alone, options=with_)
    assert {"data/units.csv", "data/form.toml", "data/2019/nth.xlsx"} <= set(names(path))
    assert [each["period"] for each in manifest(path)["periods"]] == ["2021", "2019", "2020"]
    data = verified(path)
    assert data["agrees"], data["findings"]


def test_years_of_other_registers_and_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    here, other = (write_year(tmp_path / place / "so-lieu 2021") for place in "ab")
    for folder in (here, other):
        (folder / "form.toml").replace(folder.parent / "form.toml")
    text = (other.parent / "form.toml").read_text(encoding="utf-8")
    (other.parent / "form.toml").write_text(
        text.replace('version = "3"', 'version = "3"\nperiod = "2020"'), encoding="utf-8"
    )
    made = report(here, "r.xlsx", "--with", other)
    path = packed(here, tmp_path / "p.zip", made, options=("--with", other))
    assert {"data/so-lieu 2021/nth.xlsx", "data-2/so-lieu 2021/nth.xlsx", "data-2/form.toml"} <= set(
        names(path)
    )
    assert verified(path)["agrees"]


def test_form_register_period_and_template_of_the_command_line_come_along(
    folder: Path, tmp_path: Path
) -> None:
    form, units = tmp_path / "mau khac.toml", tmp_path / "dm.csv"
    (folder / "form.toml").replace(form)
    (folder / "units.csv").replace(units)
    template = tmp_path / "mau.md"
    template.write_text("# {{ period }} {{ head.title }}\n", encoding="utf-8")
    named = ("--form", form, "--units", units, "--period", "Năm 2021")
    made = report(folder, "r.md", *named, "--template", template)
    lacking = bundle(folder, tmp_path / "p.zip", made, options=named)
    assert lacking.status == 1
    assert "--template" in lacking.stdout
    path = packed(folder, tmp_path / "p.zip", made, options=(*named, "--template", template))
    assert {"setup/mau khac.toml", "setup/dm.csv", "setup/mau.md"} <= set(names(path))
    data = verified(path)
    assert data["agrees"], data["findings"]
    assert data["period"] == "Năm 2021"


def test_decisions_and_archives_come_along_as_they_are(folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(folder / "gui.zip", "w") as archive:
        archive.write(folder / "nth.xlsx", "nth.xlsx")
    (folder / "nth.xlsx").unlink()
    (folder / "changes.csv").write_text("event,date,kind,from,to,share,act,source\n", encoding="utf-8")
    write_csv(folder / "cu.csv", commune((1, 1), (2, 2), villages=(W1, W2)))
    decide(folder, "correct,070101,trau,,,10,12", "set-aside,,,,cu.csv,,")
    path = packed(folder, tmp_path / "p.zip", report(folder, "r.xlsx"), report(folder, "r.docx"))
    expected = {"gui.zip", "cu.csv", "decisions.csv", "xa/mq.csv", "form.toml", "units.csv", "changes.csv"}
    assert {name.removeprefix("data/2021/") for name in names(path) if name.startswith("data/")} == expected
    data = verified(path)
    assert data["agrees"], data["findings"]
    with zipfile.ZipFile(path) as archive:
        assert b"\n070101,Th\xc3\xb4n 1,village,0701,12," in archive.read("figures/2021.csv")


def test_the_reports_of_year_end_are_packed(folder: Path, tmp_path: Path) -> None:
    run("year-end", folder, "-o", tmp_path / "kq", "--lang", "vi")
    reports = [
        path for path in sorted((tmp_path / "kq").iterdir()) if path.suffix in ALL and "bao-cao" in path.name
    ]
    assert len(reports) == 3
    assert verified(packed(folder, tmp_path / "p.zip", *reports))["agrees"]


def test_what_holds_data_of_persons_is_left_out_and_the_manifest_says_so(
    folder: Path, tmp_path: Path
) -> None:
    heads = "unit,name,office,phone,email"
    (folder / "contacts.csv").write_text(f"{heads}\n0701,,VP,0912345678,\n", encoding="utf-8")
    path = packed(folder, tmp_path / "p.zip", report(folder, "r.xlsx"))
    assert b"0912345678" not in path.read_bytes()
    assert manifest(path)["left_out"] == [{"file": "data/2021/contacts.csv", "reason": "contacts"}]
    assert "contacts.csv" in run("verify", path).stdout
    persons = [["STT", "Họ và tên", "Năm sinh", "Số CCCD"]]
    persons += [[n, f"Nguyễn Văn {n}", 1960 + n, f"0250600012{n:02}"] for n in range(1, 9)]
    write_xlsx(folder / "ds.xlsx", persons)
    done = bundle(folder, tmp_path / "q.zip", report(folder, "s.xlsx"))
    assert done.status == 1
    assert not (tmp_path / "q.zip").exists()
    assert "B305" in done.stdout
    assert "ds.xlsx" in done.stdout


def test_texts_pictures_and_links_that_lead_outside_stay_out(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("secret;of;another;folder\n1;2;3;4\n", encoding="utf-8")
    (folder / "link.csv").symlink_to(outside)
    (folder / "note.txt").write_text("Nguyễn Văn An, 0912345678\n", encoding="utf-8")
    (folder / "scan.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    refused = bundle(folder, tmp_path / "p.zip")
    assert refused.status == 1
    assert not (tmp_path / "p.zip").exists(), "its finding is in every report, and cannot be computed again"
    assert "B305" in refused.stdout
    assert "link.csv" in refused.stdout
    (folder / "link.csv").unlink()
    path = packed(folder, tmp_path / "p.zip")
    assert not {"data/2021/note.txt", "data/2021/scan.png"} & set(names(path))
    left_out = [(each["file"], each["reason"]) for each in manifest(path)["left_out"]]
    assert left_out == [("data/2021/note.txt", "no-return"), ("data/2021/scan.png", "no-return")]
    shown = run("verify", path, "--lang", "en")
    assert shown.status == 0
    assert "it is no return, and no figure comes from it" in shown.stdout


def test_a_report_that_is_not_of_these_returns_is_refused_with_its_cells(
    folder: Path, tmp_path: Path
) -> None:
    made = report(folder, "r.xlsx")
    decide(folder, "correct,070101,trau,,,10,12")
    target = tmp_path / "p.zip"
    target.write_bytes(b"old")
    done = bundle(folder, target, made)
    assert done.status == 1
    assert target.read_bytes() == b"old"
    assert "150 → 152" in done.stdout
    assert list(tmp_path.glob(".antq-*")) == []


def test_what_is_no_report_of_the_program_is_refused(folder: Path, tmp_path: Path) -> None:
    for name, content in (("a.pdf", b"%PDF"), ("b.xlsx", b"no"), ("c.md", b"# A"), ("d.html", b"<html>")):
        (tmp_path / name).write_bytes(content)
        done = bundle(folder, tmp_path / "p.zip", tmp_path / name)
        assert done.status == 1
        assert "B302" in done.stdout
        assert name in done.stdout
        assert not (tmp_path / "p.zip").exists()


def test_a_report_beside_a_year_that_is_not_given_is_refused(folder: Path, tmp_path: Path) -> None:
    write_year(tmp_path / "2020", first=5)
    made = report(folder, "r.xlsx", "--with", tmp_path / "2020")
    done = bundle(folder, tmp_path / "p.zip", made)
    assert done.status == 1
    assert "--with" in done.stdout


def test_limits_that_decide_what_is_read_stand_in_the_command_lines(folder: Path, tmp_path: Path) -> None:
    limits = ("--limit", "cells=2000", "--limit", "seconds=99")
    path = packed(folder, tmp_path / "p.zip", report(folder, "r.xlsx"), options=limits)
    assert all(
        "--limit cells=2000" in output["command"] and "seconds" not in output["command"]
        for output in manifest(path)["outputs"]
    )
    assert verified(path, *limits)["agrees"]
    assert codes(verified(path)) == {"B204"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_file_that_cannot_be_read_is_named(folder: Path, tmp_path: Path) -> None:
    made = report(folder, "r.xlsx")
    os.mkfifo(folder / "gửi.xlsx")
    done = bundle(folder, tmp_path / "p.zip", made)
    assert done.status == 1
    assert "F101" in done.stdout
    assert "gửi.xlsx" in done.stdout
    assert not (tmp_path / "p.zip").exists()


def test_a_return_that_was_changed_since_it_was_read_is_named(folder: Path, tmp_path: Path) -> None:
    result = open_period(folder).run()
    write_xlsx(folder / "nth.xlsx", commune((11, 1), (20, 2), (30, 3)))
    with (tmp_path / "p.zip").open("w+b") as stream, pytest.raises(NotBundledError) as refused:
        make_bundle([result], [], Named(), stream, "p.zip")
    (found,) = refused.value.findings
    assert (found.code, found.file, found.facts) == ("F101", "nth.xlsx", {"problem": "changed-meanwhile"})


def test_a_file_that_changes_while_it_is_packed_is_told(folder: Path, tmp_path: Path) -> None:
    files = {"a": folder / "nth.xlsx", "b": folder / "units.csv"}
    hashes = {name: digest_of(path) for name, path in files.items()}
    with files["b"].open("ab") as stream:
        stream.write(b"\n")
    with (tmp_path / "p.zip").open("w+b") as stream:
        assert pack(stream, {}, files, hashes, "") == ["b"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_decisions_that_are_a_link_come_along(folder: Path, tmp_path: Path) -> None:
    decide(folder, "correct,070101,trau,,,10,12")
    (folder / "decisions.csv").rename(tmp_path / "kept.csv")
    (folder / "decisions.csv").symlink_to(tmp_path / "kept.csv")
    path = packed(folder, tmp_path / "p.zip", report(folder, "r.xlsx"))
    assert "data/2021/decisions.csv" in names(path)
    assert verified(path)["agrees"]


def test_misuse_is_told(folder: Path, tmp_path: Path) -> None:
    assert run("bundle", folder).status == 2
    assert run("bundle", folder, "-o", tmp_path / "p.rar").status == 2
    assert run("bundle", folder, "-o", tmp_path / "p.zip", "--report", tmp_path / "no.xlsx").status == 2
    assert run("verify", tmp_path / "no.zip").status == 2
    assert run("verify", folder / "nth.xlsx").status == 2
    assert run("bundle", folder, "-o", tmp_path / "no" / "p.zip").status == 3
    made = report(folder, "r.xlsx")
    assert bundle(folder, made.with_suffix(".zip"), made).status == 0


def test_a_bundle_kept_among_the_returns_is_no_return(folder: Path, tmp_path: Path) -> None:
    made = report(folder, "r.xlsx")
    first = packed(folder, folder / "p.zip", made).read_bytes()
    again = report(folder, "again.xlsx")
    assert again.read_bytes() == made.read_bytes()
    assert packed(folder, tmp_path / "q.zip", made).read_bytes() == first
    with zipfile.ZipFile(folder / "p.zip") as archive:
        archive.extractall(folder / "unpacked")
    assert report(folder, "third.xlsx").read_bytes() == made.read_bytes()


def test_a_provisional_period_and_hostile_names_are_packed_too(tmp_path: Path) -> None:
    folder = write_year(tmp_path / ("2021 (nháp) --lang 'x" + (": " if os.name != "nt" else "")))
    (folder / "nth.xlsx").rename(folder / "=cmd|' & $(x) _v2.xlsx")
    (folder / "hỏng.xlsx").write_bytes(b"PK\x03\x04 damaged")
    made = report(folder, "r; rm -rf ~.xlsx")
    done = bundle(folder, tmp_path / "p.zip", made)
    assert done.status == 1  # of the returns
    data = verified(tmp_path / "p.zip")
    assert data["agrees"], data["findings"]


@pytest.mark.slow
@pytest.mark.parametrize("year", ["2021", "2025"])
def test_the_samples_verify(year: str, tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / year, tmp_path / year)
    reports = [report(tmp_path / year, f"r{suffix}", "--lang", "vi") for suffix in ALL]
    data = verified(packed(tmp_path / year, tmp_path / "p.zip", *reports))
    assert data["agrees"]
    assert codes(data) == set()


def test_a_folder_with_data_of_persons_gives_no_bundle_until_they_are_gone(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    shutil.copytree(SAMPLES / "2021-messy", folder)
    done = bundle(folder, tmp_path / "p.zip", report(folder, "r.xlsx"))
    assert done.status == 1
    assert {code for code in ("B301", "B305") if code in done.stdout} == {"B305"}
    persons = {f["file"] for f in run("validate", folder, "--format", "json").data["findings"]
               if f["code"].startswith("D1")}  # fmt: skip
    for file in persons:
        assert file in done.stdout
        (folder / file).unlink()
    path = packed(folder, tmp_path / "p.zip", report(folder, "r.xlsx"), report(folder, "r.html"))
    assert verified(path)["agrees"]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("bundle {folder} -o p", "the name of the output, “p”, must end in .zip; for example: -o p.zip"),
        (
            "bundle {folder} -o p.tar",
            "the name of the output, “p.tar”, must end in .zip; for example: -o p.zip",
        ),
        ("bundle {folder} -o .", "must end in .zip; for example: -o report.zip"),
        ("report {folder} -o out", "must end in .xlsx, .html, .docx, .md; for example: -o out.xlsx"),
        ("adopt {folder} -o out.csv", "must end in .xlsx; for example: -o out.xlsx"),
        ("verify {folder}", "is a folder; this command checks the .zip file that antq-stats bundle wrote"),
    ],
)
def test_a_name_of_another_kind_is_refused_with_one_that_serves(
    folder: Path, command: str, told: str
) -> None:
    refused = run(*(word.format(folder=folder) for word in command.split()), "--lang", "en")
    assert refused.status == 2
    assert told in " ".join(refused.stderr.split())
