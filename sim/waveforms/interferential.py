"""Premodulated interferential current: the beat is made in the stimulator, and one pair of electrodes passes it.

True interferential current is two channels of ``sine``, whose currents meet in the tissue.
"""

import math
from fractions import Fraction
from functools import cached_property
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, model_validator

from meshes.arrays import Reals
from sim.waveforms.keys import MOST_CYCLES, Rate
from sim.waveforms.pieces import Piece
from sim.waveforms.repeated import Repeated
from sim.waveforms.sine import Sine, Sweep, sine_term

SLOWEST_CARRIER = 10.0  # cycles of the carrier in a beat, at least


class Premodulated(Repeated):
    """A carrier whose amplitude beats; I is the peak of the envelope, which a crest of the carrier reaches.

    ``am``: (1 + cos(2 pi b t)) / 2, r.m.s. sqrt(3/16) I = 0.433 I. ``abs_cos``: abs(cos(pi b t)), what two carriers of
    equal amplitude, b apart, sum to; r.m.s. I / 2. The envelope's peak lies a quarter of a carrier's cycle after t = 0.
    """

    kind: Literal["premodulated"] = "premodulated"
    carrier_Hz: Rate = Field(description="frequency of the carrier")
    beat_Hz: Rate = Field(description="beats per second")
    envelope: Literal["am", "abs_cos"] = Field(
        default="am", description="raised cosine, or the rectified cosine of two equal carriers"
    )
    sweep: Sweep | None = Field(default=None, description="slow sweep of beat_Hz, as data")

    pulse_s: ClassVar[None] = None
    pulse_energy_s: ClassVar[None] = None

    @model_validator(mode="after")
    def _carrier_repeats(self) -> Self:
        if self.carrier_Hz < SLOWEST_CARRIER * self.beat_Hz:
            raise ValueError(
                f"a carrier_Hz of {self.carrier_Hz:g} at beat_Hz = {self.beat_Hz:g}; "
                f"a carrier of at least {SLOWEST_CARRIER:g} times the beat"
            )
        if self.carrier_Hz * self.period_s > MOST_CYCLES:
            raise ValueError(
                f"carrier_Hz {self.carrier_Hz!r} and beat_Hz {self.beat_Hz!r}, which repeat together only every "
                f"{self.period_s:g} s; frequencies of fewer digits"
            )
        return self

    @property
    def frequency_Hz(self) -> float:
        """Frequency of the carrier [Hz]."""
        return self.carrier_Hz

    @property
    def clock(self) -> tuple[float, ...]:
        """The rate at which the pattern repeats, and its sweep: only what sweeps alike stays in step."""
        return (self.repetition_Hz, *((self.sweep.to_Hz, self.sweep.period_s) if self.sweep else ()))

    @cached_property
    def repetition_Hz(self) -> float:
        """Greatest common divisor of the spectral lines [Hz], taken of the frequencies as they are written."""
        carrier, beat = Fraction(repr(self.carrier_Hz)), Fraction(repr(self.beat_Hz))
        lines = (carrier, beat) if self.envelope == "am" else (carrier + beat / 2, carrier - beat / 2)
        numerators = (lines[0].numerator * lines[1].denominator, lines[1].numerator * lines[0].denominator)
        return float(Fraction(math.gcd(*numerators), lines[0].denominator * lines[1].denominator))

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """One piece: the lines of the spectrum, three of them or two, a beat apart."""
        c, b = self.carrier_Hz, self.beat_Hz
        if self.envelope == "am":
            shift = 0.5 * math.pi * b / c
            sides = (sine_term(c + b, 0.25, -shift), sine_term(c - b, 0.25, shift))
            return (Piece(self.period_s, terms=(sine_term(c, 0.5), *sides)),)
        shift = 0.25 * math.pi * b / c
        lines = (sine_term(c + 0.5 * b, 0.5, -shift), sine_term(c - 0.5 * b, 0.5, shift))
        return (Piece(self.period_s, terms=lines),)

    def crests(self, t_s: ArrayLike) -> Reals:
        """The envelope at the times ``t_s`` [s], any shape: what the crests of the carrier follow."""
        cosine = np.cos(np.pi * self.beat_Hz * (np.asarray(t_s, dtype=np.float64) - 0.25 / self.carrier_Hz))
        return np.asarray(cosine**2 if self.envelope == "am" else np.abs(cosine))

    @property
    def steady(self) -> Sine:
        """The carrier at full amplitude."""
        return Sine(frequency_Hz=self.carrier_Hz)
