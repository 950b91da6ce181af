"""Statistics that survive refinement: weighted percentiles, and the largest average over a window of fixed size.

A nodal or cell maximum grows without bound under refinement, because the density is singular at a pad's rim.
"""

from itertools import product

import numpy as np
from scipy.ndimage import uniform_filter
from scipy.spatial import cKDTree

from meshes.arrays import Integers, Reals
from sim.exposure.triangles import Samples

ONE_CM2 = 1e-4  # m2
ONE_CM2_RADIUS = float(np.sqrt(ONE_CM2 / np.pi))  # m
BIN = 0.25e-3  # m, to which samples are gathered before they are summed over discs
CUBE = 2e-3  # m, the cube of ICNIRP 2010
VOXELS_PER_CUBE = 4
MOST_CENTRES = 1000  # of discs that are summed over at once: they hold some 1600 samples each


def weighted_percentiles(values: Reals, weights: Reals, percents: tuple[float, ...]) -> tuple[float, ...]:
    """Values below which the given parts of the total weight lie, interpolated between samples."""
    order = np.argsort(values)
    ordered, weight = values[order], weights[order]
    reached = (np.cumsum(weight) - weight / 2) / weight.sum()
    return tuple(float(np.interp(percent / 100, reached, ordered)) for percent in percents)


def peak_disc_average(samples: Samples, density: Reals) -> float:
    """Largest average of the density over the part of the contact inside a disc of 1 cm2 centred on the contact.

    Near the rim part of the disc lies outside the contact, where there is no density to average: the average is over
    what is inside, so that a current that crowds at the rim is not diluted. For a contact of less than 1 cm2 it is the
    average over the whole contact.

    Parameters
    ----------
    samples
        Of the contact: points and areas, m and m2.
    density
        At the samples (n,).
    """
    if samples.area <= ONE_CM2:
        return float(density @ samples.areas) / samples.area
    points, areas, currents = _binned(samples, density, BIN)
    tree = cKDTree(points)
    coarse = _thinned(points, 0.3 * ONE_CM2_RADIUS)
    best = coarse[np.argsort(_disc_averages(tree, coarse, areas, currents))[-12:]]
    step = 0.1 * ONE_CM2_RADIUS
    around = np.array(list(product(range(-2, 3), repeat=3))) * step
    _, nearest = tree.query((best[:, None] + around).reshape(-1, 3))
    peak = _disc_averages(tree, points[np.unique(nearest)], areas, currents).max()
    return float(max(peak, (density @ samples.areas) / samples.area))  # a disc may just miss the whole contact


def _binned(samples: Samples, density: Reals, spacing: float) -> tuple[Reals, Reals, Reals]:
    """Centroids, areas and currents of the samples in each cell of a grid."""
    index = np.floor(samples.points / spacing).astype(np.int64)
    _, which = np.unique(index @ np.array([1, 1 << 20, 1 << 40]), return_inverse=True)
    areas = _sums(which, samples.areas)
    points = np.column_stack([_sums(which, samples.areas * x) for x in samples.points.T]) / areas[:, None]
    return points, areas, _sums(which, samples.areas * density)


def _sums(which: Integers, weights: Reals) -> Reals:
    return np.asarray(np.bincount(which, weights), dtype=np.float64)


def _thinned(points: Reals, spacing: float) -> Reals:
    """One of the points for each cell of a grid."""
    _, first = np.unique(np.round(points / spacing).astype(np.int64), axis=0, return_index=True)
    return points[first]


def _disc_averages(tree: cKDTree, centres: Reals, areas: Reals, currents: Reals) -> Reals:
    """Current per area inside the disc around each centre, which is one of the points of the tree."""
    averages = []
    for start in range(0, len(centres), MOST_CENTRES):
        some = cKDTree(centres[start : start + MOST_CENTRES])
        pairs = some.sparse_distance_matrix(tree, ONE_CM2_RADIUS, output_type="ndarray")
        which, inside = pairs["i"], pairs["j"]
        averages.append(_sums(which, currents[inside]) / _sums(which, areas[inside]))
    return np.concatenate(averages)


def peak_cube_average(points: Reals, volumes: Reals, values: Reals) -> float:
    """Largest average of the values over a cube of 2 mm with axis-parallel sides (ICNIRP 2010, Health Phys 99:818).

    Where the tissue is thinner than the cube, the largest part of it that a cube holds takes the place of 8 mm3.

    Parameters
    ----------
    points
        Samples (n, 3) of the region around the largest values, m, closer together than a quarter of the cube.
    volumes, values
        Volume that each stands for, m3, and value there (n,).
    """
    voxel = CUBE / VOXELS_PER_CUBE
    flat, shape = np.zeros(len(points), dtype=np.int64), []
    for x in points.T:
        index = ((x - x.min()) / voxel).astype(np.int64) + VOXELS_PER_CUBE
        shape.append(int(index.max()) + 1 + VOXELS_PER_CUBE)
        flat *= shape[-1]
        flat += index
    count = int(np.prod(shape))
    volume = np.bincount(flat, volumes, count).reshape(shape)
    total = np.bincount(flat, volumes * values, count).reshape(shape)
    in_cube = [uniform_filter(a, VOXELS_PER_CUBE, mode="constant") * VOXELS_PER_CUBE**3 for a in (volume, total)]
    whole = min(float(in_cube[0].max()), CUBE**3)
    return float((in_cube[1] / np.maximum(in_cube[0], whole)).max())
