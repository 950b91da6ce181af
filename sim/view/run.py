"""A finished run, read back from its folder."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyvista as pv
from pydantic import ValidationError

from meshes.arrays import Integers, Reals
from sim.case import Case
from sim.safety.verdict import SafetyVerdict
from sim.view.errors import ViewError

FILES = ("case.json", "result.json", "verdict.json", "fields.vtu")
NEEDED = ("E", "J", "J_rms", "tissue")


@dataclass(frozen=True)
class Run:
    """A finished run.

    Parameters
    ----------
    folder
        The run folder.
    grid
        ``fields.vtu`` as PyVista reads it: points in metres, the field data say the unit of every array.
    result
        The content of ``result.json``.
    verdict
        What the checks say.
    case
        What was asked.
    """

    folder: Path
    grid: pv.UnstructuredGrid
    result: dict[str, Any]
    verdict: SafetyVerdict
    case: Case

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.folder.resolve().name

    @cached_property
    def units(self) -> dict[str, str]:
        """Unit of every array, and of the points, as the file says."""
        pairs = (str(entry).split(":", 1) for entry in self.grid.field_data["units"])
        return {name.strip(): unit.strip() for name, unit in pairs}

    @cached_property
    def tissues(self) -> tuple[str, ...]:
        """Names of tissues and materials; the array ``tissue`` holds their indices."""
        return tuple(str(name) for name in self.grid.field_data["tissue_names"])

    @cached_property
    def cells(self) -> Integers:
        """Numbers of the points of each cell (m, 4)."""
        return np.asarray(self.grid.cells, dtype=np.int64).reshape(-1, 5)[:, 1:]

    @cached_property
    def corners(self) -> Reals:
        """Corners of the cells (m, 4, 3), m."""
        return np.asarray(np.asarray(self.grid.points, dtype=np.float64)[self.cells])

    @cached_property
    def volumes(self) -> Reals:
        """Volume of each cell (m,), m3."""
        edges = self.corners[:, 1:] - self.corners[:, :1]
        return np.asarray(np.abs(np.linalg.det(edges)) / 6.0, dtype=np.float64)

    def tissue(self, *names: str) -> pv.UnstructuredGrid:
        """The cells of some tissues.

        Raises
        ------
        ViewError
            For a name that the run has not.
        """
        for name in names:
            if name not in self.tissues:
                raise ViewError(f"{self.folder}: no tissue {name!r}; there are: {', '.join(self.tissues)}")
        chosen: Any = self.cells_of(*names)
        return self.grid.extract_cells(chosen)

    def cells_of(self, *names: str) -> Integers:
        """Numbers of the cells of some tissues (k,)."""
        chosen = [self.tissues.index(name) for name in names]
        return np.flatnonzero(np.isin(self.grid.cell_data["tissue"], chosen))


def open_run(folder: Path | str) -> Run:
    """Read a run folder.

    Raises
    ------
    ViewError
        If a file is missing, cannot be read, or belongs to another case than the rest.
    """
    folder = Path(folder)
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise ViewError(f"{folder}: found no {', '.join(missing)}; accepted: the folder of a finished run")
    try:
        case = Case.model_validate_json((folder / "case.json").read_bytes())
        verdict = SafetyVerdict.model_validate_json((folder / "verdict.json").read_bytes())
        result = json.loads((folder / "result.json").read_bytes())
    except (ValidationError, ValueError) as error:
        raise ViewError(f"{folder}: files of another version: {str(error).splitlines()[0]}; run it again") from error
    grid = read_fields(folder / "fields.vtu")
    of_fields = str(grid.field_data["case_sha256"][0]) if "case_sha256" in grid.field_data else ""
    if of_fields != result.get("case_sha256"):
        raise ViewError(f"{folder}: fields.vtu and result.json are of different cases; run it again")
    return Run(folder, grid, result, verdict, case)


def read_fields(path: Path) -> pv.UnstructuredGrid:
    """Read ``fields.vtu``.

    Raises
    ------
    ViewError
        If it is no such file.
    """
    if not path.read_bytes()[:100].lstrip().startswith((b"<?xml", b"<VTKFile")):
        raise ViewError(f"{path}: no VTK file; run it again")
    grid = pv.read(path)
    if not isinstance(grid, pv.UnstructuredGrid) or grid.n_cells == 0:
        raise ViewError(f"{path}: found no cells; accepted: the fields.vtu of a finished run")
    if not (np.asarray(grid.celltypes) == pv.CellType.TETRA).all():
        raise ViewError(f"{path}: found cells other than tetrahedra; accepted: the fields.vtu of a finished run")
    absent = [name for name in NEEDED if name not in grid.cell_data]
    absent += [name for name in ("units", "tissue_names") if name not in grid.field_data]
    if absent:
        raise ViewError(f"{path}: found no {', '.join(absent)}; accepted: the fields.vtu of a finished run")
    return grid
