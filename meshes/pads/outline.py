"""What every pad outline can tell: its curves, its area, and how far a point is from it."""

from abc import abstractmethod
from functools import lru_cache
from typing import Annotated

import numpy as np
import shapely
from pydantic import Field

from meshes.arrays import Reals
from meshes.pads.curves import Loops, corners, divided, length
from meshes.part import Part

Angle = Annotated[float, Field(ge=-360.0, le=360.0)]

CURVE_STEP_DEG = 5.0  # turn between neighbouring points of a curved segment
POLYGON_STEP_DEG = 0.25  # the same in the polygon: it lies within 2.4e-6 of a radius


class Outline(Part):
    """A closed outline around the origin of its own frame, with or without holes."""

    @abstractmethod
    def curves_mm(self, step_deg: float) -> Loops:
        """The loops as of ``loops_mm``, with points on curves at most ``step_deg`` of turning apart."""

    @property
    @abstractmethod
    def area_mm2(self) -> float:
        """Area inside the outline, without its holes."""

    @property
    @abstractmethod
    def half_width_mm(self) -> float:
        """Radius of the largest disc that fits inside."""

    @property
    @abstractmethod
    def reach_mm(self) -> tuple[float, float]:
        """How far the outline reaches from the origin along x and along y."""

    def loops_mm(self) -> Loops:
        """The outer loop, anticlockwise, and the holes, clockwise.

        Returns
        -------
        tuple of loops
            A loop is a tuple of smooth segments (k, 2) in the pad's frame, each ending where the next one starts. Two
            points are a straight line; more lie exactly on a curve, at most about 5 degrees of turning apart.
        """
        return self.curves_mm(CURVE_STEP_DEG)

    @property
    def polygon(self) -> shapely.Polygon:
        """The outline with its curves sampled at 0.25 degrees."""
        return _sampled(self)

    def distance_mm(self, points: Reals) -> Reals:
        """Signed distance (n,) from points (n, 2) in the pad's frame to the outline, negative inside."""
        x, y = np.asarray(points, dtype=float).T
        distance = shapely.distance(self.polygon.boundary, shapely.points(x, y))
        return np.where(shapely.contains_xy(self.polygon, x, y), -distance, distance)

    def outline_mm(self, count: int = 720) -> Reals:
        """Points (about count, 2) along the outer loop, anticlockwise, in the pad's frame."""
        outer = self.loops_mm()[0]
        curved = sum(length(segment) for segment in outer if len(segment) > 2)
        spacing = (curved + sum(length(segment) for segment in outer if len(segment) == 2)) / count
        step = 360.0 * spacing / curved if curved > 0.0 else CURVE_STEP_DEG
        return divided(self.curves_mm(min(step, 45.0))[0], spacing)


@lru_cache(maxsize=256)
def _sampled(pad: Outline) -> shapely.Polygon:
    """Keyed by the pad's kind and numbers, not kept in it: a changed copy must not inherit the polygon."""
    outer, *holes = (corners(loop) for loop in pad.curves_mm(POLYGON_STEP_DEG))
    polygon = shapely.Polygon(outer, holes)
    shapely.prepare(polygon)
    return polygon
