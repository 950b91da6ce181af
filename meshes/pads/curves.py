"""Closed curves as chains of smooth segments.

A segment is an array (k, 2) of points in mm along a smooth piece of a curve; two points are a straight line. A loop is
a chain of segments that closes: each ends where the next one starts, to the last bit.
"""

from collections.abc import Sequence

import numpy as np

from meshes.arrays import Reals

Loop = tuple[Reals, ...]
Loops = tuple[Loop, ...]

CORNER_DEG = 15.0  # a turn of this much and more is a corner
SAME_TURN_DEG = 1e-6
UNEVEN = 4.0  # neighbouring edges whose lengths differ by more than this factor are no samples of one smooth curve


def turned(points: Reals, angle_deg: float) -> Reals:
    """Points (n, 2) turned anticlockwise about the origin."""
    angle = np.radians(angle_deg)
    c, s = np.cos(angle), np.sin(angle)
    return points @ np.array([[c, s], [-s, c]])


def quarters(centre: tuple[float, float], radii: tuple[float, float], step_deg: float) -> tuple[Reals, ...]:
    """The four quarters of an ellipse along the axes, anticlockwise from +x.

    From one point to the next neither the angle ψ of the normal nor the parameter t, with tan t = (b / a) tan ψ, grows
    by more than the step: their sum s grows evenly, and sin(ψ - t) = k sin s with k = (a - b) / (a + b).
    """
    a, b = radii
    k = (a - b) / (a + b)
    count = int(np.ceil(90.0 * (1.0 + abs(k)) / step_deg - 1e-9)) + 1
    pieces = []
    for quarter in range(4):
        s = np.radians(np.linspace(180.0 * quarter, 180.0 * (quarter + 1), count))
        t = (s - np.arcsin(k * np.sin(s))) / 2
        pieces.append(np.column_stack([centre[0] + a * np.cos(t), centre[1] + b * np.sin(t)]))
    return tuple(pieces)


def closed(segments: Sequence[Reals]) -> Loop:
    """The segments as a loop: the last point of each becomes the first of the next, but for rounding the same."""
    following = [*segments[1:], segments[0]]
    return tuple(np.vstack([one[:-1], other[:1]]) for one, other in zip(segments, following, strict=True))


def reversed_loop(loop: Loop) -> Loop:
    """The loop in the other direction."""
    return tuple(segment[::-1] for segment in reversed(loop))


def corners(loop: Loop) -> Reals:
    """All points (n, 2) of a loop, each once."""
    return np.vstack([segment[:-1] for segment in loop])


def signed_area(points: Reals) -> float:
    """Area inside the closed polygon through the points (n, 2), positive when they go anticlockwise (shoelace).

    A = ½ Σ (x_i y_{i+1} - x_{i+1} y_i), about the first point, against cancellation far from the origin.
    """
    x, y = (points - points[0]).T
    return float(0.5 * (x * np.roll(y, -1) - y * np.roll(x, -1)).sum())


def length(points: Reals) -> float:
    """Length of the open polyline through the points (n, 2)."""
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def divided(loop: Loop, spacing: float) -> Reals:
    """All points (n, 2) of a loop whose straight segments are divided about evenly."""
    pieces = []
    for segment in loop:
        if len(segment) > 2:
            pieces.append(segment[:-1])
            continue
        along = np.linspace(0.0, 1.0, max(1, round(length(segment) / spacing)), endpoint=False)[:, None]
        pieces.append(segment[0] + along * (segment[1] - segment[0]))
    return np.vstack(pieces)


def smooth_loop(points: Reals) -> Loop:
    """Split the closed polygon through the points (n, 2) into smooth segments.

    A segment ends at a corner, and where a long straight edge meets short ones: a curve through points so uneven would
    swing. A loop without such places is cut into four, one with a single place into two.
    """
    count = len(points)
    edges = np.roll(points, -1, axis=0) - points  # edge i leaves point i
    lengths = np.hypot(*edges.T)
    before = np.roll(edges, 1, axis=0)
    turn = np.abs(np.arctan2(before[:, 0] * edges[:, 1] - before[:, 1] * edges[:, 0], (before * edges).sum(axis=1)))
    ratio = lengths / np.roll(lengths, 1)
    ends = (np.degrees(turn) >= CORNER_DEG - SAME_TURN_DEG) | (ratio > UNEVEN) | (ratio < 1 / UNEVEN)
    places = np.flatnonzero(ends)
    if len(places) == 0:
        places = np.arange(4) * count // 4
    elif len(places) == 1:
        places = np.sort((places[0] + np.array([0, count // 2])) % count)
    following = [*places[1:], places[0] + count]
    return tuple(points[np.arange(i, j + 1) % count] for i, j in zip(places, following, strict=True))
