"""How a pad is built: layers between skin and metal, a snap on top, parts that do not touch, needles."""

from typing import Annotated, Literal, Self

import numpy as np
import shapely
from pydantic import Field, model_validator

from meshes.arrays import Reals
from meshes.layers import Region, Tissue
from meshes.pads import Pad, Placement
from meshes.part import Coordinate, Length, Part

METAL = "metal"
TOUCHING_MM = 1e-9
SMALLEST_MM2 = 1e-3  # of a part of a pad


class StackLayer(Part):
    """A layer of an electrode: hydrogel, sponge, carbon rubber; ``metal`` ends the stack."""

    material: Tissue
    thickness_mm: Length


class Connector(Part):
    """A round snap on top of the stack: the metal touches it there and nowhere else.

    It is drawn on the skin and rises with the stack, so that on a curved body it is a little larger on top.
    """

    diameter_mm: Length
    position_mm: tuple[Coordinate, Coordinate] = (0.0, 0.0)


class Detached(Part):
    """A part of the pad that is lifted or dry; an outline as a pad's, placed in the pad's frame."""

    outline: Pad
    position_mm: tuple[Coordinate, Coordinate] = (0.0, 0.0)


class Needles(Part):
    """A patch of upright metal needles that reach through the skin; they belong to the pad's terminal.

    ``backing`` says whether the pad between them conducts or insulates.
    """

    rows: Annotated[int, Field(ge=1, le=30)]
    columns: Annotated[int, Field(ge=1, le=30)]
    pitch_mm: Length
    diameter_mm: Length
    length_mm: Length
    backing: Literal["conductive", "insulating"] = "conductive"

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.rows * self.columns > 1 and self.diameter_mm >= self.pitch_mm:
            raise ValueError(f"diameter_mm {self.diameter_mm:g}; less than pitch_mm, {self.pitch_mm:g}")
        return self

    @property
    def centres_mm(self) -> Reals:
        """Feet of the needles (n, 2) in the pad's frame."""
        x, y = np.meshgrid(np.arange(self.columns), np.arange(self.rows))
        middle = np.array([self.columns - 1, self.rows - 1]) / 2
        return (np.column_stack([x.ravel(), y.ravel()]) - middle) * self.pitch_mm


class Construction(Part):
    """What a pad is made of besides its outline.

    Parameters
    ----------
    stack
        Layers between skin and metal, from the skin outwards; none: the metal lies on the skin.
    connector
        Where on the stack the metal is; none: on all of it.
    detached
        Parts that do not touch the skin, or badly.
    needles
        Metal that reaches through the skin.
    """

    stack: Annotated[tuple[StackLayer, ...], Field(max_length=10)] = ()
    connector: Connector | None = None
    detached: Annotated[tuple[Detached, ...], Field(max_length=20)] = ()
    needles: Needles | None = None

    @property
    def layers(self) -> tuple[StackLayer, ...]:
        """The volume layers: metal on top is an equipotential, and what it covers is its underside."""
        return tuple(layer for layer in self.stack if layer.material != METAL)

    @property
    def has_snap(self) -> bool:
        """Whether the metal is the connector alone."""
        return self.connector is not None


class BuiltPad(Construction, Placement):
    """A pad on the skin and what it is made of."""

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if any(layer.material == METAL for layer in self.stack[:-1]):
            raise ValueError("metal below other layers of the stack; metal as the last one, or none")
        if self.connector is not None:
            if not self.layers or self.layers != self.stack:
                raise ValueError(
                    "a connector on metal, which is at one potential; a connector on a stack without metal"
                )
            angle = np.linspace(0.0, 2 * np.pi, 90)
            rim = self.connector.diameter_mm / 2 * np.column_stack([np.cos(angle), np.sin(angle)])
            over = float(self.pad.distance_mm(rim + np.array(self.connector.position_mm)).max())
            if over > TOUCHING_MM:
                raise ValueError(f"a connector that reaches {over:.3g} mm over the pad; one inside its outline")
        if self.needles is not None:
            if self.stack:
                raise ValueError("needles and a stack; one of them")
            over = float(self.pad.distance_mm(self.needles.centres_mm).max()) + self.needles.diameter_mm / 2
            if over >= 0.0:
                raise ValueError(f"needles that reach {over:.3g} mm over the pad; needles inside its outline")
            if self.detached and self.needles.backing == "insulating":
                raise ValueError("detached parts of a backing that insulates; needles with a conductive backing")
        if self.detached:
            self._parts_lie_on_the_pad()
        return self

    def _parts_lie_on_the_pad(self) -> None:
        """Refuse detached parts that lie beside the pad or under later ones, and those that leave nothing attached."""
        rest = self.pad.polygon
        for i in reversed(range(len(self.detached))):
            place = np.array(self.detached[i].position_mm)
            part = shapely.transform(self.detached[i].outline.polygon, lambda points, place=place: points + place)
            if shapely.intersection(rest, part).area < SMALLEST_MM2:
                raise ValueError(
                    f"detached part {i + 1} beside the pad or under others; parts that cover some of the pad"
                )
            rest = shapely.difference(rest, part)
        if rest.area < SMALLEST_MM2:
            raise ValueError("detached parts that cover the whole pad; parts that leave some of it attached")

    @property
    def regions(self) -> tuple[Region, ...]:
        """The named volumes of the stack, from the skin outwards."""
        return tuple(
            Region(name=f"{self.name} {i + 1} {layer.material}", tissue=layer.material)
            for i, layer in enumerate(self.layers)
        )
