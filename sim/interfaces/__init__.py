"""What lies between metal and body: impedance per area over frequency, of a circuit, measured, or from a library."""

from sim.interfaces.circuits import ConstantPhase, Resistance, ResistanceCapacitance
from sim.interfaces.impedance import Circuit, Impedance
from sim.interfaces.library import ContactFile, LibraryContact, available_contacts, load_contacts
from sim.interfaces.reading import read_spectrum
from sim.interfaces.series import Contact, Series
from sim.interfaces.spectrum import Spectrum, SpectrumFile

__all__ = [
    "Circuit",
    "ConstantPhase",
    "Contact",
    "ContactFile",
    "Impedance",
    "LibraryContact",
    "Resistance",
    "ResistanceCapacitance",
    "Series",
    "Spectrum",
    "SpectrumFile",
    "available_contacts",
    "load_contacts",
    "read_spectrum",
]
