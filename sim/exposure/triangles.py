"""Functions on flat triangles: areas, shape functions, projection to linear ones, samples."""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Reals

MAX_PARTS = 16

# Six points, exact to degree 4 (Dunavant 1985, Int J Numer Methods Eng 21:1129): barycentric points and weights.
_NEAR, _FAR = 0.445948490915965, 0.091576213509771
QUADRATURE_POINTS = np.vstack([np.roll([1.0 - 2.0 * a, a, a], shift) for a in (_NEAR, _FAR) for shift in range(3)])
QUADRATURE_WEIGHTS = np.repeat([0.223381589678011, 0.109951743655322], 3)


def facet_areas(corners: Reals) -> Reals:
    """Areas (f,) of triangles with corners (f, 3, 3)."""
    edges = corners[:, 1:] - corners[:, :1]
    return np.linalg.norm(np.cross(edges[:, 0], edges[:, 1]), axis=1) / 2


def shape_functions(points: Reals, count: int) -> Reals:
    """Values (n, count) of the first (count 3) or second order (6) shape functions at barycentric points (n, 3).

    The places are the corners 0, 1, 2 and, in second order, the midpoints of the edges 12, 20, 01.
    """
    if count == 3:
        return np.array(points)
    a, b, c = points.T
    return np.column_stack([a * (2 * a - 1), b * (2 * b - 1), c * (2 * c - 1), 4 * b * c, 4 * c * a, 4 * a * b])


def unit_mass(count: int) -> Reals:
    """Integrals (count, count) of products of shape functions over a triangle of area 1."""
    basis = shape_functions(QUADRATURE_POINTS, count)
    return np.einsum("q,qi,qj->ij", QUADRATURE_WEIGHTS, basis, basis)


def to_linear(values: Reals) -> Reals:
    """Corner values (..., 3) of the linear function nearest in the mean square to the given one (..., 3 or 6).

    The integral over the triangle stays the same; the oscillation of second order traces beside a singular rim goes.
    """
    count = values.shape[-1]
    basis, linear = shape_functions(QUADRATURE_POINTS, count), shape_functions(QUADRATURE_POINTS, 3)
    mixed = np.einsum("q,qi,qj->ij", QUADRATURE_WEIGHTS, linear, basis)
    return values @ np.linalg.solve(unit_mass(3), mixed).T


def to_constant(values: Reals) -> Reals:
    """Corner values (..., 3), all equal, of the mean over the triangle of the given function (..., 3 or 6)."""
    means = values @ unit_mass(values.shape[-1]).sum(axis=0)
    return np.repeat(means[..., None], 3, axis=-1)


@dataclass(frozen=True)
class Samples:
    """Points (n, 3) with the area (n,) that each stands for, and values (k, n) of some functions there."""

    points: Reals
    areas: Reals
    values: Reals

    @property
    def area(self) -> float:
        """Area of the whole."""
        return float(self.areas.sum())


def centroids(parts: int) -> Reals:
    """Barycentric centroids (parts², 3) of the equal triangles into which a triangle divides."""
    points = []
    for i in range(parts):
        for j in range(parts - i):
            points.append((i + 1 / 3, j + 1 / 3))
            if j < parts - i - 1:
                points.append((i + 2 / 3, j + 2 / 3))
    bc = np.array(points) / parts
    return np.column_stack([1 - bc.sum(axis=1), bc])


def sample(corners: Reals, values: Reals, spacing: float) -> Samples:
    """Sample linear functions on facets, every facet divided until its parts are no longer than the spacing.

    Sums of values times areas are the exact integrals.

    Parameters
    ----------
    corners
        Of the facets (f, 3, 3).
    values
        At the corners (k, f, 3).
    spacing
        Largest edge of a part, in the unit of the corners; facets are divided 3 to 16 times.
    """
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    parts = np.clip(np.ceil(longest / spacing), 3, MAX_PARTS).astype(int)
    areas = facet_areas(corners)
    points, weights, results = [], [], []
    for count in np.unique(parts):
        chosen = parts == count
        places = centroids(int(count))
        points.append(np.einsum("pc,fcd->fpd", places, corners[chosen]).reshape(-1, 3))
        weights.append(np.repeat(areas[chosen] / count**2, count**2))
        results.append((values[:, chosen] @ places.T).reshape(len(values), -1))
    return Samples(np.vstack(points), np.concatenate(weights), np.concatenate(results, axis=1))
