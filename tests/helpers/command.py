"""Run the command ``antq-stats`` as a process, and wait for what other processes do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import antq_stats


@dataclass
class CommandResult:
    """What a command printed, and how it ended."""

    status: int
    stdout: str
    stderr: str
    data: Any = field(default=None)
    """The JSON on stdout, loaded."""

    @property
    def output(self) -> str:
        """Both streams."""
        return self.stdout + self.stderr


TIME_LIMIT = 600.0
"""Seconds after which a test gives up on what never ends. Nothing takes as long, on the busiest machine."""


def wait_until(happened: Callable[[], object]) -> None:
    """Wait for an event; fail where it has not happened within `TIME_LIMIT`."""
    end = time.monotonic() + TIME_LIMIT
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def run(
    *arguments: object, timeout: float = TIME_LIMIT, env: Mapping[str, str] | None = None
) -> CommandResult:
    """Run ``antq-stats`` as a process."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(antq_stats.__file__).parent.parent),
        "ANTQ_STATS_LANG": "en",
        "PYTHONUTF8": "1",
        **(env or {}),
    }
    done = subprocess.run(
        [sys.executable, "-m", "antq_stats", *map(str, arguments)],
        check=False,
        capture_output=True,
        timeout=timeout,
        env=environment,
    )
    stdout, stderr = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    data = None
    if stdout.lstrip().startswith(("{", "[")):
        data = json.loads(stdout)
    return CommandResult(done.returncode, stdout, stderr, data)
