"""From a domain with terminals to its basis solutions: one set-up, one solve per terminal, gates at the end."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from petsc4py import PETSc

from sim.basis import Basis, SolveFacts
from sim.errors import SolverError
from sim.fem.conduction import (
    Sheet,
    Terminal,
    behind_impedance,
    body_form,
    conductivity,
    contact_form,
    contact_load,
    nodes_on,
)
from sim.fem.contacts import gather_contacts
from sim.fem.domain import Domain
from sim.fem.gathering import gather_cells
from sim.fem.sheets import couple
from sim.fem.solver import Convergence, Solver, eliminate
from sim.tissues import Conducting

BALANCE, ASYMMETRY = 1e-6, 1e-8


class Conduction:
    """The discrete problem of one domain: matrix, loads of the terminals, preconditioner.

    The matrix without any terminal fixed gives the reactions: A φ - b is, at a perfect contact, the current that each
    of its nodes carries.

    Raises
    ------
    KeyError
        If a face, a layer or a sheet has no counterpart.
    SolverError
        On every rank, if the two sides of a sheet do not coincide.
    """

    def __init__(
        self,
        domain: Domain,
        conductors: tuple[Conducting, ...],
        terminals: tuple[Terminal, ...],
        sheets: tuple[Sheet, ...],
        order: int,
        tolerance: float,
    ) -> None:
        self.domain, self.terminals = domain, terminals
        _check_sheets(terminals, sheets)
        self._order, self.V = order, domain.workspace.space(order)
        self.κ = conductivity(domain, conductors)
        self._matrix = domain.workspace.assembled(order, body_form(self.V, self.κ))
        for z, faces in behind_impedance(terminals).items():
            fem_petsc.assemble_matrix(self._matrix, contact_form(domain, self.V, z, faces))
        self._matrix.assemble()
        couple(self._matrix, domain, self.V, sheets)
        self._loads = [self._load(t) for t in terminals]
        self._fixed = [self._nodes(t) if t.perfect else None for t in terminals]
        rows = [rows for rows in self._fixed if rows is not None]
        self._reduced = eliminate(self._matrix, np.concatenate(rows)) if rows else self._matrix
        self._solver = Solver(self._reduced, tolerance)

    def _load(self, terminal: Terminal) -> PETSc.Vec | None:
        """Load of the terminal at 1 V; None without a contact impedance."""
        forms = [contact_load(self.domain, self.V, z, faces) for z, faces in behind_impedance((terminal,)).items()]
        if not forms:
            return None
        b = fem_petsc.assemble_vector(forms[0])
        for form in forms[1:]:
            fem_petsc.assemble_vector(b, form)
        b.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
        return b

    def _nodes(self, terminal: Terminal) -> Any:
        """Global numbers of this rank's own unknowns on the perfect contacts of the terminal."""
        local = nodes_on(self.domain, self.V, terminal.perfect)
        return self.V.dofmap.index_map.local_to_global(local).astype(PETSc.IntType)

    def unit_solution(self, k: int) -> tuple[fem.Function, fem.Function, Any, Convergence]:
        """Solve with terminal k at 1 V and the others at 0 V.

        Returns
        -------
        potential, reaction
            φ (V), and the current that each node passes from a perfect contact into the body (A).
        currents
            Current into the body at every terminal (A), from the discrete reactions.
        convergence
            Of this solve.
        """
        x, b = self._matrix.createVecs()
        load, fixed = self._loads[k], self._fixed[k]
        if fixed is not None:
            x.setValues(fixed, np.ones(len(fixed)))
            x.assemble()
        self._matrix.mult(x, b)
        b.scale(-1.0)
        if load is not None:
            b.axpy(1.0, load)
        for rows in self._fixed:
            if rows is not None:
                b.setValues(rows, np.zeros(len(rows)))
                b.assemble()
        correction = x.duplicate()
        convergence = self._solver.solve(b, correction)
        x.axpy(1.0, correction)
        self._matrix.mult(x, b)
        if load is not None:
            b.axpy(-1.0, load)
        currents = np.array([self._current(j, k, x, b) for j in range(len(self.terminals))])
        return self._function(x), self._function(b), currents, convergence

    def _current(self, j: int, k: int, x: PETSc.Vec, reaction: PETSc.Vec) -> float:
        """Through the perfect contacts of terminal j the reactions, through the others ∫ (V_j - φ) / z ds."""
        rows, load = self._fixed[j], self._loads[j]
        current = 0.0
        if rows is not None:
            own = float(reaction.getValues(rows).sum())
            current += float(self.domain.msh.comm.allreduce(own))
        if load is not None:
            current += float((load.sum() if j == k else 0.0) - load.dot(x))
        return current

    def _function(self, vector: PETSc.Vec) -> fem.Function:
        u = fem.Function(self.V)
        u.x.array[: self.V.dofmap.index_map.size_local] = vector.array_r
        u.x.scatter_forward()
        return u

    def destroy(self) -> None:
        """Give PETSc's memory back, and the matrix to the next problem of this domain."""
        self._solver.destroy()
        if self._reduced is not self._matrix:
            self._reduced.destroy()
        self.domain.workspace.give_back(self._order, self._matrix)


