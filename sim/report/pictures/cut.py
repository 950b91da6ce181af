"""A plane through the tetrahedra: the triangles and quadrangles in which it cuts them, with what is known there."""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Integers, Reals
from sim.basis import Solution
from sim.report.pictures.plane import Plane
from sim.response import Response
from sim.units import MA_PER_CM2

# Edges of a cell that the plane crosses, by the number of corners before it; corners sorted by distance, first the
# most positive. Two corners on each side make a quadrangle, which is two triangles.
CROSSED = {
    1: [((0, 1), (0, 2), (0, 3))],
    2: [((0, 2), (0, 3), (1, 3)), ((0, 2), (1, 3), (1, 2))],
    3: [((3, 0), (3, 1), (3, 2))],
}
MAX_PARTS = 12


@dataclass(frozen=True)
class Cut:
    """Triangles of the cut.

    Parameters
    ----------
    cells
        Cell that each triangle belongs to (t,).
    weights
        Barycentric coordinates in that cell of the triangle's corners (t, 3, 4).
    """

    cells: Integers
    weights: Reals

    @classmethod
    def of(cls, basis: Solution, plane: Plane) -> "Cut":
        """Cut the mesh."""
        distance = plane.sided(basis.points)
        sides = (distance > 0.0)[basis.cells].sum(axis=1)
        cells, weights = [], []
        for count, triangles in CROSSED.items():
            chosen = np.flatnonzero(sides == count)
            order = np.argsort(-distance[basis.cells[chosen]], axis=1)
            ordered = np.take_along_axis(distance[basis.cells[chosen]], order, axis=1)
            for triangle in triangles:
                cells.append(chosen)
                weights.append(_weights(ordered, order, triangle))
        return cls(np.concatenate(cells), np.concatenate(weights))

    def points(self, basis: Solution) -> Reals:
        """Corners of the triangles (t, 3, 3), m."""
        return self.weights @ basis.points[basis.cells[self.cells]]

    def divided(self, lengths: Reals, spacing: float) -> "Cut":
        """The same cut with triangles of these lengths (t,) divided until none is longer than the spacing."""
        parts = np.clip(np.ceil(lengths / spacing), 1, MAX_PARTS).astype(int)
        cells, weights = [], []
        for count in np.unique(parts):
            chosen = parts == count
            places = _small_triangles(int(count))
            cells.append(np.repeat(self.cells[chosen], len(places)))
            weights.append((places @ self.weights[chosen][:, None]).reshape(-1, 3, 4))
        return Cut(np.concatenate(cells), np.concatenate(weights))

    def density(self, basis: Solution, response: Response) -> Reals:
        """R.m.s. current density at the corners of the triangles (t, 3), mA/cm2, continuous within a region."""
        J = self.weights @ np.stack([_recovered(basis, J, self.cells) for J in response.current_density])
        return np.asarray(response.drive.rms_length(J) / MA_PER_CM2, dtype=np.float64)

    def flow(self, basis: Solution, response: Response) -> Reals:
        """Current density at the corners of the triangles (t, 3, 3) at the peak of the first channel, A/m2."""
        at_peak = np.tensordot(response.drive.instants[0], response.current_density, axes=1)
        return np.asarray(self.weights @ _recovered(basis, at_peak, self.cells))

    def potential(self, basis: Solution, response: Response) -> Reals:
        """Potential at the corners of the triangles (t, 3) at the peak of the first channel, V.

        Exact for a quadratic: each vertex's Taylor expansion with half of its gradient.
        """
        at_peak = response.drive.instants[0]
        corners = basis.cells[self.cells]
        potential = np.tensordot(at_peak, response.potential[:, corners], axes=1)
        field = np.tensordot(at_peak, response.field[:, self.cells], axes=1)
        places = basis.points[corners]
        # Σ_c w_c E_c·(x - x_c) with x = Σ_c w_c x_c
        towards = np.einsum("tpi,tpi->tp", self.weights @ field, self.weights @ places)
        own = np.einsum("tpc,tc->tp", self.weights, np.einsum("tci,tci->tc", field, places))
        return np.asarray(np.einsum("tpc,tc->tp", self.weights, potential) - (towards - own) / 2)


def _recovered(basis: Solution, field: Reals, cells: Integers) -> Reals:
    """The field (m, 4, 3) at the corners of some cells (t, 4, 3), as the volume-weighted mean of its region there."""
    wanted = np.zeros(len(basis.points), dtype=bool)
    wanted[basis.cells[cells]] = True
    around = np.flatnonzero(wanted[basis.cells].any(axis=1))
    edges = basis.points[basis.cells[around, 1:]] - basis.points[basis.cells[around, :1]]
    volumes = np.repeat(np.abs(np.linalg.det(edges)), 4)
    shape = (len(basis.layer_names), len(basis.points))
    keys = np.ravel_multi_index((np.repeat(basis.layers[around], 4), basis.cells[around].ravel()), shape)
    total = np.bincount(keys, volumes, shape[0] * shape[1])
    here = np.ravel_multi_index((np.repeat(basis.layers[cells], 4), basis.cells[cells].ravel()), shape)
    means = [
        np.bincount(keys, volumes * component, len(total))[here] / total[here]
        for component in field[around].reshape(-1, 3).T
    ]
    return np.column_stack(means).reshape(-1, 4, 3)


def _small_triangles(parts: int) -> Reals:
    """Corners (parts², 3, 3) of the equal triangles into which a triangle divides, in barycentric coordinates."""
    corners = []
    for i in range(parts):
        for j in range(parts - i):
            corners.append(((i, j), (i + 1, j), (i, j + 1)))
            if j < parts - i - 1:
                corners.append(((i + 1, j + 1), (i, j + 1), (i + 1, j)))
    first = np.array(corners) / parts
    return np.concatenate([1.0 - first.sum(axis=2, keepdims=True), first], axis=2)


def _weights(distance: Reals, order: Integers, triangle: tuple[tuple[int, int], ...]) -> Reals:
    """Barycentric coordinates (n, 3, 4) of the crossings of three edges, at the cells' own corners."""
    sorted_weights = np.zeros((len(distance), 3, 4))
    for corner, (i, j) in enumerate(triangle):
        t = distance[:, i] / (distance[:, i] - distance[:, j])
        sorted_weights[:, corner, i], sorted_weights[:, corner, j] = 1.0 - t, t
    weights = np.empty_like(sorted_weights)
    np.put_along_axis(weights, np.broadcast_to(order[:, None], weights.shape), sorted_weights, axis=2)
    return weights
