"""Drawing in a process of its own: it imports while the solver runs, and when it dies the run goes on."""

import ctypes
import multiprocessing
import signal
import sys
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

import numpy as np

from meshes.tagged import TaggedMesh
from sim.basis import Solution
from sim.case import Case
from sim.interference import interference
from sim.report.fields import write_fields
from sim.report.pictures import Picture, draw_all, warm_up
from sim.response import Response
from sim.tissues import Conductor

PR_SET_PDEATHSIG = 1  # of prctl(2)


class Drawing:
    """A process that draws; use it as a context."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=_leave_interrupts_alone)
        self._pool.submit(warm_up)

    def __enter__(self) -> "Drawing":
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def request(
        self,
        case: Case,
        mesh: TaggedMesh,
        basis: Solution,
        response: Response,
        conductors: tuple[Conductor, ...],
        folder: Path,
    ) -> "Future[tuple[Picture, ...]]":
        """Start drawing the pictures and writing fields.vtu."""
        return self._pool.submit(_draw, case, drawable(mesh), basis, response, conductors, folder)


def _leave_interrupts_alone() -> None:
    """Ctrl-C reaches the whole process group, and the run ends this process itself; when it is killed, Linux does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def drawable(mesh: TaggedMesh) -> TaggedMesh:
    """The mesh with the faces of terminals alone, which are all that pictures show; it travels to another process."""
    names = {name: tag for name, tag in mesh.face_names.items() if name.startswith(("pad ", "terminal "))}
    chosen = np.isin(mesh.facet_tags, list(names.values()))
    return replace(
        mesh,
        facets=mesh.facets[chosen],
        facet_tags=mesh.facet_tags[chosen],
        face_names=names,
        twins=np.empty((0, 2), dtype=np.int64),
    )


def _draw(
    case: Case,
    mesh: TaggedMesh,
    basis: Solution,
    response: Response,
    conductors: tuple[Conductor, ...],
    folder: Path,
) -> tuple[Picture, ...]:
    pictures = draw_all(case, mesh, basis, response, conductors, folder)
    about = {"title": case.title, "case_sha256": case.sha256}
    write_fields(folder / "fields.vtu", basis, response, conductors, about, interference(case, basis, response))
    return pictures


def pictures_or_note(drawn: "Future[tuple[Picture, ...]]") -> tuple[tuple[Picture, ...], list[str]]:
    """The pictures, or none and a note that says why: a machine that cannot draw still gets its numbers."""
    try:
        return drawn.result(), []
    except BrokenProcessPool:
        reason = "the drawing process died; VTK 9.4 or newer draws without a display (Debian: libegl1 libgl1-mesa-dri)"
    except Exception as error:  # whatever a graphics library raises; the numbers do not depend on it
        reason = f"{type(error).__name__}: {error}"
    return (), [f"no pictures and no fields.vtu: {reason}"]
