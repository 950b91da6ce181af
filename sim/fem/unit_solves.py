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
from sim.fem.conduction import Terminal, bilinear_form, conductivity, contact_admittance, contact_load
from sim.fem.domain import Domain
from sim.fem.gathering import gather_cells, gather_contacts
from sim.fem.solver import Convergence, Solver, eliminate
from sim.tissues import Conductor

BALANCE, ASYMMETRY = 1e-6, 1e-8


class Conduction:
    """The discrete problem of one domain: matrix, loads of the terminals, preconditioner.

    The matrix without any terminal fixed gives the reactions: A φ - b is, at a perfect contact, the current that each
    of its nodes carries.
    """

    def __init__(
        self,
        domain: Domain,
        conductors: tuple[Conductor, ...],
        terminals: tuple[Terminal, ...],
        order: int,
        tolerance: float,
    ) -> None:
        self.domain, self.terminals = domain, terminals
        self.V = fem.functionspace(domain.msh, ("Lagrange", order))
        y = contact_admittance(domain, terminals)
        imperfect = tuple(t.face for t in terminals if t.z > 0.0)
        a = bilinear_form(domain, self.V, conductivity(domain, conductors), y, imperfect)
        self._matrix = fem_petsc.assemble_matrix(a)
        self._matrix.assemble()
        self._loads = [self._load(contact_load(domain, self.V, y, t.face)) if t.z > 0.0 else None for t in terminals]
        self._fixed = [self._nodes(t) if t.z == 0.0 else None for t in terminals]
        rows = [rows for rows in self._fixed if rows is not None]
        if rows:
            self._reduced = eliminate(self._matrix, np.concatenate(rows))
        elif imperfect:
            self._reduced = self._matrix
        self._solver = Solver(self._reduced, tolerance)

    def _load(self, form: Any) -> PETSc.Vec:
        b = fem_petsc.assemble_vector(form)
        b.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
        return b

    def _nodes(self, terminal: Terminal) -> Any:
        """Global numbers of this rank's own unknowns on the terminal."""
        dim = self.domain.msh.topology.dim - 1
        facets = self.domain.facets.find(self.domain.face_tags[terminal.face])
        local = fem.locate_dofs_topological(self.V, dim, facets)
        dofs = self.V.dofmap.index_map
        return dofs.local_to_global(local[local < dofs.size_local]).astype(PETSc.IntType)

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
        if load is not None:
            load.copy(b)
        if fixed is not None:
            x.setValues(fixed, np.ones(len(fixed)))
            x.assemble()
            self._matrix.mult(x, b)
            b.scale(-1.0)
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
        rows, load = self._fixed[j], self._loads[j]
        if rows is not None:
            own = float(reaction.getValues(rows).sum())
            return float(self.domain.msh.comm.allreduce(own))
        assert load is not None
        applied = load.sum() if j == k else 0.0  # ∫ V_j / z over the face
        return float(applied - load.dot(x))

    def _function(self, vector: PETSc.Vec) -> fem.Function:
        u = fem.Function(self.V)
        u.x.array[: self.V.dofmap.index_map.size_local] = vector.array_r
        u.x.scatter_forward()
        return u

    def destroy(self) -> None:
        """Give PETSc's memory back."""
        self._solver.destroy()


def solve_basis(
    domain: Domain,
    conductors: tuple[Conductor, ...],
    terminals: tuple[Terminal, ...],
    *,
    order: int = 2,
    tolerance: float = 1e-10,
    on_solved: Callable[[int, int], None] = lambda done, total: None,
) -> Basis | None:
    """Set up once, solve once per terminal, check, and gather on rank 0.

    Parameters
    ----------
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
    problem = Conduction(domain, conductors, terminals, order, tolerance)
    ready = time.perf_counter()
    solutions = []
    for k in range(len(terminals)):
        solutions.append(problem.unit_solution(k))
        on_solved(k + 1, len(terminals))
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
    problem.destroy()
    cells = gather_cells(domain, potentials)
    contacts = gather_contacts(domain, terminals, potentials, reactions)
    if cells is None or contacts is None:
        return None
    return Basis(
        points=cells.points,
        cells=cells.cells,
        layers=cells.layers,
        layer_names=tuple(domain.layer_tags),
        terminals=tuple(t.name for t in terminals),
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
