"""The mesh split along the thin sheet around an inclusion, and the faces between regions that are left together."""

import numpy as np

from meshes.arrays import Integers
from meshes.geometry import Geometry
from meshes.pieces import Patch, Pieces


def sheet_name(inclusion: str) -> str:
    """Name of the sheet around an inclusion."""
    return f"sheet {inclusion}"


def split_sheets(pieces: Pieces, geometry: Geometry) -> None:
    """Split around every inclusion that has a sheet; its two sides become the faces ``sheet <name> outside|inside``."""
    for inclusion in reversed(geometry.inclusions):  # what lies within another comes after it
        if inclusion.sheet_ohm_cm2 is not None:
            _split(pieces, inclusion.name)


def _split(pieces: Pieces, name: str) -> None:
    inside = pieces.cells[name]
    size = len(pieces.points)
    own = np.unique(_keys(_faces(inside), size))
    others = np.concatenate([_keys(_faces(cells), size) for other, cells in pieces.cells.items() if other != name])
    keys, first = np.unique(_keys(_faces(inside), size), return_index=True)
    outside = _faces(inside)[first[np.isin(keys, others)]]
    vertices = np.unique(outside)
    copies = pieces.add_points(pieces.points[vertices])
    number = np.arange(len(pieces.points))
    number[vertices] = copies
    pieces.cells[name] = number[inside]
    shared = np.unique(_keys(outside, size))

    def renumbered(facets: Integers) -> Integers:
        """Facets of cells inside follow them; those of the sheet stay with the cells outside."""
        mine = np.isin(_keys(facets, size), np.setdiff1d(own, shared))
        return np.where(mine[:, None], number[facets], facets)

    pieces.faces = {face: renumbered(facets) for face, facets in pieces.faces.items()}
    pieces.skin = [Patch(renumbered(patch.facets), patch.piece, patch.wound) for patch in pieces.skin]
    pieces.add_face(f"{sheet_name(name)} outside", outside)
    pieces.add_face(f"{sheet_name(name)} inside", number[outside])
    pieces.twins = np.vstack([pieces.twins, np.column_stack([vertices, copies])])


def name_interfaces(pieces: Pieces, geometry: Geometry) -> None:
    """Name the faces ``interface <one>|<other>`` in which cells of two regions meet, drawn or lifted."""
    names = [region.name for region in geometry.regions if region.name in pieces.cells]
    faces = np.vstack([_faces(pieces.cells[name]) for name in names])
    owner = np.repeat(np.arange(len(names)), [4 * len(pieces.cells[name]) for name in names])
    keys = _keys(faces, len(pieces.points))
    order = np.argsort(keys, kind="stable")  # of two equal faces the one of the earlier region first
    first, second = order[:-1], order[1:]
    meeting = (keys[first] == keys[second]) & (owner[first] != owner[second])
    pairs = owner[first[meeting]] * len(names) + owner[second[meeting]]
    for pair in np.unique(pairs):
        one, other = divmod(int(pair), len(names))
        pieces.add_face(f"interface {names[one]}|{names[other]}", faces[first[meeting][pairs == pair]])


def _faces(cells: Integers) -> Integers:
    """Triangles (4 m, 3) of tetrahedra."""
    return np.vstack([cells[:, [1, 2, 3]], cells[:, [0, 2, 3]], cells[:, [0, 1, 3]], cells[:, [0, 1, 2]]])


def _keys(facets: Integers, size: int) -> Integers:
    """One number for each triangle (k, 3), whatever the order of its vertices; vertices are fewer than 2 million."""
    a, b, c = np.sort(facets, axis=1).T
    return np.asarray((a * size + b) * size + c, dtype=np.int64)
