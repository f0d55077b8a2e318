"""Which files of a folder are returns, which are versions of one return, and which are passed over."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_stats import output_marks
from antq_stats.reading.discover import discover, version_of
from antq_stats.reading.files.own_output import is_own_package, is_own_text
from antq_stats.reading.files.remote import RemoteFolder
from antq_stats.render.prose import built_in_template
from antq_stats.words.language import LANGUAGES, Language, phrase
from helpers.reading import read_folder
from helpers.returns import W1, W2, commune, setup, write_csv, write_xlsx

VERSIONS = [
    ("muong-lai", ("muong-lai", (), False)),
    ("muong-lai_v2", ("muong-lai", (2,), False)),
    ("muong-lai-V3", ("muong-lai", (3,), False)),
    ("muong lai v.2", ("muong lai", (2,), False)),
    ("muong-lai ver 2", ("muong-lai", (2,), False)),
    ("muong-lai (2)", ("muong-lai", (2,), False)),
    ("muong-lai(12)", ("muong-lai", (12,), False)),
    ("muong-lai lần 2", ("muong-lai", (2,), False)),
    ("muong-lai Lần2", ("muong-lai", (2,), False)),
    ("muong-lai-lan2", ("muong-lai", (2,), False)),
    ("muong-lai_lan_3", ("muong-lai", (3,), False)),
    ("thon 2", ("thon 2", (), False)),
    ("biểu 01", ("biểu 01", (), False)),
    ("to-dan-pho-5", ("to-dan-pho-5", (), False)),
    ("xa-minh-lan", ("xa-minh-lan", (), False)),
    ("phu-lan2", ("phu", (2,), False)),  # nothing tells a second sending from a name that ends in Lan
    ("halan2", ("halan2", (), False)),
    ("rev2", ("rev2", (), False)),
    ("(2)", ("(2)", (), False)),
    ("v2", ("v2", (), False)),
    ("2021", ("2021", (), False)),
    ("muong-lai_v2 (1)", ("muong-lai", (2, 1), False)),
    ("muong-lai lần 2(3)", ("muong-lai", (2, 3), False)),
    ("muong-lai (1) (2)", ("muong-lai (1)", (2,), False)),
    ("luc-yen (2)/muong-lai", ("luc-yen (2)/muong-lai", (), False)),
    ("muong-lai - Copy", ("muong-lai", (), True)),
    ("muong-lai - Copy (2)", ("muong-lai", (), True)),
    ("muong-lai - Copy - Copy", ("muong-lai", (), True)),
    ("muong-lai_v2 - Copy", ("muong-lai", (2,), True)),
    ("muong-lai - Copy_v2", ("muong-lai", (2,), True)),
    ("Copy of muong-lai", ("muong-lai", (), True)),
    ("Copy (2) of muong-lai_v3", ("muong-lai", (3,), True)),
    ("muong-lai (copy)", ("muong-lai", (), True)),
    ("muong-lai (another copy)", ("muong-lai", (), True)),
    ("muong-lai (3rd copy)", ("muong-lai", (), True)),
    ("muong-lai copy 2", ("muong-lai", (), True)),
    ("muong-lai - Bản sao", ("muong-lai", (), True)),
    ("muong-lai - Bản sao (2)", ("muong-lai", (), True)),
    ("muong-lai (bản sao)", ("muong-lai", (), True)),
    ("Bản sao của muong-lai", ("muong-lai", (), True)),
    ("luc-yen/Bản sao của muong-lai lần 2", ("luc-yen/muong-lai", (2,), True)),
    ("muong-lai-ban-sao", ("muong-lai", (), True)),
    ("photocopy", ("photocopy", (), False)),
    ("Copy", ("copy", (), False)),
    ("ban-sao", ("ban-sao", (), False)),
]


@pytest.mark.parametrize(("stem", "expected"), VERSIONS)
def test_version_marks(stem: str, expected: tuple[str, tuple[int, ...], bool]) -> None:
    assert version_of(stem)[:3] == expected


@pytest.mark.parametrize(
    ("stem", "is_stated"),
    [
        ("xa_v2", True),
        ("xa lần 2", True),
        ("xa_v2 (1)", True),
        ("xa (2)", False),
        ("xa - Copy", False),
        ("xa", False),
    ],
)
def test_only_a_mark_that_a_person_wrote_is_stated(stem: str, is_stated: bool) -> None:
    assert version_of(stem).is_stated == is_stated


@given(st.text(max_size=40))
def test_a_version_mark_is_cut_from_the_end_only(stem: str) -> None:
    bare, version, is_copy, is_stated = version_of(stem)
    assert version or not is_stated
    assert is_copy or stem.casefold().startswith(bare)
    assert (bare == stem.casefold()) == (version == ()) or is_copy
    assert bare or not stem


def test_the_order_of_files_is_that_of_their_paths(tmp_path: Path) -> None:
    for name in ("b/2.csv", "a/9.csv", "a/10.csv", "c.csv", "b/a/1.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [source.file for source in discover(tmp_path).sources] == [
        "a/10.csv",
        "a/9.csv",
        "b/2.csv",
        "b/a/1.csv",
        "c.csv",
    ]


def test_a_hidden_folder_is_passed_over_whole(tmp_path: Path) -> None:
    for name in (".git/a.xlsx", ".git/b.xlsx", "x/.cache/c.xlsx"):
        (tmp_path / name).parent.mkdir(parents=True) if not (tmp_path / name).parent.exists() else None
        (tmp_path / name).write_text("x")
    found = discover(tmp_path)
    assert (found.sources, found.passed_over, found.findings) == ([], 2, [])


def test_a_missing_folder_is_the_callers_business(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        discover(tmp_path / "none")


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("xa_v2.xlsx", "xa.xlsx"),
        ("xa lần 3.xlsx", "xa (2).xlsx"),
        ("XA_V2.xlsx", "xa.csv"),
        ("xa_v10.xlsx", "xa_v9.xlsx"),
    ],
)
def test_the_highest_version_stands(tmp_path: Path, newer: str, older: str) -> None:
    setup(tmp_path)
    for name, figure in ((older, 7), (newer, 5)):
        write = write_csv if name.endswith("csv") else write_xlsx
        write(tmp_path / name, commune((figure, 1), (figure, 1), villages=(W1, W2)))
    outcome = read_folder(tmp_path)
    assert outcome.figure("trau", "0702") == (10, 2, 2, False, 0, False)
    assert outcome.at("F202") == [(older, None, None)]
    assert outcome.hard == []


def test_numbered_files_of_other_units_are_no_versions(tmp_path: Path) -> None:
    setup(tmp_path)
    write_xlsx(tmp_path / "biểu (1).xlsx", commune())
    write_xlsx(tmp_path / "biểu (2).xlsx", commune(villages=(W1, W2)))
    outcome = read_folder(tmp_path)
    assert outcome.codes == []
    assert outcome.figure("trau")[:3] == (50, 5, 5)


OWN = [
    (b"\xef\xbb\xbfunit,name,level,parent,a,b\n1,x,y,,1,2\n", ".csv", True),
    (b"code,name,severity,rule,file,sheet,cell,row\n", ".csv", True),
    (b"code,name,level,parent\n", ".csv", False),
    ("Mã thôn,unit,name\n".encode(), ".csv", False),
    (b'{\n "antq_stats": "0.1.0",\n "period"', ".json", True),
    (b'{"antq": 1}', ".json", False),
    (b'[\n {\n  "unit": "07",\n  "name": "T",\n  "level": "p",', ".json", True),
    (b'[{"unit": 7}]', ".json", False),
    ("Đã nhận báo cáo kỳ 2021. Chúng tôi đọc được như sau:\n".encode(), ".txt", True),
    ("Kính gửi các đồng chí\nKỳ họp\nkỳ 2021\n".encode(), ".txt", False),
    (b"PK\x03\x04\x00\x00", ".csv", False),
    (b"", ".txt", False),
    (b"unit,name,level,parent,a\n", ".xlsx", False),
    (b'<!DOCTYPE html>\n<html lang="vi">\n<meta name="generator" content="antq-stats 0.1.0">', ".html", True),
    (b'<!DOCTYPE html>\n<html lang="vi">\n<meta name="generator" content="antq-stats 0.1.0">', ".md", False),
    (b'<html><meta name="generator" content="Excel"><p>antq-stats 0.1.0</p>', ".html", False),
    (b"<!-- antq-stats report -->\n\n# T\n", ".md", True),
    (b"# T\n\n<!-- antq-stats report -->\n", ".md", False),
]

EARLIER = [
    "Nothing was found wrong.\n",
    "No unit has anything to mend.\n",
    "# No unit has anything to mend.\n",
    "# It is not known whose the following are; look at them before calling:\n\n1. File a.xlsx\n",
    "To xã Mường Lai,\n\nSo far we have no figures of yours for the period 2021.\n",
    "To xã Mường Lai,\n\nWe have received your return for the period 2021 (a.xlsx); 1 of the 2 rows\n",
    "Call list, period 2021: 2 units, those that matter most to the figures first\n",
    "Your return for 2021 was received. This is what we read:\n",
    "Who has answered\nPeriod 2021\n\nUnit  Reported\n────  ────────\n",
    "What was found\nPeriod 2021\n\n| Unit |\n| :-- |\n",
]


@pytest.mark.parametrize("text", EARLIER)
def test_texts_of_earlier_versions_are_still_known(text: str) -> None:
    assert is_own_text(text.encode(), ".txt")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", output_marks.BEGINNINGS)
def test_the_reader_knows_how_the_phrases_begin(key: str, lang: Language) -> None:
    facts = dict.fromkeys(("period", "unit", "files", "read", "expected", "count"), "\0")
    said = phrase(key, lang, **facts).partition("\0")[0]
    known = output_marks.BEGINNINGS[key][LANGUAGES.index(lang)]
    assert said == known or (key == "calls.unplaced-intro" and said.startswith(known))


def test_the_built_in_report_begins_with_its_mark() -> None:
    assert built_in_template(word=False).startswith(f"{output_marks.MARKDOWN_REPORT}\n".encode())


@pytest.mark.parametrize(("data", "suffix", "own"), OWN)
def test_what_the_tool_wrote_is_known_by_how_it_begins(data: bytes, suffix: str, own: bool) -> None:
    assert is_own_text(data, suffix) is own


def test_a_folder_of_results_is_passed_over_wherever_it_lies_but_not_the_one_that_is_read(
    tmp_path: Path,
) -> None:
    for place in ("a.csv", "cu/ket-qua/3-gui-lai/b.csv", "cu/ket-qua/c.csv", "cu/d.csv"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("x", "utf-8")
    (tmp_path / "cu/ket-qua" / output_marks.RESULT_FOLDER).write_text("{}", "utf-8")
    found = discover(tmp_path)
    assert [source.file for source in found.sources] == ["a.csv", "cu/d.csv"]
    assert found.passed_over == 1
    within = discover(tmp_path / "cu/ket-qua")
    assert [source.file for source in within.sources] == ["3-gui-lai/b.csv", "c.csv"]


def test_a_folder_of_results_behind_a_url_is_passed_over() -> None:
    fsspec = pytest.importorskip("fsspec")
    system = fsspec.filesystem("memory")
    for place in (
        "a.csv",
        "ket-qua/b.csv",
        "ket-qua/3-gui-lai/c.csv",
        f"ket-qua/{output_marks.RESULT_FOLDER}",
    ):
        system.pipe(f"/results-passed-over/{place}", b"x")
    found = discover(RemoteFolder("memory://results-passed-over"))
    assert [source.file for source in found.sources] == ["a.csv"]
    assert found.passed_over == 1


def _document(path: Path, category: str) -> None:
    made = "2000-01-01T00:00:00Z"
    dates = f"<dcterms:created>{made}</dcterms:created><dcterms:modified>{made}</dcterms:modified>"
    core = f"<cp:coreProperties>{dates}<cp:category>{category}</cp:category></cp:coreProperties>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
        archive.writestr("docProps/core.xml", core)


def test_reports_kept_in_the_periods_folder_are_passed_over(tmp_path: Path) -> None:
    setup(tmp_path)
    write_xlsx(tmp_path / "xa.xlsx", commune(villages=(W1, W2)))
    before = read_folder(tmp_path)
    _document(tmp_path / "bao-cao.docx", "antq-stats")
    page = '<!DOCTYPE html>\n<meta name="generator" content="antq-stats 0.1.0">\n<table><tr><td>1</table>'
    (tmp_path / "bao-cao.html").write_text(page)
    (tmp_path / "bao-cao.md").write_text(
        "<!-- antq-stats report -->\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    )
    after = read_folder(tmp_path)
    assert after.findings == before.findings
    assert after.passed_over == before.passed_over + 3


def test_other_documents_and_pages_are_reported(tmp_path: Path) -> None:
    setup(tmp_path)
    _document(tmp_path / "cong-van.docx", "report")
    (tmp_path / "trang.html").write_text("<!DOCTYPE html>\n<p>antq-stats</p>")
    outcome = read_folder(tmp_path)
    assert outcome.at("F204") == [("cong-van.docx", None, None), ("trang.html", None, None)]


def test_a_workbook_says_so_itself() -> None:
    assert is_own_package(b"<cp:coreProperties><cp:category>antq-stats</cp:category></cp:coreProperties>")
    assert not is_own_package(b"<cp:coreProperties><dc:title>antq-stats</dc:title></cp:coreProperties>")
    assert not is_own_package(b"<cp:category>antq-stats form</cp:category>")
