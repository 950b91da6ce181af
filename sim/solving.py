"""From a case to its basis solutions, taken from the cache where they are kept."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from mpi4py import MPI

import dolfinx

from meshes.cache import cached_mesh, mesh_key
from meshes.lifting import contact_name
from meshes.splitting import sheet_name
from meshes.store import content_key, find, keep, source_key
from meshes.tagged import TaggedMesh
from sim.basis import Basis
from sim.case import Case, Electrode
from sim.case.model import SMALLEST_SHEET
from sim.fem.compiled import forget_unfinished_forms
from sim.fem.conduction import Sheet, Terminal
from sim.fem.domain import Domain
from sim.fem.ranks import on_first_rank
from sim.fem.unit_solves import solve_basis
from sim.progress import Progress
from sim.tissues import Conductor, case_conductors
from sim.units import OHM_CM2

SIM = Path(__file__).parent


@dataclass
class Timings:
    """Seconds that each stage took."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Add the time of a block to a stage."""
        start = time.perf_counter()
        yield
        self.add(stage, time.perf_counter() - start)

    def add(self, stage: str, seconds: float) -> None:
        """Add to a stage."""
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds


@dataclass(frozen=True)
class Solved:
    """A case with its mesh and basis solutions."""

    case: Case
    conductors: tuple[Conductor, ...]
    mesh: TaggedMesh
    basis: Basis
    from_cache: bool


def solve_case(case: Case, cache: Path, progress: Progress, timings: Timings, comm: MPI.Comm) -> Solved | None:
    """Mesh and basis solutions of a case.

    Parameters
    ----------
    cache
        Folder in which meshes and basis solutions are kept.
    comm
        All its ranks must call.

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
    tagged = on_first_rank(comm, lambda: _mesh(case, cache / "meshes", progress, timings))
    path = cache / "bases" / f"{basis_key(case, conductors)}.npz"
    basis = on_first_rank(comm, lambda: find(path, Basis))
    from_cache = bool(comm.bcast(basis is not None, root=0))
    if not from_cache:
        basis = _solve(case, conductors, tagged, progress, timings, comm)
        on_first_rank(comm, lambda: None if basis is None else keep(path, basis))
    if tagged is None or basis is None:
        return None
    return Solved(case, conductors, tagged, basis, from_cache)


def _mesh(case: Case, folder: Path, progress: Progress, timings: Timings) -> TaggedMesh:
    with progress.stage("mesh", 1) as advance, timings.measure("mesh"):
        tagged = cached_mesh(case.geometry, case.numerics.accuracy, folder)
        advance(1, 1)
    return tagged


def _solve(
    case: Case,
    conductors: tuple[Conductor, ...],
    tagged: TaggedMesh | None,
    progress: Progress,
    timings: Timings,
    comm: MPI.Comm,
) -> Basis | None:
    on_first_rank(comm, forget_unfinished_forms)
    with progress.stage("solve", len(case.terminals)) as advance:
        with timings.measure("setup"):
            domain = Domain.from_tagged(tagged, comm)
        with timings.measure("solve"):
            basis = solve_basis(
                domain,
                conductors,
                case_terminals(case),
                sheets=case_sheets(case),
                order=case.numerics.element_order,
                tolerance=case.numerics.tolerance,
                on_solved=advance,
            )
    if basis is not None:
        timings.add("setup", basis.facts.setup_s)
        timings.add("solve", -basis.facts.setup_s)
    return basis


def case_terminals(case: Case) -> tuple[Terminal, ...]:
    """Electrodes, contacts of leads and implants as the solver sees them."""
    pads = tuple(_pad_terminal(electrode) for electrode in case.electrodes)
    leads = tuple(
        Terminal(name, ((f"terminal {name}", lead.contact_impedance_ohm_cm2 * OHM_CM2),))
        for lead in case.leads
        for name in lead.terminals
    )
    return (*pads, *leads, *(Terminal(name, ((f"terminal {name}", 0.0),)) for name in case.implants))


def _pad_terminal(electrode: Electrode) -> Terminal:
    """Metal on the skin, or on a stack that touches the skin through sheets."""
    z, name = electrode.contact_impedance_ohm_cm2 * OHM_CM2, electrode.name
    if electrode.layers:
        sheets = tuple(sheet.name for sheet in _contact_sheets(electrode))
        return Terminal(name, ((f"terminal {name}", 0.0),), sheets)
    needles: tuple[tuple[str, float], ...] = ()
    if electrode.needles is not None:
        needles = ((f"terminal {name}", z),)
        if electrode.needles.backing == "insulating":
            return Terminal(name, needles)
    lifted = (
        (f"pad {name} detached {i + 1}", part.contact_impedance_ohm_cm2 * OHM_CM2)
        for i, part in enumerate(electrode.detached)
        if part.contact_impedance_ohm_cm2 is not None
    )
    return Terminal(name, ((f"pad {name}", z), *lifted, *needles))


def _contact_sheets(electrode: Electrode) -> tuple[Sheet, ...]:
    """The contact between the stack of an electrode and the skin, and those of parts that touch badly."""
    z = max(electrode.contact_impedance_ohm_cm2, SMALLEST_SHEET) * OHM_CM2
    lifted = (
        Sheet(contact_name(electrode.name, i + 1), part.contact_impedance_ohm_cm2 * OHM_CM2)
        for i, part in enumerate(electrode.detached)
        if part.contact_impedance_ohm_cm2 is not None
    )
    return (Sheet(contact_name(electrode.name, 0), z), *lifted)


def case_sheets(case: Case) -> tuple[Sheet, ...]:
    """The thin layers as the solver sees them: contacts of stacks, and sheets around inclusions."""
    contacts = (sheet for electrode in case.electrodes if electrode.layers for sheet in _contact_sheets(electrode))
    around = (
        Sheet(sheet_name(inclusion.name), inclusion.sheet_ohm_cm2 * OHM_CM2)
        for inclusion in case.inclusions
        if inclusion.sheet_ohm_cm2 is not None
    )
    return (*contacts, *around)


def basis_key(case: Case, conductors: tuple[Conductor, ...]) -> str:
    """Hash of everything that the basis solutions depend on: mesh, tissue, contacts, numerics, and the code."""
    return content_key(
        {
            "code": source_key(SIM / "fem", SIM / "basis.py", SIM / "tissues.py", SIM / "exposure" / "triangles.py"),
            "dolfinx": dolfinx.__version__,
            "mesh": mesh_key(case.geometry, case.numerics.accuracy),
            "conductivities": [
                [c.layer, c.longitudinal, c.transverse, None if c.fibres is None else c.fibres.key] for c in conductors
            ],
            "terminals": [asdict(terminal) for terminal in case_terminals(case)],
            "sheets": [asdict(sheet) for sheet in case_sheets(case)],
            "order": case.numerics.element_order,
            "tolerance": case.numerics.tolerance,
        }
    )
