"""A pad whose outline stands in a drawing."""

from typing import Annotated, Literal

from pydantic import Field

from meshes.pads.outline import Angle
from meshes.pads.polygon import Polygon
from meshes.pads.shapes import Disc, Ellipse, Rectangle, Ring
from meshes.part import Part, Positive


class FilePad(Part):
    """A pad whose outline is imported from a DXF or SVG file.

    Its lengths are mm after the file's own units are honoured, times ``scale``. The centre of its bounding box becomes
    the origin, about which it is turned by ``angle_deg``. ``layer`` picks one of several layers.
    """

    kind: Literal["file"]
    path: Annotated[str, Field(min_length=1)]
    layer: Annotated[str, Field(min_length=1)] | None = None
    scale: Positive = 1.0
    angle_deg: Angle = 0.0


WrittenPad = Annotated[Disc | Rectangle | Ellipse | Ring | Polygon | FilePad, Field(discriminator="kind")]
