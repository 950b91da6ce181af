"""What a relaxing system answers to a periodic drive: exact in time, without a transform."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from meshes.arrays import Reals
from sim.transient.grid import Grid, cut
from sim.transient.response import RationalResponse
from sim.transient.states import forced, relaxed
from sim.waveforms.integrals import integral
from sim.waveforms.pieces import Piece

BALANCED = 1e-12  # mean of a drive below which it is rounding


@dataclass(frozen=True)
class Transient:
    """Outputs over one period.

    Parameters
    ----------
    times_s
        Instants (t,), s; an edge occurs twice, just before and just after it.
    values
        Outputs at the instants (t, r).
    weights
        Parts of the period that the instants stand for (t,); they sum to 1.
    """

    times_s: Reals
    values: Reals
    weights: Reals

    @property
    def means(self) -> Reals:
        """Time means of the outputs (r,)."""
        return self.weights @ self.values

    @property
    def gram(self) -> Reals:
        """Time means of the products of the outputs (r, r)."""
        return self.values.T @ (self.weights[:, None] * self.values)

    @property
    def rms(self) -> Reals:
        """Root mean squares of the outputs (r,)."""
        return np.asarray(np.sqrt(self.weights @ self.values**2))


def constant(response: RationalResponse) -> Transient:
    """Answer to direct current of level 1: one instant."""
    return Transient(np.zeros(1), response.steady[None, :].copy(), np.ones(1))


def periodic(response: RationalResponse, pieces: Sequence[Piece], grid: Grid) -> Transient:
    """Steady answer to a drive that repeats for ever.

    The state at the start of a period is what one period adds from rest over 1 - exp(p T) (geometric series).

    Parameters
    ----------
    response
        Of the system.
    pieces
        One period of the drive.
    grid
        Of ``time_grid``, for this drive and the others on its clock.

    Raises
    ------
    ValueError
        If the drive has a mean and the response is not known at frequency 0.
    """
    return Transient(grid.times_s, np.vstack(list(answers(response, pieces, grid))), grid.weights)


def drive_values(pieces: Sequence[Piece], grid: Grid) -> Reals:
    """The drive itself at the instants of a grid (t,)."""
    values = np.empty(len(grid.times_s))
    for span, t, piece in cut(pieces, grid):
        values[span] = piece.at(t)
    return values


def answers(response: RationalResponse, pieces: Sequence[Piece], grid: Grid) -> Iterator[Reals]:
    """Steady answer to a drive, interval by interval of the grid: outputs at its instants (n, r)."""
    poles = response.poles_per_s
    state = _repeated(response, pieces, grid)
    for _, t, piece in cut(pieces, grid):
        states = relaxed(poles, state, t) + forced(poles, piece, t)
        yield np.outer(piece.at(t), response.direct) + states @ response.gains
        state = states[-1]


def _repeated(response: RationalResponse, pieces: Sequence[Piece], grid: Grid) -> Reals:
    """States (k,) that come back after a period; a drive with a mean needs the steady value."""
    net = math.fsum(integral(piece) for piece in pieces)
    if abs(net) > BALANCED * grid.period_s and np.any(response.gains != 0.0):
        response.steady  # noqa: B018  (raises when it is not known)
    poles = response.poles_per_s
    state = np.zeros(len(poles))
    for _, t, piece in cut(pieces, grid):
        end = t[-1:]
        state = (relaxed(poles, state, end) + forced(poles, piece, end))[0]
    return np.asarray(state / -np.expm1(poles * grid.period_s))
