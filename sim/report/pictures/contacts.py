"""Maps of the current density that passes each contact."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.tri import Triangulation

from meshes.arrays import Integers, Reals
from sim.basis import Basis, Contact
from sim.case import Case, Electrode
from sim.exposure.electrodes import SAMPLE_SPACING
from sim.exposure.triangles import facet_areas, sample
from sim.exposure.windows import weighted_percentiles
from sim.report.pictures.colours import INK, electrode_colours, roles
from sim.report.pictures.picture import Picture
from sim.report.pictures.sheet import DENSITY, WIDTH_IN, heading, sheet
from sim.response import Response
from sim.units import MA_PER_CM2, MM

MERGE = 1e-7  # m, corners that are one vertex
MARGIN = 0.06  # of the map around the pad
TOP_IN, ABOVE_IN, LEFT_IN, BELOW_IN, BAR_IN = 0.4, 0.6, 0.65, 0.45, 0.75  # room for writing


def draw_contacts(case: Case, basis: Basis, response: Response, path: Path) -> Picture:
    """Draw one map for each electrode of the r.m.s. normal current density, with common limits of colour.

    The limits end at the largest of the pads' area-weighted 99th percentiles: the density is singular at the rim of a
    good contact, so that its largest value says more about the mesh than about the pad.
    """
    statistics = [_statistics(contact, response, k) for k, contact in enumerate(basis.contacts)]
    norm = Normalize(0.0, max(p99 for _, p99 in statistics) or 1.0)
    columns = min(len(case.electrodes), 4)
    rows = -(-len(case.electrodes) // columns)
    tile = np.array([WIDTH_IN / columns, 0.0])  # inches
    side = min(tile[0] - LEFT_IN - 0.15, 3.4)
    tile[1] = side + ABOVE_IN + BELOW_IN
    height = TOP_IN + rows * tile[1] + BAR_IN
    with sheet(path, height, heading(case, "current density under the pads")) as figure:
        for k, electrode in enumerate(case.electrodes):
            row, column = divmod(k, columns)
            left = column * tile[0] + (tile[0] - side + LEFT_IN - 0.15) / 2
            bottom = height - TOP_IN - row * tile[1] - ABOVE_IN - side
            axes = figure.add_axes((left / WIDTH_IN, bottom / height, side / WIDTH_IN, side / height))
            _draw_map(axes, electrode, _smooth(basis.contacts[k], response, k), norm)
            _write_title(axes, case, electrode, *statistics[k])
        bar = figure.colorbar(
            ScalarMappable(norm, DENSITY),
            cax=figure.add_axes((0.1, 0.5 / height, 0.8, 0.17 / height)),
            orientation="horizontal",
            extend="max",
            extendfrac=0.03,
        )
        bar.set_label("r.m.s. normal current density |Jₙ| in mA/cm², up to the largest 99th percentile by area (p99)")
    numbers = "; ".join(
        f"{electrode.name}: mean {mean:.3g}, 99th percentile {p99:.3g}"
        for electrode, (mean, p99) in zip(case.electrodes, statistics, strict=True)
    )
    return Picture(
        path.stem,
        "Current density under the pads",
        f"Maps of the r.m.s. normal current density under each pad, in mA/cm². {numbers}.",
    )


def _statistics(contact: Contact, response: Response, k: int) -> tuple[float, float]:
    """Mean and 99th percentile by area, mA/cm2."""
    samples = sample(contact.corners, response.densities[k], SAMPLE_SPACING)
    rms = np.asarray(response.drive.rms(samples.values) / MA_PER_CM2, dtype=np.float64)
    return float(rms @ samples.areas) / samples.area, weighted_percentiles(rms, samples.areas, (99.0,))[0]


def _smooth(contact: Contact, response: Response, k: int) -> tuple[Reals, Integers, Reals]:
    """The map as a continuous one: vertices (n, 2) in mm, triangles (f, 3), r.m.s. density (n,) in mA/cm2.

    A vertex has the mean of the facets that meet there: near the rim the facets alone jump from one to the next.
    """
    keys = np.round(contact.corners.reshape(-1, 3) / MERGE)
    _, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    rms = response.drive.rms(response.densities[k]) / MA_PER_CM2
    areas = np.repeat(facet_areas(contact.corners), 3)
    mean = np.bincount(which, areas * rms.ravel()) / np.bincount(which, areas)
    points = np.asarray(contact.corners.reshape(-1, 3)[first, :2] / MM, dtype=np.float64)
    return points, which.reshape(-1, 3).astype(np.int64), mean


def _draw_map(axes: Axes, electrode: Electrode, density: tuple[Reals, Integers, Reals], norm: Normalize) -> None:
    """One pad from above, x and y in mm."""
    points, triangles, values = density
    axes.tripcolor(
        Triangulation(points[:, 0], points[:, 1], triangles), values, shading="gouraud", cmap=DENSITY, norm=norm
    )
    outline = electrode.outline_mm(360)
    axes.fill(*outline.T, facecolor="none", edgecolor=INK, linewidth=0.9)
    low, high = outline.min(axis=0), outline.max(axis=0)
    centre, reach = (low + high) / 2, (0.5 + MARGIN) * float((high - low).max())
    axes.set(xlim=(centre[0] - reach, centre[0] + reach), ylim=(centre[1] - reach, centre[1] + reach))
    axes.set_xlabel("x in mm", labelpad=1.5)
    axes.set_ylabel("y in mm", labelpad=0.5)
    axes.locator_params(nbins=5)


def _write_title(axes: Axes, case: Case, electrode: Electrode, mean: float, p99: float) -> None:
    name, colour = f"{electrode.name} ({roles(case)[electrode.name]})", electrode_colours(case)[electrode.name]
    room = axes.bbox.width / axes.figure.dpi * 72 + 22  # points
    lines: list[tuple[str, dict[str, Any]]] = [
        (f"p99 {p99:.3g} mA/cm²", {"size": 8.5}),
        (f"mean {mean:.3g} mA/cm²", {"size": 8.5}),
        (name, {"size": min(10.0, room / (0.7 * len(name))), "weight": "bold", "color": colour}),
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
