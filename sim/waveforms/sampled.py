"""Waveforms of one's own: samples of one period, linear in between, in the case or in a CSV file beside it."""

import itertools
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from meshes.part import Part
from sim.units import US
from sim.waveforms.pieces import Piece
from sim.waveforms.repeated import Repeated
from sim.waveforms.train import Train

MOST_SAMPLES = 2000
Samples = Annotated[tuple[float, ...], Field(min_length=2, max_length=MOST_SAMPLES)]


class Sampled(Repeated):
    """Straight lines between samples; the values are divided by the largest, which the channel's amplitude stands for.

    The first and the last time are one period apart. Two samples of the same time make a step.
    """

    kind: Literal["sampled"] = "sampled"
    times_us: Samples = Field(description="times, none before the one in front of it")
    values: Samples = Field(description="values, in any unit")

    @model_validator(mode="after")
    def _samples_make_a_period(self) -> Self:
        if len(self.times_us) != len(self.values):
            raise ValueError(
                f"{len(self.times_us)} times and {len(self.values)} values; as many of one as of the other"
            )
        for before, after in itertools.pairwise(self.times_us):
            if after < before:
                raise ValueError(f"the time {after:g} us after {before:g} us; times that do not go back")
        if self.times_us[-1] <= self.times_us[0]:
            raise ValueError("a period of 0 us; a last time after the first one")
        if max(self.values) <= 0.0 or max(self.values) < -min(self.values):
            raise ValueError(
                f"values from {min(self.values):g} to {max(self.values):g}; the largest magnitude must be positive "
                "(turn all signs, and those of the channel's weights)"
            )
        return self

    @property
    def frequency_Hz(self) -> float:
        """Periods per second."""
        return self.repetition_Hz

    @property
    def repetition_Hz(self) -> float:
        """Periods per second."""
        return 1.0 / ((self.times_us[-1] - self.times_us[0]) * US)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """A straight line from each sample to the next."""
        peak = max(self.values)
        times_s = [(t - self.times_us[0]) * US for t in self.times_us]
        samples = list(zip(times_s, (value / peak for value in self.values), strict=True))
        return tuple(
            Piece(end - start, first, (second - first) / (end - start))
            for (start, first), (end, second) in itertools.pairwise(samples)
            if end > start
        )


class WaveformFile(Part):
    """A waveform whose samples are in a CSV file: two columns, time and value."""

    kind: Literal["file"]
    path: Annotated[str, Field(min_length=1)] = Field(description="CSV file, relative to the case")
    time_unit: Literal["us", "ms", "s"] = Field(description="unit of the first column")
    train: Train | None = None
