"""A planar cut through two terminals: current density, equipotential lines, borders of the regions."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter
from matplotlib.tri import Triangulation

from meshes.arrays import Integers, Reals
from meshes.bodies import Block, Limb
from meshes.tagged import TaggedMesh
from sim.basis import Solution
from sim.case import Case
from sim.exposure.triangles import facet_areas
from sim.exposure.windows import weighted_percentiles
from sim.report.pictures.borders import borders, chained
from sim.report.pictures.carving import Flags
from sim.report.pictures.colours import INK
from sim.report.pictures.cut import Cut
from sim.report.pictures.flow import draw_flow
from sim.report.pictures.labels import Labels
from sim.report.pictures.marks import (
    LINES,
    anchors,
    clipped,
    draw_metal,
    mark_probes,
    name_levels,
    name_metal,
    name_regions,
)
from sim.report.pictures.picture import Picture
from sim.report.pictures.plane import Plane, Window, main_pair, main_plane, windows_at
from sim.report.pictures.sheet import DENSITY, WIDTH_IN, heading, sheet
from sim.report.pictures.terminals import metal_mm
from sim.response import Response
from sim.units import MM

DECADES = 4.0  # of the colour scale at most
SPACING = 0.01  # of the cut's length, between the points that make the picture
LEVELS = 10  # of the potential, about
LEFT_IN, RIGHT_IN, TOP_IN, PADS_IN, TICKS_IN, BAR_IN = 0.65, 1.3, 0.4, 0.42, 0.5, 0.8  # room for writing
TALLEST_IN = 4.5
LETTER_IN = 0.072  # of the names of the tissues
SHELLS = 0.5  # cosine between the axis of a limb and the plane's normal, from which on layers are rings


@dataclass(frozen=True)
class Section:
    """What is drawn.

    Parameters
    ----------
    corners, density, potential, flow
        At the corners of triangles: mm in the plane (t, 3, 2), mA/cm2 (t, 3), V (t, 3), and the part of J in the plane,
        A/m2 (t, 3, 2).
    regions
        Of each triangle (t,).
    inner, outer
        Pieces of lines (n, 2, 2), mm, between regions and around all.
    metal
        The same where the plane meets each terminal.
    norm, levels
        Colours of the density, and values of the equipotential lines.
    """

    corners: Reals
    density: Reals
    potential: Reals
    flow: Reals
    regions: Integers
    inner: Reals
    outer: Reals
    metal: dict[str, Reals]
    norm: LogNorm
    levels: Reals

    @property
    def extent(self) -> Window:
        """Lower left and upper right, mm."""
        return self.corners.min(axis=(0, 1)), self.corners.max(axis=(0, 1))


def draw_section(case: Case, mesh: TaggedMesh, basis: Solution, response: Response, path: Path) -> Picture:
    """Draw the cut through the strongest positive and negative terminal of the first channel.

    Colour is the r.m.s. current density on a logarithmic scale, because it spans decades; its limits are percentiles
    by area of the cut. Below the whole cut, its parts at the two terminals are enlarged.
    """
    pair = main_pair(case, basis)
    plane = main_plane(case, basis, pair)
    section, windows = cut_section(case, mesh, basis, response, plane, pair)
    low, high = section.extent
    shells = isinstance(case.body, Limb) and abs(plane.normal[0]) > SHELLS
    names = _tissues(case, basis, section, shells)
    right_in = max(RIGHT_IN, 0.3 + LETTER_IN * max(len(name) for name in names))
    scale = min((WIDTH_IN - LEFT_IN - right_in) / (high[0] - low[0]), TALLEST_IN / (high[1] - low[1]))  # inches per mm
    size = (high - low) * scale
    extent = windows[0][1] - windows[0][0]
    part = np.array([1.0, extent[1] / extent[0]]) * (WIDTH_IN - 2 * LEFT_IN - 0.15) / 2
    height = TOP_IN + PADS_IN + size[1] + TICKS_IN + PADS_IN + part[1] + TICKS_IN + BAR_IN
    with sheet(path, height, heading(case, "current density in the tissue")) as figure:
        bottom = height - TOP_IN - PADS_IN - size[1]
        left = LEFT_IN + (WIDTH_IN - LEFT_IN - right_in - size[0]) / 2
        whole = _axes(figure, np.array([left, bottom]), size, (low, high), plane)
        _draw(whole, section, case)
        draw_flow(whole, section.corners, section.flow)
        if not isinstance(case.body, Block):
            whole.spines[["top", "right"]].set_visible(False)
        name_regions(whole, names, 1 / scale)
        labels = mark_probes(whole, case, plane)
        name_metal(whole, case, _named(section, basis, plane, pair), labels)
        name_levels(whole, section.corners.reshape(-1, 2), section.potential.ravel(), section.levels, labels)
        bottom -= TICKS_IN + PADS_IN + part[1]
        for i, window in enumerate(windows):
            corner = np.array([LEFT_IN + i * (part[0] + LEFT_IN), bottom])
            axes = _axes(figure, corner, part, window, plane)
            _draw(axes, section, case)
            axes.set_title(_part_title(case, pair[i]), fontsize=9.0, pad=8.0)
            name_metal(axes, case, {k: v for k, v in section.metal.items() if k not in pair}, Labels(axes, 7.5))
        _draw_bar(figure, section.norm, height)
    top = float(section.norm.vmax or 0.0)
    return Picture(
        path.stem,
        "Current density in the tissue",
        f"Cut through {pair[0]} and {pair[1]} ({', '.join(plane.names)}): r.m.s. current density on a logarithmic "
        f"scale up to {top:.3g} mA/cm², with equipotential lines, lines of current, borders of {', '.join(names)}, "
        "and the terminals.",
    )


def cut_section(
    case: Case, mesh: TaggedMesh, basis: Solution, response: Response, plane: Plane, pair: tuple[str, str]
) -> tuple[Section, list[Window]]:
    """What the plane shows, and its enlarged parts."""
    whole = Cut.of(basis, plane)
    corners = whole.points(basis)
    lengths = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    span = float(np.ptp(plane.coordinates(corners), axis=(0, 1)).max())
    cut = whole.divided(lengths, SPACING * span)
    points = cut.points(basis)
    flat = np.asarray(plane.coordinates(points) / MM, dtype=np.float64)
    density, areas = cut.density(basis, response), facet_areas(points)
    potential = cut.potential(basis, response)
    windows = windows_at(case, basis, plane, pair, (flat.min(axis=(0, 1)), flat.max(axis=(0, 1))))
    on_skin = {electrode.name for electrode in case.electrodes}.issuperset(pair)
    shown = np.ones(len(flat), dtype=bool) if on_skin else _within(flat, windows)
    ends = weighted_percentiles(potential.mean(axis=1)[shown], areas[shown], (4.0, 96.0))
    levels = MaxNLocator(LEVELS, steps=[1, 2, 2.5, 5, 10]).tick_values(*ends)
    inner, outer = borders(basis, plane)
    metal = {name: plane.cross(corners) for name, corners in metal_mm(case, mesh).items()}
    section = Section(
        corners=flat,
        density=density,
        potential=potential,
        flow=plane.coordinates(cut.flow(basis, response)),
        regions=basis.layers[cut.cells],
        inner=inner,
        outer=outer,
        metal={name: pieces for name, pieces in metal.items() if len(pieces)},
        norm=_norm(flat, density, areas, windows),
        levels=np.asarray(levels),
    )
    return section, windows


def _within(corners: Reals, windows: list[Window]) -> Flags:
    """Which triangles (t, 3, 2) have their centre in one of the windows."""
    middles = corners.mean(axis=1)
    return np.asarray(np.any([((middles >= low) & (middles <= high)).all(axis=1) for low, high in windows], axis=0))


def _norm(corners: Reals, density: Reals, areas: Reals, windows: list[Window]) -> LogNorm:
    """From the 5th percentile by area of the whole cut to the largest 99th percentile at a terminal."""
    means, tops = density.mean(axis=1), [1e-12]
    for window in windows:
        inside = _within(corners, [window])
        if inside.any():
            tops.append(weighted_percentiles(means[inside], areas[inside], (99.0,))[0])
    top = max(tops)
    (bottom,) = weighted_percentiles(means, areas, (5.0,))
    return LogNorm(min(max(bottom, top / 10**DECADES), top / 10), top, clip=True)


def _tissues(case: Case, basis: Solution, section: Section, shells: bool) -> dict[str, Reals]:
    """Names of the tissues in the cut with their places; stacks are too thin to be named here."""
    stacks = {region.name for pad in case.geometry.pads for region in pad.regions}
    tissues = {region.name: region.tissue for region in case.geometry.regions}
    own = {part.name for part in (*case.inclusions, *case.wounds)}
    found: dict[str, Reals] = {}
    centres = section.corners.mean(axis=1)
    for index, place in anchors(centres, section.regions, len(basis.layer_names), shells).items():
        region = basis.layer_names[index]
        if region in stacks:
            continue
        tissue = tissues.get(region, region)
        text = f"{region}, {tissue}" if region in own and region != tissue else tissue
        if text not in found or found[text][0] < place[0]:
            found[text] = place
    return found


def _named(section: Section, basis: Solution, plane: Plane, pair: tuple[str, str]) -> dict[str, Reals]:
    """Where terminals are named: at their metal; a pole whose metal the plane misses at its contact."""
    missed = [name for name in pair if name not in section.metal]
    contacts = {name: basis.contacts[basis.terminals.index(name)].corners / MM for name in missed}
    return section.metal | {name: plane.cross(np.asarray(corners)) for name, corners in contacts.items()}


def _part_title(case: Case, name: str) -> str:
    """What is enlarged, and the stack that it has."""
    layers = next((electrode.layers for electrode in case.electrodes if electrode.name == name), ())
    stack = ", ".join(f"{layer.material.replace('_', ' ')} {layer.thickness_mm:g} mm" for layer in layers)
    return f"at {name}" + (f": {stack}" if stack else "")


def _axes(figure: Figure, corner_in: Reals, size_in: Reals, window: Window, plane: Plane) -> Axes:
    """Axes at true scale for a part of the plane."""
    low, high = window
    width, height = figure.get_size_inches()
    axes = figure.add_axes((corner_in[0] / width, corner_in[1] / height, size_in[0] / width, size_in[1] / height))
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    axes.set_xlabel(plane.names[0], labelpad=1.5)
    axes.set_ylabel(plane.names[1], labelpad=1.5)
    axes.locator_params(axis="x", nbins=max(3, round(1.6 * size_in[0])), steps=[1, 2, 5, 10])
    axes.locator_params(axis="y", nbins=max(3, round(2.0 * size_in[1])), steps=[1, 2, 5, 10])
    return axes


def _draw(axes: Axes, section: Section, case: Case) -> None:
    """Density, equipotential lines, borders and terminals within the limits of the axes."""
    low, high = np.column_stack([axes.get_xlim(), axes.get_ylim()])
    shown = ((section.corners.max(axis=1) >= low) & (section.corners.min(axis=1) <= high)).all(axis=1)
    corners = section.corners[shown].reshape(-1, 2)
    if len(corners):
        mesh = Triangulation(corners[:, 0], corners[:, 1], np.arange(len(corners)).reshape(-1, 3))
        density, potential = section.density[shown].ravel(), section.potential[shown].ravel()
        axes.tripcolor(mesh, density, shading="gouraud", cmap=DENSITY, norm=section.norm)
        axes.tricontour(mesh, potential, section.levels, colors=LINES, linewidths=0.7, linestyles="solid")
    for lines, style, width in ((section.inner, (0, (6, 2)), 0.9), (section.outer, "solid", 1.0)):
        pieces = chained(lines)
        axes.add_collection(
            LineCollection(pieces, colors=INK, linewidths=width, linestyles=[style], zorder=3), autolim=False
        )
    draw_metal(axes, case, {name: clipped(pieces, axes) for name, pieces in section.metal.items()})


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
    bar.ax.xaxis.set_minor_formatter(NullFormatter())
    bar.set_label(
        "r.m.s. current density |J| in mA/cm², logarithmic; "
        "lines: potential, arrows: current, at the peak of the first channel"
    )
