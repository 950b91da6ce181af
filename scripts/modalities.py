"""Numbers of the modalities of electrotherapy, and their table in docs/modalities.md.

Every case that the page names is computed and reduced to a row. What was computed is kept in runs/modalities, by case,
by accuracy and by code: an interrupted table goes on where it was, and what has not been computed is a dash.
"""

import argparse
import json
import math
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mpi4py import MPI

import numpy as np

from meshes.errors import MeshError
from meshes.store import source_key, write_atomically
from sim.basis import Basis
from sim.case import Case, load_case
from sim.circuit import operate
from sim.errors import FaradicError
from sim.exposure import Exposure, expose
from sim.exposure.probes import locate
from sim.folders import CASES, cache_folder
from sim.progress import Silent
from sim.response import Response, case_sources, reference_terminal
from sim.safety.judgement import judge
from sim.safety.limits import load_limits
from sim.safety.verdict import SafetyVerdict
from sim.signal import SHOWN_HZ
from sim.solving import Solved, solve_case
from sim.timings import Timings
from sim.units import MA, MM

ROOT = Path(__file__).resolve().parents[1]
KEPT, PAGE = ROOT / "runs" / "modalities", ROOT / "docs" / "modalities.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"
COMPUTING = ("exposure", "fem", "interfaces", "safety", "tissues", "transient", "waveforms")  # folders of sim
TIGHTEST = 3  # checks of a verdict that are kept
COLUMNS = (
    "case",
    "accuracy",
    "unknowns",
    "mode",
    "solved at",
    "time",
    "50 Hz",
    "1 kHz",
    "4 kHz",
    "peak voltage",
    "E at the first probe",
    "verdict",
)


def main() -> None:
    """Compute what is missing, case by case, and write the table after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="NAME", help="one case, by the name of its file")
    parser.add_argument("--accuracy", choices=("draft", "standard", "fine"), default="draft")
    options = parser.parse_args()
    names = named(PAGE.read_text(encoding="utf-8"))
    chosen = [name for name in names if options.only in (None, name)]
    if not chosen:
        raise SystemExit(f"modalities: no case {options.only} in {PAGE.name}; one of {', '.join(names)}")
    failed = False
    for i, name in enumerate(chosen):
        start = time.perf_counter()
        try:
            case = load_case(CASES / f"{name}.toml", {"numerics.accuracy": options.accuracy})
            told = summary(compute(name, case))
        except (FaradicError, MeshError, OSError) as error:
            failed, told = True, f"FAILED: {error}"
        print(f"[{i + 1}/{len(chosen)}] {name}: {told} ({time.perf_counter() - start:.0f} s)", flush=True)
        write_table(names)
    raise SystemExit(1 if failed else 0)


def named(text: str) -> list[str]:
    """Names of the cases that a page links to, each once, in its order."""
    found = [part.split(".toml)")[0] for part in text.split("](../cases/")[1:]]
    return list(dict.fromkeys(found))


def key_of(case: Case) -> dict[str, str]:
    """What the results of a case depend on: its content, the limits it names, and the code that computes and judges."""
    limits = json.dumps([limit.model_dump(mode="json") for limit in load_limits(case.safety.limits)], sort_keys=True)
    parts = [ROOT / "sim" / part for part in COMPUTING]
    code = source_key(ROOT / "meshes", *sorted((ROOT / "sim").glob("*.py")), *parts)
    return {"case_sha256": case.sha256, "limits": limits, "code": code}


def kept(name: str, case: Case) -> dict[str, Any] | None:
    """Facts of this case, limits and code; None where there are none."""
    try:
        content = json.loads(place(name, case).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return content["facts"] if content.get("key") == key_of(case) else None


def place(name: str, case: Case) -> Path:
    """Where the facts of a case are kept."""
    return KEPT / f"{name}.{case.numerics.accuracy}.json"


def compute(name: str, case: Case) -> dict[str, Any]:
    """Facts of a case, taken from where they are kept or computed and kept there."""
    facts = kept(name, case)
    if facts is None:
        facts = facts_of(case)
        KEPT.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"key": key_of(case), "facts": facts}, indent=2, allow_nan=False) + "\n"
        write_atomically(place(name, case), lambda path: path.write_text(text, encoding="utf-8"))
    return facts


def facts_of(case: Case) -> dict[str, Any]:
    """Solve a case and reduce it to a few numbers."""
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
    }


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
    sources = case_sources(solved.case, solved.basis.terminals)
    found = []
    for f in SHOWN_HZ:
        operation = operate(harmonics.admittance(f), sources, reference_terminal(sources))
        found.append(impedance(f, complex(operation.impedance_ohm(0, sources[0]))))
    return found


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


def summary(facts: dict[str, Any]) -> str:
    """A line of progress."""
    volts = max(output["voltage_peak_V"] for output in facts["outputs"].values())
    return f"{facts['mode']}, {facts['unknowns']} unknowns, {volts:.3g} V, {facts['verdict']}"


def write_table(names: list[str]) -> None:
    """Put the table between its markers; the page around it stays as it is."""
    text = PAGE.read_text(encoding="utf-8")
    head, found, rest = text.partition(BEGIN)
    _, ended, tail = rest.partition(END)
    if not (found and ended):
        raise SystemExit(f"modalities: {PAGE.name} has no lines {BEGIN.strip()} and {END.strip()}")
    rule = "|".join("---" for _ in COLUMNS)
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{rule}|", *(row(name) for name in names)]
    written = f"{head}{BEGIN}\n" + "\n".join(lines) + f"\n\n{END}{tail}"
    write_atomically(PAGE, lambda path: path.write_text(written, encoding="utf-8"))


def row(name: str) -> str:
    """A case at the finest accuracy that was computed; a dash for what is not known."""
    title = name.replace("_", " ")
    for accuracy in ("fine", "standard", "draft"):
        facts = kept(name, load_case(CASES / f"{name}.toml", {"numerics.accuracy": accuracy}))
        if facts is not None:
            return f"| {title} | {' | '.join(cells(facts))} |"
    return f"| {title} |{' – |' * (len(COLUMNS) - 1)}"


def cells(facts: dict[str, Any]) -> list[str]:
    """What a row says after its name."""
    solved = f"{facts['frequencies']} frequencies" if facts["mode"] == "electroquasistatic" else "0 Hz"
    probes = [f"{strength:.3g} V/m" for strength in facts["probes"].values()]
    return [
        facts["accuracy"],
        f"{facts['unknowns']:,}".replace(",", " "),
        "capacitive" if facts["mode"] == "electroquasistatic" else "resistive",
        solved,
        f"{facts['seconds']:.0f} s",
        *ohms(facts["impedance_ohm"]),
        " and ".join(f"{output['voltage_peak_V']:.3g} V" for output in facts["outputs"].values()),
        probes[0],
        facts["verdict"].replace("_", " "),
    ]


def ohms(found: list[dict[str, float]]) -> list[str]:
    """Impedances at the frequencies that are told, or the resistance to direct current and dashes."""
    if found[0]["frequency_Hz"] == 0.0:
        return [f"{ohm_text(found[0]['magnitude'])} d.c.", "–", "–"]
    return [f"{ohm_text(z['magnitude'])}, {z['phase_deg']:.0f}°" for z in found]


def ohm_text(ohm: float) -> str:
    """``183 Ω``, ``2.6 kΩ``."""
    return f"{ohm:.3g} Ω" if ohm < 999.5 else f"{ohm / 1000.0:.3g} kΩ"


if __name__ == "__main__":
    main()
