"""Contacts laid flat: pads in their own frame, the contacts of leads unrolled from their shaft."""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Integers, Reals
from meshes.leads import Concentric
from sim.basis import Touching
from sim.case import Case
from sim.exposure.triangles import facet_areas
from sim.units import MM

MERGE = 1e-7  # m, corners that are one vertex
ON_SKIN = 0.02  # mm, how far a facet's corners may be from the skin
Loop = tuple[Reals, str]  # points (n, 2) and a line style


@dataclass(frozen=True)
class Flat:
    """A contact laid flat.

    Parameters
    ----------
    corners
        Of its triangles in the plane (f, 3, 2), mm.
    facets
        Which facet of the contact each is (f,): one that crosses the seam of a shaft is drawn at both ends.
    loops
        Outlines, with their line styles.
    names
        Of the two axes.
    spots
        Feet of needles (2,), mm, and the facets of each.
    unrolled
        Whether it was cut open along a seam, over which triangles reach.
    """

    corners: Reals
    facets: Integers
    loops: tuple[Loop, ...]
    names: tuple[str, str]
    spots: tuple[tuple[Reals, Integers], ...] = ()
    unrolled: bool = False


def vertex_means(contact: Touching, values: Reals) -> Reals:
    """Values (f, 3) at the corners of facets made continuous: a vertex has the mean of the facets that meet there."""
    keys = np.round(contact.corners.reshape(-1, 3) / MERGE)
    _, which = np.unique(keys, axis=0, return_inverse=True)
    areas = np.repeat(facet_areas(contact.corners), 3)
    return np.asarray((np.bincount(which, areas * values.ravel()) / np.bincount(which, areas))[which].reshape(-1, 3))


def lay_flat(case: Case, contact: Touching) -> Flat:
    """The contact of a pad or of a lead in a plane, areas as they are."""
    for electrode in case.electrodes:
        if electrode.name == contact.name:
            return _pad(case, contact)
    lead = next(lead for lead in case.leads if contact.name in lead.terminals)
    tip = np.array(lead.tip_mm)
    along = np.array(lead.direction) / np.linalg.norm(lead.direction)
    side = np.cross(along, np.eye(3)[int(np.argmin(np.abs(along)))])
    side /= np.linalg.norm(side)
    local = (contact.corners / MM - tip) @ np.stack([side, np.cross(along, side), along]).T
    if isinstance(lead.shape, Concentric) and contact.name == lead.terminals[0]:
        angle = np.linspace(0.0, 2 * np.pi, 90)
        rim = lead.shape.core_diameter_mm / 2 * np.column_stack([np.cos(angle), np.sin(angle)])
        return Flat(local[..., :2], np.arange(len(local)), ((rim, "-"),), ("across in mm", "across in mm"))
    shape = lead.shape
    radius = shape.outer_diameter_mm / 2
    return _unrolled(local, radius)


def _unrolled(local: Reals, radius: float) -> Flat:
    """Facets (f, 3, 3) around the z axis: angle times radius, and distance from the tip.

    This keeps the areas of the shaft and, as Archimedes found, of a half ball at its tip. A flat end lies below it,
    with the middle of the end as the lower edge.
    """
    angle = np.arctan2(local[..., 1], local[..., 0])
    angle = angle[:, :1] + (angle - angle[:, :1] + np.pi) % (2 * np.pi) - np.pi
    height = local[..., 2]
    end = np.abs(height).max(axis=1) < 1e-6 * radius
    height = np.where(end[:, None], np.hypot(local[..., 0], local[..., 1]) - radius, height)
    corners = np.stack([angle * radius, height], axis=-1)
    turn = 2 * np.pi * radius
    low, high = corners[..., 0].min(axis=1), corners[..., 0].max(axis=1)
    shift = np.array([turn, 0.0])
    copies = [corners, corners + shift, corners - shift]
    chosen = [np.ones(len(corners), dtype=bool), low < -turn / 2, high > turn / 2]
    bottom, top = float(height.min()), float(height.max())
    edges = [(-turn / 2, bottom), (turn / 2, bottom), (turn / 2, top), (-turn / 2, top), (-turn / 2, bottom)]
    return Flat(
        np.concatenate([copy[use] for copy, use in zip(copies, chosen, strict=True)]),
        np.concatenate([np.flatnonzero(use) for use in chosen]),
        ((np.array(edges), "-"),),
        ("around the shaft in mm", "from the tip in mm"),
        unrolled=True,
    )


def _pad(case: Case, contact: Touching) -> Flat:
    """A pad from outside; its needles as spots."""
    electrode = next(electrode for electrode in case.electrodes if electrode.name == contact.name)
    body, position = case.body, electrode.position_mm
    points = np.asarray(contact.corners.reshape(-1, 3) / MM, dtype=np.float64)
    flat = body.unwrap_mm(position, points)
    on_skin = np.linalg.norm(body.wrap_mm(position, flat) - points, axis=1).reshape(-1, 3) < ON_SKIN
    flat = flat.reshape(-1, 3, 2)
    facets = np.flatnonzero(on_skin.all(axis=1)) if electrode.needles is not None else np.arange(len(flat))
    loops: list[Loop] = [(np.vstack(loop), "-") for loop in electrode.pad.loops_mm()]
    for part in electrode.detached:
        loops += [(np.vstack(loop) + np.array(part.position_mm), "--") for loop in part.outline.loops_mm()]
    if electrode.has_snap and electrode.connector is not None:
        angle = np.linspace(0.0, 2 * np.pi, 90)
        rim = electrode.connector.diameter_mm / 2 * np.column_stack([np.cos(angle), np.sin(angle)])
        loops.append((rim + np.array(electrode.connector.position_mm), ":"))
    spots: list[tuple[Reals, Integers]] = []
    if electrode.needles is not None:
        centres = electrode.needles.centres_mm
        others = np.setdiff1d(np.arange(len(flat)), facets)
        nearest = np.linalg.norm(flat[others].mean(axis=1)[:, None] - centres, axis=2).argmin(axis=1)
        spots = [(centre, others[nearest == i]) for i, centre in enumerate(centres)]
    across = "y" if np.isinf(body.curvature_radius_mm) else "along the arc"
    return Flat(flat[facets], facets, tuple(loops), ("x in mm", f"{across} in mm"), tuple(spots))
