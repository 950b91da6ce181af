"""The fields of a run as one file that ``pyvista.read`` opens: fields.vtu."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from meshes.arrays import Integers, Reals
from meshes.store import write_atomically
from sim.basis import Solution
from sim.envelope import carrier_peak, directional_envelope, maximum_envelope, modulation_depth
from sim.interference import Interference
from sim.response import Response
from sim.tissues import Conductor

if TYPE_CHECKING:
    import pyvista as pv

UNITS = {
    "points": "m",
    "potential": "V",
    "E": "V/m",
    "J": "A/m2",
    "J_magnitude": "A/m2",
    "J_rms": "A/m2",
    "tissue": "1",
}
ENVELOPE_UNITS = {"envelope_max": "V/m", "carrier_peak": "V/m", "modulation_depth": "1"}
FIBRE_UNITS = {"envelope_along_fibres": "V/m"}


def write_fields(
    path: Path,
    basis: Solution,
    response: Response,
    conductors: tuple[Conductor, ...],
    about: Mapping[str, str] | None = None,
    met: Interference | None = None,
) -> None:
    """Write the fields as a compressed VTK file.

    Potential, E, J and J_magnitude are those of the peak of the first channel; J_rms is the root mean square over time.
    Where two carriers interfere, envelope_max is the excursion of the envelope of E from peak to peak along the
    direction in which it is largest, modulation_depth its depth there, carrier_peak the largest length of E, and where
    a tissue has fibres envelope_along_fibres the excursion along them, NaN in the others. Arrays of cells hold the
    values at the centroids. The field data say the units and the names of the tissues.

    Parameters
    ----------
    path
        Of the ``.vtu`` file.
    basis, response, conductors
        What was computed.
    about
        More field data: title, hash of the case.
    met
        Two carriers that interfere.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    grid = fields_grid(basis, response, conductors, met)
    for name, text in (about or {}).items():
        _add_text(grid, name, text)
    write_atomically(path, lambda partial: _write(grid, partial))


def fields_grid(
    basis: Solution, response: Response, conductors: tuple[Conductor, ...], met: Interference | None = None
) -> "pv.UnstructuredGrid":
    """The same as a grid of linear tetrahedra, for PyVista's filters."""
    import pyvista as pv

    grid = pv.UnstructuredGrid({pv.CellType.TETRA: _right_handed(basis)}, basis.points)
    by_layer = {c.layer: c for c in conductors}
    tissues = list(dict.fromkeys(by_layer[name].tissue for name in basis.layer_names))
    tissue_of_layer = np.array([tissues.index(by_layer[name].tissue) for name in basis.layer_names], dtype=np.int32)
    at_peak = response.drive.instants[0]
    field = response.field.mean(axis=2)  # linear in a cell: the mean of the corners is the value at the centroid
    density = response.current_density.mean(axis=2)
    J = np.tensordot(at_peak, density, axes=1)
    grid.point_data["potential"] = np.tensordot(at_peak, response.potential, axes=1)
    arrays = {
        "E": np.tensordot(at_peak, field, axes=1),
        "J": J,
        "J_magnitude": np.linalg.norm(J, axis=1),
        "J_rms": response.drive.rms_length(density),
    }
    units = UNITS
    if met is not None:
        found = _envelope(met)
        arrays |= found
        units = UNITS | {name: unit for name, unit in (ENVELOPE_UNITS | FIBRE_UNITS).items() if name in found}
    for name, values in arrays.items():
        grid.cell_data[name] = values.astype(np.float32)
    grid.cell_data["tissue"] = tissue_of_layer[basis.layers]
    grid.field_data["tissue_names"] = tissues
    grid.field_data["units"] = [f"{name}: {unit}" for name, unit in units.items()]
    return grid


def _envelope(met: Interference) -> dict[str, Reals]:
    """What the envelope is at the centroids of the cells."""
    first, second = met.fields.mean(axis=2)
    found = {
        "envelope_max": maximum_envelope(first, second),
        "carrier_peak": carrier_peak(first, second),
        "modulation_depth": modulation_depth(first, second),
    }
    if np.isnan(met.fibres).all():
        return found
    first, second = met.phasors.mean(axis=2)
    return found | {"envelope_along_fibres": directional_envelope(first, second, met.fibres)}


def _right_handed(basis: Solution) -> Integers:
    """Cells in VTK's order of vertices, without which volumes come out negative; the solver's are in any order."""
    edges = basis.points[basis.cells[:, 1:]] - basis.points[basis.cells[:, :1]]
    return np.where(np.linalg.det(edges)[:, None] < 0.0, basis.cells[:, [0, 2, 1, 3]], basis.cells)


def _add_text(grid: "pv.UnstructuredGrid", name: str, text: str) -> None:
    """Field data in any alphabet; PyVista's own way takes ASCII only."""
    from vtkmodules.vtkCommonCore import vtkStringArray

    array = vtkStringArray()
    array.SetName(name)
    array.InsertNextValue(text)
    grid.GetFieldData().AddArray(array)


def _write(grid: "pv.UnstructuredGrid", path: Path) -> None:
    """Compressed, as binary data behind the text of the file."""
    from vtkmodules.vtkIOXML import vtkXMLUnstructuredGridWriter

    path.touch()  # says why, where VTK would only say that
    writer = vtkXMLUnstructuredGridWriter()
    writer.SetFileName(str(path))
    writer.SetInputData(grid)
    writer.SetDataModeToAppended()
    writer.EncodeAppendedDataOff()
    writer.SetCompressorTypeToZLib()
    if not writer.Write():
        raise OSError(f"{path}: cannot be written")
