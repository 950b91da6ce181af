"""Transfer functions of a relaxing system as sums of real poles."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meshes.arrays import Reals

Complexes = NDArray[np.complex128]


@dataclass(frozen=True)
class RationalResponse:
    """H(s) = d + sum over k of g_k / (1 - s / p_k), one column for each of r outputs, all with the same poles.

    Resistances and capacitances, Cole-Cole tissue and constant phase elements relax: their transfer functions have
    their singularities on the negative real axis, so that real poles, close enough together, represent them.

    Parameters
    ----------
    poles_per_s
        p < 0, shape (k,), 1/s.
    gains
        g, shape (k, r), in the unit of the output per unit of the drive.
    direct
        d = H(infinity), shape (r,).
    band_Hz
        Frequencies for which it holds; a lowest frequency of 0 means that the steady value is known.
    error
        Largest relative error over the band, as stated by the fit; 0 for an exact response.
    """

    poles_per_s: Reals
    gains: Reals
    direct: Reals
    band_Hz: tuple[float, float] = (0.0, np.inf)
    error: float = 0.0

    def __post_init__(self) -> None:
        shapes = (self.poles_per_s.shape, self.gains.shape, self.direct.shape)
        if shapes[0] + shapes[2] != shapes[1] or len(shapes[1]) != 2:
            raise ValueError(f"poles, gains and direct have shapes {shapes}; accepted: (k,), (k, r) and (r,)")
        if not (np.all(self.poles_per_s < 0.0) and np.all(np.isfinite(self.poles_per_s))):
            raise ValueError("a pole is not negative: the system would not relax")
        if not (np.all(np.isfinite(self.gains)) and np.all(np.isfinite(self.direct))):
            raise ValueError("a gain is not finite")

    def at(self, frequencies_Hz: ArrayLike) -> Complexes:
        """H(i omega), shape (m, r), at frequencies (m,), Hz."""
        s = 2j * np.pi * np.asarray(frequencies_Hz, dtype=np.float64).reshape(-1, 1)
        return np.asarray(self.direct + (1.0 / (1.0 - s / self.poles_per_s)) @ self.gains)

    @cached_property
    def steady(self) -> Reals:
        """H(0) (r,), the answer to direct current."""
        if self.band_Hz[0] > 0.0:
            raise ValueError(f"the response is known from {self.band_Hz[0]:.3g} Hz; direct current needs frequency 0")
        return self.direct + self.gains.sum(axis=0)

    @property
    def residues(self) -> Reals:
        """R (k, r), 1/s times the unit of H: H = d + sum of R_k / (s - p_k)."""
        return -self.poles_per_s[:, None] * self.gains

    @property
    def fastest_per_s(self) -> float:
        """Rate of the fastest pole that contributes, 1/s; 0 when the answer is instantaneous."""
        active = np.any(self.gains != 0.0, axis=1)
        return float(np.abs(self.poles_per_s[active]).max(initial=0.0))
