"""The layers of a body, from the skin inwards."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from meshes.part import Length, Part

Tissue = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Component = Annotated[float, Field(ge=-1e6, le=1e6)]
Direction = tuple[Component, Component, Component]


class Layer(Part):
    """A layer of one tissue.

    ``fibre_direction`` (along x, along the arc, outward) is the axis of its transverse isotropy; it follows the body.
    """

    tissue: Tissue
    thickness_mm: Length
    fibre_direction: Direction | None = None


class Core(Part):
    """What fills the inside of the innermost layer."""

    tissue: Tissue
    fibre_direction: Direction | None = None


Layers = Annotated[tuple[Layer, ...], Field(min_length=1, max_length=50)]


class Region(Part):
    """A named volume of one tissue; what it conducts with is looked up elsewhere.

    ``fibre_direction`` follows the body, ``fibre_axis`` is fixed in space; at most one of them is given.
    """

    name: str
    tissue: str
    fibre_direction: Direction | None = None
    fibre_axis: Direction | None = None


def named_regions(layers: Iterable[Layer | Core]) -> tuple[Region, ...]:
    """One unique name a layer: its tissue, with a number from the second of the same tissue on."""
    regions: list[Region] = []
    for layer in layers:
        count = 1 + sum(region.tissue == layer.tissue for region in regions)
        name = layer.tissue if count == 1 else f"{layer.tissue} {count}"
        regions.append(Region(name=name, tissue=layer.tissue, fibre_direction=layer.fibre_direction))
    return tuple(regions)
