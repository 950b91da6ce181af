"""The impedance of a contact per area, over frequency."""

from abc import ABC, abstractmethod
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from meshes.arrays import Reals
from meshes.part import Part
from sim.frequency import Band, Complexes, laplace_variable, shaped_like


def reciprocal(values: NDArray[Any]) -> NDArray[Any]:
    """1 / z, with infinity for zero: what insulates has no admittance, and what has none insulates."""
    return np.divide(1.0, values, out=np.full_like(values, np.inf), where=values != 0.0)


class Impedance(Part, ABC):
    """What lies between a metal and the body: z(f) in Ohm m2, so that the current density is J = V / z."""

    @abstractmethod
    def over_frequency(self, frequency_Hz: Reals) -> Complexes:
        """Impedance per area z [Ohm m2] at frequencies [Hz] of any shape; infinite where nothing passes."""

    @property
    @abstractmethod
    def direct_current_ohm_m2(self) -> float | None:
        """Impedance per area at 0 Hz: infinite where it blocks direct current, None where that is not known."""

    @property
    @abstractmethod
    def note(self) -> str:
        """What it is, in words with numbers."""

    @property
    def band_Hz(self) -> Band:
        """The frequencies at which it is known."""
        return 0.0, np.inf

    @overload
    def impedance(self, frequency_Hz: float) -> complex: ...

    @overload
    def impedance(self, frequency_Hz: Reals) -> Complexes: ...

    def impedance(self, frequency_Hz: float | Reals) -> complex | Complexes:
        """Impedance per area z [Ohm m2] at one frequency or an array of them; infinite where nothing passes.

        Raises
        ------
        ValueError
            If a frequency is negative, not finite, or one at which the contact is not known.
        """
        found: complex | Complexes = shaped_like(frequency_Hz, self.over_frequency(np.asarray(frequency_Hz, float)))
        return found

    @overload
    def admittance(self, frequency_Hz: float) -> complex: ...

    @overload
    def admittance(self, frequency_Hz: Reals) -> Complexes: ...

    def admittance(self, frequency_Hz: float | Reals) -> complex | Complexes:
        """Admittance per area y = 1 / z [S/m2]; errors as of ``impedance``."""
        z = self.over_frequency(np.asarray(frequency_Hz, float))
        found: complex | Complexes = shaped_like(frequency_Hz, reciprocal(z))
        return found

    def laplace_admittance(self, s: NDArray[Any]) -> NDArray[Any] | None:
        """Admittance per area y [S/m2] as of ``Circuit``; None where z is known at frequencies alone."""
        return None

    def nearest_impedance(self, frequency_Hz: Reals) -> Complexes:
        """Impedance per area z [Ohm m2] at frequencies [Hz], or at the nearest ones at which it is known."""
        return self.over_frequency(np.clip(frequency_Hz, *self.band_Hz))

    def steady_ohm_m2(self, frequency_Hz: float) -> float:
        """The resistance that stands for it in resistive computation: |z| at a frequency, or the nearest known one."""
        return abs(complex(self.nearest_impedance(np.array(frequency_Hz))))


class Circuit(Impedance):
    """An impedance that is known in the whole plane of s."""

    @abstractmethod
    def laplace_admittance(self, s: NDArray[Any]) -> NDArray[Any]:
        """Admittance per area y [S/m2] at s [1/s], on the imaginary axis or real and not negative; real where s is."""

    def over_frequency(self, frequency_Hz: Reals) -> Complexes:
        """Impedance per area z [Ohm m2] at frequencies [Hz] of any shape."""
        return reciprocal(self.laplace_admittance(laplace_variable(frequency_Hz)))
