"""Solids: the layers of a body, inclusions, shafts of leads, needles, wounds.

Each is drawn whole, over what it lies in; which piece belongs to which is decided when all have been cut by all.
"""

from dataclasses import dataclass
from typing import Literal

import gmsh
import numpy as np

from meshes.arrays import Reals
from meshes.bodies import Block, Body, Face, Limb
from meshes.construction import BuiltPad
from meshes.drawing.imprint import Skin
from meshes.geometry import PlacedLead
from meshes.inclusions import AnyInclusion, Box, Cylinder, Ellipsoid, Sphere
from meshes.leads import Shaft
from meshes.wounds import Wound

What = Literal["region", "terminal", "insulator", "outside"]


@dataclass(frozen=True)
class Solid:
    """A drawn solid: what it is, under which name, and its tag; a later one lies over an earlier one.

    ``top_mm`` is the depth of the upper side of a layer; what lies in the solid ``floor`` is left out.
    """

    what: What
    name: str
    tag: int
    top_mm: float | None = None
    floor: int | None = None


def draw_layers(body: Body, base: float, crossed: bool) -> list[Solid]:
    """The body below the depth ``base``, one solid a layer, the first being the whole; bones last.

    ``crossed`` says whether an outline lies across the lowest line of a limb.
    """
    solids = []
    depth = 0.0
    for region, layer in zip(body.regions, body.layers, strict=False):
        if depth + layer.thickness_mm > base + 1e-9:
            top = max(depth, base)
            solids.append(Solid("region", region.name, inner_solid(body, top, crossed), top))
        depth += layer.thickness_mm
    match body:
        case Limb():
            solids.append(
                Solid("region", body.regions[len(body.layers)].name, inner_solid(body, depth, crossed), depth)
            )
            for bone in body.bones:
                for region, radius in zip(
                    bone.regions, (bone.radius_mm, bone.radius_mm - bone.cortical_mm), strict=True
                ):
                    start = (-body.length_mm / 2, *bone.position_mm)
                    tag = gmsh.model.occ.addCylinder(*start, body.length_mm, 0.0, 0.0, radius)
                    solids.append(Solid("region", region.name, int(tag)))
        case Face():
            solids.append(Solid("outside", "", inner_solid(body, depth)))
        case Block():
            pass
    return solids


def inner_solid(body: Body, depth: float, crossed: bool = False) -> int:
    """All of the body that lies deeper than a depth; of a face also what is below its lowest layer."""
    occ = gmsh.model.occ
    match body:
        case Block():
            corner = (-body.length_mm / 2, -body.width_mm / 2, -body.depth_mm)
            return int(occ.addBox(*corner, body.length_mm, body.width_mm, body.depth_mm - depth))
        case Limb():
            return _limb_solid(body, depth, crossed)
        case Face():
            ball = occ.addSphere(0.0, 0.0, 0.0, body.radius_mm - depth)
            occ.rotate([(3, ball)], 0, 0, 0, 1, 0, 0, np.pi / 2)  # poles and seam off the skin
            occ.rotate([(3, ball)], 0, 0, 0, 0, 1, 0, np.pi / 2)
            occ.translate([(3, ball)], *body.centre_mm)
            (piece,), _ = occ.intersect([(3, ball)], [(3, _wedge(body))])
            return int(piece[1])


def _limb_solid(body: Limb, depth: float, crossed: bool) -> int:
    """A cylinder or cone around x; its seam is the lowest line.

    A flattened cylinder is periodic, and so takes outlines across the seam, but is meshed ten times more slowly than
    a surface between two ellipses.
    """
    occ = gmsh.model.occ
    a, b = (axis - depth for axis in body.axes)
    if body.axes[0] != body.axes[1] and not crossed:
        return _elliptic_solid(body, a, b)
    start = (-body.length_mm / 2, 0.0, 0.0)
    first, last = (a * float(body.scale(np.array(end * body.length_mm / 2))) for end in (-1, 1))
    if body.taper == 1.0:
        tag = int(occ.addCylinder(*start, body.length_mm, 0.0, 0.0, a))
    else:
        tag = int(occ.addCone(*start, body.length_mm, 0.0, 0.0, first, last))
    occ.rotate([(3, tag)], 0, 0, 0, 1, 0, 0, np.pi)
    if a != b:
        occ.affineTransform([(3, tag)], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, b / a, 0, 0, 0, 0, 1])
    return tag


