"""What the waveforms of several channels do at the same time: time means of products, and joint instants.

Waveforms that repeat at exactly the same rate share a clock: all of them start at t = 0. At different rates, however
close, their phases drift past each other: over a long time each meets every instant of the other, so that the mean of
a product is the product of the means, and every pair of values occurs. Direct current is the rate 0.
"""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sim.waveforms import Biphasic, Direct, Monophasic, Sine, Waveform

Floats = NDArray[np.float64]

# Edges closer than this part of a period are one edge: the same instant reached through two rounded sums.
SAME_EDGE = 1e-12
# Joint values that agree to this many decimals are the same instant.
SAME_DECIMALS = 12


def gram(waveforms: Sequence[Waveform]) -> Floats:
    """Time means of the products of waveforms.

    A quantity q(t) = sum_a w_a(t) q_a has the mean square q^T G q. Same rate: exact integral over the period. Different
    rates: product of the means.

    Parameters
    ----------
    waveforms
        One waveform per channel.

    Returns
    -------
    G[a, b] = <w_a w_b>, shape (n, n), symmetric and positive semidefinite; the diagonal holds rms^2.
    """
    means = np.array([w.mean for w in waveforms], dtype=np.float64)
    result = np.asarray(np.outer(means, means), dtype=np.float64)
    for a, first in enumerate(waveforms):
        for b, second in enumerate(waveforms[: a + 1]):
            if first.frequency_Hz == second.frequency_Hz:
                result[a, b] = result[b, a] = _mean_product(first, second)
    return result


def instants(waveforms: Sequence[Waveform]) -> Floats:
    """Joint values that the channels reach: the instants over which a peak has to be searched.

    Same rate: one row for each interval on which all pulses are constant. Within such an interval only sines of that
    rate move, all in step; they are taken at both ends of the interval and at their extremes inside it. That is enough:
    the magnitude of a linear combination is convex in the sine's value, so it is largest at an end of the range.
    Different rates: every combination of the states of each rate.

    Parameters
    ----------
    waveforms
        One waveform per channel.

    Returns
    -------
    Values, shape (m, n), no row twice. In row 0 the first channel is at its peak (+1), and so is the first channel
    of every other rate.
    """
    clocks: dict[float, list[int]] = {}
    for index, waveform in enumerate(waveforms):
        clocks.setdefault(waveform.frequency_Hz, []).append(index)
    columns = [index for members in clocks.values() for index in members]
    states = [_states([waveforms[index] for index in members]) for members in clocks.values()]
    rows = np.array([np.concatenate(choice) for choice in product(*states)]) if states else np.zeros((0, 0))
    result = np.empty_like(rows)
    result[:, columns] = rows
    return result


def _mean_product(first: Waveform, second: Waveform) -> float:
    """Mean of first x second over their common period."""
    if isinstance(first, Direct) or isinstance(second, Direct):
        return first.mean * second.mean
    if isinstance(first, Sine) and isinstance(second, Sine):
        return first.rms * second.rms
    edges = _edges_s([first, second])
    if isinstance(first, Sine):
        integrals = _sine_integrals(first, edges) * second.at(_middles(edges))
    elif isinstance(second, Sine):
        integrals = _sine_integrals(second, edges) * first.at(_middles(edges))
    else:
        integrals = np.diff(edges) * first.at(_middles(edges)) * second.at(_middles(edges))
    return float(np.sum(integrals)) * first.frequency_Hz


def _sine_integrals(sine: Sine, edges_s: Floats) -> Floats:
    """Integral of sin(omega t) over each interval, (cos(omega t0) - cos(omega t1)) / omega [s]."""
    omega = 2.0 * np.pi * sine.frequency_Hz
    return np.asarray(-np.diff(np.cos(omega * edges_s)) / omega)


def _edges_s(waveforms: Sequence[Waveform]) -> Floats:
    """Instants of one period [s] between which every pulse of these waveforms of one rate is constant."""
    period = max(w.period_s for w in waveforms if not isinstance(w, Direct))
    pulses = [w for w in waveforms if isinstance(w, Monophasic | Biphasic)]
    edges = np.unique([0.0, period, *(edge for w in pulses for edge in w.edges_s)])
    return np.asarray(edges[np.diff(edges, prepend=-period) > SAME_EDGE * period])


def _middles(edges_s: Floats) -> Floats:
    """Middle of each interval [s]."""
    return 0.5 * (edges_s[:-1] + edges_s[1:])


def _states(waveforms: Sequence[Waveform]) -> Floats:
    """Joint values of waveforms of one rate, shape (m, n), without duplicates; first the peak of the first one."""
    rows = [np.array([float(w.at(waveforms[0].peak_time_s)) for w in waveforms])]
    if not isinstance(waveforms[0], Direct):
        edges = _edges_s(waveforms)
        for start, end, middle in zip(edges[:-1], edges[1:], _middles(edges), strict=True):
            rows += [_row(waveforms, middle, t) for t in _sine_times_s(waveforms, start, end)]
    return _distinct(np.array(rows))


def _sine_times_s(waveforms: Sequence[Waveform], start_s: float, end_s: float) -> list[float]:
    """Where the sines are taken in an interval [s]: its ends and the extremes inside; any one time if there is none."""
    sines = [w for w in waveforms if isinstance(w, Sine)]
    if not sines:
        return [start_s]
    extremes = (0.25 * sines[0].period_s, 0.75 * sines[0].period_s)
    return [start_s, *(t for t in extremes if start_s < t < end_s), end_s]


def _row(waveforms: Sequence[Waveform], middle_s: float, sine_s: float) -> Floats:
    """Values with the pulses as in the middle of their interval and the sines at a time of their own."""
    return np.array([float(w.at(sine_s if isinstance(w, Sine) else middle_s)) for w in waveforms])


def _distinct(rows: Floats) -> Floats:
    """Rows in their order without repetition."""
    _, first = np.unique(np.round(rows, SAME_DECIMALS) + 0.0, axis=0, return_index=True)
    return np.asarray(rows[np.sort(first)])
