"""From a case to its unit solutions, taken from the cache where they are kept."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from mpi4py import MPI

from meshes.cache import cached_mesh, mesh_key
from meshes.store import find, keep
from meshes.tagged import TaggedMesh
from sim.basis import Basis
from sim.case import Case
from sim.fem.compiled import forget_unfinished_forms
from sim.fem.domain import Domain
from sim.fem.harmonic_solves import solve_harmonics
from sim.fem.ranks import on_first_rank
from sim.fem.unit_solves import solve_basis
from sim.harmonic_basis import HarmonicBasis
from sim.harmonic_response import respond_over_time
from sim.harmonics import Harmonics
from sim.mode import Choice, choose_mode
from sim.progress import Progress
from sim.response import Response, respond
from sim.signal import Signal
from sim.solving_keys import basis_key
from sim.steady import case_sheets, case_terminals
from sim.terminals import case_harmonics, case_membranes, case_metals
from sim.timings import Timings
from sim.tissues import Conductor, case_conductors

AnyBasis: TypeAlias = Basis | HarmonicBasis
LIKELY_SOLVES = 14  # frequencies, for the progress bar


@dataclass(frozen=True)
class Solved:
    """A case with its mesh and unit solutions.

    Parameters
    ----------
    conductors
        Of the regions.
    basis
        Unit solutions of resistive or of electro-quasistatic computation.
    from_cache
        Whether they were there.
    """

    case: Case
    conductors: tuple[Conductor, ...]
    mesh: TaggedMesh
    basis: AnyBasis
    from_cache: bool

    @cached_property
    def signal(self) -> Signal:
        """The frequencies of its waveforms."""
        return Signal.of(self.case)

    @cached_property
    def choice(self) -> Choice:
        """Whether capacitance counts, and why."""
        return choose_mode(self.case, self.conductors, self.signal)

    @property
    def harmonics(self) -> Harmonics | None:
        """The unit solutions at any frequency, where capacitance counts."""
        if isinstance(self.basis, Basis):
            return None
        return case_harmonics(self.case, self.conductors, self.basis)

    def respond(self) -> Response:
        """Superpose the unit solutions as the channels drive them.

        Raises
        ------
        SolverError
            See ``respond_over_time``.
        """
        if isinstance(self.basis, Basis):
            return respond(self.case, self.basis)
        harmonics = self.harmonics
        assert harmonics is not None
        return respond_over_time(self.case, harmonics, self.signal)


@dataclass
class Meshed:
    """A mesh and its domain, which the next case may share; every rank has one.

    Parameters
    ----------
    key
        Of the mesh.
    tagged
        On rank 0.
    domain
        None until something is solved on it.
    """

    key: str = ""
    tagged: TaggedMesh | None = None
    domain: Domain | None = None

    def forget(self) -> None:
        """Give their memory back."""
        if self.domain is not None:
            self.domain.workspace.destroy()
        self.key, self.tagged, self.domain = "", None, None


def solve_case(
    case: Case, cache: Path, progress: Progress, timings: Timings, comm: MPI.Comm, last: Meshed | None = None
) -> Solved | None:
    """Mesh and unit solutions of a case.

    Parameters
    ----------
    cache
        Folder in which meshes and unit solutions are kept.
    comm
        All its ranks must call.
    last
        Mesh of the case before, taken if it is the same; becomes that of this case.

    Returns
    -------
    Solved or None
        On rank 0; None on the others.

    Raises
    ------
    MeshError, SolverError
        On every rank.
    """
    conductors = case_conductors(case)
    harmonic = choose_mode(case, conductors, Signal.of(case)).mode == "electroquasistatic"
    last = last or Meshed()
    key = mesh_key(case.geometry, case.numerics.accuracy)
    if last.key != key:
        last.forget()  # before the next one: both in memory may be too much
        last.tagged = on_first_rank(comm, lambda: _mesh(case, cache / "meshes", progress, timings))
        last.key = key
    path = cache / "bases" / f"{basis_key(case, conductors)}.npz"
    kind: type[Basis] | type[HarmonicBasis] = HarmonicBasis if harmonic else Basis
    basis: AnyBasis | None = on_first_rank(comm, lambda: find(path, kind))
    from_cache = bool(comm.bcast(basis is not None, root=0))
    if not from_cache:
        basis = _solve(case, conductors, last, harmonic, progress, timings, comm)
        on_first_rank(comm, lambda: None if basis is None else keep(path, basis))
    if last.tagged is None or basis is None:
        return None
    return Solved(case, conductors, last.tagged, basis, from_cache)


def _mesh(case: Case, folder: Path, progress: Progress, timings: Timings) -> TaggedMesh:
    with progress.stage("mesh", 1) as advance, timings.measure("mesh"):
        tagged = cached_mesh(case.geometry, case.numerics.accuracy, folder)
        advance(1, 1)
    return tagged


def _solve(
    case: Case,
    conductors: tuple[Conductor, ...],
    meshed: Meshed,
    harmonic: bool,
    progress: Progress,
    timings: Timings,
    comm: MPI.Comm,
) -> AnyBasis | None:
    on_first_rank(comm, forget_unfinished_forms)
    stage = ("solve over frequency", LIKELY_SOLVES) if harmonic else ("solve", len(case.terminals))
    solve: Callable[..., AnyBasis | None] = _harmonics if harmonic else _steady
    with progress.stage(*stage) as advance:
        with timings.measure("setup"):
            if meshed.domain is None:
                meshed.domain = Domain.from_tagged(meshed.tagged, comm)
            domain = meshed.domain
        with timings.measure("solve"):
            basis = solve(case, conductors, domain, advance)
    if basis is not None:
        timings.move("solve", "setup", basis.facts.setup_s)
    return basis


def _steady(
    case: Case, conductors: tuple[Conductor, ...], domain: Domain, advance: Callable[[int, int], None]
) -> Basis | None:
    return solve_basis(
        domain,
        conductors,
        case_terminals(case),
        sheets=case_sheets(case),
        order=case.numerics.element_order,
        tolerance=case.numerics.tolerance,
        on_solved=advance,
    )


def _harmonics(
    case: Case, conductors: tuple[Conductor, ...], domain: Domain, advance: Callable[[int, int], None]
) -> HarmonicBasis | None:
    return solve_harmonics(
        domain,
        conductors,
        case_metals(case),
        [float(f) for f in Signal.of(case).frequencies_Hz],
        sheets=case_membranes(case),
        order=case.numerics.element_order,
        tolerance=case.numerics.tolerance,
        on_solved=lambda done: advance(done, max(done, LIKELY_SOLVES)),
    )
