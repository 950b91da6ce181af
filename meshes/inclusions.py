"""What lies in a body besides its layers: bones, vessels, nerves, lesions, metal implants, insulators."""

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from meshes.arrays import Reals, Truths
from meshes.layers import Direction, Region, Tissue
from meshes.part import Coordinate, Length, Name, Part

Point = tuple[Coordinate, Coordinate, Coordinate]
Material = Literal["metal", "insulator"]


class Inclusion(Part):
    """The common keys: ``tissue`` for a conductor like any layer, or ``material``.

    Parameters
    ----------
    material
        ``metal``: a perfect conductor that floats, so that it carries no net current. ``insulator``: nothing passes.
    sheet_ohm_cm2
        Resistance of a thin sheet around a tissue, such as the perineurium of a nerve.
    fibre_direction
        As for a layer; it follows the body.
    """

    name: Name
    tissue: Tissue | None = None
    material: Material | None = None
    sheet_ohm_cm2: Annotated[float, Field(ge=1e-3, le=1e12)] | None = None
    fibre_direction: Direction | None = None

    @model_validator(mode="after")
    def _is_something(self) -> Self:
        given = [key for key in ("tissue", "material") if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(f"{' and '.join(given) or 'neither tissue nor material'}; give either tissue or material")
        if self.material is not None and (self.sheet_ohm_cm2 is not None or self.fibre_direction is not None):
            raise ValueError(f"sheet_ohm_cm2 or fibre_direction of {self.material}; these keys with a tissue only")
        return self

    @property
    def region(self) -> Region | None:
        """The named volume; None where the body has a hole instead."""
        if self.tissue is None:
            return None
        return Region(name=self.name, tissue=self.tissue, fibre_direction=self.fibre_direction)


class Sphere(Inclusion):
    """A ball."""

    kind: Literal["sphere"]
    center_mm: Point
    radius_mm: Length

    @property
    def thickness_mm(self) -> float:
        """Smallest width."""
        return 2 * self.radius_mm

    def surface_mm(self) -> Reals:
        """Points (n, 3) spread over the surface."""
        return np.array(self.center_mm) + self.radius_mm * _unit_sphere()

    def contains_mm(self, points: Reals) -> Truths:
        """Whether points (n, 3) are inside."""
        return np.asarray(np.linalg.norm(points - np.array(self.center_mm), axis=1) < self.radius_mm)


class Ellipsoid(Inclusion):
    """An ellipsoid with its half widths along x, y and z."""

    kind: Literal["ellipsoid"]
    center_mm: Point
    semi_axes_mm: tuple[Length, Length, Length]

    @property
    def thickness_mm(self) -> float:
        """Smallest width."""
        return 2 * min(self.semi_axes_mm)

    def surface_mm(self) -> Reals:
        """Points (n, 3) spread over the surface."""
        return np.array(self.center_mm) + np.array(self.semi_axes_mm) * _unit_sphere()

    def contains_mm(self, points: Reals) -> Truths:
        """Whether points (n, 3) are inside."""
        return np.asarray(np.linalg.norm((points - np.array(self.center_mm)) / np.array(self.semi_axes_mm), axis=1) < 1)


class Cylinder(Inclusion):
    """A round cylinder between two points; the fibres of its tissue run along it unless a direction is given."""

    kind: Literal["cylinder"]
    start_mm: Point
    end_mm: Point
    radius_mm: Length

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if np.linalg.norm(self.axis) < 1e-3:
            raise ValueError("start_mm and end_mm in the same place; two points at least 0.001 mm apart")
        return self

    @property
    def axis(self) -> Reals:
        """From start to end (3,), mm."""
        return np.subtract(self.end_mm, self.start_mm)

    @property
    def region(self) -> Region | None:
        """The named volume; its fibres run along the axis unless a direction is given."""
        if self.tissue is None or self.fibre_direction is not None:
            return super().region
        x, y, z = (float(component) for component in self.axis / np.linalg.norm(self.axis))
        return Region(name=self.name, tissue=self.tissue, fibre_axis=(x, y, z))

    @property
    def thickness_mm(self) -> float:
        """Smallest width."""
        return min(2 * self.radius_mm, float(np.linalg.norm(self.axis)))

    def surface_mm(self) -> Reals:
        """Points (n, 3) spread over the mantle and the ends."""
        return tube_mm(np.array(self.start_mm), np.array(self.end_mm), self.radius_mm)

    def contains_mm(self, points: Reals) -> Truths:
        """Whether points (n, 3) are inside."""
        length = float(np.linalg.norm(self.axis))
        out = points - np.array(self.start_mm)
        along = out @ self.axis / length
        away = np.linalg.norm(out - np.outer(along, self.axis / length), axis=1)
        return np.asarray((along > 0.0) & (along < length) & (away < self.radius_mm))


class Box(Inclusion):
    """A box, turned about z."""

    kind: Literal["box"]
    center_mm: Point
    size_mm: tuple[Length, Length, Length]
    angle_deg: Annotated[float, Field(ge=-360.0, le=360.0)] = 0.0

    @property
    def thickness_mm(self) -> float:
        """Smallest width."""
        return min(self.size_mm)

    def surface_mm(self) -> Reals:
        """Points (n, 3) spread over the surface."""
        t = np.linspace(-0.5, 0.5, 25)
        a, b = (grid.ravel() for grid in np.meshgrid(t, t))
        sides = [
            np.insert(np.column_stack([a, b]), axis, np.full(len(a), side), axis=1)
            for axis in range(3)
            for side in (-0.5, 0.5)
        ]
        return np.vstack(sides) * np.array(self.size_mm) @ self._turn + np.array(self.center_mm)

    @property
    def _turn(self) -> Reals:
        """The box's own axes: rows of (3, 3)."""
        angle = np.radians(self.angle_deg)
        return np.array([[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0], [0, 0, 1]])

    def contains_mm(self, points: Reals) -> Truths:
        """Whether points (n, 3) are inside."""
        own = (points - np.array(self.center_mm)) @ self._turn.T
        return np.asarray((np.abs(own) < np.array(self.size_mm) / 2).all(axis=1))


AnyInclusion = Annotated[Sphere | Ellipsoid | Cylinder | Box, Field(discriminator="kind")]


def tube_mm(start: Reals, end: Reals, radius: float) -> Reals:
    """Points (n, 3) spread over a cylinder's mantle and ends."""
    axis = end - start
    along = axis / np.linalg.norm(axis)
    side = np.cross(along, np.eye(3)[int(np.argmin(np.abs(along)))])
    side /= np.linalg.norm(side)
    other = np.cross(along, side)
    angle = np.linspace(0.0, 2 * np.pi, 48, endpoint=False)
    ring = radius * (np.outer(np.cos(angle), side) + np.outer(np.sin(angle), other))
    count = max(2, min(400, round(float(np.linalg.norm(axis)) / (radius / 4))))
    mantle = [start + t * axis + ring for t in np.linspace(0.0, 1.0, count)]
    ends = [place + part * ring for place in (start, end) for part in (0.0, 0.25, 0.5, 0.75)]
    return np.vstack(mantle + ends)


def _unit_sphere(count: int = 2000) -> Reals:
    """Points (n, 3) on a Fibonacci spiral."""
    i = np.arange(count) + 0.5
    z, angle = 1 - 2 * i / count, np.pi * (1 + np.sqrt(5)) * i
    return np.column_stack([np.sqrt(1 - z**2) * np.cos(angle), np.sqrt(1 - z**2) * np.sin(angle), z])
