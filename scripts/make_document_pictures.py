"""Writes docs/pictures/*.svg: the documents that the program makes, as LibreOffice and Chromium show them.

    python scripts/make_document_pictures.py [NAME ...]

With names, such as ``return``, only those pictures are drawn. Needs LibreOffice, pdftocairo (poppler) and
Chromium. What they draw differs a little from version to version, so nothing compares these pictures; they
are drawn again when a document looks different.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from run_pages import type_in_cell

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
SAMPLES = ROOT / "data" / "samples"


def antq(*arguments: object) -> None:
    """Run the program in Vietnamese; hard findings are none of our business here."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "antq_stats", *map(str, arguments), "--lang", "vi", "-q"]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)


def program(*names: str) -> str:
    """Return the path of the first program that is there."""
    for name in names:
        if found := shutil.which(name):
            return found
    raise SystemExit(f"{names[0]} is needed")


def pdf_of(document: Path, work: Path) -> Path:
    """Print a document to PDF with LibreOffice."""
    subprocess.run(
        [
            program("soffice"), f"-env:UserInstallation=file://{work}/profile", "--headless",
            "--convert-to", "pdf", "--outdir", str(work), str(document),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return work / f"{document.stem}.pdf"


def page_pdf(document: Path, work: Path) -> Path:
    """Print a page to PDF as it stands on the screen."""
    from playwright.sync_api import sync_playwright

    target = work / "page.pdf"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program("chromium", "google-chrome"), args=["--no-sandbox"]
        )
        page = browser.new_context(bypass_csp=True).new_page()
        page.emulate_media(media="screen")
        page.goto(document.as_uri())
        page.add_style_tag(content="@page { margin: 0 }")
        page.pdf(path=str(target), width="1180px", height="1640px", print_background=True, page_ranges="1")
        browser.close()
    return target


def draw(pdf: Path, page: int, name: str) -> None:
    """Draw a page of a PDF as SVG, its coordinates rounded to a tenth of a point."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    target = PICTURES / f"{name}.svg"
    command = [program("pdftocairo"), "-svg", "-f", str(page), "-l", str(page), str(pdf), str(target)]
    subprocess.run(command, check=True)
    text = target.read_text("utf-8")
    text = re.sub(r"\d+\.\d\d+", lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), text)
    text = text.replace(
        "<?xml version", "<!-- Made by scripts/make_document_pictures.py -->\n<?xml version", 0
    )
    if name == "return":
        text = frame_mistake(text)
    target.write_text(text, "utf-8")
    print(f"{name}.svg: {len(text) // 1024} KiB")


def book(work: Path) -> Path:
    """Make the workbook of the report."""
    antq(*REPORT, work / "book.xlsx")
    return pdf_of(work / "book.xlsx", work)


def prose(work: Path) -> Path:
    """Make the text of the report."""
    antq(*REPORT, work / "prose.docx")
    return pdf_of(work / "prose.docx", work)


def page(work: Path) -> Path:
    """Make the page of the report."""
    antq(*REPORT, work / "page.html")
    return page_pdf(work / "page.html", work)


def blank(work: Path) -> Path:
    """Make a blank return."""
    antq("template", SAMPLES / "2021", "--under", "135", "--with", SAMPLES / "2020", "-o", work / "blank")
    return pdf_of(next((work / "blank").rglob("an-lac.xlsx")), work)


def copy(work: Path) -> Path:
    """Make a marked copy of a return."""
    antq("validate", SAMPLES / "2021-messy", "--format", "xlsx", "-o", work / "copies")
    return pdf_of(work / "copies" / "luc-yen" / "tan-linh.xlsx", work)


def return_(work: Path) -> Path:
    """Make the return of the tutorial, with its mistake."""
    target = work / "return.xlsx"
    shutil.copyfile(SAMPLES / "2021" / "luc-yen" / "an-lac.xlsx", target)
    for cell, text in (("H14", "12O"), ("H23", "1182"), ("I23", "73.8")):
        type_in_cell(target, "sheet1", cell, text)
    return pdf_of(target, work)


def frame_mistake(text: str) -> str:
    """Return the picture of that return without the empty half of its page, a frame around the mistake."""
    text = re.sub(
        r'<svg ([^>]*?)width="[^"]*" height="[^"]*" viewBox="[^"]*"',
        r'<svg \1viewBox="40 40 765 355"',
        text,
        count=1,
    )
    frame = '<rect x="441" y="240.5" width="70" height="11" fill="none" stroke="#c62828" stroke-width="2"/>'
    return text.replace("</svg>", f"{frame}\n</svg>")


REPORT = ("report", SAMPLES / "2021", "--with", SAMPLES / "2020", "-o")
MADE: dict[str, tuple[Callable[[Path], Path], int]] = {
    "book": (book, 1), "prose": (prose, 1), "page": (page, 1), "blank": (blank, 4), "copy": (copy, 2),
    "return": (return_, 1),
}  # fmt: skip
"""Pictures, what makes the document of each, and which page of it is drawn."""


def main(names: list[str]) -> None:
    """Make the documents from the samples and draw a page of each."""
    for name in names or MADE:
        document, number = MADE[name]
        with tempfile.TemporaryDirectory() as folder:
            draw(document(Path(folder)), number, name)


if __name__ == "__main__":
    main(sys.argv[1:])
