"""The process that computes chunks: python -m sim.sweep.task CHUNK.json...

Without a name it reads the names from its standard input, a line each, and makes CHUNK.done when it has computed one.
"""

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sim.sweep.chunk import Chunk

if TYPE_CHECKING:
    from sim.sweep.computing import Computer

PR_SET_PDEATHSIG = 1  # of prctl(2)
INSIDE = "FARADIC_CHUNK_RANK"  # set for the MPI ranks of a chunk


def main(names: Sequence[str]) -> None:
    """Compute chunks."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the driver ends this process itself
    computer: Computer | None = None
    for name in names:
        computer = compute(launched(Chunk.read(Path(name))), computer)
    if not names:
        for line in sys.stdin:
            chunk = Chunk.read(Path(line.rstrip("\n")))
            with logged(chunk.output):
                try:
                    computer = compute(launched(chunk), computer)
                except Exception:
                    traceback.print_exc()  # while the output is that of this chunk
                    raise SystemExit(1) from None
            chunk.finished.touch()


def launched(chunk: Chunk) -> Chunk:
    """The chunk; where it asks for MPI ranks and this is none of them, this process becomes their launcher instead."""
    if chunk.launcher and INSIDE not in os.environ:
        os.environ[INSIDE] = "1"
        if chunk.launcher[0] == "mpiexec":  # Open MPI would count the slots that Slurm gave to one task
            for name in [name for name in os.environ if name.startswith("SLURM_")]:
                del os.environ[name]
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)  # what may stand in the input is for a process of this kind
        command = [*chunk.launcher, sys.executable, "-m", "sim.sweep.task", str(chunk.path)]
        os.execvpe(command[0], command, os.environ)  # without what an MPI that has begun here has set
    return chunk


def compute(chunk: Chunk, computer: "Computer | None") -> "Computer":
    """Compute the cases of a chunk; its events go to its journal, the output of each case to the case's log.

    Parameters
    ----------
    computer
        That has computed the chunk before.

    Returns
    -------
    Computer
        For the next chunk.
    """
    # PETSc would catch signals that are to end this process, and report them as its own errors.
    if computer is None:
        os.environ["PETSC_OPTIONS"] = f"{os.environ.get('PETSC_OPTIONS', '')} -no_signal_handler"
    from mpi4py import MPI

    from sim.sweep.computing import Computer
    from sim.sweep.working import work

    @contextmanager
    def guard(folder: Path) -> Iterator[None]:
        with logged(folder / "log.txt"), limited(chunk.timeout_s):
            yield

    computer = computer or Computer(Path(chunk.cache), MPI.COMM_WORLD, chunk.fields)
    with chunk.journal.open("a", encoding="utf-8") as journal:
        for event in work(chunk, computer, guard):
            if computer.comm.rank == 0:
                journal.write(event.line())
                journal.flush()
    return computer


def die_with_parent() -> None:
    """Let Linux end this process when the one that started it ends, however it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def logged(path: Path) -> Iterator[None]:
    """Send all output of this process, also that of C libraries, to a file."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [os.dup(1), os.dup(2)]
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, copy in enumerate(kept, start=1):
            os.dup2(copy, number)
            os.close(copy)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """End this process with SIGALRM when a case takes longer; 0 is no limit.

    The signal keeps its default action: a handler in Python would wait for the library that hangs.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)


if __name__ == "__main__":
    main(sys.argv[1:])
