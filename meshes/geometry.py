"""Everything that a mesh depends on, and the names that it leaves with."""

import numpy as np

from meshes.arrays import Reals, Truths
from meshes.bodies import Body
from meshes.construction import BuiltPad
from meshes.inclusions import AnyInclusion
from meshes.layers import Region
from meshes.leads import Concentric, Shaft
from meshes.pads import Pad
from meshes.part import Coordinate, Name, Part
from meshes.wounds import Wound


class PlacedLead(Part):
    """A lead or needle in the body: where its tip is, and which way its shaft leaves."""

    name: Name
    shape: Shaft | Concentric
    tip_mm: tuple[Coordinate, Coordinate, Coordinate]
    direction: tuple[float, float, float]

    @property
    def terminals(self) -> tuple[str, ...]:
        """One name a contact."""
        if isinstance(self.shape, Concentric):
            return f"{self.name}-core", f"{self.name}-cannula"
        return tuple(f"{self.name}{contact.name}" for contact in self.shape.contacts)

    def contains_mm(self, points: Reals) -> Truths:
        """Whether points (n, 3) lie in the shaft, or in its way out of the body."""
        radius = self.shape.outer_diameter_mm / 2
        along = np.array(self.direction) / np.linalg.norm(self.direction)
        height = (points - np.array(self.tip_mm)) @ along
        away = np.linalg.norm(points - np.array(self.tip_mm) - height[:, None] * along, axis=1)
        rounded = isinstance(self.shape, Shaft) and self.shape.tip == "hemisphere"
        below = np.clip(radius - height, 0.0, radius) if rounded else np.zeros(len(points))
        return np.asarray((height > 0.0) & (np.hypot(away, below) < radius))


class Geometry(Part):
    """A body with everything on it and in it."""

    body: Body
    pads: tuple[BuiltPad, ...] = ()
    leads: tuple[PlacedLead, ...] = ()
    inclusions: tuple[AnyInclusion, ...] = ()
    wounds: tuple[Wound, ...] = ()

    @property
    def outlines(self) -> tuple[tuple[str, Pad, tuple[float, float]], ...]:
        """Everything that is drawn on the skin: path of its key, outline, and place."""
        return (
            *((f"electrodes.{pad.name}", pad.pad, pad.position_mm) for pad in self.pads),
            *((f"wounds.{wound.name}", wound.outline, wound.position_mm) for wound in self.wounds),
        )

    @property
    def implants(self) -> tuple[AnyInclusion, ...]:
        """Inclusions of metal: terminals that nothing drives."""
        return tuple(inclusion for inclusion in self.inclusions if inclusion.material == "metal")

    @property
    def terminals(self) -> tuple[str, ...]:
        """Names of pads, contacts of leads, and implants, in this order."""
        return (
            *(pad.name for pad in self.pads),
            *(name for lead in self.leads for name in lead.terminals),
            *(implant.name for implant in self.implants),
        )

    @property
    def regions(self) -> tuple[Region, ...]:
        """The named volumes: layers and bones, wounds, inclusions, stacks."""
        return (
            *self.body.regions,
            *(wound.region for wound in self.wounds if wound.region is not None),
            *(inclusion.region for inclusion in self.inclusions if inclusion.region is not None),
            *(region for pad in self.pads for region in pad.regions),
        )
