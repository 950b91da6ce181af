"""How far the current reaches below an electrode."""

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from meshes.arrays import Integers, Reals
from sim.report.pictures.colours import INK, colours_of
from sim.report.pictures.sheet import SETTINGS
from sim.units import MM
from sim.view.errors import ViewError
from sim.view.hardware import main_pair, places_mm
from sim.view.quantities import of_cells, quantity
from sim.view.run import Run
from sim.view.theme import Screenshot, finish_axes, new_axes

POINTS = 500


def plot_depth_profile(
    run: Run,
    electrode: str | None = None,
    quantity_name: str = "J_rms",
    at_mm: tuple[float, float, float] | None = None,
    axes: Axes | None = None,
    screenshot: Screenshot = None,
) -> Axes:
    """Draw a quantity along the inward normal of the skin, with the tissues as bands.

    Parameters
    ----------
    electrode
        Below the middle of this pad; None: of the strongest positive terminal of the first channel.
    quantity_name
        J_rms in mA/cm², J_magnitude, E in V/m and others: values of cells, which makes steps.
    at_mm
        Below this point instead.
    axes, screenshot
        See ``plot_electrode``.

    Raises
    ------
    ViewError
        If there is no such electrode or array, or no tissue below the point.
    """
    shown = quantity(quantity_name)
    name = electrode or main_pair(run.case)[0]
    places = places_mm(run.case)
    if at_mm is None and name not in places:
        raise ViewError(f"electrode: found {name!r}; accepted: {', '.join(places)}")
    start = places[name] if at_mm is None else np.array(at_mm, dtype=np.float64)
    depth, cells = along_normal(run, start)
    values = of_cells(run, shown)[cells]
    where = f"below {name}" if at_mm is None else f"below ({', '.join(f'{x:g}' for x in at_mm)}) mm"
    with matplotlib.rc_context(SETTINGS):
        axes = new_axes() if axes is None else axes
        _draw_bands(axes, run, depth, cells)
        axes.plot(depth, values, color=INK, linewidth=1.4)
        positive = values[values > 0.0]
        if shown.logarithmic and len(positive):
            axes.set_yscale("log")
            axes.set_ylim(0.5 * float(positive.min()), 2.0 * float(positive.max()))
        axes.set_xlim(float(depth[0]), float(depth[-1]))
        axes.set_xlabel("depth in mm")
        axes.set_ylabel(shown.title)
        axes.set_title(f"{run.case.title}: {where}", loc="left")
    return finish_axes(axes, screenshot)


def along_normal(run: Run, start_mm: Reals) -> tuple[Reals, Integers]:
    """Depths (n,), mm, along the inward normal of the skin, and the cell at each (n,); ends where the body does.

    Raises
    ------
    ViewError
        If there is no tissue.
    """
    inward = -run.case.body.frame(start_mm[None])[0, 2]
    depth = np.linspace(0.0, run.case.body.size_mm, 4 * POINTS)
    points = (start_mm + depth[:, None] * inward) * MM
    cells = np.asarray(run.grid.find_containing_cell(points))
    inside = np.flatnonzero(cells >= 0)
    if len(inside) == 0:
        raise ViewError(f"profile: found no tissue below ({', '.join(f'{x:g}' for x in start_mm)}) mm")
    first = int(inside[0])
    gaps = np.flatnonzero(cells[first:] < 0)
    last = first + int(gaps[0]) if len(gaps) else len(cells)
    fine = np.linspace(depth[first], depth[last - 1], POINTS)
    found = np.asarray(run.grid.find_containing_cell((start_mm + fine[:, None] * inward) * MM))
    kept = found >= 0
    return fine[kept], found[kept]


def _draw_bands(axes: Axes, run: Run, depth: Reals, cells: Integers) -> None:
    tissue = np.asarray(run.grid.cell_data["tissue"])[cells]
    colours = colours_of(run.tissues)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(tissue)) + 1])
    ends = np.concatenate([starts[1:], [len(tissue)]])
    span = float(depth[-1] - depth[0])
    for begin, end in zip(starts, ends, strict=True):
        name = run.tissues[int(tissue[begin])]
        low, high = float(depth[begin]), float(depth[min(end, len(depth) - 1)])
        axes.axvspan(low, high, color=colours[name], alpha=0.45, linewidth=0.0)
        turned = high - low < 0.1 * span
        axes.annotate(
            name.replace("_", " "),
            ((low + high) / 2, 0.98),
            xycoords=("data", "axes fraction"),
            ha="center",
            va="top",
            rotation=90 if turned else 0,
            fontsize=8.5,
        )