def _check_sheets(terminals: tuple[Terminal, ...], sheets: tuple[Sheet, ...]) -> None:
    names = [sheet.name for sheet in sheets]
    for terminal in terminals:
        for name in terminal.sheets:
            if name not in names:
                raise KeyError(f"terminal {terminal.name}: there is no sheet {name}")


def solve_basis(
    domain: Domain,
    conductors: tuple[Conducting, ...],
    terminals: tuple[Terminal, ...],
    *,
    sheets: tuple[Sheet, ...] = (),
    order: int = 2,
    tolerance: float = 1e-10,
    on_solved: Callable[[int, int], None] = lambda done, total: None,
) -> Basis | None:
    """Set up once, solve once per terminal, check, and gather on rank 0.

    Parameters
    ----------
    sheets
        Thin resistive layers along which the mesh is split.
    order
        Of the Lagrange elements.
    tolerance
        Relative residual of the solves.
    on_solved
        Called with the number of solves done and their total.

    Returns
    -------
    Basis or None
        The basis on rank 0, None on the others.

    Raises
    ------
    SolverError
        On every rank, if a solve does not converge or a gate trips.
    """
    start = time.perf_counter()
    problem = Conduction(domain, conductors, terminals, sheets, order, tolerance)
    ready = time.perf_counter()
    solutions = []
    try:
        for k in range(len(terminals)):
            solutions.append(problem.unit_solution(k))
            on_solved(k + 1, len(terminals))
    finally:
        problem.destroy()
    potentials, reactions, currents, convergences = zip(*solutions, strict=True)
    admittance = np.array(currents).T
    balance, asymmetry = check_admittance(admittance)
    facts = SolveFacts(
        unknowns=problem.V.dofmap.index_map.size_global,
        element_order=order,
        iterations=max(c.iterations for c in convergences),
        relative_residual=max(c.relative_residual for c in convergences),
        balance_error=balance,
        asymmetry=asymmetry,
        setup_s=ready - start,
        solve_s=time.perf_counter() - ready,
    )
    cells = gather_cells(domain, problem.κ, potentials)
    contacts = gather_contacts(domain, terminals, sheets, potentials, reactions)
    if cells is None or contacts is None:
        return None
    return Basis(
        points=cells.points,
        cells=cells.cells,
        layers=cells.layers,
        layer_names=tuple(domain.layer_tags),
        terminals=tuple(t.name for t in terminals),
        conductivity=cells.conductivity,
        potentials=cells.potentials,
        fields=cells.fields,
        contacts=contacts,
        admittance=admittance,
        facts=facts,
    )


def check_admittance(admittance: Any) -> tuple[float, float]:
    """Gate the terminal admittance matrix: finite, its columns sum to zero, symmetric.

    Returns
    -------
    balance, asymmetry
        |sum of a column| / largest entry, and ‖Y - Yᵀ‖ / ‖Y‖.

    Raises
    ------
    SolverError
        If one of them is over its bound (1e-6 and 1e-8) or not finite.
    """
    if not np.isfinite(admittance).all():
        raise SolverError("admittance", np.nan, 0.0, "the terminal currents are not finite")
    balance = float(np.abs(admittance.sum(axis=0)).max() / np.abs(admittance).max())
    asymmetry = float(np.linalg.norm(admittance - admittance.T) / np.linalg.norm(admittance))
    for gate, value, bound in (("balance error", balance, BALANCE), ("admittance asymmetry", asymmetry, ASYMMETRY)):
        if not value <= bound:
            raise SolverError(gate, value, bound, "lower numerics.tolerance")
    return balance, asymmetry
