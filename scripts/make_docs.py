"""Writes the pages of docs/ that the program itself can tell; with --check only compares them.

codes.md has all findings, cli.md every --help, form.md and units.md the keys of form.toml and the columns of
units.csv, house.md and house.svg the rooms of the program.

python scripts/make_docs.py [--check]
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from docs_form import form_pages  # noqa: E402 - the script runs in a checkout that is not installed
from docs_house import house_pages  # noqa: E402

from antq_stats.findings import catalogue  # noqa: E402
from antq_stats.findings.finding import Severity  # noqa: E402
from antq_stats.plan import Limits  # noqa: E402
from antq_stats.words.language import LANGUAGES, Language, phrase  # noqa: E402

MARKS: dict[Severity, str] = {"hard": "H", "soft": "S", "note": "N"}

INTRODUCTION = """\
<!-- Made by scripts/make_docs.py from findings/catalogue.toml: change that, then run the script. -->

# Các mã phát hiện · Codes of findings

Mỗi điều phần mềm phát hiện trong báo cáo có một mã. Chữ cái cho biết loại, mức (H, S, N) cho biết nặng nhẹ:
{severities_vi}. Trên máy: `antq-stats explain C302`.

Everything that is found in a return has a code. Its letter tells the family, its severity (H, S, N) how much
it weighs: {severities_en}. On the machine: `antq-stats explain C302 --lang en`.

Chữ trong ‹ › được thay bằng số liệu cụ thể. · Words in ‹ › stand for what was found.
"""


STATUSES = (
    ("0", "không có gì sai", "nothing is wrong"),
    (
        "1",
        "số liệu còn lỗi phải sửa; phần in ra được đánh dấu tạm tính",
        "the data has hard findings; what is shown is marked provisional",
    ),
    (
        "2",
        "gọi lệnh sai, hoặc biểu mẫu, danh mục, thư mục không dùng được",
        "the command was misused, or the form, register or folder cannot be used",
    ),
    (
        "3",
        "không ghi được kết quả; tệp cũ còn nguyên",
        "the output could not be written; the old file is whole",
    ),
    (
        "70",
        "lỗi bên trong chương trình; đã in ra dòng cần báo",
        "an internal error; the line to report was printed",
    ),
    ("130", "bị dừng bằng Ctrl-C", "stopped by Ctrl-C"),
)
LIMITS = (
    ("seconds", "thời gian đọc một tệp (giây)", "seconds that reading one file may take"),
    ("memory", "bộ nhớ của tiến trình đọc (MiB)", "memory of the process that reads (MiB)"),
    ("file", "cỡ tệp (MiB)", "size of the file (MiB)"),
    ("expanded", "cỡ tệp sau khi giải nén (MiB)", "size of the file unpacked (MiB)"),
    ("cells", "số ô có nội dung", "cells that hold something"),
)
LIMITS_INTRODUCTION = """\

## --limit

Mỗi tệp được đọc trong một tiến trình riêng có giới hạn; tệp vượt giới hạn thành một phát hiện (F106, F107),
các tệp khác không bị ảnh hưởng. Nới ra khi cần: `--limit seconds=120 --limit cells=20000000`.

Each file is read in a process of its own that has limits; a file that exceeds one becomes a finding (F106,
F107) and costs the others nothing. Raise them where needed: `--limit seconds=120 --limit cells=20000000`.

| | mặc định · default | | |
| --- | --: | --- | --- |"""
CLI_INTRODUCTION = """\
<!-- Made by scripts/make_docs.py from the program's own --help: change the phrases, then run the script. -->

# Các lệnh · Commands

Kết quả ra stdout; mọi thông báo ra stderr. Ngôn ngữ: `--lang`, rồi biến `ANTQ_STATS_LANG`, rồi ngôn ngữ của
máy, rồi tiếng Việt.

Results go to stdout, everything else to stderr. Language: `--lang`, else `ANTQ_STATS_LANG`, else a Vietnamese
or English locale, else Vietnamese. `NO_COLOR` is respected; colour and progress are shown on a terminal only.
"""


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them; return the exit status."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    differs = False
    for name, made in {"codes.md": page(), "cli.md": cli_page(), **form_pages(), **house_pages()}.items():
        target = ROOT / "docs" / name
        if not arguments:
            target.parent.mkdir(exist_ok=True)
            target.write_text(made, encoding="utf-8", newline="\n")
        elif not target.is_file() or target.read_text(encoding="utf-8") != made:
            print(f"docs/{name} is not what the program says: run scripts/make_docs.py", file=sys.stderr)
            differs = True
    return int(differs)


def cli_page() -> str:
    """Return the page of commands: the help of each in both languages, exit statuses, limits."""
    parts = [CLI_INTRODUCTION]
    for command in commands():
        parts.append(f"## antq-stats {command}".rstrip() + "\n")
        parts += [f"```text\n{help_of(command, lang)}```\n" for lang in LANGUAGES]
    parts.append("## Mã kết thúc · Exit statuses\n\n| | | |\n| --: | --- | --- |")
    parts += [f"| {number} | {vi} | {en} |" for number, vi, en in STATUSES]
    parts.append(LIMITS_INTRODUCTION)
    for name, vi, en in LIMITS:
        parts.append(f"| `{name}` | {limit_default(name)} | {vi} | {en} |")
    return "\n".join(parts) + "\n"


def commands(above: str = "") -> list[str]:
    """Return a command and those below it, in the order of its help."""
    listed = help_of(above, "en").partition("\nCommands:\n")[2]
    names = re.findall(r"^  ([a-z][a-z-]*)  ", listed, re.MULTILINE)
    return [above, *(command for name in names for command in commands(f"{above} {name}".strip()))]


def limit_default(name: str) -> str:
    """Return the default of a limit."""
    limits = Limits()._asdict()
    return f"{limits.get(name, limits.get(f'{name}_mib')):.0f}"


@cache
def help_of(command: str, lang: Language) -> str:
    """Return what a command's --help prints, at a width of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1", "COLUMNS": "100"}
    environment.pop("ANTQ_STATS_LANG", None)
    done = subprocess.run(
        [sys.executable, "-m", "antq_stats", *command.split(), "--help", "--lang", lang],
        capture_output=True, check=True, encoding="utf-8", env=environment, timeout=120,
    )  # fmt: skip
    if not done.stdout.startswith(phrase("help.usage", lang)):
        raise SystemExit(f"{command} --help --lang {lang} says something else: {done.stdout[:200]}")
    return done.stdout


def page() -> str:
    """Return the page of codes."""
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
    lines = ["| Mã · Code | Mức · Severity | Nội dung | Message |", "| --- | :-: | --- | --- |"]
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
    heads = (("Cách sửa", "Vì sao", "Ví dụ"), ("How to fix it", "Why", "Example"))
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
