"""Wounds: patches of skin that are missing or wet."""

from meshes.layers import Region, Tissue
from meshes.pads import Pad
from meshes.part import Coordinate, Length, Name, Part


class Wound(Part):
    """A patch where the skin is missing, or wet where it has a ``tissue`` (such as blood or saline).

    Electrotherapy is contraindicated over broken skin: this shows what the current does there.

    Parameters
    ----------
    outline, position_mm
        As a pad's.
    depth_mm
        How far it reaches below the skin's surface.
    """

    name: Name
    outline: Pad
    position_mm: tuple[Coordinate, Coordinate]
    depth_mm: Length
    tissue: Tissue | None = None

    @property
    def region(self) -> Region | None:
        """The named volume; None where the body has a hole instead."""
        return None if self.tissue is None else Region(name=self.name, tissue=self.tissue)
