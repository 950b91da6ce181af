"""Instants of one period that resolve its edges, relaxations and oscillations, with weights for time means."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from meshes.arrays import Integers, Reals
from sim.waveforms.pieces import Piece

# Edges closer than this part of a period are one edge: the same instant reached through two rounded sums.
SAME_EDGE = 1e-12
# Gauss points on a panel from t to 2 t after an edge: exp(-2 p t) to 1e-9 of its integral for every p.
NODES = 8
PANELS_PER_CYCLE = 12
MAX_PANELS = 1_000_000  # more oscillations than this are not resolved one by one


@dataclass(frozen=True)
class Grid:
    """Instants of one period.

    Parameters
    ----------
    edges_s
        Ends of the intervals (n + 1,), from 0 to the period: no drive has an edge inside an interval, s.
    intervals
        Which interval each instant belongs to (t,). An edge occurs twice: as the end of one, as the start of the next.
    times_s
        Instants (t,), from the start of the period, in order, s.
    weights
        Parts of the period that the instants stand for (t,), with sum 1; 0 for the edges.
    """

    edges_s: Reals
    intervals: Integers
    times_s: Reals
    weights: Reals

    @property
    def period_s(self) -> float:
        """Length of the period, s."""
        return float(self.edges_s[-1])

    @cached_property
    def spans(self) -> tuple[slice, ...]:
        """Instants of each interval."""
        ends = np.searchsorted(self.intervals, np.arange(len(self.edges_s)))
        return tuple(slice(int(a), int(b)) for a, b in pairwise(ends))


def time_grid(drives: Sequence[Sequence[Piece]], fastest_per_s: float) -> Grid:
    """Instants for drives that share a clock.

    After each edge the instants lie on panels that double in length, from the fastest time constant on; panels are at
    most a twelfth of a cycle of the drive. Means of products of two responses are exact to 1e-9 of their scale, the
    largest value on the grid misses that of an oscillation by at most 0.12 %.

    Parameters
    ----------
    drives
        Pieces of one period of each; all periods are the same.
    fastest_per_s
        Largest rate of relaxation to be resolved, 1/s; 0 when there is none.

    Raises
    ------
    ValueError
        If the periods differ, or an oscillation has too many cycles to be resolved one by one.
    """
    starts = [starts_s(pieces) for pieces in drives]
    period = float(starts[0][-1])
    for other in starts[1:]:
        if abs(other[-1] - period) > SAME_EDGE * period:
            raise ValueError(f"drives of one clock have periods of {period!r} s and {float(other[-1])!r} s")
    edges = np.unique(np.concatenate(starts))
    edges = edges[np.diff(edges, prepend=-period) > SAME_EDGE * period]
    edges[-1] = period
    nodes, node_weights = np.polynomial.legendre.leggauss(NODES)
    places = np.concatenate([[0.0], 0.5 * (1.0 + nodes)])  # the start of each panel stands with weight 0
    parts = np.concatenate([[0.0], 0.5 * node_weights])
    intervals, times, weights = [], [], []
    for index, (start, end) in enumerate(pairwise(edges)):
        moving = [pieces[at] for pieces, s in zip(drives, starts, strict=True) for at in [piece_at(s, start, end)]]
        ends = _panels(float(end - start), fastest_per_s, moving)
        lengths = np.diff(ends)
        inside = (ends[:-1, None] + lengths[:, None] * places).ravel()
        times.append(np.append(start + inside, end))
        weights.append(np.append((lengths[:, None] * parts).ravel(), 0.0) / period)
        intervals.append(np.full(len(inside) + 1, index))
    return Grid(edges, np.concatenate(intervals), np.concatenate(times), np.concatenate(weights))


def starts_s(pieces: Sequence[Piece]) -> Reals:
    """Where the pieces start, and where the last one ends (n + 1,), s."""
    return np.concatenate([[0.0], np.cumsum([piece.duration_s for piece in pieces])])


def piece_at(starts: Reals, start_s: float, end_s: float) -> int:
    """Index of the piece in which an interval between edges lies."""
    middle = 0.5 * (start_s + end_s)
    return int(np.clip(np.searchsorted(starts, middle, side="right") - 1, 0, len(starts) - 2))


def cut(pieces: Sequence[Piece], grid: Grid) -> Iterator[tuple[slice, Reals, Piece]]:
    """For each interval of a grid: its instants, their times from its start, and the piece of the drive from there."""
    starts = starts_s(pieces)
    for span, start, end in zip(grid.spans, grid.edges_s[:-1], grid.edges_s[1:], strict=True):
        index = piece_at(starts, start, end)
        offset = float(start - starts[index])
        piece = (
            pieces[index]
            if abs(offset) <= SAME_EDGE * grid.period_s
            else pieces[index].part(offset, offset + end - start)
        )
        yield span, grid.times_s[span] - start, piece


def _panels(duration: float, fastest: float, pieces: Sequence[Piece]) -> Reals:
    """Ends of the panels of an interval, from 0 to its duration, s."""
    rates = [complex(term.rate) for piece in pieces for term in piece.terms]
    fastest = max([fastest, *(abs(rate.real) for rate in rates)])
    doublings = int(np.ceil(np.log2(max(fastest * duration, 1.0))))
    ends = np.concatenate([[0.0], duration * 2.0 ** np.arange(-doublings, 1)])
    turning = max([0.0, *(abs(rate.imag) for rate in rates)])
    if turning == 0.0:
        return ends
    longest = 2.0 * np.pi / (PANELS_PER_CYCLE * turning)
    counts = np.maximum(np.ceil(np.diff(ends) / longest), 1.0)
    if counts.sum() > MAX_PANELS:
        raise ValueError(f"an oscillation of {turning / (2 * np.pi):.4g} Hz over {duration:.4g} s has too many cycles")
    split = [np.linspace(a, b, int(n), endpoint=False) for a, b, n in zip(ends[:-1], ends[1:], counts, strict=True)]
    return np.append(np.concatenate(split), duration)
