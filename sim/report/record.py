"""The run record: result.json, with everything that other programs rely on."""

import json
import platform
from dataclasses import asdict
from typing import Any

import dolfinx
import gmsh
from petsc4py import PETSc

from sim.case import Case
from sim.exposure import Exposure
from sim.response import Response
from sim.safety.judgement import peak_current_mA
from sim.solving import Solved
from sim.tissues import load_tissue_set
from sim.version import VERSION

SCHEMA_VERSION = 1


def build_record(
    solved: Solved, response: Response, exposure: Exposure, seconds: dict[str, float], notes: list[str]
) -> dict[str, Any]:
    """The content of result.json; complex numbers would be pairs, but a resistive body has none.

    Parameters
    ----------
    seconds
        Time of each stage.
    notes
        What a reader should know besides.
    """
    case, basis, mesh, facts = solved.case, solved.basis, solved.mesh, solved.basis.facts
    return {
        "schema_version": SCHEMA_VERSION,
        "title": case.title,
        "case_sha256": case.sha256,
        "mesh": {
            "cells": mesh.cells,
            "vertices": mesh.vertices,
            "unknowns": facts.unknowns,
            "element_order": facts.element_order,
            "accuracy": case.numerics.accuracy,
            "worst_quality": mesh.worst_quality,
            "smallest_edge_mm": mesh.smallest_mm,
            "largest_edge_mm": mesh.largest_mm,
        },
        "solver": {
            "iterations": facts.iterations,
            "relative_residual": facts.relative_residual,
            "balance_error": facts.balance_error,
            "asymmetry": facts.asymmetry,
            "from_cache": solved.from_cache,
        },
        "terminals": {
            "names": list(basis.terminals),
            "admittance_S": basis.admittance.tolist(),
            "frequency_Hz": 0.0,
        },
        "impedance_ohm": {
            channel.name: {"magnitude": float(z), "phase_deg": 0.0, "frequency_Hz": channel.waveform.frequency_Hz}
            for channel, z in zip(case.channels, response.impedances_ohm, strict=True)
        },
        "channels": {channel.name: _channel(case, response, c) for c, channel in enumerate(case.channels)},
        "electrodes": {name: asdict(electrode) for name, electrode in exposure.electrodes.items()},
        "tissues": {name: asdict(tissue) for name, tissue in exposure.tissues.items()},
        "probes": {name: asdict(probe) for name, probe in exposure.probes.items()},
        "tissue_sources": {c.layer: c.source for c in solved.conductors},
        "notes": _notes(case) + notes,
        "timings_s": {stage: round(seconds.get(stage, 0.0), 3) for stage in STAGES},
        "versions": versions(),
    }


STAGES = ("mesh", "setup", "solve", "reduce", "report", "total")


def _channel(case: Case, response: Response, index: int) -> dict[str, float]:
    """Peak current and voltage of a channel into the body."""
    current = peak_current_mA(case, response, index)
    return {"current_peak_mA": current, "voltage_peak_V": current * 1e-3 * float(response.impedances_ohm[index])}


def _notes(case: Case) -> list[str]:
    tissues = load_tissue_set(case.tissues.set)
    notes = [f"{tissues.title}: {tissues.caveat}"] if tissues.caveat else []
    for channel in case.channels:
        if channel.waveform.mean != 0.0 and "direct-current" not in case.safety.limits:
            notes.append(
                f"{channel.name} passes a net direct current, which no limit of this case bounds in the skin; "
                'add "direct-current" to safety.limits'
            )
        if channel.waveform.frequency_Hz > tissues.valid_Hz[1]:
            notes.append(f"{channel.name}: {tissues.title} is valid up to {tissues.valid_Hz[1]:g} Hz")
    for name, override in case.tissues.override.items():
        fibred = [layer for layer in case.body.layers if layer.tissue == name and layer.fibre_direction]
        if fibred and isinstance(override.conductivity_S_per_m, float):
            notes.append(f"{name}: the override is isotropic, so that fibre_direction has no effect")
    for electrode in case.electrodes:
        if electrode.contact_impedance_ohm_cm2 == 0.0:
            notes.append(f"{electrode.name}: the density at the rim of a perfect contact is infinite; p99 is uncertain")
        if not any(electrode.name in channel.electrodes for channel in case.channels):
            notes.append(f"{electrode.name}: in no channel, so it floats and carries no net current")
    return notes


def versions() -> dict[str, str]:
    """Versions of what computed the result."""
    return {
        "faradic": VERSION,
        "dolfinx": dolfinx.__version__,
        "petsc": ".".join(map(str, PETSc.Sys.getVersion())),
        "gmsh": gmsh.__version__,
        "python": platform.python_version(),
    }


def record_text(result: dict[str, Any]) -> str:
    """JSON that holds no NaN.

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    return json.dumps(result, indent=2, allow_nan=False) + "\n"
