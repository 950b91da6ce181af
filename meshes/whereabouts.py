"""Whether what was meshed lies where the geometry says: cells of layers in their layer, of inclusions within them.

Volumes alone do not tell: where surfaces cross and are not cut, the kernel of the drawing may count what two parts have
in common as either's.
"""

import numpy as np

from meshes.arrays import Reals, Truths
from meshes.errors import MeshError
from meshes.geometry import Geometry
from meshes.measuring import ROUND_TOLERANCE, tetrahedron_volumes
from meshes.pieces import Pieces
from meshes.shells import borders_mm, heights_mm


def check_whereabouts(pieces: Pieces, geometry: Geometry) -> None:
    """Hold the places of the cells against the geometry.

    Raises
    ------
    MeshError
        If more than 6 % of a layer or inclusion (by volume) lies where it should not, or if as much of an inclusion is
        filled by layers or bones.
    """
    body = geometry.body
    corners = {name: pieces.points[cells] for name, cells in pieces.cells.items()}
    volumes = {name: tetrahedron_volumes(found) for name, found in corners.items()}
    middles = {name: found.mean(axis=1) for name, found in corners.items()}
    edges = [0.0, *(float(depth) for depth in borders_mm(body)), np.inf if body.kind == "limb" else body.depth_mm]
    for i, region in enumerate(body.regions[: len(body.layers) + 1]):
        if region.name in middles:
            _check(region.name, _between(geometry, middles[region.name], edges[i], edges[i + 1]), volumes[region.name])
    for inclusion in geometry.inclusions:
        for region in body.regions:
            if region.name in middles:
                strange = inclusion.contains_mm(middles[region.name])
                lost = float(volumes[region.name][strange].sum())
                whole = float(volumes.get(inclusion.name, volumes[region.name]).sum())
                if lost > ROUND_TOLERANCE * whole:
                    raise MeshError(f"volume of {region.name}", f"{lost:.3g} mm³ of it in {inclusion.name}", "none")
        if inclusion.name in middles:
            points = middles[inclusion.name]
            inside = inclusion.contains_mm(points) & (heights_mm(body, points, 0.0) <= 0.0)
            _check(inclusion.name, inside, volumes[inclusion.name])


def _between(geometry: Geometry, points: Reals, top: float, bottom: float) -> Truths:
    """Whether points (n, 3) lie between two depths."""
    inside = heights_mm(geometry.body, points, top) <= 0.0
    if np.isfinite(bottom):
        inside &= heights_mm(geometry.body, points, bottom) >= 0.0
    return inside


def _check(name: str, inside: Truths, volumes: Reals) -> None:
    outside = float(volumes[~inside].sum())
    if outside > ROUND_TOLERANCE * float(volumes.sum()):
        raise MeshError(f"volume of {name}", f"{outside:.3g} mm³ of it outside of its place", "none")
