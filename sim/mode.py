"""Whether capacitance matters: the choice between resistive and electro-quasistatic computation, with its reason."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from meshes.arrays import Reals
from sim.case import Case
from sim.case.steady import carrying_band
from sim.frequency import frequency_text
from sim.interfaces.impedance import reciprocal
from sim.signal import Signal
from sim.terminals import case_membranes, case_metals
from sim.tissues import Conductor

Mode = Literal["quasistatic", "electroquasistatic"]

NEGLIGIBLE = 0.01  # part of the current that may flow through capacitances, or change with frequency, unnoticed
ANY_HZ: Reals = np.array(10.0 ** np.arange(7))  # what does not change over these does not depend on frequency


@dataclass(frozen=True)
class Choice:
    """What is computed, and why."""

    mode: Mode
    reason: str


def choose_mode(case: Case, conductors: tuple[Conductor, ...], signal: Signal) -> Choice:
    """What the case asks for, or, where it leaves the choice, what its tissues and contacts need.

    At the frequencies that carry 95 % of the alternating power of the waveforms the displacement current of every
    tissue and contact is compared with its conduction current, and the conductivity with that at the lowest of them,
    which is 0 Hz where a waveform has a mean.
    """
    if case.numerics.mode != "auto":
        return Choice(case.numerics.mode, "as numerics.mode says")
    if all(share == 0.0 for _, share, _ in _shares(case, conductors, ANY_HZ)):
        return Choice("quasistatic", "no tissue and no contact of this case has a capacitance")
    frequencies = carrying_Hz(signal)
    if not frequencies.size:
        return Choice("quasistatic", "direct current alone")
    name, share, at_Hz = max(_shares(case, conductors, frequencies), key=lambda found: found[1])
    measured = f"of the current through {name} {100 * share:.3g} % is capacitive or changes with frequency"
    where = f"{measured}, at most, at {frequency_text(at_Hz)}"
    if share <= NEGLIGIBLE:
        return Choice("quasistatic", f"{where}: less than {100 * NEGLIGIBLE:g} %")
    return Choice("electroquasistatic", f"{where}: more than {100 * NEGLIGIBLE:g} %")


def carrying_Hz(signal: Signal) -> Reals:
    """Frequencies that carry the waveforms' power, ascending, with 0 Hz for a mean; empty for direct current alone."""
    band = carrying_band(signal.waveforms)
    if band is None:
        return np.zeros(0)
    return np.concatenate([np.zeros(int(signal.mean)), np.geomspace(*band, 25)])


def _shares(case: Case, conductors: tuple[Conductor, ...], frequencies: Reals) -> list[tuple[str, float, float]]:
    """For tissues and contacts: name, largest share of the current that is not that of a resistance, and where."""
    found = []
    for conductor in conductors:
        for values in conductor.admittivity(frequencies):
            found.append((conductor.tissue, *_share(values, frequencies)))
    contacts = [(metal.name, contact) for metal in case_metals(case) for _, contact in metal.faces]
    contacts += [(membrane.name, membrane.contact) for membrane in case_membranes(case)]
    for name, contact in contacts:
        if contact is not None:
            values = reciprocal(contact.nearest_impedance(frequencies))
            found.append((f"the contact of {name.removeprefix('contact ')}", *_share(values, frequencies)))
    return found


def _share(values: np.ndarray[tuple[int, ...], np.dtype[np.complex128]], frequencies: Reals) -> tuple[float, float]:
    """Largest relative deviation from the value at the lowest frequency, and where it is."""
    first = values[0].real if values[0].real != 0.0 else abs(values[0])
    deviations = np.abs(values - first) / np.abs(values)
    worst = int(np.argmax(deviations))
    return float(deviations[worst]), float(frequencies[worst])
