"""Where a piece crosses zero and where it turns, and its stretches of one sign."""

import itertools
from collections.abc import Iterator

import numpy as np

from meshes.arrays import Reals
from sim.waveforms.pieces import Piece

STEPS_PER_CYCLE = 16  # of the fastest oscillation
STEP_OF_DECAY = 0.125  # of the shortest time constant: the first step of a grid that grows by GROWTH
GROWTH = 1.25
# Close pairs of crossings lie between two points of the grid; the turning points between them, or those of the
# derivative, and so on, tell them apart (Rolle).
DERIVATIVES = 3
BISECTIONS = 60  # halve a bracket down to rounding
ROUNDING = 1e-15  # of w, relative to its parts and to the angles that they turn through
BETWEEN = (0.2, 0.5, 0.7)  # where it is asked how large w is between two crossings; it may touch zero at one of them
SAME_TIME = 1e-13  # of a piece's duration: a crossing nearer to an end is that end


def crossings(piece: Piece, derivatives: int = DERIVATIVES) -> Reals:
    """Times inside a piece [s] at which w changes its sign, to rounding accuracy, shape (n,)."""
    if not piece.moves:
        return np.zeros(0)
    if not piece.terms:
        found = np.array([-piece.level / piece.slope_per_s])
        return found[(found > 0.0) & (found < piece.duration_s)]
    grid = _grid(piece)
    if derivatives:
        grid = np.unique(np.concatenate([grid, crossings(piece.derivative, derivatives - 1)]))
    signs = np.sign(piece.at(grid))
    grid, signs = grid[signs != 0.0], signs[signs != 0.0]  # a zero on the grid lies between its neighbours
    turns = np.flatnonzero(signs[:-1] != signs[1:])
    found = _bisect(piece, grid[turns], grid[turns + 1], signs[turns])
    inside = (found > SAME_TIME * piece.duration_s) & (found < (1.0 - SAME_TIME) * piece.duration_s)
    return _without_touches(piece, found[inside])


def _without_touches(piece: Piece, found: Reals) -> Reals:
    """The crossings without pairs between which w is only rounding: there it touches zero."""
    if len(found) < 2:
        return found
    cycles = (abs(term.amplitude) * (1.0 + abs(complex(term.rate).imag) * piece.duration_s) for term in piece.terms)
    noise = ROUNDING * (abs(piece.level) + abs(piece.slope_per_s) * piece.duration_s + sum(cycles))
    between = found[:-1] + np.diff(found) * np.array(BETWEEN)[:, None]
    apart = np.abs(piece.at(between)).max(axis=0) > noise
    groups = np.split(found, np.flatnonzero(apart) + 1)
    return np.array([group[0] for group in groups if len(group) % 2])


def turning_points(piece: Piece) -> Reals:
    """Times inside a piece [s] at which w has an extreme, shape (n,)."""
    return crossings(piece.derivative)


def extremes(piece: Piece) -> tuple[Reals, Reals]:
    """Times [s] and values of the candidates for the extremes: both ends and the turning points, shape (n,)."""
    times = np.array([0.0, *turning_points(piece), piece.duration_s]) if piece.moves else np.array([0.0])
    return times, piece.at(times)


def stretches(piece: Piece) -> Iterator[Piece]:
    """The parts of a piece between its changes of sign."""
    for start, end in itertools.pairwise([0.0, *crossings(piece), piece.duration_s]):
        yield piece if start == 0.0 and end == piece.duration_s else piece.part(float(start), float(end))


def _grid(piece: Piece) -> Reals:
    """Times [s] fine enough for the oscillations and decays of a piece, with both ends."""
    d = piece.duration_s
    omega = max(abs(complex(term.rate).imag) for term in piece.terms)
    even = np.linspace(0.0, d, max(int(np.ceil(STEPS_PER_CYCLE * omega * d / (2.0 * np.pi))), STEPS_PER_CYCLE) + 1)
    fastest = max(abs(complex(term.rate).real) for term in piece.terms)
    if fastest * d <= 1.0:
        return np.asarray(even)
    steps = int(np.ceil(np.log(fastest * d / STEP_OF_DECAY) / np.log(GROWTH)))
    graded = STEP_OF_DECAY / fastest * GROWTH ** np.arange(steps)
    return np.unique(np.concatenate([even, graded[graded < d]]))


def _bisect(piece: Piece, low: Reals, high: Reals, sign_low: Reals) -> Reals:
    """The crossing in each bracket."""
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        before = np.sign(piece.at(middle)) == sign_low
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    return 0.5 * (low + high)
