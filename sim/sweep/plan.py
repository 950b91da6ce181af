"""The plan of a study: every point a checked case with the keys of what it shares with others."""

import json
import pickle
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.case.paths import set_value
from sim.case.reading import parse_case
from sim.errors import CaseError
from sim.sweep.axes import Direction, Point, directions, points
from sim.sweep.keys import Keys
from sim.sweep.problems import StudyError
from sim.sweep.remembering import inputs_key, recall, remember
from sim.sweep.study import Study, Value, load_study

ID_DIGITS = 20  # of the hash of a case, in the name of its folder


@dataclass(frozen=True)
class Planned:
    """A case of the study.

    Parameters
    ----------
    place
        Index of its value in each direction.
    values
        Of each column.
    id
        Name of its folder: the beginning of the hash of its content.
    text
        The complete case as JSON.
    mesh, basis
        Keys of what it shares with other cases.
    channels
        How many; a case of one channel costs next to nothing where the basis is known.
    accuracy
        Of its numerics.
    """

    place: tuple[int, ...]
    values: dict[str, Value]
    id: str
    text: str
    mesh: str
    basis: str
    channels: int
    accuracy: str


@dataclass(frozen=True)
class Plan:
    """A study with all of its cases in the order of the points."""

    study: Study
    path: Path
    directions: tuple[Direction, ...]
    cases: tuple[Planned, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of what is varied."""
        return tuple(column.name for direction in self.directions for column in direction.columns)

    @property
    def distinct(self) -> dict[str, Planned]:
        """The cases by id: points that are the same case count once."""
        return {case.id: case for case in self.cases}


def make_plan(path: Path, kept: Path | None = None) -> Plan:
    """Read a study and check all of its points.

    Parameters
    ----------
    kept
        File that holds what an earlier call found; used if neither the study, its case files nor the code have changed,
        and written otherwise. By default nothing is kept.

    Raises
    ------
    StudyError
        With everything that is wrong: the file, unknown paths, axes that change nothing, points that are no case.
    """
    study = load_study(path)
    base = _base(study, path)
    found = directions(study, str(path))
    key = inputs_key(path, [study.model_dump(mode="json"), base], (path.parent / study.base).parent)
    known = None if kept is None else recall(kept, key)
    if known is not None:
        return Plan(study, path, found, _recalled(known, found))
    cases = _checked(study, path, base, found)
    if kept is not None:
        remember(kept, key, [(c.id, c.text, c.mesh, c.basis, c.channels, c.accuracy) for c in cases])
    return Plan(study, path, found, tuple(cases))


def _recalled(known: Sequence[Any], found: tuple[Direction, ...]) -> tuple[Planned, ...]:
    return tuple(Planned(point.place, point.values, *facts) for point, facts in zip(points(found), known, strict=True))


def _checked(study: Study, path: Path, base: dict[str, Any], found: tuple[Direction, ...]) -> list[Planned]:
    """Every point as a case, or everything that is wrong."""
    keys, written = Keys(), pickle.dumps(base)  # read back much faster than copied
    cases: list[Planned] = []
    wrong: dict[str, list[Point]] = {}
    total = 0
    for point in points(found):
        total += 1
        try:
            cases.append(_planned(point, pickle.loads(written), study, path, keys))
        except CaseError as error:
            wrong.setdefault(str(error), []).append(point)
    problems = [_told(message, failed, total) for message, failed in wrong.items()]
    if not problems:
        problems = _idle(found, cases, str(path))
    if problems:
        raise StudyError(problems)
    return cases


def _base(study: Study, path: Path) -> dict[str, Any]:
    """The content of the base case with the values that all cases share."""
    file = path.parent / study.base
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise StudyError([f"{path}: base: found {study.base}, no readable file ({error.strerror}); accepted: the path "
                          "of a case file, from the folder of the study"]) from error  # fmt: skip
    except ValueError as error:
        raise StudyError([f"{path}: base: found {study.base} with a syntax error: {error}; accepted: TOML"]) from error
    try:
        for key, value in study.set.items():
            set_value(data, key, value, f"{path}: set")
    except CaseError as error:
        raise StudyError([str(error)]) from error
    return data


def _planned(point: Point, data: dict[str, Any], study: Study, path: Path, keys: Keys) -> Planned:
    """The case of a point; ``data``, the content of the base case, is changed."""
    for key, value in point.changes.items():
        set_value(data, key, value, str(path))
    case = parse_case(data, str(path), (path.parent / study.base).parent)
    mesh, basis = keys.of(case)
    return Planned(
        place=point.place,
        values=point.values,
        id=case.sha256[:ID_DIGITS],
        text=case.model_dump_json(),
        mesh=mesh,
        basis=basis,
        channels=len(case.channels),
        accuracy=case.numerics.accuracy,
    )


def _told(message: str, failed: Sequence[Point], total: int) -> str:
    """What is wrong, and where in the study."""
    if len(failed) == total:
        return f"{message} (in all {total} cases)"
    where = ", ".join(f"{name} = {json.dumps(value)}" for name, value in failed[0].values.items())
    many = f"{len(failed)} of {total} cases, the first" if len(failed) > 1 else "one case"
    return f"{message} (in {many} with {where})"


def _idle(found: Iterable[Direction], cases: Sequence[Planned], where: str) -> list[str]:
    """Axes along which no case differs from its neighbours."""
    problems = []
    for d, direction in enumerate(found):
        lines: dict[tuple[int, ...], set[str]] = {}
        for case in cases:
            lines.setdefault(case.place[:d] + case.place[d + 1 :], set()).add(case.id)
        if all(len(ids) == 1 for ids in lines.values()):
            problems.append(f"{where}: found an axis that changes nothing, {direction.name}; accepted: a key that "
                            "makes its cases differ")  # fmt: skip
    return problems
