"""A Dask cluster and an S3 folder, both real processes on loopback, give the same bytes as one machine."""

# ruff: noqa: E501 - a case a line
from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.command import TIME_LIMIT, run, wait_until
from helpers.places import ROOT, SAMPLES
from helpers.returns import write_costly_return, write_thirty_returns

pytestmark = pytest.mark.slow


def free_port() -> int:
    """Return a free port of loopback."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


class Cluster:
    """A scheduler and two workers, each a process.

    Parameters
    ----------
    environment : variables of the workers, beside those of this process.
    """

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        self.environment = os.environ | (environment or {})
        self.address = f"tcp://127.0.0.1:{free_port()}"
        port = self.address.rpartition(":")[2]
        self.scheduler = self._begin("dask_scheduler", "--host", "127.0.0.1", "--port", port)
        self.workers = [
            self._begin("dask_worker", self.address, "--nthreads", "1", "--no-nanny") for _ in range(2)
        ]
        wait_for_workers = (
            "import sys; from distributed import Client\n"
            "client = Client(sys.argv[1], timeout=600); client.wait_for_workers(2, timeout=600); client.close()"
        )
        subprocess.run(
            [sys.executable, "-c", wait_for_workers, self.address],
            check=True,
            timeout=TIME_LIMIT,
            stderr=subprocess.DEVNULL,
        )

    def _begin(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *arguments, "--no-dashboard"]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            command, stdout=quiet, stderr=quiet, start_new_session=True, env=self.environment
        )

    def end(self) -> None:
        """Kill all processes."""
        for process in (*self.workers, self.scheduler):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    yield made
    made.end()


def same_there(cluster: Cluster, *arguments: object, status: int) -> str:
    """Run a command here and on the cluster, compare the outputs, and return one."""
    here, there = run(*arguments), run(*arguments, "--scheduler", cluster.address)
    assert (there.status, there.stdout) == (here.status, here.stdout), there.stderr
    assert here.status == status
    return here.stdout


@pytest.mark.cluster
@pytest.mark.parametrize("command", [("validate", "--format", "json"), ("aggregate", "--format", "json")])
@pytest.mark.parametrize(("folder", "status"), [("2021", 0), ("2021-messy", 1)])
def test_a_cluster_says_what_one_machine_says(
    cluster: Cluster, command: tuple[str, ...], folder: str, status: int
) -> None:
    name, *options = command
    same_there(cluster, name, SAMPLES / folder, *options, status=status)


@pytest.mark.cluster
def test_a_workbook_from_a_cluster_is_the_same_to_the_byte(cluster: Cluster, tmp_path: Path) -> None:
    here, there = tmp_path / "here.xlsx", tmp_path / "there.xlsx"
    run("aggregate", SAMPLES / "2021", "-o", here)
    run("aggregate", SAMPLES / "2021", "-o", there, "--scheduler", cluster.address)
    assert here.read_bytes() == there.read_bytes()


@pytest.mark.cluster
def test_a_file_that_takes_too_long_costs_itself_on_a_cluster_too(cluster: Cluster, tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    write_thirty_returns(folder)
    write_costly_return(folder)
    said = same_there(cluster, "validate", folder, "--format", "json", "--limit", "seconds=1.5", status=1)
    assert '"F107"' in said


@pytest.mark.cluster
def test_a_worker_killed_while_it_reads_costs_a_retry(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    for copy in range(12):  # twelve times the province, so that there is time to kill
        shutil.copytree(SAMPLES / "2021", folder / f"{copy:02}")
    for name in ("units.csv", "form.toml"):
        for place in (SAMPLES / "2021", SAMPLES):
            if (place / name).is_file():
                shutil.copy(place / name, tmp_path / name)
    command = ["validate", folder, "--period", "2021", "--format", "json"]
    here = run(*command)
    cluster = Cluster()
    try:
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "ANTQ_STATS_LANG": "en"}
        there = subprocess.Popen(
            [sys.executable, "-m", "antq_stats", *map(str, command), "--scheduler", cluster.address],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
        )  # fmt: skip
        victim = cluster.workers[0]
        wait_until(lambda: _is_reading(victim.pid) or there.poll() is not None)
        assert there.poll() is None, "the command ended before a worker could be killed"
        os.killpg(victim.pid, signal.SIGKILL)
        stdout, _ = there.communicate(timeout=TIME_LIMIT)
        assert (there.returncode, stdout.decode()) == (here.status, here.stdout)
    finally:
        cluster.end()


def _is_reading(worker: int) -> bool:
    """Return whether a worker has started processes that read."""
    tasks = Path(f"/proc/{worker}/task")
    return (
        any((task / "children").read_text().split() for task in tasks.iterdir()) if tasks.is_dir() else False
    )


@pytest.mark.cluster
def test_workers_of_another_version_are_refused_in_words(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "src" / "antq_stats" / "words" / "text.py").open("a", encoding="utf-8") as module:
        module.write("# another state of the same version\n")
    cluster = Cluster({"PYTHONPATH": str(tmp_path / "src")})
    try:
        ran = run("validate", SAMPLES / "2021-messy", "--scheduler", cluster.address, "--lang", "en")
    finally:
        cluster.end()
    assert (ran.status, ran.stdout) == (2, "")
    assert "antq-stats 0" in ran.stderr


def test_a_cluster_without_the_extra_is_reported_in_words(tmp_path: Path) -> None:
    (tmp_path / "distributed.py").write_text("raise ImportError\n", encoding="utf-8")
    environment = {"PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT / "src")))}
    options = ("--scheduler", "tcp://127.0.0.1:1", "--lang", "en")
    ran = run("validate", SAMPLES / "2021-messy", *options, env=environment)
    assert (ran.status, ran.stdout) == (2, "")
    assert "antq-stats[cluster]" in ran.stderr


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(
    "options",
    [
        ("--scheduler", "tcp://127.0.0.1:1"),
        ("--scheduler", "http://127.0.0.1:1"),
        ("--scheduler", "tcp://127.0.0.1:1", "--jobs", "2"),
    ],
)
def test_a_missing_cluster_is_reported_in_words(options: tuple[str, ...], lang: str) -> None:
    ran = run("validate", SAMPLES / "2021-messy", *options, "--lang", lang)
    assert ran.status == 2
    assert ran.stderr.strip()
    assert "Traceback" not in ran.stderr


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, str]]:
    """Serve the messy samples from an S3 server on loopback; yield the environment variables to reach it."""
    port = free_port()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=quiet, stderr=quiet
    )
    environment = {
        "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }  # fmt: skip
    fill = """
