"""Channels that repeat together, and what moves with them over one period."""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Reals
from sim.case import Case
from sim.transient.grid import Grid, time_grid


@dataclass(frozen=True)
class Clock:
    """Components of a drive that share a period.

    Parameters
    ----------
    channels
        Numbers of the channels that drive them.
    components
        Their numbers among all.
    times_s, weights
        Instants of one period (t,), and the parts of it that they stand for; an edge occurs twice. One instant where
        all is direct current.
    values
        Of the components at the instants (t, components).
    period_s
        None for direct current.
    """

    channels: tuple[int, ...]
    components: tuple[int, ...]
    times_s: Reals
    weights: Reals
    values: Reals
    period_s: float | None

    def over_time(self, values: Reals) -> Reals:
        """What moves with all components (components, ...), over this clock's period alone (t, ...)."""
        return np.asarray(np.tensordot(self.values, values[list(self.components)], axes=1))

    def charge_per_phase(self, currents: Reals) -> float:
        """Largest integral over a stretch of one sign of a current (t,), C; the last runs on into the first."""
        if self.period_s is None:
            return 0.0
        parts = currents * self.weights * self.period_s
        signs = np.sign(currents)
        moving = np.flatnonzero(signs)
        if not moving.size:
            return 0.0
        starts = np.flatnonzero(np.diff(signs[moving], prepend=0.0))
        charges = np.abs(np.add.reduceat(parts[moving], starts))
        if len(charges) > 1 and signs[moving[0]] == signs[moving[-1]]:
            charges[0] += charges[-1]
        return float(charges.max())


def members(case: Case) -> list[tuple[int, ...]]:
    """Numbers of the channels of each clock, in the order of their first channels."""
    found: dict[tuple[float, ...], list[int]] = {}
    for c, channel in enumerate(case.channels):
        found.setdefault(channel.waveform.clock, []).append(c)
    return [tuple(channels) for channels in found.values()]


def clock_grid(case: Case, channels: tuple[int, ...], fastest_per_s: float) -> Grid | None:
    """Instants of a clock's period; None for direct current."""
    waveforms = [case.channels[c].waveform for c in channels]
    if waveforms[0].period_s is None:
        return None
    return time_grid([waveform.pieces for waveform in waveforms], fastest_per_s)


def gram_of(clocks: tuple[Clock, ...]) -> tuple[Reals, Reals]:
    """Time means of the products of all components, and of the components themselves.

    Different clocks drift past each other: the mean of a product is the product of the means.
    """
    means = np.zeros(sum(len(clock.components) for clock in clocks))
    for clock in clocks:
        means[list(clock.components)] = clock.weights @ clock.values
    products = np.outer(means, means)
    for clock in clocks:
        own = np.ix_(clock.components, clock.components)
        products[own] = clock.values.T @ (clock.weights[:, None] * clock.values)
    return np.asarray(products, dtype=np.float64), means
