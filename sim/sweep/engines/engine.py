"""The one interface of everything that computes chunks."""

from typing import Protocol

from sim.sweep.chunk import Chunk, Ended, Event


class Engine(Protocol):
    """Computes chunks, at most ``slots`` at a time."""

    @property
    def slots(self) -> int:
        """How many chunks are computed at the same time."""

    def submit(self, chunk: Chunk) -> None:
        """Begin to compute a chunk as soon as there is room."""

    def events(self) -> list[Event | Ended]:
        """What has happened since the last call; waits a moment where nothing has.

        Raises
        ------
        EngineError
            If nothing will happen any more.
        """

    def close(self) -> None:
        """End everything that was begun, and leave nothing behind."""
