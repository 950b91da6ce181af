"""What differs between DOLFINx 0.9, 0.10 and 0.11, in one place."""

from typing import Any

import basix.ufl
import dolfinx
import numpy as np
import ufl
from dolfinx import graph, io, mesh
from packaging.version import Version


def create_tetrahedra(comm: Any, cells: Any, points: Any) -> mesh.Mesh:
    """Distribute tetrahedra; only rank 0 has any to give.

    The order of ``x`` and ``e`` changed in 0.10, so both go by name.
    """
    element = basix.ufl.element("Lagrange", "tetrahedron", 1, shape=(3,))
    return mesh.create_mesh(comm, cells, e=ufl.Mesh(element), x=points)


def tag_facets(msh: mesh.Mesh, facets: Any, values: Any) -> mesh.MeshTags:
    """Tag faces given by the vertex numbers of the input; only rank 0 has any to give."""
    dimension = msh.topology.dim - 1
    msh.topology.create_entities(dimension)
    msh.topology.create_connectivity(dimension, dimension + 1)
    msh.topology.create_connectivity(dimension, 0)
    entities, tags = io.distribute_entity_data(msh, dimension, facets, values)
    return mesh.meshtags_from_entities(msh, dimension, graph.adjacencylist(entities), tags.astype(np.int32))


def cell_vertices(msh: mesh.Mesh) -> Any:
    """Geometry nodes of this rank's cells, ghosts included (n, 4); from 0.11 on there is a list of such maps."""
    if Version(dolfinx.__version__) >= Version("0.11"):
        return msh.geometry.dofmaps[0]
    return msh.geometry.dofmap
