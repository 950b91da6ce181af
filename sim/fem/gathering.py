"""From distributed finite element functions to the arrays of the basis, on rank 0."""

from dataclasses import dataclass
from typing import Any

from mpi4py import MPI

import numpy as np
from dolfinx import fem

from sim.fem.compat import cell_vertices
from sim.fem.domain import Domain
from sim.fem.traces import CORNERS, tabulate


@dataclass(frozen=True)
class Cells:
    """The volume part of the basis, see there."""

    points: Any
    cells: Any
    layers: Any
    conductivity: Any
    potentials: Any
    fields: Any


def gather_cells(domain: Domain, κ: fem.Function, potentials: tuple[fem.Function, ...]) -> Cells | None:
    """What the basis knows of the volume on rank 0, in the numbering of the mesh that was distributed."""
    msh, comm = domain.msh, domain.msh.comm
    own = msh.topology.index_map(3).size_local
    geometry = cell_vertices(msh)[:own]
    corners = msh.geometry.x[geometry]
    cells = _gathered(comm, msh.geometry.input_global_indices[geometry])
    all_corners = _gathered(comm, corners)
    layers = _gathered(comm, domain.cell_layers[:own])
    tensors = _gathered(comm, κ.x.array.reshape(-1, 3, 3)[:own])
    values = [_gathered(comm, _at_corners(u, own)) for u in potentials]
    fields = np.empty((len(potentials), len(cells), 4, 3)) if cells is not None else None
    for k, u in enumerate(potentials):
        found = _gathered(comm, _fields_at_corners(u, corners))
        if fields is not None:
            fields[k] = found
    if cells is None or fields is None:
        return None
    points = np.empty((int(cells.max()) + 1, 3))
    points[cells] = all_corners
    at_points = np.empty((len(potentials), len(points)))
    for k, value in enumerate(values):
        at_points[k, cells] = value
    index = {tag: i for i, tag in enumerate(domain.layer_tags.values())}
    lookup = np.array([index.get(tag, -1) for tag in range(max(index) + 1)])
    return Cells(points, cells.astype(np.int64), lookup[layers], tensors, at_points, fields)


def _gathered(comm: MPI.Comm, part: Any) -> Any:
    """The parts of all ranks one after the other, on rank 0; None on the others.

    Array by array: a message of MPI holds less than 2 GB.
    """
    if comm.size == 1:
        return part
    parts = comm.gather(part, root=0)
    return None if parts is None else np.concatenate(parts)


def _at_corners(u: fem.Function, own: int) -> Any:
    table = tabulate(u.function_space, CORNERS, 0)[0]
    return u.x.array[u.function_space.dofmap.list[:own]] @ table.T


def _fields_at_corners(u: fem.Function, corners: Any) -> Any:
    """E = -grad φ (n, 4, 3) at the corners of affine cells: grad φ = J^-T grad_ref φ."""
    V = u.function_space
    table = tabulate(V, CORNERS, 1)[1:]  # (3, 4, unknowns)
    values = u.x.array[V.dofmap.list[: len(corners)]]
    reference = np.einsum("dcn,mn->mcd", table, values, optimize=True)
    jacobian = np.transpose(corners[:, 1:] - corners[:, :1], (0, 2, 1))
    return -reference @ np.linalg.inv(jacobian)
