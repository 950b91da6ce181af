"""Complex symmetric systems by conjugate orthogonal conjugate gradients with a real multigrid preconditioner.

At one frequency the operator is A = e^{iθ} (P + i Q), θ midway between the phases of the terms, so that P is positive
definite and A preconditioned by P has its eigenvalues on a segment 1 ± i tan(δ/2), δ the spread of the phases: no
longer than 1 ± i for passive media, one point where all phases are equal. P^-1 is multigrid, applied to the real and to
the imaginary part. With the product xᵀ y, not conjugated, the operator stays symmetric and the recurrences short (COCG:
van der Vorst and Melissen 1990, IEEE Trans Magn 26:706).
"""

from typing import Any

import numpy as np

from sim.errors import SolverError
from sim.fem.affine import AffineProblem
from sim.fem.solver import MAX_ITERATIONS, Convergence, eliminate, multigrid

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
        True relative residual to reach, in the norm of P^-1 r.
    """

    def __init__(self, problem: AffineProblem, values: Any, tolerance: float) -> None:
        phases = np.angle(values)
        self._problem, self._tolerance = problem, tolerance
        self._turn = np.exp(0.5j * (phases.min() + phases.max()))
        turned = values / self._turn
        in_phase = np.ptp(phases) <= IN_PHASE
        self._turned = turned.real if in_phase else turned
        self._P = problem.combined(turned.real)
        self._Q = None if in_phase else problem.combined(turned.imag)
        self._reduced = self._P
        if problem.constrained:
            self._reduced = eliminate(self._P, problem.rows + problem.V.dofmap.index_map.local_range[0])
        self._multigrid = multigrid(self._reduced)
        self._x, self._y = self._P.createVecs()

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
        """r* P^-1 r, S: what the residual of terminal k's unit solution leaves in Y.

        The error of Y is rᵀ A^-1 r for a Galerkin solution, no more than r* P^-1 r because A = e^{iθ} (P + i Q); an
        estimate, because P^-1 is multigrid here.
        """
        return self._energy(self.residual(k, self._kept(u)))

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
        return self._energy(r) / weakest

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
        self._multigrid.destroy()
        for matrix in (self._reduced, self._P, self._Q):
            if matrix is not None:
                matrix.destroy()

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
        times = self._problem.times
        if self._Q is None:
            return times(self._P, u)
        if not np.iscomplexobj(u):
            return times(self._P, u) + 1j * times(self._Q, u)
        result = np.empty_like(u)
        result.real = times(self._P, u.real) - times(self._Q, u.imag)
        result.imag = times(self._P, u.imag) + times(self._Q, u.real)
        return result

    def _precondition(self, r: Any) -> Any:
        z = np.empty_like(r)
        pairs = ((r.real, z.real), (r.imag, z.imag)) if np.iscomplexobj(r) else ((r, z),)
        for source, target in pairs:
            self._x.array_w[:] = source
            self._multigrid.apply(self._x, self._y)
            target[:] = self._y.array_r
        return z

    def _kept(self, u: Any) -> Any:
        """A copy, real where all is in phase."""
        return u.real.copy() if self._Q is None else u.astype(complex)

    def _energy(self, r: Any) -> float:
        """r* P^-1 r."""
        return float(self._sum(np.vdot(r, self._precondition(r))).real)

    def _norm(self, x: Any) -> float:
        return float(np.sqrt(self._sum(np.vdot(x, x)).real))

    def _sum(self, own: Any) -> Any:
        return self._problem.comm.allreduce(own)
