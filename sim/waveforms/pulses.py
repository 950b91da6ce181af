"""Pulses repeated at a rate: rectangular ones, with passive recharge, with twin peaks."""

import math
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from sim.units import US
from sim.waveforms.keys import Gap, Microseconds, Rate, Ratio, refuse_overlong
from sim.waveforms.pieces import Piece, Term
from sim.waveforms.repeated import Repeated, filled


class Rectangular(Repeated):
    """A pulse that begins with a rectangular phase, once a period, the rest of which is at zero."""

    phase_us: Microseconds = Field(description="duration of the first phase, at level 1")
    rate_Hz: Rate = Field(description="pulses per second")

    @property
    def pulse(self) -> tuple[Piece, ...]:
        """The pulse from t = 0: a phase at level 1."""
        return (Piece(self.phase_us * US, 1.0),)

    @model_validator(mode="after")
    def _pulse_fits_period(self) -> Self:
        refuse_overlong(math.fsum(piece.duration_s for piece in self.pulse), self.rate_Hz)
        return self

    @property
    def frequency_Hz(self) -> float:
        """Pulses per second."""
        return self.rate_Hz

    @property
    def repetition_Hz(self) -> float:
        """Pulses per second."""
        return self.rate_Hz

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The pulse, and the rest of the period."""
        return filled(self.pulse, self.period_s)


class Monophasic(Rectangular):
    """Pulses of one phase: level 1 for ``phase_us``, then zero. Its mean is a net direct current."""

    kind: Literal["monophasic"] = "monophasic"


class TwoPhases(Rectangular):
    """Charge-balanced pulses: level 1 for ``phase_us``, a gap, then level -1/ratio for ratio times as long."""

    interphase_us: Gap = Field(default=0.0, description="gap at zero between the two phases")
    recharge_ratio: Ratio = Field(
        default=1.0, description="second phase: 1/ratio of the first one's level, ratio times its duration"
    )

    @property
    def pulse(self) -> tuple[Piece, ...]:
        """The pulse from t = 0: first phase, gap, recharge."""
        return two_phases(self.phase_us, self.interphase_us, self.recharge_ratio)


class Biphasic(TwoPhases):
    """Two rectangular phases of equal charge, repeated at a rate: TENS, NMES, asymmetric pulses of implants."""

    kind: Literal["biphasic"] = "biphasic"


class PassiveRecharge(Repeated):
    """A rectangular phase, a gap, and an exponential recharge for the rest of the period, in balance over the period.

    The blocking capacitor of an implant discharges: w = -I0 exp(-t/tau) with the I0 that brings back the charge of the
    phase until the next one, I0 = phase / (tau (1 - exp(-rest / tau))).
    """

    kind: Literal["passive_recharge"] = "passive_recharge"
    phase_us: Microseconds = Field(description="duration of the first phase, at level 1")
    interphase_us: Gap = Field(default=0.0, description="gap at zero between phase and recharge")
    time_constant_us: Microseconds = Field(description="time constant RC of the recharge")
    rate_Hz: Rate = Field(description="pulses per second")

    @model_validator(mode="after")
    def _recharge_is_weaker(self) -> Self:
        if self._rest_s <= 0.0:
            raise ValueError(
                f"a phase and gap of {self.phase_us + self.interphase_us:.6g} us that leave no time for the recharge "
                f"in the period of {1.0 / self.rate_Hz / US:.6g} us (rate_Hz = {self.rate_Hz:g})"
            )
        if self.recharge_peak > 1.0:
            raise ValueError(
                f"a recharge that begins at {self.recharge_peak:.4g} times the level of the first phase; "
                "a longer time_constant_us or a lower rate_Hz, so that the first phase is the peak"
            )
        return self

    @property
    def _rest_s(self) -> float:
        return 1.0 / self.rate_Hz - (self.phase_us + self.interphase_us) * US

    @property
    def recharge_peak(self) -> float:
        """Magnitude of w at which the recharge begins, I0."""
        tau = self.time_constant_us * US
        return self.phase_us * US / (-tau * math.expm1(-self._rest_s / tau))

    @property
    def frequency_Hz(self) -> float:
        """Pulses per second."""
        return self.rate_Hz

    @property
    def repetition_Hz(self) -> float:
        """Pulses per second."""
        return self.rate_Hz

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """First phase, gap, recharge."""
        recharge = Term(complex(-self.recharge_peak), complex(-1.0 / (self.time_constant_us * US)))
        pulse = (Piece(self.phase_us * US, 1.0), Piece(self.interphase_us * US), Piece(self._rest_s, terms=(recharge,)))
        return filled(pulse, self.period_s)


class TwinPeak(Repeated):
    """High-voltage pulsed current: two spikes of one sign, each exp(-t/tau); its mean is a net direct current."""

    kind: Literal["twin_peak"] = "twin_peak"
    decay_us: Microseconds = Field(description="time constant of a spike")
    spacing_us: Microseconds = Field(description="from spike to spike; the second one ends after the same time")
    rate_Hz: Rate = Field(description="pairs of spikes per second")

    @model_validator(mode="after")
    def _pulse_fits_period(self) -> Self:
        refuse_overlong(2.0 * self.spacing_us * US, self.rate_Hz)
        return self

    @property
    def frequency_Hz(self) -> float:
        """Pairs of spikes per second."""
        return self.rate_Hz

    @property
    def repetition_Hz(self) -> float:
        """Pairs of spikes per second."""
        return self.rate_Hz

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Two spikes, and the rest of the period."""
        spike = Piece(self.spacing_us * US, terms=(Term(1.0 + 0j, complex(-1.0 / (self.decay_us * US))),))
        return filled((spike, spike), self.period_s)


def two_phases(phase_us: float, interphase_us: float, recharge_ratio: float) -> tuple[Piece, ...]:
    """Level 1, a gap, and -1/ratio for ratio times as long."""
    phase_s = phase_us * US
    return (
        Piece(phase_s, 1.0),
        Piece(interphase_us * US),
        Piece(phase_s * recharge_ratio, -1.0 / recharge_ratio),
    )
