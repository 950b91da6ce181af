"""A plane through the tetrahedra: the triangles and quadrangles in which it cuts them, with what is known there."""

from dataclasses import dataclass

import numpy as np

from sim.basis import Basis
from sim.response import Response
from sim.tissues import Conductor
from sim.units import MA_PER_CM2

Reals = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

# Edges of a cell that the plane crosses, by the number of corners before it; corners sorted by distance, first the
# most positive. Two corners on each side make a quadrangle, which is two triangles.
CROSSED = {
    1: [((0, 1), (0, 2), (0, 3))],
    2: [((0, 2), (0, 3), (1, 3)), ((0, 2), (1, 3), (1, 2))],
    3: [((3, 0), (3, 1), (3, 2))],
}
NUDGE = 1e-9  # m, so that no vertex lies in the plane


@dataclass(frozen=True)
class Plane:
    """A vertical plane through two points of the skin.

    Parameters
    ----------
    origin, along, normal
        A point (3,), m, and two horizontal unit vectors: in the plane and across.
    """

    origin: Reals
    along: Reals
    normal: Reals

    @classmethod
    def through(cls, one: Reals, other: Reals) -> "Plane":
        """The plane through two points (2,) of the skin, m; its coordinate is that of x or y, whichever it follows."""
        direction = (other - one) / np.linalg.norm(other - one)
        direction = direction * np.sign(direction[np.argmax(np.abs(direction))])
        along = np.array([*direction, 0.0])
        return cls(np.array([*one, 0.0]), along, np.array([-along[1], along[0], 0.0]))

    def coordinates(self, points: Reals) -> Reals:
        """Place (..., 2) of points (..., 3): along the plane, from the foot of the body's middle, and z."""
        return np.stack([points @ self.along, points[..., 2]], axis=-1)

    def distance(self, points: Reals) -> Reals:
        """Signed distance (...) of points (..., 3)."""
        return np.asarray((points - self.origin) @ self.normal)


@dataclass(frozen=True)
class Cut:
    """Triangles of the cut.

    Parameters
    ----------
    cells
        Cell that each triangle belongs to (t,).
    weights
        Barycentric coordinates in that cell of the triangle's corners (t, 3, 4).
    edges
        Numbers of the mesh edges on which the corners lie (t, 3): equal where triangles share a corner.
    """

    cells: Integers
    weights: Reals
    edges: Integers

    @classmethod
    def of(cls, basis: Basis, plane: Plane) -> "Cut":
        """Cut the mesh."""
        distance = plane.distance(basis.points) + NUDGE
        sides = (distance > 0.0)[basis.cells].sum(axis=1)
        cells, weights, edges = [], [], []
        for count, triangles in CROSSED.items():
            chosen = np.flatnonzero(sides == count)
            order = np.argsort(-distance[basis.cells[chosen]], axis=1)
            vertices = np.take_along_axis(basis.cells[chosen], order, axis=1)
            for triangle in triangles:
                cells.append(chosen)
                weights.append(_weights(distance[vertices], order, triangle))
                edges.append(_edge_keys(vertices, triangle, len(basis.points)))
        _, numbers = np.unique(np.concatenate(edges), return_inverse=True)
        return cls(np.concatenate(cells), np.concatenate(weights), numbers.reshape(-1, 3))

    def points(self, basis: Basis) -> Reals:
        """Corners of the triangles (t, 3, 3), m."""
        return self.weights @ basis.points[basis.cells[self.cells]]

    def density(self, basis: Basis, response: Response, conductors: tuple[Conductor, ...]) -> Reals:
        """R.m.s. current density at the corners of the triangles (t, 3), mA/cm2."""
        conductivity = {c.layer: c.conductivity for c in conductors}
        κ = np.stack([conductivity[name] for name in basis.layer_names])[basis.layers[self.cells]]
        J = self.weights @ response.field[:, self.cells] @ κ  # κ is symmetric
        return response.drive.rms_length(J) / MA_PER_CM2

    def potential(self, basis: Basis, response: Response) -> Reals:
        """Potential at the corners of the triangles (t, 3) at the peak of the first channel, V.

        Exact for a quadratic: each vertex's Taylor expansion with half of its gradient.
        """
        at_peak = response.drive.instants[0]
        corners = basis.cells[self.cells]
        potential = np.tensordot(at_peak, response.potential[:, corners], axes=1)
        field = np.tensordot(at_peak, response.field[:, self.cells], axes=1)
        steps = self.points(basis)[:, :, None] - basis.points[corners][:, None]
        return np.asarray(
            np.einsum("tpc,tc->tp", self.weights, potential)
            - np.einsum("tpc,tci,tpci->tp", self.weights, field, steps) / 2
        )


def _weights(distance: Reals, order: Integers, triangle: tuple[tuple[int, int], ...]) -> Reals:
    """Barycentric coordinates (n, 3, 4) of the crossings of three edges, at the cells' own corners."""
    sorted_weights = np.zeros((len(distance), 3, 4))
    for corner, (i, j) in enumerate(triangle):
        t = distance[:, i] / (distance[:, i] - distance[:, j])
        sorted_weights[:, corner, i], sorted_weights[:, corner, j] = 1.0 - t, t
    weights = np.empty_like(sorted_weights)
    np.put_along_axis(weights, np.broadcast_to(order[:, None], weights.shape), sorted_weights, axis=2)
    return weights


def _edge_keys(vertices: Integers, triangle: tuple[tuple[int, int], ...], count: int) -> Integers:
    """One number (n, 3) for each edge."""
    pairs = np.sort(np.stack([vertices[:, list(edge)] for edge in triangle], axis=1), axis=2)
    return np.asarray(pairs[..., 0] * count + pairs[..., 1])
