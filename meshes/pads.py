"""Pad outlines: area, outline, distance."""

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from meshes.arrays import Reals
from meshes.part import Coordinate, Length, Name, NotNegative, Part


class Disc(Part):
    """A round pad."""

    kind: Literal["disc"]
    diameter_mm: Length

    @property
    def area_mm2(self) -> float:
        """Area of the outline."""
        return float(np.pi * self.diameter_mm**2 / 4)

    @property
    def half_width_mm(self) -> float:
        """Radius of the largest disc that fits inside."""
        return self.diameter_mm / 2

    @property
    def reach_mm(self) -> tuple[float, float]:
        """How far the outline reaches from the centre along x and along y."""
        return self.diameter_mm / 2, self.diameter_mm / 2

    def distance_mm(self, points: Reals) -> Reals:
        """Signed distance (n,) from points (n, 2) in the pad's frame to the outline, negative inside."""
        return np.hypot(points[:, 0], points[:, 1]) - self.diameter_mm / 2

    def outline_mm(self, count: int = 720) -> Reals:
        """Points (count, 2) along the outline, anticlockwise, in the pad's frame."""
        angle = np.linspace(0.0, 2 * np.pi, count, endpoint=False)
        return self.diameter_mm / 2 * np.column_stack([np.cos(angle), np.sin(angle)])


class Rectangle(Part):
    """A rectangular pad with rounded corners: ``length_mm`` along x and ``width_mm`` along y before it is turned."""

    kind: Literal["rectangle"]
    length_mm: Length
    width_mm: Length
    corner_radius_mm: NotNegative = 0.0
    angle_deg: Annotated[float, Field(ge=-360.0, le=360.0)] = 0.0

    @model_validator(mode="after")
    def _corners_fit(self) -> Self:
        if self.corner_radius_mm > min(self.length_mm, self.width_mm) / 2:
            raise ValueError(
                f"corner_radius_mm {self.corner_radius_mm:g} is more than half of the shorter side, "
                f"{min(self.length_mm, self.width_mm) / 2:g}"
            )
        return self

    @property
    def area_mm2(self) -> float:
        """Area of the outline."""
        return float(self.length_mm * self.width_mm - (4 - np.pi) * self.corner_radius_mm**2)

    @property
    def half_width_mm(self) -> float:
        """Radius of the largest disc that fits inside."""
        return min(self.length_mm, self.width_mm) / 2

    @property
    def reach_mm(self) -> tuple[float, float]:
        """How far the outline reaches from the centre along x and along y."""
        lx, ly = self.length_mm / 2 - self.corner_radius_mm, self.width_mm / 2 - self.corner_radius_mm
        c, s = abs(np.cos(np.radians(self.angle_deg))), abs(np.sin(np.radians(self.angle_deg)))
        return float(lx * c + ly * s) + self.corner_radius_mm, float(lx * s + ly * c) + self.corner_radius_mm

    def _turned(self, points: Reals, sign: float) -> Reals:
        angle = np.radians(sign * self.angle_deg)
        c, s = np.cos(angle), np.sin(angle)
        return points @ np.array([[c, s], [-s, c]])

    def distance_mm(self, points: Reals) -> Reals:
        """Signed distance (n,) from points (n, 2) in the pad's frame to the outline, negative inside."""
        r = self.corner_radius_mm
        q = np.abs(self._turned(points, -1.0)) - np.array([self.length_mm / 2 - r, self.width_mm / 2 - r])
        outside = np.hypot(*np.maximum(q, 0.0).T)
        return outside + np.minimum(q.max(axis=1), 0.0) - r

    def outline_mm(self, count: int = 720) -> Reals:
        """Points (about count, 2) along the outline, anticlockwise, in the pad's frame."""
        r, lx, ly = self.corner_radius_mm, self.length_mm / 2, self.width_mm / 2
        straight = 2 * (2 * lx - 2 * r) + 2 * (2 * ly - 2 * r)
        perimeter = straight + 2 * np.pi * r
        points: list[Reals] = []
        corners = [(lx - r, ly - r), (r - lx, ly - r), (r - lx, r - ly), (lx - r, r - ly)]
        for quarter, (x, y) in enumerate(corners):
            steps = max(2, round(count * (np.pi / 2 * r) / perimeter)) if r > 0.0 else 1
            angle = np.linspace(quarter * np.pi / 2, (quarter + 1) * np.pi / 2, steps)
            arc = np.column_stack([x + r * np.cos(angle), y + r * np.sin(angle)])
            following = corners[(quarter + 1) % 4]
            turn = (quarter + 1) * np.pi / 2
            start = np.array(following) + r * np.array([np.cos(turn), np.sin(turn)])
            along = np.linspace(0.0, 1.0, max(2, round(count * np.hypot(*(start - arc[-1])) / perimeter)))[1:-1, None]
            points += [arc, arc[-1] + along * (start - arc[-1])]
        return self._turned(np.vstack(points), 1.0)


Pad = Annotated[Disc | Rectangle, Field(discriminator="kind")]


class Placement(Part):
    """A pad with its name and the position of its centre on the body's surface."""

    name: Name
    pad: Pad
    position_mm: tuple[Coordinate, Coordinate]

    def outline_mm(self, count: int = 720) -> Reals:
        """Points (count, 2) along the outline, on the surface."""
        return self.pad.outline_mm(count) + np.array(self.position_mm)

    def distance_mm(self, points: Reals) -> Reals:
        """Signed distance (n,) from points (n, 2) on the surface to the outline, negative inside the pad."""
        return self.pad.distance_mm(points - np.array(self.position_mm))


def gap_mm(one: Placement, other: Placement) -> float:
    """Shortest distance between two outlines; negative when the pads overlap.

    Outlines are convex and sampled at 0.25 degrees, so the gap of two discs is exact to 1e-5 of their radius.
    """
    return float(min(other.distance_mm(one.outline_mm(1440)).min(), one.distance_mm(other.outline_mm(1440)).min()))
