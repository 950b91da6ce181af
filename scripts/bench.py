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
    from sim.steady import case_terminals
    from sim.tissues import case_conductors

    case = load_case(EXAMPLE)
    tagged = build_mesh(case.geometry, "overkill")
    basis = solve_basis(Domain.from_tagged(tagged, MPI.COMM_SELF), case_conductors(case), case_terminals(case))
    assert basis is not None
    response = respond(case, basis)
    densities = {
        name: vars(electrode.current_density_rms_mA_per_cm2)
        for name, electrode in electrode_exposures(case, basis, response).items()
    }
    return basis.facts.unknowns, response.outputs[0].impedance_ohm.real, densities


def deviations(result, impedance, densities):
    """Relative deviation of the impedance, and the largest over the electrodes of each density."""
    found = {"impedance": abs(result["impedance_ohm"]["ch1"]["magnitude"] / impedance - 1)}
    for key in ("peak_1cm2", "p95", "p99"):
        found[key] = max(
            abs(result["electrodes"][name]["current_density_rms_mA_per_cm2"][key] / density[key] - 1)
            for name, density in densities.items()
        )
    return found


def rows_of(accuracy, result, seconds, memory, off):
    """Accuracy, quantity, value, target, unit."""
    solver, computing = result["solver"], sum(result["timings_s"][stage] for stage in COMPUTING)
    yield accuracy, "balance error", solver["balance_error"], 1e-6, ""
    yield accuracy, "admittance asymmetry", solver["asymmetry"], 1e-8, ""
    if accuracy == "draft":
        yield accuracy, "impedance against the reference", 100 * off["impedance"], 2.0, "%"
        yield accuracy, "whole command", seconds, 4.0, "s"
        return
    yield accuracy, "impedance against the reference", 100 * off["impedance"], 0.3, "%"
    for key, target in (("peak_1cm2", 2.0), ("p95", 2.0), ("p99", 5.0)):
        yield accuracy, key, 100 * off[key], target, "%"
    yield accuracy, "unknowns", result["mesh"]["unknowns"] / 1000, 150.0, "thousand"
    yield accuracy, "mesh, set-up, solve, reduction", computing, 8.0, "s"
    yield accuracy, "whole command", seconds, 20.0, "s"
    yield accuracy, "peak memory of a process", memory, 2048.0, "MB"


def main():
    """Measure, print, and end with status 1 when a target is missed."""
    console = Console(width=110)
    runs = {}
    for accuracy in ("draft", "standard"):
        with console.status(accuracy):
            if not runs:
                run_command(accuracy)  # compiles the forms when this machine has not yet
            runs[accuracy] = run_command(accuracy)
    # After the runs: the peak memory of a child starts from that of its parent.
    with console.status("reference solution"):
        unknowns, impedance, densities = overkill()
    console.print(f"reference: {unknowns} unknowns, {impedance:.3f} Ω\n")
    table = Table("accuracy", "quantity", "measured", "target", "unit", "met")
    missed = 0
    for accuracy, (result, seconds, memory) in runs.items():
        off = deviations(result, impedance, densities)
        for name, quantity, value, target, unit in rows_of(accuracy, result, seconds, memory, off):
            met = value <= target
            missed += not met
            table.add_row(name, quantity, f"{value:.3g}", f"{target:g}", unit, "yes" if met else "NO")
    console.print(table)
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
