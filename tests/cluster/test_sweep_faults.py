"""Whatever is killed: nothing that was finished is lost, nothing is left running, and a rerun does what is missing."""

import os
import shutil
import signal
import subprocess

import pytest
from sweeping import Sweep, ended, parent, wait_for

ALL = 12


def queue(environment):
    return subprocess.run(
        ["squeue", "--noheader"], env=os.environ | environment, capture_output=True, text=True
    ).stdout.split("\n")[:-1]


def is_clean(sweep, engine):
    """No process and no job of the study is left."""
    return sweep.nothing_left() and (not engine[1] or wait_for(lambda: not queue(engine[1]), 60.0))


def test_a_study_completes_and_equals_the_one_computed_in_one_process(warm, engine, tmp_path):
    sweep = Sweep(tmp_path, warm.out / "compiled", engine[1] | {"FARADIC_CACHE": str(tmp_path / "cache")})
    status, lines, errors = sweep.run(*engine[0], "--json")
    assert status == 0, errors
    assert len(set(ended(lines))) == len(ended(lines)) == ALL
    assert sweep.rows() == warm.rows()
    assert is_clean(sweep, engine)


def test_a_killed_worker_loses_nothing(sweep, engine):
    process = sweep.start(*engine[0], "--json", faults={"slow_s": 0.3})
    assert wait_for(lambda: len(sweep.done()) >= 2 and sweep.computing(), 60.0)
    victim = sweep.computing()[0]
    os.kill(parent(victim), signal.SIGKILL)
    assert wait_for(lambda: victim not in sweep.processes(), 30.0)  # the computing process ends with its worker
    _, errors = sweep.finish(process)
    assert process.returncode == 0, errors
    assert len(sweep.done()) == ALL
    assert is_clean(sweep, engine)


def test_a_killed_computing_process_is_attempted_again(sweep, engine):
    process = sweep.start(*engine[0], "--json", faults={"slow_s": 0.3})
    assert wait_for(lambda: len(sweep.done()) >= 2 and sweep.computing(), 60.0)
    os.kill(sweep.computing()[0], signal.SIGKILL)
    _, errors = sweep.finish(process)
    assert process.returncode == 0, errors
    assert len(sweep.done()) == ALL
    assert is_clean(sweep, engine)


def test_a_killed_driver_leaves_nothing_running_and_is_resumed(sweep, engine):
    process = sweep.start(*engine[0], "--json", faults={"slow_s": 8.0, "slow_above_mA": 2.5})
    assert wait_for(lambda: len(sweep.done()) >= 2 and sweep.computing(), 60.0)
    process.kill()
    process.communicate()
    assert is_clean(sweep, engine)
    before = sweep.done()
    assert 2 <= len(before) < ALL
    times = {id: (sweep.out / "cases" / id / "result.json").stat().st_mtime_ns for id in before}
    status, lines, errors = sweep.run(*engine[0], "--json")
    assert status == 0, errors
    assert len(ended(lines)) == ALL - len(before)
    assert not before & set(ended(lines))
    assert times == {id: (sweep.out / "cases" / id / "result.json").stat().st_mtime_ns for id in before}


def test_an_interrupt_ends_everything_and_says_how_to_go_on(sweep, engine):
    process = sweep.start(*engine[0], faults={"slow_s": 8.0, "slow_above_mA": 2.5})
    assert wait_for(lambda: len(sweep.done()) >= 2 and sweep.computing(), 60.0)
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C in a terminal: all processes of the group get it
    _, errors = sweep.finish(process)
    assert process.returncode == 130, errors
    assert "start the same command again" in errors
    assert "Traceback" not in errors
    assert is_clean(sweep, engine)
    before = sweep.done()
    assert len([row for row in sweep.rows() if row["status"] == "done"]) == len(before) < ALL


def test_a_case_that_aborts_is_one_failed_row(sweep, engine):
    faults = {"abort_mA": 3.0, "abort_mm": 14.0}
    status, _, errors = sweep.run(*engine[0], "--json", "--retries", "1", faults=faults)
    assert status == 1, errors
    (failed,) = [row for row in sweep.rows() if row["status"] == "failed"]
    assert (failed["channels.ch1.amplitude_mA"], failed["diameter_mm"]) == ("3.0", "14.0")
    assert failed["error_kind"] == "killed"
    assert "attempted 2 times" in failed["error"]
    assert "SIGABRT" in failed["error"]
    assert "about to abort" in failed["log"]
    assert len(sweep.done()) == ALL - 1
    assert is_clean(sweep, engine)
    status, lines, errors = sweep.run("--serial", "--json")
    assert status == 0, errors
    assert ended(lines) == [failed["case"]]


def test_an_unfinished_form_of_a_killed_process_is_healed(sweep, engine):
    for cached in (sweep.out / "compiled").rglob("libffcx_*.c.cached"):
        cached.unlink()
        cached.with_suffix("").touch()
    assert list((sweep.out / "compiled").rglob("libffcx_*.c"))
    for built in (sweep.out / "compiled").rglob("libffcx_*.so"):
        built.unlink()
    sweep.environment["FARADIC_CACHE"] = str(sweep.folder / "cache")  # so that there is something to compile for
    status, lines, errors = sweep.run(*engine[0], "--json")
    assert status == 0, errors
    assert len(ended(lines)) == ALL
    assert not [line for line in lines if line["outcome"] == "lost"]


@pytest.mark.parametrize("engine", ["local"], indirect=True)
def test_half_a_result_is_no_result(warm, tmp_path, engine):
    sweep = Sweep(tmp_path)
    shutil.copytree(warm.out, sweep.out)
    half, partial, none = sorted(sweep.done())[:3]
    path = sweep.out / "cases" / half / "result.json"
    path.write_text(path.read_text()[:500])
    folder = sweep.out / "cases" / partial
    (folder / "result.json").rename(folder / ".host-1.result.json")
    (sweep.out / "cases" / none / "result.json").unlink()
    status, lines, errors = sweep.run(*engine[0], "--json")
    assert status == 0, errors
    assert sorted(ended(lines)) == sorted([half, partial, none])
    assert not (folder / ".host-1.result.json").exists()
    assert sweep.rows() == warm.rows()


@pytest.mark.parametrize("engine", ["local"], indirect=True)
def test_a_case_that_takes_too_long_is_ended(sweep, engine):
    sweep.study.write_text(sweep.study.read_text().replace("count = 6", "count = 2"))
    status, _, errors = sweep.run(*engine[0], "--json", "--timeout", "1", "--retries", "0", faults={"slow_s": 60.0})
    assert status == 1, errors
    assert {row["error_kind"] for row in sweep.rows()} == {"timeout"}
    assert "longer than 1 s" in sweep.rows()[0]["error"]
    assert sweep.nothing_left()


@pytest.mark.parametrize("engine", ["local"], indirect=True)
def test_two_drivers_do_not_share_a_folder(sweep, engine):
    process = sweep.start(*engine[0], "--json", faults={"slow_s": 1.0})
    assert wait_for(lambda: len(sweep.done()) >= 1, 60.0)
    status, _, errors = sweep.run("--serial")
    assert status == 1
    assert f"in use by process {process.pid}" in errors
    os.killpg(process.pid, signal.SIGINT)
    sweep.finish(process)
    assert sweep.nothing_left()
