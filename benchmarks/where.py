"""Sampling profiler of reading: samples the stack while one process reads a folder.

    python benchmarks/where.py FOLDER [FILES]

Prints for each function of the package the share of the samples in which it was on the stack, and the time
per file. A sample is taken after the C call that it interrupts, so only functions are reported and no lines.
Files are read in groups, step by step, as workers read them.
"""

from __future__ import annotations

import gc
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from types import FrameType

from datasets import Dataset

import antq_stats
from antq_stats.collection.intake import Intake
from antq_stats.reading.discover import discover
from antq_stats.reading.express.layout_cache import LayoutCache
from antq_stats.reading.receive import receive_all

_EVERY = 0.0005
"""CPU seconds between samples; most systems sample less often."""
_FIRST = 20
"""Number of files read before sampling, so that learning a layout is not measured."""
_LEAST = 0.01
_HOME = str(Path(antq_stats.__file__).parent)


def main(folder: Path, most: int) -> None:
    """Read a number of files of a folder and print where the time went."""
    plan = Intake.open(folder).plan
    sources = discover(folder).sources[: _FIRST + most]
    layouts = LayoutCache(plan, after=0)
    Dataset(folder, "").warm()
    files = [(source.path, source.file) for source in sources]
    receive_all(plan, files[:_FIRST], layouts)
    gc.freeze()
    seen: Counter[str] = Counter()

    def look(_signal: int, frame: FrameType | None) -> None:
        stack = set()
        while frame is not None:
            code = frame.f_code
            if code.co_filename.startswith(_HOME):
                stack.add(f"{code.co_filename[len(_HOME) + 1 :]} {code.co_qualname}")
            frame = frame.f_back
        seen.update(stack)

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)
    start = time.process_time()
    receive_all(plan, files[_FIRST:], layouts)
    taken = time.process_time() - start
    signal.setitimer(signal.ITIMER_PROF, 0)
    count = len(files) - _FIRST
    samples = max(seen.values())
    each = taken / count * 1e6
    print(f"{count} files, {each:.0f} us each, {layouts.recalled} by a layout, {samples} samples")
    for name, count in seen.most_common():
        if count >= _LEAST * samples:
            print(f"{count / samples:5.0%} {count / samples * each:6.0f} us  {name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000)
