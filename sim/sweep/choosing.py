"""The best rows of a table under constraints."""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sim.sweep.problems import StudyError
from sim.sweep.rows import Cell, Row

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
CONSTRAINT = re.compile(r"^\s*(?P<column>[^<>=!\s]+)\s*(?P<sign><=|>=|!=|=|<|>)\s*(?P<value>.+?)\s*$")


@dataclass(frozen=True)
class Constraint:
    """A column, a sign and a value: ``verdict=pass``, ``impedance.ch1.ohm<=800``."""

    column: str
    sign: str
    value: str

    @classmethod
    def parse(cls, text: str) -> "Constraint":
        """From the command line.

        Raises
        ------
        StudyError
            If it is no comparison.
        """
        found = CONSTRAINT.match(text)
        if found is None or (found["sign"] in COMPARISONS and number(found["value"]) is None):
            raise StudyError([f"found {text}; accepted: COLUMN=TEXT, or COLUMN with one of <, <=, >, >= and a number"])
        return cls(found["column"], found["sign"], found["value"])

    def holds(self, row: Row) -> bool:
        """Whether a row fulfils it; an empty cell never does."""
        cell = row.get(self.column)
        if cell is None:
            return False
        given, value = number(cell), number(self.value)
        if self.sign in ("=", "!="):
            same = given == value if given is not None and value is not None else str(cell) == self.value
            return same == (self.sign == "=")
        return given is not None and value is not None and COMPARISONS[self.sign](given, value)


def best(rows: Sequence[Row], column: str, constraints: Sequence[Constraint], largest: bool, count: int) -> list[Row]:
    """The rows of largest (or smallest) value in a column among those that fulfil all constraints.

    Raises
    ------
    StudyError
        If a column does not exist or holds no numbers.
    """
    for name in (column, *(constraint.column for constraint in constraints)):
        require_column(rows, name)
    fitting = [(number(row[column]), row) for row in rows if all(c.holds(row) for c in constraints)]
    known = [(value, row) for value, row in fitting if value is not None]
    if not known and any(row.get(column) is not None and number(row[column]) is None for row in rows):
        raise StudyError([f"found text in the column {column}; accepted: a column of numbers"])
    ordered = sorted(known, key=lambda pair: pair[0], reverse=largest)
    return [row for _, row in ordered[:count]]


def require_column(rows: Sequence[Row], name: str) -> None:
    """Raise when the table has no such column.

    Raises
    ------
    StudyError
        Naming the closest ones.
    """
    columns = dict.fromkeys(column for row in rows for column in row)
    if name not in columns:
        close = get_close_matches(name, columns, n=4, cutoff=0.4)
        raise StudyError([f"found no column {name}; accepted: {', '.join(close) or 'one of results.csv'}"])


def number(cell: Cell) -> float | None:
    """The number in a cell; None for text and empty ones."""
    if isinstance(cell, int | float):
        return float(cell)
    try:
        return None if cell is None else float(cell)
    except ValueError:
        return None
