"""Where everything is: tissues, pads, leads, implants, probes."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyvista as pv

from sim.report.pictures.colours import INK, colours_of
from sim.view.camera import look
from sim.view.errors import ViewError
from sim.view.hardware import buried, pieces, places_mm, solids
from sim.view.quantities import shown_grid, shown_part
from sim.view.run import Run
from sim.view.theme import Screenshot, add_names, finish, new_plotter, plain

OUTER, INNER = 0.18, 0.45  # opacity of the first tissue and of the others
AROUND, WITHIN = 0.15, 1.0  # of the layers around bones and inclusions, and of these
PROBE_SIZE = 0.012  # of the body's size
LINE = 26  # pixels from one name to the next


def plot_placement(
    run: Run,
    opacity: Mapping[str, float] | None = None,
    off_screen: bool | None = None,
    screenshot: Screenshot = None,
    plotter: pv.Plotter | None = None,
) -> pv.Plotter:
    """Draw the tissues, seen through, with bones and inclusions as solids, pads, leads and probes; lengths in mm.

    Parameters
    ----------
    opacity
        By tissue, 0 to 1; those not named keep their own.
    off_screen, screenshot
        See ``new_plotter``; the picture is written at once.
    plotter
        Draw into this one instead of a new one.

    Raises
    ------
    ViewError
        For a tissue that the run has not, or where nothing can be drawn.
    """
    inside = buried(run.case)
    wanted = {name: OUTER if i == 0 else INNER for i, name in enumerate(run.tissues)}
    if inside or any(solids(run.case)):
        wanted = {name: WITHIN if name in inside else AROUND for name in run.tissues}
    wanted |= dict(opacity or {})
    unknown = [name for name in wanted if name not in run.tissues]
    if unknown:
        raise ViewError(f"opacity: found {unknown[0]!r}; accepted: {', '.join(run.tissues)}")
    window: Any = plotter or new_plotter(off_screen, screenshot)
    grid, colours = shown_grid(run), colours_of(run.tissues)
    for name in run.tissues:
        if wanted[name] > 0.0:
            surface = shown_part(grid, run.cells_of(name)).extract_surface(algorithm=None)
            window.add_mesh(surface, color=colours[name], opacity=wanted[name], name=f"tissue {name}")
    add_hardware(window, run)
    name_tissues(window, run, [name for name in run.tissues if wanted[name] > 0.0])
    window.add_text(plain(run.case.title), position="upper_left", font_size=11, color=INK, name="title")
    window.show_bounds(
        location="outer",
        xtitle="x in mm",
        ytitle="y in mm",
        ztitle="z in mm",
        fmt="{:.0f}",
        n_zlabels=3,
        font_size=11,
        color=INK,
    )
    look(window, run)
    return finish(window, screenshot)


def name_tissues(plotter: Any, run: Run, names: Sequence[str]) -> None:
    """Write the names of tissues, each on its colour, at the left edge of the picture."""
    colours = colours_of(run.tissues)
    for i, name in enumerate(names):
        place = (12.0, float(plotter.window_size[1] - 70 - LINE * i))
        text = plotter.add_text(
            f" {name.replace('_', ' ')} ", position=place, font_size=9, color=INK, name=f"tissue name {name}"
        )
        text.prop.background_color = colours[name]
        text.prop.background_opacity = 1.0


def add_hardware(plotter: Any, run: Run) -> None:
    """Add pads, leads, implants, insulators and probes with their names."""
    for i, (name, surface, colour) in enumerate((*pieces(run), *solids(run.case))):
        plotter.add_mesh(surface, color=colour, name=f"{name} {i}", reset_camera=False)
    places: dict[str, Any] = dict(places_mm(run.case))
    places |= {name: surface.center for name, surface, _ in solids(run.case)}
    size = run.case.body.size_mm
    for probe in run.case.probes:
        ball = pv.Sphere(radius=PROBE_SIZE * size, center=probe.position_mm)
        plotter.add_mesh(ball, color=INK, name=f"probe {probe.name}", reset_camera=False)
        places[probe.name] = probe.position_mm
    add_names(plotter, places, 15)
