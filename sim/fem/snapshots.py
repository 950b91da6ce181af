"""The model of all frequencies while it is widened, solution by solution, and what happened on the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.errors import SolverError
from sim.fem.affine import AffineProblem
from sim.fem.harmonic import HarmonicSolver
from sim.fem.reduced import ReducedModel
from sim.fem.solver import Convergence
from sim.fem.unit_solves import check_admittance
from sim.frequency import Complexes
from sim.harmonic_basis import HarmonicFacts, Kind

MARGIN = 4.0  # between the frequencies checked the error may be this much larger than there
ACTIVE = 1e-8  # of the largest entry of Y: power that rounding and residuals may seem to give


@dataclass
class Snapshots:
    """The unit solutions so far, as a reduced model.

    Parameters
    ----------
    problem
        With its matrices.
    kind
        Of the solutions.
    on_solved
        Called with the number of frequencies solved.
    """

    problem: AffineProblem
    kind: Kind
    on_solved: Callable[[int], None] = lambda done: None
    solved_Hz: list[float] = field(default_factory=list)
    checked_Hz: list[float] = field(default_factory=list)
    estimates: list[float] = field(default_factory=list)
    convergences: list[Convergence] = field(default_factory=list)
    gates: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.model = ReducedModel(self.problem)

    def solve(self, frequency_Hz: float, solver: HarmonicSolver, guesses: Sequence[Any]) -> None:
        """Widen the model by the unit solutions of an operator, gated by their reactions."""
        solutions, convergences, admittance = unit_solutions(self.problem, solver, guesses)
        self.gates.append(check_harmonic_admittance(admittance))
        self.convergences.extend(convergences)
        self.model.add(solutions)
        self.solved_Hz.append(frequency_Hz)
        self.on_solved(len(self.solved_Hz))

    def guesses(self, values: Any) -> list[Any]:
        """The unit solutions of the model at values of the terms; None for each before the first solution."""
        if not self.model.modes:
            return [None] * self.model.terminals
        return [self.model.mixed(one) for one in self.model.condensed(values)[1]]

    def facts(self, setup_s: float, solve_s: float) -> HarmonicFacts:
        """What there is to report."""
        return HarmonicFacts(
            unknowns=self.problem.V.dofmap.index_map.size_global,
            element_order=self.problem.V.element.basix_element.degree,
            modes=len(self.model.modes),
            snapshots=self.kind,
            frequencies_Hz=tuple(sorted(self.solved_Hz)),
            checked_Hz=tuple(sorted(self.checked_Hz)),
            iterations=max(c.iterations for c in self.convergences),
            relative_residual=max(c.relative_residual for c in self.convergences),
            balance_error=max(balance for balance, _ in self.gates),
            asymmetry=max(asymmetry for _, asymmetry in self.gates),
            estimated_error=max(self.estimates, default=None),
            setup_s=setup_s,
            solve_s=solve_s,
        )


def unit_solutions(
    problem: AffineProblem, solver: HarmonicSolver, guesses: Sequence[Any]
) -> tuple[list[Any], list[Convergence], Complexes]:
    """Solve for every terminal but the last, whose unit solution is 1 less all others.

    Returns
    -------
    solutions, convergences, admittance
        Potentials, what the solves report, and Y from the discrete reactions.
    """
    solutions: list[Any] = []
    convergences = []
    for k in range(len(problem.terminals) - 1):
        u, convergence = solver.unit_solution(k, guesses[k])
        solutions.append(u)
        convergences.append(convergence)
    if not solutions:
        raise ValueError("one terminal; accepted: two or more")
    solutions.append(1.0 - np.sum(solutions, axis=0))
    admittance = np.array([solver.currents(k, u) for k, u in enumerate(solutions)]).T
    return solutions, convergences, admittance


def check_harmonic_admittance(admittance: Complexes) -> tuple[float, float]:
    """Gate a complex terminal admittance matrix: as ``check_admittance``, its rows sum to zero too, and passive.

    Returns
    -------
    balance, asymmetry
        As ``check_admittance``.

    Raises
    ------
    SolverError
        If a bound is exceeded; or if some voltages would draw power from the body: an eigenvalue of Re Y below -1e-8
        of the largest entry.
    """
    balance, asymmetry = check_admittance(admittance)
    balance = max(balance, check_admittance(admittance.T)[0])
    real = admittance.real
    least = float(np.linalg.eigvalsh(real + real.T)[0] / 2 / np.abs(admittance).max())
    if not least >= -ACTIVE:
        raise SolverError("least eigenvalue of Re Y", least, -ACTIVE, "a passive body gives no power")
    return balance, asymmetry
