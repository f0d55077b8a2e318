"""Start worker processes that do not run the user's script again.

multiprocessing runs a program's main script once more in every process that it starts, unless the script has
the guard ``if __name__ == "__main__":``. Our workers need nothing of the script. So a script of three lines
works without a guard, and a worker starts sooner.
"""

from __future__ import annotations

from multiprocessing import spawn
from typing import Any

NAME = "antq-stats-worker"
"""How the names of our processes begin. Only these are started without the script."""

_preparation_data = spawn.get_preparation_data


def _without_script(name: str) -> dict[str, Any]:
    """Return what a new process needs to know, for ours without the main script."""
    data = _preparation_data(name)
    if name.startswith(NAME):
        data.pop("init_main_from_path", None)
        data.pop("init_main_from_name", None)
    return data


spawn.get_preparation_data = _without_script
