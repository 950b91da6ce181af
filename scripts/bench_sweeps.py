"""Time and memory of sweeps, held against their targets: scripts/env python3 scripts/bench_sweeps.py.

Every figure comes from a fresh study with an empty cache. The times depend on what else the machine does.
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


class Bench:
    """A folder with a cache of its own and studies in it."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def study(self, name, text):
        """A study file."""
        path = self.folder / f"{name}.toml"
        path.write_text(HEAD + text)
        return path

    def call(self, *arguments):
        """Seconds and peak memory (MB) of a command."""
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "sim", "sweep", *map(str, arguments)],
            cwd=ROOT,
            env=os.environ | {"FARADIC_CACHE": str(self.folder / "cache")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        output, _ = process.communicate()
        if process.returncode not in (0, 2, 3):
            raise SystemExit(f"{arguments} ended with {process.returncode}:\n{output.decode()}")
        return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def many_drives(folder):
    """A study of amplitudes and waveforms on one geometry, after its first solve; overhead of a case."""
    bench = Bench(folder)
    out = bench.folder / "out"
    bench.call("run", bench.study("first", FIRST), "--serial", "--quiet", "--out", out)
    seconds, _ = bench.call("run", bench.study("drives", DRIVES), "--quiet", "--out", out)
    yield "500 amplitudes and waveforms after the first solve, 2 workers", seconds, 20.0, "s", False


def placements(folder):
    """Placements computed by two workers and in one process."""
    count = int(os.environ.get("PLACEMENTS", "60"))
    left = [[-40.0 - 0.5 * i, 0.0] for i in range(count)]
    right = [[40.0 + 0.5 * i, 0.0] for i in range(count)]
    text = PLACEMENTS.replace("LEFT", json.dumps(left)).replace("RIGHT", json.dumps(right))
    times = []
    for name, options in (("serial", ("--serial",)), ("local", ("--workers", "2"))):
        bench = Bench(Path(folder) / name)
        bench.folder.mkdir()
        out = bench.folder / "out"
        bench.call("run", bench.study("first", FIRST), "--serial", "--quiet", "--out", out)  # compiles the forms
        study = bench.study("placements", text)
        times.append(bench.call("run", study, *options, "--quiet", "--out", out)[0])
        if name == "serial":
            yield (
                "overhead of a placement beyond its computation, serial",
                (times[0] - computed(out)) / count,
                0.3,
                "s",
                0,
            )
    yield f"{count} placements, 2 workers against serial", times[0] / times[1], 1.8, "times faster", True


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
    seconds, _ = bench.call("slurm-script", study, "--out", out)  # plans, and writes what is missing
    yield "10 000 cases: plan for the first time, write the array", seconds, 60.0, "s", False
    done = next(path.parent for path in out.glob("cases/*/result.json"))
    files = {name: (done / name).read_bytes() for name in ("case.json", "verdict.json", "result.json")}
    for id, _ in json.loads((out / "study.json").read_text())["entries"]:
        case = out / "cases" / id
        case.mkdir(exist_ok=True)
        for name, content in files.items():
            (case / name).write_bytes(content)
    seconds, memory = bench.call("run", study, "--quiet", "--out", out)
    yield "10 000 cases: plan, find all done, collect", seconds, 30.0, "s", False
    yield "10 000 cases: peak memory of any process", memory, 500.0, "MB", False


def main():
    """Measure, print, and end with status 1 when a target is missed."""
    console = Console(width=110)
    table = Table("quantity", "measured", "target", "unit", "met")
    missed = 0
    chosen = sys.argv[1:] or ["many_drives", "placements", "many_rows"]
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
