"""What of a run is shown, in which unit, and how it is called."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvista as pv

from meshes.arrays import Integers, Reals
from sim.units import MA_PER_CM2, MM
from sim.view.errors import ViewError
from sim.view.run import Run


@dataclass(frozen=True)
class Quantity:
    """An array of ``fields.vtu`` as it is shown.

    Parameters
    ----------
    array
        Its name in the file.
    words
        Title of the colour bar, without the unit.
    unit, size
        In which it is shown, and how large that is in SI.
    logarithmic
        Whether it spans decades and has one sign.
    """

    array: str
    words: str
    unit: str
    size: float
    logarithmic: bool

    @property
    def title(self) -> str:
        """Of a colour bar or an axis."""
        return f"{self.words} in {self.unit}" if self.unit != "1" else self.words

    def of(self, run: Run) -> Reals:
        """Values of a run in the unit shown: (m,) of cells, (n,) of points.

        Raises
        ------
        ViewError
            If the run has no such array.
        """
        data = run.grid.point_data if self.array in run.grid.point_data else run.grid.cell_data
        if self.array not in data:
            raise ViewError(f"{run.folder}: fields.vtu has no {self.array}; there are: {', '.join(data.keys())}")
        values = np.asarray(data[self.array], dtype=np.float64)
        lengths = np.linalg.norm(values, axis=1) if values.ndim == 2 else values
        return np.asarray(lengths / self.size, dtype=np.float64)


QUANTITIES = {
    q.array: q
    for q in (
        Quantity("J_rms", "r.m.s. current density J", "mA/cm²", MA_PER_CM2, True),
        Quantity("J_magnitude", "current density J at the peak of the first channel", "mA/cm²", MA_PER_CM2, True),
        Quantity("E", "field E at the peak of the first channel", "V/m", 1.0, True),
        Quantity("potential", "potential at the peak of the first channel", "V", 1.0, False),
        Quantity("envelope_max", "largest envelope of E (excursion)", "V/m", 1.0, True),
        Quantity("envelope_along_fibres", "envelope of E along the fibres (excursion)", "V/m", 1.0, True),
        Quantity("carrier_peak", "largest field E over time", "V/m", 1.0, True),
        Quantity("modulation_depth", "depth of modulation", "1", 1.0, False),
        Quantity("J_now", "current density J at the chosen time", "mA/cm²", MA_PER_CM2, True),
        Quantity("E_now", "field E at the chosen time", "V/m", 1.0, True),
        Quantity("potential_now", "potential at the chosen time", "V", 1.0, False),
    )
}
DENSITY = QUANTITIES["J_rms"]


def quantity(name: str) -> Quantity:
    """A quantity by the name of its array.

    Raises
    ------
    ViewError
        If it is not shown; the text names those that are.
    """
    if name not in QUANTITIES:
        raise ViewError(f"quantity: found {name!r}; accepted: {', '.join(QUANTITIES)}")
    return QUANTITIES[name]


def of_cells(run: Run, shown: Quantity) -> Reals:
    """Values (m,) of cells in the unit shown; of an array of points the mean of the cell's corners."""
    values = shown.of(run)
    return values if shown.array in run.grid.cell_data else np.asarray(values[run.cells].mean(axis=1))


def shown_grid(run: Run, *shown: Quantity) -> pv.UnstructuredGrid:
    """A grid in mm with the quantities under their titles and the cells' tissues; the run's own grid stays as it is."""
    # Built anew: a grid with copied structure would share its points with the run's.
    grid = pv.UnstructuredGrid({pv.CellType.TETRA: run.cells}, np.asarray(run.grid.points) / MM)
    grid.cell_data["tissue"] = run.grid.cell_data["tissue"]
    for each in shown:
        data = grid.point_data if each.array in run.grid.point_data else grid.cell_data
        data[each.title] = each.of(run)
    return grid


def shown_part(grid: pv.DataSet, cells: Integers) -> pv.UnstructuredGrid:
    """Some cells (k,) of a grid."""
    chosen: Any = cells  # any integers will do
    return grid.extract_cells(chosen)
