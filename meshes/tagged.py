"""The mesh that leaves this package: plain arrays with named groups, and what was measured on them."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from meshes.arrays import Integers, Reals


@dataclass(frozen=True)
class MeshRecord:
    """Measured facts of a mesh.

    Parameters
    ----------
    cells, vertices
        Counts.
    volumes_mm3, areas_mm2
        Volume of every volume group and area of every face group, by name.
    worst_quality
        Smallest inscribed-to-circumscribed radius ratio of a tetrahedron (1 for the regular one, 0 for a flat one).
    smallest_mm, largest_mm
        Shortest and longest edge.
    gmsh
        Version of Gmsh that made it.
    seconds
        Time to make it.
    """

    cells: int
    vertices: int
    volumes_mm3: dict[str, float]
    areas_mm2: dict[str, float]
    worst_quality: float
    smallest_mm: float
    largest_mm: float
    gmsh: str
    seconds: float


@dataclass(frozen=True)
class TaggedMesh:
    """Tetrahedra with named volumes and faces.

    Parameters
    ----------
    points_mm
        Vertices (n, 3).
    cells
        Vertex numbers (m, 4).
    cell_tags
        Volume tag of each cell (m,).
    facets
        Vertex numbers (k, 3) of the faces that have a name: pads, insulated surface, interfaces.
    facet_tags
        Face tag of each of them (k,).
    volume_names, face_names
        Tag of each named group.
    record
        Measured facts.
    twins
        Pairs (p, 2) of an original vertex and its duplicate, which coincide in space: along a thin sheet N the mesh is
        split, and the cells inside use the duplicates. The faces ``N outside`` and ``N inside`` coincide triangle by
        triangle; where a sheet ends within the mesh, they share their vertices.
    """

    points_mm: Reals
    cells: Integers
    cell_tags: Integers
    facets: Integers
    facet_tags: Integers
    volume_names: dict[str, int]
    face_names: dict[str, int]
    record: MeshRecord
    twins: Integers = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))

    def save(self, path: Path) -> None:
        """Write to a NumPy archive."""
        facts = {"volume_names": self.volume_names, "face_names": self.face_names, "record": asdict(self.record)}
        with path.open("wb") as file:
            np.savez(
                file,
                points_mm=self.points_mm,
                cells=self.cells,
                cell_tags=self.cell_tags,
                facets=self.facets,
                facet_tags=self.facet_tags,
                twins=self.twins,
                facts=np.array(json.dumps(facts)),
            )

    @classmethod
    def load(cls, path: Path) -> "TaggedMesh":
        """Read what ``save`` wrote."""
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            facts = json.loads(str(archive["facts"]))
            return cls(
                points_mm=archive["points_mm"],
                cells=archive["cells"],
                cell_tags=archive["cell_tags"],
                facets=archive["facets"],
                facet_tags=archive["facet_tags"],
                volume_names=facts["volume_names"],
                face_names=facts["face_names"],
                record=MeshRecord(**facts["record"]),
                twins=archive["twins"],
            )
