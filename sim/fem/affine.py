"""The affine operator of electro-quasistatics: one real matrix for each term, assembled once.

The unknowns are extended vectors [u; V] of the potential and the terminals' voltages. Every term is a symmetric form
of two of them: ∫ T grad u · grad v dx in a tissue, ∫ (V_k - u)(W_k - v) ds over the contacts of terminal k, and
∫ (u_o - u_i)(v_o - v_i) ds over a sheet. On a perfect contact u = V_k.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from petsc4py import PETSc

from sim.fem.coarse import CoarseSpace, linear_space
from sim.fem.combination import Combination
from sim.fem.conduction import Sheet, body_form, conductivity, contact_form, contact_load, nodes_on, within
from sim.fem.domain import Domain
from sim.fem.sheets import coupling
from sim.harmonic_terms import Directed, HarmonicTerminal, LayerMedium, Terms


@dataclass(frozen=True)
class _Direction:
    """Projector on the fibres of a layer (along), or on what is perpendicular to them; without fibres 0 and I."""

    layer: str
    tissue: str
    fibres: Directed | None
    along: bool

    def tensors(self, points_m: Any) -> Any:
        unit = np.tile(np.eye(3), (len(points_m), 1, 1))
        if self.fibres is None:
            return 0.0 * unit if self.along else unit
        f = self.fibres.directions(points_m)
        f = f / np.linalg.norm(f, axis=1, keepdims=True)
        projector = f[:, :, None] * f[:, None, :]
        return projector if self.along else unit - projector


class AffineProblem:
    """The discrete problem of one domain at all frequencies.

    Complex vectors are numpy arrays of this rank's own entries.

    Parameters
    ----------
    terms
        Of these media and terminals.

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
        media: tuple[LayerMedium, ...],
        terminals: tuple[HarmonicTerminal, ...],
        terms: Terms,
        order: int,
    ) -> None:
        self.domain, self.terminals, self.terms = domain, terminals, terms
        self.V = fem.functionspace(domain.msh, ("Lagrange", order))
        _check_sheets(terminals, terms)
        directions = [[_Direction(m.layer, m.tissue, m.fibres, along) for m in media] for along in (True, False)]
        self.along, self.across = (conductivity(domain, layers) for layers in directions)
        count = len(terms.all)
        self.loads: dict[tuple[int, int], Any] = {}
        self.areas = np.zeros((count, len(terminals)))
        matrices = [*self._tissues(), *self._contacts()]
        matrices += [coupling(matrices[0], domain, self.V, (Sheet(term.sheet.name, 1.0),)) for term in terms.sheets]
        self._combination = Combination(matrices)
        self.fixed = [self._perfect(terminal, self.V) for terminal in terminals]
        self.rows = np.unique(np.concatenate(self.fixed)).astype(PETSc.IntType)
        self._x, self._y = self._combination.vectors()

    @property
    def comm(self) -> Any:
        """Of the mesh."""
        return self.domain.msh.comm

    @property
    def first(self) -> int:
        """Global number of this rank's first node."""
        return int(self.V.dofmap.index_map.local_range[0])

    @property
    def matrices(self) -> list[PETSc.Mat]:
        """Of the terms."""
        return self._combination.matrices

    @cached_property
    def coarse(self) -> CoarseSpace:
        """Linear elements on the same mesh; all ranks ask for it."""
        linear = linear_space(self.V)
        fixed = np.unique(np.concatenate([self._perfect(terminal, linear) for terminal in self.terminals]))
        return CoarseSpace(self.V, self.matrices, fixed, self.rows)

    @property
    def constrained(self) -> bool:
        """Whether any contact is perfect."""
        return bool(self.comm.allreduce(len(self.rows)))

    def _tissues(self) -> list[PETSc.Mat]:
        matrices = []
        for term in self.terms.tissues:
            tensor = self.along if term.axis == 0 else self.across
            form = body_form(self.V, tensor, within(self.domain, term.layers))
            matrices.append(_assembled(form))
        return matrices

    def _contacts(self) -> list[PETSc.Mat]:
        """Their matrices; the loads and areas of their terminals on the way."""
        matrices = []
        for t, term in enumerate(self.terms.contacts, start=len(self.terms.tissues)):
            matrices.append(_assembled(contact_form(self.domain, self.V, 1.0, tuple(face for _, face in term.faces))))
            for k in sorted({k for k, _ in term.faces}):
                faces = tuple(face for terminal, face in term.faces if terminal == k)
                b = fem_petsc.assemble_vector(contact_load(self.domain, self.V, 1.0, faces))
                b.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
                self.loads[t, k] = b.array_r.copy()
                self.areas[t, k] = b.sum()
        return matrices

    def _perfect(self, terminal: HarmonicTerminal, V: fem.FunctionSpace) -> Any:
        faces = tuple(face for face, model in terminal.faces if model is None)
        return nodes_on(self.domain, V, faces) if faces else np.empty(0, dtype=np.int32)

    def combined(self, weights: Any) -> PETSc.Mat:
        """Σ_t w_t A_t for real weights (terms,)."""
        return self._combination.combined(weights)

    def times(self, matrix: PETSc.Mat, x: Any) -> Any:
        """A real matrix times a real vector."""
        self._x.array_w[:] = x
        matrix.mult(self._x, self._y)
        return self._y.array_r.copy()

    def lift(self, k: int) -> Any:
        """The potential that is 1 on the perfect contacts of terminal k, and 0 elsewhere."""
        u = np.zeros(self.V.dofmap.index_map.size_local)
        u[self.fixed[k]] = 1.0
        return u

    def load(self, values: Any, k: int) -> Any:
        """Σ_t w_t ∫ v ds over the contacts of terminal k."""
        b = np.zeros(self.V.dofmap.index_map.size_local, dtype=np.asarray(values).dtype)
        for (t, terminal), load in self.loads.items():
            if terminal == k:
                b += values[t] * load
        return b

    def currents(self, values: Any, u: Any, k: int) -> Any:
        """Σ_t w_t A_t of a complex potential with terminal k at 1 V: currents at the own nodes, A."""
        currents = -self.load(values, k).astype(complex)
        for value, matrix in zip(values, self.matrices, strict=True):
            currents += value * (self.times(matrix, u.real) + 1j * self.times(matrix, u.imag))
        return currents

    def residual_of(self, t: int, u: Any, voltages: Any) -> tuple[Any, Any]:
        """The term t applied to a real extended vector.

        Returns
        -------
        currents, into
            At the own nodes (A per S/m or S/m2), and into the terminals (on this rank; a sum over ranks is due).
        """
        currents = self.times(self.matrices[t], u)
        into = np.zeros(len(self.terminals))
        for (term, k), load in self.loads.items():
            if term == t:
                currents -= voltages[k] * load
                into[k] = (self.areas[t, k] * voltages[k] if self.comm.rank == 0 else 0.0) - load @ u
        return currents, into

    def function(self, u: Any) -> fem.Function:
        """A real vector as a function of V."""
        function = fem.Function(self.V)
        function.x.array[: len(u)] = u
        function.x.scatter_forward()
        return function

    def dot(self, x: Any, y: Any) -> Any:
        """Σ x y over all ranks, without conjugation."""
        return self.comm.allreduce(x @ y)

    def destroy(self) -> None:
        """Give PETSc's memory back."""
        if "coarse" in self.__dict__:
            self.coarse.destroy()
        self._combination.destroy()


def _assembled(form: Any) -> PETSc.Mat:
    matrix = fem_petsc.assemble_matrix(form)
    matrix.assemble()
    return matrix


def _check_sheets(terminals: Sequence[HarmonicTerminal], terms: Terms) -> None:
    names = {term.sheet.name for term in terms.sheets}
    for terminal in terminals:
        for name in terminal.sheets:
            if name not in names:
                raise KeyError(f"terminal {terminal.name}: there is no sheet {name}")
