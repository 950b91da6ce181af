"""The driver's own process as the engine: it computes everything itself."""

from collections.abc import Iterator

from mpi4py import MPI

from sim.sweep.chunk import Chunk, Ended, Event
from sim.sweep.working import work


class Serial:
    """One chunk at a time, one case at each call of ``events``."""

    slots = 1

    def __init__(self) -> None:
        self._running: list[tuple[Chunk, Iterator[Event]]] = []

    def submit(self, chunk: Chunk) -> None:
        """Begin with the next call of ``events``."""
        self._running.append((chunk, work(chunk, MPI.COMM_SELF)))

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
