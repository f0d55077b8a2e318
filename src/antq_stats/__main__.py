"""The entry point: streams and language first, then the command; no exception leaves here.

Kept thin, for worker processes import what the entry point imports.
"""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; return its exit status."""
    from antq_stats.cli.console import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