def _elliptic_solid(body: Limb, a: float, b: float) -> int:
    """Straight lines between the ellipses at the ends, which begin at their lowest points."""
    occ = gmsh.model.occ
    axis, begin = ([0, 1, 0], -np.pi / 2) if a > b else ([0, 0, 1], np.pi)
    ends = []
    for x in (-body.length_mm / 2, body.length_mm / 2):
        k = float(body.scale(np.array(x)))
        curve = occ.addEllipse(
            x, 0, 0, k * max(a, b), k * min(a, b), -1, begin, begin + 2 * np.pi, zAxis=[1, 0, 0], xAxis=axis
        )
        ends.append(occ.addWire([curve]))
    ((_, tag),) = [entity for entity in occ.addThruSections(ends, makeSolid=True, makeRuled=True) if entity[0] == 3]
    return int(tag)


def _wedge(body: Face) -> int:
    """A frustum with its tip at the spheres' centre, from below the lowest layer to above the skin."""
    p, q = np.tan(body.angles)
    heights = (0.02 * body.radius_mm, 1.1 * body.radius_mm)
    corners = [
        [(i * p * h, j * q * h, h - body.radius_mm) for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))] for h in heights
    ]
    return _polyhedron(*corners)


def _polyhedron(bottom: list[tuple[float, float, float]], top: list[tuple[float, float, float]]) -> int:
    """A solid between two quadrangles."""
    occ = gmsh.model.occ
    low, high = ([occ.addPoint(*point) for point in ring] for ring in (bottom, top))
    ring = range(4)
    below = [occ.addLine(low[i], low[(i + 1) % 4]) for i in ring]
    above = [occ.addLine(high[i], high[(i + 1) % 4]) for i in ring]
    up = [occ.addLine(low[i], high[i]) for i in ring]
    loops = [below, above, *([below[i], up[(i + 1) % 4], -above[i], -up[i]] for i in ring)]
    faces = [occ.addPlaneSurface([occ.addCurveLoop(loop)]) for loop in loops]
    return int(occ.addVolume([occ.addSurfaceLoop(faces)]))


def draw_inclusion(inclusion: AnyInclusion, body: Body, turn: float) -> Solid:
    """An inclusion; the seams of what is round lie ``turn`` radians from where they would, poles away from borders."""
    occ = gmsh.model.occ
    match inclusion:
        case Sphere():
            outward = body.frame(np.array([inclusion.center_mm]))[0, 2]
            tag = _ball(outward, turn, inclusion.radius_mm)
            occ.translate([(3, tag)], *inclusion.center_mm)
        case Ellipsoid():
            tag = _ball(np.array([0.0, 0.0, 1.0]), turn, 1.0)
            occ.dilate([(3, tag)], 0.0, 0.0, 0.0, *inclusion.semi_axes_mm)
            occ.translate([(3, tag)], *inclusion.center_mm)
        case Cylinder():
            tag = int(occ.addCylinder(*inclusion.start_mm, *inclusion.axis, inclusion.radius_mm))
            occ.rotate([(3, tag)], *inclusion.start_mm, *inclusion.axis, turn)
        case Box():
            corner = np.subtract(inclusion.center_mm, np.array(inclusion.size_mm) / 2)
            tag = int(occ.addBox(*corner, *inclusion.size_mm))
            occ.rotate([(3, tag)], *inclusion.center_mm, 0, 0, 1, float(np.radians(inclusion.angle_deg)))
    what: dict[str | None, What] = {None: "region", "metal": "terminal", "insulator": "insulator"}
    return Solid(what[inclusion.material], inclusion.name, tag)


def draw_lead(lead: PlacedLead, reach: float) -> list[Solid]:
    """A shaft in pieces: its contacts and what insulates them; it ends ``reach`` from its tip, outside of the body."""
    tip = np.array(lead.tip_mm)
    along = np.array(lead.direction) / np.linalg.norm(lead.direction)
    if isinstance(lead.shape, Shaft):
        return _shaft(lead, lead.shape, tip, along, reach)
    core, cannula = lead.terminals
    shape = lead.shape
    outer = shape.cannula_diameter_mm / 2
    return [
        Solid("terminal", cannula, _tube(tip, along, 0.0, shape.cannula_length_mm, outer)),
        Solid("insulator", "", _tube(tip, along, shape.cannula_length_mm, reach, outer)),
        Solid("insulator", "", _tube(tip, along, 0.0, reach, shape.insulation_diameter_mm / 2)),
        Solid("terminal", core, _tube(tip, along, 0.0, reach, shape.core_diameter_mm / 2)),
    ]


