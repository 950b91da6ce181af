"""Complex symmetric systems by conjugate orthogonal conjugate gradients.

At one frequency the operator is A = e^{iθ} (P + i Q), θ midway between the phases of the terms, so that P is positive
definite and -P ≤ Q ≤ P for passive media; Q = 0 where all terms are in phase. With the product xᵀ y, not conjugated,
the operator is symmetric and the recurrences short (COCG: van der Vorst and Melissen 1990, IEEE Trans Magn 26:706).
"""

from typing import Any, Self

import numpy as np

from sim.errors import SolverError
from sim.fem.affine import AffineProblem
from sim.fem.complex_operator import ComplexOperator
from sim.fem.real_multigrid import RealMultigrid
from sim.fem.solver import MAX_ITERATIONS, Convergence
from sim.fem.two_level import TwoLevel

RESTARTS = 3  # where rounding parts the recurrence of the residual from the true one
IN_PHASE = 1e-14  # spread of the phases, rad, that is rounding


class HarmonicSolver:
    """The operator at one frequency with its preconditioner, ready to solve.

    Vectors are complex, or real where all terms are in phase.

    Parameters
    ----------
    problem
        With its matrices.
    values
        Of the terms (terms,).
    tolerance
        True relative residual to reach, in the norm of the preconditioned residual.
    """

    def __init__(self, problem: AffineProblem, values: Any, tolerance: float) -> None:
        phases = np.angle(values)
        self._problem, self._tolerance = problem, tolerance
        self._turn = np.exp(0.5j * (phases.min() + phases.max()))
        turned = values / self._turn
        P = problem.combined(turned.real)
        self._in_phase = bool(np.ptp(phases) <= IN_PHASE)
        if self._in_phase:
            self._turned = turned.real
            self._P = P
            self._precondition: RealMultigrid | TwoLevel = RealMultigrid(problem, P)
        else:
            self._turned = turned
            self._operator = ComplexOperator(P, problem.combined(turned.imag), problem.rows)
            try:
                self._precondition = TwoLevel(problem, self._operator, turned)
            except SolverError:
                self._operator.destroy()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.destroy()

    def unit_solution(self, k: int, guess: Any = None) -> tuple[Any, Convergence]:
        """Potential with terminal k at 1 V and the others at 0 V.

        Parameters
        ----------
        guess
            Fulfils u = V_k on perfect contacts; by default 1 V there and 0 V elsewhere.

        Raises
        ------
        SolverError
            On every rank, if the true residual does not reach the tolerance.
        """
        start = self._problem.lift(k)
        u = start.astype(self._turned.dtype) if guess is None else self._kept(guess)
        right = self.residual(k, start)
        z = self._precondition(right)
        scale = self._norm(z)
        r = right.copy()
        if guess is not None:
            r = self.residual(k, u)
            z = self._precondition(r)
        iterations, reached = 0, self._norm(z) / scale
        for _ in range(RESTARTS):
            if reached <= self._tolerance or iterations >= MAX_ITERATIONS or not np.isfinite(reached):
                break
            iterations += self._correct(u, r, z, self._tolerance * scale, MAX_ITERATIONS - iterations)
            r = self.residual(k, u)
            z = self._precondition(r)
            reached = self._norm(z) / scale
        if not reached <= self._tolerance:
            detail = f"not converged after {iterations} iterations"
            raise SolverError("relative residual", reached, self._tolerance, detail)
        return u, Convergence(iterations, self._norm(r) / self._norm(right))

    def residual(self, k: int, u: Any) -> Any:
        """e^{-iθ} (b_k - A u), zero on perfect contacts."""
        r = self._problem.load(self._turned, k) - self._apply(u)
        r[self._problem.rows] = 0.0
        return r

    def error_estimate(self, k: int, u: Any) -> float:
        """No less than r* P^-1 r, S: what the residual of terminal k's unit solution leaves in Y.

        The error of Y is rᵀ A^-1 r for a Galerkin solution, no more than r* P^-1 r because A = e^{iθ} (P + i Q); an
        estimate, because the inverse is that of the preconditioner.
        """
        return self._precondition.energy(self.residual(k, self._kept(u)))

    def error_bound(self, k: int, u: Any, values: Any) -> float:
        """What the residual of an operator of other values leaves in Y, S: r* P^-1 r with this preconditioner.

        With e^{-iθ'} A' = P' + i Q' and P' = Σ p'_t A_t the error is no more than r* P'^-1 r, as in ``error_estimate``,
        which is no more than r* P^-1 r / min_t (p'_t / p_t).
        """
        phases = np.angle(values)
        turned = values * np.exp(-0.5j * (phases.min() + phases.max()))
        weakest = float((turned.real / self._turned.real).min())
        r = -self._problem.currents(turned, u, k)
        r[self._problem.rows] = 0.0
        return self._precondition.energy(r) / weakest

    def currents(self, k: int, u: Any) -> Any:
        """Currents into the body at every terminal (terminals,), A, from the discrete reactions."""
        problem = self._problem
        nodal = self._apply(u) - problem.load(self._turned, k)
        currents = np.zeros(len(problem.terminals), dtype=nodal.dtype)
        for j, fixed in enumerate(problem.fixed):
            own = problem.load(self._turned, j)
            currents[j] = nodal[fixed].sum() - own @ u + (own.sum() if j == k else 0.0)
        return self._turn * self._sum(currents)

    def destroy(self) -> None:
        """Give the memory of the matrices and of the preconditioner back."""
        self._precondition.destroy()
        if self._in_phase:
            self._P.destroy()
        else:
            self._operator.destroy()

    def _correct(self, u: Any, r: Any, z: Any, target: float, most: int) -> int:
        """Improve u until the recurrence of P^-1 r falls below the target; the number of iterations."""
        p, ρ = z.copy(), self._sum(r @ z)
        for iteration in range(1, most + 1):
            q = self._apply(p)
            q[self._problem.rows] = 0.0
            α = ρ / self._sum(p @ q)
            u += α * p
            r -= α * q
            z = self._precondition(r)
            before = ρ
            ρ, size = self._sum(np.array([r @ z, np.vdot(z, z)]))
            if not np.sqrt(size.real) > target:
                return iteration
            p *= ρ / before
            p += z
        return most

    def _apply(self, u: Any) -> Any:
        """(P + i Q) u."""
        return self._problem.times(self._P, u) if self._in_phase else self._operator.times(u)

    def _kept(self, u: Any) -> Any:
        """A copy, real where all is in phase."""
        return u.real.copy() if self._in_phase else u.astype(complex)

    def _norm(self, x: Any) -> float:
        return float(np.sqrt(self._sum(np.vdot(x, x)).real))

    def _sum(self, own: Any) -> Any:
        return self._problem.comm.allreduce(own)
