"""Solutions at real s > 0, where the operator is real and positive definite, for the frequencies s = iω of a band.

Tissues and circuits that relax have real, positive κ(s) and y(s) at real s. A solution there costs what a resistive one
does, and the space of a few of them holds those of all frequencies about as well as as many modes of complex solutions
(rational Krylov spaces; see ``sim.fem.forecast`` for how fast).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.fem.forecast import Forecast
from sim.fem.harmonic import HarmonicSolver
from sim.fem.snapshots import MARGIN, Snapshots, check_harmonic_admittance
from sim.frequency import Complexes
from sim.harmonic_terms import Terms

WIDE = 10.0  # highest over lowest frequency above 0: in a narrower band one or two complex solutions are as cheap
PER_GAP = 4  # places of a solution for each gap between two candidates
FINER = 1e-4, 1e-13  # residual of the solves, of the error of Y that is left, and no less than rounding allows
NEAR = 5.0  # no candidate is farther than this factor from one that was checked
GAIN, STALLS = 0.5, 3  # so many times an error was not reduced by this factor: the residuals of the solves are left


def serves(terms: Terms, candidates: Any) -> bool:
    """Whether all terms are known at real s, and the band is wide."""
    positive = candidates[candidates > 0.0]
    return bool(len(positive) and positive[-1] >= WIDE * positive[0] and terms.relaxing)


def widen_by_shifts(
    snapshots: Snapshots,
    terms: Terms,
    candidates: Any,
    values: Sequence[Complexes],
    tolerance: float,
    accuracy: float,
) -> bool:
    """Solve at real s = 2πf until the model is accurate enough at all candidates.

    The first solution is that of the lowest frequency. Then, each time, the candidate at which the largest error is
    forecast is visited: there the error is estimated from the true residual, and the model widened if it is too large.
    In the end the least accurate candidate was checked after the last solution, and none is far from a checked one.

    Parameters
    ----------
    candidates, values
        Frequencies, Hz, with the values of the terms.
    tolerance
        Of the solves, unless ``accuracy`` needs a finer one: what is left of solutions at low s weighs more at high s,
        where κ is larger by decades.
    accuracy
        Of the largest entry of Y: error that is left.

    Returns
    -------
    bool
        False if no solution at real s reduces the error any more.

    Raises
    ------
    SolverError
        On every rank, if a solve does not converge or a gate trips.
    """
    tolerance = min(tolerance, max(FINER[0] * accuracy, FINER[1]))
    survey = _Survey(snapshots, terms, candidates, values, tolerance, accuracy, _places(candidates).tolist())
    survey.solve_first()
    survey.visit(len(candidates) - 1)
    while survey.free and survey.stalls < STALLS:
        doubtful = survey.doubtful()
        if doubtful is None:
            snapshots.estimates.append(MARGIN * float(survey.forecast.errors.max()))
            snapshots.gates.extend(check_harmonic_admittance(snapshots.model.condensed(v)[0]) for v in values)
            return True
        survey.visit(doubtful)
    return False


@dataclass
class _Survey:
    """What is known of the error at the candidates, and the places where solutions are free to be."""

    snapshots: Snapshots
    terms: Terms
    candidates: Any
    values: Sequence[Complexes]
    tolerance: float
    accuracy: float
    free: list[float]
    current: set[int] = field(default_factory=set)  # candidates estimated since the last solution
    estimated: dict[int, float] = field(default_factory=dict)  # the last error at each
    stalls: int = 0

    def __post_init__(self) -> None:
        self.forecast = Forecast(self.candidates)

    def doubtful(self) -> int | None:
        """The candidate to visit next, if any: that of the largest error, or one far from all that were checked."""
        errors = self.forecast.errors
        worst = int(np.argmax(errors))
        if worst not in self.current or errors[worst] > self.accuracy / MARGIN:
            return worst
        places = np.log(np.maximum(self.candidates, self.candidates[self.candidates > 0.0][0]))
        distances = np.abs(places[:, None] - np.log(self.snapshots.checked_Hz)).min(axis=1)
        farthest = int(np.argmax(distances))
        return farthest if distances[farthest] > np.log(NEAR) else None

    def solve_first(self) -> None:
        """At the lowest frequency."""
        with self._solver(self.free[0]) as solver:
            self._solve(self.free[0], solver)

    def visit(self, i: int) -> None:
        """Estimate the error at a candidate; solve at the nearest free place if it is too large."""
        distances = np.abs(np.log(self.free) - np.log(self.candidates[i]))
        place = self.free[int(np.argmin(distances))]
        with self._solver(place) as solver:
            error = self._error(solver, self.values[i])
            self.stalls += error > GAIN * self.estimated.get(i, np.inf)
            self.estimated[i] = error
            self.forecast.estimated(i, error)
            if error > self.accuracy / MARGIN:
                self._solve(place, solver)
                return
        self.current.add(i)
        self.snapshots.checked_Hz.append(float(self.candidates[i]))

    def _solver(self, place: float) -> HarmonicSolver:
        return HarmonicSolver(self.snapshots.problem, self.terms.laplace_values(place), self.tolerance)

    def _solve(self, place: float, solver: HarmonicSolver) -> None:
        self.snapshots.solve(place, solver, self.snapshots.guesses(self.terms.laplace_values(place)))
        self.free.remove(place)
        self.forecast.solved(place)
        self.current.clear()

    def _error(self, solver: HarmonicSolver, values: Complexes) -> float:
        """Of Y, estimated from the true residuals of the model, relative to the largest entry."""
        admittance, mixture = self.snapshots.model.condensed(values)
        units = (self.snapshots.model.mixed(one) for one in mixture)
        worst = max(solver.error_bound(k, u, values) for k, u in enumerate(units))
        return worst / float(np.abs(admittance).max())


def _places(candidates: Any) -> Any:
    """Where solutions may be, Hz: the candidates, and others between them."""
    positive = candidates[candidates > 0.0]
    counts = np.arange(PER_GAP * (len(positive) - 1) + 1) / PER_GAP
    between = np.exp(np.interp(counts, np.arange(len(positive)), np.log(positive)))
    between[::PER_GAP] = positive
    return np.concatenate([candidates[candidates == 0.0], between])
