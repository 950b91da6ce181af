"""What the terminal tells of a running sweep: a live table, lines of JSON, or nothing."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from sim.report.console import WORDS
from sim.sweep.chunk import Event
from sim.sweep.rows import Cell, Row

if TYPE_CHECKING:
    from sim.sweep.standing import Standing

PLAIN_S = 10.0  # between lines where there is no terminal
FAILED = "[bold red]FAILED[/]"


class Quiet:
    """Tells nothing."""

    def update(self, standing: "Standing", event: Event | None) -> None:
        """Nothing."""


@dataclass
class Lines:
    """One JSON object a line for each case that ends, for other programs."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)

    def update(self, standing: "Standing", event: Event | None) -> None:
        """Write a line."""
        if event is None or event.what == "begin":
            return
        facts = {
            "case": event.id,
            "outcome": event.outcome if event.what == "end" else "lost",
            "message": event.message,
            "done": standing.done,
            "failed": standing.failed,
            "running": len(standing.running),
            "waiting": standing.waiting,
            "earlier": standing.earlier,
        }
        print(json.dumps(facts), file=self.stream, flush=True)


class Screen:
    """A live table on the error stream; plain lines now and then where that is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, refresh_per_second=4, transient=True) if console.is_terminal else None
        self._told = 0.0

    def __enter__(self) -> "Screen":
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._live is not None:
            self._live.stop()

    def update(self, standing: "Standing", event: Event | None) -> None:
        """Show how far the run is."""
        if self._live is not None:
            self._live.update(_table(standing))
        elif time.monotonic() - self._told > PLAIN_S:
            self._told = time.monotonic()
            self._console.print(_line(standing), highlight=False)


def _line(standing: "Standing") -> str:
    left = standing.left_s
    return (
        f"{standing.done + standing.earlier} done ({standing.earlier} earlier), {len(standing.running)} running, "
        f"{standing.failed} failed, {standing.waiting} waiting; {standing.rate:.2g} cases/s"
        + (f", about {duration(left)} left" if left is not None else "")
    )


def _table(standing: "Standing") -> Table:
    table = Table("done", "earlier", "running", "failed", "waiting", "again", "cases/s", "left", "worst so far")
    left = standing.left_s
    table.add_row(
        str(standing.done),
        str(standing.earlier),
        str(len(standing.running)),
        f"[red]{standing.failed}[/]" if standing.failed else "0",
        str(standing.waiting),
        str(standing.retried),
        f"{standing.rate:.2g}",
        "" if left is None else duration(left),
        WORDS.get(standing.worst, FAILED if standing.worst else ""),
    )
    if standing.last_error:
        table.caption = f"last failure: {escape(standing.last_error[:200])}"
    return table


def show_pairs(console: Console, rows: Sequence[tuple[str, str]]) -> None:
    """Print names and what belongs to them."""
    table = Table(show_header=False, box=None)
    for key, value in rows:
        table.add_row(key, escape(value))
    console.print(table)


def show_rows(console: Console, rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Print some columns of rows of the table of results."""
    table = Table(*(escape(column) for column in columns), box=SIMPLE_HEAD)
    for row in rows:
        table.add_row(*(_shown(row.get(column)) for column in columns))
    console.print(table if rows else "no row fulfils all constraints")


def _shown(cell: Cell) -> str:
    return f"{cell:.5g}" if isinstance(cell, float) else escape("" if cell is None else str(cell))


def duration(seconds: float) -> str:
    """Seconds as a person says them: 45 s, 12 min, 3.5 h, 2.1 days."""
    for size, unit, limit in ((1.0, "s", 100.0), (60.0, "min", 100.0), (3600.0, "h", 48.0)):
        if seconds / size < limit:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 86400:.3g} days"
