"""The case file as it is written: a case, with shorthands for sites, arrays, files and published leads."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from meshes.bodies import Block, Bone, Limb
from meshes.layers import Core, Direction, Layers
from meshes.leads import Concentric, Shaft
from meshes.pads import WrittenPad
from meshes.part import Coordinate, Length, Name, Part
from sim.case.model import Channel, Common, Contacting, Interface
from sim.waveforms import WrittenWaveform


class LayerChange(Part):
    """What a case changes of a site's layer."""

    thickness_mm: Length | None = None
    fibre_direction: Direction | None = None


class Site(Part):
    """A body from ``cases/sites``, with what the case changes of it; ``layers`` by name, or as a whole new list."""

    site: Name
    length_mm: Length | None = None
    width_mm: Length | None = None
    radius_mm: Length | None = None
    semi_axes_mm: tuple[Length, Length] | None = None
    taper: float | None = None
    layers: dict[str, LayerChange] | Layers | None = None
    core: Core | None = None
    bones: tuple[Bone, ...] | None = None


class WrittenFace(Part):
    """A face; without a radius it is flat: a block."""

    kind: Literal["face"]
    site: Name | None = None
    length_mm: Length
    width_mm: Length
    radius_mm: Length | None = None
    layers: Layers


def _body_tag(body: object) -> str | None:
    """Which of the bodies a table describes."""
    if not isinstance(body, dict):
        return getattr(body, "kind", None)
    return "site" if "site" in body and "kind" not in body else body.get("kind")


WrittenBody = Annotated[
    Annotated[Block, Tag("block")]
    | Annotated[Limb, Tag("limb")]
    | Annotated[WrittenFace, Tag("face")]
    | Annotated[Site, Tag("site")],
    Discriminator(_body_tag),
]


class WrittenElectrode(Contacting):
    """A pad on the skin, whose outline may come from a DXF or SVG file."""

    name: Name
    pad: WrittenPad
    position_mm: tuple[Coordinate, Coordinate]


class Array(Contacting):
    """Rows (along y) and columns (along x) of one pad, named ``<name>1`` and on, row by row from the lowest x and y."""

    name: Name
    pad: WrittenPad
    rows: Annotated[int, Field(ge=1, le=50)]
    columns: Annotated[int, Field(ge=1, le=50)]
    pitch_mm: tuple[Length, Length]
    position_mm: tuple[Coordinate, Coordinate]


class WrittenLead(Interface):
    """A lead in the body: a ``model`` of ``cases/leads``, or a ``shape`` of one's own."""

    name: Name
    model: str | None = None
    shape: Annotated[Shaft | Concentric, Field(discriminator="kind")] | None = None
    tip_mm: tuple[Coordinate, Coordinate, Coordinate]
    direction: Direction


class WrittenChannel(Channel):
    """A channel, whose waveform may come from a CSV file."""

    waveform: WrittenWaveform  # type: ignore[assignment]  # wider: what is resolved is a Channel


class CaseFile(Common):
    """The content of a case file."""

    body: WrittenBody
    channels: Annotated[tuple[WrittenChannel, ...], Field(min_length=1)]
    electrodes: tuple[WrittenElectrode, ...] = ()
    arrays: tuple[Array, ...] = ()
    leads: tuple[WrittenLead, ...] = ()
