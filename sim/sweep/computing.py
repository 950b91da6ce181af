"""Cases computed one after the other in this process, without pictures; what they share is built once."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from mpi4py import MPI

from meshes.errors import MeshError
from meshes.store import locked, write_atomically
from sim.case import Case
from sim.errors import CaseError, LimitError, SolverError
from sim.fem.ranks import on_first_rank
from sim.interference import interference
from sim.outcome import Outcome, keep_outcome
from sim.progress import Silent
from sim.report.record import build_record
from sim.safety.judgement import judge
from sim.solving import Meshed, Solved, solve_case
from sim.sweep.keys import Keys
from sim.sweep.scaling import UnitExposures
from sim.sweep.store import Failure, Kind
from sim.timings import Timings
from sim.tissues import case_conductors

KINDS: tuple[tuple[type[Exception], Kind], ...] = (
    (CaseError, "case"),
    (MeshError, "mesh"),
    (SolverError, "solver"),
    (LimitError, "limit"),
    (MemoryError, "memory"),
    (TimeoutError, "compiling"),  # FFCx waits for a form that another process compiles
)


@dataclass
class Computer:
    """Computes cases and keeps the last mesh and basis solutions in memory.

    Parameters
    ----------
    cache
        Where meshes and basis solutions are kept.
    comm
        All its ranks compute; rank 0 writes.
    fields
        Whether to write fields.vtu too.
    """

    cache: Path
    comm: MPI.Comm
    fields: bool = False
    _keys: Keys = field(default_factory=Keys)
    _units: UnitExposures = field(default_factory=UnitExposures)
    _meshed: Meshed = field(default_factory=Meshed)
    _last: tuple[str, Solved] | None = None

    def compute(self, case: Case, folder: Path) -> Outcome | None:
        """Compute a case and write its folder; the outcome on rank 0.

        Raises
        ------
        MeshError, SolverError, LimitError, OSError
            On every rank.
        """
        start, timings = time.perf_counter(), Timings()
        _, key = self._keys.of(case)
        solved = self._solved(key, case, timings)

        def tell() -> Outcome:
            assert solved is not None  # on rank 0
            return self._tell(key, solved, folder, timings, start)

        return on_first_rank(self.comm, tell)

    def _solved(self, key: str, case: Case, timings: Timings) -> Solved | None:
        """The solved case; two processes never solve the same."""
        known = self.comm.bcast(self._last is not None and self._last[0] == key, root=0)
        if known:
            if self._last is None:
                return None
            return replace(self._last[1], case=case, conductors=case_conductors(case), from_cache=True)
        self._last = None  # before the next one: both in memory may be too much
        with ExitStack() as stack:
            lock = self.cache / "bases" / f"{key}.lock"
            on_first_rank(self.comm, lambda: stack.enter_context(locked(lock)))
            solved = solve_case(case, self.cache, Silent(), timings, self.comm, self._meshed)
        if solved is not None:
            self._last = (key, solved)
        return solved

    def _tell(self, key: str, solved: Solved, folder: Path, timings: Timings, start: float) -> Outcome:
        case, basis = solved.case, solved.basis
        with timings.measure("reduce"):
            response = solved.respond()
            exposure = self._units.expose(key, solved, response)
            verdict = judge(case, response, exposure.electrodes)
        with timings.measure("report"):
            if self.fields:
                from sim.report.fields import write_fields

                about = {"title": case.title, "case_sha256": case.sha256}
                met = interference(case, basis, response)
                write_atomically(
                    folder / "fields.vtu",
                    lambda path: write_fields(path, basis, response, solved.conductors, about, met),
                )
        timings.add("total", time.perf_counter() - start)
        return keep_outcome(case, build_record(solved, response, exposure, timings.seconds, []), verdict, folder)


def failure_of(error: Exception) -> Failure:
    """The error as it is kept with the case."""
    for kind, name in KINDS:
        if isinstance(error, kind):
            return Failure(name, str(error) or kind.__name__)
    return Failure("unexpected", f"{type(error).__name__}: {error}")
