"""The driver's own process as the engine: it computes everything itself."""

from collections.abc import Iterator
from pathlib import Path

from mpi4py import MPI

from sim.sweep.chunk import Chunk, Ended, Event
from sim.sweep.computing import Computer
from sim.sweep.working import work


class Serial:
    """One chunk at a time, one case at each call of ``events``."""

    slots = 1

    def __init__(self) -> None:
        self._running: list[tuple[Chunk, Iterator[Event]]] = []
        self._computer: Computer | None = None

    def submit(self, chunk: Chunk) -> None:
        """Begin with the next call of ``events``."""
        self._computer = self._computer or Computer(Path(chunk.cache), MPI.COMM_SELF, chunk.fields)
        self._running.append((chunk, work(chunk, self._computer)))

    def events(self) -> list[Event | Ended]:
        """Compute until something happens."""
        if not self._running:
            return []
        chunk, events = self._running[0]
        event = next(events, None)
        if event is not None:
            return [event]
        self._running.pop(0)
        return [Ended(chunk, 0, "")]

    def close(self) -> None:
        """Nothing is left behind."""
        self._running.clear()
