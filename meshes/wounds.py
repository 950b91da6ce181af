"""Wounds: patches of skin that are missing or wet."""

import numpy as np

from meshes.arrays import Reals, Truths
from meshes.bodies import Body
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

    def contains_mm(self, body: Body, points: Reals) -> Truths:
        """Whether points (n, 3) lie under the outline, less deep than the wound."""
        places = body.unwrap_mm(self.position_mm, points)
        feet = body.wrap_mm(self.position_mm, places)
        depth = ((feet - points) * body.frame(feet)[:, 2]).sum(axis=1)
        return np.asarray((self.outline.distance_mm(places) < 0.0) & (depth < self.depth_mm))

    @property
    def region(self) -> Region | None:
        """The named volume; None where the body has a hole instead."""
        return None if self.tissue is None else Region(name=self.name, tissue=self.tissue)
