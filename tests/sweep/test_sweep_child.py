"""The process that a worker keeps for its chunks: kept, replaced when it has ended, ended when the run is over."""

import os
import signal
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from sim.sweep.chunk import Chunk
from sim.sweep.engines import child

# Takes the paths of chunks as sim.sweep.task does; what a chunk says is done with it.
FAKE = """
import os, pathlib, sys, time
for line in sys.stdin:
    path = pathlib.Path(line.rstrip("\\n"))
    word = path.read_text()
    if word == "abort":
        print("last words", flush=True)
        os.abort()
    if word == "sleep":
        time.sleep(60)
    if word == "leave":
        path.with_suffix(".done").touch()
        os._exit(0)
    path.with_suffix(".number").write_text(str(os.getpid()))
    path.with_suffix(".done").touch()
"""


@pytest.fixture
def worker(monkeypatch):
    worker = SimpleNamespace()
    monkeypatch.setattr(child.distributed, "get_worker", lambda: worker)
    yield worker
    if hasattr(worker, "faradic_child"):
        child._end(worker.faradic_child)
        worker.faradic_child.stdin.close()


def run(folder, name, word="go"):
    path = folder / f"{name}.json"
    path.write_text(word)
    return child.run_chunk([sys.executable, "-c", FAKE], {}, str(path), str(folder / "stop"))


def number(folder, name):
    return int((folder / f"{name}.number").read_text())


def test_one_process_computes_one_chunk_after_the_other(worker, tmp_path):
    assert [run(tmp_path, name) for name in "ab"] == [(0, ""), (0, "")]
    assert number(tmp_path, "a") == number(tmp_path, "b") == worker.faradic_child.pid


def test_after_a_crash_the_next_chunk_has_a_new_process(worker, tmp_path):
    run(tmp_path, "a")
    first = worker.faradic_child
    status, _ = run(tmp_path, "b", "abort")
    assert status == -signal.SIGABRT
    first.stdin.close()
    assert run(tmp_path, "c")[0] == 0
    assert number(tmp_path, "c") not in (first.pid, os.getpid())


def test_the_end_of_what_the_first_chunk_printed_is_told(worker, tmp_path):
    assert run(tmp_path, "a", "abort") == (-signal.SIGABRT, "last words")
    worker.faradic_child.stdin.close()


def test_a_process_that_leaves_between_chunks_is_replaced(worker, tmp_path):
    assert run(tmp_path, "a", "leave")[0] == 0
    worker.faradic_child.stdin.close()
    worker.faradic_child.wait()
    assert run(tmp_path, "b")[0] == 0


def test_the_end_of_the_run_ends_the_process(worker, tmp_path):
    threading.Timer(0.3, (tmp_path / "stop").touch).start()
    start = time.monotonic()
    assert run(tmp_path, "a", "sleep")[0] == -signal.SIGTERM
    assert time.monotonic() - start < 5.0
    assert worker.faradic_child.poll() is not None


def test_a_crash_outside_a_case_is_told_of_any_chunk(worker, tmp_path):
    """The process of a sweep itself; the journal of its second chunk cannot be opened."""
    (tmp_path / "work").mkdir()
    chunks = [Chunk(name, "run", str(tmp_path), str(tmp_path), 2, 0.0, False, (), ()) for name in "ab"]
    for chunk in chunks:
        chunk.write()
    chunks[1].journal.mkdir()
    command, variables = [sys.executable, "-m", "sim.sweep.task"], {"PYTHONPATH": os.pathsep.join(sys.path)}
    ends = [child.run_chunk(command, variables, str(chunk.path), str(tmp_path / "stop")) for chunk in chunks]
    assert ends[0] == (0, "")
    assert ends[1][0] == 1 and "IsADirectoryError" in ends[1][1]
