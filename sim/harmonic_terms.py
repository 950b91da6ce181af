"""The terms of the electro-quasistatic operator: what each is proportional to at a frequency, and where it acts.

With admittivities κ(ω) = σ + i ω ε and admittances of contacts y(ω) = 1 / z(ω) the discrete operator is affine,
A(ω) = Σ_t κ_t(ω) A_t with real, symmetric, positive semidefinite A_t: one for each tissue (two for a fibrous one: along
the fibres, f fᵀ, and across them, I - f fᵀ), each kind of contact and each sheet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from meshes.arrays import Reals
from sim.frequency import Complexes

WIDEST = 0.75 * np.pi  # between the phases of two terms; passive, capacitive media stay within a quarter of a turn


class Directed(Protocol):
    """Fibres."""

    def directions(self, points_m: Reals, /) -> Reals:
        """Direction (n, 3) at points (n, 3), of any length but zero."""
        ...


class LayerMedium(Protocol):
    """What a layer conducts with."""

    @property
    def layer(self) -> str:
        """Name of the layer's volume."""
        ...

    @property
    def tissue(self) -> str:
        """Name of its tissue."""
        ...

    @property
    def fibres(self) -> Directed | None:
        """Its fibres, None where all directions are equal."""
        ...

    def admittivity(self, frequency_Hz: float, /) -> tuple[complex, complex]:
        """Along and across the fibres, S/m."""
        ...


class Admitting(Protocol):
    """A contact, or a sheet."""

    def admittance(self, frequency_Hz: float, /) -> complex:
        """Of a unit of area, S/m2."""
        ...


@runtime_checkable
class RelaxingMedium(Protocol):
    """A medium that is known at real s too."""

    def laplace_admittivity(self, s: Reals, /) -> tuple[Reals, Reals]:
        """Along and across the fibres at real s of 0 or more, 1/s: real, S/m."""
        ...


@runtime_checkable
class RelaxingContact(Protocol):
    """A contact, or a sheet, that may be known at real s too."""

    def laplace_admittance(self, s: Reals, /) -> Reals | None:
        """Of a unit of area at real s of 0 or more, 1/s: real, S/m2; None where it is not known."""
        ...


