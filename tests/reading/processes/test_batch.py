"""A batch of files as it is sent to a worker."""

from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from antq_stats.reading.processes.reader_process import Batch

NAMES = st.text(st.sampled_from("ab/\\ệ"), min_size=1, max_size=6)
FILES = st.tuples(st.sampled_from(["/years/", "C:\\years\\", "", "/yea"]), NAMES, st.booleans()).map(
    lambda drawn: (drawn[0] + drawn[1] if drawn[2] else drawn[0], drawn[1])
)


@given(st.lists(FILES, max_size=6))
def test_a_batch_gives_back_its_files(files: list[tuple[str, str]]) -> None:
    assert pickle.loads(pickle.dumps(Batch.of(files))).located() == files  # noqa: S301 - made here


def test_files_of_a_folder_take_little_more_than_their_names() -> None:
    files = [
        (f"/a/long/way/down/to/the/2021/Huyện-{n}/xa-{n}.xlsx", f"Huyện-{n}/xa-{n}.xlsx") for n in range(48)
    ]
    names = sum(len(file.encode()) for _, file in files)
    assert len(pickle.dumps(Batch.of(files))) < names + 10 * len(files)
