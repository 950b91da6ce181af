"""Waveforms of a channel: w(t) of peak 1, first phase positive, which the channel's amplitude multiplies.

Everyday units in the keys of a case, SI in every property. All properties are closed forms over one repetition
period, counted while the stimulator is on: a ramp or a rest between trains does not dilute an r.m.s. value.
Terms: a *phase* is a stretch of one sign, a *pulse* all phases of one repetition, the *charge per phase* is
the integral of abs(w) over a phase. Where a quantity does not exist (direct current has no phase) it is None.
"""

import math
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from meshes.part import Part
from sim.units import US

Floats = NDArray[np.float64]
Rate = Annotated[float, Field(ge=1e-4, le=1e8)]
Microseconds = Annotated[float, Field(ge=1e-3, le=1e9)]

# A pulse may fill its period to this relative accuracy: 1/rate and a sum of phases are both rounded.
ROUNDING = 1e-12


class Direct(Part):
    """Direct current: w = 1 for all t; it has no period, no phase and no pulse."""

    kind: Literal["direct"] = "direct"

    frequency_Hz: ClassVar[float] = 0.0
    period_s: ClassVar[None] = None
    peak_time_s: ClassVar[float] = 0.0
    phase_s: ClassVar[None] = None
    pulse_s: ClassVar[None] = None
    charge_per_phase_s: ClassVar[None] = None
    net_charge_s: ClassVar[None] = None
    pulse_energy_s: ClassVar[None] = None
    mean: ClassVar[float] = 1.0
    rms: ClassVar[float] = 1.0
    rms_ac: ClassVar[float] = 0.0
    average_rectified: ClassVar[float] = 1.0
    levels: ClassVar[tuple[float, ...]] = (1.0,)

    def at(self, t_s: ArrayLike) -> Floats:
        """Values w(t) = 1 at the times ``t_s`` [s], any shape."""
        return np.ones_like(np.asarray(t_s, dtype=np.float64))


class Sine(Part):
    """Alternating current: w = sin(2 pi f t); a phase is half a period, and there is no separate pulse."""

    kind: Literal["sine"] = "sine"
    frequency_Hz: Rate = Field(description="frequency of the sine")

    pulse_s: ClassVar[None] = None
    pulse_energy_s: ClassVar[None] = None
    net_charge_s: ClassVar[float] = 0.0
    mean: ClassVar[float] = 0.0
    rms: ClassVar[float] = math.sqrt(0.5)
    rms_ac: ClassVar[float] = math.sqrt(0.5)
    average_rectified: ClassVar[float] = 2.0 / math.pi
    levels: ClassVar[tuple[float, ...]] = (1.0, -1.0)

    def at(self, t_s: ArrayLike) -> Floats:
        """Values w(t) = sin(2 pi f t) at the times ``t_s`` [s], any shape."""
        return np.asarray(np.sin(2.0 * np.pi * self.frequency_Hz * np.asarray(t_s, dtype=np.float64)))

    @property
    def period_s(self) -> float:
        """Period T = 1/f [s]."""
        return 1.0 / self.frequency_Hz

    @property
    def peak_time_s(self) -> float:
        """First time at which w = 1: T/4 [s]."""
        return self.period_s / 4.0

    @property
    def phase_s(self) -> float:
        """Duration of a phase, T/2 [s]."""
        return self.period_s / 2.0

    @property
    def charge_per_phase_s(self) -> float:
        """Integral of w over half a period, T/pi [s]: charge per ampere of peak."""
        return self.period_s / math.pi


