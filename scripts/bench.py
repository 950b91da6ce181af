"""Accuracy, time and memory of the example case, held against its targets: make bench.

Every figure comes from a fresh process with an empty cache, so that nothing is read from an earlier run. The
reference is the same case with the finest sizes ("overkill"); make verify shows how far from exact answers all is.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "cases" / "tens_low_back.toml"
COMPUTING = ("mesh", "setup", "solve", "reduce")


def measure(command, cache):
    """Wall time (s) and peak resident memory (MB) of a command; its output is shown when it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | {"FARADIC_CACHE": cache},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _ = process.communicate()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{output.decode()}")
    seconds = time.perf_counter() - start
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def run_command(accuracy):
    """The whole command on the example."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        seconds, memory = measure(["-m", "sim", "run", str(EXAMPLE), "--out", str(out), "--accuracy", accuracy], folder)
        return json.loads((out / "result.json").read_text()), seconds, memory


def overkill():
    """Impedance and electrode densities of the example with the finest sizes."""
    from mpi4py import MPI

    from meshes.build import build_mesh
    from sim.case import load_case
    from sim.exposure.electrodes import electrode_exposures
    from sim.fem.domain import Domain
    from sim.fem.unit_solves import solve_basis
    from sim.response import respond
    from sim.solving import case_terminals
    from sim.tissues import case_conductors

    case = load_case(EXAMPLE)
    tagged = build_mesh(case.body, case.placements, "overkill")
    basis = solve_basis(Domain.from_tagged(tagged, MPI.COMM_SELF), case_conductors(case), case_terminals(case))
    assert basis is not None
    response = respond(case, basis)
    densities = {
        name: vars(electrode.current_density_rms_mA_per_cm2)
        for name, electrode in electrode_exposures(case, basis, response).items()
    }
    return basis.facts.unknowns, float(response.impedances_ohm[0]), densities


def deviations(result, impedance, densities):
    """Relative deviation of the impedance, and the largest over the electrodes of each density."""
    found = {"impedance": abs(result["impedance_ohm"]["ch1"]["magnitude"] / impedance - 1)}
    for key in ("peak_1cm2", "p95", "p99"):
        found[key] = max(
            abs(result["electrodes"][name]["current_density_rms_mA_per_cm2"][key] / density[key] - 1)
            for name, density in densities.items()
        )
    return found


def main():
    """Measure, print, and end with status 1 when a target is missed."""
    console = Console(width=110)
    with console.status("reference solution"):
        unknowns, impedance, densities = overkill()
    console.print(f"reference: {unknowns} unknowns, {impedance:.3f} Ω\n")
    rows = []
    for accuracy in ("draft", "standard"):
        with console.status(accuracy):
            run_command(accuracy)  # compiles the forms when this machine has not yet
            result, seconds, memory = run_command(accuracy)
        off = deviations(result, impedance, densities)
        computing = sum(result["timings_s"][stage] for stage in COMPUTING)
        solver = result["solver"]
        if accuracy == "draft":
            rows += [
                ("draft", "impedance against the reference", 100 * off["impedance"], 2.0, "%"),
                ("draft", "whole command", seconds, 4.0, "s"),
            ]
        else:
            rows += [
                ("standard", "impedance against the reference", 100 * off["impedance"], 0.3, "%"),
                ("standard", "peak_1cm2", 100 * off["peak_1cm2"], 2.0, "%"),
                ("standard", "p95", 100 * off["p95"], 2.0, "%"),
                ("standard", "p99", 100 * off["p99"], 5.0, "%"),
                ("standard", "unknowns", result["mesh"]["unknowns"] / 1000, 150.0, "thousand"),
                ("standard", "mesh, set-up, solve, reduction", computing, 8.0, "s"),
                ("standard", "whole command", seconds, 20.0, "s"),
                ("standard", "peak memory of a process", memory, 2048.0, "MB"),
            ]
        rows += [
            (accuracy, "balance error", solver["balance_error"], 1e-6, ""),
            (accuracy, "admittance asymmetry", solver["asymmetry"], 1e-8, ""),
        ]
    table = Table("accuracy", "quantity", "measured", "target", "unit", "met")
    for accuracy, quantity, value, target, unit in rows:
        table.add_row(accuracy, quantity, f"{value:.3g}", f"{target:g}", unit, "yes" if value <= target else "NO")
    console.print(table)
    missed = [row[:2] for row in rows if not row[2] <= row[3]]
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
