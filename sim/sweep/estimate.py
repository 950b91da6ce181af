"""What a study will take, before anything is solved."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from meshes.build import build_mesh
from meshes.tagged import TaggedMesh
from sim.case import Case
from sim.preview import SECONDS_PER_UNKNOWN, SECONDS_PER_UNKNOWN_AND_ELECTRODE
from sim.sweep.plan import Plan, Planned
from sim.sweep.store import Store
from sim.unknowns import count_unknowns

# Measured with the example case at draft accuracy on one core: reduction of a case, where the exposures of its basis
# solutions are known and where not; and the size of a case's files.
SCALED_S, REDUCED_S_PER_UNKNOWN = 0.03, 30e-6
CASE_BYTES = 20_000
REAL_BYTES = 8


@dataclass(frozen=True)
class Estimate:
    """What a study consists of and what is missing; times are those of one core.

    Parameters
    ----------
    points, cases, meshes, solves
        Points of the study; cases, meshes and sets of basis solutions that differ.
    done, failed
        Cases that have a result, and those that failed in an earlier run.
    meshes_to_build, solves_to_do
        What is not kept yet.
    unknowns
        Of the case that was meshed for this estimate; 0 where nothing is missing.
    seconds, bytes
        For what is missing.
    """

    points: int
    cases: int
    meshes: int
    solves: int
    done: int
    failed: int
    meshes_to_build: int
    solves_to_do: int
    unknowns: int
    seconds: float
    bytes: float


def estimate(plan: Plan, store: Store, cache: Path) -> Estimate:
    """Count, and mesh the first case that is missing to learn its size.

    Raises
    ------
    MeshError
        If that case cannot be meshed.
    """
    cases = list(plan.distinct.values())
    done = [case for case in cases if store.done(case.id)]
    failed = [case for case in cases if not store.done(case.id) and store.failure(case.id) is not None]
    settled = {case.id for case in (*done, *failed)}
    missing = [case for case in cases if case.id not in settled]
    meshes = {case.mesh for case in missing if not (cache / "meshes" / f"{case.mesh}.npz").exists()}
    solves = {case.basis for case in missing if not (cache / "bases" / f"{case.basis}.npz").exists()}
    unknowns, seconds, size = _cost(missing, len(meshes), len(solves)) if missing else (0, 0.0, 0.0)
    return Estimate(
        points=len(plan.cases),
        cases=len(cases),
        meshes=len({case.mesh for case in cases}),
        solves=len({case.basis for case in cases}),
        done=len(done),
        failed=len(failed),
        meshes_to_build=len(meshes),
        solves_to_do=len(solves),
        unknowns=unknowns,
        seconds=seconds,
        bytes=size,
    )


def _cost(missing: Sequence[Planned], meshes: int, solves: int) -> tuple[int, float, float]:
    """Unknowns, seconds and bytes, as if all cases were like the first one."""
    case = Case.model_validate_json(missing[0].text)
    start = time.perf_counter()
    mesh = build_mesh(case.geometry, case.numerics.accuracy)
    mesh_s = time.perf_counter() - start
    unknowns = count_unknowns(mesh.cells, case.numerics.element_order)
    terminals = len(case.terminals)
    solve_s = unknowns * (SECONDS_PER_UNKNOWN + SECONDS_PER_UNKNOWN_AND_ELECTRODE * terminals)
    reduced = len({c.basis for c in missing}) if missing[0].channels == 1 else len(missing)
    seconds = meshes * mesh_s + solves * solve_s
    seconds += reduced * REDUCED_S_PER_UNKNOWN * unknowns + (len(missing) - reduced) * SCALED_S
    return unknowns, seconds, len(missing) * CASE_BYTES + solves * basis_bytes(mesh, terminals)


def basis_bytes(mesh: TaggedMesh, terminals: int) -> float:
    """Size of basis solutions: E at four corners for each cell and terminal, conductivity for each cell, and more."""
    cells, points = len(mesh.cells), len(mesh.points_mm)
    return REAL_BYTES * (terminals * (12 * cells + points) + (9 + 4 + 1) * cells + 3 * points)
