"""What the tissues of a case conduct with: a set, what replaces its values, and the horny layer of the skin."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from meshes.layers import Tissue
from meshes.part import Part
from sim.case.contacts import KnownContact, looked_up
from sim.interfaces import Contact, Impedance, Series

Conductivity = Annotated[float, Field(ge=1e-9, le=1e8)]


class Axial(Part):
    """Conductivity of a transversely isotropic tissue, along and across its fibres."""

    longitudinal: Conductivity
    transverse: Conductivity


class Override(Part):
    """What replaces values of the tissue set.

    Parameters
    ----------
    conductivity_S_per_m
        At all frequencies, with ``relative_permittivity`` or (none) without displacement.
    relative_permittivity
        At all frequencies; alone, it joins the conductivity of the set.
    anisotropy_ratio
        How many times as well the tissue conducts along its fibres as across, where the set has one curve for all
        directions: that curve becomes the geometric mean over the three directions.
    """

    conductivity_S_per_m: Conductivity | Axial | None = None
    relative_permittivity: Annotated[float, Field(ge=1.0, le=1e12)] | None = None
    anisotropy_ratio: Annotated[float, Field(ge=0.01, le=100.0)] | None = None

    @model_validator(mode="after")
    def _says_something_once(self) -> Self:
        given = [key for key in type(self).model_fields if getattr(self, key) is not None]
        if not given:
            raise ValueError(f"nothing; one of {', '.join(type(self).model_fields)}")
        if self.anisotropy_ratio is not None and len(given) > 1:
            accepted = "anisotropy_ratio alone, or conductivity_S_per_m = { longitudinal, transverse }"
            raise ValueError(f"{' and '.join(given)}; {accepted}")
        return self


class Tissues(Part):
    """The tissue set, a file of ``cases/tissues``, what replaces its values, and the horny layer of the skin.

    Parameters
    ----------
    frequency_Hz
        At which resistive computation takes what depends on frequency: the real part of a tissue's admittivity, the
        magnitude of a contact's impedance. None: one of the waveforms, see ``sim.case.steady``.
    temperature_C
        Of all tissues of the set, by its coefficient; none: that of the set.
    stratum_corneum
        A thin sheet on the skin under every pad, in series with the pad's contact; needles pierce it.
    """

    set: str = "itis-lf"
    override: dict[Tissue, Override] = Field(default_factory=dict)
    frequency_Hz: Annotated[float, Field(ge=0.0, le=1e9)] | None = None
    temperature_C: Annotated[float, Field(ge=0.0, le=60.0)] | None = None
    stratum_corneum: KnownContact | None = None

    def through_skin(self, contact: Contact | None) -> Impedance | None:
        """A pad's contact (None: a perfect one) in series with the stratum corneum; None: both are perfect."""
        if self.stratum_corneum is None:
            return contact
        sheet = looked_up(self.stratum_corneum)
        return sheet if contact is None else Series(parts=(contact, sheet))
