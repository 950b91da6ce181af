"""The elements that Gmsh made, piece by piece, on their way to a tagged mesh."""

from dataclasses import dataclass, field

import gmsh
import numpy as np

from meshes.arrays import Integers, Reals
from meshes.drawing import Drawing, PadPiece

TRIANGLE, TETRAHEDRON = 2, 4  # element types of Gmsh

Groups = dict[str, Integers]


@dataclass(frozen=True)
class Patch:
    """Triangles (k, 3) of the skin under the same piece of a pad (or none) and over the same wound (or none)."""

    facets: Integers
    piece: PadPiece | None
    wound: str


@dataclass
class Pieces:
    """Vertices, and the elements by what they are.

    Parameters
    ----------
    points
        Vertices (n, 3), mm.
    cells
        Tetrahedra (m, 4) of every region.
    skin
        The outer surface.
    faces
        Triangles (k, 3) of all other named faces.
    twins
        Pairs (p, 2) of vertices in the same place: the mesh is split between them.
    """

    points: Reals
    cells: Groups
    skin: list[Patch]
    faces: Groups
    twins: Integers = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))

    def add_face(self, name: str, facets: Integers) -> None:
        """Add triangles to a named face."""
        if len(facets):
            self.faces[name] = np.vstack([self.faces[name], facets]) if name in self.faces else facets

    def add_points(self, points: Reals) -> Integers:
        """Add vertices; returns their numbers."""
        numbers = np.arange(len(points), dtype=np.int64) + len(self.points)
        self.points = np.vstack([self.points, points])
        return numbers


def extract(drawing: Drawing) -> Pieces:
    """Collect the elements of the named entities of the current Gmsh model."""
    node_tags, coordinates, _ = gmsh.model.mesh.getNodes()
    number = np.full(int(node_tags.max()) + 1, -1, dtype=np.int64)
    number[node_tags] = np.arange(len(node_tags))
    cells = {name: _elements(TETRAHEDRON, 4, tags, number) for name, tags in drawing.volumes.items()}
    used = np.unique(np.concatenate([group.ravel() for group in cells.values()]))  # not those of loose entities
    number[node_tags[used]] = np.arange(len(used))
    cells = {name: np.searchsorted(used, group) for name, group in cells.items()}
    wound_of = {face: name for name, faces in drawing.wounds.items() for face in faces}
    pad_of = {face: piece for piece, faces in drawing.pads.items() for face in faces}
    skin = []
    for key in sorted({(pad_of.get(f), wound_of.get(f, "")) for f in [*drawing.bare, *pad_of]}, key=repr):
        faces = [f for f in [*drawing.bare, *pad_of] if (pad_of.get(f), wound_of.get(f, "")) == key]
        skin.append(Patch(_elements(TRIANGLE, 3, faces, number), *key))
    groups = {
        "insulated": drawing.insulators,
        "cut": drawing.cuts,
        **{f"terminal {name}": faces for name, faces in drawing.metals.items()},
    }
    named = {name: _elements(TRIANGLE, 3, tags, number) for name, tags in groups.items() if tags}
    return Pieces(coordinates.reshape(-1, 3)[used], cells, skin, named)


def _elements(kind: int, nodes: int, tags: list[int], number: Integers) -> Integers:
    """Vertex numbers of all elements of the entities."""
    found = [gmsh.model.mesh.getElementsByType(kind, tag)[1] for tag in tags]
    return number[np.concatenate(found).astype(np.int64)].reshape(-1, nodes)
