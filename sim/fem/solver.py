"""Linear algebra: conjugate gradients with algebraic multigrid, set up once, solved many times, never unchecked."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from petsc4py import PETSc

from sim.errors import SolverError

MAX_ITERATIONS = 500
MULTIGRID = {
    "pc_hypre_type": "boomeramg",
    "pc_hypre_boomeramg_coarsen_type": "HMIS",
    "pc_hypre_boomeramg_interp_type": "ext+i",
    "pc_hypre_boomeramg_strong_threshold": 0.5,
    "pc_hypre_boomeramg_agg_nl": 1,
    "pc_hypre_boomeramg_P_max": 4,
}


@dataclass(frozen=True)
class Convergence:
    """Iterations and true relative residual ‖b - A x‖ / ‖b‖ of one solve."""

    iterations: int
    relative_residual: float


class Solver:
    """A symmetric positive definite matrix with its preconditioner, ready to solve.

    Parameters
    ----------
    matrix
        Assembled PETSc matrix.
    tolerance
        Relative residual to reach, in the preconditioned norm of the conjugate gradients.
    """

    def __init__(self, matrix: PETSc.Mat, tolerance: float) -> None:
        self._matrix = matrix
        self._tolerance = tolerance
        self._ksp = PETSc.KSP().create(matrix.comm)
        self._ksp.setOperators(matrix)
        self._ksp.setType(PETSc.KSP.Type.CG)
        self._ksp.setPC(multigrid(matrix))
        self._ksp.setTolerances(rtol=tolerance, max_it=MAX_ITERATIONS)
        self._ksp.setUp()

    def solve(self, b: PETSc.Vec, x: PETSc.Vec) -> Convergence:
        """Solve A x = b.

        Raises
        ------
        SolverError
            On every rank, if it does not converge or the solution is not finite.
        """
        self._ksp.solve(b, x)
        reason = self._ksp.getConvergedReason()
        iterations = self._ksp.getIterationNumber()
        residual = b.duplicate()
        self._matrix.mult(x, residual)
        residual.aypx(-1.0, b)
        relative = residual.norm() / b.norm()
        residual.destroy()
        if reason <= 0:
            raise SolverError(
                "relative residual",
                relative,
                self._tolerance,
                f"not converged after {iterations} iterations ({reason})",
            )
        if not np.isfinite(relative):
            raise SolverError("relative residual", relative, self._tolerance, "the solution is not finite")
        return Convergence(iterations, relative)

    def destroy(self) -> None:
        """Give the memory of the preconditioner back."""
        self._ksp.destroy()


def multigrid(matrix: PETSc.Mat) -> PETSc.PC:
    """The preconditioner of a symmetric positive definite matrix, set up."""
    preconditioner = PETSc.PC().create(matrix.comm)
    preconditioner.setOptionsPrefix("faradic_")
    options = PETSc.Options("faradic_")
    for key, value in MULTIGRID.items():
        options[key] = value
    preconditioner.setOperators(matrix)
    preconditioner.setType(PETSc.PC.Type.HYPRE)
    preconditioner.setFromOptions()
    preconditioner.setUp()
    return preconditioner


def eliminate(matrix: PETSc.Mat, rows: Any) -> PETSc.Mat:
    """A copy of the matrix with these global rows and columns replaced by those of a scaled identity."""
    reduced = matrix.copy()
    diagonal = matrix.getDiagonal()
    reduced.zeroRowsColumns(rows, diag=diagonal.sum() / diagonal.getSize())
    return reduced
