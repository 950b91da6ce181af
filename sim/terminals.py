"""Electrodes, leads and implants as the solver sees them: metal faces with what lies between them and the body."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from meshes.lifting import contact_name
from meshes.splitting import sheet_name
from sim.case import Case, Electrode
from sim.case.contacts import SMALLEST_SHEET
from sim.case.tissues import Tissues
from sim.harmonic_basis import HarmonicBasis
from sim.harmonic_terms import Terms
from sim.harmonics import Harmonics
from sim.interfaces import Impedance, Resistance
from sim.tissues import Conductor


@dataclass(frozen=True)
class Metal:
    """A terminal.

    Parameters
    ----------
    name
        Of the terminal.
    faces
        Every face of the metal with the contact behind which it lies; None is a perfect one.
    sheets
        Names of the sheets through which its current enters the body when layers lie between; else empty.
    """

    name: str
    faces: tuple[tuple[str, Impedance | None], ...]
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Membrane:
    """A thin layer along which the mesh is split: the contact of a stack, or the sheet around an inclusion."""

    name: str
    contact: Impedance

    def admittance(self, frequency_Hz: float) -> complex:
        """Of a unit of area, S/m2."""
        return self.contact.admittance(frequency_Hz)

    def laplace_admittance(self, s: NDArray[Any]) -> NDArray[Any] | None:
        """Of a unit of area at real s, S/m2; None where it is not known."""
        return self.contact.laplace_admittance(s)


def case_metals(case: Case) -> tuple[Metal, ...]:
    """All terminals in their order: pads, contacts of leads, implants."""
    pads = tuple(_pad(electrode, case.tissues) for electrode in case.electrodes)
    leads = tuple(
        Metal(name, ((f"terminal {name}", lead.contact_model),)) for lead in case.leads for name in lead.terminals
    )
    return (*pads, *leads, *(Metal(name, ((f"terminal {name}", None),)) for name in case.implants))


def case_membranes(case: Case) -> tuple[Membrane, ...]:
    """All thin layers: contacts of stacks, and sheets around inclusions."""
    contacts = (
        membrane
        for electrode in case.electrodes
        if electrode.layers
        for membrane in _under_stack(electrode, case.tissues)
    )
    around = (
        Membrane(sheet_name(inclusion.name), _resistance(inclusion.sheet_ohm_cm2))
        for inclusion in case.inclusions
        if inclusion.sheet_ohm_cm2 is not None
    )
    return (*contacts, *around)


def case_harmonics(case: Case, conductors: tuple[Conductor, ...], basis: HarmonicBasis) -> Harmonics:
    """Unit solutions at any frequency, from those that were computed for the case."""
    return Harmonics(basis, Terms.of(conductors, case_metals(case), case_membranes(case), basis.frequencies_Hz))


def _pad(electrode: Electrode, tissues: Tissues) -> Metal:
    """Metal on the skin, or on a stack that touches the skin through sheets."""
    name, contact = electrode.name, electrode.contact_model
    if electrode.layers:
        sheets = tuple(membrane.name for membrane in _under_stack(electrode, tissues))
        return Metal(name, ((f"terminal {name}", None),), sheets)
    needles: tuple[tuple[str, Impedance | None], ...] = ()
    if electrode.needles is not None:
        needles = ((f"terminal {name}", contact),)
        if electrode.needles.backing == "insulating":
            return Metal(name, needles)
    lifted = ((f"pad {name} detached {i}", part) for i, part in _lifted(electrode, tissues))
    return Metal(name, ((f"pad {name}", tissues.through_skin(contact)), *lifted, *needles))


def _under_stack(electrode: Electrode, tissues: Tissues) -> tuple[Membrane, ...]:
    """The contact between the stack of an electrode and the skin, and those of parts that touch badly."""
    contact = tissues.through_skin(electrode.contact_model) or _resistance(SMALLEST_SHEET)
    lifted = (Membrane(contact_name(electrode.name, i), part) for i, part in _lifted(electrode, tissues))
    return (Membrane(contact_name(electrode.name, 0), contact), *lifted)


def _lifted(electrode: Electrode, tissues: Tissues) -> Iterator[tuple[int, Impedance]]:
    """Number (from 1) and contact of the detached parts that touch."""
    for i, part in enumerate(electrode.detached, start=1):
        contact = None if part.contact_model is None else tissues.through_skin(part.contact_model)
        if contact is not None:
            yield i, contact


def _resistance(ohm_cm2: float) -> Resistance:
    return Resistance(kind="resistance", resistance_ohm_cm2=ohm_cm2)
