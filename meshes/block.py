"""The block body: flat layers from the skin (z = 0) downwards."""

from typing import Annotated, Literal

from pydantic import Field

from meshes.pads import Placement
from meshes.part import Length, Part

Tissue = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Component = Annotated[float, Field(ge=-1e6, le=1e6)]


class Layer(Part):
    """A layer of one tissue; ``fibre_direction`` is the axis of its transverse isotropy."""

    tissue: Tissue
    thickness_mm: Length
    fibre_direction: tuple[Component, Component, Component] | None = None


class Block(Part):
    """A rectangular block of layers, ``length_mm`` along x and ``width_mm`` along y, centred on the origin."""

    kind: Literal["block"]
    length_mm: Length
    width_mm: Length
    layers: Annotated[tuple[Layer, ...], Field(min_length=1, max_length=50)]

    @property
    def depth_mm(self) -> float:
        """Sum of the layer thicknesses."""
        return sum(layer.thickness_mm for layer in self.layers)

    @property
    def layer_names(self) -> tuple[str, ...]:
        """One unique name a layer: its tissue, with a number from the second of the same tissue on."""
        tissues = [layer.tissue for layer in self.layers]
        return tuple(
            tissue if tissues.index(tissue) == i else f"{tissue} {tissues[: i + 1].count(tissue)}"
            for i, tissue in enumerate(tissues)
        )

    def contains_mm(self, point: tuple[float, float, float]) -> bool:
        """Whether the point is in the block or on its surface."""
        x, y, z = point
        return abs(x) <= self.length_mm / 2 and abs(y) <= self.width_mm / 2 and -self.depth_mm <= z <= 0.0

    def overhang_mm(self, placement: Placement) -> float:
        """How far the pad reaches over the block's edge; negative when there is room left."""
        (x, y), (along_x, along_y) = placement.position_mm, placement.pad.reach_mm
        return max(abs(x) + along_x - self.length_mm / 2, abs(y) + along_y - self.width_mm / 2)
