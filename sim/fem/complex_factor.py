"""Direct solution of complex symmetric systems with real linear algebra."""

from typing import Any

import numpy as np
import scipy.sparse
from petsc4py import PETSc

from sim.errors import SolverError


class ComplexFactor:
    """P + i Q, complex symmetric, factorised as a real symmetric matrix of twice the size (MUMPS).

    (P + i Q)(a + i b) = r + i s is P a - Q b = r, -Q a - P b = -s. Real and imaginary parts of a node are neighbours,
    as complex numbers are in memory.
    """

    def __init__(self, P: PETSc.Mat, Q: PETSc.Mat) -> None:
        self._matrix = _interleaved(P, Q)
        self._matrix.setOption(PETSc.Mat.Option.SYMMETRIC, True)
        self._factor = PETSc.PC().create(P.comm)
        self._factor.setOperators(self._matrix)
        self._factor.setType(PETSc.PC.Type.CHOLESKY)
        self._factor.setFactorSolverType("mumps")
        self._factor.setUp()
        failed = self._factor.getFailedReason()
        if failed:
            self.destroy()
            raise SolverError("direct solution with linear elements", float(failed), 0.0, "MUMPS cannot factorise")
        self._right, self._left = self._matrix.createVecs()

    def __call__(self, r: Any) -> Any:
        """(P + i Q)^-1 r, own entries."""
        self._right.array_w[:] = r.conj().view(np.float64)
        self._factor.apply(self._right, self._left)
        return self._left.array_r.view(np.complex128).copy()

    def destroy(self) -> None:
        """Give PETSc's memory back."""
        self._factor.destroy()
        self._matrix.destroy()


def _interleaved(P: PETSc.Mat, Q: PETSc.Mat) -> PETSc.Mat:
    """[[P, -Q], [-Q, -P]], entry by entry."""
    pointers, columns, p = P.getValuesCSR()
    q = Q.getValuesCSR()[2]
    blocks = np.array([[p, -q], [-q, -p]]).transpose(2, 0, 1)
    own, all_ = P.getSizes()[0]
    rows = scipy.sparse.bsr_matrix((blocks, columns, pointers), shape=(2 * own, 2 * all_)).tocsr()
    index = PETSc.IntType
    csr = (rows.indptr.astype(index), rows.indices.astype(index), rows.data)
    return PETSc.Mat().createAIJ(((2 * own, 2 * all_), (2 * own, 2 * all_)), csr=csr, comm=P.comm)
