"""The space of linear elements within that of the potential, and the operators on it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from petsc4py import PETSc

from sim.fem.combination import Combination
from sim.fem.complex_factor import ComplexFactor


class CoarseSpace:
    """Linear elements on the same mesh, with the Galerkin matrices of all terms.

    Parameters
    ----------
    V
        The space of the potential.
    matrices
        Of the terms, on V.
    fixed, rows
        Own nodes of the linear elements, and of V, where the potential is given.
    """

    def __init__(self, V: fem.FunctionSpace, matrices: Sequence[PETSc.Mat], fixed: Any, rows: Any) -> None:
        linear = linear_space(V)
        first = linear.dofmap.index_map.local_range[0]
        self._fixed = fixed
        self._global = (fixed + first).astype(PETSc.IntType)
        self._prolongation = fem_petsc.interpolation_matrix(linear, V)
        self._prolongation.assemble()
        self._prolongation.zeroRows((rows + V.dofmap.index_map.local_range[0]).astype(PETSc.IntType), diag=0.0)
        self._terms = Combination([matrix.ptap(self._prolongation) for matrix in matrices])
        self._coarse, self._fine = self._prolongation.createVecs()

    def solver(self, values: Any) -> ComplexFactor:
        """The operator of complex values of the terms (terms,), factorised; its destruction is the caller's.

        Raises
        ------
        SolverError
            On every rank, if it cannot be factorised.
        """
        P, Q = (self._terms.combined(part) for part in (values.real, values.imag))
        scale = P.getDiagonal().sum() / P.getSize()[0]
        P.zeroRowsColumns(self._global, diag=scale)
        Q.zeroRowsColumns(self._global, diag=0.0)
        try:
            return ComplexFactor(P, Q)
        finally:
            P.destroy()
            Q.destroy()

    def restricted(self, r: Any) -> Any:
        """A complex functional on V as one on the linear elements, zero where the potential is given."""
        result = self._parts(r, self._prolongation.multTranspose, self._fine, self._coarse)
        result[self._fixed] = 0.0
        return result

    def prolonged(self, u: Any) -> Any:
        """A complex function of the linear elements as one of V, zero where the potential is given."""
        return self._parts(u, self._prolongation.mult, self._coarse, self._fine)

    def destroy(self) -> None:
        """Give PETSc's memory back."""
        self._terms.destroy()
        self._prolongation.destroy()

    def _parts(self, x: Any, map_: Any, source: PETSc.Vec, target: PETSc.Vec) -> Any:
        """A linear map of the real and of the imaginary part."""
        result = np.empty(target.getLocalSize(), dtype=complex)
        for part, into in ((x.real, result.real), (x.imag, result.imag)):
            source.array_w[:] = part
            map_(source, target)
            into[:] = target.array_r
        return result


def linear_space(V: fem.FunctionSpace) -> fem.FunctionSpace:
    """Linear elements on the mesh of a space."""
    return fem.functionspace(V.mesh, ("Lagrange", 1))
