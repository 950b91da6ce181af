"""Curves and faces of the drawn model: what bounds what, where faces meet at an edge, points along a curve."""

import gmsh
import numpy as np

from meshes.arrays import Reals

CURVE_SAMPLES = 400


def boundary(faces: list[int] | list[tuple[int, int]], combined: bool = True) -> list[int]:
    """Tags of the entities around these faces together (or around each), or around (dimension, tag) pairs."""
    entities = [face if isinstance(face, tuple) else (2, face) for face in faces]
    return [tag for _, tag in gmsh.model.getBoundary(entities, combined=combined, oriented=False)] if entities else []


def sharp(faces: list[int]) -> list[int]:
    """Curves in which two of these faces meet at an edge."""
    own = set(faces)
    curves = []
    for curve in set(boundary(faces, combined=False)):
        sides = [face for face in gmsh.model.getAdjacencies(1, curve)[0] if face in own]
        if len(sides) == 2 and _is_edge(curve, sides):
            curves.append(curve)
    return curves


def _is_edge(curve: int, sides: list[int]) -> bool:
    """Whether the normals of two faces differ by more than 30 degrees in the middle of a curve."""
    low, high = gmsh.model.getParametrizationBounds(1, curve)
    middle = gmsh.model.getValue(1, curve, [(low[0] + high[0]) / 2])
    normals = [np.array(gmsh.model.getNormal(f, gmsh.model.getParametrization(2, f, middle))) for f in sides]
    return bool(abs(normals[0] @ normals[1]) < np.cos(np.radians(30.0)))


def samples(curve: int) -> Reals:
    """Points (n, 3) along a curve."""
    low, high = gmsh.model.getParametrizationBounds(1, curve)
    at = np.linspace(low[0], high[0], CURVE_SAMPLES)
    return np.array(gmsh.model.getValue(1, curve, at)).reshape(-1, 3)
