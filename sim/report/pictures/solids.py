"""The solids of a case, rendered by PyVista without a display."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pyvista as pv
from vtkmodules.vtkCommonCore import vtkLogger

from meshes.arrays import Reals
from meshes.pads import Placement
from sim.case import Case
from sim.report.pictures.colours import electrode_colours, tissue_colours

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

AZIMUTH, ELEVATION = np.radians(-67.0), np.radians(38.0)  # of the camera
TOWARDS = np.array([np.cos(ELEVATION) * np.cos(AZIMUTH), np.cos(ELEVATION) * np.sin(AZIMUTH), np.sin(ELEVATION)])
RIGHT = np.array([-np.sin(AZIMUTH), np.cos(AZIMUTH), 0.0])
UP = np.cross(TOWARDS, RIGHT)
PAD_HEIGHT = 0.012  # of the body's longer side, so that a pad shows as a plate


def open_first_window() -> None:
    """Open a window; the first one takes longer than any later one."""
    with _window(8, 8) as plotter:
        plotter.add_mesh(pv.Box())
        plotter.screenshot(return_img=True)


def project(points: Reals) -> Reals:
    """Points (n, 3) in the picture plane (n, 2), right and up, in the unit of the points."""
    return np.asarray(points @ np.column_stack([RIGHT, UP]))


@contextmanager
def _window(width: int, height: int) -> Iterator[pv.Plotter]:
    """A window that never shows; VTK's remark that there is no display is not passed on."""
    verbosity = vtkLogger.GetCurrentVerbosityCutoff()
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR)
    plotter = pv.Plotter(off_screen=True, window_size=[width, height], lighting="none")
    try:
        yield plotter
    finally:
        plotter.close()
        vtkLogger.SetStderrVerbosity(vtkLogger.ConvertToVerbosity(verbosity))


def render(case: Case, low: Reals, high: Reals, width: int) -> Pixels:
    """The solids alone as an image of the rectangle from ``low`` to ``high`` in the picture plane."""
    middle = (low + high) / 2
    focus = middle[0] * RIGHT + middle[1] * UP
    with _window(width, round(width * float((high[1] - low[1]) / (high[0] - low[0])))) as plotter:
        plotter.background_color = pv.Color("white")
        _light(plotter)
        for solid, colour in (*_layers(case), *_pads(case)):
            plotter.add_mesh(solid, color=colour, ambient=0.72, diffuse=0.33)
        plotter.camera.parallel_projection = True
        plotter.camera.position = focus + 10 * float((high - low).max()) * TOWARDS
        plotter.camera.focal_point = focus
        plotter.camera.up = (0.0, 0.0, 1.0)
        plotter.camera.parallel_scale = float(high[1] - low[1]) / 2
        plotter.renderer.ResetCameraClippingRange()
        return np.asarray(plotter.screenshot(return_img=True))


def _light(plotter: pv.Plotter) -> None:
    """From the front above: the top is brightest, then the front, then the side."""
    plotter.add_light(pv.Light(position=(0.25, -0.5, 0.83), focal_point=(0, 0, 0), light_type="scene light"))


def _layers(case: Case) -> Iterator[tuple[pv.PolyData, str]]:
    x, y = case.body.length_mm / 2, case.body.width_mm / 2
    colours, top = tissue_colours(case), 0.0
    for layer in case.body.layers:
        yield pv.Box((-x, x, -y, y, top - layer.thickness_mm, top)), colours[layer.tissue]
        top -= layer.thickness_mm


def _pads(case: Case) -> Iterator[tuple[pv.PolyData, str]]:
    height = PAD_HEIGHT * max(case.body.length_mm, case.body.width_mm)
    colours = electrode_colours(case)
    for electrode in case.electrodes:
        yield _plate(electrode, height), colours[electrode.name]


def _plate(placement: Placement, height: float) -> pv.PolyData:
    """The outline raised to a plate, top and side."""
    outline = placement.outline_mm(180)
    n = len(outline)
    points = np.vstack([np.column_stack([outline, np.full(n, z)]) for z in (height, 0.0)])
    i = np.arange(n)
    j = np.roll(i, -1)
    sides = np.column_stack([np.full(n, 4), i, i + n, j + n, j])
    return pv.PolyData(points, np.concatenate([[n], i, sides.ravel()]))
