"""From the axes of a study to its points: which keys get which values."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from sim.sweep.problems import StudyError
from sim.sweep.sampling import draw
from sim.sweep.study import MOST_CASES, Axis, Samples, Study, Uncertain, Value, Values

DIGITS = 12  # of spaced and drawn numbers, so that 0.1 + 0.2 is written as 0.3


@dataclass(frozen=True)
class Column:
    """One column of the table: a name, and the keys of the case that get its value."""

    name: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Direction:
    """Columns that move together: entry i of the values sets all of them."""

    name: str
    columns: tuple[Column, ...]
    values: tuple[tuple[Value, ...], ...]
    sampled: bool = False


@dataclass(frozen=True)
class Point:
    """One point: where it lies in each direction, and the value of each column."""

    place: tuple[int, ...]
    values: dict[str, Value]
    changes: dict[str, Value]


def directions(study: Study, where: str) -> tuple[Direction, ...]:
    """The directions in which a study extends, the samples last.

    Raises
    ------
    StudyError
        If values or keys do not fit together.
    """
    problems: list[str] = []
    found = [_axis(axis, f"{where}: axes[{i}]", problems) for i, axis in enumerate(study.axes)]
    if study.samples is not None:
        found.append(_sampled(study.samples))
    _check_keys(found, study, where, problems)
    count = int(np.prod([float(len(direction.values)) for direction in found]))
    if count > MOST_CASES:
        problems.append(f"{where}: found {count} cases; accepted: up to {MOST_CASES}")
    if problems:
        raise StudyError(problems)
    return tuple(found)


def points(found: tuple[Direction, ...]) -> Iterator[Point]:
    """Every combination of the directions' entries; the last direction moves fastest."""
    for place in product(*(range(len(direction.values)) for direction in found)):
        values: dict[str, Value] = {}
        changes: dict[str, Value] = {}
        for direction, index in zip(found, place, strict=True):
            for column, value in zip(direction.columns, direction.values[index], strict=True):
                values[column.name] = value
                changes |= dict.fromkeys(column.keys, value)
        yield Point(place, values, changes)


def _axis(axis: Axis, where: str, problems: list[str]) -> Direction:
    lists = [spread(member) for member in axis.members]
    if len({len(entries) for entries in lists}) > 1:
        lengths = ", ".join(str(len(entries)) for entries in lists)
        problems.append(f"{where}.zip: found lists of {lengths} values; accepted: lists of one length")
    alone = axis.zip is None and axis.name is not None
    columns = tuple(Column(axis.name if alone and axis.name else m.keys[0], m.keys) for m in axis.members)
    rows = tuple(zip(*lists, strict=False))
    seen: list[tuple[Value, ...]] = []
    for row in rows:
        if row in seen:
            shown = ", ".join(map(str, row))
            problems.append(f"{where}: found {shown} twice in {columns[0].name}; accepted: each value once")
        seen.append(row)
    if len(rows) == 1:
        problems.append(
            f"{where}: found one value of {columns[0].name}, so that this axis changes nothing; "
            "accepted: two values or more (a value common to all cases belongs into set)"
        )
    return Direction(axis.name or columns[0].name, columns, rows)


def spread(member: Values) -> list[Value]:
    """The values of a key."""
    if member.values is not None:
        return list(member.values)
    if member.linspace is not None:
        ends, numbers = member.linspace, np.linspace(member.linspace.start, member.linspace.stop, member.linspace.count)
    else:
        assert member.logspace is not None  # exactly one is given
        ends = member.logspace
        numbers = np.geomspace(ends.start, ends.stop, ends.count)
    inner = [rounded(float(number)) for number in numbers[1:-1]]
    return [ends.start, *inner, ends.stop]


def rounded(number: float) -> float:
    """The number with the digits that a person would write."""
    return float(f"{number:.{DIGITS}g}")


def _sampled(samples: Samples) -> Direction:
    columns = tuple(_column(axis) for axis in samples.axes)
    rows = tuple(tuple(rounded(float(x)) for x in row) for row in draw(samples))
    return Direction("sample", columns, rows, sampled=True)


def _column(axis: Uncertain) -> Column:
    return Column(axis.name or axis.keys[0], axis.keys)


def _check_keys(found: list[Direction], study: Study, where: str, problems: list[str]) -> None:
    """No column twice, and no key that another one overwrites."""
    columns = [column for direction in found for column in direction.columns]
    names = [column.name for column in columns]
    for name in sorted({name for name in names if names.count(name) > 1}):
        problems.append(f"{where}: found two axes of the name {name}; accepted: names of their own")
    keys = [key for column in columns for key in column.keys]
    for i, key in enumerate(keys):
        for other in keys[:i]:
            if key == other or key.startswith(f"{other}.") or other.startswith(f"{key}."):
                problems.append(f"{where}: found axes for {other} and {key}, one of which changes nothing; accepted: "
                                "one axis for a key")  # fmt: skip
        for fixed in study.set:
            if key == fixed or fixed.startswith(f"{key}."):
                problems.append(
                    f"{where}: set.{fixed}: found a value that the axis {key} replaces; accepted: one of them"
                )
