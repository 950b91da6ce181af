"""How far terminals are apart, from edge to edge."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
import shapely
from scipy.spatial import cKDTree

from meshes.arrays import Reals
from meshes.construction import BuiltPad
from meshes.geometry import Geometry, PlacedLead
from meshes.inclusions import tube_mm
from meshes.leads import Shaft
from meshes.pads.placement import Placement

TOUCHING_MM2 = 1e-9  # a common area up to this is a touch


@dataclass(frozen=True)
class Distance:
    """Shortest distance between two terminals, mm; negative (about how far) where they overlap."""

    one: str
    other: str
    gap_mm: float


def distances(geometry: Geometry) -> tuple[Distance, ...]:
    """The distance of every pair of terminals, in the order of the terminals.

    Between pads it is measured along the skin, between other metal through space from sampled surfaces (right to about
    a tenth of the metal's width).
    """
    return _distances(geometry.model_dump_json())


@lru_cache(maxsize=10)
def _distances(content: str) -> tuple[Distance, ...]:
    """Those of a geometry as JSON: its parts may hold arrays, which have no hash."""
    geometry = Geometry.model_validate_json(content)
    found = []
    pads = {pad.name: pad for pad in geometry.pads}
    surfaces = _surfaces(geometry)
    for one, other in combinations(geometry.terminals, 2):
        if one in pads and other in pads:
            gap = pad_gap_mm(geometry, pads[one], pads[other])
        else:
            gap = float(surfaces[one].query(surfaces[other].data)[0].min())
        found.append(Distance(one, other, gap))
    return tuple(found)


def pad_gap_mm(geometry: Geometry, one: Placement, other: Placement) -> float:
    """Shortest distance of two pads along the skin; minus the width of what they have in common where they overlap."""
    if np.isinf(geometry.body.curvature_radius_mm):
        here = shapely.transform(one.pad.polygon, lambda p: p + np.array(one.position_mm))
        there = shapely.transform(other.pad.polygon, lambda p: p + np.array(other.position_mm))
    else:  # in the frame halfway between them, where the map of the skin is least distorted
        middle = _middle(geometry, one, other)
        here, there = (_mapped(geometry, pad, middle) for pad in (one, other))
    gap = float(shapely.distance(here, there))
    if gap > 0.0:
        return gap
    parts = shapely.get_parts(shapely.intersection(here, there))
    widths = [
        2.0 * float(shapely.maximum_inscribed_circle(part).length)
        for part in parts
        if part.geom_type == "Polygon" and part.area > TOUCHING_MM2
    ]
    return -max(widths, default=0.0)


def _middle(geometry: Geometry, one: Placement, other: Placement) -> tuple[float, float]:
    """The place on the skin halfway between the pads."""
    centre = geometry.body.wrap_mm(other.position_mm, np.zeros((1, 2)))
    step = geometry.body.unwrap_mm(one.position_mm, centre)[0] / 2
    x, y = np.array(one.position_mm) + step
    return float(x), float(y)


def _mapped(geometry: Geometry, pad: Placement, middle: tuple[float, float]) -> shapely.Polygon:
    """The pad in the frame of another place."""
    body = geometry.body
    return shapely.transform(
        pad.pad.polygon, lambda points: body.unwrap_mm(middle, body.wrap_mm(pad.position_mm, points))
    )


def _surfaces(geometry: Geometry) -> dict[str, cKDTree]:
    """Sampled surfaces of all terminals, for the nearest point."""
    surfaces = {}
    for pad in geometry.pads:
        outline = [np.vstack(loop) for loop in pad.pad.curves_mm(1.0)]
        inside = _grid(pad)
        surfaces[pad.name] = cKDTree(geometry.body.wrap_mm(pad.position_mm, np.vstack([*outline, inside])))
    for lead in geometry.leads:
        for name, points in zip(lead.terminals, _contacts(lead), strict=True):
            surfaces[name] = cKDTree(points)
    for implant in geometry.implants:
        surfaces[implant.name] = cKDTree(implant.surface_mm())
    return surfaces


def _grid(pad: BuiltPad) -> Reals:
    """Points (n, 2) inside a pad's outline, in its frame."""
    reach = max(pad.pad.reach_mm)
    t = np.linspace(-reach, reach, 41)
    points = np.column_stack([grid.ravel() for grid in np.meshgrid(t, t)])
    return points[pad.pad.distance_mm(points) <= 0.0]


def _contacts(lead: PlacedLead) -> list[Reals]:
    """Points on every contact of a lead."""
    tip = np.array(lead.tip_mm)
    along = np.array(lead.direction) / np.linalg.norm(lead.direction)
    shape = lead.shape
    if isinstance(shape, Shaft):
        radius = shape.shaft_diameter_mm / 2
        return [tube_mm(tip + c.from_mm * along, tip + c.to_mm * along, radius) for c in shape.contacts]
    front = tip + 1e-3 * along
    core, edge = (tube_mm(tip, front, d / 2) for d in (shape.core_diameter_mm, shape.insulation_diameter_mm))
    cannula = np.vstack([edge, tube_mm(front, tip + shape.cannula_length_mm * along, shape.cannula_diameter_mm / 2)])
    out = cannula - tip
    radius = np.linalg.norm(out - np.outer(out @ along, along), axis=1)
    return [core, cannula[radius > 0.999 * shape.insulation_diameter_mm / 2]]  # the insulation lies within
