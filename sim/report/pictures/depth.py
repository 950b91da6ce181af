"""How far the current reaches: its density along the inward normal, under pads and between them."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from meshes.arrays import Reals
from sim.basis import Solution
from sim.case import Case
from sim.report.pictures.colours import INK, electrode_colours, tissue_colours
from sim.report.pictures.picture import Picture
from sim.report.pictures.plane import main_pair
from sim.report.pictures.ray import along_normal
from sim.report.pictures.sheet import WIDTH_IN, heading, sheet
from sim.report.pictures.terminals import pad_middle_mm
from sim.response import Response
from sim.units import MA_PER_CM2

MOST = 5  # pads that are drawn
TITLE_IN, ABOVE_IN, ROW_IN, BELOW_IN, LEFT_IN, RIGHT_IN = 0.35, 0.3, 2.0, 0.85, 0.75, 0.15
LETTER_IN, LINE_IN = 0.075, 0.13  # of the names of tissues
LEAST = 1e-4  # of the largest density of a profile, that is drawn


def draw_depth(case: Case, basis: Solution, response: Response, path: Path) -> Picture | None:
    """Draw the r.m.s. current density over depth under each pad, and halfway between the two main pads.

    Of more than five pads those with the largest currents are shown. None where no pad lies on a tissue.
    """
    profiles = _profiles(case, basis, response)
    if not profiles:
        return None
    tissues = {region.name: region.tissue for region in case.geometry.regions}
    colours, inks = tissue_colours(case), electrode_colours(case)
    rows = -(-len(profiles) // 2)
    height = TITLE_IN + rows * (ROW_IN + BELOW_IN)
    width = (WIDTH_IN - 2 * (LEFT_IN + RIGHT_IN)) / 2
    facts = []
    with sheet(path, height, heading(case, "current density over depth")) as figure:
        for i, (name, (depth, values, layers)) in enumerate(profiles.items()):
            row, column = divmod(i, 2)
            left = LEFT_IN + column * (width + LEFT_IN + RIGHT_IN)
            bottom = height - TITLE_IN - ABOVE_IN - ROW_IN - row * (ROW_IN + BELOW_IN)
            axes = figure.add_axes((left / WIDTH_IN, bottom / height, width / WIDTH_IN, ROW_IN / height))
            names = [tissues[basis.layer_names[layer]] for layer in layers]
            draw_bands(axes, depth, names, colours)
            axes.plot(depth.ravel(), values.ravel(), color=INK, linewidth=1.3)
            top = float(values.max()) or 1.0
            axes.set(yscale="log", xlim=(depth[0, 0], depth[-1, 1]))
            axes.set_ylim(max(0.5 * float(values.min()), LEAST * top), 3.0 * top)
            wide = float(values.max()) > 30.0 * max(float(values.min()), LEAST * top)
            axes.yaxis.set_major_locator(LogLocator(10, (1.0,) if wide else (1.0, 2.0, 5.0)))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axes.yaxis.set_minor_formatter(NullFormatter())
            axes.set_xlabel("depth in mm", labelpad=1.5)
            axes.set_ylabel("|J| in mA/cm²")
            axes.set_title(name, loc="left", color=inks.get(name.removeprefix("under "), INK))
            facts.append(f"{name}: {', '.join(_told(depth, values, names))}")
    return Picture(
        path.stem,
        "Current density over depth",
        f"R.m.s. current density in mA/cm² along the inward normal of the skin, logarithmic. {'; '.join(facts)}.",
    )


def draw_bands(axes: Axes, depths_mm: Reals, names: Sequence[str], colours: dict[str, str]) -> None:
    """Tissues as bands behind a profile: parts of a line (k, 2), mm, and the tissue of each.

    Names are turned where they would be wider than their band; the thinnest bands have one only where it is the first.
    """
    inches_per_mm = axes.bbox.width / axes.figure.dpi / float(depths_mm[-1, 1] - depths_mm[0, 0])
    named: set[str] = set()
    for low, high, name in bands(depths_mm, names):
        axes.axvspan(low, high, color=colours[name], alpha=0.45, linewidth=0.0)
        room = (high - low) * inches_per_mm
        if room < LINE_IN and name in named:
            continue
        named.add(name)
        axes.annotate(
            name.replace("_", " "),
            ((low + high) / 2, 0.97),
            xycoords=("data", "axes fraction"),
            ha="center",
            va="top",
            rotation=90 if room < LETTER_IN * len(name) else 0,
            fontsize=8.0,
        )


def bands(depths_mm: Reals, names: Sequence[str]) -> list[tuple[float, float, str]]:
    """Beginning, end and name of every tissue along a line."""
    found = []
    for name, parts in groupby(range(len(names)), key=lambda i: names[i]):
        own = list(parts)
        found.append((float(depths_mm[own[0], 0]), float(depths_mm[own[-1], 1]), name))
    return found


def _profiles(case: Case, basis: Solution, response: Response) -> Mapping[str, tuple[Reals, Reals, list[int]]]:
    """Depths (k, 2), mm, densities there (k, 2), mA/cm2, and layers (k,) below each place."""
    pads = {electrode.name: pad_middle_mm(case, electrode) for electrode in case.electrodes}
    strength = np.abs(response.currents).max(axis=0)
    largest = sorted(pads, key=lambda name: -strength[basis.terminals.index(name)])[:MOST]
    places = {f"under {name}": place for name, place in pads.items() if name in largest}
    pair = main_pair(case, basis)
    if set(pair) <= set(pads):
        middle = np.asarray((pads[pair[0]] + pads[pair[1]])[None] / 2.0, dtype=np.float64)
        foot = case.body.wrap_mm((0.0, 0.0), case.body.unwrap_mm((0.0, 0.0), middle))[0]
        places[f"between {pair[0]} and {pair[1]}"] = foot
    found = {}
    for name, place in places.items():
        ray = along_normal(case, basis.points, basis.cells, place)
        if len(ray.cells):
            J = np.einsum("kec,nkci->nkei", ray.weights, response.current_density[:, ray.cells])
            values = np.asarray(response.drive.rms_length(J) / MA_PER_CM2, dtype=np.float64)
            found[name] = ray.depths_mm, values, [int(layer) for layer in basis.layers[ray.cells]]
    return found


def _told(depths_mm: Reals, values: Reals, names: Sequence[str]) -> list[str]:
    """Largest density in every tissue along a line, in words."""
    told = []
    for low, high, name in bands(depths_mm, names):
        inside = (depths_mm[:, 0] >= low) & (depths_mm[:, 1] <= high)
        told.append(f"{name.replace('_', ' ')} to {high:.3g} mm up to {values[inside].max():.2g}")
    return told
