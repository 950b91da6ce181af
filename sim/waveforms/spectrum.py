"""Fourier coefficients of pieces that repeat, and the frequency that bounds their power."""

import math
from collections.abc import Sequence

import numpy as np

from meshes.arrays import Integers, Reals
from sim.waveforms.integrals import Complex, fourier
from sim.waveforms.pieces import Piece

FIRST_HARMONICS, MOST_HARMONICS = 64, 2**17
FEW_PIECES = 64  # of more the sums over harmonics take long: they end earlier
SMALLEST_FRACTION = 1e-9  # of the power: what is less is rounding in the sum


def coefficients(pieces: Sequence[Piece], n: Integers) -> Complex:
    """c_n = 1/T of the integral of w exp(-2 pi i n t / T) over the period T that the pieces fill, any shape of n."""
    period = math.fsum(piece.duration_s for piece in pieces)
    omega = np.asarray(2.0 * np.pi * n / period, dtype=np.float64)
    total = np.zeros(n.shape, dtype=np.complex128)
    start = 0.0
    for piece in pieces:
        if not piece.rests:
            turns = np.mod(n * (start / period), 1.0)
            total += np.exp(-2j * np.pi * turns) * fourier(piece, omega)
        start += piece.duration_s
    return np.asarray(total / period)


def limit_of_power(pieces: Sequence[Piece], power: float, fraction: float) -> float:
    """The harmonic up to which all but a fraction of the power lies.

    Beyond 2^17 harmonics (fewer for many pieces) the tail is that of the steps of w, whose heights J give
    |c_n|^2 = sum J^2 / (2 pi n)^2 on average: sum over n > N of 2 |c_n|^2 = sum J^2 / (2 pi^2 N).

    Parameters
    ----------
    power
        Of the alternating part, sum over n > 0 of 2 |c_n|^2.
    fraction
        1e-9 to 1.

    Raises
    ------
    ValueError
        For another fraction.
    """
    if not SMALLEST_FRACTION <= fraction < 1.0:
        raise ValueError(f"a fraction of {fraction:g} of the power; at least {SMALLEST_FRACTION:g} and less than 1")
    if power == 0.0:
        return 0.0
    found, first, count = 0.0, 1, FIRST_HARMONICS
    most = MOST_HARMONICS * FEW_PIECES // max(len(pieces), FEW_PIECES)
    while first <= most:
        powers = 2.0 * np.abs(coefficients(pieces, np.arange(first, first + count))) ** 2
        sums = found + np.cumsum(powers)
        if sums[-1] >= (1.0 - fraction) * power:
            return float(first + int(np.argmax(sums >= (1.0 - fraction) * power)))
        found, first, count = float(sums[-1]), first + count, 2 * count
    return max(float((_steps(pieces) ** 2).sum()) / (2.0 * np.pi**2 * fraction * power), float(first))


def _steps(pieces: Sequence[Piece]) -> Reals:
    """Heights of the steps at the start of each piece, the first one from the end of the last."""
    starts = np.array([float(piece.at(0.0)) for piece in pieces])
    ends = np.array([float(piece.at(piece.duration_s)) for piece in pieces])
    return np.asarray(starts - np.roll(ends, 1))
