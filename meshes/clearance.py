"""How far the rims of metal are from each other and from the edge of the skin."""

from collections import defaultdict

import numpy as np
from scipy.spatial import cKDTree

from meshes.curves import boundary, samples
from meshes.drawing import Drawing

TOUCHING_MM = 1e-6  # curves that come this near lie on each other


class Clearance:
    """How far every curve is from the curves of other parts."""

    def __init__(self, drawing: Drawing, rims: dict[str, list[int]]) -> None:
        owned = {curve for curves in rims.values() for curve in curves}
        edges = [curve for curve in boundary(drawing.cuts, combined=False) if curve not in owned]
        skin = set(boundary([*drawing.bare, *(f for found in drawing.pads.values() for f in found)], combined=False))
        groups = {**rims, "": [curve for curve in edges if curve in skin]}
        self._trees = {
            name: cKDTree(np.vstack([samples(curve) for curve in curves])) for name, curves in groups.items() if curves
        }

    def of(self, curve: int, name: str) -> float:
        """Smallest distance from the curve of a part to another part or the edge of the skin, but for touching."""
        points = samples(curve)
        gap = np.inf
        for other, tree in self._trees.items():
            if other != name:
                distance = tree.query(points)[0].min()
                if distance > TOUCHING_MM:
                    gap = min(gap, float(distance))
        return gap


def rims(drawing: Drawing) -> dict[str, list[int]]:
    """The boundary curves of every terminal's faces."""
    faces: dict[str, list[int]] = defaultdict(list)
    for piece, found in drawing.pads.items():
        faces[piece.pad] += found
    for name, found in drawing.metals.items():
        faces[name] += found
    return {name: boundary(found) for name, found in faces.items()}
