"""Where a model of solutions at real s is least accurate, from the few frequencies at which that was estimated.

Of relaxing media the solution is analytic in s but for the negative real axis. A Galerkin method in the space of the
solutions at s_1 ... s_n > 0 then errs at s = iω, in a quantity of second order, in proportion to

    Π_j |(√s - √s_j) / (√s + √s_j)|²

(the Blaschke product of the half-plane of √s that vanishes where the model is exact; real s for imaginary ones:
Druskin, Knizhnerman and Zaslavsky 2009, SIAM J Sci Comput 31:3760). With p of them a decade this is exp(-π² p / ln 10):
each solution a decade more divides it by 73.
"""

from typing import Any

import numpy as np

SMALLEST = 1e-300  # an error of 0, for its logarithm


class Forecast:
    """The error at all candidates: the product times a factor, interpolated between those where it was estimated.

    Parameters
    ----------
    frequencies_Hz
        The candidates, ascending; 0 may be the first.
    """

    def __init__(self, frequencies_Hz: Any) -> None:
        self._roots = np.sqrt(1j * frequencies_Hz)
        positive = frequencies_Hz[frequencies_Hz > 0.0]
        lowest = positive[0] if len(positive) else 1.0
        self._places = np.log(np.maximum(frequencies_Hz, lowest))
        self._product = np.zeros(len(frequencies_Hz))
        self._factors: dict[int, float] = {}

    def solved(self, frequency_Hz: float) -> None:
        """Take note of a solution at s = 2π times a frequency."""
        root = np.sqrt(frequency_Hz)
        if root == 0.0:  # exact at 0 Hz; elsewhere its factor is 1
            self._product[self._roots == 0.0] = 2.0 * np.log(SMALLEST)
            return
        distance = np.abs(self._roots - root) / np.abs(self._roots + root)
        self._product += 2.0 * np.log(distance)

    def estimated(self, i: int, error: float) -> None:
        """Take note of the error at candidate i, estimated with the solutions so far."""
        self._factors[i] = np.log(max(error, SMALLEST)) - self._product[i]

    @property
    def errors(self) -> Any:
        """Forecast at all candidates (candidates,).

        Raises
        ------
        ValueError
            Before any estimate.
        """
        known = sorted(self._factors)
        factors = np.interp(self._places, self._places[known], [self._factors[i] for i in known])
        return np.exp(factors + self._product)
