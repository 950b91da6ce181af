"""The frequencies that carry the signals of a case, and where they are looked at."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from meshes.arrays import Reals
from sim.harmonics import log_spaced
from sim.transient.band import Band, band
from sim.waveforms import AnyWaveform

if TYPE_CHECKING:
    from sim.case import Case

LEFT_OUT = 1e-3  # of the power of the alternating part, above the band
HIGHEST_HZ = 1e6  # of the band
SHOWN_HZ = (50.0, 1e3, 4e3)  # impedances are told at these, whatever the signal
PER_DECADE = 8
JUMP = 1e-6  # of the peak: a smaller step is rounding


@dataclass(frozen=True)
class Signal:
    """What a case sends through the body: the waveforms of its channels."""

    waveforms: tuple[AnyWaveform, ...]

    @classmethod
    def of(cls, case: "Case") -> "Signal":
        """Of all channels."""
        return cls(tuple(channel.waveform for channel in case.channels))

    @cached_property
    def bands(self) -> tuple[Band | None, ...]:
        """Of every channel; None for direct current."""
        return tuple(None if waveform.period_s is None else _band(waveform) for waveform in self.waveforms)

    @property
    def mean(self) -> bool:
        """Whether a waveform has a mean: then the body has to be known at 0 Hz."""
        return any(waveform.mean != 0.0 for waveform in self.waveforms)

    def clock_band(self, channels: tuple[int, ...]) -> tuple[float, float]:
        """Lowest and highest frequency of the channels of a clock, Hz."""
        found = [b for b in (self.bands[c] for c in channels) if b is not None]
        return min(b.low_Hz for b in found), max(b.high_Hz for b in found)

    @property
    def band_Hz(self) -> tuple[float, float]:
        """Lowest and highest frequency above 0 of all channels, Hz; that of ``SHOWN_HZ`` where all is direct."""
        found = [b for b in self.bands if b is not None]
        if not found:
            return SHOWN_HZ[0], SHOWN_HZ[-1]
        return min(b.low_Hz for b in found), max(b.high_Hz for b in found)

    @property
    def frequencies_Hz(self) -> Reals:
        """Where the body may be solved, ascending: the band of the signal and the frequencies that are told."""
        low, high = self.band_Hz
        spaced = log_spaced(min(low, SHOWN_HZ[0]), max(high, SHOWN_HZ[-1]), PER_DECADE)
        return np.concatenate([[0.0], spaced]) if self.mean else spaced

    @property
    def left_out(self) -> float:
        """Largest part of the alternating power of a channel above the band."""
        return max((b.left_out for b in self.bands if b is not None), default=0.0)


def _band(waveform: AnyWaveform) -> Band:
    """That of the power; where the waveform jumps, up to the highest: the peaks after a jump are at all frequencies."""
    pieces = waveform.pieces
    found = band(pieces, LEFT_OUT, HIGHEST_HZ)
    ends = np.array([float(piece.at(piece.duration_s)) for piece in pieces])
    starts = np.array([float(piece.at(0.0)) for piece in pieces])
    if np.abs(np.roll(ends, 1) - starts).max() > JUMP:
        return replace(found, high_Hz=max(found.high_Hz, HIGHEST_HZ))
    return found
