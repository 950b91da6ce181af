"""The case: everything that a run needs, as frozen data.

Keys carry everyday units; the rooms that compute convert them with ``sim.units``.
"""

import hashlib
import json
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from meshes.bodies import Body
from meshes.construction import BuiltPad, Construction, Detached
from meshes.geometry import Geometry, PlacedLead
from meshes.inclusions import AnyInclusion
from meshes.layers import Direction
from meshes.part import Coordinate, Name, NotNegative, Part
from meshes.wounds import Wound
from sim.case.contacts import SMALLEST_SHEET as SMALLEST_SHEET
from sim.case.contacts import DetachedPart, KnownContact, parallel
from sim.case.contacts import Interface as Interface
from sim.case.steady import steady_Hz
from sim.case.tissues import Tissues
from sim.interfaces import Contact, Resistance, ResistanceCapacitance
from sim.waveforms import Waveform

Amplitude = Annotated[float, Field(ge=1e-9, le=1e6)]
Weight = Annotated[float, Field(ge=-1e3, le=1e3)]
SMALLEST_WEIGHT = 1e-6


class Contacting(Interface, Construction):
    """What a pad is made of, and how it touches the skin."""

    detached: Annotated[tuple[DetachedPart, ...], Field(max_length=20)] = ()


class Electrode(Contacting, BuiltPad):
    """A pad on the skin."""

    contact: KnownContact | None = None
    detached: Annotated[tuple[DetachedPart, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _stack_touches_through_a_sheet(self) -> Self:
        if self.layers and 0.0 < self.contact_impedance_ohm_cm2 < SMALLEST_SHEET:
            raise ValueError(
                f"contact_impedance_ohm_cm2 {self.contact_impedance_ohm_cm2:g} under a stack; "
                f"0 (which stands for {SMALLEST_SHEET:g}) or at least {SMALLEST_SHEET:g}"
            )
        if self.layers and isinstance(self.contact, Resistance | ResistanceCapacitance):
            found = self.contact.resistance_ohm_cm2
            if found < SMALLEST_SHEET:
                raise ValueError(f"contact of {found:g} Ω cm² under a stack; at least {SMALLEST_SHEET:g}")
        return self

    @property
    def contact_model(self) -> Contact | None:
        """The contact over frequency; None: a perfect one, which there is not under a stack."""
        if self.layers and self.contact is None and self.contact_impedance_ohm_cm2 == 0.0:
            return parallel(SMALLEST_SHEET, None)
        return super().contact_model

    @property
    def built(self) -> BuiltPad:
        """The pad without its contact: what the mesh depends on."""
        parts = tuple(Detached(outline=part.outline, position_mm=part.position_mm) for part in self.detached)
        fields = {key: getattr(self, key) for key in BuiltPad.model_fields}
        return BuiltPad(**{**fields, "detached": parts})


class Lead(Interface, PlacedLead):
    """A lead or needle in the body; ``model`` is the file of ``cases/leads`` that its shape comes from."""

    model: str | None = None
    contact: KnownContact | None = None

    @property
    def placed(self) -> PlacedLead:
        """The lead without its contact: what the mesh depends on."""
        return PlacedLead(**{key: getattr(self, key) for key in PlacedLead.model_fields})


class Channel(Part):
    """A source between electrodes.

    In current drive each electrode carries its weight times the waveform times ``amplitude_mA``. In voltage drive all
    electrodes of positive weight are joined to one pole and all of negative weight to the other, ``amplitude_V`` apart.

    Parameters
    ----------
    max_voltage_V
        That the stimulator has: where the body needs more, a current source clips.
    duration_min
        Of the treatment, for the dose of direct current.
    """

    name: Name
    electrodes: Annotated[dict[Name, Weight], Field(min_length=2)]
    amplitude_mA: Amplitude | None = None
    amplitude_V: Amplitude | None = None
    max_voltage_V: Annotated[float, Field(ge=1e-3, le=1e6)] | None = None
    duration_min: Annotated[float, Field(ge=1e-3, le=1e5)] | None = None
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
    """A point whose potential, field and current density are reported.

    ``fibre_direction``, as of a layer, is that of the nerve there: the envelope of two fields is told along it; none:
    that of the tissue's fibres.
    """

    name: Name
    position_mm: tuple[Coordinate, Coordinate, Coordinate]
    fibre_direction: Direction | None = None


class Spacing(Part):
    """How near terminals may come to each other, from edge to edge."""

    refuse_below_mm: NotNegative = 0.0
    warn_below_mm: NotNegative = 0.0


class Safety(Part):
    """The limits to hold the case against: files of ``cases/limits``."""

    limits: Annotated[tuple[str, ...], Field(min_length=1)] = (
        "iec-60601-2-10",
        "fda-powered-muscle-stimulator",
        "direct-current",
        "contraindications",
    )


class Numerics(Part):
    """How the case is computed.

    Parameters
    ----------
    mode
        ``quasistatic``: resistances alone. ``electroquasistatic``: with the capacitance of tissues and contacts, over
        frequency and time. ``auto``: the second where it matters.
    """

    mode: Literal["auto", "quasistatic", "electroquasistatic"] = "auto"
    accuracy: Literal["draft", "standard", "fine"] = "standard"
    element_order: Literal[1, 2] = 2
    tolerance: Annotated[float, Field(ge=1e-14, le=1e-8)] = 1e-10


class Common(Part):
    """The keys that a case and its file share."""

    title: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00\x1b]+$")]
    tissues: Tissues = Tissues()
    inclusions: Annotated[tuple[AnyInclusion, ...], Field(max_length=200)] = ()
    wounds: Annotated[tuple[Wound, ...], Field(max_length=50)] = ()
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    probes: tuple[Probe, ...] = ()
    spacing: Spacing = Spacing()
    safety: Safety = Safety()
    numerics: Numerics = Numerics()


class Case(Common):
    """Everything that a run needs; build it with ``load_case`` or ``parse_case``, which check it."""

    body: Body
    electrodes: tuple[Electrode, ...] = ()
    leads: tuple[Lead, ...] = ()

    @property
    def sha256(self) -> str:
        """Hash of the content: equal for two files that say the same."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    @cached_property
    def geometry(self) -> Geometry:
        """What the mesh depends on."""
        return Geometry(
            body=self.body,
            pads=tuple(electrode.built for electrode in self.electrodes),
            leads=tuple(lead.placed for lead in self.leads),
            inclusions=self.inclusions,
            wounds=self.wounds,
        )

    @cached_property
    def steady_Hz(self) -> float:
        """Frequency at which resistive computation takes tissues and contacts: the case's, or one of its waveforms."""
        given = self.tissues.frequency_Hz
        return steady_Hz(channel.waveform for channel in self.channels) if given is None else given

    @property
    def poles(self) -> tuple[str, ...]:
        """Names of the terminals that channels can drive: pads and contacts of leads, in the order of the terminals."""
        return (
            *(electrode.name for electrode in self.electrodes),
            *(name for lead in self.leads for name in lead.terminals),
        )

    @property
    def terminals(self) -> tuple[str, ...]:
        """Names of all terminals: poles and implants."""
        return self.geometry.terminals

    @property
    def implants(self) -> tuple[str, ...]:
        """Names of the floating metal implants, which follow the poles among the terminals."""
        return tuple(implant.name for implant in self.geometry.implants)
