"""The unit solutions at any frequency of a band: the modes of a ``HarmonicBasis`` with the values of its terms."""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Reals
from sim.frequency import Complexes
from sim.harmonic_basis import HarmonicBasis, condense
from sim.harmonic_terms import Terms


def log_spaced(lowest_Hz: float, highest_Hz: float, per_decade: int = 6) -> Reals:
    """Frequencies from the lowest to the highest, both included, no farther apart than that.

    Raises
    ------
    ValueError
        Unless 0 < lowest < highest.
    """
    if not 0.0 < lowest_Hz < highest_Hz < np.inf:
        raise ValueError(f"frequencies from {lowest_Hz} to {highest_Hz} Hz; accepted: ascending, above 0, finite")
    steps = int(np.ceil(per_decade * np.log10(highest_Hz / lowest_Hz)))
    return np.asarray(np.geomspace(lowest_Hz, highest_Hz, max(steps, 1) + 1), dtype=np.float64)


@dataclass(frozen=True)
class Harmonics:
    """A basis with the terms that it was made of.

    Raises
    ------
    ValueError
        If they do not belong together.
    """

    basis: HarmonicBasis
    terms: Terms

    def __post_init__(self) -> None:
        if self.basis.terms != self.terms.names:
            raise ValueError(f"the basis is of {self.basis.terms}, not of {self.terms.names}")

    def values(self, frequency_Hz: float) -> Complexes:
        """Of the terms at a frequency (terms,).

        Raises
        ------
        ValueError
            If the basis does not cover the frequency, or a value is none.
        """
        lowest, highest = self.basis.frequencies_Hz[[0, -1]] * (1.0 - 1e-12, 1.0 + 1e-12)
        if not lowest <= frequency_Hz <= highest:
            raise ValueError(f"frequency {frequency_Hz:g} Hz; accepted: {lowest:g} to {highest:g} Hz")
        return self.terms.values(frequency_Hz)

    def admittance(self, frequency_Hz: float) -> Complexes:
        """Y (terminals, terminals), S: current into the body at terminal j when terminal k is at 1 V."""
        return self._condensed(frequency_Hz)[0]

    def coefficients(self, frequency_Hz: float) -> Complexes:
        """How much of each mode is in each unit solution (terminals, modes)."""
        return self._condensed(frequency_Hz)[1]

    def admittivity(self, frequency_Hz: float) -> Complexes:
        """Tensor of each cell (m, 3, 3), S/m."""
        return self.basis.admittivity(self.values(frequency_Hz))

    def density(self, terminal: int, frequency_Hz: float) -> Complexes:
        """Normal current density of each unit solution on a terminal's contact (terminals, f, 3), A/m2 per V."""
        mixture = self.coefficients(frequency_Hz)
        return self.basis.contacts[terminal].density(self.values(frequency_Hz), mixture)

    def losses(self, terminal: int, frequency_Hz: float) -> Complexes:
        """Heat in the contact of a terminal (terminals, terminals), W per V2: half of Vᴴ L V for peak phasors V."""
        mixture = self.coefficients(frequency_Hz)
        return self.basis.contacts[terminal].losses(self.values(frequency_Hz), mixture)

    def solution(self, frequency_Hz: float) -> tuple[Complexes, Complexes, Complexes]:
        """Admittance (N, N), coefficients (N, modes) and the values of the terms (terms,) at once."""
        values = self.values(frequency_Hz)
        return *condense(self.basis.matrices, len(self.basis.terminals), values), values

    def _condensed(self, frequency_Hz: float) -> tuple[Complexes, Complexes]:
        return condense(self.basis.matrices, len(self.basis.terminals), self.values(frequency_Hz))
