"""The run record: result.json, with everything that other programs rely on."""

import json
import math
import platform
from dataclasses import asdict
from typing import Any

import dolfinx
import gmsh
import numpy as np
from petsc4py import PETSc

from meshes.distances import distances
from sim.basis import Basis
from sim.case import Channel
from sim.exposure import Exposure
from sim.report.notes import case_notes
from sim.response import Output, Response
from sim.signal import SHOWN_HZ
from sim.solving import Solved
from sim.supply import supply_of
from sim.units import MA
from sim.version import VERSION

SCHEMA_VERSION = 1


def build_record(
    solved: Solved, response: Response, exposure: Exposure, seconds: dict[str, float], notes: list[str]
) -> dict[str, Any]:
    """The content of result.json; complex numbers are pairs.

    Parameters
    ----------
    seconds
        Time of each stage.
    notes
        What a reader should know besides.
    """
    case, mesh, facts = solved.case, solved.mesh.record, solved.basis.facts
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
        "computed": {"mode": solved.choice.mode, "reason": solved.choice.reason, **_spectrum(solved)},
        "terminals": _admittances(solved),
        "impedance_ohm": {
            channel.name: _impedance(output) for channel, output in zip(case.channels, response.outputs, strict=True)
        },
        "channels": {
            channel.name: _output(channel, output)
            for channel, output in zip(case.channels, response.outputs, strict=True)
        },
        "distances_mm": [[d.one, d.other, round(d.gap_mm, 4)] for d in distances(case.geometry)],
        "electrodes": {name: asdict(electrode) for name, electrode in exposure.electrodes.items()},
        "implants": {name: asdict(implant) for name, implant in exposure.implants.items()},
        "tissues": {name: asdict(tissue) for name, tissue in exposure.tissues.items()},
        "envelope": {name: asdict(found) for name, found in exposure.envelope.items()},
        "envelope_at_probes": {name: asdict(found) for name, found in exposure.envelope_at_probes.items()},
        "probes": {name: asdict(probe) for name, probe in exposure.probes.items()},
        "tissue_sources": {c.layer: c.source for c in solved.conductors},
        "notes": case_notes(solved, response) + notes,
        "timings_s": {stage: round(seconds.get(stage, 0.0), 3) for stage in STAGES},
        "versions": versions(),
    }


STAGES = ("mesh", "setup", "solve", "reduce", "report", "total")


def _admittances(solved: Solved) -> dict[str, Any]:
    """Terminal admittances; over frequency as pairs [re, im] in lists, one a frequency."""
    names, harmonics = list(solved.basis.terminals), solved.harmonics
    if isinstance(solved.basis, Basis):
        return {"names": names, "admittance_S": solved.basis.admittance.tolist(), "frequency_Hz": 0.0}
    assert harmonics is not None
    frequencies = sorted({*SHOWN_HZ, *(channel.waveform.frequency_Hz for channel in solved.case.channels)} - {0.0})
    pairs = [np.stack([Y.real, Y.imag], axis=-1).tolist() for Y in map(harmonics.admittance, frequencies)]
    return {"names": names, "admittance_S": pairs, "frequency_Hz": frequencies}


def _spectrum(solved: Solved) -> dict[str, Any]:
    """Where the body was solved over frequency, and what was left out."""
    if isinstance(solved.basis, Basis):
        return {}
    facts = solved.basis.facts
    return {
        "frequencies_Hz": [round(f, 6) for f in facts.frequencies_Hz],
        "modes": facts.modes,
        "snapshots": facts.snapshots,
        "estimated_error": facts.estimated_error,
        "band_Hz": list(solved.signal.band_Hz),
        "power_above_band": solved.signal.left_out,
    }


def _output(channel: Channel, output: Output) -> dict[str, Any]:
    """Peak current and voltage of a channel, and whether its stimulator has as much voltage."""
    found: dict[str, Any] = {
        "current_peak_mA": output.peak_current_A / MA,
        "voltage_peak_V": output.peak_voltage_V,
    }
    supply = supply_of(channel, output)
    if supply is not None:
        found["supply"] = asdict(supply)
    return found


def _impedance(output: Output) -> dict[str, float]:
    """Voltage per current of a channel."""
    z = output.impedance_ohm
    return {
        "magnitude": abs(z),
        "phase_deg": math.degrees(math.atan2(z.imag, z.real)),
        "frequency_Hz": output.frequency_Hz,
    }


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
