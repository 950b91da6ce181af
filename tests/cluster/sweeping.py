"""A small study, the command that runs it, and what it leaves behind."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
FAULTS = Path(__file__).parent / "faults"
MARK = "FARADIC_TEST_STUDY"  # in the environment of every process of a study

CASE = """
title = "Two small pads"
probes = [{ name = "nerve", position_mm = [0.0, 0.0, -6.0] }]
numerics = { accuracy = "draft", element_order = 1 }

[body]
kind = "block"
length_mm = 80.0
width_mm = 50.0
layers = [{ tissue = "skin", thickness_mm = 1.5 }, { tissue = "muscle", thickness_mm = 15.0 }]

[[electrodes]]
name = "left"
pad = { kind = "disc", diameter_mm = 16.0 }
position_mm = [-20.0, 0.0]
contact_impedance_ohm_cm2 = 200.0

[[electrodes]]
name = "right"
pad = { kind = "disc", diameter_mm = 16.0 }
position_mm = [20.0, 0.0]
contact_impedance_ohm_cm2 = 200.0

[[channels]]
name = "ch1"
electrodes = { left = 1.0, right = -1.0 }
amplitude_mA = 5.0
waveform = { kind = "biphasic", phase_us = 200.0, rate_Hz = 50.0 }
"""

STUDY = """
title = "Sizes and amplitudes"
base = "pads.toml"
cluster = { memory_GB = 1.0, walltime = "00:10:00" }
[[axes]]
name = "diameter_mm"
paths = ["electrodes.left.pad.diameter_mm", "electrodes.right.pad.diameter_mm"]
values = [14.0, 18.0]
[[axes]]
path = "channels.ch1.amplitude_mA"
linspace = { start = 1, stop = 6, count = 6 }
"""


class Sweep:
    """A study in a folder of its own, with its command."""

    def __init__(self, folder, compiled=None, environment=None):
        self.folder = folder
        self.out = folder / "out"
        self.study = folder / "study.toml"
        self.environment = dict(environment or {})
        self.started = []
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pads.toml").write_text(CASE)
        self.study.write_text(STUDY)
        if compiled is not None:
            shutil.copytree(compiled, self.out / "compiled")

    def variables(self, faults):
        """The environment of the command."""
        names = os.environ | self.environment | {MARK: str(self.folder), "PETSC_OPTIONS": "-no_signal_handler"}
        if faults:
            names["FARADIC_TEST_FAULTS"] = json.dumps(faults)
            names["PYTHONPATH"] = f"{FAULTS}{os.pathsep}{names.get('PYTHONPATH', '')}"
        return names

    def start(self, *arguments, action="run", faults=None):
        """The command, running, in a process group of its own as a terminal would start it."""
        process = subprocess.Popen(
            [sys.executable, "-m", "sim", "sweep", action, str(self.study), "--out", str(self.out), *arguments],
            cwd=ROOT,
            env=self.variables(faults),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def stop(self):
        """End what a failed test has left running."""
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()

    def run(self, *arguments, action="run", faults=None):
        """The command, finished: status, lines of JSON, messages."""
        process = self.start(*arguments, action=action, faults=faults)
        out, err = self.finish(process)
        lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
        return process.returncode, lines, err

    def finish(self, process):
        """What the command says until it ends: output and messages."""
        return process.communicate(timeout=180)

    def done(self):
        """Names of the cases that have a result."""
        return {path.parent.name for path in self.out.glob("cases/*/result.json")}

    def rows(self):
        """The table without the columns that belong to the run."""
        with (self.out / "results.csv").open(newline="") as file:
            return [
                {key: cell for key, cell in row.items() if not key.startswith("run.")} for row in csv.DictReader(file)
            ]

    def processes(self):
        """Command lines of all processes of the study by their number."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                environment = (entry / "environ").read_bytes()
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                zombie = " Z " in (entry / "stat").read_text().rpartition(")")[2][:4]
            except OSError:
                continue
            if f"{MARK}={self.folder}\0".encode() in environment and not zombie:
                found[int(entry.name)] = command
        return found

    def computing(self):
        """Numbers of the processes that compute a chunk."""
        return [number for number, command in self.processes().items() if "sim.sweep.task" in command]

    def nothing_left(self, seconds=60.0):
        """Whether all processes end within some seconds."""
        return wait_for(lambda: not self.processes(), seconds)


def parent(number):
    """The process that started another."""
    return int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1])


def wait_for(condition, seconds):
    """Whether something becomes true within some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return bool(condition())


def ended(lines):
    """Names of the cases that ended, as the command told."""
    return [line["case"] for line in lines if line["outcome"] != "lost"]
