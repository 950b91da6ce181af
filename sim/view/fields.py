"""Fields in the body: cut open, on a plane, and along the flow."""

from typing import Any

import numpy as np
import pyvista as pv

from meshes.arrays import Reals
from sim.report.pictures.colours import INK, colours_of
from sim.report.pictures.plane import Plane
from sim.report.pictures.sheet import DENSITY as DENSITY_MAP
from sim.report.pictures.view import choose_view
from sim.units import MM
from sim.view.camera import look, main_plane
from sim.view.errors import ViewError
from sim.view.hardware import main_pair, outlines, places_mm, seeds
from sim.view.quantities import QUANTITIES, Quantity, quantity, shown_grid, shown_part
from sim.view.run import Run
from sim.view.scale import Scale, scale_for
from sim.view.theme import DEPTH, POTENTIAL, Screenshot, add_names, bar, finish, look_along, new_plotter, plain

Limits = tuple[float, float] | Scale | None
TUBE = 0.0022  # of the body's size, radius of a streamline
BORDER_DEG = 20.0


def plot_current_density(
    run: Run,
    quantity_name: str = "J_rms",
    clim: Limits = None,
    cmap: Any = None,
    off_screen: bool | None = None,
    screenshot: Screenshot = None,
    plotter: pv.Plotter | None = None,
) -> pv.Plotter:
    """Draw the body cut open through the main pair of terminals, coloured by the r.m.s. current density in mA/cm².

    Parameters
    ----------
    quantity_name
        Another array instead: J_magnitude, E, potential.
    clim
        Limits of colour in the unit shown; None: see ``common_scale``.
    cmap
        Another map of colours.
    off_screen, screenshot, plotter
        See ``plot_placement``.

    Raises
    ------
    ViewError
        For an array that the run has not, or where nothing can be drawn.
    """
    shown = quantity(quantity_name)
    scale = scale_for([run], shown, clim)
    grid = shown_grid(run, shown)
    plane = main_plane(run)
    window: Any = plotter or new_plotter(off_screen, screenshot)
    towards = plane.normal if plane.normal @ choose_view(run.case).towards > 0.0 else -plane.normal
    opened = grid.clip(normal=towards, origin=plane.origin, crinkle=False)
    add_field(window, opened, shown, scale, cmap, name="field")
    _add_outlines(window, run)
    _say(window, run, scale)
    look(window, run)
    return finish(window, screenshot)


def plot_cut(
    run: Run,
    quantity_name: str = "J_rms",
    origin_mm: tuple[float, float, float] | None = None,
    normal: tuple[float, float, float] | None = None,
    clim: Limits = None,
    cmap: Any = None,
    off_screen: bool | None = None,
    screenshot: Screenshot = None,
    plotter: pv.Plotter | None = None,
) -> pv.Plotter:
    """Draw a plane through the body, seen straight on, with the borders of the tissues.

    Parameters
    ----------
    origin_mm, normal
        Of the plane; None: through the strongest positive and negative terminal of the first channel.
    quantity_name, clim, cmap, off_screen, screenshot, plotter
        See ``plot_current_density``.

    Raises
    ------
    ViewError
        For an array that the run has not, a plane beside the body, or where nothing can be drawn.
    """
    shown = quantity(quantity_name)
    scale = scale_for([run], shown, clim)
    plane = main_plane(run)
    if normal is not None or origin_mm is not None:
        through = plane.origin if origin_mm is None else np.array(origin_mm, dtype=np.float64)
        plane = Plane.across(through, plane.normal if normal is None else np.array(normal, dtype=np.float64))
    cut = shown_grid(run, shown).slice(normal=plane.normal, origin=plane.origin)
    if cut.n_cells == 0:
        raise ViewError(f"cut: found no tissue in the plane through {_place(plane.origin)} mm; accepted: {_box(run)}")
    window: Any = plotter or new_plotter(off_screen, screenshot)
    add_field(window, cut, shown, scale, cmap, name="field")
    for border in borders(run, cut):
        window.add_mesh(border, color=INK, line_width=1.6, reset_camera=False)
    _say(window, run, scale)
    _name_cut(window, run, plane)
    seen_from = plane.normal if plane.normal @ np.cross(plane.along, plane.up) > 0.0 else -plane.normal
    look_along(window, seen_from, plane.up)
    return finish(window, screenshot)


