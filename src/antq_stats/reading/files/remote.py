"""Folders that are URLs: returns on an object store or behind a server, reached through fsspec.

Nothing here is imported for a folder of the machine, nor fsspec before a URL is opened. A URL travels to
the workers, never the bytes; keys and endpoints come from the environment and fsspec's own settings.
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


class RemoteProblem(Exception):  # noqa: N818 - the file system's problem, not the program's error
    """What is not on this machine cannot be used; carries a keyword of the catalogue, and no secrets."""

    def __init__(self, problem: str, found: str = "") -> None:
        self.problem = problem
        self.found = found
        super().__init__(problem, found)

    @property
    def facts(self) -> dict[str, str]:
        """What a finding says of it."""
        return {"problem": self.problem, **({"found": self.found} if self.found else {})}


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file behind a URL; ``size`` as the folder's listing gave it, None where it gave none."""

    url: str
    size: int | None = None

    @property
    def name(self) -> str:
        """The last part of the URL."""
        return self.url.rpartition("/")[2]

    @property
    def suffix(self) -> str:
        """As of a path: with its dot, empty where there is none."""
        return PurePosixPath(self.name).suffix

    def read(self, most: int) -> bytes:
        """Return the first ``most`` bytes, in one request.

        Raises
        ------
        RemoteProblem
            The file could not be read.
        """
        with _told():
            system, path = _opened(self.url)
            data: bytes = system.cat_file(path, start=0, end=most)
            return data[:most]

    def length(self) -> int:
        """Return the size in bytes, asked for where the listing did not tell.

        Raises
        ------
        RemoteProblem
            The file could not be reached, or does not say how large it is.
        """
        if self.size is not None:
            return self.size
        with _told():
            system, path = _opened(self.url)
            size = system.size(path)
        if size is None:
            raise RemoteProblem("size-unknown")
        return int(size)


@dataclass(frozen=True, slots=True)
class RemoteFolder:
    """A folder behind a URL.

    Parameters
    ----------
    url : ``protocol://place/folder``; without a slash at its end.
    """

    url: str

    @property
    def name(self) -> str:
        """The last part of the URL, which names the period as a folder's name does."""
        last = self.url.rpartition("/")[2]
        return unquote(last) if self.url.partition("://")[0] in _WEB else last

    def parents(self) -> Iterator[RemoteFolder]:
        """Yield the folders above, the nearest first."""
        protocol, _, place = self.url.partition("://")
        while "/" in place.lstrip("/"):
            place = place.rpartition("/")[0]
            yield RemoteFolder(f"{protocol}://{place}")

    def is_there(self) -> bool:
        """Tell whether there is such a folder.

        Raises
        ------
        RemoteProblem
            The protocol is not known, its driver is not installed, or the place cannot be reached.
        """
        with _told():
            system, path = _opened(self.url)
            return bool(system.isdir(path))

    def fetch(self, name: str, into: Path, most: int) -> Path | None:
        """Copy a small file of the folder (its form, its register) into a local folder.

        Parameters
        ----------
        name : of the file.
        into : where the copy goes, under the same name.
        most : bytes; of a longer file one byte more is taken, so that its reader refuses it.

        Returns
        -------
        Path or None
            The copy; None where there is no such file.
        """
        with _told():
            system, path = _opened(f"{self.url}/{name}")
            if not system.isfile(path):
                return None
        copy = into / name
        copy.write_bytes(RemoteFile(f"{self.url}/{name}").read(most + 1))
        return copy

    def files(self) -> list[tuple[str, RemoteFile]]:
        """Return all files in the folder and below it: path relative to it with ``/``, and the file.

        Raises
        ------
        RemoteProblem
            The folder cannot be listed.
        """
        with _told():
            system, root = _opened(self.url)
            listed: dict[str, dict[str, Any]] = system.find(root, detail=True)
            web = self.url.partition("://")[0] in _WEB
            start = root.rstrip("/") + "/"
            found = []
            for path, about in listed.items():
                if path.startswith(start) and not path.endswith("/"):  # else it stands for a folder
                    relative = path[len(start) :]
                    size = about.get("size")
                    file = RemoteFile(system.unstrip_protocol(path), None if size is None else int(size))
                    found.append((unquote(relative) if web else relative, file))
        return found


def folder_at(place: str) -> Path | RemoteFolder:
    """Return the folder that a text names: a path of this machine, or a URL."""
    found = _URL.fullmatch(place)
    if found is None:
        return Path(place)
    if place.lower().startswith(LOCAL):
        local = place[len(LOCAL) :]
        is_drive = re.match(r"/[A-Za-z]:(?:/|$)", local)  # file:///C:/reports
        return Path(local[1:] if is_drive else local)
    return RemoteFolder(f"{found[1].lower()}://{found[2].rstrip('/')}")


def _opened(url: str) -> tuple[Any, str]:
    """Return the file system of a URL, and the path there."""
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
def _told() -> Iterator[None]:
    """Turn whatever a driver raises into a `RemoteProblem`; its own words may hold keys and are dropped."""
    try:
        yield
    except RemoteProblem:
        raise
    except FileNotFoundError:
        raise RemoteProblem("not-there") from None
    except PermissionError:
        raise RemoteProblem("no-permission") from None
    except Exception as error:  # noqa: BLE001 - each driver has errors of its own
        raise RemoteProblem("unreachable", type(error).__name__) from None
