"""Leads and needles: shafts with ring contacts and the concentric needle, as sizes along the shaft from its tip."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from meshes.part import NotNegative, Part, Positive

LONGEST_MM = 500.0
MERGING_MM = 1e-6  # edges closer than this are one edge

ContactName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]


class ShaftContact(Part):
    """A metal ring of the shaft; ``from_mm`` is the distance of its lower edge from the tip.

    With ``from_mm`` 0 the tip itself is metal.
    """

    name: ContactName
    from_mm: NotNegative
    length_mm: Positive

    @property
    def to_mm(self) -> float:
        """Distance of the upper edge from the tip."""
        return self.from_mm + self.length_mm


class Shaft(Part):
    """An insulated shaft with contacts, the most distal one first; a ``hemisphere`` belongs to the lengths."""

    kind: Literal["shaft"]
    shaft_diameter_mm: Annotated[float, Field(gt=0.0, le=20.0)]
    tip: Literal["hemisphere", "flat"]
    contacts: Annotated[tuple[ShaftContact, ...], Field(min_length=1, max_length=64)]

    @model_validator(mode="after")
    def _contacts_in_order(self) -> Self:
        names = [contact.name for contact in self.contacts]
        if len(set(names)) < len(names):
            raise ValueError(f"contact names must differ, found {', '.join(names)}")
        for lower, upper in zip(self.contacts, self.contacts[1:], strict=False):
            if upper.from_mm < lower.from_mm:
                raise ValueError(f"contacts go from the tip upwards, but {upper.name} lies below {lower.name}")
            if upper.from_mm < lower.to_mm - MERGING_MM:
                raise ValueError(f"contacts {lower.name} and {upper.name} overlap")
            if upper.from_mm < lower.to_mm + MERGING_MM:
                raise ValueError(f"contacts {lower.name} and {upper.name} touch: they would be one electrode")
        if self.length_mm > LONGEST_MM:
            raise ValueError(f"the contacts reach to {self.length_mm:g} mm, at most {LONGEST_MM:g} mm is accepted")
        radius, first = self.shaft_diameter_mm / 2, self.contacts[0]
        if self.tip == "hemisphere" and first.from_mm > 0.0 and first.from_mm < radius - MERGING_MM:
            raise ValueError(f"contact {first.name} begins on the round tip: 0 or at least {radius:g} mm is accepted")
        if self.tip == "hemisphere" and first.to_mm < radius - MERGING_MM:
            raise ValueError(f"contact {first.name} ends on the round tip: at least {radius:g} mm is accepted")
        return self

    @property
    def outer_diameter_mm(self) -> float:
        """Of the shaft."""
        return self.shaft_diameter_mm

    @property
    def length_mm(self) -> float:
        """Distance of the end of the last contact from the tip."""
        return self.contacts[-1].to_mm


class Concentric(Part):
    """A needle cut flat: a core in the end face, insulation around it, and the bare cannula as the other electrode."""

    kind: Literal["concentric"]
    core_diameter_mm: Positive
    insulation_diameter_mm: Positive
    cannula_diameter_mm: Annotated[float, Field(gt=0.0, le=20.0)]
    cannula_length_mm: Annotated[float, Field(gt=0.0, le=LONGEST_MM)]

    @model_validator(mode="after")
    def _one_inside_the_other(self) -> Self:
        if not self.core_diameter_mm < self.insulation_diameter_mm < self.cannula_diameter_mm:
            raise ValueError(
                f"core {self.core_diameter_mm:g} mm, insulation {self.insulation_diameter_mm:g} mm and cannula "
                f"{self.cannula_diameter_mm:g} mm must grow in this order"
            )
        return self

    @property
    def outer_diameter_mm(self) -> float:
        """Of the cannula."""
        return self.cannula_diameter_mm

    @property
    def length_mm(self) -> float:
        """Bare length of the cannula from the tip."""
        return self.cannula_length_mm