class HarmonicTerminal(Protocol):
    """A metal electrode, as ``sim.fem.conduction.Terminal`` with a model of the contact in the place of its z."""

    @property
    def name(self) -> str:
        """Of the terminal."""
        ...

    @property
    def faces(self) -> tuple[tuple[str, Admitting | None], ...]:
        """Every face of the metal with its contact; None is a perfect one."""
        ...

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of the sheets through which its current enters the body, when layers lie between."""
        ...


class HarmonicSheet(Admitting, Protocol):
    """A thin layer that current only crosses."""

    @property
    def name(self) -> str:
        """Of the sheet."""
        ...


@dataclass(frozen=True)
class TissueTerm:
    """Layers of the same tissue: conduction along (axis 0) or across (axis 1) their fibres; without any, axis 1."""

    name: str
    layers: tuple[str, ...]
    axis: int
    medium: LayerMedium

    def value(self, frequency_Hz: float) -> complex:
        """κ, S/m."""
        return self.medium.admittivity(frequency_Hz)[self.axis]

    def laplace_value(self, s: float) -> float | None:
        """The value κ at real s, S/m; None where it is not known."""
        if not isinstance(self.medium, RelaxingMedium):
            return None
        return float(self.medium.laplace_admittivity(np.array(s))[self.axis])


@dataclass(frozen=True)
class ContactTerm:
    """Faces behind the same contact, each with the number of its terminal."""

    name: str
    faces: tuple[tuple[int, str], ...]
    model: Admitting

    def value(self, frequency_Hz: float) -> complex:
        """y, S/m2."""
        return self.model.admittance(frequency_Hz)

    def laplace_value(self, s: float) -> float | None:
        """The value y at real s, S/m2; None where it is not known."""
        return _laplace_admittance(self.model, s)


@dataclass(frozen=True)
class SheetTerm:
    """One sheet."""

    name: str
    sheet: HarmonicSheet

    def value(self, frequency_Hz: float) -> complex:
        """y, S/m2."""
        return self.sheet.admittance(frequency_Hz)

    def laplace_value(self, s: float) -> float | None:
        """The value y at real s, S/m2; None where it is not known."""
        return _laplace_admittance(self.sheet, s)


@dataclass(frozen=True)
class Terms:
    """All terms of a problem, in the order of its matrices."""

    tissues: tuple[TissueTerm, ...]
    contacts: tuple[ContactTerm, ...]
    sheets: tuple[SheetTerm, ...]

    @classmethod
    def of(
        cls,
        media: Iterable[LayerMedium],
        terminals: Iterable[HarmonicTerminal],
        sheets: Iterable[HarmonicSheet],
        frequencies_Hz: Iterable[float],
    ) -> "Terms":
        """Collect them; layers of one tissue share a term when they are equal at all these frequencies."""
        alike: dict[Any, list[LayerMedium]] = {}
        frequencies = tuple(frequencies_Hz)
        for medium in media:
            values = tuple(tuple(medium.admittivity(f)) for f in frequencies)
            alike.setdefault((medium.tissue, medium.fibres is None, values), []).append(medium)
        tissues = [term for group in alike.values() for term in _tissue_terms(group, alone=_alone(group, alike))]
        return cls(
            tuple(tissues), _contact_terms(tuple(terminals)), tuple(SheetTerm(f"sheet {s.name}", s) for s in sheets)
        )

    @property
    def all(self) -> tuple[TissueTerm | ContactTerm | SheetTerm, ...]:
        """In the order of the matrices."""
        return (*self.tissues, *self.contacts, *self.sheets)

    @property
    def names(self) -> tuple[str, ...]:
        """Of all."""
        return tuple(term.name for term in self.all)

    def values(self, frequency_Hz: float) -> Complexes:
        """κ_t (S/m) and y_t (S/m2) at a frequency (terms,).

        Raises
        ------
        ValueError
            Unless every one is finite and not zero, with a real part of 0 or more, and their phases are less than 135
            degrees apart.
        """
        values = np.array([complex(term.value(frequency_Hz)) for term in self.all])
        for name, value in zip(self.names, values, strict=True):
            if not (np.isfinite(value) and value != 0.0 and value.real >= 0.0):
                accepted = "accepted: finite, not 0, real part 0 or more"
                raise ValueError(f"{name} at {frequency_Hz:g} Hz: admittivity {value:g}; {accepted}")
        apart = float(np.ptp(np.angle(values)))
        if not apart < WIDEST:
            found = f"phases {np.degrees(apart):.0f} degrees apart"
            raise ValueError(f"admittivities at {frequency_Hz:g} Hz: {found}; accepted: less than 135")
        return values

    @property
    def relaxing(self) -> bool:
        """Whether all are known at real s."""
        return all(term.laplace_value(1.0) is not None for term in self.all)

    def laplace_values(self, frequency_Hz: float) -> Reals:
        """κ_t (S/m) and y_t (S/m2) at real s = 2πf (terms,), where all are known.

        Raises
        ------
        ValueError
            Unless every one is finite and more than 0.
        """
        s = 2.0 * np.pi * frequency_Hz
        values = np.array([term.laplace_value(s) for term in self.all], dtype=np.float64)
        for name, value in zip(self.names, values, strict=True):
            if not 0.0 < value < np.inf:
                raise ValueError(f"{name} at s = {s:g}/s: admittivity {value:g}; accepted: finite, more than 0")
        return values


def _laplace_admittance(model: Admitting, s: float) -> float | None:
    value = model.laplace_admittance(np.array(s)) if isinstance(model, RelaxingContact) else None
    return None if value is None else float(value)


def _alone(group: list[LayerMedium], alike: dict[Any, list[LayerMedium]]) -> bool:
    return sum(other[0].tissue == group[0].tissue for other in alike.values()) == 1


def _tissue_terms(group: list[LayerMedium], alone: bool) -> list[TissueTerm]:
    """One term, or two for fibres; named after the tissue where its layers are all alike, else after the layers."""
    layers = tuple(medium.layer for medium in group)
    name = group[0].tissue if alone else ", ".join(layers)
    if group[0].fibres is None:
        return [TissueTerm(f"tissue {name}", layers, 1, group[0])]
    axes = ((1, "across"), (0, "along"))
    return [TissueTerm(f"tissue {name} {way}", layers, axis, group[0]) for axis, way in axes]


def _contact_terms(terminals: tuple[HarmonicTerminal, ...]) -> tuple[ContactTerm, ...]:
    """Faces with equal models share a term."""
    grouped: list[tuple[Admitting, list[tuple[int, str]]]] = []
    for k, terminal in enumerate(terminals):
        for face, model in terminal.faces:
            if model is None:
                continue
            known = next((faces for other, faces in grouped if other == model), None)
            if known is None:
                grouped.append((model, [(k, face)]))
            else:
                known.append((k, face))
    return tuple(
        ContactTerm(f"contact of {', '.join(face for _, face in faces)}", tuple(faces), model)
        for model, faces in grouped
    )
