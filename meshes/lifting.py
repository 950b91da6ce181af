"""Layers made without drawing: prisms on the triangles of the skin, each divided into three tetrahedra.

Thin outer layers of the body and the stacks of electrodes are made so. Their thickness is exact, on any body, however
thin they are.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from meshes.arrays import Integers, Truths
from meshes.bodies import Body
from meshes.construction import BuiltPad
from meshes.geometry import Geometry
from meshes.pieces import Patch, Pieces
from meshes.sizing import Accuracy

# Levels of elements in a layer of a stack: one that current crosses, and the one below a snap, from which it spreads.
# Measured: a second level of the first kind changes the impedance of an electrode by less than 0.005 %; of the second
# kind two levels leave 0.8 %, four 0.05 %.
LEVELS: dict[Accuracy, tuple[int, int]] = {"draft": (1, 3), "standard": (1, 4), "fine": (1, 5), "overkill": (2, 6)}
STEEP = 3.0  # each level below a snap is this much thicker than the one above


@dataclass(frozen=True)
class _Lift:
    """Prisms on triangles: their tetrahedra by level, the triangles on top, and those of the sides."""

    levels: list[Integers]
    top: Integers
    sides: Integers
    edges: Integers


def lift_layers(pieces: Pieces, geometry: Geometry, base: float) -> None:
    """Put the layers above the depth ``base`` on the skin; missing skin stays open."""
    if base <= 0.0:
        return
    body = geometry.body
    tops = np.cumsum([0.0, *(layer.thickness_mm for layer in body.layers)])
    lifted = [i for i in range(len(body.layers)) if tops[i] < base - 1e-9][::-1]  # from the lowest
    depths, names = [base, *(float(tops[i]) for i in lifted)], [body.regions[i].name for i in lifted]
    open_wounds = {wound.name for wound in geometry.wounds if wound.tissue is None}
    covered = [patch for patch in pieces.skin if patch.wound not in open_wounds]
    facets = np.vstack([patch.facets for patch in covered])
    vertices = np.unique(facets)
    rows = [vertices] + [pieces.add_points(body.lift_mm(pieces.points[vertices], base, depth)) for depth in depths[1:]]
    lift = _lift(facets, vertices, rows)
    of_wound = np.concatenate([np.full(len(patch.facets), patch.wound) for patch in covered])
    for name, level in zip(names, lift.levels, strict=True):
        for wound in np.unique(of_wound):
            _add_cells(pieces, str(wound) or name, level[np.tile(of_wound == wound, 3)])
    cut = _edges(pieces.faces["cut"])
    at_cut = _found(lift.edges, cut)
    pieces.add_face("cut", lift.sides[at_cut])
    pieces.add_face("insulated", lift.sides[~at_cut])
    skin, start = [patch for patch in pieces.skin if patch.wound in open_wounds], 0
    for patch in skin:
        pieces.add_face("insulated", patch.facets)
    pieces.skin = []
    for patch in covered:
        pieces.skin.append(Patch(lift.top[start : start + len(patch.facets)], patch.piece, patch.wound))
        start += len(patch.facets)


def lift_stacks(pieces: Pieces, geometry: Geometry, accuracy: Accuracy) -> None:
    """Put the layers of every pad on it, split from the skin by a sheet: the contact."""
    for pad in geometry.pads:
        if pad.layers:
            _lift_stack(pieces, geometry.body, pad, accuracy)


def _lift_stack(pieces: Pieces, body: Body, pad: BuiltPad, accuracy: Accuracy) -> None:
    patches = [patch for patch in pieces.skin if patch.piece is not None and patch.piece.pad == pad.name]
    facets = np.vstack([patch.facets for patch in patches])
    vertices = np.unique(facets)
    feet = pieces.points[vertices]
    outward = body.frame(feet)[:, 2]
    rows = [pieces.add_points(feet)]
    pieces.twins = np.vstack([pieces.twins, np.column_stack([vertices, rows[0]])])
    heights, owners = _heights(pad, accuracy)
    rows += [pieces.add_points(feet + height * outward) for height in heights]
    bottom = rows[0][np.searchsorted(vertices, facets)]
    lift = _lift(bottom, rows[0], rows)
    for owner, level in zip(owners, lift.levels, strict=True):
        _add_cells(pieces, pad.regions[owner].name, level)
    pieces.add_face("insulated", lift.sides)
    start = 0
    for patch in patches:
        stop = start + len(patch.facets)
        assert patch.piece is not None
        name = contact_name(pad.name, patch.piece.detached)
        pieces.add_face(f"{name} outside", bottom[start:stop])
        pieces.add_face(f"{name} inside", patch.facets)
        metal = patch.piece.snap or not pad.has_snap
        pieces.add_face(f"terminal {pad.name}" if metal else "insulated", lift.top[start:stop])
        start = stop
    pieces.skin = [patch for patch in pieces.skin if patch.piece is None or patch.piece.pad != pad.name]


def contact_name(pad: str, detached: int) -> str:
    """Name of the contact of a pad, or of one of its detached parts (counted from 1)."""
    return f"contact {pad} detached {detached}" if detached else f"contact {pad}"


def _heights(pad: BuiltPad, accuracy: Accuracy) -> tuple[list[float], list[int]]:
    """Heights of the levels over the skin, and the layer of the stack below each; finer towards a snap."""
    heights, owners, bottom = [], [], 0.0
    last = len(pad.layers) - 1
    for i, layer in enumerate(pad.layers):
        flat, spreading = LEVELS[accuracy]
        steps = STEEP ** -np.arange(spreading, dtype=float) if i == last and pad.has_snap else np.ones(flat)
        heights += [bottom + layer.thickness_mm * float(part) for part in np.cumsum(steps) / steps.sum()]
        owners += [i] * len(steps)
        bottom += layer.thickness_mm
    return heights, owners


def _lift(facets: Integers, vertices: Integers, rows: list[Integers]) -> _Lift:
    """Prisms on triangles (k, 3) of vertices (n,) whose copies on the levels are ``rows`` (n,) each.

    Every prism is divided along the order of its vertices' numbers, so that neighbours agree about the diagonal of
    their common side.
    """
    index = np.sort(np.searchsorted(vertices, facets), axis=1)
    edges = _edges(index)
    unique, counts = np.unique(edges, axis=0, return_counts=True)
    outer = unique[counts == 1]
    levels, sides, side_edges = [], [], []
    for low, high in itertools.pairwise(rows):
        (a, b, c), (d, e, f) = low[index].T, high[index].T
        levels.append(np.vstack([np.column_stack(t) for t in ((a, b, c, f), (a, b, e, f), (a, d, e, f))]))
        (p, q), (r, s) = low[outer].T, high[outer].T
        sides += [np.column_stack([p, q, s]), np.column_stack([p, r, s])]
        side_edges += [vertices[outer]] * 2
    top = rows[-1][np.searchsorted(vertices, facets)]
    return _Lift(levels, top, np.vstack(sides), np.sort(np.vstack(side_edges), axis=1))


def _edges(facets: Integers) -> Integers:
    """Edges (3 k, 2) of triangles (k, 3), each in ascending order."""
    return np.sort(np.vstack([facets[:, [0, 1]], facets[:, [1, 2]], facets[:, [0, 2]]]), axis=1)


def _found(edges: Integers, among: Integers) -> Truths:
    """Which edges (n, 2) are among others."""
    key = int(max(edges.max(initial=0), among.max(initial=0))) + 1
    return np.isin(edges[:, 0] * key + edges[:, 1], among[:, 0] * key + among[:, 1])


def _add_cells(pieces: Pieces, name: str, cells: Integers) -> None:
    if len(cells):
        pieces.cells[name] = np.vstack([pieces.cells[name], cells]) if name in pieces.cells else cells
