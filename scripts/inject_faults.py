"""Let each system call fail in turn while results are written, and check how the run ends.

    python scripts/inject_faults.py                 every fault of every command (an hour)
    python scripts/inject_faults.py --seconds 50    a sample with a fixed seed

A small library, compiled with the system's C compiler and preloaded, lets the nth call of one kind on the
output folder fail. A run must end with exit status 0 to 3, without traceback and temporary files, and with
every file complete, old or new. If the library cannot be compiled or preloaded, the script says so and ends.
"""

from __future__ import annotations

import argparse
import errno
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
MESSY = ROOT / "data" / "samples" / "2021-messy"
COMMANDS: dict[str, tuple[str, ...]] = {
    "template": ("template", str(ROOT / "data" / "samples" / "2021"), "--under", "137", "-o", "OUT"),
    "call list": ("validate", str(MESSY), "--by-sender", "-o", "OUT"),
    "marked copies": ("validate", str(MESSY), "--format", "xlsx", "-o", "OUT"),
    "receipts": ("status", str(MESSY), "--receipts", "OUT"),
    "aggregate": ("aggregate", str(MESSY), "-o", "OUT/sums.csv"),
    "report xlsx": ("report", str(MESSY), "-o", "OUT/report.xlsx"),
    "report docx": ("report", str(MESSY), "-o", "OUT/report.docx"),
    "report html": ("report", str(MESSY), "-o", "OUT/report.html"),
}
CALLS = ("stat", "open", "write", "fsync", "rename", "mkdir", "chmod")
ERRORS = ("EIO", "EACCES", "ENOSPC")

LIBRARY = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static int counted;

