"""A pad outline given by its vertices."""

from functools import lru_cache
from typing import Annotated, Literal, Self

import numpy as np
import shapely
from pydantic import Field, model_validator

from meshes.arrays import Reals
from meshes.pads.curves import Loops, closed, divided, reversed_loop, signed_area, smooth_loop, turned
from meshes.pads.outline import Angle, Outline
from meshes.part import Coordinate

MOST_POINTS = 5000
MOST_HOLES = 200
SAME_POINT_MM = 1e-6
SMALLEST_AREA_MM2 = 1e-6
HALF_WIDTH_ERROR = 1e-4  # of the longer side

Point = tuple[Coordinate, Coordinate]
Points = Annotated[tuple[Point, ...], Field(min_length=3, max_length=MOST_POINTS)]
Holes = Annotated[tuple[Points, ...], Field(max_length=MOST_HOLES)]


class Polygon(Outline):
    """A pad of any shape: vertices around it, and around each of its holes, in either direction.

    Vertices that turn by less than 15 degrees belong to one smooth curve; larger turns are corners.
    """

    kind: Literal["polygon"]
    points_mm: Points
    holes_mm: Holes = ()
    angle_deg: Angle = 0.0

    @model_validator(mode="after")
    def _is_an_outline(self) -> Self:
        check_loop("points_mm", np.array(self.points_mm))
        for i, hole in enumerate(self.holes_mm):
            check_loop(f"holes_mm[{i}]", np.array(hole))
        check_holes(self.points_mm, self.holes_mm)
        return self

    @property
    def area_mm2(self) -> float:
        """Area inside the outline, without its holes."""
        outer, *holes = (abs(signed_area(np.array(points))) for points in (self.points_mm, *self.holes_mm))
        return outer - sum(holes)

    @property
    def half_width_mm(self) -> float:
        """Radius of the largest disc that fits inside, to 0.01 % of the longer side."""
        return _half_width(self)

    @property
    def reach_mm(self) -> tuple[float, float]:
        """How far the outline reaches from the origin along x and along y."""
        x, y = np.abs(turned(np.array(self.points_mm), self.angle_deg)).max(axis=0)
        return float(x), float(y)

    def curves_mm(self, step_deg: float) -> Loops:
        """The vertices as they are, split at the corners; ``step_deg`` changes nothing."""
        outer, *holes = (self._anticlockwise(points) for points in (self.points_mm, *self.holes_mm))
        return closed(smooth_loop(outer)), *(reversed_loop(closed(smooth_loop(hole))) for hole in holes)

    def outline_mm(self, count: int = 720) -> Reals:
        """All vertices, and points between them (about count, 2), anticlockwise, in the pad's frame."""
        points = self._anticlockwise(self.points_mm)
        edges = closed([points[[i, (i + 1) % len(points)]] for i in range(len(points))])
        return divided(edges, self.polygon.exterior.length / count)

    def _anticlockwise(self, points_mm: tuple[tuple[float, float], ...]) -> Reals:
        points = turned(np.array(points_mm), self.angle_deg)
        return points if signed_area(points) > 0.0 else points[::-1]


def check_loop(name: str, points: Reals) -> None:
    """Refuse a loop that bounds no area: ValueError with what was found and what is accepted."""
    _, first, counts = np.unique(points, axis=0, return_index=True, return_counts=True)
    edges = np.hypot(*(np.roll(points, -1, axis=0) - points).T)
    repeated = first[counts > 1] if (counts > 1).any() else np.flatnonzero(edges < SAME_POINT_MM)
    if len(repeated):
        x, y = points[repeated[0]]
        raise ValueError(
            f"{name} with the point [{x:g}, {y:g}] more than once; each point once (the last joins the first by itself)"
        )
    ring = shapely.LinearRing(points)
    if abs(signed_area(points)) < SMALLEST_AREA_MM2:
        raise ValueError(f"{name} that enclose no area; points that do not lie on one line")
    if not ring.is_simple:
        reason = shapely.is_valid_reason(shapely.Polygon(ring))
        raise ValueError(f"{name} that cross or touch themselves{_where(reason)}; a loop that does not cross itself")


def check_holes(
    points_mm: tuple[tuple[float, float], ...], holes_mm: tuple[tuple[tuple[float, float], ...], ...]
) -> None:
    """Refuse holes that leave the outline, or touch it or each other: ValueError with what is accepted."""
    whole = shapely.Polygon(points_mm)
    shapely.prepare(whole)
    holes = [shapely.Polygon(hole) for hole in holes_mm]
    for i, hole in enumerate(holes):
        if not whole.contains_properly(hole):
            raise ValueError(
                f"holes_mm[{i}] that is not inside points_mm; holes inside, which do not touch the outline"
            )
    first, second = shapely.STRtree(holes).query(np.array(holes, dtype=object), predicate="intersects")
    clash = np.flatnonzero(first < second)
    if len(clash):
        i, j = first[clash[0]], second[clash[0]]
        raise ValueError(f"holes_mm[{i}] and holes_mm[{j}] that overlap or touch; holes apart from each other")


def _where(reason: str) -> str:
    """`` at [x, y]`` from the text of a validity check, such as ``Self-intersection[5 5]``."""
    numbers = reason.partition("[")[2].rstrip("]").split()
    return f" at [{float(numbers[0]):g}, {float(numbers[1]):g}]" if len(numbers) == 2 else ""


@lru_cache(maxsize=256)
def _half_width(pad: Polygon) -> float:
    side = max(np.ptp(np.array(pad.points_mm), axis=0))
    return float(shapely.maximum_inscribed_circle(pad.polygon, HALF_WIDTH_ERROR * side).length)
