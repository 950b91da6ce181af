"""What the channels of a case see as load, at any frequency at which the terminal admittance is known."""

from collections.abc import Iterable

import numpy as np

from meshes.arrays import Reals
from sim.case import Case
from sim.circuit import operate
from sim.frequency import Complexes
from sim.response import case_sources, reference_terminal


def channel_impedances(
    case: Case, terminals: tuple[str, ...], admittances: Iterable[Complexes] | Iterable[Reals]
) -> Complexes:
    """Impedance of every channel, the others at zero, (admittances, channels), Ohm.

    Parameters
    ----------
    terminals
        Their names, in the order of the rows and columns of an admittance.
    admittances
        Y (terminals, terminals), S, one a frequency.
    """
    sources = case_sources(case, terminals)
    reference = reference_terminal(sources)
    operations = (operate(np.asarray(Y, dtype=np.complex128), sources, reference) for Y in admittances)
    found = [[operation.impedance_ohm(c, source) for c, source in enumerate(sources)] for operation in operations]
    return np.array(found, dtype=np.complex128).reshape(-1, len(sources))
