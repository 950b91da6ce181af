"""The table for other programs: xarray and netCDF with one dimension for each axis, and Parquet."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from meshes.store import write_atomically
from sim.sweep.index import columns_of, read_rows
from sim.sweep.manifest import Extent, Manifest, read_manifest
from sim.sweep.problems import StudyError
from sim.sweep.rows import Cell, Row

if TYPE_CHECKING:
    import xarray


def to_xarray(root: Path) -> "xarray.Dataset":
    """The table of a study as a dataset: a dimension for each axis, and one for the samples.

    The values of an axis are the coordinates of its dimension; a zip has an index, with its columns as coordinates
    along it. Missing numbers are NaN, missing texts empty.

    Raises
    ------
    StudyError
        If xarray is not installed, or the folder holds no table.
    """
    try:
        import xarray
    except ImportError as error:
        raise StudyError(['xarray is not installed; accepted: pip install "faradic[table]"']) from error
    manifest, rows = read_manifest(root), read_rows(root)
    shape = tuple(len(extent.values) for extent in manifest.extents)
    names = tuple(extent.name for extent in manifest.extents)
    flat = np.array([np.ravel_multi_index(entry.place, shape) for entry in manifest.entries])
    varied = set(manifest.columns)
    data = {
        column: (names, _array(rows, column, flat, shape))
        for column in columns_of(rows, manifest.columns)
        if column not in varied
    }
    return xarray.Dataset(data, coords=_coordinates(manifest), attrs={"title": manifest.title})


def _coordinates(manifest: Manifest) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for extent in manifest.extents:
        if len(extent.columns) > 1 or extent.columns[0] != extent.name:
            found[extent.name] = np.arange(len(extent.values))
        for i, column in enumerate(extent.columns):
            found[column] = (extent.name, _plain(extent, i))
    return found


def _plain(extent: Extent, column: int) -> Any:
    values = [row[column] for row in extent.values]
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    return np.array(values, dtype=float) if numbers else [_text(value) for value in values]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _array(rows: list[Row], column: str, flat: Any, shape: tuple[int, ...]) -> Any:
    cells: list[Cell] = [row.get(column) for row in rows]
    if any(isinstance(cell, str) for cell in cells):
        texts = np.full(int(np.prod(shape)), "", dtype=object)
        texts[flat] = ["" if cell is None else str(cell) for cell in cells]
        return texts.reshape(shape)
    numbers = np.full(int(np.prod(shape)), np.nan)
    numbers[flat] = [np.nan if cell is None else float(cell) for cell in cells]
    return numbers.reshape(shape)


def write_netcdf(root: Path, path: Path) -> None:
    """Write the dataset of `to_xarray` to a netCDF file: of version 4 with h5netcdf and h5py, else of version 3.

    Raises
    ------
    StudyError
        If xarray is not installed.
    """
    dataset = to_xarray(root)
    engine: Literal["h5netcdf", "scipy"] = "h5netcdf" if find_spec("h5netcdf") and find_spec("h5py") else "scipy"
    write_atomically(path, lambda partial: dataset.to_netcdf(partial, engine=engine))


def write_parquet(root: Path, path: Path) -> None:
    """Write the table to a Parquet file.

    Raises
    ------
    StudyError
        If pyarrow is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise StudyError(['pyarrow is not installed; accepted: pip install "faradic[table]"']) from error
    rows = read_rows(root)
    columns = columns_of(rows, read_manifest(root).columns)
    table = pyarrow.table({column: _column([row.get(column) for row in rows]) for column in columns})
    write_atomically(path, lambda partial: parquet.write_table(table, partial))


def _column(cells: list[Cell]) -> list[Cell]:
    """Cells of one type: texts where one of them is a text, else numbers."""
    if any(isinstance(cell, str) for cell in cells):
        return [None if cell is None else str(cell) for cell in cells]
    return [None if cell is None else float(cell) for cell in cells]
