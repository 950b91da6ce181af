"""A vertical cut through two electrodes: current density, equipotential lines, layers."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator
from matplotlib.tri import Triangulation

from meshes.arrays import Reals
from sim.basis import Basis
from sim.case import Case
from sim.exposure.triangles import facet_areas
from sim.exposure.windows import weighted_percentiles
from sim.report.pictures.colours import INK, electrode_colours
from sim.report.pictures.cut import Cut
from sim.report.pictures.labels import Labels, spread
from sim.report.pictures.picture import Picture
from sim.report.pictures.plane import Plane, Window, chord, main_pair, windows_under
from sim.report.pictures.sheet import DENSITY, WIDTH_IN, heading, sheet
from sim.response import Response
from sim.tissues import Conductor
from sim.units import MM

LINES = "#0b2545"
DECADES = 4.0  # of the colour scale at most
SPACING = 0.01  # of the body's length, between the points that make the picture
LEVELS = 10  # of the potential, about
LEFT_IN, RIGHT_IN, TOP_IN, PADS_IN, TICKS_IN, BAR_IN = 0.65, 1.3, 0.4, 0.42, 0.5, 0.8  # room for writing
TALLEST_IN = 4.5
PAD_IN = 0.09  # height of a pad
NEAR = 2.0  # mm, a probe this near counts as in the plane


@dataclass(frozen=True)
class _Section:
    """What is drawn, at the corners of triangles: mm along the plane and depth (t, 3, 2), mA/cm2 (t, 3), V (t, 3)."""

    corners: Reals
    density: Reals
    potential: Reals
    norm: LogNorm
    levels: Reals


def draw_section(
    case: Case, basis: Basis, response: Response, conductors: tuple[Conductor, ...], path: Path
) -> Picture:
    """Draw the vertical cut through the strongest positive and negative electrode of the first channel.

    Colour is the r.m.s. current density on a logarithmic scale, because it spans decades; its limits are percentiles
    by area of the cut. Below the whole cut, its parts under the two electrodes are enlarged.
    """
    pair = main_pair(case)
    plane = Plane.through(*(np.array(electrode.position_mm) * MM for electrode in pair))
    windows = windows_under(case, plane, pair)
    section = _section(case, basis, response, conductors, plane, windows)
    low, high = section.corners.min(axis=(0, 1)), section.corners.max(axis=(0, 1))
    scale = min((WIDTH_IN - LEFT_IN - RIGHT_IN) / (high[0] - low[0]), TALLEST_IN / (high[1] - low[1]))  # inches per mm
    size = (high - low) * scale
    extent = windows[0][1] - windows[0][0]
    part = np.array([1.0, extent[1] / extent[0]]) * (WIDTH_IN - 2 * LEFT_IN - 0.15) / 2
    height = TOP_IN + PADS_IN + size[1] + TICKS_IN + PADS_IN + part[1] + TICKS_IN + BAR_IN
    with sheet(path, height, heading(case, "current density in the tissue")) as figure:
        bottom = height - TOP_IN - PADS_IN - size[1]
        whole = _axes(figure, np.array([LEFT_IN, bottom]), size, (low, high))
        _draw(whole, section, case, plane)
        _name_layers(whole, case, 1 / scale)
        _name_levels(whole, section, _mark_probes(whole, case, plane))
        bottom -= TICKS_IN + PADS_IN + part[1]
        for i, window in enumerate(windows):
            corner = np.array([LEFT_IN + i * (part[0] + LEFT_IN), bottom])
            _draw(_axes(figure, corner, part, window), section, case, plane)
        _draw_bar(figure, section.norm, height)
    top = float(section.norm.vmax or 0.0)
    return Picture(
        path.stem,
        "Current density in the tissue",
        f"Vertical cut through {pair[0].name} and {pair[1].name}: r.m.s. current density on a logarithmic scale up to "
        f"{top:.3g} mA/cm², with equipotential lines, layers and pads.",
    )


def _section(
    case: Case, basis: Basis, response: Response, conductors: tuple[Conductor, ...], plane: Plane, windows: list[Window]
) -> _Section:
    whole = Cut.of(basis, plane)
    corners = whole.points(basis)
    lengths = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    cut = whole.divided(lengths, SPACING * case.body.length_mm * MM)
    points = cut.points(basis)
    corners = np.asarray(plane.coordinates(points) / MM, dtype=np.float64)
    density, areas = cut.density(basis, response, conductors), facet_areas(points)
    potential = cut.potential(basis, response)
    ends = weighted_percentiles(potential.mean(axis=1), areas, (4.0, 96.0))
    levels = MaxNLocator(LEVELS, steps=[1, 2, 2.5, 5, 10]).tick_values(*ends)
    return _Section(corners, density, potential, _norm(corners, density, areas, windows), np.asarray(levels))


def _norm(corners: Reals, density: Reals, areas: Reals, windows: list[Window]) -> LogNorm:
    """From the 5th percentile by area of the whole cut to the largest 99th percentile under an electrode."""
    middles, means = corners.mean(axis=1), density.mean(axis=1)
    tops = []
    for low, high in windows:
        inside = ((middles >= low) & (middles <= high)).all(axis=1)
        tops.append(weighted_percentiles(means[inside], areas[inside], (99.0,))[0])
    top = max(*tops, 1e-12)
    (bottom,) = weighted_percentiles(means, areas, (5.0,))
    return LogNorm(min(max(bottom, top / 10**DECADES), top / 10), top, clip=True)


def _axes(figure: Figure, corner_in: Reals, size_in: Reals, window: Window) -> Axes:
    """Axes at true scale for a part of the plane."""
    low, high = window
    width, height = figure.get_size_inches()
    axes = figure.add_axes((corner_in[0] / width, corner_in[1] / height, size_in[0] / width, size_in[1] / height))
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), facecolor="#dddddd")
    axes.set_ylabel("z in mm", labelpad=1.5)
    axes.locator_params(axis="x", nbins=max(3, round(1.6 * size_in[0])), steps=[1, 2, 5, 10])
    axes.locator_params(axis="y", nbins=max(3, round(2.0 * size_in[1])), steps=[1, 2, 5, 10])
    return axes


def _draw(axes: Axes, section: _Section, case: Case, plane: Plane) -> None:
    """Density, equipotential lines, layers and pads within the limits of the axes."""
    low, high = np.column_stack([axes.get_xlim(), axes.get_ylim()])
    shown = ((section.corners.max(axis=1) >= low) & (section.corners.min(axis=1) <= high)).all(axis=1)
    corners = section.corners[shown].reshape(-1, 2)
    mesh = Triangulation(corners[:, 0], corners[:, 1], np.arange(len(corners)).reshape(-1, 3))
    density, potential = section.density[shown].ravel(), section.potential[shown].ravel()
    axes.tripcolor(mesh, density, shading="gouraud", cmap=DENSITY, norm=section.norm)
    axes.tricontour(mesh, potential, section.levels, colors=LINES, linewidths=0.7, linestyles="solid")
    for depth in np.cumsum([layer.thickness_mm for layer in case.body.layers])[:-1]:
        axes.axhline(-depth, color=INK, linewidth=0.9, linestyle=(0, (6, 2)))
    along = np.abs(plane.along[:2])
    name = "x" if along[0] > 1 - 1e-9 else "y" if along[1] > 1 - 1e-9 else "along the cut"
    axes.set_xlabel(f"{name} in mm", labelpad=1.5)
    _draw_pads(axes, case, plane)


def _draw_pads(axes: Axes, case: Case, plane: Plane) -> None:
    """Every pad that the plane cuts, as a bar on the skin with its name."""
    colours, transform = electrode_colours(case), axes.get_xaxis_transform()
    low, high = axes.get_xlim()
    chords = {electrode.name: np.clip(chord(electrode, plane), low, high) for electrode in case.electrodes}
    chords = {name: chord for name, chord in chords.items() if chord[1] > chord[0]}
    point = 72 / axes.figure.dpi  # points in a pixel
    height = PAD_IN * 72 / point / axes.bbox.height  # of the axes
    gaps = np.diff(sorted(chord.mean() for chord in chords.values()))
    room = min(gaps, default=np.inf) / (high - low) * axes.bbox.width * point
    for name, (left, right) in chords.items():
        bar = Rectangle((left, 1.0), right - left, height, transform=transform, facecolor=colours[name])
        axes.add_patch(bar)
        bar.set(clip_on=False, linewidth=0.6, edgecolor=INK)
        axes.text(
            (left + right) / 2,
            1.0 + 1.3 * height,
            name,
            transform=transform,
            ha="center",
            va="bottom",
            fontsize=min(9.0, room / (0.72 * len(name))),
            fontweight="bold",
            color=colours[name],
        )


def _name_layers(axes: Axes, case: Case, mm_per_inch: float) -> None:
    """Names of the tissues beside the right edge."""
    bottoms = -np.cumsum([layer.thickness_mm for layer in case.body.layers])
    middles = [bottom + layer.thickness_mm / 2 for bottom, layer in zip(bottoms, case.body.layers, strict=True)]
    edge = axes.get_xlim()[1]
    for layer, z, place in zip(case.body.layers, middles, spread(middles, 0.17 * mm_per_inch), strict=True):
        text = edge + 0.22 * mm_per_inch
        axes.plot([edge, text - 0.04 * mm_per_inch], [z, place], color=INK, linewidth=0.7, clip_on=False)
        axes.text(text, place, layer.tissue.replace("_", " "), va="center", fontsize=9.0, color=INK)


def _mark_probes(axes: Axes, case: Case, plane: Plane) -> Labels:
    """Probes in the plane, and hollow those aside with their distance from it."""
    labels = Labels(axes)
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


def _name_levels(axes: Axes, section: _Section, labels: Labels) -> None:
    """Volts on every other equipotential line, halfway down the body where the line gets there, off the labels."""
    points, potential = section.corners.reshape(-1, 2), section.potential.ravel()
    step = section.levels[1] - section.levels[0]
    depth = points[:, 1] / points[:, 1].min()
    covered = labels.cover(points, 18.0) | (np.abs(depth - 0.5) > 0.43)
    cost = 0.3 * np.abs(depth - 0.6) + covered
    for level in section.levels[::2]:
        nearest = int(np.argmin(np.abs(potential - level) / step + cost))
        if abs(potential[nearest] - level) < 0.2 * step and not covered[nearest]:
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


def _draw_bar(figure: Figure, norm: LogNorm, height: float) -> None:
    few = float(norm.vmax or 1.0) / float(norm.vmin or 1.0) > 300.0
    bar = figure.colorbar(
        ScalarMappable(norm, DENSITY),
        cax=figure.add_axes((0.1, 0.5 / height, 0.8, 0.17 / height)),
        orientation="horizontal",
        extend="both",
        extendfrac=0.03,
        ticks=LogLocator(10, (1.0,) if few else (1.0, 2.0, 5.0)),
        format=FuncFormatter(lambda value, _: f"{value:g}"),
    )
    bar.set_label(
        "r.m.s. current density |J| in mA/cm², logarithmic; lines: potential at the peak of the first channel"
    )
