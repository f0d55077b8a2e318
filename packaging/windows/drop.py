"""Runs ``antq-stats year-end --open`` on the folder that was dropped on antq-stats.cmd.

The .cmd file passes the folder and its own command line as variables, because a name with ``&`` does not
survive as an argument.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

_ARGUMENTS = re.compile(r"""\.cmd"\s+(?:"(?P<quoted>[^"]+)"|(?P<plain>[^"\s]+))""", re.IGNORECASE)

NOTHING_DROPPED = """\
Kéo thư mục báo cáo của năm (ví dụ thư mục 2025) thả vào biểu tượng antq-stats.
Thư mục ấy phải có tệp units.csv và các tệp báo cáo của xã. Xem tệp DOC-TRUOC.txt.
"""
NO_FOLDER = """\
“{name}” không phải là một thư mục.
Hãy kéo cả thư mục báo cáo của năm (ví dụ thư mục 2025), không kéo từng tệp.
"""


def dropped(folder: str, line: str) -> str:
    """Return the path that was dropped.

    Parameters
    ----------
    folder : the first argument of the .cmd file, cut at an ``&`` if Windows did not quote it.
    line : the command line by which Windows started the .cmd file.
    """
    found = _ARGUMENTS.search(line)
    path = (found["quoted"] or found["plain"]) if found else ""
    return path if path and Path(path).exists() else folder


def main() -> int:
    """Run the command, and return its exit status."""
    path = dropped(os.environ.get("ANTQ_FOLDER", ""), os.environ.get("ANTQ_LINE", ""))
    if not path:
        print(NOTHING_DROPPED)
        return 2
    if not Path(path).is_dir():
        print(NO_FOLDER.format(name=Path(path).name))
        return 2
    from antq_stats.__main__ import main as run

    opening = [] if os.environ.get("ANTQ_NO_OPEN") else ["--open"]  # a test has nobody to look at the page
    sys.argv = ["antq-stats", "year-end", path, *opening]
    return run()


if __name__ == "__main__":
    sys.exit(main())
