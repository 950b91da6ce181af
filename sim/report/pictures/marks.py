"""What is written and marked on a section: terminals, tissues, probes, volts."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patheffects import withStroke

from meshes.arrays import Integers, Reals
from sim.case import Case
from sim.report.pictures.colours import INK, electrode_colours
from sim.report.pictures.labels import SIZE, Labels, spread
from sim.report.pictures.plane import Plane
from sim.units import MM

LINES = "#0b2545"
NEAR = 2.0  # mm, a probe this near counts as in the plane
FEW = 8  # names of terminals; of more only those that are driven
ABOVE = 26.0  # points of room for names above a section
FAN_DEG = (55.0, 15.0)  # direction of the first named region, and from one to the next
AT_EDGE = 0.03  # of the width: a region this near to the right edge is named from there


def draw_metal(axes: Axes, case: Case, metal: dict[str, Reals]) -> None:
    """The metal of terminals, as pieces of lines (n, 2, 2) in the plane, in its colour."""
    colours = electrode_colours(case)
    for name, pieces in metal.items():
        lines = LineCollection(list(pieces), colors=colours[name], linewidths=3.6, capstyle="round", zorder=4)
        lines.set_clip_on(False)
        axes.add_collection(lines, autolim=False)


def name_metal(axes: Axes, case: Case, metal: dict[str, Reals], labels: Labels) -> None:
    """Names of the terminals that the plane cuts within the limits of the axes."""
    colours = electrode_colours(case)
    low, high = np.column_stack([axes.get_xlim(), axes.get_ylim()])
    places = {}
    for name, pieces in metal.items():
        points = pieces.reshape(-1, 2)
        shown = ((points >= low - 1e-6) & (points <= high + 1e-6)).all(axis=1)
        if shown.any():
            middle = points[shown].mean(axis=0)
            places[name] = points[shown][np.argmin(np.linalg.norm(points[shown] - middle, axis=1))]
    if len(places) > FEW:
        driven = {name for channel in case.channels for name in channel.electrodes}
        places = {name: place for name, place in places.items() if name in driven}
    for place in places.values():
        labels.avoid(place[None])
    for name in sorted(places, key=lambda name: places[name][0]):
        labels.add(name, places[name], colours[name], below=bool(places[name][1] < (low + high)[1] / 2))


def clipped(pieces: Reals, axes: Axes) -> Reals:
    """Pieces of lines (n, 2, 2) of which some lies within the limits of the axes; they end there."""
    low, high = np.column_stack([axes.get_xlim(), axes.get_ylim()])
    slack = 1e-6 * (high - low)
    touching = ((pieces.max(axis=1) >= low - slack) & (pieces.min(axis=1) <= high + slack)).all(axis=1)
    return np.asarray(np.clip(pieces[touching], low, high))


def anchors(centres: Reals, regions: Integers, count: int, shells: bool) -> dict[int, Reals]:
    """A place (2,) in every region that the cut shows: at the right edge where it gets there, else its rightmost.

    Parameters
    ----------
    centres, regions
        Centres (t, 2) of the triangles of the cut, and the region of each (t,).
    count
        Number of regions.
    shells
        Whether the layers lie around each other; then each has its place in a direction of its own.
    """
    right, width = float(centres[:, 0].max()), float(np.ptp(centres[:, 0]))
    at_edge = centres[:, 0] > right - AT_EDGE * width
    found: dict[int, Reals] = {}
    for region in range(count):
        own, edge = centres[regions == region], centres[at_edge & (regions == region)]
        if len(edge) and not shells:
            middle = np.array([right, (edge[:, 1].min() + edge[:, 1].max()) / 2])
            found[region] = edge[np.argmin(np.linalg.norm(edge - middle, axis=1))]
        elif len(own):
            angle = np.radians(FAN_DEG[0] - FAN_DEG[1] * len(found)) if shells else 0.0
            found[region] = own[np.argmax(own @ np.array([np.cos(angle), np.sin(angle)]))]
    return found


def name_regions(axes: Axes, names: dict[str, Reals], mm_per_inch: float) -> None:
    """Names of regions beside the right edge, with lines to their places (2,)."""
    edge = axes.get_xlim()[1]
    places = spread(np.array([place[1] for place in names.values()]), 0.17 * mm_per_inch)
    for (name, point), v in zip(names.items(), places, strict=True):
        text = edge + 0.22 * mm_per_inch
        line = axes.plot([point[0], text - 0.04 * mm_per_inch], [point[1], v], color=INK, linewidth=0.7, clip_on=False)
        line[0].set_path_effects([withStroke(linewidth=1.3, foreground="white")])
        axes.plot(*point, marker="o", markersize=2.6, color=INK, clip_on=False)
        axes.text(text, v, name.replace("_", " "), va="center", fontsize=9.0, color=INK)


def mark_probes(axes: Axes, case: Case, plane: Plane) -> Labels:
    """Probes in the plane, and hollow those aside with their distance from it."""
    labels = Labels(axes, SIZE if len(case.probes) < FEW else 7.5, above=ABOVE)
    places = [plane.coordinates(np.array(probe.position_mm)) for probe in case.probes]
    for place in places:
        labels.avoid(place[None])
    for probe, place in zip(case.probes, places, strict=True):
        aside = abs(float(plane.distance(np.array(probe.position_mm) * MM))) / MM
        inside = aside < NEAR
        text = probe.name if inside else f"{probe.name}, {aside:.0f} mm aside"
        axes.plot(*place, marker="D", markersize=5.5, markeredgecolor="black", color="white" if inside else "none")
        labels.add(text, place, INK, below=True)
    return labels


def name_levels(axes: Axes, points: Reals, potential: Reals, levels: Reals, labels: Labels) -> None:
    """Volts on every other equipotential line, about halfway down where the line gets there, off the labels."""
    step = levels[1] - levels[0]
    low, high = points[:, 1].min(), points[:, 1].max()
    depth = (high - points[:, 1]) / (high - low)
    for level in levels[::2]:
        covered = labels.cover(points, 18.0) | (np.abs(depth - 0.5) > 0.43)
        cost = 0.3 * np.abs(depth - 0.6) + covered
        nearest = int(np.argmin(np.abs(potential - level) / step + cost))
        if abs(potential[nearest] - level) < 0.2 * step and not covered[nearest]:
            labels.avoid(points[nearest][None])
            axes.text(
                points[nearest, 0],
                points[nearest, 1],
                f"{level:g} V".replace("-", "−"),
                ha="center",
                va="center",
                fontsize=7.5,
                color=LINES,
                path_effects=[withStroke(linewidth=2.0, foreground="white")],
            )
