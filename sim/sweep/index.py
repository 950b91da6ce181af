"""The table of a study: index.sqlite and results.csv, made from the folders of the cases by one process."""

import csv
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from meshes.store import write_atomically
from sim.sweep.manifest import read_manifest
from sim.sweep.problems import StudyError
from sim.sweep.rows import Cell, Row, row_of
from sim.sweep.store import Store

DATABASE = "index.sqlite"
TABLE = "results.csv"
MOST_COLUMNS = 1900  # SQLite takes 2000


def collect(root: Path) -> list[Row]:
    """Read every case of the study and write the table anew.

    Raises
    ------
    StudyError
        If the folder is no study.
    """
    manifest, store = read_manifest(root), Store(root)
    rows = [row_of(store, entry) for entry in manifest.entries]
    columns = columns_of(rows, manifest.columns)
    write_atomically(root / TABLE, lambda path: _write_csv(path, columns, rows))
    write_atomically(root / DATABASE, lambda path: _write_sqlite(path, columns, rows))
    return rows


def columns_of(rows: Iterable[Row], axes: tuple[str, ...]) -> list[str]:
    """All columns: the case, the axes, the outcome, then what the rows have in their order."""
    first = ("case", *axes, "status", "verdict", "because", "error_kind", "error", "log")
    names: dict[str, None] = dict.fromkeys(first)
    for row in rows:
        names |= dict.fromkeys(row)
    return list(names)


def _write_csv(path: Path, columns: list[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _write_sqlite(path: Path, columns: list[str], rows: list[Row]) -> None:
    kept = columns[:MOST_COLUMNS]
    names = ", ".join(_quoted(name) for name in kept)
    places = ", ".join("?" * len(kept))
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = OFF")  # the file is renamed when it is complete
        database.execute(f"CREATE TABLE cases ({names})")
        database.executemany(f"INSERT INTO cases VALUES ({places})", ([row.get(name) for name in kept] for row in rows))
        database.commit()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def read_rows(root: Path) -> list[Row]:
    """The rows of the table.

    Raises
    ------
    StudyError
        If there is no table yet.
    """
    return list(_rows(root))


def _rows(root: Path) -> Iterator[Row]:
    path = root / DATABASE
    if not path.exists():
        raise StudyError([f"{root}: found no {DATABASE}; accepted: the folder of a study after faradic sweep collect"])
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        for row in database.execute("SELECT * FROM cases"):
            yield {key: _known(row[key]) for key in row.keys()}  # noqa: SIM118  (a Row iterates over its values)


def _known(value: object) -> Cell:
    assert value is None or isinstance(value, int | float | str)  # what SQLite returns here
    return value
