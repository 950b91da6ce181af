"""What only Slurm does: cancelled jobs, refused jobs, arrays."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from own_slurm import start_slurm, stop_slurm
from sweeping import Sweep, ended, wait_for

from sim.sweep.engines.slurm import seconds

ALL = 12


def call(environment, *command):
    finished = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=60)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def queue(environment):
    return call(environment, "squeue", "--noheader", "--array", "--format", "%A %T").splitlines()


@pytest.fixture
def study(tmp_path, warm, slurm):
    sweep = Sweep(tmp_path, warm.out / "compiled", slurm)
    yield sweep
    sweep.stop()


def test_a_cancelled_job_loses_nothing(study, slurm):
    """Also when its successor has to wait for longer than dask would care for a lost worker."""
    study.environment["DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT"] = "2s"
    process = study.start("--slurm", "--workers", "1", "--json", faults={"slow_s": 0.3})
    assert wait_for(lambda: len(study.done()) >= 2, 60.0)
    running = [line.split()[0] for line in queue(slurm) if "RUNNING" in line]
    node = call(slurm, "sinfo", "--noheader", "--format", "%n").strip()
    call(slurm, "scontrol", "update", f"nodename={node}", "state=drain", "reason=test")
    call(slurm, "scancel", *running)
    assert wait_for(lambda: any("PENDING" in line for line in queue(slurm)), 30.0)
    time.sleep(3.0)
    call(slurm, "scontrol", "update", f"nodename={node}", "state=resume")
    _, errors = study.finish(process)
    assert process.returncode == 0, errors  # the only job is gone: another one was submitted
    assert len(study.done()) == ALL
    assert study.nothing_left()
    assert wait_for(lambda: not queue(slurm), 60.0)


def test_a_refused_job_is_reported_at_once(study, slurm):
    study.study.write_text(study.study.read_text().replace("memory_GB = 1.0", "memory_GB = 900.0"))
    status, lines, errors = study.run("--slurm", "--workers", "1", "--json")
    assert status == 1
    assert lines == []
    assert "Slurm refuses the job" in errors
    assert "Traceback" not in errors
    assert study.nothing_left()
    assert queue(slurm) == []


def test_without_slurm_the_message_says_so(tmp_path, warm):
    sweep = Sweep(tmp_path, warm.out / "compiled", {"PATH": str(tmp_path)})
    status, _, errors = sweep.run("--slurm", "--workers", "1")
    assert status == 1
    assert "sbatch cannot be run" in errors
    assert "Traceback" not in errors


def test_an_array_computes_exactly_what_is_missing(study, warm, slurm):
    status, _, errors = study.run("--serial", "--quiet")
    assert status == 0, errors
    first, second = sorted(study.done())[:2]
    for id in (first, second):
        (study.out / "cases" / id / "result.json").unlink()
    times = {id: (study.out / "cases" / id / "result.json").stat().st_mtime_ns for id in study.done()}
    process = study.start("--jobs", "2", action="slurm-script")
    out, errors = study.finish(process)
    assert process.returncode == 0, errors
    (script,) = out.split()
    assert "#SBATCH --array=0-1" in Path(script).read_text()
    call(slurm, "sbatch", "--wait", script)
    assert len(study.done()) == ALL
    assert times == {id: (study.out / "cases" / id / "result.json").stat().st_mtime_ns for id in times}
    status, _, errors = study.run(action="collect")
    assert status == 0, errors
    assert study.rows() == warm.rows()


def test_an_array_goes_on_after_a_case_that_aborts(study, slurm):
    process = study.start("--jobs", "1", "--retries", "1", action="slurm-script")
    out, errors = study.finish(process)
    assert process.returncode == 0, errors
    faults = study.variables({"abort_mA": 3.0, "abort_mm": 14.0})
    subprocess.run(["sbatch", "--wait", out.strip()], env=faults, capture_output=True, timeout=60, check=True)
    study.run(action="collect")
    assert len(study.done()) == ALL - 1
    (failed,) = [row for row in study.rows() if row["status"] == "failed"]
    assert failed["channels.ch1.amplitude_mA"] == "3.0"
    assert "about to abort" in failed["log"]


def test_arrays_are_cut_at_the_size_that_slurm_allows(tmp_path, warm):
    folder, process, environment = start_slurm(MAX_ARRAY_SIZE="3")
    try:
        sweep = Sweep(tmp_path, warm.out / "compiled", environment)
        started = sweep.start("--jobs", "4", action="slurm-script")
        out, errors = sweep.finish(started)
        assert started.returncode == 0, errors
        scripts = out.split()
        assert len(scripts) == 2  # of three entries and of one
        for script in scripts:
            call(environment, "sbatch", "--wait", script)
        assert len(sweep.done()) == ALL
    finally:
        stop_slurm(folder, process)


def test_a_case_is_solved_by_several_ranks_of_its_job(study, slurm):
    head, _, amplitudes = study.study.read_text().replace("count = 6", "count = 2").split("[[axes]]")
    text = f"{head}[[axes]]{amplitudes}"  # one mesh, one solve
    spy = study.folder / "bin" / "mpiexec"
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >>{study.folder}/launched\nexec {shutil.which("mpiexec")} "$@"\n')
    spy.chmod(0o755)
    study.environment["PATH"] = f"{spy.parent}{os.pathsep}{os.environ['PATH']}"
    parallel = 'parallel = { ranks = 2, accuracies = ["draft"] }\n'
    study.study.write_text(text.replace("cluster =", f"{parallel}cluster =", 1))
    study.environment["FARADIC_CACHE"] = str(study.folder / "cache")
    status, lines, errors = study.run("--slurm", "--workers", "1", "--json")
    assert status == 0, errors
    assert len(ended(lines)) == 2
    assert (study.folder / "launched").read_text().startswith("-n 2 ")
    assert study.nothing_left()


@pytest.mark.parametrize(("text", "value"), [("00:10:00", 600), ("2-01:00:30", 176430), ("100:00:00", 360000)])
def test_walltimes(text, value):
    assert seconds(text) == value
