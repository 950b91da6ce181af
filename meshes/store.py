"""Results kept by content: built once, also when two processes ask; a killed process leaves no half file."""

import fcntl
import functools
import hashlib
import json
import os
import socket
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, Self, TypeVar


class Kept(Protocol):
    """Something that can be written to a file and read back."""

    def save(self, path: Path) -> None:
        """Write to a file."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what ``save`` wrote; ValueError, KeyError, OSError or EOFError if the file is damaged."""


K = TypeVar("K", bound=Kept)

KEEP_BYTES = 4 * 1024**3  # of one folder; the least recently used files beyond this are dropped


def content_key(content: object) -> str:
    """Hash of anything that JSON can hold."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:24]


@functools.cache
def source_key(*sources: Path) -> str:
    """Hash of the code in folders and files, so that nothing is found that another version of it built."""
    files = [file for source in sources for file in ([source] if source.is_file() else sorted(source.rglob("*.py")))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:24]


def find(path: Path, kind: type[K]) -> K | None:
    """What is kept under this path; None if there is nothing, or nothing that can be read."""
    try:
        found = kind.load(path)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, OSError, EOFError, RuntimeError, zipfile.BadZipFile):
        path.unlink(missing_ok=True)  # damaged on disk: it will be built again
        return None
    os.utime(path)
    return found


def find_or_build(path: Path, kind: type[K], build: Callable[[], K]) -> K:
    """What is kept under this path, or else build it and keep it; other processes that want it wait meanwhile."""
    with locked(path.with_suffix(".lock")):
        found = find(path, kind)
        if found is None:
            found = build()
            keep(path, found)
    return found


def keep(path: Path, value: Kept) -> None:
    """Write to the path atomically, and drop what has not been used for longest when the folder is full."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, value.save)
    total = 0
    with os.scandir(path.parent) as entries:
        files = [(entry.path, _facts(entry)) for entry in entries if entry.name.endswith(path.suffix)]
    for name, (_, size) in sorted(files, key=lambda file: file[1], reverse=True):
        total += size
        if total > KEEP_BYTES and name != str(path) and not Path(name).name.startswith("."):
            Path(name).unlink(missing_ok=True)


def _facts(entry: "os.DirEntry[str]") -> tuple[float, int]:
    """Time of last use and size; nothing for a file that another process has just dropped."""
    try:
        return entry.stat().st_mtime, entry.stat().st_size
    except FileNotFoundError:
        return 0.0, 0


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a file of a temporary name beside the path, then rename it."""
    partial = path.with_name(f".{socket.gethostname()}-{os.getpid()}.{path.name}")
    try:
        write(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock, which the system lets go when the process ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
