"""What the study folder says of itself: which cases belong to it, and where each lies among the axes."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meshes.store import write_atomically
from sim.sweep.problems import StudyError
from sim.sweep.study import Value

if TYPE_CHECKING:
    from sim.sweep.plan import Plan

FILE = "study.json"


@dataclass(frozen=True)
class Extent:
    """A direction of the study: the columns that move together, their values, and whether they were drawn."""

    name: str
    columns: tuple[str, ...]
    values: tuple[tuple[Value, ...], ...]
    sampled: bool


@dataclass(frozen=True)
class Entry:
    """A point of the study and the id of its case."""

    id: str
    place: tuple[int, ...]
    values: dict[str, Value]


@dataclass(frozen=True)
class Manifest:
    """The content of study.json; ``samples`` is that of the study file."""

    title: str
    extents: tuple[Extent, ...]
    samples: dict[str, Any] | None
    entries: tuple[Entry, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of what is varied."""
        return tuple(column for extent in self.extents for column in extent.columns)


def write_manifest(plan: "Plan", root: Path) -> None:
    """Write study.json, and the study file beside it as it was read."""
    content = {
        "title": plan.study.title,
        "extents": [
            {
                "name": direction.name,
                "columns": [column.name for column in direction.columns],
                "values": direction.values,
                "sampled": direction.sampled,
            }
            for direction in plan.directions
        ],
        "samples": None if plan.study.samples is None else plan.study.samples.model_dump(mode="json"),
        "entries": [[case.id, case.place] for case in plan.cases],
    }
    root.mkdir(parents=True, exist_ok=True)
    write_atomically(root / FILE, lambda path: path.write_text(json.dumps(content) + "\n", encoding="utf-8"))
    text = plan.path.read_bytes()
    write_atomically(root / "study.toml", lambda path: path.write_bytes(text))


def read_manifest(root: Path) -> Manifest:
    """Read study.json.

    Raises
    ------
    StudyError
        If the folder is no study.
    """
    try:
        data = json.loads((root / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StudyError([f"{root}: found no {FILE}; accepted: the folder of a study that was run"]) from error
    extents = tuple(
        Extent(e["name"], tuple(e["columns"]), tuple(tuple(row) for row in e["values"]), e["sampled"])
        for e in data["extents"]
    )
    entries = tuple(Entry(id, tuple(place), _values(extents, place)) for id, place in data["entries"])
    return Manifest(data["title"], extents, data["samples"], entries)


def _values(extents: tuple[Extent, ...], place: list[int]) -> dict[str, Value]:
    return {
        column: value
        for extent, index in zip(extents, place, strict=True)
        for column, value in zip(extent.columns, extent.values[index], strict=True)
    }
