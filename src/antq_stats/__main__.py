"""The entry point: streams and language first, then the command; no exception leaves here.

Kept thin, for worker processes import what the entry point imports.
"""

from __future__ import annotations

import gc
import os
import sys


def main() -> int:
    """Run the command line; return its exit status."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # nothing here multiplies matrices: no threads for it
    gc.disable()  # imports make many objects that stay: looking through them is a tenth of a run
    from antq_stats.cli.console import run

    status = run(sys.argv[1:])
    gc.freeze()  # nor need they be looked through at the end
    return status


if __name__ == "__main__":
    sys.exit(main())
