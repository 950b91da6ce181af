"""The body from above and aside, with its layers, pads and probes; drawn from the case alone.

The picture is an image of the solids in parallel projection, with words on it in millimetres of the picture plane.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from meshes.arrays import Reals
from meshes.block import Block, Layer
from sim.case import Case
from sim.report.pictures.colours import INK, electrode_colours, roles, tissue_colours
from sim.report.pictures.labels import Labels, spread
from sim.report.pictures.picture import Picture
from sim.report.pictures.sheet import DPI, WIDTH_IN, heading, sheet
from sim.report.pictures.solids import PAD_HEIGHT, project, render

LEFT_IN, TOP_IN, BOTTOM_IN = 0.65, 0.65, 0.5  # room for writing around the body
LEADER_IN, SWATCH_IN, LETTER_IN = 0.3, 0.22, 0.078  # of the names of the layers


def draw_placement(case: Case, path: Path) -> Picture:
    """Draw the body with its layers to scale, the pads on it and the probes in it."""
    body = case.body
    corners = project(_corners(body))
    low, high = corners.min(axis=0), corners.max(axis=0)
    right_in = LEADER_IN + SWATCH_IN + LETTER_IN * (3 + max(len(_layer_text(layer)) for layer in body.layers))
    scale = (WIDTH_IN - LEFT_IN - right_in) / (high[0] - low[0])  # inches per mm
    low, high = low - np.array([LEFT_IN, BOTTOM_IN]) / scale, high + np.array([right_in, TOP_IN]) / scale
    with sheet(path, float(high[1] - low[1]) * scale, heading(case, "placement")) as figure:
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        axes.set_axis_off()
        image = render(case, low, high, round(DPI * scale * float(high[0] - low[0])))
        axes.imshow(image, extent=(low[0], high[0], low[1], high[1]), aspect="auto", interpolation="none")
        _draw_axes(axes, body)
        _draw_triad(axes, high - np.array([0.85, 0.95]) / scale, 0.4 / scale)
        _name_layers(axes, case, 1 / scale)
        _name_points(axes, case)
    pads = ", ".join(f"{e.name} at ({e.position_mm[0]:g}, {e.position_mm[1]:g}) mm" for e in case.electrodes)
    layers = ", ".join(f"{layer.tissue} {layer.thickness_mm:g} mm" for layer in body.layers)
    return Picture(
        path.stem,
        "Placement",
        f"Block of {body.length_mm:g} mm by {body.width_mm:g} mm with the layers {layers}, "
        f"and the pads {pads} on its skin.",
    )


def _corners(body: Block) -> Reals:
    x, y = body.length_mm / 2, body.width_mm / 2
    return np.array([(i, j, k) for i in (-x, x) for j in (-y, y) for k in (-body.depth_mm, 0.0)])


def _draw_axes(axes: Axes, body: Block) -> None:
    """Edges of the block, and scales in mm along three of them."""
    x, y, z = body.length_mm / 2, body.width_mm / 2, body.depth_mm
    silhouette = [(-x, -y, 0), (-x, -y, -z), (x, -y, -z), (x, y, -z), (x, y, 0), (-x, y, 0), (-x, -y, 0), (x, -y, 0)]
    for edge in (silhouette, [(x, -y, -z), (x, -y, 0), (x, y, 0)]):
        axes.plot(*project(np.array(edge, dtype=float)).T, color=INK, linewidth=0.8)
    for depth in np.cumsum([layer.thickness_mm for layer in body.layers])[:-1]:
        line = np.array([(-x, -y, -depth), (x, -y, -depth), (x, y, -depth)])
        axes.plot(*project(line).T, color=INK, linewidth=0.4)
    _scale(axes, "x", (-x, x), lambda t: (t, -y, -z), np.array([0.0, -1.0, 0.0]), 8)
    _scale(axes, "y", (-y, y), lambda t: (x, t, -z), np.array([1.0, 0.0, 0.0]), 6)
    _scale(axes, "z", (-0.96 * z, 0.0), lambda t: (-x, -y, t), np.array([-1.0, 0.0, 0.0]), 3)


def _draw_triad(axes: Axes, origin: Reals, length: float) -> None:
    """Directions of x, y and z."""
    for name, end in zip("xyz", project(np.eye(3) * length), strict=True):
        axes.annotate(
            "",
            tuple(origin + end),
            tuple(origin),
            arrowprops={"arrowstyle": "-|>", "color": INK, "shrinkA": 0.0, "shrinkB": 0.0},
        )
        _write_beside(axes, name, origin + 1.25 * end, np.zeros(2), ha="center", va="center", fontsize=9.5)


def _scale(
    axes: Axes,
    name: str,
    ends: tuple[float, float],
    place: Callable[[float], tuple[float, float, float]],
    out: Reals,
    bins: int,
) -> None:
    """Ticks with numbers along an edge of the block, and the name of the axis outside of them."""
    direction = project(out[None])[0]
    direction /= np.linalg.norm(direction)
    start, stop = project(np.array([place(end) for end in ends]))
    for t in MaxNLocator(bins, steps=[1, 2, 5, 10]).tick_values(*ends):
        if ends[0] <= t <= ends[1]:
            tip = project(np.array([place(t)]))[0]
            line = {"arrowstyle": "-", "linewidth": 0.8, "color": INK, "shrinkA": 0.0, "shrinkB": 0.0}
            _write_beside(axes, "", tip, 3.5 * direction, arrowprops=line)
            ha, va = _alignment(direction)
            _write_beside(axes, f"{t:g}".replace("-", "−"), tip, 4.0 * direction, ha=ha, va=va, fontsize=8.5)
    angle = np.degrees(np.arctan2(stop[1] - start[1], stop[0] - start[0]))
    style = {"ha": "center", "va": "center", "rotation": angle, "rotation_mode": "anchor", "fontsize": 9.5}
    _write_beside(axes, f"{name} in mm", (start + stop) / 2, 30.0 * direction, **style)


def _write_beside(axes: Axes, text: str, point: Reals, offset: Reals, **style: Any) -> None:
    """Write at an offset, in points, from a point of the picture plane."""
    axes.annotate(text, tuple(point), tuple(offset), textcoords="offset points", color=INK, **style)


def _alignment(direction: Reals) -> tuple[str, str]:
    """Alignment of a text that lies in this direction from its point."""
    ha = "center" if abs(direction[0]) < 0.4 else "left" if direction[0] > 0 else "right"
    va = "center" if abs(direction[1]) < 0.4 else "bottom" if direction[1] > 0 else "top"
    return ha, va


def _layer_text(layer: Layer) -> str:
    return f"{layer.tissue.replace('_', ' ')} {layer.thickness_mm:g} mm"


def _name_layers(axes: Axes, case: Case, mm_per_inch: float) -> None:
    """Tissue and thickness of each layer beside the block's right edge, in the colour of the layer."""
    body, colours = case.body, tissue_colours(case)
    bottoms = -np.cumsum([layer.thickness_mm for layer in body.layers])
    middles = [bottom + layer.thickness_mm / 2 for bottom, layer in zip(bottoms, body.layers, strict=True)]
    edge = project(np.array([(body.length_mm / 2, body.width_mm / 2, z) for z in middles]))
    places = spread(edge[:, 1], 0.2 * mm_per_inch)
    left, width = edge[0, 0] + LEADER_IN * mm_per_inch, SWATCH_IN * mm_per_inch
    for layer, point, v in zip(body.layers, edge, places, strict=True):
        axes.plot([point[0], left], [point[1], v], color=INK, linewidth=0.7)
        colour = colours[layer.tissue]
        axes.add_patch(
            Rectangle((left, v - width / 4), width, width / 2, facecolor=colour, edgecolor=INK, linewidth=0.6)
        )
        axes.text(left + 1.35 * width, v, _layer_text(layer), va="center", fontsize=9.0, color=INK)


