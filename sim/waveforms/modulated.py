"""Modulated TENS: pulses whose rate, duration and amplitude sweep together, there and back."""

import math
from functools import cached_property
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from meshes.arrays import Reals
from sim.units import US
from sim.waveforms.integrals import product_integral
from sim.waveforms.keys import MOST_PULSES, ROUNDING, Gap, Microseconds, Rate, Ratio, Seconds
from sim.waveforms.pieces import Piece
from sim.waveforms.pulses import Biphasic, two_phases
from sim.waveforms.repeated import Repeated, filled


class Modulated(Repeated):
    """Biphasic pulses that change linearly over half a modulation period, and back over the other half.

    Rate and duration go from their first to their second value, the amplitude from 1 to ``amplitude_to``. A pulse
    begins whenever the integral of the rate is whole, and has the duration and amplitude of that instant; a part of a
    pulse that the integral has left over at the end lengthens the last interval. Means are over the modulation period.
    """

    kind: Literal["modulated"] = "modulated"
    modulation_s: Seconds = Field(description="period of the modulation, there and back")
    rate_Hz: tuple[Rate, Rate] = Field(description="pulses per second, at the start and in the middle")
    phase_us: tuple[Microseconds, Microseconds] = Field(
        description="duration of the first phase, at the start and in the middle"
    )
    amplitude_to: Annotated[float, Field(gt=0.0, le=1.0)] = Field(
        default=1.0, description="amplitude in the middle, as a part of that at the start"
    )
    interphase_us: Gap = Field(default=0.0, description="gap at zero between the two phases")
    recharge_ratio: Ratio = Field(
        default=1.0, description="second phase: 1/ratio of the first one's level, ratio times its duration"
    )

    @model_validator(mode="after")
    def _pulses_fit(self) -> Self:
        count = 0.5 * sum(self.rate_Hz) * self.modulation_s
        if not 1.0 <= count < MOST_PULSES + 1:
            raise ValueError(
                f"{count:.6g} pulses in a modulation period of {self.modulation_s:g} s; 1 to {MOST_PULSES}"
            )
        starts = self._starts_s
        room = np.diff(starts, append=self.modulation_s)
        used = (self._sweep(*self.phase_us, starts) * (1.0 + self.recharge_ratio) + self.interphase_us) * US
        tight = int(np.argmax(used / room))
        if used[tight] > room[tight] * (1.0 + ROUNDING):
            raise ValueError(
                f"a pulse of {used[tight] / US:.6g} us does not fit into the {room[tight] / US:.6g} us that "
                f"the next one leaves it; shorter pulses or lower rates"
            )
        return self

    @property
    def frequency_Hz(self) -> float:
        """Lower end of the rate [Hz]: limits grow with frequency."""
        return min(self.rate_Hz)

    @property
    def repetition_Hz(self) -> float:
        """Modulations per second."""
        return 1.0 / self.modulation_s

    @cached_property
    def _starts_s(self) -> Reals:
        """Where the pulses begin [s]: the integral of the rate is 0, 1, 2, ..."""
        first, second = self.rate_Hz
        half = 0.5 * self.modulation_s
        total = 0.5 * (first + second) * self.modulation_s
        count = math.floor(total * (1.0 + ROUNDING))
        k = np.arange(count, dtype=np.float64)
        back = k > 0.5 * total
        passed = np.where(back, total - k, k)  # the way back is the way there, from the end
        there = 2.0 * passed / (first + np.sqrt(np.maximum(first**2 + 2.0 * (second - first) / half * passed, 0.0)))
        return np.asarray(np.where(back, self.modulation_s - there, there))

    def _sweep(self, first: float, second: float, t_s: Reals) -> Reals:
        """A value that goes from the first to the second and back."""
        return np.asarray(first + (second - first) * (1.0 - np.abs(1.0 - 2.0 * t_s / self.modulation_s)))

    @cached_property
    def _each(self) -> tuple[tuple[Piece, ...], ...]:
        """The pulses, in their order."""
        phases_us = self._sweep(*self.phase_us, self._starts_s)
        amplitudes = self._sweep(1.0, self.amplitude_to, self._starts_s)
        shapes = (two_phases(float(us), self.interphase_us, self.recharge_ratio) for us in phases_us)
        pairs = zip(shapes, amplitudes, strict=True)
        return tuple(tuple(piece.scaled(float(amplitude)) for piece in shape) for shape, amplitude in pairs)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """All pulses of a modulation period with their rests."""
        room = np.diff(self._starts_s, append=self.modulation_s)
        parts = [filled(pulse, float(each)) for pulse, each in zip(self._each, room, strict=True)]
        return tuple(piece for part in parts for piece in part)

    @property
    def pulse_s(self) -> float | None:
        """Duration of the longest pulse [s]."""
        return max(math.fsum(piece.duration_s for piece in pulse) for pulse in self._each)

    @cached_property
    def pulse_energy_s(self) -> float | None:
        """Integral of w^2 over the strongest pulse [s]."""
        return max(math.fsum(product_integral(piece, piece) for piece in pulse) for pulse in self._each)

    @cached_property
    def steady(self) -> Biphasic:
        """The pulses at full amplitude at that end of the sweep at which rate x duration is larger."""
        rate_Hz, phase_us = max(zip(self.rate_Hz, self.phase_us, strict=True), key=lambda end: end[0] * end[1])
        return Biphasic(
            rate_Hz=rate_Hz,
            phase_us=phase_us,
            interphase_us=self.interphase_us,
            recharge_ratio=self.recharge_ratio,
        )

    def bandwidth_Hz(self, fraction: float) -> float:
        """That of the steady pulses [Hz]: the lines that the sweep adds lie closely around theirs."""
        return self.steady.bandwidth_Hz(fraction)
