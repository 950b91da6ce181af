"""What the waveforms of several channels do at the same time: time means of products, and joint instants.

Waveforms that repeat at exactly the same rate share a clock: all of them start at t = 0. At different rates, however
close, their phases drift past each other: over a long time each meets every instant of the other, so that the mean of
a product is the product of the means, and every pair of values occurs. Direct current is the rate 0.
"""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from scipy.spatial import ConvexHull

from meshes.arrays import Integers, Reals
from sim.waveforms import AnyWaveform, Piece, Repeated
from sim.waveforms.crossings import turning_points
from sim.waveforms.integrals import product_integral

# Edges closer than this part of a period are one edge: the same instant reached through two rounded sums.
SAME_EDGE = 1e-12
# Joint values that agree to this many decimals are the same instant.
SAME_DECIMALS = 12
# Where several waveforms move in different ways their joint curve is sampled at so many points of a cycle of the
# fastest, or of a time constant: a peak is at most (2 pi / 128)^2 / 8 = 3.1e-4 of the moving parts too low.
POINTS_PER_CYCLE = 128
FEWEST_POINTS = 33
RANDOM_TIMES = 64
# Up to so many dimensions inner points of the joint values are left out; in more the hull costs more than it saves.
MOST_DIMENSIONS = 4
FLAT = 1e-10  # singular values below this part of the largest are rounding


def gram(waveforms: Sequence[AnyWaveform]) -> Reals:
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
        result[a, a] = first.rms**2
        for b, second in enumerate(waveforms[:a]):
            if isinstance(first, Repeated) and isinstance(second, Repeated) and first.clock == second.clock:
                result[a, b] = result[b, a] = _mean_product(first, second)
    return result


def instants(waveforms: Sequence[AnyWaveform]) -> Reals:
    """Joint values over which a peak has to be searched.

    What is searched is the magnitude of a linear combination, which is convex and does not change when all signs turn:
    of all joint values only the corners of their convex hull count, and of a pair of opposite ones the first. One
    clock: both ends of every interval on which all waveforms are one piece, and what lies between where they move.
    Different clocks: every combination.

    Parameters
    ----------
    waveforms
        One waveform per channel.

    Returns
    -------
    Values, shape (m, n), no row twice or with opposite signs. In row 0 the first channel is at its peak (+1), and so
    is the first channel of every other clock.
    """
    clocks: dict[tuple[float, ...], list[int]] = {}
    for index, waveform in enumerate(waveforms):
        clocks.setdefault(waveform.clock, []).append(index)
    columns = [index for members in clocks.values() for index in members]
    states = [_states([waveforms[index] for index in members]) for members in clocks.values()]
    rows = np.array([np.concatenate(choice) for choice in itertools.product(*states)]) if states else np.zeros((0, 0))
    result = np.empty_like(rows)
    result[:, columns] = rows
    return _without_opposites(result)


def _mean_product(first: Repeated, second: Repeated) -> float:
    """Mean of first x second over their common period."""
    if first == second:
        return first.rms**2
    parts = ((one, other) for one, other in _intervals([first, second]) if not (one.rests or other.rests))
    return sum(product_integral(one, other) for one, other in parts) * first.repetition_Hz


def _intervals(waveforms: Sequence[Repeated]) -> Iterator[list[Piece]]:
    """The intervals of one period on which every waveform of a clock is one piece: what each does there."""
    period = waveforms[0].period_s
    edges = np.unique([0.0, *(edge for w in waveforms for edge in w.edges_s)])
    edges = edges[np.diff(edges, prepend=-period) > SAME_EDGE * period]
    starts = [np.array(w.edges_s[:-1]) for w in waveforms]
    for begin, end in itertools.pairwise(edges):
        parts = []
        for w, start in zip(waveforms, starts, strict=True):
            index = int(np.searchsorted(start[1:], 0.5 * (begin + end), side="right"))
            parts.append(w.pieces[index].part(float(begin - start[index]), float(end - start[index])))
        yield parts


