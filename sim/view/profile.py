"""How far the current reaches below an electrode."""

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from sim.report.pictures.colours import INK, colours_of
from sim.report.pictures.depth import draw_bands
from sim.report.pictures.ray import along_normal
from sim.report.pictures.sheet import SETTINGS
from sim.view.errors import ViewError
from sim.view.hardware import main_pair, places_mm
from sim.view.quantities import of_cells, quantity
from sim.view.run import Run
from sim.view.theme import Screenshot, finish_axes, new_axes


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
    ray = along_normal(run.case, run.grid.points, run.cells, start)
    if len(ray.cells) == 0:
        raise ViewError(f"profile: found no tissue below ({', '.join(f'{x:g}' for x in start)}) mm")
    depth, values = ray.depths_mm.ravel(), np.repeat(of_cells(run, shown)[ray.cells], 2)
    where = f"below {name}" if at_mm is None else f"below ({', '.join(f'{x:g}' for x in at_mm)}) mm"
    with matplotlib.rc_context(SETTINGS):
        axes = new_axes() if axes is None else axes
        names = [run.tissues[int(i)] for i in np.asarray(run.grid.cell_data["tissue"])[ray.cells]]
        draw_bands(axes, ray.depths_mm, names, colours_of(run.tissues))
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