def _shaft(lead: PlacedLead, shape: Shaft, tip: Reals, along: Reals, reach: float) -> list[Solid]:
    radius = shape.shaft_diameter_mm / 2
    ends = [0.0, *(end for c in shape.contacts for end in (c.from_mm, c.to_mm)), max(reach, shape.length_mm + radius)]
    owners: list[tuple[What, str]] = [("insulator", "")]
    for name in lead.terminals:
        owners += [("terminal", name), ("insulator", "")]
    solids = []
    for (what, name), start, end in zip(owners, ends[:-1], ends[1:], strict=True):
        if end <= start:
            continue
        round_tip = start == 0.0 and shape.tip == "hemisphere"
        if round_tip:
            solids.append(Solid(what, name, _half_ball(tip + radius * along, along, radius)))
        first = radius if round_tip else start
        if end > first + 1e-9:
            solids.append(Solid(what, name, _tube(tip, along, first, end, radius)))
    return solids


def _tube(tip: Reals, along: Reals, start: float, end: float, radius: float) -> int:
    return int(gmsh.model.occ.addCylinder(*(tip + start * along), *((end - start) * along), radius))


def _half_ball(centre: Reals, along: Reals, radius: float) -> int:
    """The half of a ball on the far side of a direction."""
    occ = gmsh.model.occ
    tag = int(occ.addSphere(0.0, 0.0, 0.0, radius, angle1=-np.pi / 2, angle2=0.0))
    _raise_axis(tag, along)
    occ.translate([(3, tag)], *centre)
    return tag


def _ball(axis: Reals, turn: float, radius: float) -> int:
    """A ball around the origin with its poles along an axis, its seam turned around it."""
    tag = int(gmsh.model.occ.addSphere(0.0, 0.0, 0.0, radius))
    gmsh.model.occ.rotate([(3, tag)], 0, 0, 0, 0, 0, 1, turn)
    _raise_axis(tag, axis)
    return tag


def _raise_axis(tag: int, axis: Reals) -> None:
    """Rotate a solid about the origin so that its z axis points along a unit vector."""
    across = np.cross([0.0, 0.0, 1.0], axis)
    if np.linalg.norm(across) < 1e-12:
        across = np.array([1.0, 0.0, 0.0])
    gmsh.model.occ.rotate([(3, tag)], 0, 0, 0, *across, float(np.arccos(np.clip(axis[2], -1.0, 1.0))))


def draw_needles(body: Body, pad: BuiltPad) -> list[Solid]:
    """The needles of a pad, upright on the skin; they begin a little above it."""
    if pad.needles is None:
        return []
    feet = body.wrap_mm(pad.position_mm, pad.needles.centres_mm)
    outward = body.frame(feet)[:, 2]
    radius, length = pad.needles.diameter_mm / 2, pad.needles.length_mm
    return [
        Solid("terminal", pad.name, _tube(foot + radius * out, -out, 0.0, length + radius, radius))
        for foot, out in zip(feet, outward, strict=True)
    ]


def draw_wound(skin: Skin, wound: Wound, layers: list[Solid]) -> Solid | None:
    """The patch under the outline down to its depth; None where it ends within the layers that are not drawn.

    On a curved body it reaches below its depth. Where this is the border of a layer, the border cuts it: a second
    surface in the same place would not do.
    """
    occ = gmsh.model.occ
    if wound.depth_mm <= skin.base_mm + 1e-9:
        return None
    face = skin.face(wound.position_mm, wound.outline.loops_mm())
    inward = -skin.body.frame(skin.body.wrap_mm(wound.position_mm, np.zeros((1, 2))))[0, 2]
    reach = float(np.hypot(*wound.outline.reach_mm))
    bend = reach**2 / skin.body.curvature_radius_mm
    depth = wound.depth_mm + bend + (0.1 * wound.depth_mm if bend else 0.0)
    parts = occ.extrude([(2, face)], *((depth - skin.base_mm) * inward))
    column = next(tag for dimension, tag in parts if dimension == 3)
    floor = None
    if np.isfinite(skin.body.curvature_radius_mm):
        tops = (layer.tag for layer in layers if layer.top_mm is not None and abs(layer.top_mm - wound.depth_mm) < 1e-6)
        floor = next(tops, None)
        if floor is None:
            (piece,), _ = occ.cut([(3, column)], [(3, inner_solid(skin.body, wound.depth_mm))])
            column = piece[1]
    return Solid("region" if wound.tissue else "insulator", wound.name, int(column), floor=floor)
