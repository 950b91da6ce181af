"""Cases that one process computes one after the other, and what it tells meanwhile."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from meshes.store import write_atomically


@dataclass(frozen=True)
class Item:
    """A case to compute.

    Parameters
    ----------
    id
        Name of its folder.
    case
        Its content.
    reason, kind
        How an earlier attempt of this run was lost, in words and as the kind of failure; empty for the first.
    """

    id: str
    case: dict[str, Any]
    reason: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Chunk:
    """Cases for one process.

    Parameters
    ----------
    name
        Of its files among the notes.
    run
        Identifies the run of the driver, to which attempts count.
    study, cache
        Folder of the study, and of meshes and basis solutions.
    retries
        How often a case is attempted again when the machine has lost it.
    timeout_s
        For each case; 0 for no limit.
    fields
        Whether to write fields.vtu.
    launcher
        Words before the command that start its MPI ranks; empty for one process.
    """

    name: str
    run: str
    study: str
    cache: str
    retries: int
    timeout_s: float
    fields: bool
    launcher: tuple[str, ...]
    items: tuple[Item, ...]

    @property
    def path(self) -> Path:
        """Where the chunk is written for the process that computes it."""
        return Path(self.study) / "work" / f"{self.name}.json"

    @property
    def journal(self) -> Path:
        """To which that process appends its events."""
        return self.path.with_suffix(".jsonl")

    @property
    def output(self) -> Path:
        """What it prints while no case is computed."""
        return self.path.with_suffix(".log")

    @property
    def finished(self) -> Path:
        """Exists when a process that takes one chunk after the other has computed this one."""
        return self.path.with_suffix(".done")

    @property
    def stop(self) -> Path:
        """Where this exists, the run is over and its processes end."""
        return Path(self.study) / "work" / f"{self.run}.stop"

    def write(self) -> None:
        """Write it for the process that computes it."""
        write_atomically(self.path, lambda path: path.write_text(json.dumps(asdict(self)), encoding="utf-8"))

    @classmethod
    def read(cls, path: Path) -> "Chunk":
        """Read what ``write`` wrote."""
        data = json.loads(path.read_text(encoding="utf-8"))
        items = tuple(Item(**item) for item in data.pop("items"))
        return cls(**{**data, "launcher": tuple(data["launcher"]), "items": items})


@dataclass(frozen=True)
class Event:
    """What happens to a case: it begins, ends (``outcome`` is the verdict or "failed"), or is lost to the machine."""

    what: Literal["begin", "end", "lost"]
    id: str
    outcome: str = ""
    message: str = ""

    def line(self) -> str:
        """As one line of a journal."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def parse(cls, line: str) -> "Event":
        """From a line of a journal."""
        return cls(**json.loads(line))


@dataclass(frozen=True)
class Ended:
    """The process of a chunk has ended; ``status`` is negative for a signal, ``message`` says more."""

    chunk: Chunk
    status: int
    message: str
