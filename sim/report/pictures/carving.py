"""Tetrahedra cut by planes, so that a part of a body can be taken away with clean faces."""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Integers, Reals

Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
FACES = np.array([[1, 2, 3], [0, 3, 2], [0, 1, 3], [0, 2, 1]])  # of a tetrahedron, opposite to each of its corners
NUDGE = 1e-9  # of the mesh's size, so that no vertex lies in a plane


@dataclass(frozen=True)
class Tetrahedra:
    """Points (n, 3), cells (m, 4), and the tag of each cell (m,)."""

    points: Reals
    cells: Integers
    tags: Integers

    @property
    def centroids(self) -> Reals:
        """Of the cells (m, 3)."""
        return np.asarray(self.points[self.cells].mean(axis=1))

    def split(self, normal: Reals, offset: float) -> "Tetrahedra":
        """The same body with every cell that the plane ``normal @ x = offset`` cuts divided along it.

        Neighbours agree about the diagonals of their common faces: each goes from the lowest numbered old vertex.
        """
        distance = self.points @ normal - offset
        distance = distance + NUDGE * max(float(np.ptp(distance)), 1e-12)
        above = distance > 0.0
        count = above[self.cells].sum(axis=1)
        cut = np.flatnonzero((count > 0) & (count < 4))
        if len(cut) == 0:
            return self
        # corners above first, then by number
        order = np.lexsort((self.cells[cut], ~above[self.cells[cut]]), axis=1)
        corners = np.take_along_axis(self.cells[cut], order, axis=1)
        crossings = _Crossings(self.points, distance)
        parts, parents = [], []
        for upper, divide in ((1, _one), (2, _two), (3, _three)):
            chosen = corners[count[cut] == upper]
            if len(chosen):
                pieces = divide(chosen, crossings)
                parts += pieces
                parents += [cut[count[cut] == upper]] * len(pieces)
        whole = np.ones(len(self.cells), dtype=bool)
        whole[cut] = False
        cells = np.vstack([self.cells[whole], *parts])
        tags = np.concatenate([self.tags[whole], *(self.tags[parent] for parent in parents)])
        points, cells = crossings.numbered(cells)
        return Tetrahedra(points, cells, tags)

    def without(self, gone: Flags) -> "Tetrahedra":
        """The body without some of its cells (m,)."""
        return Tetrahedra(self.points, self.cells[~gone], self.tags[~gone])

    def surface(self) -> tuple[Integers, Integers]:
        """Triangles (t, 3) that belong to one cell only, seen from outside anticlockwise, and that cell (t,)."""
        ends = self.points[self.cells]
        left = np.linalg.det(ends[:, 1:] - ends[:, :1]) < 0.0
        cells = np.where(left[:, None], self.cells[:, [0, 2, 1, 3]], self.cells)
        faces = cells[:, FACES].reshape(-1, 3)
        size = len(self.points)
        low, middle, high = np.sort(faces, axis=1).T
        _, first, counts = np.unique(
            (low * size + middle) * size + high if size < 2_000_000 else _labels(low, middle, high),
            return_index=True,
            return_counts=True,
        )
        chosen = np.sort(first[counts == 1])
        return faces[chosen], chosen // 4


def _labels(*columns: Integers) -> Integers:
    """One number for each row where products would be too large."""
    return np.asarray(np.unique(np.column_stack(columns), axis=0, return_inverse=True)[1]).ravel()


class _Crossings:
    """New vertices where edges cross the plane, under provisional numbers that say which edge."""

    def __init__(self, points: Reals, distance: Reals) -> None:
        self._points, self._distance = points, distance

    def on(self, one: Integers, other: Integers) -> Integers:
        """Provisional numbers of the crossings of edges (n,), (n,)."""
        n = len(self._points)
        return n + np.minimum(one, other) * n + np.maximum(one, other)

    def numbered(self, cells: Integers) -> tuple[Reals, Integers]:
        """All points, and the cells with their final numbers."""
        n = len(self._points)
        new, inverse = np.unique(cells[cells >= n], return_inverse=True)
        one, other = np.divmod(new - n, n)
        t = self._distance[one] / (self._distance[one] - self._distance[other])
        places = self._points[one] + t[:, None] * (self._points[other] - self._points[one])
        cells = cells.copy()
        cells[cells >= n] = n + inverse.ravel()
        return np.vstack([self._points, places]), cells


def _prism(bottom: tuple[Integers, ...], top: tuple[Integers, ...]) -> list[Integers]:
    """Three tetrahedra of a prism; the diagonals go from the bottom of an earlier edge to the top of a later one."""
    (a, b, c), (d, e, f) = bottom, top
    return [np.column_stack(corners) for corners in ((a, b, c, f), (a, b, e, f), (a, d, e, f))]


def _one(corners: Integers, crossings: _Crossings) -> list[Integers]:
    """One corner above: a tetrahedron and a prism."""
    apex, *base = corners.T
    ring = tuple(crossings.on(apex, corner) for corner in base)
    return [np.column_stack([apex, *ring]), *_prism(tuple(base), ring)]


def _three(corners: Integers, crossings: _Crossings) -> list[Integers]:
    """Three corners above."""
    return _one(corners[:, [3, 0, 1, 2]], crossings)


def _two(corners: Integers, crossings: _Crossings) -> list[Integers]:
    """Two corners above: two prisms, whose common quadrangle both divide from the first corners' crossing."""
    i, j, k, m = corners.T
    ik, im, jk, jm = (crossings.on(a, b) for a in (i, j) for b in (k, m))
    return _prism((i, ik, im), (j, jk, jm)) + _prism((k, ik, jk), (m, im, jm))
