"""Labels that do not cover each other."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from meshes.arrays import Reals

GAP = 4.0  # points around a label
LINES, WORDS = 6.0, 9.0  # order of drawing
SIZE = 9.5  # of the letters, points


def spread(wanted: Sequence[float] | Reals, gap: float) -> Reals:
    """Positions at least ``gap`` apart, in the order of the wanted ones and near to them.

    Labels that would touch form a group, which is centred where its members want to be on average.
    """
    order = np.argsort(wanted, kind="stable")
    groups: list[list[float]] = []
    for value in np.asarray(wanted, dtype=float)[order]:
        groups.append([value])
        while len(groups) > 1 and _low(groups[-1], gap) < _low(groups[-2], gap) + len(groups[-2]) * gap:
            last = groups.pop()
            groups[-1] += last
    places = np.concatenate([_low(group, gap) + gap * np.arange(len(group)) for group in groups])
    result = np.empty(len(places))
    result[order] = places
    return result


def _low(group: list[float], gap: float) -> float:
    """First position of a group."""
    return float(np.mean(group)) - gap * (len(group) - 1) / 2


class Labels:
    """Labels of points on axes that are drawn to their final limits; each avoids the earlier ones and the obstacles."""

    def __init__(self, axes: Axes, size: float = SIZE, above: float = 0.0) -> None:
        """Labels of a size, which may reach so many points above the axes."""
        self._axes, self._size, self._above = axes, size, above
        figure = axes.get_figure(root=True)
        assert figure is not None
        self._pixels = figure.dpi / 72.0  # of a point
        self._taken: list[Reals] = []

    def avoid(self, points: Reals) -> None:
        """Keep labels away from the bounding box of points (n, 2) in data coordinates."""
        pixels = self._axes.transData.transform(points)
        gap = GAP * self._pixels
        self._taken.append(np.concatenate([pixels.min(axis=0) - gap, pixels.max(axis=0) + gap]))

    def add(self, text: str, point: Reals, colour: str, below: bool = False) -> None:
        """Write a label above or below a point (2,) in data coordinates, with a line to it."""
        anchor = np.array(self._axes.transData.transform(point[None]))[0]
        label = self._axes.text(point[0], point[1], text, **_style(colour, self._size))
        box = np.array(label.get_window_extent().padded(GAP * self._pixels).extents)
        offsets = _offsets(*(box[2:] - box[:2])) * (1.0, -1.0 if below else 1.0)
        moved = box + np.tile(offsets, 2)
        covered = sum((_overlap(moved, other) for other in self._taken), np.zeros(len(moved)))
        frame = np.array(self._axes.bbox.extents) + np.array([0.0, 0.0, 0.0, self._above * self._pixels])
        covered += _overhang(moved, frame)
        best = int(np.argmin(covered))  # the first of the least: the offsets begin with the nearest
        place = self._axes.transData.inverted().transform(anchor + offsets[best])
        label.set_position(tuple(place))
        self._axes.plot(*np.column_stack([point, place]), color=colour, linewidth=0.9, zorder=LINES, clip_on=False)
        self._taken.append(moved[best])

    def cover(self, points: Reals, margin: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Which of the points (n, 2) in data coordinates lie under a label or within some points of size beside it."""
        pixels = self._axes.transData.transform(points)
        covered = np.zeros(len(points), dtype=bool)
        for box in self._taken:
            near = box + np.array([-1.0, -1.0, 1.0, 1.0]) * margin * self._pixels
            covered |= ((pixels >= near[:2]) & (pixels <= near[2:])).all(axis=1)
        return covered


def _style(colour: str, size: float) -> dict[str, Any]:
    return {
        "ha": "center",
        "va": "center",
        "fontsize": size,
        "fontweight": "bold",
        "color": colour,
        "bbox": {"boxstyle": "round,pad=0.22", "facecolor": "white", "edgecolor": colour, "linewidth": 0.9},
        "zorder": WORDS,
    }


def _offsets(width: float, height: float) -> Reals:
    """Places (n, 2) around a point, the nearest first; above counts as nearer than beside and below."""
    i, j = (a.ravel() for a in np.meshgrid(np.arange(-6, 7), np.arange(-24, 25)))
    places = np.column_stack([i * width / 2, j * height / 2])
    distance = (places[:, 0] / 1.5) ** 2 + (places[:, 1] - 1.9 * height) ** 2
    return places[np.argsort(distance, kind="stable")]


def _overlap(boxes: Reals, other: Reals) -> Reals:
    """Area that each of the boxes (n, 4) shares with the other."""
    sides = np.minimum(boxes[:, 2:], other[2:]) - np.maximum(boxes[:, :2], other[:2])
    return np.asarray(np.maximum(sides, 0.0).prod(axis=1))


def _overhang(boxes: Reals, frame: Reals) -> Reals:
    """How far the boxes reach out of the frame, as an area that no overlap outweighs."""
    beyond = np.maximum(frame[:2] - boxes[:, :2], 0.0) + np.maximum(boxes[:, 2:] - frame[2:], 0.0)
    return np.asarray(beyond.sum(axis=1) * 1e4)
