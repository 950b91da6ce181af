"""A straight line into the body: which cells it passes, and where it enters and leaves each."""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Integers, Reals
from sim.case import Case
from sim.units import MM

TOUCHES = 1e-7  # barycentric coordinate that still counts as inside: lines along faces and edges of cells
SHORTEST_MM = 1e-6  # of a part of the line


@dataclass(frozen=True)
class Ray:
    """Parts of a line in its order, one for each cell; it ends where the body does.

    Parameters
    ----------
    depths_mm
        Where each part begins and ends (k, 2), from the start of the line.
    cells
        Their numbers (k,).
    weights
        Barycentric coordinates in its cell of both ends of each part (k, 2, 4).
    """

    depths_mm: Reals
    cells: Integers
    weights: Reals

    @classmethod
    def into(cls, points: Reals, cells: Integers, start_mm: Reals, direction: Reals) -> "Ray":
        """Follow a line through a mesh.

        Parameters
        ----------
        points, cells
            Vertices (n, 3), m, and their numbers (m, 4).
        start_mm, direction
            A point (3,) and a unit vector (3,).

        Returns
        -------
        Ray
            Without parts where the line misses the body.
        """
        own = np.asarray(points, dtype=np.float64) / MM - start_mm
        across = np.linalg.svd(direction[None])[2][1:]
        flat = (own @ across.T)[cells]
        near = np.flatnonzero(((flat.min(axis=1) <= SHORTEST_MM) & (flat.max(axis=1) >= -SHORTEST_MM)).all(axis=1))
        corners = own[cells[near]]
        matrices = np.concatenate([corners.transpose(0, 2, 1), np.ones((len(near), 1, 4))], axis=1)
        solvable = np.abs(np.linalg.det(matrices)) > 0.0
        near, inverse = near[solvable], np.linalg.inv(matrices[solvable])
        constant, slope = inverse[:, :, 3], inverse[:, :, :3] @ direction  # weights along the line: constant + slope d
        low, high = _within(constant, slope)
        kept = _in_order(np.maximum(low, 0.0), high)
        depths = np.array([(begin, end) for _, begin, end in kept]).reshape(-1, 2)
        chosen = np.array([i for i, _, _ in kept], dtype=np.int64)
        weights = constant[chosen, None] + slope[chosen, None] * depths[:, :, None]
        return cls(depths, near[chosen], weights)


def along_normal(case: Case, points: Reals, cells: Integers, start_mm: Reals) -> Ray:
    """From a point (3,) of the skin, mm, along its inward normal."""
    return Ray.into(points, cells, start_mm, -case.body.frame(start_mm[None])[0, 2])


def _within(constant: Reals, slope: Reals) -> tuple[Reals, Reals]:
    """Where along the line all barycentric coordinates of each cell (k, 4) are positive: from (k,) to (k,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        zero = -(constant + TOUCHES) / slope
    low = np.where(slope > 0.0, zero, -np.inf).max(axis=1)
    high = np.where(slope < 0.0, zero, np.inf).min(axis=1)
    beside = ((slope == 0.0) & (constant < -TOUCHES)).any(axis=1)
    return low, np.where(beside, -np.inf, high)


def _in_order(low: Reals, high: Reals) -> list[tuple[int, float, float]]:
    """Parts one after the other: cell, beginning, end. Of cells that share a part the first has it."""
    parts: list[tuple[int, float, float]] = []
    for i in np.argsort(low, kind="stable"):
        begin, end = float(low[i]), float(high[i])
        if parts:
            if begin > parts[-1][2] + 1e3 * SHORTEST_MM:
                break
            begin = parts[-1][2]
        if end - begin > SHORTEST_MM:
            parts.append((int(i), begin, end))
    return parts
