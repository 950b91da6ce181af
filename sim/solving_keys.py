"""What the unit solutions of a case depend on."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import dolfinx

from meshes.cache import mesh_key
from meshes.store import content_key, source_key
from sim.case import Case
from sim.interfaces import Impedance
from sim.mode import choose_mode
from sim.signal import Signal
from sim.steady import case_sheets, case_terminals
from sim.terminals import case_membranes, case_metals
from sim.tissues import Conductor

SIM = Path(__file__).parent
SOURCES = (
    *("fem", "tissues", "interfaces", "terminals.py", "steady.py"),
    *("basis.py", "harmonic_basis.py", "harmonic_terms.py"),
)


def basis_key(case: Case, conductors: tuple[Conductor, ...]) -> str:
    """Hash of everything that the unit solutions depend on: mesh, tissue, contacts, numerics, and the code."""
    signal = Signal.of(case)
    harmonic = choose_mode(case, conductors, signal).mode == "electroquasistatic"
    return content_key(
        {
            "code": source_key(*(SIM / name for name in SOURCES), SIM / "exposure" / "triangles.py"),
            "dolfinx": dolfinx.__version__,
            "mesh": mesh_key(case.geometry, case.numerics.accuracy),
            "order": case.numerics.element_order,
            "tolerance": case.numerics.tolerance,
            "problem": _over_frequency(case, conductors, signal) if harmonic else _steady(case, conductors),
        }
    )


def _steady(case: Case, conductors: tuple[Conductor, ...]) -> dict[str, Any]:
    return {
        "conductivities": [[c.layer, c.longitudinal, c.transverse, _fibres(c)] for c in conductors],
        "terminals": [asdict(terminal) for terminal in case_terminals(case)],
        "sheets": [asdict(sheet) for sheet in case_sheets(case)],
    }


def _over_frequency(case: Case, conductors: tuple[Conductor, ...], signal: Signal) -> dict[str, Any]:
    return {
        "media": [[c.layer, [asdict(medium) for medium in c.over_frequency], _fibres(c)] for c in conductors],
        "metals": [
            [metal.name, [[face, _contact(contact)] for face, contact in metal.faces], metal.sheets]
            for metal in case_metals(case)
        ],
        "membranes": [[membrane.name, _contact(membrane.contact)] for membrane in case_membranes(case)],
        "frequencies_Hz": signal.frequencies_Hz.tolist(),
    }


def _contact(contact: Impedance | None) -> dict[str, Any] | None:
    return None if contact is None else contact.model_dump(mode="json")


def _fibres(conductor: Conductor) -> Any:
    return None if conductor.fibres is None else conductor.fibres.key
