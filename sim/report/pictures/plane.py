"""The plane of a section, and where terminals meet it."""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Reals
from meshes.bodies import Limb
from sim.basis import Solution
from sim.case import Case
from sim.report.pictures.terminals import contact_centre_mm
from sim.units import MM

Window = tuple[Reals, Reals]  # lower left and upper right of a part of the plane, mm

WIDER = 1.4  # an enlarged part, in widths of the pad
WIDER_INSIDE = 4.0  # the same for a contact in the body, which has tissue on all sides
SHAPE = 0.55  # its height, in its widths
DEGENERATE = 0.15  # sine between two directions that makes them count as one
EXACT = 1e-9
NUDGE = 1e-9  # m
ALMOST = float(np.cos(np.radians(1.5)))


@dataclass(frozen=True)
class Plane:
    """A plane with two axes in it.

    Parameters
    ----------
    origin, along, up, normal
        A point (3,), m, and unit vectors: two in the plane and one across.
    """

    origin: Reals
    along: Reals
    up: Reals
    normal: Reals

    @classmethod
    def across(cls, origin: Reals, normal: Reals) -> "Plane":
        """The plane across a vector (3,) through a point (3,), m; z points upwards, or else y."""
        normal = normal / np.linalg.norm(normal)
        reference = np.eye(3)[2] if abs(normal[2]) < np.cos(DEGENERATE) else np.eye(3)[1]
        up = reference - (reference @ normal) * normal
        up /= np.linalg.norm(up)
        along = np.cross(up, normal)
        along *= np.sign(along[np.argmax(np.abs(along))])
        return cls(origin, along, up, np.cross(along, up))

    @classmethod
    def through(cls, one: Reals, other: Reals) -> "Plane":
        """The upright plane through two points (2,) of a flat skin, m."""
        direction = np.array([*(other - one), 0.0])
        return cls.across(np.array([*one, 0.0]), np.cross(direction, np.eye(3)[2]))

    def coordinates(self, points: Reals) -> Reals:
        """Place (..., 2) of points (..., 3): along the plane and upwards, from the feet of the origin of the axes."""
        return np.stack([points @ self.along, points @ self.up], axis=-1)

    def distance(self, points: Reals) -> Reals:
        """Signed distance (...) of points (..., 3)."""
        return np.asarray((points - self.origin) @ self.normal)

    def sided(self, points: Reals) -> Reals:
        """The distance (...) moved so that no point of a mesh lies in the plane, but on one side of it."""
        return np.asarray(self.distance(points) + NUDGE)

    def cross(self, corners_mm: Reals) -> Reals:
        """Pieces of lines (n, 2, 2), mm in the plane, in which it cuts triangles (f, 3, 3), mm."""
        distance = self.sided(np.asarray(corners_mm * MM, dtype=np.float64))
        above = distance > 0.0
        mixed = above.any(axis=1) & ~above.all(axis=1)
        d, corners = distance[mixed], corners_mm[mixed]
        lone = np.where(above[mixed].sum(axis=1) == 1, above[mixed].argmax(axis=1), (~above[mixed]).argmax(axis=1))
        rows = np.arange(len(d))
        ends = []
        for step in (1, 2):
            other = (lone + step) % 3
            t = (d[rows, lone] / (d[rows, lone] - d[rows, other]))[:, None]
            ends.append(corners[rows, lone] * (1 - t) + corners[rows, other] * t)
        return self.coordinates(np.stack(ends, axis=1))

    @property
    def names(self) -> tuple[str, str]:
        """What its two axes measure."""
        names = []
        for axis, otherwise in ((self.along, "along the cut"), (self.up, "height in the cut")):
            direction = np.abs(axis)
            exact = direction.max() > 1 - EXACT
            names.append(f"{'xyz'[int(direction.argmax())] if exact else otherwise} in mm")
        return names[0], names[1]


def main_pair(case: Case, basis: Solution) -> tuple[str, str]:
    """The terminals with the largest and the smallest weight in the first channel, from left to right."""
    weights = case.channels[0].electrodes
    pair = max(weights, key=weights.__getitem__), min(weights, key=weights.__getitem__)
    places = [_centre(case, basis, name) for name in pair]
    axis = int(np.argmax(np.abs(places[0] - places[1])))
    return pair if places[0][axis] <= places[1][axis] else pair[::-1]


