"""Lines in a cut: where one region ends and another begins, and where the mesh ends."""

import numpy as np

from meshes.arrays import Integers, Reals
from sim.basis import Solution
from sim.report.pictures.carving import FACES
from sim.report.pictures.plane import Plane
from sim.units import MM


def borders(basis: Solution, plane: Plane) -> tuple[Reals, Reals]:
    """Pieces of lines (n, 2, 2), mm in the plane: between regions, and around all of them with their holes."""
    above = plane.sided(basis.points) > 0.0
    sides = above[basis.cells].sum(axis=1)
    cut = np.flatnonzero((sides > 0) & (sides < 4))
    faces = np.sort(basis.cells[cut][:, FACES].reshape(-1, 3), axis=1)
    regions = np.repeat(basis.layers[cut], 4)
    order = np.lexsort(faces.T[::-1])
    faces, regions = faces[order], regions[order]
    same = np.zeros(len(faces) + 1, dtype=bool)
    same[1:-1] = (faces[1:] == faces[:-1]).all(axis=1)
    first = np.flatnonzero(same[1:])  # of two that are one face
    between = first[regions[first] != regions[first + 1]]
    alone = np.flatnonzero(~same[1:] & ~same[:-1])
    return _lines(basis, plane, faces[between]), _lines(basis, plane, faces[alone])


def _lines(basis: Solution, plane: Plane, faces: Integers) -> Reals:
    return plane.cross(np.asarray(basis.points[faces] / MM))


def chained(pieces: Reals) -> list[Reals]:
    """Pieces of lines (n, 2, 2) joined to long lines, so that dashes run on over their ends."""
    if len(pieces) == 0:
        return []
    keys = np.unique(np.round(pieces.reshape(-1, 2), 5), axis=0, return_inverse=True)[1].reshape(-1, 2)
    at: dict[int, list[int]] = {}
    for i, (one, other) in enumerate(keys.tolist()):
        at.setdefault(one, []).append(i)
        at.setdefault(other, []).append(i)
    places = dict(zip(keys.ravel().tolist(), pieces.reshape(-1, 2), strict=True))
    free = set(range(len(keys)))
    lines = []
    ends = sorted((node for node, own in at.items() if len(own) != 2), reverse=True)
    while free:
        node = next((node for node in ends if any(i in free for i in at[node])), None)
        start = node if node is not None else int(keys[next(iter(free))][0])
        line = [start]
        while following := [i for i in at[line[-1]] if i in free]:
            free.remove(following[0])
            one, other = keys[following[0]].tolist()
            line.append(other if one == line[-1] else one)
            if len(at[line[-1]]) != 2:
                break
        lines.append(np.array([places[key] for key in line]))
    return lines
