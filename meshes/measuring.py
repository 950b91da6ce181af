"""What is measured on a mesh, and how it is held against the geometry."""

import numpy as np

from meshes.arrays import Reals
from meshes.errors import MeshError
from meshes.geometry import Geometry
from meshes.pieces import Groups, Pieces
from meshes.tagged import MeshRecord

TOLERANCE = 0.005  # areas of pads, volumes of flat layers
CURVED_TOLERANCE = 0.02  # volumes of curved layers, whose sides are facets
ROUND_TOLERANCE = 0.06  # volumes of inclusions, bones and wounds, whose roundness is meshed more coarsely
# Flatter is degenerate, as between surfaces that nearly touch; flat elements of thin layers far from pads reach 1e-5.
WORST_QUALITY = 1e-6
EDGES = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))


def measure(points: Reals, cells: Groups, faces: Groups, version: str, seconds: float) -> MeshRecord:
    """The facts of a mesh.

    Raises
    ------
    MeshError
        If an element is flat.
    """
    every = np.vstack(list(cells.values()))
    corners = points[every]
    lengths = np.array([np.linalg.norm(corners[:, i] - corners[:, j], axis=1) for i, j in EDGES])
    quality = qualities(corners)
    _check_quality(quality)
    return MeshRecord(
        cells=len(every),
        vertices=len(points),
        volumes_mm3={name: float(tetrahedron_volumes(points[group]).sum()) for name, group in cells.items()},
        areas_mm2={name: float(triangle_areas(points[group]).sum()) for name, group in faces.items()},
        worst_quality=float(quality.min()),
        smallest_mm=float(lengths.min()),
        largest_mm=float(lengths.max()),
        gmsh=version,
        seconds=seconds,
    )


def compare_volumes(pieces: Pieces, geometry: Geometry, drawn: dict[str, float]) -> None:
    """Hold what Gmsh meshed against what was drawn (volumes, mm3).

    Raises
    ------
    MeshError
        If the volume of a flat layer is off by more than 0.5 %, that of a curved one by more than 2 %, that of an
        inclusion, bone or wound by more than 6 %, or if an element is flat.
    """
    layers = {region.name for region in geometry.body.regions[: len(geometry.body.layers) + 1]}
    flat = np.isinf(geometry.body.curvature_radius_mm)
    for name, expected in drawn.items():
        found = float(tetrahedron_volumes(pieces.points[pieces.cells[name]]).sum())
        tolerance = ROUND_TOLERANCE if name not in layers else TOLERANCE if flat else CURVED_TOLERANCE
        _check(f"volume of {name}", found, expected, tolerance)
    _check_quality(qualities(pieces.points[np.vstack(list(pieces.cells.values()))]))


def compare_pads(pieces: Pieces, geometry: Geometry) -> None:
    """Hold the areas of pads on the finished skin against what was asked for.

    Raises
    ------
    MeshError
        If an area is off by more than 0.5 %; where wounds, shafts or inclusions cut into a pad, if it is larger.
    """
    for pad in geometry.pads:
        facets = [patch.facets for patch in pieces.skin if patch.piece is not None and patch.piece.pad == pad.name]
        if not facets:
            if pad.needles is None or pad.needles.backing == "conductive":
                raise MeshError(f"electrodes.{pad.name}", "nothing of the pad on the skin", "a pad with skin below it")
            continue
        found = float(triangle_areas(pieces.points[np.vstack(facets)]).sum())
        expected = pad.pad.area_mm2
        if pad.needles is not None:
            expected -= len(pad.needles.centres_mm) * np.pi / 4 * pad.needles.diameter_mm**2
        holes = [
            faces
            for name, faces in pieces.faces.items()
            if name == "insulated" or (name.startswith("terminal ") and name != f"terminal {pad.name}")
        ]
        if holes and np.isin(np.vstack(facets), np.vstack(holes)).any():
            expected = min(expected, found)
        _check(f"area of pad {pad.name}", found, expected, TOLERANCE)


def _check_quality(quality: Reals) -> None:
    if not quality.min() >= WORST_QUALITY:
        raise MeshError(
            "worst element", f"quality {quality.min():.2g}", f"at least {WORST_QUALITY:g} (1 is a regular one)"
        )


def _check(what: str, found: float, expected: float, tolerance: float) -> None:
    if not abs(found - expected) <= tolerance * expected:
        raise MeshError(what, f"{found:.6g}", f"{expected:.6g} within {100 * tolerance:g} %")


def tetrahedron_volumes(corners: Reals) -> Reals:
    """Volumes (m,) of tetrahedra with corners (m, 4, 3)."""
    a, b, c = (corners[:, i] - corners[:, 0] for i in (1, 2, 3))
    return np.abs(np.einsum("ij,ij->i", a, np.cross(b, c))) / 6


def triangle_areas(corners: Reals) -> Reals:
    """Areas (k,) of triangles with corners (k, 3, 3)."""
    return np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2


def qualities(corners: Reals) -> Reals:
    """Inscribed over circumscribed radius, times 3, of tetrahedra with corners (m, 4, 3): 1 for the regular one.

    r = 3 V / S with the surface S; R = √((A+B+C)(A+B-C)(B+C-A)(C+A-B)) / (24 V) with the products A, B, C of opposite
    edges (Crelle).
    """
    volume = tetrahedron_volumes(corners)
    surface = sum(triangle_areas(corners[:, list(face)]) for face in ((1, 2, 3), (0, 2, 3), (0, 1, 3), (0, 1, 2)))
    length = {(i, j): np.linalg.norm(corners[:, i] - corners[:, j], axis=1) for i, j in EDGES}
    a, b, c = (length[0, 1] * length[2, 3], length[0, 2] * length[1, 3], length[0, 3] * length[1, 2])
    product = (a + b + c) * (a + b - c) * (b + c - a) * (c + a - b)
    return np.asarray(216 * volume**2 / (surface * np.sqrt(np.maximum(product, 1e-300))), dtype=np.float64)
