"""Texts to be checked and templates are bounded in size and time, as returns are."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import docx
import pytest

from antq_stats.collection.intake import Intake
from antq_stats.edits import edit
from antq_stats.figures.publication import publish
from antq_stats.plan import Limits
from antq_stats.reading.files.container import FileProblem
from antq_stats.text_check.check import check
from antq_stats.text_check.documents.bounds import CHARACTERS, TooMuch
from antq_stats.text_check.documents.document import KINDS, document_of
from helpers.command import run
from helpers.returns import V1, V2, V3, W1, W2, commune, setup, write_csv

pytestmark = pytest.mark.slow

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
GIVE_UP = ("--limit", "seconds=3")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    period = tmp_path / "2021"
    setup(period)
    write_csv(period / "a.csv", commune((10, 1), (20, 2), (30, 3), villages=(V1, V2, V3)))
    write_csv(period / "b.csv", commune((40, 4), (50, 5), villages=(W1, W2)))
    return period


def word(body: str, **parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, text in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:{name.rstrip('1')} {W}>{text}</w:{name.rstrip('1')}>")
    return stream.getvalue()


# -- reports ---------------------------------------------------------------------------------------

# What a text is made of again and again; work that grows with the square of it would take hours.
REPEATED = (
    "Có 150 con trâu. ", "150 con trâu, ", "Có 1 ", "150/150 ", "(", "[", "[](", "<!--", "~~x", "| ",
    ". ", "a.", "1,", "\n", "Dòng này dài hơn bốn mươi chữ nên nối vào dòng sau\n", "một ",
    "hai nghìn không trăm ", "năm 2021 ", "Xã ", "<sup>1",
)  # fmt: skip


def test_a_text_of_repeats_comes_to_its_end(folder: Path) -> None:
    opened = Intake.open(folder, period="2021")
    collection = opened.collect()
    publication = publish(collection, edit(collection))
    for kind in KINDS[1:]:
        for piece in REPEATED:
            data = ("Có 150 con trâu. " + piece * 60_000).encode()
            with suppress(TooMuch):  # what is told of it would be too long: that is an end too
                result = check(document_of(data, kind, Limits()).blocks, publication)
                assert result.checked[0].judged.verdict == "right"


def test_one_huge_paragraph_is_refused_in_words(folder: Path, tmp_path: Path) -> None:
    huge = word("<w:p>" + "<w:r><w:t>Có 150 con trâu, </w:t></w:r>" * (CHARACTERS // 16) + "</w:p>")
    assert len(huge) < 100_000
    (tmp_path / "bc.docx").write_bytes(huge)
    done = run("check-text", tmp_path / "bc.docx", folder, "--lang", "en")
    assert (done.status, done.stdout) == (2, "")
    assert "bc.docx is too long: more than 5,000,000 characters" in done.stderr


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (word("<w:p>" + "<w:r><w:t>" + "12 hộ " * (CHARACTERS // 5) + "</w:t></w:r></w:p>"), "docx"),
        (b"12 a\n\n" * (CHARACTERS // 5), "txt"),
        (("| a " * 4000 + "|\n" + "| b |\n" * 4000).encode(), "md"),
        (
            word(
                "<w:tbl>" + "<w:tr>" + '<w:tc><w:tcPr><w:gridSpan w:val="200"/></w:tcPr><w:p><w:r><w:t>'
                + "chữ " * 20_000 + "</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
            ),
            "docx",
        ),
    ],
)  # fmt: skip
def test_more_text_than_a_report_can_have(data: bytes, kind: str) -> None:
    with pytest.raises(TooMuch):
        document_of(data, kind, Limits())  # type: ignore[arg-type]


def test_fields_within_fields_have_an_end() -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    with pytest.raises(FileProblem):
        document_of(word(f"<w:p>{begin * 1000}</w:p>"), "docx", Limits())


def test_checking_ends_with_its_time(folder: Path, tmp_path: Path) -> None:
    """No time at all is left, so whatever the machine's speed it is used up."""
    (tmp_path / "bc.txt").write_text("Có 150 con trâu.", encoding="utf-8")
    done = run("check-text", tmp_path / "bc.txt", folder, "--limit", "seconds=0.000001", "--lang", "en")
    assert done.status == 2
    assert "--limit seconds=" in done.stderr


# -- templates -------------------------------------------------------------------------------------

ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
GROWING = "{{ 'x' * 2000000000 }}"
PADDED = "{{ 'x'|center(2000000000) }}"
DOUBLED = (
    "{% set all = namespace(x='x') %}{% for a in range(40) %}{% set all.x = all.x ~ all.x %}{% endfor %}"
)


def text_template(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def word_template(path: Path, text: str) -> Path:
    document = docx.Document()
    document.add_paragraph(text)
    document.save(str(path))
    return path


@pytest.mark.parametrize("suffix", ["md", "docx"])
def test_a_template_that_never_ends_is_stopped(folder: Path, tmp_path: Path, suffix: str) -> None:
    make = word_template if suffix == "docx" else text_template
    template = make(tmp_path / f"mau.{suffix}", ENDLESS)
    target = tmp_path / f"bc.{suffix}"
    done = run("report", folder, "-o", target, "--template", template, "--lang", "en", *GIVE_UP)
    assert (done.status, target.exists()) == (2, False), done.output
    assert f"Template mau.{suffix}: filling it in took more than 3 seconds" in done.stderr


@pytest.mark.parametrize("text", [GROWING, PADDED, DOUBLED])
@pytest.mark.parametrize("suffix", ["md", "docx"])
def test_a_template_that_takes_all_memory_is_stopped(
    folder: Path, tmp_path: Path, suffix: str, text: str
) -> None:
    pytest.importorskip("resource", reason="memory is bounded where the system can bound it")
    make = word_template if suffix == "docx" else text_template
    template = make(tmp_path / f"mau.{suffix}", text)
    target = tmp_path / f"bc.{suffix}"
    done = run(
        "report", folder, "-o", target, "--template", template, "--lang", "en", "--limit", "memory=512"
    )
    assert (done.status, target.exists()) == (2, False), done.output
    assert "needed too much memory (the limit is 512 MiB)" in done.stderr


def test_an_output_that_is_too_large_is_not_written(folder: Path, tmp_path: Path) -> None:
    template = text_template(tmp_path / "mau.md", "{{ 'x' * 20000000 }}" * 4)
    target = tmp_path / "bc.md"
    done = run("report", folder, "-o", target, "--template", template, "--lang", "en")
    assert (done.status, target.exists()) == (2, False), done.output
    assert "the report would be larger than 64 MiB" in done.stderr


def test_a_template_that_unpacks_to_too_much_is_refused(folder: Path, tmp_path: Path) -> None:
    template = word_template(tmp_path / "mau.docx", "MARK")
    with zipfile.ZipFile(template) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"MARK", b"{{ period }} " * 1_400_000)
    with zipfile.ZipFile(template, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    done = run("report", folder, "-o", tmp_path / "bc.docx", "--template", template, "--lang", "en")
    assert done.status == 2
    assert "expands to more than 16 MiB" in done.stderr
