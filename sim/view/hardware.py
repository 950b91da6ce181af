"""Pads, leads and probes of a run in mm: where they are, their outlines, and the skin below a pad."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyvista as pv

from meshes.arrays import Integers, Reals
from sim.case import Case
from sim.report.pictures.colours import IMPLANT, INSULATOR, electrode_colours
from sim.report.pictures.hardware import inclusion_surface, layer_regions, lead_pieces, plate
from sim.report.pictures.terminals import pad_middle_mm
from sim.units import MM
from sim.view.errors import ViewError
from sim.view.run import Run

OUTLINE_POINTS = 240
RAISED = 0.004  # of the body's size, that outlines lie above the skin
PAD_HEIGHT = 0.012  # of the body's size, so that a pad shows as a plate
SOLIDS = {"metal": IMPLANT, "insulator": INSULATOR}
ON_SKIN = 0.15  # of the longest edge of a facet, that flat facets are off a round skin


@dataclass(frozen=True)
class Underneath:
    """The skin below a pad: triangles (f, 3, 3), mm, and the cell of each (f,)."""

    corners: Reals
    cells: Integers

    @property
    def areas(self) -> Reals:
        """Of the triangles (f,), mm2."""
        edges = self.corners[:, 1:] - self.corners[:, :1]
        return np.asarray(np.linalg.norm(np.cross(edges[:, 0], edges[:, 1]), axis=1) / 2.0, dtype=np.float64)


def places_mm(case: Case) -> dict[str, Reals]:
    """The middle (3,) of every pad and of every contact of a lead, mm."""
    places = {}
    for electrode in case.electrodes:
        places[electrode.name] = pad_middle_mm(case, electrode)
    for lead in case.leads:
        along = np.array(lead.direction) / np.linalg.norm(lead.direction)
        contacts = getattr(lead.shape, "contacts", ())
        middles = [(contact.from_mm + contact.to_mm) / 2 for contact in contacts] or [0.0, lead.shape.length_mm / 2]
        for name, middle_mm in zip(lead.terminals, middles, strict=True):
            places[name] = np.array(lead.tip_mm) + middle_mm * along
    return places


def outlines(case: Case) -> dict[str, pv.PolyData]:
    """The outline of every pad as a line a little above the skin, mm."""
    lines = {}
    for electrode in case.electrodes:
        loop = case.body.wrap_mm(electrode.position_mm, electrode.pad.outline_mm(OUTLINE_POINTS))
        loop = loop + RAISED * case.body.size_mm * case.body.frame(loop)[:, 2]
        lines[electrode.name] = pv.lines_from_points(np.vstack([loop, loop[:1]]))
    return lines


def underneath(run: Run, name: str) -> Underneath:
    """The skin below a pad, found in the mesh: it follows the outline of every pad.

    Raises
    ------
    ViewError
        If there is no such pad; contacts of leads have no skin.
    """
    pads = {electrode.name: electrode for electrode in run.case.electrodes}
    if name not in pads:
        raise ViewError(f"electrode: found {name!r}; accepted: {', '.join(pads) or 'none, for no pad is on the skin'}")
    pad, body = pads[name], run.case.body
    corners, cells = _skin(run)
    size = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    centres = corners.mean(axis=1)
    flat = body.unwrap_mm(pad.position_mm, centres)
    off = np.linalg.norm(body.wrap_mm(pad.position_mm, flat) - centres, axis=1)
    chosen = (pad.pad.distance_mm(flat) < 0.0) & (off < ON_SKIN * size)
    if not chosen.any():
        raise ViewError(f"{run.folder}: found no skin below {name}; accepted: a pad on a tissue of the body")
    return Underneath(corners[chosen], cells[chosen])


def _skin(run: Run) -> tuple[Reals, Integers]:
    """Triangles (f, 3, 3), mm, that bound the body without what lies on it, and the cell behind each (f,)."""
    own = {region.tissue for region in run.case.body.regions}
    own |= {w.region.tissue for w in run.case.wounds if w.region is not None}
    own |= {i.region.tissue for i in run.case.inclusions if i.region is not None}
    cells = run.cells_of(*(name for name in run.tissues if name in own))
    tetrahedra = run.cells[cells]
    faces = tetrahedra[:, [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]].reshape(-1, 3)
    _, first, counts = np.unique(np.sort(faces, axis=1), axis=0, return_index=True, return_counts=True)
    outer = first[counts == 1]
    points = np.asarray(run.grid.points, dtype=np.float64) / MM
    return points[faces[outer]], cells[outer // 4]


def pieces(run: Run) -> Iterator[tuple[str, pv.PolyData, str]]:
    """Name, surface in mm and colour of every pad and of every piece of a lead."""
    colours = electrode_colours(run.case)
    for electrode in run.case.electrodes:
        below = underneath(run, electrode.name)
        height = PAD_HEIGHT * run.case.body.size_mm
        yield electrode.name, plate(run.case, below.corners, height), colours[electrode.name]
    for lead in run.case.leads:
        for surface, colour in lead_pieces(run.case, lead, colours):
            yield lead.name, surface, colour


def solids(case: Case) -> Iterator[tuple[str, pv.PolyData, str]]:
    """Name, surface in mm and colour of every implant and insulator, which are holes of the mesh."""
    for inclusion in case.inclusions:
        if inclusion.material is not None:
            yield inclusion.name, inclusion_surface(inclusion), SOLIDS[inclusion.material]


def buried(case: Case) -> frozenset[str]:
    """Tissues of bones and inclusions that no layer has: what lies within the others."""
    inner = {i.tissue for i in case.inclusions if i.tissue is not None}
    layers = layer_regions(case)
    inner |= {region.tissue for region in case.body.regions[len(layers) :]}
    return frozenset(inner - {region.tissue for region in layers})


def main_pair(case: Case) -> tuple[str, str]:
    """The terminals with the largest and the smallest weight in the first channel."""
    weights = case.channels[0].electrodes
    return max(weights, key=weights.__getitem__), min(weights, key=weights.__getitem__)


def seeds(run: Run, name: str, count: int = 120) -> Reals:
    """Points (n, 3), mm, spread evenly a little below a pad, or around a contact of a lead.

    Raises
    ------
    ViewError
        If there is no such pad or contact.
    """
    case = run.case
    if name not in case.poles:
        raise ViewError(f"electrode: found {name!r}; accepted: {', '.join(case.poles)}")
    pads = {electrode.name: electrode for electrode in case.electrodes}
    if name not in pads:
        lead = next(lead for lead in case.leads if name in lead.terminals)
        shape = lead.shape
        radius = getattr(shape, "shaft_diameter_mm", 0.0) or getattr(shape, "cannula_diameter_mm", 0.0)
        turn = np.arange(count) * np.pi * (3.0 - np.sqrt(5.0))
        z = 1.0 - (2.0 * np.arange(count) + 1.0) / count
        ball = np.column_stack([np.sqrt(1 - z**2) * np.cos(turn), np.sqrt(1 - z**2) * np.sin(turn), z])
        return np.asarray(places_mm(case)[name] + 0.8 * radius * ball)
    pad = pads[name].pad
    left, low, right, high = pad.polygon.bounds
    step = float(np.sqrt(pad.area_mm2 / count))
    x, y = np.meshgrid(np.arange(left + step / 2, right, step), np.arange(low + step / 2, high, step))
    flat = np.column_stack([x.ravel(), y.ravel()])
    flat = flat[pad.distance_mm(flat) < 0.0]
    feet = case.body.wrap_mm(pads[name].position_mm, flat)
    return np.asarray(feet - 0.1 * case.body.layers[0].thickness_mm * case.body.frame(feet)[:, 2])
