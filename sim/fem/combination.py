"""Real matrices of one layout, recombined instead of assembled again."""

from collections.abc import Sequence
from typing import Any

from petsc4py import PETSc


class Combination:
    """Terms A_t of an operator Σ_t w_t A_t.

    Parameters
    ----------
    matrices
        Assembled; they need not have the same places.
    """

    def __init__(self, matrices: Sequence[PETSc.Mat]) -> None:
        self.matrices = list(matrices)
        self._pattern = _union(self.matrices)

    def combined(self, weights: Any) -> PETSc.Mat:
        """Σ_t w_t A_t for real weights (terms,), a matrix with the places of all terms."""
        matrix = self._pattern.copy()
        for weight, term in zip(weights, self.matrices, strict=True):
            matrix.axpy(float(weight), term, PETSc.Mat.Structure.SUBSET_NONZERO_PATTERN)
        return matrix

    def vectors(self) -> tuple[PETSc.Vec, PETSc.Vec]:
        """A vector to multiply, and one for the product."""
        x, y = self._pattern.createVecs()
        return x, y

    def destroy(self) -> None:
        """Give PETSc's memory back."""
        for matrix in (*self.matrices, self._pattern):
            matrix.destroy()


def _union(matrices: Sequence[PETSc.Mat]) -> PETSc.Mat:
    """A zero matrix with the places of all."""
    union = matrices[0].copy()
    for matrix in matrices[1:]:
        union.axpy(1.0, matrix, PETSc.Mat.Structure.DIFFERENT_NONZERO_PATTERN)
    union.zeroEntries()
    return union
