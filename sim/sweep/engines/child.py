"""What a worker does with a chunk: a process of its own computes it, so that a crash stays in it.

The process is kept for the worker's next chunks, because starting one takes as long as computing a case. Workers get
this module by value: they import nothing of the project, and hold no lock of a library that computes.
"""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import distributed

POLL_S = 0.03
LAST_BYTES = 2000


def run_chunk(command: Sequence[str], environment: dict[str, str], chunk: str, stop: str) -> tuple[int, str]:
    """Let the process of this worker compute a chunk, until it has, ends, or the file ``stop`` exists.

    Parameters
    ----------
    command, environment
        Of the process, where there is none yet. It reads the paths of chunks, a line each; when it has computed one
        it makes a file beside it with the suffix ``.done``.

    Returns
    -------
    status, tail
        0, or the exit status of the process (negative for a signal), and the end of what it printed.
    """
    worker: Any = distributed.get_worker()
    output, done = Path(chunk).with_suffix(".log"), Path(chunk).with_suffix(".done")
    child = getattr(worker, "faradic_child", None)
    if child is None or child.poll() is not None:
        child = worker.faradic_child = _start(command, environment, output)
    try:
        if not _told(child, chunk):  # it was about to end
            child.wait()
            child = worker.faradic_child = _start(command, environment, output)
            _told(child, chunk)
        status = _wait(child, done, Path(stop))
    except BaseException:
        _end(child)
        raise
    if status is None:
        status = _end(child)
    return status, _tail(output)


def _start(command: Sequence[str], environment: dict[str, str], output: Path) -> "subprocess.Popen[bytes]":
    with output.open("ab") as file:
        return subprocess.Popen(
            command, env={**os.environ, **environment}, stdin=subprocess.PIPE, stdout=file, stderr=file
        )


def _told(child: "subprocess.Popen[bytes]", chunk: str) -> bool:
    """Whether the process could be told the path of its next chunk."""
    assert child.stdin is not None
    try:
        child.stdin.write(f"{chunk}\n".encode())
        child.stdin.flush()
    except BrokenPipeError:
        return False
    return True


def _wait(child: "subprocess.Popen[bytes]", done: Path, stop: Path) -> int | None:
    """The status when the chunk is computed or the process has ended; None if it is to be ended."""
    while not done.exists():
        try:
            return child.wait(POLL_S)
        except subprocess.TimeoutExpired:
            if stop.exists():
                return None
    return 0


def _end(child: "subprocess.Popen[bytes]") -> int:
    """End the process; its status."""
    child.terminate()
    try:
        return child.wait(2.0)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _tail(output: Path) -> str:
    """The end of what was printed."""
    return output.read_bytes()[-LAST_BYTES:].decode(errors="replace").strip() if output.exists() else ""