class _Pulses(Part):
    """Rectangular pulses repeated at a rate: pieces of constant level, the rest of the period at zero."""

    phase_us: Microseconds = Field(description="duration of the first phase, at level 1")
    rate_Hz: Rate = Field(description="pulses per second")

    @property
    def pieces(self) -> tuple[tuple[float, float], ...]:
        """The pulse from t = 0 as (duration [s], level)."""
        return ((self.phase_s, 1.0),)

    @model_validator(mode="after")
    def _pulse_fits_period(self) -> Self:
        if self.pulse_s > self.period_s * (1.0 + ROUNDING):
            raise ValueError(
                f"a pulse of {self.pulse_s / US:.6g} us does not fit into the period of "
                f"{self.period_s / US:.6g} us (rate_Hz = {self.rate_Hz:g})"
            )
        return self

    def at(self, t_s: ArrayLike) -> Floats:
        """Values w(t) at the times ``t_s`` [s], any shape; at an edge the level that begins there."""
        within = np.mod(np.asarray(t_s, dtype=np.float64), self.period_s)
        levels = np.array([*(level for _, level in self.pieces), 0.0])
        return np.asarray(levels[np.searchsorted(self.edges_s[1:-1], within, side="right")])

    @property
    def edges_s(self) -> tuple[float, ...]:
        """Where the level may change within a period [s]: 0, the end of each piece, the period itself."""
        ends = np.cumsum([duration for duration, _ in self.pieces])
        return (0.0, *(float(end) for end in ends), max(self.period_s, float(ends[-1])))

    @property
    def frequency_Hz(self) -> float:
        """Repetition rate [Hz]."""
        return self.rate_Hz

    @property
    def period_s(self) -> float:
        """Period of the repetition, 1/rate [s]."""
        return 1.0 / self.rate_Hz

    @property
    def phase_s(self) -> float:
        """Duration of the first phase [s]."""
        return self.phase_us * US

    @property
    def peak_time_s(self) -> float:
        """Middle of the first phase [s], where w = 1."""
        return self.phase_s / 2.0

    @property
    def pulse_s(self) -> float:
        """Duration of a pulse, from the start of its first phase to the end of its last [s]."""
        return math.fsum(duration for duration, _ in self.pieces)

    @property
    def charge_per_phase_s(self) -> float:
        """Largest integral of abs(w) over one phase [s]: charge per ampere of peak."""
        return max(duration * abs(level) for duration, level in self.pieces)

    @property
    def net_charge_s(self) -> float:
        """Signed integral of w over a period [s]: net charge per pulse and ampere of peak."""
        return math.fsum(duration * level for duration, level in self.pieces)

    @property
    def pulse_energy_s(self) -> float:
        """Integral of w^2 over one pulse [s]: energy per ohm and squared ampere of peak."""
        return math.fsum(duration * level**2 for duration, level in self.pieces)

    @property
    def mean(self) -> float:
        """Signed time mean: net direct current per ampere of peak."""
        return self.net_charge_s * self.rate_Hz

    @property
    def rms(self) -> float:
        """Root mean square over the repetition period, sqrt(rate x integral of w^2)."""
        return math.sqrt(self.pulse_energy_s * self.rate_Hz)

    @property
    def rms_ac(self) -> float:
        """Root mean square without the direct part, sqrt(rms^2 - mean^2)."""
        return math.sqrt(max(self.pulse_energy_s * self.rate_Hz - self.mean**2, 0.0))

    @property
    def average_rectified(self) -> float:
        """Time mean of abs(w) over the repetition period."""
        return math.fsum(duration * abs(level) for duration, level in self.pieces) * self.rate_Hz

    @property
    def levels(self) -> tuple[float, ...]:
        """Distinct values that w reaches, in the order in which it reaches them."""
        rests = self.pulse_s < self.period_s * (1.0 - ROUNDING)
        reached = [level for duration, level in self.pieces if duration > 0.0]
        return tuple(dict.fromkeys([*reached, 0.0] if rests else reached))


class Monophasic(_Pulses):
    """Pulses of one phase: level 1 for ``phase_us``, then zero. Its mean is a net direct current."""

    kind: Literal["monophasic"] = "monophasic"


class Biphasic(_Pulses):
    """Charge-balanced pulses: level 1 for ``phase_us``, a gap, then level -1/ratio for ratio times as long."""

    kind: Literal["biphasic"] = "biphasic"
    interphase_us: float = Field(default=0.0, ge=0.0, le=1e9, description="gap at zero between the two phases")
    recharge_ratio: float = Field(
        default=1.0,
        ge=1.0,
        le=1e3,
        description="second phase: 1/ratio of the first one's level, ratio times its duration",
    )

    @property
    def pieces(self) -> tuple[tuple[float, float], ...]:
        """The pulse from t = 0 as (duration [s], level): first phase, gap, recharge."""
        return (
            (self.phase_s, 1.0),
            (self.interphase_us * US, 0.0),
            (self.phase_s * self.recharge_ratio, -1.0 / self.recharge_ratio),
        )

    @property
    def net_charge_s(self) -> float:
        """Zero: both phases carry the same charge by construction."""
        return 0.0


Waveform = Annotated[Direct | Sine | Monophasic | Biphasic, Field(discriminator="kind")]
