"""The table of a study as a browser asks for it: which rows, in which order, and which columns."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from sim.report.numbers import number
from sim.sweep.choosing import Constraint, require_column
from sim.sweep.choosing import number as value_of
from sim.sweep.problems import StudyError
from sim.sweep.rows import Cell, Row

OUTCOMES = ("pass", "caution", "exceeded", "not_evaluated", "failed", "missing")
LIMITING = ("limiting_check", "limiting_subject", "limiting_margin")
KEY_NUMBERS = re.compile(r"safe_amplitude_mA\..+|impedance\..+\.(ohm|phase_deg)")
OUTCOME = "outcome"
A_PAGE = 100  # rows
LONGEST = 500  # letters of what is asked


@dataclass(frozen=True)
class Query:
    """What a browser asks of a table.

    Parameters
    ----------
    outcome
        One of ``OUTCOMES``; empty: any.
    text
        That a cell of a row has in it.
    where
        Constraints on columns, parted by commas: ``impedance.ch1.ohm<800, diameter_mm>=40``.
    sort, order
        A column, and "up" or "down"; empty: as in the study.
    page
        Counted from 1.
    """

    outcome: str = ""
    text: str = ""
    where: str = ""
    sort: str = ""
    order: str = "up"
    page: int = 1

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Query":
        """From an address.

        Raises
        ------
        StudyError
            For an unknown outcome or order, a page that is no number, or texts that are too long.
        """
        given = {key: asked[key].strip() for key in asdict(cls()) if key in asked}
        if any(len(text) > LONGEST for text in given.values()):
            raise StudyError([f"found more than {LONGEST} letters; accepted: less"])
        page = given.pop("page", "1")
        query = cls(**given, page=int(page) if page.isdecimal() and page.isascii() else 0)
        if query.outcome not in ("", *OUTCOMES):
            raise StudyError([f"outcome: found {query.outcome}; accepted: {', '.join(OUTCOMES)}"])
        if query.order not in ("up", "down"):
            raise StudyError([f"order: found {query.order}; accepted: up, down"])
        if query.page < 1:
            raise StudyError([f"page: found {page}; accepted: a number from 1"])
        return query

    @property
    def constraints(self) -> list[Constraint]:
        """What rows must fulfil.

        Raises
        ------
        StudyError
            For what is no comparison.
        """
        return [Constraint.parse(part) for part in self.where.split(",") if part.strip()]

    def address(self, **changes: str | int) -> str:
        """The address of another query that differs in this."""
        return "/?" + urlencode(asdict(replace(self, **changes)))  # type: ignore[arg-type]

    def sorted_by(self, column: str) -> str:
        """The address of the same rows sorted by a column; once more turns the order."""
        turned = "down" if self.sort == column and self.order == "up" else "up"
        return self.address(sort=column, order=turned, page=1)


def columns_shown(rows: Sequence[Row], axes: Sequence[str], query: Query) -> list[str]:
    """Axes, outcome, what limits, the key numbers, and the columns that the query constrains.

    Raises
    ------
    StudyError
        If a column does not exist.
    """
    first = rows[:1]  # all rows of a table have the same columns
    asked = [constraint.column for constraint in query.constraints]
    for name in asked:
        require_column(first, name)
    key_numbers = (name for row in first for name in row if KEY_NUMBERS.fullmatch(name))
    return list(dict.fromkeys((*axes, OUTCOME, *LIMITING, *key_numbers, *asked)))


def chosen(rows: Sequence[Row], columns: Sequence[str], query: Query) -> list[Row]:
    """The rows that a query asks for, in its order.

    Raises
    ------
    StudyError
        If it sorts by a column that is not shown.
    """
    if query.sort not in ("", "case", *columns):
        raise StudyError([f"sort: found {query.sort}; accepted: case, {', '.join(columns)}"])
    constraints, text = query.constraints, query.text.casefold()
    found = [
        row
        for row in rows
        if (not query.outcome or outcome_of(row) == query.outcome)
        and all(constraint.holds(row) for constraint in constraints)
        and (not text or any(text in words.casefold() for words in _words(row, columns)))
    ]
    if not query.sort:
        return found
    cells = [(cell_of(row, query.sort), row) for row in found]
    empty = [row for cell, row in cells if cell is None]
    full = sorted(
        ((cell, row) for cell, row in cells if cell is not None),
        key=lambda pair: _rank(pair[0]),
        reverse=query.order == "down",
    )
    return [row for _, row in full] + empty


def outcome_of(row: Row) -> str:
    """The verdict; failed or missing where there is none."""
    return str(row["verdict"] if row.get("status") == "done" else row.get("status"))


def cell_of(row: Row, column: str) -> Cell:
    """A cell of a row; the outcome is one too."""
    return outcome_of(row) if column == OUTCOME else row.get(column)


def cell_words(row: Row, column: str) -> str:
    """A cell for a reader."""
    cell = cell_of(row, column)
    if cell is None:
        return "–"
    if column == OUTCOME:
        return str(cell).replace("_", " ")
    return number(cell, nothing=0.0) if isinstance(cell, float) else str(cell)


def _words(row: Row, columns: Sequence[str]) -> list[str]:
    """What of a row can be searched for: as it is shown, and as it is."""
    shown = [cell_words(row, column) for column in columns]
    return [*shown, *(str(row[key]) for key in ("case", "because", "error") if row.get(key) is not None)]


def _rank(cell: Cell) -> tuple[bool, float, str]:
    """Numbers before texts."""
    value = value_of(cell)
    return (False, value, "") if value is not None and math.isfinite(value) else (True, 0.0, str(cell))