def _name_points(axes: Axes, case: Case) -> None:
    """Names of pads and probes; a probe hangs from its place on the skin on a dashed line."""
    labels, colours, words = Labels(axes), electrode_colours(case), roles(case)
    height = PAD_HEIGHT * max(case.body.length_mm, case.body.width_mm)
    for electrode in case.electrodes:
        labels.avoid(project(np.array([(*xy, z) for xy in electrode.outline_mm(60) for z in (0.0, height)])))
    hangers = [project(np.array([(*p.position_mm[:2], 0.0), p.position_mm])) for p in case.probes]
    for hanger in hangers:
        labels.avoid(hanger)
    for electrode in sorted(case.electrodes, key=lambda e: -e.position_mm[1]):
        centre = project(np.array([(*electrode.position_mm, height)]))[0]
        labels.add(f"{electrode.name} ({words[electrode.name]})", centre, colours[electrode.name])
    for probe, hanger in zip(case.probes, hangers, strict=True):
        axes.plot(*hanger.T, color=INK, linewidth=1.0, linestyle=(0, (3, 2)), zorder=7)
        axes.plot(*hanger[0], marker="o", markersize=3.0, color=INK, zorder=7)
        axes.plot(*hanger[1], marker="D", markersize=6.0, markerfacecolor="white", markeredgecolor=INK, zorder=8)
        labels.add(f"{probe.name}, {-probe.position_mm[2]:g} mm deep", hanger[1], INK, below=True)
