"""What passes the skin below one pad: a map of the density, and how it grows towards the rim."""

from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import LogNorm, Normalize

from meshes.arrays import Reals
from sim.exposure.windows import weighted_percentiles
from sim.report.pictures.colours import INK, electrode_colours
from sim.report.pictures.sheet import DENSITY, SETTINGS
from sim.view.fields import Limits
from sim.view.hardware import Underneath, underneath
from sim.view.quantities import QUANTITIES
from sim.view.run import Run
from sim.view.scale import Scale
from sim.view.theme import Screenshot, finish_axes, new_axes

BANDS = 14  # of distance from the rim
HIGHEST = 99.0  # percentile by area, where the colours end


def plot_electrode(
    run: Run,
    electrode: str,
    clim: Limits = None,
    cmap: Any = None,
    axes: Axes | None = None,
    screenshot: Screenshot = None,
) -> Axes:
    """Draw the r.m.s. current density in the skin below a pad, in mA/cm², laid flat.

    The map shows the cells that touch the pad, at their centroids. An inset has the mean over the area at each distance
    from the rim, with the mean and the 99th percentile of ``result.json``, which are those of the computed normal
    density on the skin itself.

    Parameters
    ----------
    electrode
        A pad.
    clim, cmap
        Limits and map of colour; None: from 0 to the 99th percentile by area of the map.
    axes
        Draw into these; None: new ones, of a figure without pyplot.
    screenshot
        A PNG file that is written at once.

    Raises
    ------
    ViewError
        If there is no such pad.
    """
    below = underneath(run, electrode)
    values = QUANTITIES["J_rms"].of(run)[below.cells]
    top = weighted_percentiles(values, below.areas, (HIGHEST,))[0]
    norm = _norm(clim, top)
    with matplotlib.rc_context(SETTINGS):
        axes = new_axes(8.4, 4.6) if axes is None else axes
        flat = laid_flat(run, electrode, below)
        cells = PolyCollection(list(flat), array=values, cmap=DENSITY if cmap is None else cmap, norm=norm)
        cells.set_edgecolor("face")
        cells.set_linewidth(0.2)
        axes.add_collection(cells)
        pad = next(e.pad for e in run.case.electrodes if e.name == electrode)
        for loop in pad.loops_mm():
            points = np.vstack(loop)
            axes.plot(*np.vstack([points, points[:1]]).T, color=INK, linewidth=1.0)
        axes.set_aspect("equal")
        axes.set_xlabel("x in mm")
        axes.set_ylabel("along the skin in mm")
        figure = axes.get_figure(root=True)
        assert figure is not None
        chosen = "up to the 99th percentile by area" if clim is None else "limits as given"
        colour_bar = figure.colorbar(cells, ax=axes, extend="max", location="bottom", shrink=0.9, pad=0.02)
        colour_bar.set_label(f"r.m.s. current density below the pad in mA/cm², {chosen}")
        axes.set_title(_title(run, electrode, below), color=electrode_colours(run.case)[electrode], loc="left")
        _draw_rim(axes.inset_axes((1.12, 0.0, 0.85, 1.0)), run, electrode, below, values)
    return finish_axes(axes, screenshot)


def laid_flat(run: Run, electrode: str, below: Underneath) -> Reals:
    """The triangles (f, 3, 2) in the pad's own frame, mm."""
    pad = next(e for e in run.case.electrodes if e.name == electrode)
    flat = run.case.body.unwrap_mm(pad.position_mm, below.corners.reshape(-1, 3))
    return np.asarray(flat.reshape(-1, 3, 2))


def rim_profile(run: Run, electrode: str, below: Underneath, values: Reals) -> tuple[Reals, Reals]:
    """Distance from the rim (b,), mm, and the mean over the area of the density there (b,), in the unit given."""
    pad = next(e for e in run.case.electrodes if e.name == electrode).pad
    depth = -pad.distance_mm(laid_flat(run, electrode, below).mean(axis=1))
    edges = np.linspace(0.0, np.sqrt(pad.half_width_mm), BANDS + 1) ** 2  # narrow bands at the rim
    band = np.clip(np.digitize(depth, edges) - 1, 0, BANDS - 1)
    areas = np.bincount(band, below.areas, BANDS)
    filled = areas > 0.0
    means = np.bincount(band, below.areas * values, BANDS)[filled] / areas[filled]
    middles = np.bincount(band, below.areas * depth, BANDS)[filled] / areas[filled]
    return middles, means


def _draw_rim(axes: Axes, run: Run, electrode: str, below: Underneath, values: Reals) -> None:
    known = run.result["electrodes"][electrode]["current_density_rms_mA_per_cm2"]
    distance, means = rim_profile(run, electrode, below, values)
    axes.plot(distance, means, color=INK, marker="o", markersize=3, linewidth=1.2, label="below the pad, mean")
    for key, style in (("mean", "-"), ("p95", "--"), ("p99", ":"), ("peak_1cm2", "-.")):
        words = {"peak_1cm2": "largest over 1 cm²"}.get(key, key)
        axes.axhline(known[key], color="#c1121f", linewidth=1.0, linestyle=style, label=f"{words} {known[key]:.3g}")
    axes.set_ylim(0.0, 1.15 * max(float(means.max()), known["p99"]))
    axes.set_xlabel("distance from the rim in mm")
    axes.set_ylabel("mA/cm²")
    axes.yaxis.tick_right()
    axes.yaxis.set_label_position("right")
    axes.legend(framealpha=0.9, edgecolor="none", fontsize=8, loc="center right")


def _norm(clim: Limits, top: float) -> Normalize:
    if clim is None:
        return Normalize(0.0, top or 1.0)
    if isinstance(clim, Scale):
        return LogNorm(*clim.clim) if clim.logarithmic else Normalize(*clim.clim)
    return Normalize(*clim)


def _title(run: Run, electrode: str, below: Underneath) -> str:
    known = run.result["electrodes"][electrode]
    area = known["area_mm2"] + known["idle_area_mm2"]
    found = float(below.areas.sum())
    note = "" if abs(found - area) < 0.02 * area else f", of which {found:.0f} mm² lie on the skin"
    return f"{electrode}: {known['current_rms_mA']:.3g} mA r.m.s. through {area:.0f} mm²{note}"
