"""What a channel puts in and what comes out, over the part of a period that is worth seeing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meshes.arrays import Reals
from sim.basis import Solution
from sim.case import Case
from sim.clocks import Clock, members
from sim.exposure.probes import locate
from sim.response import Response, case_sources
from sim.units import MM
from sim.waveforms import Repeated, Sine

PHASES = 13.0  # that a pulse is shown for, at most: a recharge may last much longer
CARRIER_PHASES = 100.0  # of a carrier
WIDE = 4.0  # a period of so many pulses, or less, is shown whole
BEFORE, AFTER = 0.4, 1.4  # of the pulse, shown before and after it
STEPS = 3000
SAME_INSTANT = 1e-9  # of the stretch
MOST_PROBES = 3


@dataclass(frozen=True)
class Stretch:
    """A part of a period, from 0 where the waveform starts, s; a whole period or the surroundings of a pulse."""

    start_s: float
    end_s: float
    period_s: float

    @property
    def length_s(self) -> float:
        """From start to end, s."""
        return self.end_s - self.start_s

    @property
    def whole(self) -> bool:
        """Whether it is a period."""
        return self.length_s >= self.period_s * (1.0 - SAME_INSTANT)


@dataclass(frozen=True)
class Traces:
    """Functions of time of a channel, with everything that is in step with it.

    Parameters
    ----------
    stretch
        What is shown.
    in_step
        Names of the other channels that repeat with this one, and so are part of it all.
    times_s
        Instants (t,), s; an edge occurs twice.
    current_A
        Into the positive electrodes of the channel (t,).
    voltage_V
        Between the poles of the channel (t,), each pole the mean of its electrodes by their weights.
    densities
        By probe, A/m2 (t,): the part of J along the line on which it lies when it is longest, positive the way it goes
        with the current.
    """

    stretch: Stretch
    in_step: tuple[str, ...]
    times_s: Reals
    current_A: Reals
    voltage_V: Reals
    densities: dict[str, Reals]


def stretch_of(waveform: Repeated) -> Stretch:
    """The period where it is short; else its strongest pulse, or cycles of a carrier around the peak."""
    period, phase, pulse = waveform.period_s, waveform.strongest_phase, waveform.pulse_s
    phases = CARRIER_PHASES if isinstance(waveform.steady, Sine) else PHASES
    length = min(period, phases * phase.duration_s, pulse or period)
    if period <= WIDE * length:
        return Stretch(0.0, period, period)
    if pulse is None:
        return Stretch(waveform.peak_time_s - 0.5 * length, waveform.peak_time_s + 0.5 * length, period)
    return Stretch(phase.start_s - BEFORE * length, phase.start_s + (1.0 + AFTER) * length, period)


def trace(case: Case, basis: Solution, response: Response, channel: int) -> Traces | None:
    """What the picture over time of a channel shows; None for direct current.

    What drifts past the channel, because it repeats at another rate, is left out.

    Parameters
    ----------
    channel
        Its number.
    """
    waveform = case.channels[channel].waveform
    if not isinstance(waveform, Repeated):
        return None
    stretch = stretch_of(waveform)
    times, components, values = _moving(case, response, channel, stretch)

    def over_time(quantity: Reals) -> Reals:
        return np.asarray(np.tensordot(values, quantity[list(components)], axes=1))

    weights = case_sources(case, basis.terminals)[channel].weights
    high, low = np.maximum(weights, 0.0), np.maximum(-weights, 0.0)
    current = over_time(response.currents[:, weights > 0.0].sum(axis=1))
    at_probes = {
        probe.name: over_time(_at(basis, response.current_density, np.array(probe.position_mm) * MM))
        for probe in case.probes[:MOST_PROBES]
    }
    return Traces(
        stretch=stretch,
        in_step=tuple(case.channels[c].name for c in _together(case, channel) if c != channel),
        times_s=times,
        current_A=current,
        voltage_V=over_time(response.voltages @ (high / high.sum() - low / low.sum())),
        densities={name: along_peak(density, current) for name, density in at_probes.items()},
    )


def along_peak(vectors: Reals, guide: Reals) -> Reals:
    """The part (t,) of vectors (t, 3) along the longest of them, turned so that it follows a guide (t,)."""
    lengths = np.linalg.norm(vectors, axis=1)
    longest = int(np.argmax(lengths))
    along = vectors @ vectors[longest] / (lengths[longest] or 1.0)
    return np.asarray(-along if along @ guide < 0.0 else along)


def _at(basis: Solution, fields: Reals, point: Reals) -> Reals:
    """Fields (components, m, 4, 3) at a point (components, 3)."""
    cell, weights = locate(basis, point)
    return np.asarray(np.einsum("i,cij->cj", weights, fields[:, cell]))


def _moving(case: Case, response: Response, channel: int, stretch: Stretch) -> tuple[Reals, tuple[int, ...], Reals]:
    """Instants of a stretch (t,), the components that are in step with a channel, and their values (t, components)."""
    for clock in response.clocks:
        if channel in clock.channels:
            return _cut(clock, stretch)
    channels = _together(case, channel)  # without memory the components are their waveforms
    waveforms: list[Repeated] = [w for c in channels if isinstance(w := case.channels[c].waveform, Repeated)]
    times = _instants(waveforms, stretch)
    return times, channels, np.column_stack([w.at(times) for w in waveforms])


def _together(case: Case, channel: int) -> tuple[int, ...]:
    """Numbers of the channels that are in step with one, itself among them."""
    return next(group for group in members(case) if channel in group)


def _cut(clock: Clock, stretch: Stretch) -> tuple[Reals, tuple[int, ...], Reals]:
    """The instants of a clock that lie in a stretch, of as many periods as it reaches into, and both ends of it."""
    assert clock.period_s is not None  # of a waveform that repeats
    first, last = (int(np.floor(t / clock.period_s)) for t in (stretch.start_s, stretch.end_s))
    times = np.concatenate([clock.times_s + n * clock.period_s for n in range(first, last + 1)])
    values = np.tile(clock.values, (last + 1 - first, 1))
    slack = SAME_INSTANT * stretch.length_s
    inside = (times >= stretch.start_s - slack) & (times <= stretch.end_s + slack)
    ends = np.array([t for t in (stretch.start_s, stretch.end_s) if np.abs(times - t).min() > slack])
    at_ends = np.array([[np.interp(t, times, column) for column in values.T] for t in ends]).reshape(
        -1, values.shape[1]
    )
    found = np.concatenate([times[inside], ends])
    order = np.argsort(found, kind="stable")
    return found[order], clock.components, np.vstack([values[inside], at_ends])[order]


def _instants(waveforms: Sequence[Repeated], stretch: Stretch) -> Reals:
    """Equal steps through a stretch, with the instants just before and after every edge."""
    period, hair = stretch.period_s, SAME_INSTANT * stretch.length_s
    first, last = (int(np.floor(t / period)) for t in (stretch.start_s, stretch.end_s))
    edges = np.concatenate([np.array(w.edges_s) + n * period for w in waveforms for n in range(first, last + 1)])
    edges = edges[(edges >= stretch.start_s) & (edges <= stretch.end_s)]
    steps = np.linspace(stretch.start_s, stretch.end_s, STEPS)
    return np.unique(np.concatenate([steps, edges - hair, edges + hair]))
