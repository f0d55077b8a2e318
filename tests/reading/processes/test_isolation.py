"""The pool survives workers that die, hang or exceed their memory. The workers are real processes.

No test depends on how busy the machine is. A worker that hangs waits for an event that never happens.
A worker that has started writes a file. Time limits only stop what would never end.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from pathlib import Path

import pytest

from antq_stats.cli.dispatch import run
from antq_stats.reading.processes.isolation import IsolatedExecutor
from antq_stats.reading.processes.worker_errors import NoWorkerError, WorkerLostError
from antq_stats.reading.processes.worker_process import Knowledge, Starting
from helpers.command import TIME_LIMIT, wait_until
from helpers.inside import others_start_after
from helpers.places import SAMPLES

pytestmark = pytest.mark.slow

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX: signals")


def _nothing() -> None:
    pass


def _die_at_the_start(begun: Path, times: int) -> None:
    """Note that a worker has begun; die if it is one of the first."""
    with begun.open("a", encoding="utf-8") as file:
        file.write("x")
    if begun.stat().st_size <= times:
        os._exit(1)


def _stop_at_the_start(begun: Path) -> None:
    """Stop the first worker, which cannot go on by itself."""
    try:
        begun.touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGSTOP)


def _double(number: int) -> int:
    return 2 * number


def _die(signal_like: int) -> None:
    os._exit(signal_like)


def _hang(begun: Path | None = None) -> None:
    if begun is not None:
        begun.touch()
    threading.Event().wait()


def _fail(text: str) -> None:
    raise ValueError(text)


def _large(size: int) -> bytes:
    return b"x" * size


def _echo(content: bytes) -> bytes:
    return content


def _pid() -> int:
    return os.getpid()


def _meet(own: Path, other: Path) -> int:
    """Return when a call in another process has begun as well."""
    own.touch()
    wait_until(other.exists)
    return os.getpid()


class _Notebook:
    """What a worker has learned, and what it was told."""

    def __init__(self) -> None:
        self.own = b""
        self.told: set[bytes] = set()

    def learned(self) -> bytes:
        learned, self.own = self.own, b""
        return learned

    def take(self, learned: bytes) -> None:
        self.told.add(learned)
        raise ValueError(learned[:1])  # it costs no call


_notebooks: list[_Notebook] = []


def _open_notebook() -> _Notebook:
    _notebooks.append(_Notebook())
    return _notebooks[0]


def _meet_and_learn(own: Path, other: Path, learned: bytes) -> int:
    """Learn something, beside another process that does."""
    _notebooks[0].own = learned
    return _meet(own, other)


def _meet_and_tell(own: Path, other: Path) -> tuple[int, set[bytes]]:
    """Return what this process was told, beside another process that does."""
    return _meet(own, other), _notebooks[0].told


def pool_of(
    workers: int,
    seconds: float,
    initializer: Callable[..., Knowledge | None] = _nothing,
    *arguments: object,
    patience: float = 0.0,
) -> IsolatedExecutor:
    context = multiprocessing.get_context("spawn")
    return IsolatedExecutor(workers, seconds, context, initializer, arguments, patience)


@pytest.fixture
def pool() -> Iterator[IsolatedExecutor]:
    pool = pool_of(2, TIME_LIMIT)
    yield pool
    pool.shutdown(wait=True, cancel_futures=True)


def test_calls_are_answered_each_by_its_own_result(pool: IsolatedExecutor) -> None:
    futures = [pool.submit(_double, number) for number in range(40)]
    assert [future.result(timeout=TIME_LIMIT) for future in futures] == [2 * number for number in range(40)]


def test_a_process_started_ahead_takes_the_first_call() -> None:
    context = multiprocessing.get_context("spawn")
    ahead = Starting(context, 0).ahead()
    pool = IsolatedExecutor(1, TIME_LIMIT, context, _nothing, (), ahead=ahead)
    assert pool.submit(_pid).result(timeout=TIME_LIMIT) == ahead.process.pid
    pool.shutdown(wait=True)
    assert not ahead.process.is_alive()


def test_a_process_started_ahead_that_has_died_is_replaced() -> None:
    context = multiprocessing.get_context("spawn")
    ahead = Starting(context, 0)
    ahead.begin()
    ahead.process.kill()
    ahead.process.join(TIME_LIMIT)
    pool = IsolatedExecutor(1, TIME_LIMIT, context, _nothing, (), ahead=ahead)
    assert pool.submit(_pid).result(timeout=TIME_LIMIT) not in {ahead.process.pid, os.getpid()}
    pool.shutdown(wait=True)


@pytest.mark.parametrize("is_up", [True, False], ids=["started", "while it starts"])
def test_a_process_started_ahead_for_nothing_is_given_up(is_up: bool) -> None:
    ahead = Starting(multiprocessing.get_context("spawn"), 0)
    if is_up:
        ahead.begin()
    else:
        ahead.ahead()
    ahead.give_up()
    ahead.begin()  # once it returns, the process has been started and killed
    ahead.process.join(TIME_LIMIT)
    assert ahead.process.exitcode not in {None, 0}


def test_a_command_that_reads_nothing_leaves_no_process(capsys: pytest.CaptureFixture[str]) -> None:
    before = set(multiprocessing.active_children())
    assert run(["aggregate", "--no-such-option"]) == 2
    assert "--no-such-option" in capsys.readouterr().err
    wait_until(lambda: set(multiprocessing.active_children()) <= before)


def test_one_worker_does_what_takes_it_less_than_the_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    others_start_after(monkeypatch, TIME_LIMIT)
    pool = pool_of(2, TIME_LIMIT, patience=TIME_LIMIT)
    futures = [pool.submit(_pid) for _ in range(30)]
    assert len({future.result(timeout=TIME_LIMIT) for future in futures}) == 1
    pool.shutdown(wait=True, cancel_futures=True)


def test_another_worker_helps_with_what_would_take_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others_start_after(monkeypatch, 10 * TIME_LIMIT)
    pool = pool_of(2, TIME_LIMIT, patience=1e-9)
    wait([pool.submit(_double, number) for number in range(60)], timeout=TIME_LIMIT)  # they show the pace
    first, second = tmp_path / "first", tmp_path / "second"
    futures = [pool.submit(_meet, first, second), pool.submit(_meet, second, first)]
    assert futures[0].result(timeout=TIME_LIMIT) != futures[1].result(timeout=TIME_LIMIT)
    pool.shutdown(wait=True, cancel_futures=True)


def test_another_worker_starts_where_the_first_gives_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others_start_after(monkeypatch, 0.0)
    pool = pool_of(2, TIME_LIMIT, patience=TIME_LIMIT)
    first, second = tmp_path / "first", tmp_path / "second"
    futures = [pool.submit(_meet, first, second), pool.submit(_meet, second, first)]
    assert futures[0].result(timeout=TIME_LIMIT) != futures[1].result(timeout=TIME_LIMIT)
    pool.shutdown(wait=True, cancel_futures=True)


def test_workers_are_told_what_others_have_learned_whenever_they_start(tmp_path: Path) -> None:
    pool = pool_of(2, TIME_LIMIT, _open_notebook)
    learned = [letter * 200_000 for letter in (b"a", b"b")]  # more than a pipe holds
    places = [tmp_path / str(number) for number in range(6)]
    first = [
        pool.submit(_meet_and_learn, places[0], places[1], learned[0]),
        pool.submit(_meet_and_learn, places[1], places[0], learned[1]),
    ]
    knows = {
        one.result(timeout=TIME_LIMIT): {other} for one, other in zip(first, reversed(learned), strict=True)
    }

    def told(one: Path, other: Path) -> dict[int, set[bytes]]:
        calls = [pool.submit(_meet_and_tell, one, other), pool.submit(_meet_and_tell, other, one)]
        return dict(call.result(timeout=TIME_LIMIT) for call in calls)

    assert told(places[2], places[3]) == knows
    with pytest.raises(WorkerLostError):
        pool.submit(_die, 11).result(timeout=TIME_LIMIT)
    later = told(places[4], places[5])
    (new,) = later.keys() - knows.keys()
    assert later[new] == set(learned)
    pool.shutdown(wait=True, cancel_futures=True)


def test_a_worker_that_dies_costs_its_own_call_only(pool: IsolatedExecutor) -> None:
    futures = [pool.submit(_die, 11) if number == 3 else pool.submit(_double, number) for number in range(12)]
    wait(futures, timeout=TIME_LIMIT)
    with pytest.raises(WorkerLostError) as lost:
        futures[3].result()
    assert lost.value.problem == "crash"
    assert [future.result() for number, future in enumerate(futures) if number != 3] == [
        2 * number for number in range(12) if number != 3
    ]


def test_a_worker_that_hangs_is_stopped_at_its_limit_and_replaced() -> None:
    pool = pool_of(1, 1.0)
    hanging = [pool.submit(_hang), pool.submit(_hang)]
    for future in hanging:
        with pytest.raises(WorkerLostError) as lost:
            future.result(timeout=TIME_LIMIT)
        assert lost.value.problem == "time"
    assert _answer_of(pool, _double, 4) == 8
    pool.shutdown(wait=True, cancel_futures=True)


def _answer_of(pool: IsolatedExecutor, function: Callable[..., object], *arguments: object) -> object:
    """Return the answer of a short call; repeat the call where its time ran out on a busy machine."""
    while True:
        future = pool.submit(function, *arguments)
        error = future.exception(timeout=TIME_LIMIT)
        if not isinstance(error, WorkerLostError) or error.problem != "time":
            return future.result()


def test_calls_that_lay_behind_a_lost_one_are_answered_too(pool: IsolatedExecutor) -> None:
    lost = {5, 6, 30}
    futures = [
        pool.submit(_die, 11) if number in lost else pool.submit(_double, number) for number in range(120)
    ]
    wait(futures, timeout=TIME_LIMIT)
    answers = [future.result() for future in futures if future.exception() is None]
    assert answers == [2 * number for number in range(120) if number not in lost]
    problems = [
        error.problem for future in futures if isinstance(error := future.exception(), WorkerLostError)
    ]
    assert problems == ["crash", "crash", "crash"]


def test_calls_in_a_pipe_when_the_pool_is_stopped_get_an_error(tmp_path: Path) -> None:
    pool = pool_of(1, TIME_LIMIT)
    assert pool.submit(_double, 1).result(timeout=TIME_LIMIT) == 2
    begun = tmp_path / "begun"
    futures = [pool.submit(_hang, begun), *(pool.submit(_double, number) for number in range(5))]
    wait_until(begun.exists)
    pool.shutdown(wait=True, cancel_futures=True)
    assert all(future.done() for future in futures)
    assert sum(future.cancelled() for future in futures) >= 3


def test_an_error_of_the_function_reaches_the_caller_and_the_worker_lives_on() -> None:
    pool = pool_of(1, TIME_LIMIT)
    before = pool.submit(_pid).result(timeout=TIME_LIMIT)
    with pytest.raises(ValueError, match="as it was"):
        pool.submit(_fail, "as it was").result(timeout=TIME_LIMIT)
    assert pool.submit(_pid).result(timeout=TIME_LIMIT) == before
    pool.shutdown(wait=True)


def test_a_large_answer_arrives_whole(pool: IsolatedExecutor) -> None:
    assert len(pool.submit(_large, 20_000_000).result(timeout=TIME_LIMIT)) == 20_000_000


@posix
def test_shutdown_cancels_what_waits_and_ends_the_workers(tmp_path: Path) -> None:
    pool = pool_of(1, TIME_LIMIT)
    pid = pool.submit(_pid).result(timeout=TIME_LIMIT)
    begun = tmp_path / "begun"
    pool.submit(_hang, begun)
    waiting = pool.submit(_double, 1)
    wait_until(begun.exists)
    pool.shutdown(wait=True, cancel_futures=True)
    assert waiting.cancelled()

    def is_gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False

    wait_until(is_gone)
    with pytest.raises(RuntimeError):
        pool.submit(_double, 1)


def test_a_call_that_cannot_be_sent_fails_alone(pool: IsolatedExecutor) -> None:
    unsendable = pool.submit(lambda: None)
    with pytest.raises(Exception, match=r"pickle|lambda|local"):
        unsendable.result(timeout=TIME_LIMIT)
    assert pool.submit(_double, 4).result(timeout=TIME_LIMIT) == 8


def test_long_calls_and_long_answers_do_not_wait_for_each_other(pool: IsolatedExecutor) -> None:
    futures = [pool.submit(_echo, b"x" * 1_000_000) for _ in range(30)]
    assert {len(future.result(timeout=TIME_LIMIT)) for future in futures} == {1_000_000}


# -- lost at the start ---------------------------------------------------------------------------


def test_workers_that_die_at_their_start_are_replaced_and_cost_no_call(tmp_path: Path) -> None:
    pool = pool_of(1, TIME_LIMIT, _die_at_the_start, tmp_path / "begun", 2)
    assert [pool.submit(_double, number).result(timeout=TIME_LIMIT) for number in range(5)] == [0, 2, 4, 6, 8]
    pool.shutdown(wait=True)


def test_where_every_worker_dies_at_its_start_each_call_gets_an_error(tmp_path: Path) -> None:
    pool = pool_of(2, TIME_LIMIT, _die_at_the_start, tmp_path / "begun", 1000)
    futures = [pool.submit(_double, number) for number in range(8)]
    for future in futures:
        with pytest.raises(NoWorkerError):
            future.result(timeout=TIME_LIMIT)
    with pytest.raises(NoWorkerError):  # and so is one that comes late
        pool.submit(_double, 1).result(timeout=TIME_LIMIT)
    assert (tmp_path / "begun").stat().st_size < 12
    pool.shutdown(wait=True)


@posix
def test_a_worker_that_is_stopped_at_its_start_is_given_up_and_costs_no_call(tmp_path: Path) -> None:
    pool = pool_of(1, 1.0, _stop_at_the_start, tmp_path / "begun")
    assert _answer_of(pool, _double, 4) == 8
    pool.shutdown(wait=True)


_WITHOUT_GUARD = """
import sys, antq_stats
result = antq_stats.open_period(sys.argv[1], jobs=2).run()
print("read", len(result.collection.files))
"""


def test_a_script_without_a_main_guard_reads_and_runs_once(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(_WITHOUT_GUARD, encoding="utf-8")
    samples = SAMPLES / "2021-messy"
    done = subprocess.run(
        [sys.executable, script, samples],
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT,
        check=False,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["read", "19"]
