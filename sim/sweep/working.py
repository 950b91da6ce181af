"""The loop over the cases of a chunk: begin, compute, keep the result or the error, tell."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from sim.case import Case
from sim.fem.ranks import COLLECTIVE
from sim.sweep.chunk import Chunk, Event, Item
from sim.sweep.computing import Computer, failure_of
from sim.sweep.store import LOST, Failure, Kind, Store

Guard = Callable[[Path], AbstractContextManager[None]]


def work(chunk: Chunk, computer: Computer, guard: Guard | None = None) -> Iterator[Event]:
    """Compute the cases of a chunk, those that were lost before as the last.

    Parameters
    ----------
    computer
        All ranks of its communicator call; the events are those of rank 0.
    guard
        Context around the computation of a case, given its folder: redirects output, limits the time.

    Yields
    ------
    Event
        Before and after each case.
    """
    store, comm = Store(Path(chunk.study)), computer.comm
    guard = guard or (lambda folder: nullcontext())
    for item in sorted(chunk.items, key=lambda item: item.kind != ""):
        begun = store.begin(item.id, chunk.run) if comm.rank == 0 and not store.done(item.id) else None
        begun = comm.bcast(begun, root=0)
        if begun is None:  # another process was quicker
            yield Event("end", item.id, _overall(store, item.id))
        elif begun > chunk.retries:
            yield _given_up(store, item, begun)
        else:
            yield Event("begin", item.id)
            yield _attempt(store, item, computer, guard)


def _overall(store: Store, id: str) -> str:
    verdict = store.read(id, "verdict.json")
    return "failed" if verdict is None else str(verdict["overall"])


def _given_up(store: Store, item: Item, begun: int) -> Event:
    reason = item.reason or "the process that computed it ended without a word"
    kind: Kind = next((kind for kind in LOST if kind == item.kind), "killed")
    failure = Failure(kind, f"attempted {begun} times; {reason}", store.log_tail(item.id))
    store.keep_failure(item.id, failure)
    store.end(item.id)
    return Event("end", item.id, "failed", failure.message)


def _attempt(store: Store, item: Item, computer: Computer, guard: Guard) -> Event:
    folder, comm = store.folder(item.id), computer.comm
    try:
        with guard(folder):
            outcome = computer.compute(Case.model_validate_json(json.dumps(item.case)), folder)
    except Exception as error:  # also those of libraries: one case fails, the others go on
        failure = failure_of(error)
        if comm.rank == 0:
            _keep(store, item.id, failure)
        if comm.size > 1 and not any(error is known for known in COLLECTIVE):
            comm.Abort(1)  # the others would wait for ever
        return Event("lost" if failure.kind in LOST else "end", item.id, "failed", f"{failure.kind}: {failure.message}")
    if comm.rank == 0:
        store.end(item.id)
    return Event("end", item.id, "" if outcome is None else outcome.verdict.overall)


def _keep(store: Store, id: str, failure: Failure) -> None:
    if failure.kind not in LOST:
        store.keep_failure(id, Failure(failure.kind, failure.message, store.log_tail(id)))
        store.end(id)
