"""Workers of dask.distributed, each of which lets a process of its own compute one chunk at a time."""

import contextlib
import logging
import os
import sys
import time
from typing import Any

import cloudpickle
import dask.config
import distributed

from sim.sweep.chunk import Chunk, Ended, Event
from sim.sweep.engines import child

POLL_S = 0.03
STOP_S = 20.0
UNWATCHED = {  # what dask observes of itself many times a second, which takes a tenth of a core from the cases
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.limit": "1h",
    "distributed.admin.system-monitor.interval": "10s",
}


def watch_less() -> None:
    """Let dask leave the processors to the cases; comes before a cluster is made, which hands it to its workers."""
    dask.config.set(UNWATCHED)


class Pool:
    """Chunks on the workers of a cluster.

    Parameters
    ----------
    cluster
        Of dask; the pool closes it.
    slots
        How many workers it has, or will have.
    command
        That runs Python with the project on a worker.
    """

    def __init__(self, cluster: Any, slots: int, command: tuple[str, ...]) -> None:
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what happens to workers is told by the chunks
        cloudpickle.register_pickle_by_value(child)
        self.slots = slots
        self._cluster = cluster
        self._client = distributed.Client(cluster, timeout=30)
        self._command = command
        self._running: dict[str, tuple[Chunk, Any, int]] = {}  # future, and how far the journal is read

    def submit(self, chunk: Chunk) -> None:
        """Hand a chunk to the next free worker."""
        chunk.write()
        future = self._client.submit(
            child.run_chunk,
            (*self._command, "-m", "sim.sweep.task"),
            environment(chunk),
            str(chunk.path),
            str(chunk.stop),
            pure=False,
            key=f"{chunk.run}-{chunk.name}",
        )
        self._running[chunk.name] = (chunk, future, 0)

    def events(self) -> list[Event | Ended]:
        """What the journals and the workers tell."""
        if not self._running:
            return []
        found: list[Event | Ended] = []
        for name, (chunk, future, offset) in list(self._running.items()):
            ended = future.status in ("finished", "error", "cancelled", "lost")  # before reading the journal's rest
            new, offset = _read(chunk, offset)
            found += new
            self._running[name] = (chunk, future, offset)
            if ended:
                del self._running[name]
                found.append(_ended(chunk, future))
        if not found:
            time.sleep(POLL_S)
        return found

    def close(self) -> None:
        """End the chunks, then the workers."""
        for chunk, _, _ in self._running.values():
            chunk.stop.touch()
        deadline = time.monotonic() + STOP_S
        while any(future.status == "pending" for _, future, _ in self._running.values()):
            if time.monotonic() > deadline or not self._client.scheduler_info()["workers"]:
                break
            time.sleep(POLL_S)
        self._running.clear()
        with contextlib.suppress(Exception):  # workers that are gone already; nothing can be done about it
            self._client.close(timeout=10)
        with contextlib.suppress(Exception):
            self._cluster.close(timeout=20)


def environment(chunk: Chunk) -> dict[str, str]:
    """Variables of the process that computes a chunk: one thread, and compiled forms in the study's folder."""
    return {
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],
        "FARADIC_CACHE": chunk.cache,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }


def _read(chunk: Chunk, offset: int) -> tuple[list[Event | Ended], int]:
    """The complete lines of a journal after an offset, and the offset after them."""
    try:
        with chunk.journal.open("rb") as file:
            file.seek(offset)
            text = file.read()
    except FileNotFoundError:
        return [], offset
    whole = text[: text.rfind(b"\n") + 1]
    return [Event.parse(line) for line in whole.decode().splitlines()], offset + len(whole)


def _ended(chunk: Chunk, future: Any) -> Ended:
    if future.status == "finished":
        status, tail = future.result()
        return Ended(chunk, status, tail)
    error = future.exception() if future.status == "error" else None
    return Ended(chunk, -1, f"the worker was lost ({future.status if error is None else type(error).__name__})")
