"""What docs/modalities.md tells of a case: a few numbers, and a picture of its first channel over time."""

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mpi4py import MPI

import numpy as np

from sim.basis import Basis
from sim.case import Case
from sim.exposure import Exposure, expose
from sim.exposure.probes import locate
from sim.folders import cache_folder
from sim.impedances import channel_impedances
from sim.progress import Silent
from sim.report.pictures import Picture, draw_over_time, draw_waveform
from sim.response import Response
from sim.safety.judgement import judge
from sim.safety.verdict import SafetyVerdict
from sim.signal import SHOWN_HZ
from sim.solving import Solved, solve_case
from sim.timings import Timings
from sim.units import MA, MM

TIGHTEST = 3  # checks of a verdict that are kept


def facts_of(case: Case, picture: Path) -> dict[str, Any]:
    """Solve a case, reduce it to a few numbers, and draw it into a PNG file."""
    solved = solve_case(case, cache_folder(), Silent(), Timings(), MPI.COMM_SELF)
    assert solved is not None  # the only rank has it
    response = solved.respond()
    exposure = expose(case, solved.basis, response, solved.conductors)
    verdict = judge(case, response, exposure.electrodes)
    return {
        **cost(solved),
        "impedance_ohm": impedances(solved, response),
        "outputs": {
            channel.name: {"voltage_peak_V": output.peak_voltage_V, "current_peak_mA": output.peak_current_A / MA}
            for channel, output in zip(case.channels, response.outputs, strict=True)
        },
        "probes": strongest(solved, response),
        **reduced(exposure),
        **judged(verdict),
        "picture": drawn(solved, response, picture).alt,
    }


def drawn(solved: Solved, response: Response, path: Path) -> Picture:
    """The first channel over time; of direct current, which only has ramps, the treatment."""
    moving = draw_over_time(solved.case, solved.basis, response, 0, path)
    return moving or draw_waveform(solved.case.channels[0], path)


def cost(solved: Solved) -> dict[str, Any]:
    """Size, mode and time; of unit solutions that were kept, the time that they once took."""
    facts, record = solved.basis.facts, solved.mesh.record
    return {
        "accuracy": solved.case.numerics.accuracy,
        "cells": record.cells,
        "unknowns": facts.unknowns,
        "mode": solved.choice.mode,
        "reason": solved.choice.reason,
        "frequencies": 1 if isinstance(solved.basis, Basis) else len(solved.basis.facts.frequencies_Hz),
        "seconds": record.seconds + facts.setup_s + facts.solve_s,
    }


def impedances(solved: Solved, response: Response) -> list[dict[str, float]]:
    """Of the first channel at the frequencies that are told; in resistive computation its resistance alone, at 0 Hz."""
    harmonics = solved.harmonics
    if harmonics is None:
        return [impedance(0.0, response.outputs[0].impedance_ohm)]
    admittances = [harmonics.admittance(f) for f in SHOWN_HZ]
    first = channel_impedances(solved.case, solved.basis.terminals, admittances)[:, 0]
    return [impedance(f, complex(ohm)) for f, ohm in zip(SHOWN_HZ, first, strict=True)]


def impedance(frequency_Hz: float, ohm: complex) -> dict[str, float]:
    """Magnitude and phase."""
    phase_deg = math.degrees(math.atan2(ohm.imag, ohm.real))
    return {"frequency_Hz": frequency_Hz, "magnitude": abs(ohm), "phase_deg": phase_deg}


def strongest(solved: Solved, response: Response) -> dict[str, float]:
    """Largest length of E at each probe over time, V/m: where channels beat, that of their best-aligned instant."""
    found = {}
    for probe in solved.case.probes:
        cell, weights = locate(solved.basis, np.array(probe.position_mm) * MM)
        field = np.einsum("n,snk->sk", weights, response.field[:, cell])
        found[probe.name] = float(response.drive.peak_length(field))
    return found


def reduced(exposure: Exposure) -> dict[str, Any]:
    """What reaches skin, tissues and implants."""
    return {
        "electrodes": {
            name: {
                "mean_rms_mA_per_cm2": electrode.current_density_rms_mA_per_cm2.mean,
                "peak_1cm2_rms_mA_per_cm2": electrode.current_density_rms_mA_per_cm2.peak_1cm2,
            }
            for name, electrode in exposure.electrodes.items()
        },
        "tissues": {name: tissue.E_peak_V_per_m.p99 for name, tissue in exposure.tissues.items()},
        "implants": {name: asdict(implant) for name, implant in exposure.implants.items()},
    }


def judged(verdict: SafetyVerdict) -> dict[str, Any]:
    """The verdict with its tightest checks and the largest amplitudes."""
    known = sorted((c for c in verdict.checks if c.margin is not None), key=lambda check: check.margin or 0.0)
    safe = verdict.max_safe_amplitude_mA
    return {
        "verdict": verdict.overall,
        "because": verdict.because,
        "tightest": [
            {"id": c.id, "subject": c.subject, "value": c.value, "limit": c.limit, "outcome": c.outcome}
            for c in known[:TIGHTEST]
        ],
        "max_safe_mA": {name: amplitude.value for name, amplitude in safe.items()},
        "limited_by": {name: amplitude.limited_by for name, amplitude in safe.items()},
        "caution_above_mA": {name: a.caution_above.value if a.caution_above else None for name, a in safe.items()},
    }
