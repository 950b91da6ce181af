"""One run minus another, also where their meshes differ."""

from typing import Any

import numpy as np
import pyvista as pv

from meshes.arrays import Reals
from sim.exposure.windows import weighted_percentiles
from sim.report.pictures.colours import INK
from sim.view.camera import main_plane
from sim.view.errors import ViewError
from sim.view.hardware import outlines
from sim.view.quantities import Quantity, of_cells, quantity, shown_grid
from sim.view.run import Run
from sim.view.scale import Scale
from sim.view.theme import DIFFERENCE, Screenshot, bar, finish, look_along, new_plotter, plain

HIGHEST = 99.0  # percentile of the magnitude by volume, where the colours end


def values_on(run: Run, points_m: Reals, shown: Quantity) -> Reals:
    """A quantity at points (n, 3), m, in the unit shown: that of the cell there; NaN outside of the body."""
    cells = np.asarray(run.grid.find_containing_cell(points_m)).reshape(-1)
    values = of_cells(run, shown)
    return np.where(cells >= 0, values[np.maximum(cells, 0)], np.nan)


def difference(one: Run, other: Run, shown: Quantity) -> Reals:
    """``other`` minus ``one`` at the centres of the cells of ``one`` (m,), in the unit shown; NaN outside of ``other``.

    Where the meshes differ, values of cells are compared: near borders and rims the difference is one of meshes too.

    Raises
    ------
    ViewError
        If the bodies do not overlap.
    """
    mine = of_cells(one, shown)
    found = values_on(other, one.corners.mean(axis=1), shown) - mine
    if not np.isfinite(found).any():
        raise ViewError(f"{other.folder}: its body does not overlap that of {one.folder}")
    return found


def difference_scale(values: Reals, volumes: Reals) -> Scale:
    """Limits that are symmetric about zero."""
    known = np.isfinite(values)
    top = weighted_percentiles(np.abs(values[known]), volumes[known], (HIGHEST,))[0] or 1.0
    return Scale(-top, top, False, f"up to the {HIGHEST:g}th percentile by volume of the magnitude")


def plot_difference(
    one: Run,
    other: Run,
    quantity_name: str = "J_rms",
    clim: tuple[float, float] | None = None,
    off_screen: bool | None = None,
    screenshot: Screenshot = None,
    plotter: pv.Plotter | None = None,
) -> pv.Plotter:
    """Draw ``other`` minus ``one`` on the main cut of ``one``; grey where only one has tissue.

    Raises
    ------
    ViewError
        See ``difference``.
    """
    shown = quantity(quantity_name)
    values = difference(one, other, shown)
    scale = difference_scale(values, one.volumes) if clim is None else Scale(*clim, False, "limits as given")
    plane = main_plane(one)
    grid = shown_grid(one)
    title = f"difference of {shown.title}"
    grid.cell_data[title] = values
    cut = grid.slice(normal=plane.normal, origin=plane.origin)
    window: Any = plotter or new_plotter(off_screen, screenshot)
    window.add_mesh(
        cut, scalars=title, clim=scale.clim, cmap=DIFFERENCE, scalar_bar_args=bar(title), lighting=False, name="field"
    )
    for name, line in outlines(one.case).items():
        window.add_mesh(line, color=INK, line_width=3, name=f"outline {name}", reset_camera=False)
    window.add_text(
        plain(f"{other.name} minus {one.name}"), position="upper_left", font_size=11, color=INK, name="title"
    )
    window.add_text(f"Colour: {scale.words}", position="upper_right", font_size=8, color=INK, name="scale")
    look_along(window, plane.normal, plane.up)
    return finish(window, screenshot)
