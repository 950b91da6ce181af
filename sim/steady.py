"""Contacts in resistive computation: numbers at one frequency, see ``Case.steady_Hz``."""

from sim.case import Case
from sim.fem.conduction import Sheet, Terminal
from sim.terminals import case_membranes, case_metals


def case_terminals(case: Case) -> tuple[Terminal, ...]:
    """Electrodes, contacts of leads and implants in resistive computation."""
    f = case.steady_Hz
    return tuple(
        Terminal(
            metal.name,
            tuple((face, 0.0 if contact is None else contact.steady_ohm_m2(f)) for face, contact in metal.faces),
            metal.sheets,
        )
        for metal in case_metals(case)
    )


def case_sheets(case: Case) -> tuple[Sheet, ...]:
    """The thin layers in resistive computation."""
    f = case.steady_Hz
    return tuple(Sheet(membrane.name, membrane.contact.steady_ohm_m2(f)) for membrane in case_membranes(case))
