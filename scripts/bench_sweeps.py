"""Time and memory of sweeps, held against their targets: scripts/env python3 scripts/bench_sweeps.py.

Every figure comes from a fresh study with an empty cache. Times on the clock depend on what else the machine does,
processor times (of all processes together) much less.
"""

import ctypes
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "cases" / "tens_low_back.toml"

HEAD = f"""
title = "Benchmark"
base = "{EXAMPLE}"
set = {{ "numerics.accuracy" = "draft" }}
"""
DRIVES = """
[[axes]]
path = "channels.ch1.amplitude_mA"
linspace = { start = 1, stop = 50, count = 50 }
[[axes]]
path = "channels.ch1.waveform.phase_us"
linspace = { start = 50, stop = 500, count = 10 }
"""
FIRST = """
[[axes]]
path = "channels.ch1.amplitude_mA"
values = [0.1, 0.2]
"""
PLACEMENTS = """
[[axes]]
name = "place"
zip = [
  { path = "electrodes.left.position_mm", values = LEFT },
  { path = "electrodes.right.position_mm", values = RIGHT },
]
"""
MANY = """
[[axes]]
path = "channels.ch1.amplitude_mA"
linspace = { start = 1, stop = 50, count = 100 }
[[axes]]
path = "channels.ch1.waveform.phase_us"
linspace = { start = 50, stop = 500, count = 100 }
"""


CONDUCTIVITIES = """
[[axes]]
path = "tissues.override.fat.conductivity_S_per_m"
logspace = { start = 0.02, stop = 0.08, count = 20 }
"""
PR_SET_CHILD_SUBREAPER = 36  # of prctl(2)


@dataclass(frozen=True)
class Measured:
    """What a command took: seconds on the clock and of processors, and the memory of its largest process, MB."""

    wall: float
    processor: float
    memory: float


class Bench:
    """A folder with a cache of its own and studies in it."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(exist_ok=True)

    def study(self, name, text, accuracy="draft"):
        """A study file."""
        path = self.folder / f"{name}.toml"
        path.write_text(HEAD.replace("draft", accuracy) + text)
        return path

    def call(self, *arguments):
        """Run a command."""
        start = time.perf_counter()
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "sim", "sweep", *map(str, arguments)],
                cwd=ROOT,
                env=os.environ | {"FARADIC_CACHE": str(self.folder / "cache")},
                stdout=output,
                stderr=output,
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            wall = time.perf_counter() - start
            if process.returncode not in (0, 2, 3):
                output.seek(0)
                raise SystemExit(f"{arguments} ended with {process.returncode}:\n{output.read().decode()}")
        usages = [usage, *orphans()]
        processor = sum(usage.ru_utime + usage.ru_stime for usage in usages)
        return Measured(wall, processor, max(usage.ru_maxrss for usage in usages) / 1024)


def orphans():
    """Resources of processes whose parents have ended, which this one has adopted."""
    found = []
    while True:
        try:
            found.append(os.wait4(-1, 0)[2])
        except ChildProcessError:
            return found


def many_drives(folder):
    """A study of amplitudes and waveforms on one geometry, after its first solve."""
    bench = Bench(folder)
    out = bench.folder / "out"
    bench.call("run", bench.study("first", FIRST), "--serial", "--quiet", "--out", out)
    found = bench.call("run", bench.study("drives", DRIVES), "--workers", "2", "--quiet", "--out", out)
    yield "500 amplitudes and waveforms after the first solve, 2 workers", found.wall, 20.0, "s", False
    yield "processor time of each of them, all processes together", found.processor / 500, 0.05, "s", False


def placements(folder):
    """Placements computed by two workers and in one process."""
    count = int(os.environ.get("PLACEMENTS", "60"))
    left = [[-40.0 - 0.5 * i, 0.0] for i in range(count)]
    right = [[40.0 + 0.5 * i, 0.0] for i in range(count)]
    text = PLACEMENTS.replace("LEFT", json.dumps(left)).replace("RIGHT", json.dumps(right))
    found = {}
    for name, options in (("serial", ("--serial",)), ("local", ("--workers", "2"))):
        bench = Bench(Path(folder) / name)
        out = bench.folder / "out"
        bench.call("run", bench.study("first", FIRST), "--serial", "--quiet", "--out", out)  # compiles the forms
        found[name] = bench.call("run", bench.study("placements", text), *options, "--quiet", "--out", out)
        if name == "serial":
            overhead = (found[name].wall - computed(out)) / count
            yield "overhead of a placement beyond its computation, serial", overhead, 0.3, "s", False
    serial, local = found["serial"], found["local"]
    yield f"{count} placements, 2 workers against serial", serial.wall / local.wall, 1.8, "times faster", True
    extra = local.processor / serial.processor
    yield "processor time of 2 workers against serial", extra, 1.1, "times as much", False


def conductivities(folder):
    """Studies of a conductivity: one mesh, of which each case is solved anew."""
    for accuracy, target in (("draft", 1.5), ("standard", 10.0)):
        bench = Bench(Path(folder) / accuracy)
        out = bench.folder / "out"
        bench.call("run", bench.study("first", FIRST, accuracy), "--serial", "--quiet", "--out", out)
        found = bench.call("run", bench.study("study", CONDUCTIVITIES, accuracy), "--serial", "--quiet", "--out", out)
        yield f"processor time of a conductivity, {accuracy}", found.processor / 20, target, "s", False


def computed(out):
    """Seconds that the cases themselves took."""
    manifest = json.loads((out / "study.json").read_text())
    results = [json.loads((out / "cases" / id / "result.json").read_text()) for id, _ in manifest["entries"]]
    return sum(result["timings_s"]["total"] for result in results)


def many_rows(folder):
    """Plan, resume and collect a study of ten thousand cases, whose results are copies of one."""
    bench = Bench(folder)
    study, out = bench.study("many", MANY), bench.folder / "out"
    bench.call("run", bench.study("first", FIRST), "--serial", "--quiet", "--out", out)
    first = bench.call("slurm-script", study, "--out", out)  # plans, and writes what is missing
    done = next(path.parent for path in out.glob("cases/*/result.json"))
    files = {name: (done / name).read_bytes() for name in ("case.json", "verdict.json", "result.json")}
    for id, _ in json.loads((out / "study.json").read_text())["entries"]:
        case = out / "cases" / id
        case.mkdir(exist_ok=True)
        for name, content in files.items():
            (case / name).write_bytes(content)
    again = bench.call("run", study, "--quiet", "--out", out)
    yield "10 000 cases: plan, find what is done, collect", first.wall + again.wall, 30.0, "s", False
    yield "processor time of it", first.processor + again.processor, 20.0, "s", False
    yield "10 000 cases: largest process", max(first.memory, again.memory), 400.0, "MB", False


def main():
    """Measure, print, and end with status 1 when a target is missed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    console = Console(width=110)
    table = Table("quantity", "measured", "target", "unit", "met")
    missed = 0
    chosen = sys.argv[1:] or ["many_drives", "placements", "conductivities", "many_rows"]
    for name in chosen:
        with console.status(name), tempfile.TemporaryDirectory() as folder:
            for quantity, value, target, unit, larger in globals()[name](folder):
                met = value >= target if larger else value <= target
                missed += not met
                table.add_row(quantity, f"{value:.3g}", f"{target:g}", unit, "yes" if met else "NO")
    console.print(table)
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
