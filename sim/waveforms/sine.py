"""Alternating current: one circuit of a true interferential treatment, and whatever else is a plain sine."""

import math
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from meshes.part import Part
from sim.waveforms.keys import Rate, Seconds
from sim.waveforms.pieces import Piece, Term
from sim.waveforms.repeated import Repeated


class Sweep(Part):
    """A frequency that goes to another one and back, slowly; no measure of the waveform depends on it."""

    to_Hz: Rate = Field(description="the other end of the sweep")
    period_s: Seconds = Field(description="time there and back")


class Scan(Part):
    """A slow change of the amplitude, which turns the interference pattern; it dilutes the dose alone."""

    lowest: Annotated[float, Field(ge=0.0, lt=1.0)] = Field(description="smallest part of the amplitude")
    period_s: Seconds = Field(description="time from the full amplitude to the smallest and back, both linear")


class Sine(Repeated):
    """Alternating current: w = sin(2 pi f t); a phase is half a period, and there is no separate pulse."""

    kind: Literal["sine"] = "sine"
    frequency_Hz: Rate = Field(description="frequency of the sine")
    sweep: Sweep | None = Field(default=None, description="slow sweep of the frequency, as data")
    scan: Scan | None = Field(default=None, description="slow change of the amplitude (vector scan), as data")

    pulse_s: ClassVar[None] = None
    pulse_energy_s: ClassVar[None] = None

    @property
    def repetition_Hz(self) -> float:
        """The frequency [Hz]."""
        return self.frequency_Hz

    @property
    def clock(self) -> tuple[float, ...]:
        """The frequency, and its sweep: only what sweeps alike stays in step."""
        return (self.frequency_Hz, *((self.sweep.to_Hz, self.sweep.period_s) if self.sweep else ()))

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """One cycle."""
        return (Piece(self.period_s, terms=(sine_term(self.frequency_Hz),)),)

    @property
    def steady(self) -> "Sine":
        """The sine without sweep and scan, at its full amplitude."""
        return Sine(frequency_Hz=self.frequency_Hz)

    def dose_factor_s(self, duration_s: float) -> float:
        """Integral of abs(w) over a treatment [s]: the scan counts with the mean of its amplitude."""
        return super().dose_factor_s(duration_s) * (0.5 * (1.0 + self.scan.lowest) if self.scan else 1.0)


def sine_term(frequency_Hz: float, amplitude: float = 1.0, phase: float = 0.0) -> Term:
    """Amplitude x sin(2 pi f t + phase)."""
    return Term(amplitude * complex(math.sin(phase), -math.cos(phase)), 2j * math.pi * frequency_Hz)
