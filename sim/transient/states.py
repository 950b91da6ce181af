"""Closed forms of what a pole makes of a piece of a waveform.

The state of the pole p = -1/tau is z with tau z' = w(t) - z: the drive behind a low pass of gain 1. From rest,
z(t) = -p times the integral of exp(p (t - s)) w(s) over s from 0 to t. Each form is written so that neither fast poles
(abs(p t) huge), nor slow ones (tiny), nor a drive that decays at the rate of the pole (resonance) lose digits.
"""

import math

import numpy as np

from meshes.arrays import Reals
from sim.transient.response import Complexes
from sim.waveforms.pieces import Piece, Term

SERIES = 18  # terms of the series below 0.5 in magnitude: the first left out is 0.5^18 / 20! < 1e-22


def forced(poles_per_s: Reals, piece: Piece, times_s: Reals) -> Reals:
    """States (t, k) at times (t,) from the start of a piece, all at rest at its start.

    Parameters
    ----------
    poles_per_s
        Negative (k,), 1/s.
    piece
        The drive.
    times_s
        From the start of the piece, not negative, s.
    """
    t = np.asarray(times_s, dtype=np.float64)[:, None]
    pt = poles_per_s * t
    states = -piece.level * np.expm1(pt)
    if piece.slope_per_s != 0.0:
        states = states + piece.slope_per_s * t * lag(pt)
    for term in piece.terms:
        states = states + _term(poles_per_s, term, t)
    return np.asarray(states)


def relaxed(poles_per_s: Reals, states: Reals, times_s: Reals) -> Reals:
    """States (t, k) that are left of ``states`` (k,) at times (t,) later, without a drive."""
    return np.asarray(np.exp(np.asarray(times_s, dtype=np.float64)[:, None] * poles_per_s) * states)


def lag(u: Reals) -> Reals:
    """1 - (exp(u) - 1) / u for u <= 0: the part of a ramp that a pole has reached; -u/2 for small u, 1 for large -u."""
    small = np.abs(u) < 0.5
    v = np.where(small, u, 0.0)
    series = np.zeros_like(v)
    for n in range(SERIES, 0, -1):
        series = v * (1.0 / math.factorial(n + 1) + series)
    w = np.where(small, -1.0, u)
    return np.asarray(np.where(small, -series, 1.0 - np.expm1(w) / w))


def mean_exponential(v: Complexes) -> Complexes:
    """(exp(v) - 1) / v, the mean of exp over the way from 0 to v; 1 at v = 0. Real part of v at most 0."""
    zero = v == 0.0
    w = np.where(zero, 1.0, v)
    return np.asarray(np.where(zero, 1.0, np.expm1(w) / w))


def _term(poles: Reals, term: Term, t: Reals) -> Reals:
    """Re(-p a (exp(lambda t) - exp(p t)) / (lambda - p)), shape (t, k): the slower of the two is factored out."""
    rate = complex(term.rate)
    slower = np.maximum(poles, rate.real)
    turning = np.where(poles >= rate.real, 0.0, 1j * rate.imag)
    # exp(slower t) (exp(v) - 1) / v with v = (faster - slower) t, whose real part is not positive
    difference = np.where(poles >= rate.real, rate - poles, poles - rate)
    factor = (
        np.exp(slower * t) * np.exp(turning * t) * mean_exponential(np.asarray(difference * t, dtype=np.complex128))
    )
    return np.asarray((-poles * t * complex(term.amplitude) * factor).real)
