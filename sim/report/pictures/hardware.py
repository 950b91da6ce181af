"""Pads, leads and metal as coloured surfaces."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyvista as pv

from meshes.arrays import Reals
from meshes.geometry import PlacedLead
from meshes.inclusions import AnyInclusion, Box, Cylinder, Ellipsoid, Sphere
from meshes.layers import Region
from meshes.leads import Shaft
from meshes.tagged import TaggedMesh
from sim.case import Case
from sim.report.pictures.colours import IMPLANT, INSULATOR, SHAFT, electrode_colours
from sim.report.pictures.terminals import detached_mm, face_mm, metal_mm

Painted = tuple[pv.PolyData, str]

PALE = 0.55  # of a pad's colour that is white where it does not touch the skin
STICKS_OUT = 0.15  # of the body's size, that a shaft is drawn beyond the skin
SIDES = 40  # of a tube


def pads(case: Case, mesh: TaggedMesh, height: float, needles: bool) -> Iterator[Painted]:
    """The pads as plates of some height, those with needles only as needles where these are to be seen."""
    colours, lifted = electrode_colours(case), detached_mm(case, mesh)
    metal = metal_mm(case, mesh)
    for electrode in case.electrodes:
        name, colour = electrode.name, colours[electrode.name]
        if electrode.needles is not None:
            yield _surface(face_mm(mesh, f"terminal {name}")), colour
            covered = face_mm(mesh, f"pad {name}")
            if len(covered) and not needles:
                yield plate(case, covered, height), colour
        elif len(metal[name]):
            yield plate(case, metal[name], height / 2 if electrode.layers else height), colour
        for part in lifted[name]:
            if len(part):
                yield plate(case, part, height), _pale(colour)


def layer_regions(case: Case) -> tuple[Region, ...]:
    """The regions of the body's layers, without those of its bones, of which each has two."""
    bones = len(getattr(case.body, "bones", ()))
    return tuple(case.body.regions[: len(case.body.regions) - 2 * bones])


def metals(case: Case, mesh: TaggedMesh) -> Iterator[Painted]:
    """Implants, insulators, and leads with their contacts."""
    for name in case.implants:
        yield _surface(face_mm(mesh, f"terminal {name}")), IMPLANT
    for inclusion in case.inclusions:
        if inclusion.material == "insulator":
            yield inclusion_surface(inclusion), INSULATOR
    colours = electrode_colours(case)
    for lead in case.leads:
        yield from lead_pieces(case, lead, colours)


def plate(case: Case, corners: Reals, height: float) -> pv.PolyData:
    """Triangles (f, 3, 3) on the skin raised to a plate: top and side."""
    feet, facets = _merged(corners)
    tops = feet + height * case.body.frame(feet)[:, 2]
    edges = np.sort(np.vstack([facets[:, [0, 1]], facets[:, [1, 2]], facets[:, [2, 0]]]), axis=1)
    edges, counts = np.unique(edges, axis=0, return_counts=True)
    a, b = edges[counts == 1].T
    n = len(feet)
    sides = np.vstack([np.column_stack([a, b, b + n]), np.column_stack([a, b + n, a + n])])
    return pv.PolyData.from_regular_faces(np.vstack([feet, tops]), np.vstack([facets + n, sides]))


def _merged(corners: Reals) -> tuple[Reals, Any]:
    """Points (n, 3) and triangles (f, 3) of triangles given by their corners (f, 3, 3)."""
    points, inverse = np.unique(np.round(corners.reshape(-1, 3), 7), axis=0, return_inverse=True)
    return points, inverse.reshape(-1, 3)


def _surface(corners: Reals) -> pv.PolyData:
    return pv.PolyData.from_regular_faces(*_merged(corners)) if len(corners) else pv.PolyData()


def _pale(colour: str) -> str:
    mixed = (1 - PALE) * np.array(pv.Color(colour).float_rgb) + PALE
    return str(pv.Color(mixed).hex_rgb)


def inclusion_surface(inclusion: AnyInclusion) -> pv.PolyData:
    """The shape of an inclusion, mm."""
    match inclusion:
        case Sphere():
            return pv.Sphere(radius=inclusion.radius_mm, center=inclusion.center_mm)
        case Ellipsoid():
            ball = pv.Sphere(radius=1.0, theta_resolution=40, phi_resolution=40)
            ball.points = ball.points * np.array(inclusion.semi_axes_mm) + np.array(inclusion.center_mm)
            return ball
        case Cylinder():
            return _tube(np.array(inclusion.start_mm), inclusion.axis, 0.0, 1.0, inclusion.radius_mm)
        case Box():
            half = np.array(inclusion.size_mm) / 2
            box = pv.Box([end for size in half for end in (-size, size)])
            return box.rotate_z(inclusion.angle_deg).translate(inclusion.center_mm)


def _tube(tip: Reals, along: Reals, start: float, end: float, radius: float) -> pv.PolyData:
    length = (end - start) * float(np.linalg.norm(along))
    tube = pv.Cylinder(
        center=tip + (start + end) / 2 * along, direction=along, radius=radius, height=length, resolution=SIDES
    )
    return tube.triangulate()


def lead_pieces(case: Case, lead: PlacedLead, colours: dict[str, str]) -> Iterator[Painted]:
    """A shaft from its tip to some way out of the body, with its contacts."""
    tip = np.array(lead.tip_mm)
    along = np.array(lead.direction) / np.linalg.norm(lead.direction)
    steps = np.linspace(0.0, 3.0 * case.body.size_mm, 3001)
    inside = case.body.contains_mm(tip + steps[:, None] * along)
    length = float(steps[inside].max(initial=0.0)) + STICKS_OUT * case.body.size_mm
    shape = lead.shape
    length = max(length, shape.length_mm)
    if isinstance(shape, Shaft):
        radius, rounded = shape.shaft_diameter_mm / 2, shape.tip == "hemisphere"
        start, colour = 0.0, SHAFT
        for name, contact in zip(lead.terminals, shape.contacts, strict=True):
            if contact.from_mm > start:
                yield from _piece(tip, along, start, contact.from_mm, radius, rounded, colour)
            yield from _piece(tip, along, contact.from_mm, contact.to_mm, radius, rounded, colours[name])
            start = contact.to_mm
        yield from _piece(tip, along, start, length, radius, rounded, SHAFT)
        return
    core, cannula = lead.terminals
    outer = shape.cannula_diameter_mm / 2
    yield _tube(tip, along, 0.0, shape.cannula_length_mm, outer), colours[cannula]
    yield _tube(tip, along, shape.cannula_length_mm, length, outer), SHAFT
    yield _tube(tip, along, -0.02 * outer, 0.0, shape.insulation_diameter_mm / 2), SHAFT
    yield _tube(tip, along, -0.04 * outer, 0.0, shape.core_diameter_mm / 2), colours[core]


def _piece(
    tip: Reals, along: Reals, start: float, end: float, radius: float, rounded: bool, colour: str
) -> Iterator[Painted]:
    """A piece of a shaft; the first one of a round shaft begins with a half ball."""
    if start == 0.0 and rounded:
        yield (
            pv.Sphere(radius=radius, center=tip + radius * along, theta_resolution=SIDES, phi_resolution=SIDES),
            colour,
        )
        start = radius
    if end > start:
        yield _tube(tip, along, start, end, radius), colour
