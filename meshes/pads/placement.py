"""Pads on the body's surface."""

from typing import Annotated

import numpy as np
from pydantic import Field

from meshes.arrays import Reals
from meshes.pads.curves import Loops
from meshes.pads.polygon import Polygon
from meshes.pads.shapes import Disc, Ellipse, Rectangle, Ring
from meshes.part import Coordinate, Name, Part

Pad = Annotated[Disc | Rectangle | Ellipse | Ring | Polygon, Field(discriminator="kind")]


class Placement(Part):
    """A pad with its name and the position of its frame's origin on the body's surface."""

    name: Name
    pad: Pad
    position_mm: tuple[Coordinate, Coordinate]

    def loops_mm(self) -> Loops:
        """The pad's loops on the surface: the outer one anticlockwise, then the holes, clockwise."""
        position = np.array(self.position_mm)
        return tuple(tuple(segment + position for segment in loop) for loop in self.pad.loops_mm())

    def outline_mm(self, count: int = 720) -> Reals:
        """Points (about count, 2) along the outer loop, on the surface."""
        return self.pad.outline_mm(count) + np.array(self.position_mm)

    def distance_mm(self, points: Reals) -> Reals:
        """Signed distance (n,) from points (n, 2) on the surface to the outline, negative inside the pad."""
        return self.pad.distance_mm(points - np.array(self.position_mm))
