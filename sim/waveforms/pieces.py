"""Pieces of a waveform: a constant, a slope and exponentials, real or oscillating, each over a stretch of time."""

import cmath
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from meshes.arrays import Reals


@dataclass(frozen=True)
class Term:
    """Re(amplitude exp(rate t)), with the rate in 1/s and t from the start of the piece.

    A rate -1/tau is a decay, a rate i omega an oscillation: sin(omega t) is ``Term(-1j, 1j * omega)``.
    """

    amplitude: complex
    rate: complex


@dataclass(frozen=True)
class Piece:
    """w(t) = level + slope_per_s t + sum of Re(a exp(lambda t)) for 0 <= t < duration_s."""

    duration_s: float
    level: float = 0.0
    slope_per_s: float = 0.0
    terms: tuple[Term, ...] = ()

    def at(self, t_s: ArrayLike) -> Reals:
        """Values w(t) at the times ``t_s`` [s] from the start, any shape; the formula holds outside too."""
        t = np.asarray(t_s, dtype=np.float64)
        values = self.level + self.slope_per_s * t
        for term in self.terms:
            a, rate = complex(term.amplitude), complex(term.rate)
            wave = a.real if rate.imag == 0.0 else a.real * np.cos(rate.imag * t) - a.imag * np.sin(rate.imag * t)
            values = values + wave * np.exp(rate.real * t)
        return np.asarray(values, dtype=np.float64)

    def part(self, start_s: float, end_s: float) -> "Piece":
        """The same function from ``start_s`` to ``end_s`` [s], with t from ``start_s``."""
        return Piece(
            end_s - start_s,
            self.level + self.slope_per_s * start_s,
            self.slope_per_s,
            tuple(Term(term.amplitude * cmath.exp(term.rate * start_s), term.rate) for term in self.terms),
        )

    def scaled(self, factor: float) -> "Piece":
        """The function times a factor."""
        terms = tuple(Term(term.amplitude * factor, term.rate) for term in self.terms)
        return Piece(self.duration_s, self.level * factor, self.slope_per_s * factor, terms)

    @cached_property
    def derivative(self) -> "Piece":
        """dw/dt, 1/s."""
        terms = tuple(Term(term.amplitude * term.rate, term.rate) for term in self.terms)
        return Piece(self.duration_s, self.slope_per_s, 0.0, terms)

    @property
    def rests(self) -> bool:
        """Whether w is zero throughout."""
        return self.level == 0.0 and self.slope_per_s == 0.0 and not self.terms

    @property
    def moves(self) -> bool:
        """Whether w changes."""
        return self.slope_per_s != 0.0 or bool(self.terms)
