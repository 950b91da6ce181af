"""Approximate inverse of a real operator: algebraic multigrid."""

from typing import Any

import numpy as np

from sim.fem.affine import AffineProblem
from sim.fem.solver import eliminate, multigrid


class RealMultigrid:
    """Algebraic multigrid of P.

    Parameters
    ----------
    problem
        That the operator belongs to.
    P
        Positive definite; the caller destroys it after this.
    """

    def __init__(self, problem: AffineProblem, P: Any) -> None:
        self._own = eliminate(P, problem.rows + problem.first) if problem.constrained else None
        self._multigrid = multigrid(P if self._own is None else self._own)
        self._comm = problem.comm
        self._x, self._y = P.createVecs()

    def __call__(self, r: Any) -> Any:
        """About P^-1 r for a real or a complex r."""
        z = np.empty_like(r)
        pairs = ((r.real, z.real), (r.imag, z.imag)) if np.iscomplexobj(r) else ((r, z),)
        for source, target in pairs:
            self._x.array_w[:] = source
            self._multigrid.apply(self._x, self._y)
            target[:] = self._y.array_r
        return z

    def energy(self, r: Any) -> float:
        """r* P^-1 r."""
        return float(self._comm.allreduce(np.vdot(r, self(r))).real)

    def destroy(self) -> None:
        """Give PETSc's memory back."""
        self._multigrid.destroy()
        if self._own is not None:
            self._own.destroy()
