"""How much a quantity changes along each axis, and its indices of Sobol where the samples allow it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import sobol_indices

from meshes.arrays import Reals
from sim.sweep.choosing import number, require_column
from sim.sweep.manifest import Manifest
from sim.sweep.problems import StudyError
from sim.sweep.rows import Row

FIFTH = 0.2  # of the samples, the lowest and the highest


@dataclass(frozen=True)
class Effect:
    """Mean of the quantity where an axis is at its lowest and at its highest value, all else as it comes.

    For samples: over the fifth of the samples with the lowest and the fifth with the highest values. For an axis of
    texts or lists: the smallest and the largest of the means.
    """

    axis: str
    at_low: float
    at_high: float

    @property
    def size(self) -> float:
        """How far the two are apart."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True)
class Indices:
    """First-order and total index of Sobol of an axis: part of the variance that it explains alone, and at all."""

    axis: str
    first: float
    total: float


def effects(rows: Sequence[Row], manifest: Manifest, quantity: str) -> list[Effect]:
    """What each axis does to a quantity, the strongest first.

    Raises
    ------
    StudyError
        If there is no such column, or no number in it.
    """
    require_column(rows, quantity)
    known = [(entry.place, row) for entry, row in zip(manifest.entries, rows, strict=True)]
    values = np.array([_finite(row, quantity) for _, row in known])
    if not np.isfinite(values).any():
        raise StudyError([f"found no numbers in the column {quantity}; accepted: a column of numbers"])
    found = []
    for d, extent in enumerate(manifest.extents):
        if extent.sampled:
            for name in extent.columns:
                order = np.array([number(row.get(name)) for _, row in known], dtype=float)
                found.append(_of_samples(name, order, values))
        else:
            places = np.array([place[d] for place, _ in known])
            numbers = all(isinstance(row[0], int | float) for row in extent.values)
            found.append(_of_grid(extent.name, places, values, len(extent.values), numbers))
    return sorted(found, key=lambda effect: effect.size, reverse=True)


def _finite(row: Row, column: str) -> float:
    value = number(row.get(column))
    return np.nan if value is None else value


def _of_grid(name: str, places: Reals, values: Reals, count: int, numbers: bool) -> Effect:
    parts = [values[(places == i) & np.isfinite(values)] for i in range(count)]
    means = [float(part.mean()) for part in parts if len(part)]
    return Effect(name, means[0], means[-1]) if numbers else Effect(name, min(means), max(means))


def _of_samples(name: str, along: Reals, values: Reals) -> Effect:
    known = np.isfinite(values)
    order = np.argsort(along[known], kind="stable")
    ordered = values[known][order]
    count = max(round(FIFTH * len(ordered)), 1)
    return Effect(name, float(ordered[:count].mean()), float(ordered[-count:].mean()))


def indices(rows: Sequence[Row], manifest: Manifest, quantity: str) -> list[Indices]:
    """Indices of Sobol from a study of samples drawn by ``saltelli`` (Saltelli et al. 2010), the largest total first.

    Raises
    ------
    StudyError
        If the samples are others, there are axes besides, or a case has no number.
    """
    require_column(rows, quantity)
    sampled = [extent for extent in manifest.extents if extent.sampled]
    if manifest.samples is None or manifest.samples["method"] != "saltelli" or len(manifest.extents) != 1:
        raise StudyError([f'{manifest.title}: found no samples of method = "saltelli" alone; accepted: a study of '
                          "such samples without other axes"])  # fmt: skip
    values = np.array([_finite(row, quantity) for row in rows])
    if not np.isfinite(values).all():
        missing = int((~np.isfinite(values)).sum())
        raise StudyError([f"found {missing} cases without a number in {quantity}; accepted: a complete study"])
    names, count = sampled[0].columns, manifest.samples["count"]
    blocks = values.reshape(len(names) + 2, 1, count)
    if np.ptp(values) == 0.0:
        raise StudyError([f"found the same {quantity} in all cases; accepted: a quantity that varies"])
    result = sobol_indices(func={"f_A": blocks[0], "f_B": blocks[1], "f_AB": blocks[2:]}, n=count)
    found = [
        Indices(name, float(first), float(total))
        for name, first, total in zip(names, np.ravel(result.first_order), np.ravel(result.total_order), strict=True)
    ]
    return sorted(found, key=lambda index: index.total, reverse=True)
