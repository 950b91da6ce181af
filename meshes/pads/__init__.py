"""Pad outlines: shapes, where they lie, and how far they are apart."""

from meshes.pads.file import FilePad, WrittenPad
from meshes.pads.placement import Pad, Placement
from meshes.pads.polygon import Polygon
from meshes.pads.reading import read_outline
from meshes.pads.shapes import Disc, Ellipse, Rectangle, Ring

__all__ = [
    "Disc",
    "Ellipse",
    "FilePad",
    "Pad",
    "Placement",
    "Polygon",
    "Rectangle",
    "Ring",
    "WrittenPad",
    "read_outline",
]