def _states(waveforms: Sequence[AnyWaveform]) -> Reals:
    """Joint values of waveforms of one clock, shape (m, n): the peak of the first one, then corners of the hull."""
    repeated = [w for w in waveforms if isinstance(w, Repeated)]
    if not repeated:
        return np.ones((1, len(waveforms)))
    peak = np.array([[float(w.at(repeated[0].peak_time_s)) for w in repeated]])
    reached = _distinct(np.concatenate([_reached(parts) for parts in _intervals(repeated)]))
    return _distinct(np.concatenate([peak, reached[_corners(reached)]]))


def _reached(parts: Sequence[Piece]) -> Reals:
    """Joint values on an interval, shape (m, n): those at its ends, and between them if a waveform moves."""
    moving = [part for part in parts if part.moves]
    end = parts[0].duration_s
    times = np.array([0.0, end]) if moving else np.zeros(1)
    if any(part.terms for part in moving):
        turns = np.unique(np.concatenate([turning_points(part) for part in moving]))
        # Waveforms that move in step run to and fro on a line: its ends, where they turn, are enough.
        fine = np.zeros(0) if _in_step(moving) else np.linspace(0.0, end, _points(moving))
        times = np.unique(np.concatenate([times, turns, fine]))
    return np.column_stack([part.at(times) for part in parts])


def _in_step(moving: Sequence[Piece]) -> bool:
    """Whether the joint values of the pieces lie on a straight line, judged at times without any regularity."""
    times = moving[0].duration_s * np.random.default_rng(0).random(RANDOM_TIMES)
    return _spread(np.column_stack([part.at(times) for part in moving])).shape[1] < 2


def _points(moving: Sequence[Piece]) -> int:
    """How many points make an interval fine enough."""
    fastest = max(abs(complex(term.rate)) for part in moving for term in part.terms)
    cycles = fastest * moving[0].duration_s / (2.0 * np.pi)
    return max(int(np.ceil(POINTS_PER_CYCLE * cycles)) + 1, FEWEST_POINTS)


def _spread(rows: Reals) -> Reals:
    """Coordinates (m, dimensions) of points (m, n) along the directions in which they differ, each to its own scale."""
    centred = rows - rows.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    kept = sizes > max(FLAT * float(sizes.max(initial=0.0)), 10.0**-SAME_DECIMALS)
    return np.asarray(left[:, kept])


def _corners(rows: Reals) -> Integers:
    """Indices of the corners of the convex hull of points (m, n), in increasing order."""
    spread = _spread(rows)
    if spread.shape[1] == 0:
        return np.zeros(1, dtype=np.int64)
    if spread.shape[1] == 1:
        return np.unique([spread[:, 0].argmin(), spread[:, 0].argmax()])
    if spread.shape[1] > MOST_DIMENSIONS or len(rows) <= spread.shape[1] + 1:
        return np.arange(len(rows))
    return np.sort(ConvexHull(spread).vertices).astype(np.int64)


def _distinct(rows: Reals) -> Reals:
    """Rows in their order without repetition."""
    _, first = np.unique(np.round(rows, SAME_DECIMALS) + 0.0, axis=0, return_index=True)
    return np.asarray(rows[np.sort(first)])


def _without_opposites(rows: Reals) -> Reals:
    """Rows in their order, without those that are zero or the negative of another one in front of them."""
    rounded = np.round(rows, SAME_DECIMALS) + 0.0
    seen: set[tuple[float, ...]] = set()
    kept = []
    for index, row in enumerate(rounded):
        opposite = tuple((-row + 0.0).tolist())
        if np.any(row) and tuple(row.tolist()) not in seen and opposite not in seen:
            kept.append(index)
        seen.add(tuple(row.tolist()))
    return np.asarray(rows[kept])
