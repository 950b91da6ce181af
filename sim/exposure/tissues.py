"""What each tissue is exposed to: field and current density over its volume, and the power that heats it."""

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from scipy.spatial import cKDTree

from meshes.arrays import Reals
from sim.basis import Solution
from sim.drive import Drive
from sim.exposure.windows import CUBE, VOXELS_PER_CUBE, peak_cube_average, weighted_percentiles
from sim.response import Response
from sim.tissues import Conductor
from sim.units import MA_PER_CM2, MM3, MW

# Four points of a tetrahedron, exact to degree 2 (Stroud 1971, T3:2-1), equal weights.
_A = (5 - np.sqrt(5)) / 20
QUADRATURE = np.full((4, 4), _A) + (1 - 4 * _A) * np.eye(4)

TOP_VOLUME = 200e-9  # m3, the part of highest density in which the peak cube is looked for
MAX_PARTS = 8


@dataclass(frozen=True)
class FieldStatistics:
    """Volume-weighted percentiles of the largest field over time, V/m."""

    p50: float
    p99: float


@dataclass(frozen=True)
class DensityStatistics:
    """Volume-weighted percentiles of the r.m.s. current density, and its largest average over a 2 mm cube, mA/cm2."""

    p50: float
    p99: float
    peak_2mm_cube: float


@dataclass(frozen=True)
class TissueExposure:
    """What a tissue is exposed to; ``power_mW`` is the time mean of the power that it turns into heat."""

    volume_mm3: float
    E_peak_V_per_m: FieldStatistics
    J_rms_mA_per_cm2: DensityStatistics
    power_mW: float


def tissue_exposures(
    basis: Solution, response: Response, conductors: tuple[Conductor, ...]
) -> dict[str, TissueExposure]:
    """Numbers of every tissue, by name; layers of the same tissue count together."""
    tissue_of = {c.layer: c.tissue for c in conductors}
    tissues = np.array([tissue_of[name] for name in basis.layer_names])
    results = {}
    for tissue in dict.fromkeys(tissues):
        cells = np.flatnonzero(tissues[basis.layers] == tissue)
        corners, J = basis.points[basis.cells[cells]], response.current_density[:, cells]
        results[str(tissue)] = _tissue(corners, response.field[:, cells], J, response.drive)
    return results


def _tissue(corners: Reals, field: Reals, density: Reals, drive: Drive) -> TissueExposure:
    """Numbers of the cells with these corners (m, 4, 3), fields and densities (components, m, 4, 3)."""
    volumes = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / 6
    E, J = QUADRATURE @ field, QUADRATURE @ density
    weights = np.repeat(volumes / 4, 4)
    E_peak, J_rms = drive.peak_length(E), drive.rms_length(J)
    products = np.array([[np.vdot((Ea * Jb).sum(axis=(1, 2)), volumes / 4) for Jb in J] for Ea in E])
    peak = _peak_cube(corners, volumes, density, J_rms.mean(axis=1), drive)
    E50, E99 = weighted_percentiles(E_peak.ravel(), weights, (50.0, 99.0))
    J50, J99 = weighted_percentiles(J_rms.ravel(), weights, (50.0, 99.0))
    return TissueExposure(
        volume_mm3=float(volumes.sum()) / MM3,
        E_peak_V_per_m=FieldStatistics(E50, E99),
        J_rms_mA_per_cm2=DensityStatistics(J50 / MA_PER_CM2, J99 / MA_PER_CM2, peak / MA_PER_CM2),
        power_mW=float((drive.gram * products).sum()) / MW,
    )


def _peak_cube(corners: Reals, volumes: Reals, J: Reals, J_rms: Reals, drive: Drive) -> float:
    """Largest cube average, looked for around the cells of highest density."""
    order = np.argsort(J_rms)[::-1]
    top = order[: int(np.searchsorted(np.cumsum(volumes[order]), TOP_VOLUME)) + 1]
    centres = corners.mean(axis=1)
    radius = np.linalg.norm(corners - centres[:, None], axis=2).max(axis=1)
    distance, _ = cKDTree(centres[top]).query(centres)
    near = np.flatnonzero(distance <= np.sqrt(3) * CUBE + radius)
    points, parts, values = [], [], []
    longest = 2 * radius[near]
    counts = np.clip(np.ceil(longest / (CUBE / VOXELS_PER_CUBE)), 1, MAX_PARTS).astype(int)
    for count in np.unique(counts):
        chosen = near[counts == count]
        places = _subdivided(int(count))
        points.append((np.moveaxis(corners[chosen], 2, 0) @ places.T).reshape(3, -1))
        parts.append(np.repeat(volumes[chosen] / len(places), len(places)))
        components = np.moveaxis(J[:, chosen], 3, 1) @ places.T  # (components, 3, cells, places)
        values.append(drive.rms_magnitude(components.reshape(len(J), 3, -1)))
    return peak_cube_average(np.hstack(points).T, np.concatenate(parts), np.concatenate(values))


def _subdivided(parts: int) -> Reals:
    """Barycentric centroids (parts³, 4) of equal parts: those of Kuhn's tetrahedra of a grid that lie in x ≥ y ≥ z."""
    paths = np.cumsum([np.eye(3)[list(order)] for order in permutations(range(3))], axis=1)
    in_cube = paths.sum(axis=1) / 4  # a cube's six tetrahedra run from its corner 0 along the axes in some order
    steps = np.arange(parts)
    corners = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 1, 3)
    x, y, z = ((corners + in_cube).reshape(-1, 3) / parts).T
    inside = (x >= y) & (y >= z)
    x, y, z = x[inside], y[inside], z[inside]
    return np.column_stack([1 - x, x - y, y - z, z])
