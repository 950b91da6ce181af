"""Closed integrals over a piece: of w, of a product of two pieces, and of w exp(-i omega t)."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from meshes.arrays import Reals
from sim.waveforms.pieces import Piece

Complex = NDArray[np.complex128]

# The series of a moment is used up to |z| = 1, where its 20th term is below 1e-19; the recurrence beyond.
SERIES_TERMS = 20


def moment(z: Complex, power: int) -> Complex:
    """Integral of s^power exp(z s) over 0 <= s <= 1.

    By the series sum of z^k / (k! (power + k + 1)) where it cancels nothing (|z| <= 1), else by partial integration,
    M_0 = (e^z - 1) / z and M_k = (e^z - k M_(k-1)) / z.

    Parameters
    ----------
    z
        Any shape; the real part must not overflow the exponential.
    power
        0, 1 or 2.
    """
    result = np.empty(np.shape(z), dtype=np.complex128)
    near = np.abs(z) <= 1.0
    small, large = z[near], z[~near]
    series = np.zeros_like(small)
    for k in reversed(range(SERIES_TERMS)):
        series = series * small + 1.0 / (math.factorial(k) * (power + k + 1))
    closed = np.expm1(large) / large
    for k in range(1, power + 1):
        closed = (np.exp(large) - k * closed) / large
    result[near], result[~near] = series, closed
    return result


def integral(piece: Piece) -> float:
    """Integral of w over the piece [s]."""
    total = piece.duration_s * (piece.level + 0.5 * piece.slope_per_s * piece.duration_s)
    if piece.terms:
        amplitudes = np.array([term.amplitude for term in piece.terms], dtype=np.complex128)
        rates = np.array([term.rate for term in piece.terms], dtype=np.complex128)
        total += piece.duration_s * float((amplitudes * moment(rates * piece.duration_s, 0)).sum().real)
    return total


def product_integral(first: Piece, second: Piece) -> float:
    """Integral of the product of two pieces of the same duration [s].

    Re(A) Re(B) = Re(A B + A conj(B)) / 2 for every pair of their parts.
    """
    d = first.duration_s
    if not (first.terms or second.terms):
        square = first.slope_per_s * second.slope_per_s * d * d / 3.0
        cross = first.level * second.slope_per_s + first.slope_per_s * second.level
        return d * (first.level * second.level + 0.5 * cross * d + square)
    total = 0.0
    pairs = [(a, b) for a in _parts(first) for b in _parts(second)]
    for power in range(3):
        chosen = [(a, b) for a, b in pairs if a[1] + b[1] == power]
        if chosen:
            c, e = (np.array([pair[i][0] for pair in chosen]) for i in (0, 1))
            p, q = (np.array([pair[i][2] for pair in chosen]) for i in (0, 1))
            both = c * e * moment((p + q) * d, power) + c * e.conj() * moment((p + q.conj()) * d, power)
            total += 0.5 * d ** (power + 1) * float(both.sum().real)
    return total


def fourier(piece: Piece, omega_per_s: Reals) -> Complex:
    """Integral of w exp(-i omega t) over the piece [s] at angular frequencies of any shape, with t from its start."""
    d = piece.duration_s
    total = np.zeros(np.shape(omega_per_s), dtype=np.complex128)
    for c, power, rate in _parts(piece):
        if rate.imag == 0.0:
            total += c.real * d ** (power + 1) * moment((rate.real - 1j * omega_per_s) * d, power)
            continue
        for amplitude, pole in ((c, rate), (c.conjugate(), rate.conjugate())):
            total += 0.5 * amplitude * d * moment((pole - 1j * omega_per_s) * d, power)
    return total


def _parts(piece: Piece) -> Iterator[tuple[complex, int, complex]]:
    """The parts of w as (c, k, lambda) with w = sum of Re(c t^k exp(lambda t))."""
    if piece.level != 0.0:
        yield complex(piece.level), 0, 0j
    if piece.slope_per_s != 0.0:
        yield complex(piece.slope_per_s), 1, 0j
    for term in piece.terms:
        yield complex(term.amplitude), 0, complex(term.rate)