/* Tell whether this call is to fail: of the kind asked for, under the folder, the nth. */
static int fails(const char *kind, const char *path) {
    const char *wanted = getenv("FAULT_CALL"), *under = getenv("FAULT_UNDER"), *log = getenv("FAULT_LOG");
    if (!wanted || !under || !log || !path || strcmp(kind, wanted)) return 0;
    if (strncmp(path, under, strlen(under))) return 0;
    int file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (file >= 0) { syscall(SYS_write, file, "x", 1); syscall(SYS_close, file); }
    if (++counted != atoi(getenv("FAULT_NTH"))) return 0;
    errno = atoi(getenv("FAULT_ERRNO"));
    return 1;
}
static const char *name_of(int file) {
    static char name[4096];
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t size = syscall(SYS_readlinkat, AT_FDCWD, link, name, sizeof name - 1);
    if (size < 0) return NULL;
    name[size] = 0;
    return name;
}
#define NEXT(type, name) __typeof__(type) real = (__typeof__(type))dlsym(RTLD_NEXT, name)
#define STAT(name) int name(const char *path, void *to) { \
    if (fails("stat", path)) return -1; \
    NEXT((int (*)(const char *, void *))0, #name); return real(path, to); }
STAT(stat)
STAT(lstat)
#undef stat64
#undef lstat64
STAT(stat64)
STAT(lstat64)
#define STATAT(name) int name(int at, const char *path, void *to, int flags) { \
    if (fails("stat", path)) return -1; \
    NEXT((int (*)(int, const char *, void *, int))0, #name); return real(at, path, to, flags); }
STATAT(fstatat)
#undef fstatat64
STATAT(fstatat64)
#define OPEN(name) int name(const char *path, int flags, ...) { \
    va_list rest; va_start(rest, flags); int mode = va_arg(rest, int); va_end(rest); \
    if (fails("open", path)) return -1; \
    NEXT((int (*)(const char *, int, ...))0, #name); return real(path, flags, mode); }
OPEN(open)
#undef open64
OPEN(open64)
ssize_t write(int file, const void *bytes, size_t size) {
    if (fails("write", name_of(file))) return -1;
    NEXT((ssize_t (*)(int, const void *, size_t))0, "write"); return real(file, bytes, size);
}
int fsync(int file) {
    if (fails("fsync", name_of(file))) return -1;
    NEXT((int (*)(int))0, "fsync"); return real(file);
}
int rename(const char *from, const char *to) {
    if (fails("rename", to)) return -1;
    NEXT((int (*)(const char *, const char *))0, "rename"); return real(from, to);
}
int mkdir(const char *path, mode_t mode) {
    if (fails("mkdir", path)) return -1;
    NEXT((int (*)(const char *, mode_t))0, "mkdir"); return real(path, mode);
}
int chmod(const char *path, mode_t mode) {
    if (fails("chmod", path)) return -1;
    NEXT((int (*)(const char *, mode_t))0, "chmod"); return real(path, mode);
}
"""


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


class Harness:
    """Runs commands with faults in its own folder."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.library = place / "faults.so"
        self.out = place / "out"
        self.log = place / "log"

    def compile(self) -> str | None:
        """Compile the library; return why it cannot be compiled, or None."""
        compiler = shutil.which("cc") or shutil.which("gcc")
        if sys.platform != "linux" or compiler is None:
            return "it needs Linux and a C compiler"
        source = self.place / "faults.c"
        source.write_text(LIBRARY, encoding="utf-8")
        command = [compiler, "-shared", "-fPIC", "-w", "-o", str(self.library), str(source), "-ldl"]
        made = subprocess.run(command, check=False, capture_output=True, text=True)
        return None if made.returncode == 0 else f"the library cannot be compiled: {made.stderr[:300]}"

    def run(self, command: str, call: str, nth: int, error: str) -> tuple[int, str, int]:
        """Run a command with a fault; return its status, its stderr, and the number of calls of that kind."""
        self.log.unlink(missing_ok=True)
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "ANTQ_STATS_LANG": "en",
            "LD_PRELOAD": str(self.library),
            "FAULT_CALL": call,
            "FAULT_UNDER": str(self.out),
            "FAULT_NTH": str(nth),
            "FAULT_ERRNO": str(getattr(errno, error)),
            "FAULT_LOG": str(self.log),
        }
        arguments = [word.replace("OUT", str(self.out)) for word in COMMANDS[command]]
        done = subprocess.run(
            [sys.executable, "-m", "antq_stats", *arguments, "--jobs", "1"],
            check=False, capture_output=True, env=environment,
        )  # fmt: skip
        calls = self.log.stat().st_size if self.log.exists() else 0
        return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace"), calls

    def fresh(self, before: dict[str, bytes]) -> None:
        """Set up the folder as an earlier run leaves it."""
        shutil.rmtree(self.out, ignore_errors=True)
        self.out.mkdir()
        for name, content in before.items():
            (self.out / name).parent.mkdir(parents=True, exist_ok=True)
            (self.out / name).write_bytes(content)

    def fault_of(self, command: str, call: str, nth: int, error: str, whole: dict[str, bytes]) -> str | None:
        """Run a command with a fault over the results of a good run; return what is wrong, or None."""
        # existing files are overwritten, blank returns too
        self.fresh(whole)
        status, stderr, _ = self.run(command, call, nth, error)
        if status not in (0, 1, 2, 3):
            return f"exit status {status}: {stderr.strip()[-300:]}"
        if "Traceback" in stderr:
            return f"a traceback: {stderr.strip()[-300:]}"
        now = _contents(self.out)
        strange = sorted(name for name in now if name not in whole)
        broken = sorted(name for name, content in whole.items() if now.get(name) != content)
        return f"left over {strange}, not whole {broken}" if strange or broken else None


def _cases(
    harness: Harness, commands: list[str]
) -> tuple[list[tuple[str, str, int, str]], dict[str, dict[str, bytes]]]:
    """Return every possible fault, and the results of good runs."""
    whole: dict[str, dict[str, bytes]] = {}
    cases = []
    for command in commands:
        harness.fresh({})
        harness.run(command, "none", 0, "EIO")
        whole[command] = _contents(harness.out)
        for call in CALLS:
            harness.fresh(whole[command])
            _, _, calls = harness.run(command, call, 0, "EIO")
            cases += [(command, call, nth, error) for nth in range(1, calls + 1) for error in ERRORS]
    return cases, whole


def main() -> int:
    """Run the faults; return 1 if a run ended wrongly."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, help="stop after so many, counted from the first fault")
    parser.add_argument("--only", choices=COMMANDS, action="append", help="only these commands")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        harness = Harness(Path(place).resolve())
        reason = harness.compile()
        if reason is not None:
            print(f"no faults injected: {reason}")
            return 0
        cases, whole = _cases(harness, given.only or list(COMMANDS))
        if not cases:
            print("no faults injected: the library is not preloaded here")
            return 0
        random.Random(0).shuffle(cases)
        end = None if given.seconds is None else time.monotonic() + given.seconds
        wrong = done = 0
        for command, call, nth, error in cases:
            if end is not None and time.monotonic() > end:
                break
            problem = harness.fault_of(command, call, nth, error, whole[command])
            done += 1
            if problem is not None:
                wrong += 1
                print(f"{command}: {error} at {call} no. {nth}: {problem}")
        print(f"{done} of {len(cases)} faults met, {wrong} runs ended wrongly")
        return 1 if wrong or not done else 0


if __name__ == "__main__":
    sys.exit(main())
