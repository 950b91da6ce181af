"""What a waveform that repeats has: every measure in closed form from the pieces of one period.

Terms: a *phase* is a stretch of one sign, a *pulse* all phases of one repetition, the *charge per phase* the integral
of abs(w) over a phase, the largest of all. Means are over one period while the stimulator is on: the ramps and rests
of a train dilute none of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field

from meshes.arrays import Integers, Reals
from sim.waveforms.crossings import extremes, stretches
from sim.waveforms.integrals import Complex, integral, product_integral
from sim.waveforms.keys import ROUNDING
from sim.waveforms.pieces import Piece
from sim.waveforms.shape import Shape
from sim.waveforms.spectrum import coefficients, limit_of_power
from sim.waveforms.train import Train

JUST_BEFORE = 1e-13  # of a piece's duration: where it is asked for the value that w has before a step


@dataclass(frozen=True)
class Phase:
    """A stretch of one sign: from ``start_s`` for ``duration_s``, with the signed integral ``charge_s`` of w [s]."""

    start_s: float
    duration_s: float
    charge_s: float


class Repeated(Shape):
    """A waveform of period 1 / ``repetition_Hz``, given by its ``pieces``."""

    train: Train | None = Field(default=None, description="ON and OFF times with ramps, which repeat over a treatment")

    @property
    def repetition_Hz(self) -> float:
        """How often the whole pattern repeats [Hz]; equal numbers share a clock."""
        raise NotImplementedError

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """One period from t = 0; the durations fill it."""
        raise NotImplementedError

    @property
    def clock(self) -> tuple[float, ...]:
        """Waveforms of equal clocks start together and stay together."""
        return (self.repetition_Hz,)

    @property
    def period_s(self) -> float:
        """Period of the whole pattern [s]."""
        return 1.0 / self.repetition_Hz

    @cached_property
    def edges_s(self) -> tuple[float, ...]:
        """Start of each piece and the end of the last, within a period [s]."""
        ends = np.cumsum([piece.duration_s for piece in self.pieces])
        return (0.0, *(float(end) for end in ends[:-1]), max(self.period_s, float(ends[-1])))

    def at(self, t_s: ArrayLike) -> Reals:
        """Values w(t) at the times ``t_s`` [s], any shape; at an edge the value that begins there."""
        within = np.mod(np.asarray(t_s, dtype=np.float64), self.period_s)
        starts = np.array(self.edges_s[:-1])
        index = np.searchsorted(starts[1:], within, side="right")
        levels, slopes = (np.array([getattr(piece, key) for piece in self.pieces]) for key in ("level", "slope_per_s"))
        values = np.asarray(levels[index] + slopes[index] * (within - starts[index]))
        for i, piece in enumerate(self.pieces):
            if piece.terms:
                values = np.where(index == i, piece.at(np.where(index == i, within - starts[i], 0.0)), values)
        return values

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """The phases of one period in their order; one that runs on into the next period counts as one."""
        phases: list[Phase] = []
        pause = True
        for start, piece in zip(self.edges_s, self.pieces, strict=False):
            t = start
            if piece.rests:
                pause = True
                continue
            for part in stretches(piece):
                phase = Phase(t, part.duration_s, integral(part))
                t += part.duration_s
                if not pause and phases[-1].charge_s * phase.charge_s > 0.0:
                    phase = _joined(phases.pop(), phase)
                phases.append(phase)
                pause = False
        runs_on = not pause and not self.pieces[0].rests and phases[0].charge_s * phases[-1].charge_s > 0.0
        if runs_on and len(phases) > 1:
            phases = [*phases[1:-1], _joined(phases[-1], phases[0])]
        return tuple(phases)

    @cached_property
    def strongest_phase(self) -> Phase:
        """The phase of the largest charge; of equal ones the first."""
        largest = max(abs(phase.charge_s) for phase in self.phases)
        return next(phase for phase in self.phases if abs(phase.charge_s) >= largest * (1.0 - ROUNDING))

    @property
    def phase_s(self) -> float:
        """Duration of the phase that carries the largest charge, of equal ones the first [s]."""
        return self.strongest_phase.duration_s

    @property
    def charge_per_phase_s(self) -> float:
        """Largest integral of abs(w) over one phase [s]: charge per ampere of peak."""
        return abs(self.strongest_phase.charge_s)

    @property
    def pulse_s(self) -> float | None:
        """Duration of a pulse, from the start of its first phase to the end of its last [s]."""
        return math.fsum(piece.duration_s for piece in _without_rest(self.pieces))

    @property
    def pulse_energy_s(self) -> float | None:
        """Integral of w^2 over one pulse [s]: energy per ohm and squared ampere of peak."""
        return self._square_s

    @cached_property
    def _square_s(self) -> float:
        """Integral of w^2 over a period [s]."""
        return math.fsum(product_integral(piece, piece) for piece in self.pieces)

    @cached_property
    def _rectified_s(self) -> float:
        """Integral of abs(w) over a period [s]."""
        return math.fsum(abs(phase.charge_s) for phase in self.phases)

    @cached_property
    def net_charge_s(self) -> float:
        """Signed integral of w over a period [s], per ampere of peak; what is only rounding is zero."""
        net = math.fsum(integral(piece) for piece in self.pieces)
        return net if abs(net) > ROUNDING * self._rectified_s else 0.0

    @property
    def mean(self) -> float:
        """Signed time mean: net direct current per ampere of peak."""
        return self.net_charge_s * self.repetition_Hz

    @property
    def rms(self) -> float:
        """Root mean square over the period."""
        return math.sqrt(self._square_s * self.repetition_Hz)

    @property
    def rms_ac(self) -> float:
        """Root mean square without the direct part, sqrt(rms^2 - mean^2)."""
        return math.sqrt(max(self._square_s * self.repetition_Hz - self.mean**2, 0.0))

    @property
    def average_rectified(self) -> float:
        """Time mean of abs(w) over the period."""
        return self._rectified_s * self.repetition_Hz

    @cached_property
    def levels(self) -> tuple[float, ...]:
        """Distinct values of the constant pieces, and largest and smallest value of the others, in their order."""
        reached: list[float] = []
        for piece in self.pieces:
            values = extremes(piece)[1]
            reached += [float(values.max()), float(values.min())]
        return tuple(dict.fromkeys(reached))

    @cached_property
    def peak_time_s(self) -> float:
        """First time [s] at which w = 1; the middle where w stays there, just before a step where it ends there."""
        best, time_s = -math.inf, 0.0
        for start, piece in zip(self.edges_s, self.pieces, strict=False):
            times, values = extremes(piece)
            first = int(np.argmax(values >= values.max() - ROUNDING))
            if values[first] > best + ROUNDING:
                best, within = float(values[first]), float(times[first])
                if not piece.moves:
                    time_s = start + 0.5 * piece.duration_s
                elif float(self.at(start + within)) >= best - ROUNDING:
                    time_s = start + within
                else:
                    time_s = start + within * (1.0 - JUST_BEFORE)
        return time_s

    def spectrum(self, n: Integers) -> Complex:
        """Fourier coefficients c_n, w = sum over all whole n of c_n exp(2 pi i n t / period_s).

        Parameters
        ----------
        n
            Whole numbers, any shape.
        """
        return coefficients(self.pieces, np.asarray(n))

    def bandwidth_Hz(self, fraction: float) -> float:
        """Frequency [Hz] below which all but ``fraction`` (1e-9 to 1) of the power of the alternating part lies."""
        harmonic = limit_of_power(self.pieces, self.rms_ac**2, fraction)
        return harmonic * self.repetition_Hz

    @property
    def steady(self) -> "Repeated":
        """The carrier without bursts and modulation, at full amplitude; the waveform itself if it has neither."""
        return self

    @property
    def duty(self) -> float:
        """ON / (ON + OFF) of the train; 1 without one."""
        return 1.0 if self.train is None else self.train.duty

    @property
    def mean_over_treatment(self) -> float:
        """Factor of the train on means (trapezoid): multiply ``mean`` or ``average_rectified`` by it."""
        return 1.0 if self.train is None else self.train.mean

    @property
    def mean_square_over_treatment(self) -> float:
        """Factor of the train on mean squares, such as power: multiply ``rms**2`` by it."""
        return 1.0 if self.train is None else self.train.mean_square

    def dose_factor_s(self, duration_s: float) -> float:
        """Integral of abs(w) over a treatment [s], ramps and OFF times counted: times the amplitude, a dose in A s."""
        on_s = duration_s if self.train is None else self.train.area_s(duration_s)
        return self.average_rectified * on_s


def filled(pulse: Sequence[Piece], period_s: float) -> tuple[Piece, ...]:
    """The pulse and the rest of the period, without pieces that take no time."""
    pieces = [piece for piece in pulse if piece.duration_s > 0.0]
    rest = period_s - math.fsum(piece.duration_s for piece in pieces)
    return (*pieces, Piece(rest)) if rest > ROUNDING * period_s else tuple(pieces)


def _without_rest(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """From the first piece that does not rest to the last one."""
    active = [i for i, piece in enumerate(pieces) if not piece.rests]
    return pieces[active[0] : active[-1] + 1]


def _joined(first: Phase, second: Phase) -> Phase:
    return Phase(first.start_s, first.duration_s + second.duration_s, first.charge_s + second.charge_s)
