"""Quantities over frequency: the variable they depend on, and how a frequency reads in a sentence."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Complexes = NDArray[np.complex128]
Band = tuple[float, float]  # Hz, from the lowest to the highest frequency
T = TypeVar("T", bound=np.generic)

PREFIXES = ((1e9, "GHz"), (1e6, "MHz"), (1e3, "kHz"))
ROUNDING = 1e-9


def laplace_variable(frequency_Hz: ArrayLike) -> Complexes:
    """The variable s = 2πi f [1/s] of frequencies of any shape.

    Raises
    ------
    ValueError
        If a frequency is negative or not finite.
    """
    f = np.asarray(frequency_Hz, dtype=np.float64)
    if not np.all(np.isfinite(f) & (f >= 0.0)):
        raise ValueError("frequencies must be finite and not negative")
    s = np.zeros(f.shape, dtype=np.complex128)
    s.imag = 2 * np.pi * f
    return s


def shaped_like(given: ArrayLike, values: NDArray[T]) -> Any:
    """A plain number where one was given, else the array."""
    return values.item() if np.ndim(given) == 0 else values


def within(band: Band, frequency_Hz: ArrayLike) -> bool:
    """Whether all frequencies lie in a band, to rounding."""
    f = np.asarray(frequency_Hz, dtype=np.float64)
    return bool(np.all((f >= band[0] * (1 - ROUNDING)) & (f <= band[1] * (1 + ROUNDING))))


def frequency_text(frequency_Hz: float) -> str:
    """``50 Hz``, ``2.5 kHz``, ``1 MHz``."""
    for size, unit in PREFIXES:
        if frequency_Hz >= size * (1 - ROUNDING):
            return f"{frequency_Hz / size:.4g} {unit}"
    return f"{frequency_Hz:.4g} Hz"


def band_text(band: Band) -> str:
    """``from 1 Hz to 1 MHz``, ``up to 100 kHz``, ``above 1 MHz``, ``at 50 Hz``."""
    low, high = band
    if low == high:
        return f"at {frequency_text(low)}"
    if low == 0.0:
        return f"up to {frequency_text(high)}"
    return f"above {frequency_text(low)}" if np.isinf(high) else f"from {frequency_text(low)} to {frequency_text(high)}"
