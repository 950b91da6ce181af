"""The frequencies that carry a waveform: where a response has to be known."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.waveforms.integrals import integral, product_integral
from sim.waveforms.pieces import Piece
from sim.waveforms.spectrum import MOST_HARMONICS, coefficients, limit_of_power

LONGEST_SUM = 64 * MOST_HARMONICS  # of pieces times harmonics
HIGHEST_HZ = 1e7  # data of tissues end here or below


@dataclass(frozen=True)
class Band:
    """Frequencies of a periodic waveform.

    Parameters
    ----------
    low_Hz, high_Hz
        Fundamental, and the highest harmonic taken into account.
    left_out
        Part of the power of the alternating part that lies above ``high_Hz``. The root is the r.m.s. of what is left
        out relative to that of the waveform.
    mean
        Direct part: where it is not zero, the response at frequency 0 counts too.
    """

    low_Hz: float
    high_Hz: float
    left_out: float
    mean: float


def band(pieces: Sequence[Piece], fraction: float, highest_Hz: float = HIGHEST_HZ) -> Band:
    """Fundamental to the frequency above which less than a fraction of the alternating power lies.

    Parameters
    ----------
    pieces
        One period of the waveform.
    fraction
        Of the power of the alternating part that may be left out, 1e-9 to 1.
    highest_Hz
        Bound on the highest frequency; what it leaves out is stated.
    """
    period = math.fsum(piece.duration_s for piece in pieces)
    mean = math.fsum(integral(piece) for piece in pieces) / period
    power = max(math.fsum(product_integral(piece, piece) for piece in pieces) / period - mean**2, 0.0)
    wanted = max(limit_of_power(pieces, power, fraction), 1.0)
    bound = max(math.floor(highest_Hz * period), 1)
    left_out = fraction if wanted <= bound else _above(pieces, power, bound, wanted, fraction)
    return Band(1.0 / period, min(wanted, bound) / period, left_out, mean)


def _above(pieces: Sequence[Piece], power: float, harmonic: int, wanted: float, fraction: float) -> float:
    """Part of the power above a harmonic: by sums while they are short, else by the tail of steps, as 1 / n."""
    if harmonic * len(pieces) > LONGEST_SUM:
        return fraction * wanted / harmonic
    below = 2.0 * float((np.abs(coefficients(pieces, np.arange(1, harmonic + 1))) ** 2).sum())
    return max(1.0 - below / power, fraction)
