"""A plan that was made before, as long as nothing that it depends on has changed."""

import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from meshes.store import source_key, write_atomically
from sim.folders import CASES

SIM = Path(__file__).resolve().parents[1]


def inputs_key(study: Path, data: object, folder: Path) -> str:
    """Hash of the study file, its base case, the files that it names, the project's own data, and the code.

    Parameters
    ----------
    data
        Content of the study and of its base case: every text in it may name a file.
    folder
        To which these names are relative.
    """
    digest = hashlib.sha256(source_key(SIM, SIM.parent / "meshes").encode())
    digest.update(json.dumps(data, sort_keys=True, default=str).encode())
    named = {folder / text for text in _texts(data) if _is_file(folder / text)}
    for file in (study, *sorted(named), *sorted(CASES.glob("*/**/*.toml"))):
        digest.update(f"{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a text that is no name
        return False


def recall(path: Path, key: str) -> list[Any] | None:
    """What was remembered under this key; None if it was another one, or cannot be read."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            if json.loads(file.readline()) != key:
                return None
            return [json.loads(line) for line in file]
    except (OSError, ValueError, EOFError):
        return None


def remember(path: Path, key: str, rows: Sequence[Any]) -> None:
    """Write rows that JSON can hold under a key."""

    def write(partial: Path) -> None:
        with gzip.open(partial, "wt", encoding="utf-8", compresslevel=1) as file:
            for row in (key, *rows):
                file.write(json.dumps(row) + "\n")

    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, write)
