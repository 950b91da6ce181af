"""From distributed finite element functions to the arrays of the basis, on rank 0."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.linalg
from dolfinx import fem

from sim.basis import Contact
from sim.exposure.triangles import facet_areas, to_constant, to_linear, unit_mass
from sim.fem.compat import cell_vertices
from sim.fem.conduction import Terminal
from sim.fem.domain import Domain

CORNERS = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
FACES = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])


@dataclass(frozen=True)
class Cells:
    """The volume part of the basis, see there."""

    points: Any
    cells: Any
    layers: Any
    potentials: Any
    fields: Any


def gather_cells(domain: Domain, potentials: tuple[fem.Function, ...]) -> Cells | None:
    """Vertices, cells, potentials and fields on rank 0, in the numbering of the mesh that was distributed."""
    msh, comm = domain.msh, domain.msh.comm
    own = msh.topology.index_map(3).size_local
    geometry = cell_vertices(msh)[:own]
    numbers = msh.geometry.input_global_indices[geometry]
    corners = msh.geometry.x[geometry]
    values = np.stack([_at_corners(u, own) for u in potentials])
    fields = np.stack([_fields_at_corners(u, corners) for u in potentials])
    parts = comm.gather((numbers, corners, domain.cell_layers[:own], values, fields), root=0)
    if parts is None:
        return None
    cells, corners, layers = (np.concatenate([p[i] for p in parts]) for i in range(3))
    values, fields = (np.concatenate([p[i] for p in parts], axis=1) for i in (3, 4))
    points = np.empty((int(cells.max()) + 1, 3))
    points[cells] = corners
    at_points = np.empty((len(potentials), len(points)))
    for k, value in enumerate(values):
        at_points[k, cells] = value
    index = {tag: i for i, tag in enumerate(domain.layer_tags.values())}
    lookup = np.array([index.get(tag, -1) for tag in range(max(index) + 1)])
    return Cells(points, cells.astype(np.int64), lookup[layers], at_points, fields)


def _tabulate(V: fem.FunctionSpace, points: Any, derivatives: int) -> Any:
    """Basis of the reference cell: (1 or 4, points, unknowns)."""
    return V.element.basix_element.tabulate(derivatives, points)[..., 0]


def _at_corners(u: fem.Function, own: int) -> Any:
    table = _tabulate(u.function_space, CORNERS, 0)[0]
    return u.x.array[u.function_space.dofmap.list[:own]] @ table.T


def _fields_at_corners(u: fem.Function, corners: Any) -> Any:
    """E = -grad φ (n, 4, 3) at the corners of affine cells: grad φ = J^-T grad_ref φ."""
    V = u.function_space
    table = _tabulate(V, CORNERS, 1)[1:]  # (3, 4, unknowns)
    values = u.x.array[V.dofmap.list[: len(corners)]]
    reference = np.einsum("dcn,mn->mcd", table, values, optimize=True)
    jacobian = np.transpose(corners[:, 1:] - corners[:, :1], (0, 2, 1))
    return -reference @ np.linalg.inv(jacobian)


def gather_contacts(
    domain: Domain,
    terminals: tuple[Terminal, ...],
    potentials: tuple[fem.Function, ...],
    reactions: tuple[fem.Function, ...],
) -> tuple[Contact, ...] | None:
    """The normal current density on every terminal for every unit solution, on rank 0.

    Behind a contact impedance J = (V - φ)/z, which needs no derivative of φ. On a perfect contact J is the density
    whose weighted integrals are the discrete reactions, ∫ J v ds = r(v): the consistent flux, which carries exactly
    the current of the terminal. It oscillates within the elements at the rim, where the true density is infinite; its
    means over the facets do not, and converge.
    """
    gathered = [_gather_face(domain, t, reactions if t.z == 0.0 else potentials) for t in terminals]
    if domain.msh.comm.rank != 0:
        return None
    contacts = []
    for k, (terminal, (corners, numbers, values)) in enumerate(zip(terminals, gathered, strict=True)):
        if terminal.z > 0.0:
            applied = (np.arange(len(terminals)) == k).astype(float)
            density = (applied[:, None, None] - values) / terminal.z
            smooth = to_linear(density)
        else:
            density = consistent_flux(corners, numbers, values)
            smooth = to_constant(density)
        contacts.append(Contact(terminal.name, corners, smooth, _products(corners, density)))
    return tuple(contacts)


def _products(corners: Any, density: Any) -> Any:
    """Integrals of the products of densities (solutions, f, n) over the face: (solutions, solutions)."""
    mass = facet_areas(corners)[:, None, None] * unit_mass(density.shape[2])
    return np.einsum("kfi,fij,lfj->kl", density, mass, density, optimize=True)


def _gather_face(domain: Domain, terminal: Terminal, functions: tuple[fem.Function, ...]) -> Any:
    """Corners (f, 3, 3), global unknowns (f, n) and their values (functions, f, n) on the face of the terminal.

    The n unknowns of a facet sit at its corners and, in second order, at its edge midpoints.
    """
    V = functions[0].function_space
    count = 3 if V.element.basix_element.degree == 1 else 6
    pairs = domain.face(terminal.face)
    geometry, vertices = domain.msh.geometry, cell_vertices(domain.msh)
    corners, numbers, values = [], [], []
    for local in range(4):
        cells = pairs[pairs[:, 1] == local, 0]
        face = CORNERS[FACES[local]]
        places = np.vstack([face, (face[[1, 2, 0]] + face[[2, 0, 1]]) / 2])[:count]
        here = np.argmax(_tabulate(V, places, 0)[0], axis=1)  # the unknown that is 1 at the place
        dofs = V.dofmap.list[cells][:, here]
        corners.append(geometry.x[vertices[cells][:, FACES[local]]])
        numbers.append(V.dofmap.index_map.local_to_global(dofs.ravel()).reshape(-1, count))
        values.append(np.stack([u.x.array[dofs] for u in functions]))
    parts = domain.msh.comm.gather(
        (np.concatenate(corners), np.concatenate(numbers), np.concatenate(values, axis=1)), root=0
    )
    if parts is None:
        return None
    return tuple(np.concatenate([p[i] for p in parts], axis=axis) for i, axis in ((0, 0), (1, 0), (2, 1)))


def consistent_flux(corners: Any, numbers: Any, reactions: Any) -> Any:
    """The density J on a face with ∫ J v ds = r(v) for every trace v.

    Parameters
    ----------
    corners
        Of the facets (f, 3, 3), m.
    numbers
        Global numbers of the unknowns (f, n).
    reactions
        Nodal currents, A, repeated for every facet of a node: (solutions, f, n).

    Returns
    -------
    density
        A/m2 at the same places, (solutions, f, n).
    """
    nodes, local = np.unique(numbers, return_inverse=True)
    local = local.reshape(numbers.shape)
    right = np.zeros((len(nodes), len(reactions)))
    for k, reaction in enumerate(reactions):
        right[local.ravel(), k] = reaction.ravel()
    entries = facet_areas(corners)[:, None, None] * unit_mass(numbers.shape[1])
    row, column = (np.broadcast_to(a, entries.shape) for a in (local[:, :, None], local[:, None, :]))
    mass = scipy.sparse.csc_matrix((entries.ravel(), (row.ravel(), column.ravel())))
    density = scipy.sparse.linalg.splu(mass).solve(right)
    return np.moveaxis(density[local], -1, 0)
