"""Folders given as URLs: returns on an object store or a server, read through fsspec.

fsspec is not imported before a URL is opened. Workers receive the URL of a file, not its bytes. Keys and
endpoints come from the environment and fsspec's own settings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.DOTALL)
_WEB = frozenset({"http", "https"})
LOCAL = "file://"


class RemoteProblem(Exception):  # noqa: N818 - a problem of the remote place, not an error of the program
    """A remote file or folder cannot be used. The message holds no secrets.

    Parameters
    ----------
    problem : keyword of the catalogue.
    found : what is wrong: a protocol, a package, or the class of the driver's error; may be empty.
    """

    def __init__(self, problem: str, found: str = "") -> None:
        self.problem = problem
        self.found = found
        super().__init__(problem, found)

    @property
    def facts(self) -> dict[str, str]:
        """Values for the finding's message."""
        return {"problem": self.problem, **({"found": self.found} if self.found else {})}


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file given by a URL."""

    url: str
    size: int | None = None
    """Size in bytes from the folder's listing; None if the listing has no sizes."""

    @property
    def name(self) -> str:
        """The last part of the URL."""
        return self.url.rpartition("/")[2]

    @property
    def suffix(self) -> str:
        """The suffix of the name with its dot, as of a `Path`; may be empty."""
        return PurePosixPath(self.name).suffix

    def read(self, most: int) -> bytes:
        """Return the first ``most`` bytes, in one request.

        Raises
        ------
        RemoteProblem
            The file cannot be read.
        """
        with _problems_of_drivers():
            system, path = _file_system(self.url)
            data: bytes = system.cat_file(path, start=0, end=most)
            return data[:most]

    def length(self) -> int:
        """Return the size in bytes; ask the server if the listing did not give it.

        Raises
        ------
        RemoteProblem
            The file cannot be reached, or its size is not known.
        """
        if self.size is not None:
            return self.size
        with _problems_of_drivers():
            system, path = _file_system(self.url)
            size = system.size(path)
        if size is None:
            raise RemoteProblem("size-unknown")
        return int(size)


@dataclass(frozen=True, slots=True)
class RemoteFolder:
    """A folder given by a URL."""

    url: str
    """``protocol://place/folder``, without a slash at its end."""

    @property
    def name(self) -> str:
        """The last part of the URL, which names the period like the name of a local folder."""
        last = self.url.rpartition("/")[2]
        return unquote(last) if self.url.partition("://")[0] in _WEB else last

    def parents(self) -> Iterator[RemoteFolder]:
        """Yield the folders above, the nearest first."""
        protocol, _, place = self.url.partition("://")
        while "/" in place.lstrip("/"):
            place = place.rpartition("/")[0]
            yield RemoteFolder(f"{protocol}://{place}")

    def is_there(self) -> bool:
        """Return whether the folder exists.

        Raises
        ------
        RemoteProblem
            The protocol is unknown, its driver is not installed, or the place cannot be reached.
        """
        with _problems_of_drivers():
            system, path = _file_system(self.url)
            return bool(system.isdir(path))

    def fetch(self, name: str, into: Path, most: int) -> Path | None:
        """Copy a small file of the folder, such as its form or register, into a local folder.

        Parameters
        ----------
        name : name of the file.
        into : local folder for the copy, which keeps the name.
        most : maximum size in bytes. Of a longer file one more byte is copied, so that its reader refuses it.

        Returns
        -------
        Path or None
            The copy; None if there is no such file.

        Raises
        ------
        RemoteProblem
            The file cannot be read.
        """
        with _problems_of_drivers():
            system, path = _file_system(f"{self.url}/{name}")
            if not system.isfile(path):
                return None
        copy = into / name
        copy.write_bytes(RemoteFile(f"{self.url}/{name}").read(most + 1))
        return copy

    def files(self) -> list[tuple[str, RemoteFile]]:
        """Return all files in the folder and its sub-folders, each with its path relative to the folder.

        Raises
        ------
        RemoteProblem
            The folder cannot be listed.
        """
        with _problems_of_drivers():
            system, root = _file_system(self.url)
            listed: dict[str, dict[str, Any]] = system.find(root, detail=True)
            web = self.url.partition("://")[0] in _WEB
            start = root.rstrip("/") + "/"
            found = []
            for path, about in listed.items():
                if path.startswith(start) and not path.endswith("/"):  # else a marker of a folder
                    relative = path[len(start) :]
                    size = about.get("size")
                    file = RemoteFile(system.unstrip_protocol(path), None if size is None else int(size))
                    found.append((unquote(relative) if web else relative, file))
        return found


def folder_at(place: str) -> Path | RemoteFolder:
    """Return the folder that a local path or a URL names."""
    found = _URL.fullmatch(place)
    if found is None:
        return Path(place)
    if place.lower().startswith(LOCAL):
        local = place[len(LOCAL) :]
        is_drive = re.match(r"/[A-Za-z]:(?:/|$)", local)  # file:///C:/reports
        return Path(local[1:] if is_drive else local)
    return RemoteFolder(f"{found[1].lower()}://{found[2].rstrip('/')}")


def _file_system(url: str) -> tuple[Any, str]:
    """Return the fsspec file system of a URL, and the path in it; raise `RemoteProblem` if there is none."""
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise RemoteProblem("cluster-extra-missing", "fsspec") from None
    protocol = url.partition("://")[0]
    try:
        system, path = url_to_fs(url)
    except ImportError:
        raise RemoteProblem("driver-missing", protocol) from None
    except ValueError as error:
        known = "not known" not in str(error)
        raise RemoteProblem("unreachable" if known else "protocol-unknown", protocol) from None
    return system, path


@contextmanager
def _problems_of_drivers() -> Iterator[None]:
    """Turn any exception of a driver into a `RemoteProblem`, without its message, which may hold keys."""
    try:
        yield
    except RemoteProblem:
        raise
    except FileNotFoundError:
        raise RemoteProblem("not-there") from None
    except PermissionError:
        raise RemoteProblem("no-permission") from None
    except Exception as error:  # noqa: BLE001 - every driver has its own exceptions
        raise RemoteProblem("unreachable", type(error).__name__) from None
