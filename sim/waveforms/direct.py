"""Direct current: galvanic treatment, iontophoresis, transcranial direct current."""

from functools import cached_property
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field

from meshes.arrays import Integers, Reals
from sim.waveforms.integrals import Complex
from sim.waveforms.pieces import Piece
from sim.waveforms.shape import Shape


class Direct(Shape):
    """Direct current: w = 1; it has no period, no phase and no pulse. Ramps count in the dose alone."""

    kind: Literal["direct"] = "direct"
    ramp_s: Annotated[float, Field(ge=0.0, le=1e4)] | None = Field(
        default=None, description="time in which the current rises at the start, and falls at the end, of a treatment"
    )

    frequency_Hz: ClassVar[float] = 0.0
    repetition_Hz: ClassVar[float] = 0.0
    clock: ClassVar[tuple[float, ...]] = (0.0,)
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
    duty: ClassVar[float] = 1.0
    mean_over_treatment: ClassVar[float] = 1.0
    mean_square_over_treatment: ClassVar[float] = 1.0

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """One piece of level 1; its duration of 1 s stands for any."""
        return (Piece(1.0, 1.0),)

    @property
    def steady(self) -> "Direct":
        """The current after its ramp."""
        return Direct()

    def at(self, t_s: ArrayLike) -> Reals:
        """Values w(t) = 1 at the times ``t_s`` [s], any shape."""
        return np.ones_like(np.asarray(t_s, dtype=np.float64))

    def spectrum(self, n: Integers) -> Complex:
        """Fourier coefficients: 1 at n = 0, else 0."""
        return np.asarray(np.asarray(n) == 0, dtype=np.complex128)

    def bandwidth_Hz(self, fraction: float) -> float:
        """Nothing alternates: 0 Hz for every fraction."""
        return 0.0

    def dose_factor_s(self, duration_s: float) -> float:
        """Integral of the trapezoid over a treatment of ``duration_s`` [s] with both ramps inside it [s].

        A treatment shorter than two ramps is turned down before it reaches its peak.
        """
        ramp = min(self.ramp_s or 0.0, 0.5 * duration_s)
        reached = ramp / self.ramp_s if self.ramp_s else 1.0
        return reached * (duration_s - ramp)
