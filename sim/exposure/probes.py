"""Potential, field and current density at named points."""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Reals
from meshes.errors import MeshError
from sim.basis import Solution
from sim.case import Case
from sim.response import Response
from sim.units import MM

OUTSIDE = (
    0.5e-3  # m; a point on a curved skin lies a little outside of the facets: it has the field of the nearest cell
)
IN_TISSUE = "a point outside of metal, insulators and missing skin"


@dataclass(frozen=True)
class ProbeExposure:
    """Potential, field and current density at a point.

    The first three are those of the peak of the first channel; the others are the largest lengths over time, which
    channels that drift past each other reach at another instant.
    """

    potential_V: float
    E_V_per_m: tuple[float, float, float]
    J_A_per_m2: tuple[float, float, float]
    E_peak_V_per_m: float
    J_peak_A_per_m2: float


def probe_exposures(case: Case, basis: Solution, response: Response) -> dict[str, ProbeExposure]:
    """Numbers of every probe, by name, at the first of the drive's instants.

    Raises
    ------
    MeshError
        If a probe lies in a hole of the mesh.
    """
    at_peak = response.drive.instants[0]
    potential = np.tensordot(at_peak, response.potential, axes=1)
    field = np.tensordot(at_peak, response.field, axes=1)
    density = np.tensordot(at_peak, response.current_density, axes=1)
    moving = (response.field, response.current_density)
    results = {}
    for probe in case.probes:
        point = np.array(probe.position_mm) * MM
        cell, weights = locate(basis, point)
        if not _beyond(basis, cell, weights) <= OUTSIDE:
            raise MeshError(f"probes.{probe.name}.position_mm", f"{list(probe.position_mm)}, in no tissue", IN_TISSUE)
        corners = basis.cells[cell]
        E, J = weights @ field[cell], weights @ density[cell]
        largest = [float(response.drive.peak_length(weights @ values[:, cell])) for values in moving]
        # Exact for a quadratic: each corner's Taylor expansion with half of its gradient.
        steps = point - basis.points[corners]
        φ = weights @ (potential[corners] - np.einsum("ci,ci->c", field[cell], steps) / 2)
        results[probe.name] = ProbeExposure(
            float(φ), (float(E[0]), float(E[1]), float(E[2])), (float(J[0]), float(J[1]), float(J[2])), *largest
        )
    return results


def _beyond(basis: Solution, cell: int, weights: Reals) -> float:
    """How far (m) a point of these barycentric coordinates lies beyond the farthest of the cell's planes."""
    corners = basis.points[basis.cells[cell]]
    gradients = np.linalg.inv(corners[1:] - corners[0])  # columns: of the coordinates 1 to 3
    heights = 1 / np.linalg.norm(np.column_stack([-gradients.sum(axis=1), gradients]), axis=0)
    return float(np.max(-weights * heights, initial=0.0))


def locate(basis: Solution, point: Reals) -> tuple[int, Reals]:
    """The cell that holds a point, and the point's barycentric coordinates (4,) there."""
    origin = basis.points[basis.cells[:, 0]]
    edges = np.transpose(basis.points[basis.cells[:, 1:]] - origin[:, None], (0, 2, 1))
    local = np.linalg.solve(edges, (point - origin)[..., None])[..., 0]
    weights = np.column_stack([1.0 - local.sum(axis=1), local])
    cell = int(np.argmax(weights.min(axis=1)))
    return cell, weights[cell]
