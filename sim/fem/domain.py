"""The body as DOLFINx sees it: a distributed mesh in metres with named layers and pads."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from mpi4py import MPI

import numpy as np
from dolfinx import mesh

from meshes.tagged import TaggedMesh
from sim.fem.compat import create_tetrahedra, tag_facets
from sim.fem.workspace import Workspace
from sim.units import MM


@dataclass(frozen=True)
class Domain:
    """A distributed mesh with its names.

    Parameters
    ----------
    msh
        The mesh, lengths in metres.
    cell_layers
        Layer tag of every cell of this rank, ghosts included (int32).
    facets
        Face tags.
    layer_tags, face_tags
        Tag of every named layer and face.
    twins
        Pairs (p, 2) of the input's vertices that coincide, on every rank: an original and its duplicate.
    """

    msh: mesh.Mesh
    cell_layers: Any
    facets: mesh.MeshTags
    layer_tags: dict[str, int]
    face_tags: dict[str, int]
    twins: Any = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))

    @cached_property
    def workspace(self) -> Workspace:
        """What problems of this domain have in common."""
        return Workspace(self.msh)

    @classmethod
    def from_tagged(cls, tagged: TaggedMesh | None, comm: MPI.Comm) -> Self:
        """Distribute a mesh that rank 0 holds; the others give None."""
        if tagged is None:
            msh = create_tetrahedra(comm, np.empty((0, 4), dtype=np.int64), np.empty((0, 3)))
            facets = tag_facets(msh, np.empty((0, 3), dtype=np.int64), np.empty(0, dtype=np.int32))
            shared = None
        else:
            msh = create_tetrahedra(comm, tagged.cells, tagged.points_mm * MM)
            facets = tag_facets(msh, tagged.facets, tagged.facet_tags.astype(np.int32))
            shared = (tagged.cell_tags.astype(np.int32), tagged.volume_names, tagged.face_names, tagged.twins)
        layers, layer_tags, face_tags, twins = comm.bcast(shared, root=0)
        return cls(
            msh=msh,
            cell_layers=layers[msh.topology.original_cell_index],
            facets=facets,
            layer_tags=layer_tags,
            face_tags=face_tags,
            twins=twins,
        )

    def originals(self, vertices: Any) -> Any:
        """Vertex numbers of the input, of any shape, with the original in the place of every duplicate."""
        if len(self.twins) == 0:
            return vertices
        originals, duplicates = self.twins[np.argsort(self.twins[:, 1])].T
        while True:  # where sheets meet, an original may itself be a duplicate
            place = np.minimum(np.searchsorted(duplicates, vertices), len(duplicates) - 1)
            doubled = duplicates[place] == vertices
            if not doubled.any():
                return vertices
            vertices = np.where(doubled, originals[place], vertices)

    def face(self, name: str) -> Any:
        """Pairs (cell, local facet) of the exterior face, this rank's own, sorted by cell: int32 (n, 2).

        Raises
        ------
        KeyError
            If no face has this name.
        """
        topology = self.msh.topology
        facet_dim = topology.dim - 1
        topology.create_connectivity(facet_dim, topology.dim)
        topology.create_connectivity(topology.dim, facet_dim)
        to_cell = topology.connectivity(facet_dim, topology.dim)
        to_facet = topology.connectivity(topology.dim, facet_dim).array.reshape(-1, topology.dim + 1)
        found = self.facets.find(self.face_tags[name])
        own = found[found < topology.index_map(facet_dim).size_local]
        cells = to_cell.array[to_cell.offsets[own]]
        local = np.argmax(to_facet[cells] == own[:, None], axis=1) if len(own) else np.empty(0)
        pairs = np.column_stack([cells, local]).astype(np.int32)
        return pairs[np.argsort(cells, kind="stable")]