import sys
from pathlib import Path
import boto3
client = boto3.client("s3")
client.create_bucket(Bucket="returns")
root = Path(sys.argv[1])
for file in (*(root / "2021-messy").rglob("*"), *root.glob("*.*")):
    if file.is_file():
        client.upload_file(str(file), "returns", file.relative_to(root).as_posix())
"""
    wait_until(lambda: _is_open(port) or process.poll() is not None)
    subprocess.run(
        [sys.executable, "-c", fill, str(SAMPLES)],
        check=True, timeout=TIME_LIMIT, env={**os.environ, **environment},
    )  # fmt: skip
    yield environment
    process.kill()
    process.wait()


def _is_open(port: int) -> bool:
    """Return whether a server answers on a port of loopback."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.cluster
def test_a_folder_on_an_object_store_is_read_alike(server: dict[str, str]) -> None:
    here = run("validate", SAMPLES / "2021-messy", "--format", "json")
    there = run("validate", "s3://returns/2021-messy", "--format", "json", env=server)
    assert (there.status, there.stdout) == (here.status, here.stdout), there.stderr


@pytest.mark.cluster
def test_a_cluster_reads_from_an_object_store(server: dict[str, str]) -> None:
    here = run("validate", SAMPLES / "2021-messy", "--format", "json")
    cluster = Cluster(server)
    try:
        there = run(
            "validate", "s3://returns/2021-messy", "--format", "json", "--scheduler", cluster.address,
            env=server,
        )  # fmt: skip
    finally:
        cluster.end()
    assert (there.status, there.stdout) == (here.status, here.stdout), there.stderr


@pytest.mark.cluster
@pytest.mark.parametrize("folder", ["s3://nothing/2021", "s3://returns/1999", "s4://returns/2021"])
def test_a_missing_folder_elsewhere_is_reported_in_words(server: dict[str, str], folder: str) -> None:
    ran = run("validate", folder, env=server)
    assert (ran.status, ran.stdout) == (2, "")
    assert "Traceback" not in ran.stderr
