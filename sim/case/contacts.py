"""How an electrode touches the body: the keys of its contact, and the impedance that they stand for."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from meshes.construction import Detached
from meshes.part import Part
from sim.interfaces import (
    ConstantPhase,
    Contact,
    LibraryContact,
    Resistance,
    ResistanceCapacitance,
    Spectrum,
    SpectrumFile,
)

ContactImpedance = Annotated[float, Field(ge=0.0, le=1e12)]
SMALLEST_CONTACT = 1e-3  # Ohm cm2
SMALLEST_SHEET = 0.01  # Ohm cm2, under a stack: a ten thousandth of a thin hydrogel

Known = Resistance | ResistanceCapacitance | ConstantPhase | Spectrum | LibraryContact
KnownContact = Annotated[Known, Field(discriminator="kind")]
WrittenContact = Annotated[Known | SpectrumFile, Field(discriminator="kind")]


def looked_up(contact: Known) -> Contact:
    """A contact by its numbers, also where the case names it."""
    return contact.contact if isinstance(contact, LibraryContact) else contact


class Interface(Part):
    """The contact between an electrode and the body.

    Parameters
    ----------
    contact_impedance_ohm_cm2
        Resistance of 1 cm2 of it; 0 is a perfect contact (an equipotential metal).
    contact_capacitance_nF_per_cm2
        Capacitance in parallel; it counts when currents are computed over frequency.
    contact
        In place of both: any contact over frequency.
    """

    contact_impedance_ohm_cm2: ContactImpedance = 0.0
    contact_capacitance_nF_per_cm2: Annotated[float, Field(gt=0.0, le=1e6)] | None = None
    contact: WrittenContact | None = None

    @model_validator(mode="after")
    def _contact_is_said_once(self) -> Self:
        if self.contact is None:
            return self
        given = [key for key in ("contact_impedance_ohm_cm2", "contact_capacitance_nF_per_cm2") if getattr(self, key)]
        if given:
            raise ValueError(f"contact and {' and '.join(given)}; contact alone, or these")
        return self

    @model_validator(mode="after")
    def _contact_is_perfect_or_not(self) -> Self:
        if 0.0 < self.contact_impedance_ohm_cm2 < SMALLEST_CONTACT:
            raise ValueError(
                f"contact_impedance_ohm_cm2 {self.contact_impedance_ohm_cm2:g}; "
                f"0 (a perfect contact) or at least {SMALLEST_CONTACT:g}"
            )
        return self

    @property
    def contact_model(self) -> Contact | None:
        """The contact over frequency; None: a perfect one.

        Raises
        ------
        ValueError
            If it stands in a file that was not read.
        """
        if isinstance(self.contact, SpectrumFile):
            raise ValueError(f"contact.path {self.contact.path}, which was not read")
        if self.contact is not None:
            return looked_up(self.contact)
        if self.contact_impedance_ohm_cm2 == 0.0:
            return None
        return parallel(self.contact_impedance_ohm_cm2, self.contact_capacitance_nF_per_cm2)


def parallel(resistance_ohm_cm2: float, capacitance_nF_per_cm2: float | None) -> Contact:
    """A resistance, with a capacitance in parallel where there is one."""
    if capacitance_nF_per_cm2 is None:
        return Resistance(kind="resistance", resistance_ohm_cm2=resistance_ohm_cm2)
    return ResistanceCapacitance(
        kind="rc", resistance_ohm_cm2=resistance_ohm_cm2, capacitance_nF_per_cm2=capacitance_nF_per_cm2
    )


class DetachedPart(Detached):
    """A part of a pad that is lifted, so that nothing passes, or dry, with a contact of its own."""

    contact_impedance_ohm_cm2: Annotated[float, Field(ge=SMALLEST_CONTACT, le=1e12)] | None = None
    contact: KnownContact | None = None

    @model_validator(mode="after")
    def _contact_is_said_once(self) -> Self:
        if self.contact is not None and self.contact_impedance_ohm_cm2 is not None:
            raise ValueError("contact and contact_impedance_ohm_cm2; one of them, or neither")
        return self

    @property
    def contact_model(self) -> Contact | None:
        """The contact over frequency; None: nothing passes."""
        if self.contact is not None:
            return looked_up(self.contact)
        return None if self.contact_impedance_ohm_cm2 is None else parallel(self.contact_impedance_ohm_cm2, None)
