"""Writes docs/pictures/*.svg: the documents that the program makes, as LibreOffice and Chromium show them.

    python scripts/make_document_pictures.py

Needs LibreOffice, pdftocairo (poppler) and Chromium. What they draw differs a little from version to
version, so nothing compares these pictures; they are drawn again when a document looks different.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

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
    target.write_text(text, "utf-8")
    print(f"{name}.svg: {len(text) // 1024} KiB")


def main() -> None:
    """Make the documents from the samples and draw a page of each."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        report = ("report", SAMPLES / "2021", "--with", SAMPLES / "2020", "-o")
        antq(*report, work / "book.xlsx")
        draw(pdf_of(work / "book.xlsx", work), 1, "book")
        antq(*report, work / "prose.docx")
        draw(pdf_of(work / "prose.docx", work), 1, "prose")
        antq(*report, work / "page.html")
        draw(page_pdf(work / "page.html", work), 1, "page")
        antq("template", SAMPLES / "2021", "--under", "135", "--with", SAMPLES / "2020", "-o", work / "blank")
        draw(pdf_of(next((work / "blank").rglob("an-lac.xlsx")), work), 3, "blank")
        antq("validate", SAMPLES / "2021-messy", "--format", "xlsx", "-o", work / "copies")
        draw(pdf_of(work / "copies" / "luc-yen" / "tan-linh.xlsx", work), 2, "copy")


if __name__ == "__main__":
    main()
