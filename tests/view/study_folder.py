"""A study folder written without a solver: five cases, of which one has fields, one failed and one is missing."""

import json
import shutil

from analytic import AREAS_MM2, CASE, electrode, verdict

from sim.case import parse_case
from sim.sweep.index import collect
from sim.sweep.store import Failure, Store

AMPLITUDES = {"a1": 10.0, "a2": 9.0, "a3": 500.0, "a4": 30.0, "a5": 40.0}
DENSITY = {"mean": 0.1, "p50": 0.1, "p95": 0.2, "p99": 0.3, "peak_2mm_cube": 0.2}
RESULT = {
    "mesh": {"cells": 10, "vertices": 5, "unknowns": 20, "element_order": 2},
    "solver": {"iterations": 7, "relative_residual": 1e-10, "balance_error": 1e-12, "from_cache": False},
    "computed": {"mode": "quasistatic", "reason": "for a test"},
    "terminals": {"names": ["left", "right"], "admittance_S": [[1e-3, -1e-3], [-1e-3, 1e-3]], "frequency_Hz": 0.0},
    "impedance_ohm": {"ch1": {"magnitude": 1000.0, "phase_deg": 0.0, "frequency_Hz": 50.0}},
    "distances_mm": [["left", "right", 20.0]],
    "implants": {},
    "tissues": {"skin": {"volume_mm3": 1.0, "E_peak_V_per_m": {"p50": 1.0, "p99": 2.0}, "J_rms_mA_per_cm2": DENSITY,
                         "power_mW": 1.0}},
    "probes": {},
    "tissue_sources": {"skin": "a set"},
    "timings_s": {"total": 0.5},
    "versions": {"faradic": "0"},
    "notes": [],
}  # fmt: skip


def write_study(root, analytic_folder, more=0):
    """Write the folder with its table; ``more`` cases are missing too."""
    amplitudes = AMPLITUDES | {f"b{i:03}": 1000.0 + i for i in range(more)}
    store = Store(root)
    root.mkdir(parents=True)
    content = {
        "title": "Study <of> amplitudes",
        "samples": None,
        "extents": [
            {
                "name": "channels.ch1.amplitude_mA",
                "columns": ["channels.ch1.amplitude_mA"],
                "values": [[value] for value in amplitudes.values()],
                "sampled": False,
            }
        ],
        "entries": [[id, [i]] for i, id in enumerate(amplitudes)],
    }
    (root / "study.json").write_text(json.dumps(content))
    (root.parent / "secret.json").write_text("outside")
    shutil.copytree(analytic_folder, store.folder("a1"))
    for id in ("a1", "a2", "a3"):
        _write_case(store.folder(id), AMPLITUDES[id])
    store.folder("a4").mkdir()
    store.keep_failure("a4", Failure("solver", "solver: no convergence", ("first words", "last words <here>")))
    (root / "cases" / "linked").symlink_to(root / "cases" / "a1")
    collect(root)
    return root


def _write_case(folder, amplitude_mA):
    factor = amplitude_mA / 10.0
    channel = CASE["channels"][0] | {"amplitude_mA": amplitude_mA}
    case = parse_case(CASE | {"channels": [channel]}, "test")
    result = RESULT | {
        "title": case.title,
        "case_sha256": case.sha256,
        "channels": {"ch1": {"current_peak_mA": amplitude_mA, "voltage_peak_V": 1.0}},
        "electrodes": {name: electrode(area, factor) for name, area in AREAS_MM2.items()},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.json").write_text(case.model_dump_json())
    (folder / "verdict.json").write_text(verdict(case, factor).model_dump_json())
    (folder / "result.json").write_text(json.dumps(result))
