"""The body cut open, with all that is on it and in it, rendered by PyVista without a display."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvista as pv
from vtkmodules.vtkCommonCore import vtkLogger

from meshes.arrays import Integers, Reals
from meshes.tagged import TaggedMesh
from sim.case import Case
from sim.report.pictures.carving import Tetrahedra
from sim.report.pictures.colours import INK, tissue_colours
from sim.report.pictures.hardware import Painted, layer_regions, metals, pads
from sim.report.pictures.opening import Opening
from sim.report.pictures.view import View

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

LIGHT = (0.04, 0.31, 0.95)  # direction of the light: right, up, towards the camera
PAD_HEIGHT = 0.012  # of the body's size, so that a pad shows as a plate
EDGE_DEG = 50.0  # a fold that is drawn as a line; round bodies are facetted by less
SMOOTH_DEG = 35.0  # a fold that is not shaded smoothly
RAISED = 0.004  # of the body's size, that lines are drawn nearer to the camera


@dataclass(frozen=True)
class Skin:
    """What is seen of the tissues: triangles, the colour of each, and the lines between them.

    Parameters
    ----------
    points, triangles
        Vertices (n, 3), mm, and their numbers (t, 3).
    regions
        Tag of the region that each triangle bounds (t,).
    lines
        Numbers of the vertices of edges (e, 2) where regions meet or the surface folds.
    """

    points: Reals
    triangles: Integers
    regions: Integers
    lines: Integers


def open_first_window() -> None:
    """Open a window; the first one takes longer than any later one."""
    with _window(8, 8) as plotter:
        plotter.add_mesh(pv.Box())
        plotter.screenshot(return_img=True)


def carved_skin(case: Case, mesh: TaggedMesh, opening: Opening) -> Skin:
    """The surface of what an opening leaves of the tissues; bones, inclusions and stacks stay whole."""
    layers = layer_regions(case)
    opened = {region.name for region in (*layers, *(w.region for w in case.wounds if w.region is not None))}
    whole = np.array([tag for name, tag in mesh.volume_names.items() if name not in opened])
    body = opening.carve(Tetrahedra(mesh.points_mm, mesh.cells, mesh.cell_tags), whole)
    triangles, cells = body.surface()
    regions = body.tags[cells]
    return Skin(body.points, triangles, regions, _lines(body.points, triangles, regions))


def _lines(points: Reals, triangles: Integers, regions: Integers) -> Integers:
    corners = points[triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1), 1e-30)[:, None]
    ends = np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    owner = np.repeat(np.arange(len(triangles)), 3)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    ends, owner = ends[order], owner[order]
    same = np.flatnonzero((ends[1:] == ends[:-1]).all(axis=1))
    one, other = owner[same], owner[same + 1]
    folded = np.einsum("ij,ij->i", normals[one], normals[other]) < np.cos(np.radians(EDGE_DEG))
    return ends[same[folded | (regions[one] != regions[other])]]


def render(
    case: Case,
    mesh: TaggedMesh,
    skin: Skin,
    view: View,
    window: tuple[Reals, Reals],
    width: int,
    needles: bool = False,
) -> Pixels:
    """An image of the rectangle ``window`` (lower left, upper right) of the picture plane, so many pixels wide.

    With ``needles`` pads that have some are left away, so that these are seen.
    """
    low, high = window
    middle = (low + high) / 2
    focus = middle[0] * view.right + middle[1] * view.up
    far = 10 * max(float((high - low).max()), case.body.size_mm)
    size = case.body.size_mm
    with _window(width, max(1, round(width * float((high[1] - low[1]) / (high[0] - low[0]))))) as plotter:
        plotter.background_color = pv.Color("white")
        light = np.array(LIGHT) @ np.stack([view.right, view.up, view.towards])
        plotter.add_light(pv.Light(position=tuple(light), focal_point=(0, 0, 0), light_type="scene light"))
        plotter.add_mesh(
            _tissues(case, mesh, skin), scalars="colour", rgb=True, ambient=0.72, diffuse=0.33, smooth_shading=False
        )
        for surface, colour in _hardware(case, mesh, size, needles):
            plotter.add_mesh(surface, color=colour, ambient=0.62, diffuse=0.42, smooth_shading=False)
        if len(skin.lines):
            lines = np.column_stack([np.full(len(skin.lines), 2), skin.lines]).ravel()
            edges = pv.PolyData(skin.points + RAISED * size * view.towards, lines=lines)
            plotter.add_mesh(edges, color=INK, line_width=1.1, lighting=False)
        plotter.camera.parallel_projection = True
        plotter.camera.position = focus + far * view.towards
        plotter.camera.focal_point = focus
        plotter.camera.up = tuple(view.up)
        plotter.camera.parallel_scale = float(high[1] - low[1]) / 2
        plotter.renderer.ResetCameraClippingRange()
        plotter.enable_anti_aliasing("ssaa")
        return np.asarray(plotter.screenshot(return_img=True))


def _tissues(case: Case, mesh: TaggedMesh, skin: Skin) -> pv.PolyData:
    """The surface with colours and normals: smooth where it is round, with edges where it folds."""
    colours = tissue_colours(case)
    table = np.zeros((max(mesh.volume_names.values()) + 1, 3), dtype=np.uint8)
    for region in case.geometry.regions:
        if region.name in mesh.volume_names:
            table[mesh.volume_names[region.name]] = pv.Color(colours[region.tissue]).int_rgb
    triangles: Any = skin.triangles  # any integers will do
    surface = pv.PolyData.from_regular_faces(skin.points, triangles)
    surface.cell_data["colour"] = table[skin.regions]
    return surface.compute_normals(
        cell_normals=False, split_vertices=True, feature_angle=SMOOTH_DEG, consistent_normals=False
    )


def _hardware(case: Case, mesh: TaggedMesh, size: float, needles: bool) -> Iterator[Painted]:
    for surface, colour in (*pads(case, mesh, PAD_HEIGHT * size, needles), *metals(case, mesh)):
        if surface.n_points:
            yield (
                surface.compute_normals(cell_normals=False, split_vertices=True, feature_angle=SMOOTH_DEG),
                colour,
            )


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
