"""One look for all views: white, dark writing, maps of colour that grow evenly and that the colour-blind can read.

PyVista's global theme is never touched: every plotter gets its own.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pyvista as pv
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from pyvista.plotting.themes import Theme
from vtkmodules.vtkCommonCore import vtkLogger

from meshes.arrays import Reals
from meshes.store import write_atomically
from sim.report.pictures.colours import INK
from sim.report.pictures.sheet import DENSITY, DPI, SETTINGS
from sim.view.headless import has_display, renderer

WINDOW = (1200, 800)
HEIGHT_USED, WIDTH_USED, BAR_ROOM = 0.7, 0.86, 0.05  # of the window, by what is shown; and by how much that is raised
POTENTIAL = "cividis"
DIFFERENCE = "RdBu_r"  # white where there is none
DEPTH = "viridis"
EXCEEDED = "#6a00a8"  # of what is beyond a limit; in no other map

Screenshot = Path | str | None


def theme() -> Any:
    """A theme for one plotter."""
    build: Any = Theme  # PyVista gives it no types
    made = build()
    made.background = "white"
    made.font.color = INK
    made.font.family = "arial"
    made.font.size = 15
    made.font.title_size = 16
    made.font.label_size = 15
    made.cmap = DENSITY
    made.nan_color = "#d0d0d0"
    made.window_size = list(WINDOW)
    made.color = "#c9c9c9"
    made.show_scalar_bar = True
    made.colorbar_orientation = "horizontal"
    return made


def new_plotter(off_screen: bool | None = None, screenshot: Screenshot = None, **options: Any) -> Any:
    """A plotter of this look.

    Parameters
    ----------
    off_screen
        None: where there is no display, or a screenshot is wanted.
    screenshot
        A file that will be written with ``finish``.
    **options
        More for ``pyvista.Plotter``.

    Raises
    ------
    ViewError
        If nothing can be drawn on this machine.
    """
    renderer()
    hidden = off_screen if off_screen is not None else pv.OFF_SCREEN or screenshot is not None or not has_display()
    with quiet():
        plotter = pv.Plotter(off_screen=hidden, theme=theme(), **options)
    return plotter


def finish(plotter: Any, screenshot: Screenshot) -> Any:
    """Write the picture, if one is wanted, and give the plotter back; the caller adds to it, shows or closes it."""
    if screenshot is not None:
        with quiet():
            path = Path(screenshot)
            write_atomically(path, lambda partial: plotter.screenshot(partial))
    return plotter


def plain(text: str) -> str:
    """A text as VTK shows it: between two dollar signs it would set mathematics, slowly, and keep the memory."""
    return text.replace("$", "\\$")


def add_names(plotter: Any, places: Mapping[str, Any], size: int, name: str = "names", **more: Any) -> None:
    """Names at places (3,), mm, over everything else; ``name`` is that of the actor, ``more`` what PyVista takes."""
    plotter.add_point_labels(
        [tuple(place) for place in places.values()],
        list(places),
        always_visible=True,
        show_points=False,
        shape_opacity=0.7,
        shape_color="white",
        text_color=INK,
        font_size=size,
        name=name,
        reset_camera=False,
        **more,
    )


def look_along(plotter: Any, towards: Reals, up: Reals) -> None:
    """Look from a direction (3,), in parallel projection, at all that is shown, above the colour bar."""
    towards, up = (np.asarray(axis, dtype=np.float64) / np.linalg.norm(axis) for axis in (towards, up))
    plotter.view_vector(tuple(towards), viewup=tuple(up))
    ends = np.array(plotter.renderer.bounds).reshape(3, 2)
    corners = np.array(np.meshgrid(*ends)).reshape(3, -1).T
    width, height = np.ptp(corners @ np.cross(up, towards)), np.ptp(corners @ up)
    shape = plotter.renderer.GetTiledAspectRatio()
    scale = max(height / HEIGHT_USED, width / (WIDTH_USED * shape)) / 2.0
    middle = ends.mean(axis=1) - 2.0 * BAR_ROOM * scale * up
    camera = plotter.camera
    camera.parallel_projection = True
    camera.focal_point = tuple(middle)
    camera.position = tuple(middle + 4.0 * np.linalg.norm(np.ptp(ends, axis=1)) * towards)
    camera.parallel_scale = scale
    plotter.renderer.ResetCameraClippingRange()


def bar(title: str, **more: Any) -> dict[str, Any]:
    """Arguments of a colour bar."""
    return {
        "title": f"{title}\n",
        "vertical": False,
        "position_x": 0.2,
        "position_y": 0.03,
        "width": 0.6,
        "height": 0.06,
        "n_labels": 5,
        "fmt": "{:.2g}",
        "title_font_size": 17,
        "label_font_size": 15,
        "unconstrained_font_size": False,
    } | more


def new_axes(width_in: float = 7.0, height_in: float = 4.2) -> Axes:
    """Axes of a new figure without pyplot, so that no global state is touched."""
    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(width_in, height_in), dpi=DPI, facecolor="white", layout="constrained")
        FigureCanvasAgg(figure)
        return figure.add_subplot()


def finish_axes(axes: Axes, screenshot: Screenshot) -> Axes:
    """Write the figure, if a file is wanted, and give the axes back."""
    if screenshot is not None:
        figure = axes.get_figure(root=True)
        assert figure is not None
        write_atomically(Path(screenshot), lambda partial: figure.savefig(partial, format="png", dpi=DPI))
    return axes


@contextmanager
def quiet() -> Iterator[None]:
    """VTK's remark that there is no display is not passed on."""
    verbosity = vtkLogger.GetCurrentVerbosityCutoff()
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR)
    try:
        yield
    finally:
        vtkLogger.SetStderrVerbosity(vtkLogger.ConvertToVerbosity(verbosity))
