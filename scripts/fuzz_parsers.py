"""Fuzz every parser of this package, guided by coverage.

``python scripts/fuzz_parsers.py [--seconds N] [--corpus DIR] [TARGET]...`` gives each target of
``tests/helpers/fuzz_targets.py`` (all if none is named) N seconds of inputs that reach new lines of the
package. The smallest set of inputs with the same coverage is kept in DIR for the next run. If a target fails,
it exits with status 1 and leaves the input beside the corpus. It needs atheris, which is not available for
every system: ``pip install -e '.[fuzz]'``.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
_LONGEST = 20_000
"""Largest input, in bytes."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument(
        "--corpus", type=Path, default=ROOT / "build" / "fuzz", help="what was learned before"
    )
    parser.add_argument("--one", help=argparse.SUPPRESS)  # a target in a process of its own
    return parser.parse_args()


def _fuzz(name: str, launcher: str, options: list[str]) -> None:
    """Fuzz one target in this process, which the fuzzer ends; it restarts itself with the launcher."""
    import atheris

    with atheris.instrument_imports(include=["antq_stats"], enable_loader_override=False):
        from helpers.fuzz_targets import TARGETS
    run = TARGETS[name].run
    atheris.Setup([launcher, *options], run)
    atheris.Fuzz()


def _launcher(name: str, folder: Path) -> Path:
    """Write the program that fuzzes one target."""
    path = folder / "fuzz"
    command = shlex.join([sys.executable, __file__, "--one", name, str(path)])
    path.write_text(f'#!/bin/sh\nexec {command} "$@"\n', "utf-8")
    path.chmod(0o700)
    return path


def _ended(launcher: Path, options: list[str]) -> int:
    return subprocess.run([launcher, *options], check=False, cwd=ROOT).returncode


def _campaign(name: str, seconds: int, corpus: Path) -> bool:
    """Fuzz a target, keep the smallest set of inputs with the same coverage; return whether it passed."""
    from helpers.fuzz_targets import TARGETS

    kept, failed = corpus / name, corpus / f"{name}-failed-"
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        begun, grown = Path(folder) / "seeds", Path(folder) / "grown"
        begun.mkdir()
        grown.mkdir()
        for at, seed in enumerate(TARGETS[name].seeds()):
            (begun / str(at)).write_bytes(seed)
        limits = [f"-max_len={_LONGEST}", "-timeout=20", "-rss_limit_mb=2048", f"-artifact_prefix={failed}"]
        launcher = _launcher(name, Path(folder))
        status = _ended(launcher, [str(grown), str(kept), str(begun), f"-max_total_time={seconds}", *limits])
        fewest = Path(folder) / "fewest"
        fewest.mkdir()
        _ended(launcher, ["-merge=1", str(fewest), str(kept), str(grown), *limits])
        for old in kept.iterdir():
            old.unlink()
        for new in fewest.iterdir():
            new.rename(kept / new.name)
    return status == 0


def main() -> int:
    """Run the command."""
    if "--one" in sys.argv:
        at = sys.argv.index("--one")
        _fuzz(sys.argv[at + 1], sys.argv[at + 2], sys.argv[at + 3 :])
        return 0
    asked = _arguments()
    try:
        import atheris  # noqa: F401 - checks that it is installed
    except ImportError:
        sys.stderr.write(
            "atheris is not installed (it is not made for every system): pip install -e .[fuzz]\n"
        )
        return 2
    from helpers.fuzz_targets import TARGETS

    unknown = set(asked.targets) - TARGETS.keys()
    if unknown:
        sys.stderr.write(f"no target {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}\n")
        return 2
    failed = [
        name
        for name in asked.targets or TARGETS
        if not _campaign(name, asked.seconds, asked.corpus.resolve())
    ]
    sys.stdout.write(f"failed: {', '.join(failed)}\n" if failed else "all targets held\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
