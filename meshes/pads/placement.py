"""Pads on the body's surface."""

from typing import Annotated

from pydantic import Field

from meshes.pads.polygon import Polygon
from meshes.pads.shapes import Disc, Ellipse, Rectangle, Ring
from meshes.part import Coordinate, Name, Part

Pad = Annotated[Disc | Rectangle | Ellipse | Ring | Polygon, Field(discriminator="kind")]


class Placement(Part):
    """A pad with its name and the position of its frame's origin on the body's surface."""

    name: Name
    pad: Pad
    position_mm: tuple[Coordinate, Coordinate]
