"""Pads whose outline is an equation: disc, ring, ellipse, rectangle."""

from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from meshes.arrays import Reals
from meshes.pads.curves import Loops, closed, length, quarters, reversed_loop, turned
from meshes.pads.outline import Angle, Outline
from meshes.part import Length, NotNegative

SAME_POINT_MM = 1e-6  # straight pieces shorter than this are left out


class Disc(Outline):
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

    def curves_mm(self, step_deg: float) -> Loops:
        """Four quarters of the circle."""
        return (closed(quarters((0.0, 0.0), (self.diameter_mm / 2, self.diameter_mm / 2), step_deg)),)


class Ring(Outline):
    """An annulus: the skin inside ``inner_diameter_mm`` is free."""

    kind: Literal["ring"]
    inner_diameter_mm: Length
    outer_diameter_mm: Length

    @model_validator(mode="after")
    def _has_width(self) -> Self:
        if self.inner_diameter_mm >= self.outer_diameter_mm:
            raise ValueError(
                f"inner_diameter_mm {self.inner_diameter_mm:g}; less than outer_diameter_mm, {self.outer_diameter_mm:g}"
            )
        return self

    @property
    def area_mm2(self) -> float:
        """Area between the circles."""
        return float(np.pi * (self.outer_diameter_mm**2 - self.inner_diameter_mm**2) / 4)

    @property
    def half_width_mm(self) -> float:
        """Radius of the largest disc that fits between the circles."""
        return (self.outer_diameter_mm - self.inner_diameter_mm) / 4

    @property
    def reach_mm(self) -> tuple[float, float]:
        """How far the outline reaches from the centre along x and along y."""
        return self.outer_diameter_mm / 2, self.outer_diameter_mm / 2

    def distance_mm(self, points: Reals) -> Reals:
        """Signed distance (n,) from points (n, 2) in the pad's frame to the nearer circle, negative between them."""
        r = np.hypot(points[:, 0], points[:, 1])
        return np.maximum(r - self.outer_diameter_mm / 2, self.inner_diameter_mm / 2 - r)

    def curves_mm(self, step_deg: float) -> Loops:
        """Four quarters of each circle."""
        outer, inner = (
            closed(quarters((0.0, 0.0), (diameter / 2, diameter / 2), step_deg))
            for diameter in (self.outer_diameter_mm, self.inner_diameter_mm)
        )
        return outer, reversed_loop(inner)


class Ellipse(Outline):
    """An elliptical pad: ``length_mm`` along x and ``width_mm`` along y before it is turned."""

    kind: Literal["ellipse"]
    length_mm: Length
    width_mm: Length
    angle_deg: Angle = 0.0

    @property
    def area_mm2(self) -> float:
        """Area of the outline."""
        return float(np.pi * self.length_mm * self.width_mm / 4)

    @property
    def half_width_mm(self) -> float:
        """Radius of the largest disc that fits inside."""
        return min(self.length_mm, self.width_mm) / 2

    @property
    def reach_mm(self) -> tuple[float, float]:
        """How far the outline reaches from the centre along x and along y."""
        a, b = self.length_mm / 2, self.width_mm / 2
        c, s = np.cos(np.radians(self.angle_deg)), np.sin(np.radians(self.angle_deg))
        return float(np.hypot(a * c, b * s)), float(np.hypot(a * s, b * c))

    def curves_mm(self, step_deg: float) -> Loops:
        """Four quarters of the ellipse."""
        pieces = quarters((0.0, 0.0), (self.length_mm / 2, self.width_mm / 2), step_deg)
        return (closed([turned(piece, self.angle_deg) for piece in pieces]),)


class Rectangle(Outline):
    """A rectangular pad with rounded corners: ``length_mm`` along x and ``width_mm`` along y before it is turned."""

    kind: Literal["rectangle"]
    length_mm: Length
    width_mm: Length
    corner_radius_mm: NotNegative = 0.0
    angle_deg: Angle = 0.0

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

    def distance_mm(self, points: Reals) -> Reals:
        """Signed distance (n,) from points (n, 2) in the pad's frame to the outline, negative inside."""
        r = self.corner_radius_mm
        q = np.abs(turned(points, -self.angle_deg)) - np.array([self.length_mm / 2 - r, self.width_mm / 2 - r])
        outside = np.hypot(*np.maximum(q, 0.0).T)
        return outside + np.minimum(q.max(axis=1), 0.0) - r

    def curves_mm(self, step_deg: float) -> Loops:
        """A quarter of a circle about each corner, joined by lines where there is room between them."""
        r = self.corner_radius_mm
        lx, ly = self.length_mm / 2 - r, self.width_mm / 2 - r
        centres = [(lx, ly), (-lx, ly), (-lx, -ly), (lx, -ly)]
        if r > 0.0:
            arcs = [quarters(centre, (r, r), step_deg)[k] for k, centre in enumerate(centres)]
        else:
            arcs = [np.array([centre]) for centre in centres]
        segments = []
        for k, arc in enumerate(arcs):
            line = np.vstack([arc[-1], arcs[(k + 1) % 4][0]])
            segments += [arc] if r > 0.0 else []
            segments += [line] if length(line) > SAME_POINT_MM else []
        return (closed([turned(segment, self.angle_deg) for segment in segments]),)
