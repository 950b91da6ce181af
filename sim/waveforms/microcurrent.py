"""Microcurrent whose polarity is reversed slowly."""

from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from meshes.part import Part
from sim.units import US
from sim.waveforms.keys import MOST_PULSES, Microseconds, Rate, Seconds, nearest_whole, refuse_overlong
from sim.waveforms.pieces import Piece
from sim.waveforms.pulses import Monophasic
from sim.waveforms.repeated import Repeated, filled


class PulseTrain(Part):
    """Rectangular pulses of one sign."""

    phase_us: Microseconds = Field(description="duration of a pulse")
    rate_Hz: Rate = Field(description="pulses per second")


class Microcurrent(Repeated):
    """One polarity for ``reversal_s``, then the other: direct current, or ``pulses`` of one sign at a time."""

    kind: Literal["microcurrent"] = "microcurrent"
    reversal_s: Seconds = Field(description="how long each polarity lasts")
    pulses: PulseTrain | None = Field(default=None, description="pulses in place of direct current")

    @model_validator(mode="after")
    def _pulses_fit(self) -> Self:
        if self.pulses is None:
            return self
        count = self.reversal_s * self.pulses.rate_Hz
        if nearest_whole(count) is None or count > MOST_PULSES:
            raise ValueError(
                f"{count:.6g} pulses in a reversal_s of {self.reversal_s:g}; a whole number from 1 to {MOST_PULSES}"
            )
        refuse_overlong(self.pulses.phase_us * US, self.pulses.rate_Hz, "pulses.rate_Hz")
        return self

    @property
    def frequency_Hz(self) -> float:
        """Pulses per second, or how often the polarity goes there and back [Hz]."""
        return self.repetition_Hz if self.pulses is None else self.pulses.rate_Hz

    @property
    def repetition_Hz(self) -> float:
        """How often the polarity goes there and back [Hz]."""
        return 0.5 / self.reversal_s

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """One polarity, and the other."""
        if self.pulses is None:
            positive: tuple[Piece, ...] = (Piece(self.reversal_s, 1.0),)
        else:
            count = nearest_whole(self.reversal_s * self.pulses.rate_Hz) or 1
            positive = filled((Piece(self.pulses.phase_us * US, 1.0),), self.reversal_s / count) * count
        return (*positive, *(piece.scaled(-1.0) for piece in positive))

    @property
    def pulse_s(self) -> float | None:
        """Duration of a pulse [s]; of direct current, of both polarities."""
        return 2.0 * self.reversal_s if self.pulses is None else self.pulses.phase_us * US

    @property
    def pulse_energy_s(self) -> float | None:
        """Integral of w^2 over a pulse [s]."""
        return self.pulse_s

    @cached_property
    def steady(self) -> Repeated:
        """The pulses of one polarity; direct current reversed is itself."""
        if self.pulses is None:
            return self
        return Monophasic(phase_us=self.pulses.phase_us, rate_Hz=self.pulses.rate_Hz)

    def bandwidth_Hz(self, fraction: float) -> float:
        """That of the pulses of one polarity [Hz], whose lines the reversal only splits."""
        return super().bandwidth_Hz(fraction) if self.pulses is None else self.steady.bandwidth_Hz(fraction)
