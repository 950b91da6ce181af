"""A complex operator made of two real matrices."""

from typing import Any

import numpy as np
from petsc4py import PETSc


class ComplexOperator:
    """P + i Q on complex vectors of this rank's own entries.

    The real and the imaginary part are two columns of one product, which reads a matrix once for both.

    Parameters
    ----------
    P, Q
        Real, of the same layout; this object destroys them.
    rows
        Own entries of the result that are set to zero.
    """

    def __init__(self, P: PETSc.Mat, Q: PETSc.Mat, rows: Any) -> None:
        self.P, self.Q, self._rows = P, Q, rows
        own, all_ = P.getSizes()[0]
        self._columns = PETSc.Mat().createDense(((own, all_), (PETSc.DECIDE, 2)), comm=P.comm)
        self._columns.setUp()
        self._columns.assemble()
        self._products = [matrix.matMult(self._columns) for matrix in (P, Q)]

    def times(self, u: Any) -> Any:
        """(P + i Q) u, all rows."""
        columns = self._columns.getDenseArray()
        columns[:, 0], columns[:, 1] = u.real, u.imag
        p, q = (self._multiplied(*pair) for pair in zip((self.P, self.Q), self._products, strict=True))
        result = np.empty(len(u), dtype=complex)
        result.real = p[:, 0] - q[:, 1]
        result.imag = p[:, 1] + q[:, 0]
        return result

    def __call__(self, u: Any) -> Any:
        """(P + i Q) u, zero in some rows."""
        result = self.times(u)
        result[self._rows] = 0.0
        return result

    def diagonal(self) -> Any:
        """Own entries of the diagonal."""
        p, q = (matrix.getDiagonal() for matrix in (self.P, self.Q))
        diagonal = p.array_r + 1j * q.array_r
        p.destroy()
        q.destroy()
        return diagonal

    def destroy(self) -> None:
        """Give PETSc's memory back."""
        for matrix in (*self._products, self._columns, self.P, self.Q):
            matrix.destroy()

    def _multiplied(self, matrix: PETSc.Mat, product: PETSc.Mat) -> Any:
        matrix.matMult(self._columns, product)
        return product.getDenseArray()