def plot_streamlines(
    run: Run,
    electrode: str | None = None,
    count: int = 120,
    clim: Limits = None,
    cmap: Any = None,
    off_screen: bool | None = None,
    screenshot: Screenshot = None,
    plotter: pv.Plotter | None = None,
) -> pv.Plotter:
    """Draw lines along the current density at the peak of the first channel, from evenly spread points below a pad.

    Parameters
    ----------
    electrode
        A pad or a contact of a lead; None: the strongest positive terminal of the first channel.
    count
        Number of lines, about.
    clim, cmap, off_screen, screenshot, plotter
        See ``plot_current_density``; colour is the density at the peak.

    Raises
    ------
    ViewError
        For an electrode that the run has not, or where nothing can be drawn.
    """
    shown = QUANTITIES["J_magnitude"]
    scale = scale_for([run], shown, clim)
    lines = streamlines(run, electrode or main_pair(run.case)[0], count)
    window: Any = plotter or new_plotter(off_screen, screenshot)
    if lines.n_cells:
        tubes = lines.tube(radius=TUBE * run.case.body.size_mm)
        add_field(window, tubes, shown, scale, cmap, name="streamlines")
    shell = shown_grid(run).extract_surface(algorithm=None)
    window.add_mesh(shell, color=colours_of(run.tissues)[run.tissues[0]], opacity=0.15, name="body")
    _add_outlines(window, run)
    _say(window, run, scale)
    look(window, run)
    return finish(window, screenshot)


def streamlines(run: Run, electrode: str, count: int = 120) -> pv.PolyData:
    """Lines along J in mm, with its magnitude in mA/cm²; seeded below an electrode, to where they leave the body.

    The vectors are means of the cells around each point; at the border of two tissues they turn gradually, over a cell.
    """
    shown = QUANTITIES["J_magnitude"]
    grid = shown_grid(run, shown)
    grid.cell_data["J"] = run.grid.cell_data["J"]
    smooth = grid.cell_data_to_point_data()
    size = run.case.body.size_mm
    return smooth.streamlines_from_source(
        pv.PolyData(seeds(run, electrode, count)),
        vectors="J",
        integration_direction="both",
        max_length=6.0 * size,
        initial_step_length=0.2,
        step_unit="cl",
        max_steps=4000,
        terminal_speed=1e-9,
    )


def add_field(plotter: Any, part: pv.DataSet, shown: Quantity, scale: Scale, cmap: Any = None, **more: Any) -> pv.Actor:
    """Add something coloured by a quantity, with a colour bar that says what it is."""
    maps = {"potential": POTENTIAL, "modulation_depth": DEPTH}
    return plotter.add_mesh(
        part,
        scalars=shown.title,
        clim=scale.clim,
        log_scale=scale.logarithmic,
        cmap=maps.get(shown.array, DENSITY_MAP) if cmap is None else cmap,
        scalar_bar_args=bar(shown.title),
        lighting=False,
        **more,
    )


def borders(run: Run, cut: pv.PolyData) -> list[pv.PolyData]:
    """Edges of each tissue's part of a cut."""
    found = []
    for i in range(len(run.tissues)):
        part = shown_part(cut, np.flatnonzero(np.asarray(cut.cell_data["tissue"]) == i))
        if part.n_cells:
            found.append(
                part.extract_surface(algorithm=None).extract_feature_edges(
                    boundary_edges=True, feature_edges=False, manifold_edges=False, non_manifold_edges=False
                )
            )
    return found


def _name_cut(plotter: Any, run: Run, plane: Plane) -> None:
    """Terminals and tissues in the plane by name."""
    places = {name: place for name, place in places_mm(run.case).items() if abs(plane.distance(place)) < 2.0}
    near = np.flatnonzero(np.abs(plane.distance(run.corners.mean(axis=1) / MM)) < 0.02 * run.case.body.size_mm)
    centres = run.corners[near].mean(axis=1) / MM
    indices = np.asarray(run.grid.cell_data["tissue"])[near]
    for i, name in enumerate(run.tissues):
        own = centres[indices == i]
        if len(own):
            places[name.replace("_", " ")] = own[np.argmax(own @ plane.along)]
    if places:
        add_names(plotter, places, 14)


def _add_outlines(plotter: Any, run: Run) -> None:
    for name, line in outlines(run.case).items():
        plotter.add_mesh(line, color=INK, line_width=3, name=f"outline {name}", reset_camera=False)


def _say(plotter: Any, run: Run, scale: Scale) -> None:
    plotter.add_text(plain(run.case.title), position="upper_left", font_size=11, color=INK, name="title")
    plotter.add_text(f"Colour: {scale.words}", position="upper_right", font_size=8, color=INK, name="scale")


def _place(point: Reals) -> str:
    return f"({', '.join(f'{value:g}' for value in point)})"


def _box(run: Run) -> str:
    low, high = run.corners.min(axis=(0, 1)) / MM, run.corners.max(axis=(0, 1)) / MM
    return f"a plane through the box from {_place(low)} to {_place(high)} mm"
