"""What a worker does with a chunk: a process of its own, so that a crash stays in it. Needs the standard library only.

Workers get this module by value: they import nothing of the project, and hold no lock of a library that computes.
"""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

POLL_S = 0.1
LAST_BYTES = 2000


def run_child(command: Sequence[str], environment: dict[str, str], output: str, stop: str) -> tuple[int, str]:
    """Run a command until it ends, or until the file ``stop`` exists.

    Returns
    -------
    status, tail
        Exit status (negative for a signal), and the end of what it printed.
    """
    with Path(output).open("ab") as file:
        child = subprocess.Popen(
            command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=file, stderr=file
        )
    try:
        while True:
            try:
                status = child.wait(POLL_S)
                break
            except subprocess.TimeoutExpired:
                if Path(stop).exists():
                    break
    finally:
        if child.poll() is None:
            child.terminate()
            try:
                status = child.wait(2.0)
            except subprocess.TimeoutExpired:
                child.kill()
                status = child.wait()
    tail = Path(output).read_bytes()[-LAST_BYTES:].decode(errors="replace")
    return status, tail.strip()
