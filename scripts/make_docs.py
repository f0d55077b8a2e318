"""Writes docs/codes.md from the catalogue of findings; with --check only compares.

python scripts/make_docs.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from antq_stats import catalogue  # noqa: E402 - the script runs in a checkout that is not installed
from antq_stats.findings import Severity  # noqa: E402
from antq_stats.language import LANGUAGES  # noqa: E402

PAGE = ROOT / "docs" / "codes.md"
MARKS: dict[Severity, str] = {"hard": "H", "soft": "S", "note": "N"}

INTRODUCTION = """\
<!-- Made by scripts/make_docs.py from src/antq_stats/catalogue.toml: change that, then run the script. -->

# Các mã phát hiện · Codes of findings

Mỗi điều phần mềm phát hiện trong báo cáo có một mã. Chữ cái cho biết loại, mức (H, S, N) cho biết nặng nhẹ:
{severities_vi}. Trên máy: `antq-stats explain C302`.

Everything that is found in a return has a code. Its letter tells the family, its severity (H, S, N) how much
it weighs: {severities_en}. On the machine: `antq-stats explain C302 --lang en`.

Chữ trong ‹ › được thay bằng số liệu cụ thể. · Words in ‹ › stand for what was found.
"""


def main(arguments: list[str]) -> int:
    """Write the page, or compare it; return the exit status."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    made = page()
    if arguments:
        same = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == made
        if not same:
            print("docs/codes.md is not what the catalogue makes: run scripts/make_docs.py", file=sys.stderr)
        return 0 if same else 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(made, encoding="utf-8", newline="\n")
    return 0


def page() -> str:
    """Return the whole page."""
    parts = [
        INTRODUCTION.format(
            **{
                f"severities_{lang}": "; ".join(
                    f"**{mark}** {catalogue.severity_label(weight, lang)}" for weight, mark in MARKS.items()
                )
                for lang in LANGUAGES
            }
        )
    ]
    for letter, words in catalogue.families().items():
        codes = [item.code for item in catalogue.entries() if item.family == letter]
        parts.append(f"## {letter} · {words['vi']} · {words['en']}\n")
        parts.append(overview(codes))
        parts.extend(chapter(code) for code in codes)
    return "\n".join(parts)


def overview(codes: list[str]) -> str:
    """Return the table of a family."""
    lines = ["| Mã · Code | Mức · Severity | Nội dung | What was found |", "| --- | :-: | --- | --- |"]
    for code in codes:
        vi, en = (catalogue.explain(code, lang) for lang in LANGUAGES)
        link = f"[{code} {vi.name}](#{code.lower()}-{vi.name})"
        lines.append(f"| {link} | {MARKS[vi.severity]} | {in_cell(vi.message)} | {in_cell(en.message)} |")
    return "\n".join(lines) + "\n"


def chapter(code: str) -> str:
    """Return the entry of one code, Vietnamese first."""
    vi, en = (catalogue.explain(code, lang) for lang in LANGUAGES)
    lines = [f"### {code} {vi.name}", ""]
    if vi.retired:
        lines += [f"*Không dùng nữa · retired*{f' → {vi.now}' if vi.now else ''}", ""]
    lines += [
        f"**{vi.severity_label}** · {en.severity_label} · {vi.since}"
        + (f" · {vi.source}" if vi.source else ""),
        "",
    ]
    heads = (("Cách sửa", "Vì sao", "Ví dụ"), ("How to mend it", "Why", "Example"))
    for words, (mend, why, example) in zip((vi, en), heads, strict=True):
        lines += [
            f"**{words.message}**",
            "",
            f"- {mend}: {words.hint}",
            f"- {why}: {words.why}",
            f"- {example}: {as_code(words.before)} → {as_code(words.after)}",
            "",
        ]
    return "\n".join(lines)


def in_cell(text: str) -> str:
    """Return text that keeps inside its cell of a Markdown table."""
    return text.replace("|", "\\|").replace("*", "\\*")


def as_code(text: str) -> str:
    """Return text as it stands, whatever signs are in it."""
    return f"`{text}`"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
