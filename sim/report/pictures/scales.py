"""Scales in mm along the box around a body, and the directions of its axes."""

from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from meshes.arrays import Reals
from sim.report.pictures.colours import INK
from sim.report.pictures.view import View

TICKS = (8, 6, 3)  # along x, y and z at most
BOX: dict[str, Any] = {"color": "#9aa1a8", "linewidth": 0.6, "zorder": 2}


def corners(low: Reals, high: Reals) -> Reals:
    """Corners (8, 3) of a box."""
    return np.array([np.where(far, high, low) for far in product((False, True), repeat=3)])


def draw_scales(axes: Axes, view: View, low: Reals, high: Reals) -> None:
    """Ticks in mm along the three edges of the box that bound the picture below and to the left."""
    ends = np.stack([low, high])
    near = (view.near > 0).astype(int)
    bottom = 0 if view.towards[2] > -0.05 else 1
    front = ends[near[1], 1]
    for axis, fixed, out in (
        (0, {1: front, 2: ends[bottom, 2]}, {1: view.near[1]}),
        (1, {0: ends[near[0], 0], 2: ends[bottom, 2]}, {0: view.near[0]}),
        (2, {0: ends[1 - near[0], 0], 1: front}, {0: -view.near[0]}),
    ):
        direction = np.zeros(3)
        for other, sign in out.items():
            direction[other] = sign
        _scale(axes, view, axis, (low[axis], high[axis]), fixed, view.project(direction[None])[0])
    for axis in range(3):
        others = [other for other in range(3) if other != axis]
        for sides in product((0, 1), repeat=2):
            edge = np.zeros((2, 3))
            edge[:, axis] = ends[:, axis]
            edge[:, others] = [ends[side, other] for side, other in zip(sides, others, strict=True)]
            if edge[0, 2] == ends[bottom, 2] and axis != 2:
                axes.plot(*view.project(edge).T, **BOX)


def draw_triad(axes: Axes, view: View, origin: Reals, length: float) -> None:
    """Directions of x, y and z."""
    for name, end in zip("xyz", view.project(np.eye(3) * length), strict=True):
        axes.annotate(
            "",
            tuple(origin + end),
            tuple(origin),
            arrowprops={"arrowstyle": "-|>", "color": INK, "shrinkA": 0.0, "shrinkB": 0.0},
        )
        place = 1.25 * end if np.linalg.norm(end) > 0.3 * length else end + np.array([0.3, 0.3]) * length
        _write(axes, name, origin + place, np.zeros(2), ha="center", va="center", fontsize=9.5)


def draw_bar(axes: Axes, place: Reals, longest: float, unit: float) -> None:
    """A bar of a round length at a place of the picture plane, at most so long; ``unit`` is an inch there."""
    power = 10 ** np.floor(np.log10(longest))
    length = power * max(step for step in (1, 2, 5) if step * power <= longest)
    axes.plot([place[0], place[0] + length], [place[1]] * 2, color=INK, linewidth=2.5, solid_capstyle="butt", zorder=9)
    axes.text(
        place[0] + length / 2,
        place[1] + 0.06 * unit,
        f"{length:g} mm",
        ha="center",
        va="bottom",
        fontsize=8.5,
        zorder=9,
    )


def _scale(
    axes: Axes, view: View, axis: int, ends: tuple[float, float], fixed: dict[int, float], direction: Reals
) -> None:
    """Ticks with numbers along an edge, and the name of the axis outside of them."""
    direction = direction / np.linalg.norm(direction)

    def place(t: float) -> Reals:
        point = np.zeros(3)
        point[axis] = t
        for other, value in fixed.items():
            point[other] = value
        return view.project(point[None])[0]

    start, stop = place(ends[0]), place(ends[1])
    axes.plot(*np.stack([start, stop]).T, **(BOX | {"color": INK}))
    ha, va = _alignment(direction)
    for t in MaxNLocator(TICKS[axis], steps=[1, 2, 5, 10]).tick_values(*ends):
        if ends[0] - 1e-9 <= t <= ends[1] + 1e-9:
            line = {"arrowstyle": "-", "linewidth": 0.8, "color": INK, "shrinkA": 0.0, "shrinkB": 0.0}
            _write(axes, "", place(t), 3.5 * direction, arrowprops=line)
            _write(axes, f"{t:g}".replace("-", "−"), place(t), 6.5 * direction, ha=ha, va=va, fontsize=8.5)
    angle = np.degrees(np.arctan2(stop[1] - start[1], stop[0] - start[0]))
    angle = (angle + 90.0) % 180.0 - 90.0 if axis != 2 else 90.0
    style = {"ha": "center", "va": "center", "rotation": angle, "rotation_mode": "anchor", "fontsize": 9.5}
    _write(axes, f"{'xyz'[axis]} in mm", (start + stop) / 2, 32.0 * direction, **style)


def _write(axes: Axes, text: str, point: Reals, offset: Reals, **style: Any) -> None:
    """Write at an offset, in points, from a point of the picture plane."""
    axes.annotate(text, tuple(point), tuple(offset), textcoords="offset points", color=INK, **style)


def _alignment(direction: Reals) -> tuple[str, str]:
    """Alignment of a text that lies in this direction from its point."""
    ha = "center" if abs(direction[0]) < 0.4 else "left" if direction[0] > 0 else "right"
    va = "center" if abs(direction[1]) < 0.4 else "bottom" if direction[1] > 0 else "top"
    return ha, va
