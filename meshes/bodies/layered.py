"""What bodies of layers over a rectangle of skin have in common."""

from meshes.layers import Layers, Region, named_regions
from meshes.part import Length, Name, Part


class Layered(Part):
    """Layers from the skin inwards under ``length_mm`` by ``width_mm`` of skin."""

    site: Name | None = None
    length_mm: Length
    width_mm: Length
    layers: Layers

    @property
    def depth_mm(self) -> float:
        """Sum of the layer thicknesses."""
        return sum(layer.thickness_mm for layer in self.layers)

    @property
    def regions(self) -> tuple[Region, ...]:
        """The layers with their names, from the skin inwards."""
        return named_regions(self.layers)
