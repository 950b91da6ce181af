"""One case through the house: mesh, solve, drive, reduce, judge, tell."""

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from mpi4py import MPI

from meshes.store import write_atomically
from sim.case import Case
from sim.exposure import expose
from sim.fem.ranks import on_first_rank
from sim.folders import cache_folder
from sim.outcome import Outcome, keep_outcome
from sim.progress import Progress, Silent
from sim.report.drawing import Drawing, pictures_or_note
from sim.report.page import write_report
from sim.report.record import build_record
from sim.safety.judgement import judge
from sim.solving import Solved, solve_case
from sim.timings import Timings


def run_case(
    case: Case, folder: Path, progress: Progress | None = None, comm: MPI.Comm = MPI.COMM_WORLD
) -> Outcome | None:
    """Compute a case and write its run folder.

    Parameters
    ----------
    case
        The checked case.
    folder
        Where to write; made when it does not exist.
    progress
        Told what happens.
    comm
        All its ranks must call; rank 0 meshes, reduces and writes.

    Returns
    -------
    Outcome or None
        On rank 0 what was found, None on the others.

    Raises
    ------
    MeshError, SolverError, LimitError, OSError
        On every rank.
    """
    start, timings = time.perf_counter(), Timings()
    progress = progress or Silent()
    with ExitStack() as stack:
        drawing = on_first_rank(comm, lambda: stack.enter_context(Drawing()))
        on_first_rank(comm, lambda: _prepare(folder))
        solved = solve_case(case, cache_folder(), progress, timings, comm)

        def tell() -> Outcome:
            assert solved is not None and drawing is not None  # rank 0 has both
            with progress.stage("report", 3) as advance:
                outcome = _tell(solved, folder, drawing, timings, start, advance)
            return outcome

        return on_first_rank(comm, tell)


def _prepare(folder: Path) -> None:
    """Make the run folder, and take away what an earlier run left: a failed run must not show another one's verdict."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("result.json", "verdict.json", "report.html", "case.json", "fields.vtu"):
        (folder / name).unlink(missing_ok=True)


def _tell(solved: Solved, folder: Path, drawing: Drawing, timings: Timings, start: float, advance: Any) -> Outcome:
    """Drive, reduce, judge and write; the pictures are drawn meanwhile."""
    case, basis, conductors = solved.case, solved.basis, solved.conductors
    with timings.measure("reduce"):
        response = solved.respond()
        drawn = drawing.request(case, solved.mesh, basis, response, conductors, folder)
        exposure = expose(case, basis, response, conductors)
        verdict = judge(case, response, exposure.electrodes)
    advance(1, 3)
    with timings.measure("report"):
        pictures, notes = pictures_or_note(drawn)
    advance(2, 3)
    timings.add("total", time.perf_counter() - start)
    result = build_record(solved, response, exposure, timings.seconds, notes)
    write_atomically(folder / "report.html", lambda path: write_report(path, case, result, verdict, pictures, folder))
    outcome = keep_outcome(case, result, verdict, folder)
    advance(3, 3)
    return outcome