def main_plane(case: Case, basis: Solution, pair: tuple[str, str]) -> Plane:
    """The plane through the centres of two terminals that holds the body's outward normal there.

    Where these directions are one, or the normals cancel: across a limb where the centres have one x, else along it;
    in another body through the thing that is farthest beside their line, or along x.
    """
    body = case.body
    one, other = (_centre(case, basis, name) for name in pair)
    difference = other - one
    apart = float(np.linalg.norm(difference))
    extent = max(float(np.ptp(_points(basis, name), axis=0).max()) for name in pair)
    normals = body.frame(np.stack([one, other]))[:, 2]
    needles = [centre for name, centre in zip(pair, (one, other), strict=True) if _has_needles(case, name)]
    origin = np.asarray((needles[0] if needles else (one + other) / 2) * MM)
    if apart < DEGENERATE * extent:  # a ring around a disc: along x
        return Plane.across(origin, _whole(np.cross(body.frame(one[None])[0, 0], normals[0])))
    direction = difference / apart
    across = np.cross(direction, normals.sum(axis=0))
    same_side = float(np.linalg.norm(normals.sum(axis=0))) > 2 * DEGENERATE
    if isinstance(body, Limb) and abs(direction[0]) < DEGENERATE and abs(difference[0]) < 0.25 * extent:
        return Plane.across(origin, np.eye(3)[0])
    if same_side and float(np.linalg.norm(across)) > DEGENERATE * float(np.linalg.norm(normals.sum(axis=0))):
        return Plane.across(origin, _whole(across))
    if isinstance(body, Limb):
        return Plane.across(origin, _whole(np.cross(direction, np.eye(3)[0])))
    others = [np.mean(inclusion.surface_mm(), axis=0) for inclusion in case.inclusions]
    others += [contact_centre_mm(basis, name) for name in basis.terminals if name not in pair]
    sides = [np.cross(direction, point - one) for point in others]
    best = max(sides, key=lambda side: float(np.linalg.norm(side)), default=np.zeros(3))
    if float(np.linalg.norm(best)) < DEGENERATE * extent:
        best = np.cross(direction, np.eye(3)[int(np.argmin(np.abs(direction)))])
    return Plane.across(origin, _whole(best))


def _centre(case: Case, basis: Solution, name: str) -> Reals:
    """Centre (3,) of a contact; of a pad with needles the foot of one near it, so that a cut shows a needle."""
    centre = contact_centre_mm(basis, name)
    for electrode in case.electrodes:
        if electrode.name == name and electrode.needles is not None:
            feet = case.body.wrap_mm(electrode.position_mm, electrode.needles.centres_mm)
            return np.asarray(feet[np.argmin(np.linalg.norm(feet - centre, axis=1))], dtype=np.float64)
    return centre


def _has_needles(case: Case, name: str) -> bool:
    return any(electrode.name == name and electrode.needles is not None for electrode in case.electrodes)


def _whole(normal: Reals) -> Reals:
    """A unit vector; an axis where it is nearly one: a contact whose centre is a little aside changes no direction."""
    normal = normal / np.linalg.norm(normal)
    nearest = np.eye(3)[int(np.argmax(np.abs(normal)))]
    return nearest if float(np.abs(normal).max()) > ALMOST else normal


def _points(basis: Solution, name: str) -> Reals:
    """Corners (n, 3) of a contact, mm."""
    return np.asarray(basis.contacts[basis.terminals.index(name)].corners.reshape(-1, 3) / MM)


def windows_at(case: Case, basis: Solution, plane: Plane, pair: tuple[str, str], extent: Window) -> list[Window]:
    """Lower left and upper right of the enlarged parts at two terminals, mm; of one shape, mostly inside the body."""
    pads = {electrode.name: electrode for electrode in case.electrodes}
    tall = float(extent[1][1] - extent[0][1])
    found = []
    for name in pair:
        contact = _points(basis, name).reshape(-1, 3, 3)
        places: Reals = plane.cross(contact).reshape(-1, 2)
        if len(places) == 0:
            places = plane.coordinates(contact.reshape(-1, 3))
        low, high = places.min(axis=0), places.max(axis=0)
        size = float(np.max((high - low) / np.array([1.0, SHAPE])))
        width = max(size, 0.1 * float(np.ptp(contact, axis=(0, 1)).max())) * (WIDER if name in pads else WIDER_INSIDE)
        outward: Reals = np.zeros(2)
        if name in pads:
            out = case.body.frame(contact_centre_mm(basis, name)[None])[0, 2]
            outward = plane.coordinates(out)
        stack = sum(layer.thickness_mm for layer in pads[name].layers) if name in pads else 0.0
        found.append((low, high, width, outward, 1.1 * stack))
    shape = min(SHAPE, *(tall / width for _, _, width, _, _ in found))
    windows = []
    for low, high, width, outward, stack in found:
        centre, half = (low + high) / 2, np.array([width, shape * width]) / 2
        axis = int(np.argmax(np.abs(outward)))
        if abs(outward[axis]) > 0.5:  # on the skin: from there inwards
            sign = np.sign(outward[axis])
            surface = high[axis] if sign > 0.0 else low[axis]
            centre[axis] = surface + sign * (stack - half[axis])
        windows.append((centre - half, centre + half))
    return windows
