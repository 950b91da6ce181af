"""Thin sheets: the facets of their two sides brought together, and the coupling that they add to the matrix."""

from typing import Any

import numpy as np
from dolfinx import fem
from petsc4py import PETSc

from sim.errors import SolverError
from sim.exposure.triangles import facet_areas, unit_mass
from sim.fem.conduction import Sheet
from sim.fem.domain import Domain
from sim.fem.traces import Trace


def couple(matrix: PETSc.Mat, domain: Domain, V: fem.FunctionSpace, sheets: tuple[Sheet, ...]) -> None:
    """Add Σ ∫ (u_o - u_i)(v_o - v_i) / z ds over all sheets to an assembled matrix.

    u_o and u_i are the traces outside and inside. A facet contributes with the rank that owns its inside; its outside
    may live on another one.

    Raises
    ------
    KeyError
        On every rank, if the domain does not have the two faces of a sheet, or they are empty.
    SolverError
        On every rank, if a facet has no counterpart on the other side.
    """
    if not sheets:
        return
    added = coupling(matrix, domain, V, sheets)
    matrix.axpy(1.0, added, PETSc.Mat.Structure.DIFFERENT_NONZERO_PATTERN)
    added.destroy()


def coupling(matrix: PETSc.Mat, domain: Domain, V: fem.FunctionSpace, sheets: tuple[Sheet, ...]) -> PETSc.Mat:
    """A matrix of the shape of another with Σ ∫ (u_o - u_i)(v_o - v_i) / z ds over all sheets; raises as ``couple``."""
    added = PETSc.Mat().create(matrix.comm)
    added.setSizes(matrix.getSizes())
    added.setType(PETSc.Mat.Type.AIJ)
    added.setUp()
    for sheet in sheets:
        numbers, blocks = _blocks(domain, V, sheet)
        added.setValuesRCV(numbers, numbers, blocks, addv=PETSc.InsertMode.ADD_VALUES)
    added.assemble()
    return added


def _blocks(domain: Domain, V: fem.FunctionSpace, sheet: Sheet) -> tuple[Any, Any]:
    """What this rank's facets of a sheet contribute: unknowns (f, 2n), outside and inside, and blocks (f, 2n, 2n)."""
    comm = domain.msh.comm
    inside = Trace.of(domain, V, (sheet.inside,))
    outside = Trace.of(domain, V, (sheet.outside,)).everywhere(comm)
    partners, places = opposite(outside.vertices, inside.vertices)
    paired, facets = (comm.allreduce(n) for n in (int((partners >= 0).sum()), len(partners)))
    alone = facets + len(outside.vertices) - 2 * paired
    if not facets + alone:
        raise KeyError(f"sheet {sheet.name}: its faces {sheet.outside} and {sheet.inside} are empty")
    if alone:
        detail = f"{facets} inside, {len(outside.vertices)} outside: the two sides must coincide"
        raise SolverError(f"number of facets alone on a side of the sheet {sheet.name}", alone, 0, detail)
    count = inside.numbers.shape[1]
    there = np.take_along_axis(outside.numbers[partners], places[:, :count], axis=1)
    numbers = np.hstack([there, inside.numbers]).astype(PETSc.IntType)
    block = np.kron([[1.0, -1.0], [-1.0, 1.0]], unit_mass(count)) / sheet.z
    return numbers, facet_areas(inside.corners)[:, None, None] * block


def opposite(outside: Any, inside: Any) -> tuple[Any, Any]:
    """Find the outside facet that coincides with each inside facet.

    Parameters
    ----------
    outside, inside
        Numbers of the corners (f, 3), the same on both sides.

    Returns
    -------
    partners
        Outside facet of each inside facet, -1 where there is none.
    places
        Where the unknowns of the partner stand that coincide with those of the inside facet, (f, 6): corners and,
        opposite to each corner, the midpoints of the edges.
    """
    corners = np.sort(np.vstack([outside, inside]), axis=1)
    _, which = np.unique(corners, axis=0, return_inverse=True)
    which = which.ravel()
    first = np.full(len(which), -1)
    first[which[: len(outside)]] = np.arange(len(outside))
    partners = first[which[len(outside) :]]
    if len(outside) == 0:
        return partners, np.zeros((len(inside), 6), dtype=np.int64)
    corner = np.argmax(outside[partners][:, None, :] == inside[:, :, None], axis=2)
    return partners, np.hstack([corner, 3 + corner])


def jumps(outside: Trace, inside: Trace) -> Any:
    """The values φ_o - φ_i (functions, f, n) at the places of the inside facets, of the two whole sides of a sheet."""
    partners, places = opposite(outside.vertices, inside.vertices)
    places = np.broadcast_to(places[:, : inside.numbers.shape[1]], inside.values.shape)
    return np.take_along_axis(outside.values[:, partners], places, axis=2) - inside.values
