"""Approximate inverse of a complex operator: a smoother, and linear elements solved directly.

Multigrid of P alone would leave the eigenvalues of P^-1 (P + i Q), spread up to 1 ± i, to the iterations. Here both
levels know the complex operator: the smoother reduces what linear elements cannot represent, and these are solved
directly. The whole is complex symmetric, as the iterations need.
"""

from typing import Any

import numpy as np

from sim.fem.affine import AffineProblem
from sim.fem.complex_operator import ComplexOperator

DEGREE = 2  # of the smoother
SMOOTHED = (0.1, 1.1)  # part of the spectrum that the smoother reduces, relative to the largest eigenvalue
POWER_STEPS = 12


class TwoLevel:
    """Chebyshev's polynomial of the Jacobi iteration before and after a direct solution with linear elements.

    Parameters
    ----------
    problem
        That the operator belongs to.
    operator
        P + i Q, -P ≤ Q ≤ P.
    values
        Of its terms (terms,).
    """

    def __init__(self, problem: AffineProblem, operator: ComplexOperator, values: Any) -> None:
        self._comm, self._coarse, self._operator = problem.comm, problem.coarse, operator
        self._solver = problem.coarse.solver(values)
        self._inverse = 1.0 / operator.diagonal()
        self._inverse[problem.rows] = 0.0
        largest = self._largest_eigenvalue()
        low, high = (part * largest for part in SMOOTHED)
        self._middle, self._half = (high + low) / 2, (high - low) / 2

    def __call__(self, r: Any) -> Any:
        """About (P + i Q)^-1 r."""
        z = self._smoothed(r)
        z += self._coarse.prolonged(self._solver(self._coarse.restricted(r - self._operator(z))))
        z += self._smoothed(r - self._operator(z))
        return z

    def energy(self, r: Any) -> float:
        """2 |r* (P + i Q)^-1 r|, which is between r* P^-1 r and twice that."""
        return 2.0 * abs(self._comm.allreduce(np.vdot(r, self(r))))

    def destroy(self) -> None:
        """Give PETSc's memory back."""
        self._solver.destroy()

    def _smoothed(self, r: Any) -> Any:
        """The polynomial, from zero (Saad 2003, Iterative Methods for Sparse Linear Systems, algorithm 12.1)."""
        σ = self._middle / self._half
        ρ = 1.0 / σ
        step = self._inverse * r / self._middle
        z = step.copy()
        for _ in range(DEGREE - 1):
            r = r - self._operator(step)
            before, ρ = ρ, 1.0 / (2.0 * σ - ρ)
            step = ρ * before * step + 2.0 * ρ / self._half * (self._inverse * r)
            z += step
        return z

    def _largest_eigenvalue(self) -> float:
        """About that of the Jacobi iteration: its modulus, by the power method."""
        random = np.random.default_rng(self._comm.rank)
        x = random.random(len(self._inverse)).astype(complex)
        size = 1.0
        for _ in range(POWER_STEPS):
            x = self._inverse * self._operator(x / size)
            size = float(np.sqrt(self._comm.allreduce(np.vdot(x, x)).real))
        return size
