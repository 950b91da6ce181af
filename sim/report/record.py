"""The run record: result.json, with everything that other programs rely on."""

import json
import platform
from dataclasses import asdict
from typing import Any

import dolfinx
import gmsh
from petsc4py import PETSc

from meshes.distances import distances
from sim.case import Case
from sim.exposure import Exposure
from sim.library import load_lead, load_site
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
    case, basis, mesh, facts = solved.case, solved.basis, solved.mesh.record, solved.basis.facts
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
        "distances_mm": [[d.one, d.other, round(d.gap_mm, 4)] for d in distances(case.geometry)],
        "electrodes": {name: asdict(electrode) for name, electrode in exposure.electrodes.items()},
        "implants": {name: asdict(implant) for name, implant in exposure.implants.items()},
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
        fibred = [region for region in case.geometry.regions if region.tissue == name and region.fibre_direction]
        if fibred and isinstance(override.conductivity_S_per_m, float):
            notes.append(f"{name}: the override is isotropic, so that fibre_direction has no effect")
    return notes + _terminal_notes(case) + _body_notes(case)


def _terminal_notes(case: Case) -> list[str]:
    """What to know about electrodes, leads and their distances."""
    notes = []
    for electrode in case.electrodes:
        if electrode.contact_impedance_ohm_cm2 == 0.0 and not electrode.layers:
            notes.append(f"{electrode.name}: the density at the rim of a perfect contact is infinite; p99 is uncertain")
    contacts = {part.name: part.contact_capacitance_nF_per_cm2 for part in case.electrodes}
    contacts |= {lead.name: lead.contact_capacitance_nF_per_cm2 for lead in case.leads}
    for name, capacitance in contacts.items():
        if capacitance is not None:
            notes.append(f"{name}: contact_capacitance_nF_per_cm2 has no effect on resistive currents")
    for name in case.poles:
        if not any(name in channel.electrodes for channel in case.channels):
            notes.append(f"{name}: in no channel, so it floats and carries no net current")
    for name in case.implants:
        notes.append(f"{name}: a floating metal implant; it carries no net current")
    for found in distances(case.geometry):
        if found.gap_mm < case.spacing.warn_below_mm:
            notes.append(
                f"{found.one} and {found.other} are {found.gap_mm:.4g} mm apart, less than spacing.warn_below_mm, "
                f"{case.spacing.warn_below_mm:g} mm"
            )
    return notes


def _body_notes(case: Case) -> list[str]:
    """Where a preset body comes from, and what wounds mean."""
    notes = []
    if case.body.site is not None:
        site = load_site(case.body.site)
        notes.append(f"body: {site.title} ({site.status}). {site.caveat}")
    for lead in case.leads:
        if lead.model is not None:
            file = load_lead(lead.model)
            notes.append(f"{lead.name}: {file.title} ({file.status}; {file.source}). {file.caveat}")
    if case.wounds:
        names = ", ".join(wound.name for wound in case.wounds)
        notes.append(f"electrotherapy is contraindicated over broken skin ({names}): the current gathers there")
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
