"""Bursts: of pulses (TENS), and of a sine (Russian and Aussie current)."""

from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.units import MS
from sim.waveforms.keys import MOST_CYCLES, MOST_PULSES, ROUNDING, Rate, nearest_whole
from sim.waveforms.pieces import Piece
from sim.waveforms.pulses import Biphasic, TwoPhases
from sim.waveforms.repeated import Repeated, filled
from sim.waveforms.sine import Sine, sine_term


class Burst(TwoPhases):
    """Burst TENS: so many biphasic pulses at ``rate_Hz``, repeated ``burst_Hz`` times a second.

    A pulse is one of the burst; means are over the period of the bursts, their rests included.
    """

    kind: Literal["burst"] = "burst"
    pulses: Annotated[int, Field(ge=1, le=MOST_PULSES)] = Field(description="pulses in a burst")
    burst_Hz: Rate = Field(description="bursts per second")

    @model_validator(mode="after")
    def _burst_fits_period(self) -> Self:
        burst_s = (self.pulses - 1) / self.rate_Hz + (self.steady.pulse_s or 0.0)
        if burst_s > self.period_s * (1.0 + ROUNDING):
            raise ValueError(
                f"a burst of {burst_s / MS:.6g} ms does not fit into the period of {self.period_s / MS:.6g} ms "
                f"(burst_Hz = {self.burst_Hz:g}); fewer pulses, or a higher rate_Hz"
            )
        return self

    @property
    def repetition_Hz(self) -> float:
        """Bursts per second."""
        return self.burst_Hz

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The pulses of the burst, and the rest of the period."""
        pulse = filled(self.pulse, 1.0 / self.rate_Hz)
        return filled(pulse * (self.pulses - 1) + self.pulse, self.period_s)

    @cached_property
    def steady(self) -> Biphasic:
        """The pulses without bursts."""
        keys = ("phase_us", "interphase_us", "recharge_ratio", "rate_Hz")
        return Biphasic(**{key: getattr(self, key) for key in keys})

    @property
    def pulse_s(self) -> float | None:
        """Duration of one pulse of the burst [s]."""
        return self.steady.pulse_s

    @property
    def pulse_energy_s(self) -> float | None:
        """Integral of w^2 over one pulse of the burst [s]."""
        return self.steady.pulse_energy_s


class SineBursts(Repeated):
    """Whole cycles of a sine for ``burst_ms``, then zero, ``burst_Hz`` times a second; a burst counts as a pulse.

    Its r.m.s. is sqrt(D / 2) of the peak, where D is the duty of the bursts.
    """

    carrier_Hz: Rate = Field(description="frequency of the sine")
    burst_ms: Annotated[float, Field(ge=1e-6, le=1e6)] = Field(description="duration of a burst: whole cycles")
    burst_Hz: Rate = Field(description="bursts per second")

    @model_validator(mode="after")
    def _bursts_hold_whole_cycles(self) -> Self:
        cycles = self.carrier_Hz * self.burst_ms * MS
        if nearest_whole(cycles) is None:
            near = max(round(cycles), 1)
            raise ValueError(
                f"a burst_ms of {self.burst_ms:g} that holds {cycles:.6g} cycles of carrier_Hz = {self.carrier_Hz:g}; "
                f"whole cycles, so that no net charge passes, such as burst_ms = {near / self.carrier_Hz / MS:.9g}"
            )
        if cycles > MOST_CYCLES:
            raise ValueError(f"a burst of {cycles:.6g} cycles; at most {MOST_CYCLES}")
        if self.burst_ms * MS > self.period_s * (1.0 + ROUNDING):
            raise ValueError(
                f"a burst of {self.burst_ms:g} ms does not fit into the period of {self.period_s / MS:.6g} ms "
                f"(burst_Hz = {self.burst_Hz:g})"
            )
        return self

    @property
    def frequency_Hz(self) -> float:
        """Frequency of the carrier [Hz]."""
        return self.carrier_Hz

    @property
    def repetition_Hz(self) -> float:
        """Bursts per second."""
        return self.burst_Hz

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The burst, and the rest of the period."""
        cycles = nearest_whole(self.carrier_Hz * self.burst_ms * MS) or 1
        return filled((Piece(cycles / self.carrier_Hz, terms=(sine_term(self.carrier_Hz),)),), self.period_s)

    @property
    def steady(self) -> Sine:
        """The sine without bursts."""
        return Sine(frequency_Hz=self.carrier_Hz)


class SineBurst(SineBursts):
    """Sine bursts with parameters of one's own."""

    kind: Literal["sine_burst"] = "sine_burst"


class Russian(SineBursts):
    """Russian current: 2.5 kHz in bursts of 10 ms, 50 a second (Ward and Shkuratova, Phys Ther 82:1019, 2002)."""

    kind: Literal["russian"] = "russian"
    carrier_Hz: Rate = 2500.0
    burst_ms: Annotated[float, Field(ge=1e-6, le=1e6)] = 10.0
    burst_Hz: Rate = 50.0


class Aussie(SineBursts):
    """Aussie current: 1 kHz (motor; give 4 kHz for the sensory one) in bursts of 4 ms, 50 a second.

    The numbers are those of trade descriptions; bursts of 2 to 4 ms are the optimum of Ward, Phys Ther 89:181 (2009).
    """

    kind: Literal["aussie"] = "aussie"
    carrier_Hz: Rate = 1000.0
    burst_ms: Annotated[float, Field(ge=1e-6, le=1e6)] = 4.0
    burst_Hz: Rate = 50.0
