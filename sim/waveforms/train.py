"""Trains: the stimulator turned up, on, down and off again for as long as the treatment lasts."""

import math
from typing import Annotated, Self

from pydantic import Field, model_validator

from meshes.part import Part

Seconds = Annotated[float, Field(ge=0.0, le=1e5)]


class Train(Part):
    """A trapezoid: ``on_s`` from the start of the ramp up to the end of the ramp down, then ``off_s`` at zero.

    It multiplies the waveform and dilutes none of its measures, which are those of the plateau; the factors below say
    what it does to averages over a treatment.
    """

    on_s: Annotated[float, Field(gt=0.0, le=1e5)] = Field(description="ON time, ramps included")
    off_s: Seconds = Field(description="OFF time")
    ramp_up_s: Seconds = Field(default=0.0, description="part of the ON time in which the amplitude rises")
    ramp_down_s: Seconds = Field(default=0.0, description="part of the ON time in which the amplitude falls")

    @model_validator(mode="after")
    def _ramps_fit(self) -> Self:
        if self.ramp_up_s + self.ramp_down_s > self.on_s:
            raise ValueError(
                f"ramps of {self.ramp_up_s:g} s and {self.ramp_down_s:g} s in an ON time of {self.on_s:g} s; "
                "on_s counts the ramps and is at least as long as both"
            )
        return self

    @property
    def duty(self) -> float:
        """ON / (ON + OFF)."""
        return self.on_s / (self.on_s + self.off_s)

    @property
    def mean(self) -> float:
        """Time mean of the envelope, (ON - half of both ramps) / (ON + OFF)."""
        return (self.on_s - 0.5 * (self.ramp_up_s + self.ramp_down_s)) / (self.on_s + self.off_s)

    @property
    def mean_square(self) -> float:
        """Time mean of the squared envelope, (ON - two thirds of both ramps) / (ON + OFF)."""
        return (self.on_s - (self.ramp_up_s + self.ramp_down_s) * 2.0 / 3.0) / (self.on_s + self.off_s)

    def area_s(self, duration_s: float) -> float:
        """Integral of the envelope over a treatment of ``duration_s`` [s] that begins with a ramp up."""
        cycle = self.on_s + self.off_s
        whole = math.floor(duration_s / cycle)
        t = duration_s - whole * cycle
        up, down = self.ramp_up_s, self.ramp_down_s
        rising, falling = min(t, up), min(max(t - (self.on_s - down), 0.0), down)
        level = min(max(t - up, 0.0), self.on_s - up - down)
        partial = (0.5 * rising**2 / up if up else 0.0) + level + (falling - 0.5 * falling**2 / down if down else 0.0)
        return whole * cycle * self.mean + partial
