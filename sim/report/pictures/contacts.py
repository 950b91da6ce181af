"""Maps of the current density that passes each contact."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.patches import Polygon
from matplotlib.tri import Triangulation

from meshes.arrays import Reals
from sim.basis import Solution, Touching
from sim.case import Case
from sim.exposure.electrodes import SAMPLE_SPACING
from sim.exposure.triangles import facet_areas, sample
from sim.exposure.windows import weighted_percentiles
from sim.report.pictures.colours import INK, electrode_colours, roles
from sim.report.pictures.picture import Picture
from sim.report.pictures.sheet import DENSITY, WIDTH_IN, heading, sheet
from sim.report.pictures.unrolling import Flat, lay_flat, vertex_means
from sim.response import Response
from sim.units import MA_PER_CM2

MOST = 12  # contacts that are shown
FEW_TICKS = 110.0  # points of width, below which there are fewer
MARGIN = 0.06  # of the map around the contact
SPOT = 0.7  # size of a needle's spot, points per point of its diameter
TOP_IN, ABOVE_IN, LEFT_IN, BELOW_IN, BAR_IN = 0.4, 0.6, 0.65, 0.45, 0.75  # room for writing


def draw_contacts(case: Case, basis: Solution, response: Response, path: Path) -> Picture:
    """Draw one map for each pad and contact of the r.m.s. normal current density, with common limits of colour.

    The limits end at the largest of the contacts' area-weighted 99th percentiles: the density is singular at the rim of
    a good contact, so that its largest value says more about the mesh than about the pad. Of more than twelve contacts
    those with the largest means are shown.
    """
    every = {name: _statistics(basis, response, name) for name in case.poles}
    names = shown(case, {name: mean for name, (mean, _) in every.items()})
    norm = Normalize(0.0, max(every[name][1] for name in names) or 1.0)
    columns = min(len(names), 4)
    rows = -(-len(names) // columns)
    tile = np.array([WIDTH_IN / columns, 0.0])  # inches
    side = min(tile[0] - LEFT_IN - 0.15, 3.4)
    tile[1] = side + ABOVE_IN + BELOW_IN
    height = TOP_IN + rows * tile[1] + BAR_IN
    what = "current density through the contacts" if case.leads else "current density under the pads"
    with sheet(path, height, heading(case, what)) as figure:
        for k, name in enumerate(names):
            row, column = divmod(k, columns)
            left = column * tile[0] + (tile[0] - side + LEFT_IN - 0.15) / 2
            bottom = height - TOP_IN - row * tile[1] - ABOVE_IN - side
            axes = figure.add_axes((left / WIDTH_IN, bottom / height, side / WIDTH_IN, side / height))
            _draw_map(axes, case, basis, response, name, norm)
            _write_title(axes, case, name, *every[name])
        bar = figure.colorbar(
            ScalarMappable(norm, DENSITY),
            cax=figure.add_axes((0.1, 0.5 / height, 0.8, 0.17 / height)),
            orientation="horizontal",
            extend="max",
            extendfrac=0.03,
        )
        bar.set_label("r.m.s. normal current density |Jₙ| in mA/cm², up to the largest 99th percentile by area (p99)")
    numbers = "; ".join(f"{name}: mean {every[name][0]:.3g}, 99th percentile {every[name][1]:.3g}" for name in names)
    left_out = f" The {MOST} of {len(every)} contacts with the largest means." if len(names) < len(every) else ""
    return Picture(
        path.stem,
        f"{what[0].upper()}{what[1:]}{f', the {MOST} contacts with the largest means' if left_out else ''}",
        f"Maps of the r.m.s. normal current density through each pad and contact, in mA/cm².{left_out} {numbers}.",
    )


def shown(case: Case, means: dict[str, float]) -> list[str]:
    """The contacts with the largest means, in the order of the case."""
    chosen = set(sorted(means, key=lambda name: -means[name])[:MOST])
    return [name for name in case.poles if name in chosen]


def _statistics(basis: Solution, response: Response, name: str) -> tuple[float, float]:
    """Mean and 99th percentile by area, mA/cm2."""
    k = basis.terminals.index(name)
    samples = sample(basis.contacts[k].corners, response.densities[k], SAMPLE_SPACING)
    rms = np.asarray(response.drive.rms(samples.values) / MA_PER_CM2, dtype=np.float64)
    return float(rms @ samples.areas) / samples.area, weighted_percentiles(rms, samples.areas, (99.0,))[0]


def _draw_map(axes: Axes, case: Case, basis: Solution, response: Response, name: str, norm: Normalize) -> None:
    """One contact laid flat, mm."""
    k = basis.terminals.index(name)
    contact = basis.contacts[k]
    rms = np.asarray(response.drive.rms(response.densities[k]) / MA_PER_CM2)
    flat = lay_flat(case, contact)
    if len(flat.facets):
        corners = flat.corners.reshape(-1, 2)
        mesh = Triangulation(corners[:, 0], corners[:, 1], np.arange(len(corners)).reshape(-1, 3))
        values = vertex_means(contact, rms)[flat.facets].ravel()
        colours = axes.tripcolor(mesh, values, shading="gouraud", cmap=DENSITY, norm=norm)
        if flat.unrolled:
            colours.set_clip_path(Polygon(flat.loops[0][0], transform=axes.transData))
    for loop, style in flat.loops:
        axes.plot(*np.vstack([loop, loop[:1]]).T, color=INK, linewidth=0.9, linestyle=style)
    limits = np.vstack([loop for loop, _ in flat.loops])
    low, high = limits.min(axis=0), limits.max(axis=0)
    centre, reach = (low + high) / 2, (0.5 + MARGIN) * float((high - low).max())
    axes.set(xlim=(centre[0] - reach, centre[0] + reach), ylim=(centre[1] - reach, centre[1] + reach))
    room = axes.bbox.width / axes.figure.dpi * 72  # points
    size = min(9.5, 1.15 * room / (0.55 * max(len(name) for name in flat.names)))
    axes.set_xlabel(flat.names[0], labelpad=1.5, fontsize=size)
    axes.set_ylabel(flat.names[1], labelpad=0.5, fontsize=size)
    axes.locator_params(nbins=5 if room > FEW_TICKS else 3)
    _draw_spots(axes, case, contact, rms, flat, norm)


def _draw_spots(axes: Axes, case: Case, contact: Touching, rms: Reals, flat: Flat, norm: Normalize) -> None:
    """Needles, each in the colour of its mean."""
    needles = next((e.needles for e in case.electrodes if e.name == contact.name), None)
    if needles is None or not flat.spots:
        return
    areas = facet_areas(contact.corners)
    means = [float(areas[own] @ rms[own].mean(axis=1) / areas[own].sum()) for _, own in flat.spots if len(own)]
    places = np.array([centre for centre, own in flat.spots if len(own)])
    points = axes.bbox.width / axes.figure.dpi * 72 / float(np.diff(axes.get_xlim())[0])  # of a mm
    size = max(SPOT * needles.diameter_mm * points, 5.0) ** 2
    axes.scatter(
        places[:, 0], places[:, 1], s=size, c=means, cmap=DENSITY, norm=norm, edgecolors=INK, linewidths=0.7, zorder=3
    )


def _write_title(axes: Axes, case: Case, name: str, mean: float, p99: float) -> None:
    title, colour = f"{name} ({roles(case)[name]})", electrode_colours(case)[name]
    room = axes.bbox.width / axes.figure.dpi * 72 + 22  # points
    lines: list[tuple[str, dict[str, Any]]] = [
        (f"p99 {p99:.3g} mA/cm²", {"size": 8.5}),
        (f"mean {mean:.3g} mA/cm²", {"size": 8.5}),
        (title, {"size": min(10.0, room / (0.7 * len(title))), "weight": "bold", "color": colour}),
    ]
    for i, (text, style) in enumerate(lines):
        axes.annotate(
            text,
            (0.5, 1.0),
            (0.0, 4 + 12 * i),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="center",
            **style,
        )
