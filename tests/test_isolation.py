"""The pool that outlives its workers: real processes that die, hang and outgrow their memory."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import wait
from pathlib import Path

import pytest

from antq_stats.reading.isolation import IsolatedExecutor, WorkerLostError


def _nothing() -> None:
    pass


def _double(number: int) -> int:
    return 2 * number


def _die(signal_like: int) -> None:
    os._exit(signal_like)


def _hang() -> None:
    time.sleep(600)


def _fail(text: str) -> None:
    raise ValueError(text)


def _large(size: int) -> bytes:
    return b"x" * size


def _echo(content: bytes) -> bytes:
    return content


def _pid() -> int:
    return os.getpid()


@pytest.fixture
def pool() -> Iterator[IsolatedExecutor]:
    pool = IsolatedExecutor(2, 1.5, multiprocessing.get_context("spawn"), _nothing, ())
    yield pool
    pool.shutdown(wait=True, cancel_futures=True)


def test_calls_are_answered_each_by_its_own_result(pool: IsolatedExecutor) -> None:
    futures = [pool.submit(_double, number) for number in range(40)]
    assert [future.result(timeout=30) for future in futures] == [2 * number for number in range(40)]


def test_a_worker_that_dies_costs_its_own_call_only(pool: IsolatedExecutor) -> None:
    futures = [pool.submit(_die, 11) if number == 3 else pool.submit(_double, number) for number in range(12)]
    wait(futures, timeout=30)
    with pytest.raises(WorkerLostError) as lost:
        futures[3].result()
    assert lost.value.problem == "crash"
    assert [future.result() for number, future in enumerate(futures) if number != 3] == [
        2 * number for number in range(12) if number != 3
    ]


def test_a_worker_that_hangs_is_stopped_at_its_limit_and_replaced(pool: IsolatedExecutor) -> None:
    started = time.monotonic()
    hanging = [pool.submit(_hang), pool.submit(_hang)]
    after = [pool.submit(_double, number) for number in range(6)]
    assert [future.result(timeout=30) for future in after] == [0, 2, 4, 6, 8, 10]
    for future in hanging:
        with pytest.raises(WorkerLostError) as lost:
            future.result(timeout=30)
        assert lost.value.problem == "time"
    assert time.monotonic() - started < 25


def test_calls_that_lay_behind_a_lost_one_are_answered_too(pool: IsolatedExecutor) -> None:
    lost = {5: _die, 6: _die, 30: _die}
    futures = [
        pool.submit(lost[number], 11) if number in lost else pool.submit(_double, number)
        for number in range(120)
    ]
    futures[50:50] = [pool.submit(_hang)]
    wait(futures, timeout=60)
    answers = [future.result() for future in futures if future.exception() is None]
    assert answers == [2 * number for number in range(120) if number not in lost]
    problems = [
        error.problem for future in futures if isinstance(error := future.exception(), WorkerLostError)
    ]
    assert sorted(problems) == ["crash", "crash", "crash", "time"]


def test_what_lies_in_a_pipe_when_the_pool_is_stopped_is_told_so() -> None:
    pool = IsolatedExecutor(1, 60.0, multiprocessing.get_context("spawn"), _nothing, ())
    assert pool.submit(_double, 1).result(timeout=30) == 2
    futures = [pool.submit(_hang), *(pool.submit(_double, number) for number in range(5))]
    time.sleep(0.2)
    pool.shutdown(wait=True, cancel_futures=True)
    assert all(future.done() for future in futures)
    assert sum(future.cancelled() for future in futures) >= 3


def test_an_error_of_the_function_reaches_the_caller_and_the_worker_lives_on(pool: IsolatedExecutor) -> None:
    before = pool.submit(_pid).result(timeout=30)
    with pytest.raises(ValueError, match="as it was"):
        pool.submit(_fail, "as it was").result(timeout=30)
    assert before in {pool.submit(_pid).result(timeout=30) for _ in range(6)}


def test_a_large_answer_arrives_whole(pool: IsolatedExecutor) -> None:
    assert len(pool.submit(_large, 20_000_000).result(timeout=30)) == 20_000_000


def test_shutdown_cancels_what_waits_and_ends_the_workers() -> None:
    pool = IsolatedExecutor(1, 60.0, multiprocessing.get_context("spawn"), _nothing, ())
    pid = pool.submit(_pid).result(timeout=30)
    pool.submit(_hang)
    waiting = pool.submit(_double, 1)
    time.sleep(0.1)
    pool.shutdown(wait=True, cancel_futures=True)
    assert waiting.cancelled()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.05)
    else:
        pytest.fail("the worker is still there")
    with pytest.raises(RuntimeError):
        pool.submit(_double, 1)


def test_a_call_that_cannot_be_sent_is_told_and_costs_no_other(pool: IsolatedExecutor) -> None:
    unsendable = pool.submit(lambda: None)
    with pytest.raises(Exception, match=r"pickle|lambda|local"):
        unsendable.result(timeout=30)
    assert pool.submit(_double, 4).result(timeout=30) == 8


def test_long_calls_and_long_answers_do_not_wait_for_each_other(pool: IsolatedExecutor) -> None:
    futures = [pool.submit(_echo, b"x" * 1_000_000) for _ in range(30)]
    assert {len(future.result(timeout=30)) for future in futures} == {1_000_000}


_WITHOUT_GUARD = """
import sys, pathlib, antq_stats
antq_stats.open_period(pathlib.Path(sys.argv[1])).collect()
"""


def test_a_script_without_its_guard_is_told_and_does_not_hang(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(_WITHOUT_GUARD, encoding="utf-8")
    samples = Path(__file__).parents[1] / "data" / "samples" / "2021-messy"
    done = subprocess.run(
        [sys.executable, script, samples],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode != 0
    assert "__main__" in done.stderr
