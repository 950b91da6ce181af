"""A reduced model of all frequencies: a Galerkin method in the space of a few solutions."""

from typing import Any

import numpy as np

from sim.fem.affine import AffineProblem
from sim.harmonic_basis import condense

NEGLIGIBLE = 1e-8  # part of a mode, relative to the solution, that is new to the space


class ReducedModel:
    """Real modes with the small matrices of every term.

    The unit solutions of the first frequency give the modes of the terminals, one at 1 V each; what differs from them,
    and the imaginary parts, has no voltage, and is orthonormalised.
    """

    def __init__(self, problem: AffineProblem) -> None:
        self._problem = problem
        self.modes: list[Any] = []
        self.matrices: Any = np.zeros((len(problem.terms.all), 0, 0))

    @property
    def terminals(self) -> int:
        """Their number."""
        return len(self._problem.terminals)

    def voltages(self, i: int) -> Any:
        """Of the terminals in mode i (terminals,), V."""
        return (np.arange(self.terminals) == i).astype(float)

    def add(self, solutions: list[Any]) -> None:
        """Widen the space by the unit solutions (own unknowns,) of all terminals at a frequency."""
        if not self.modes:
            for u in solutions:
                self._append(np.array(u.real))
        for k, u in enumerate(solutions):
            size = self._norm(u)
            for part in (u.real - self.modes[k], u.imag):
                new = self._orthogonal(part)
                if self._norm(new) > NEGLIGIBLE * size:
                    self._append(self._orthogonal(new / self._norm(new)))

    def condensed(self, values: Any) -> tuple[Any, Any]:
        """Admittance (terminals, terminals) and mixture of the modes (terminals, modes), see ``condense``."""
        return condense(self.matrices, self.terminals, values)

    def mixed(self, mixture: Any) -> Any:
        """The potential of one mixture (modes,)."""
        potential = mixture[0] * self.modes[0]
        for share, mode in zip(mixture[1:], self.modes[1:], strict=True):
            potential += share * mode
        return potential

    def _orthogonal(self, u: Any) -> Any:
        """What is new in a potential without voltage."""
        for mode in self.modes[self.terminals :]:
            u = u - self._problem.dot(mode, u) * mode
        return u

    def _norm(self, u: Any) -> float:
        return float(np.sqrt(self._problem.dot(u.conj(), u).real))

    def _append(self, u: Any) -> None:
        self.modes.append(u)
        last = len(self.modes) - 1
        column = np.zeros((len(self.matrices), last + 1))
        for t in range(len(self.matrices)):
            currents, into = self._problem.residual_of(t, u, self.voltages(last))
            own = np.array([mode @ currents + self.voltages(i) @ into for i, mode in enumerate(self.modes)])
            column[t] = self._problem.comm.allreduce(own)
        self.matrices = np.pad(self.matrices, ((0, 0), (0, 1), (0, 1)))
        self.matrices[:, last, :] = self.matrices[:, :, last] = column
