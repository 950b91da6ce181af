"""The case: what an engineer writes, as frozen data.

Keys carry everyday units; the rooms that compute convert them with ``sim.units``.
"""

import hashlib
import json
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from meshes.block import Block, Tissue
from meshes.pads import Placement
from meshes.part import Coordinate, Name, Part
from sim.waveforms import Waveform

Conductivity = Annotated[float, Field(ge=1e-9, le=1e8)]
Amplitude = Annotated[float, Field(ge=1e-9, le=1e6)]
Weight = Annotated[float, Field(ge=-1e3, le=1e3)]
SMALLEST_WEIGHT = 1e-6
SMALLEST_CONTACT = 1e-3  # Ohm cm2


class Electrode(Placement):
    """A pad on the skin; ``contact_impedance_ohm_cm2`` 0 is a perfect contact (an equipotential metal)."""

    contact_impedance_ohm_cm2: Annotated[float, Field(ge=0.0, le=1e12)] = 0.0

    @model_validator(mode="after")
    def _contact_is_perfect_or_not(self) -> Self:
        if 0.0 < self.contact_impedance_ohm_cm2 < SMALLEST_CONTACT:
            raise ValueError(
                f"contact_impedance_ohm_cm2 {self.contact_impedance_ohm_cm2:g}; "
                f"0 (a perfect contact) or at least {SMALLEST_CONTACT:g}"
            )
        return self


class Axial(Part):
    """Conductivity of a transversely isotropic tissue, along and across its fibres."""

    longitudinal: Conductivity
    transverse: Conductivity


class Override(Part):
    """A conductivity that replaces the one of the tissue set."""

    conductivity_S_per_m: Conductivity | Axial


class Tissues(Part):
    """The tissue set, a file of ``cases/tissues``, and what replaces its values."""

    set: str = "itis-lf"
    override: dict[Tissue, Override] = Field(default_factory=dict)


class Channel(Part):
    """A source between electrodes.

    In current drive each electrode carries its weight times the waveform times ``amplitude_mA``. In voltage drive all
    electrodes of positive weight are joined to one pole and all of negative weight to the other, ``amplitude_V`` apart.
    """

    name: Name
    electrodes: Annotated[dict[Name, Weight], Field(min_length=2)]
    amplitude_mA: Amplitude | None = None
    amplitude_V: Amplitude | None = None
    waveform: Waveform

    @model_validator(mode="after")
    def _balanced(self) -> Self:
        weights = self.electrodes.values()
        if min(map(abs, weights)) < SMALLEST_WEIGHT:
            raise ValueError(f"a weight of {min(weights, key=abs):g}; leave the electrode out and it floats")
        if abs(sum(weights)) > 1e-9 * max(map(abs, weights)):
            raise ValueError(f"weights of the electrodes that sum to {sum(weights):g}; they must sum to zero")
        return self

    @model_validator(mode="after")
    def _one_amplitude(self) -> Self:
        given = [key for key in ("amplitude_mA", "amplitude_V") if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(f"{' and '.join(given) or 'no amplitude'}; give either amplitude_mA or amplitude_V")
        return self


class Probe(Part):
    """A point whose potential, field and current density are reported."""

    name: Name
    position_mm: tuple[Coordinate, Coordinate, Coordinate]


class Safety(Part):
    """The limits to hold the case against: files of ``cases/limits``."""

    limits: Annotated[tuple[str, ...], Field(min_length=1)] = (
        "iec-60601-2-10",
        "fda-powered-muscle-stimulator",
        "direct-current",
    )


class Numerics(Part):
    """How finely the case is computed."""

    accuracy: Literal["draft", "standard", "fine"] = "standard"
    element_order: Literal[1, 2] = 2
    tolerance: Annotated[float, Field(ge=1e-14, le=1e-8)] = 1e-10


class Case(Part):
    """Everything that a run needs; build it with ``load_case`` or ``parse_case``, which check it."""

    title: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00\x1b]+$")]
    body: Block
    tissues: Tissues = Tissues()
    electrodes: Annotated[tuple[Electrode, ...], Field(min_length=2)]
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    probes: tuple[Probe, ...] = ()
    safety: Safety = Safety()
    numerics: Numerics = Numerics()

    @property
    def sha256(self) -> str:
        """Hash of the content: equal for two files that say the same."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def placements(self) -> tuple[Placement, ...]:
        """The pads without their contacts: what the mesh depends on."""
        return tuple(Placement(name=e.name, pad=e.pad, position_mm=e.position_mm) for e in self.electrodes)
