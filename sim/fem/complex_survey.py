"""Solutions at frequencies themselves: for terms that are known on the imaginary axis alone, such as a table."""

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.fem.harmonic import HarmonicSolver
from sim.fem.snapshots import MARGIN, Snapshots
from sim.frequency import Complexes


def widen_by_frequencies(
    snapshots: Snapshots, candidates: Any, values: Sequence[Complexes], tolerance: float, accuracy: float
) -> None:
    """Solve until the model is accurate enough in the whole band.

    The first frequency is solved, then the last, then the one in the middle of each gap between the two, until the
    error that is estimated before the solve is small enough to do without it, with a margin for the rest of the gap.

    Parameters
    ----------
    candidates, values
        Frequencies, Hz, with the values of the terms.
    tolerance
        Of the solves.
    accuracy
        Of the largest entry of Y: error that is left.

    Raises
    ------
    SolverError
        On every rank, if a solve does not converge or a gate trips.
    """

    def passes(i: int) -> bool:
        return _passes(snapshots, float(candidates[i]), values[i], tolerance, accuracy)

    passes(0)
    gaps = deque([(0, len(candidates) - 1)])
    if len(candidates) > 1:
        passes(len(candidates) - 1)
    while gaps:
        low, high = gaps.popleft()
        middle = (low + high) // 2
        if low < middle and not passes(middle):
            gaps.extend([(low, middle), (middle, high)])


def _passes(snapshots: Snapshots, frequency_Hz: float, values: Complexes, tolerance: float, accuracy: float) -> bool:
    """Whether the model is accurate enough at a frequency; solve and widen it where it is not."""
    guesses = snapshots.guesses(values)
    with HarmonicSolver(snapshots.problem, values, tolerance) as solver:
        if snapshots.model.modes:
            admittance, _ = snapshots.model.condensed(values)
            worst = max(solver.error_estimate(k, u) for k, u in enumerate(guesses))
            estimate = MARGIN * worst / float(np.abs(admittance).max())
            if estimate <= accuracy:
                snapshots.checked_Hz.append(frequency_Hz)
                snapshots.estimates.append(estimate)
                return True
        snapshots.solve(frequency_Hz, solver, guesses)
    return False
