"""The one process that drives a study: hands out the cases that are missing, hears what becomes of them."""

import signal
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sim.sweep.chunk import Chunk, Ended, Event
from sim.sweep.engines.engine import Engine
from sim.sweep.plan import Plan, Planned
from sim.sweep.preparing import make_chunk, prepare
from sim.sweep.problems import EngineError
from sim.sweep.queue import Queue
from sim.sweep.standing import Options, Show, Standing
from sim.sweep.store import COMPILED, Store

MOST_IDLE = 3  # processes that end before they begin a case, one after the other


def run_study(plan: Plan, store: Store, engine: Callable[[], Engine], options: Options, show: Show) -> Standing:
    """Compute what is missing of a study; `sim.sweep.store.use_compiled_forms` comes before any import of DOLFINx.

    Parameters
    ----------
    engine
        Makes what computes; called only when something is missing, and closed in the end.

    Raises
    ------
    StudyError
        If another process drives the same folder.
    EngineError
        If the engine does not start, or its processes end before they begin a case.
    KeyboardInterrupt
        When interrupted, after everything was ended; nothing that was finished is lost.
    """
    with store.driven():
        missing, standing = prepare(plan, store, options)
        if missing:
            run = _Run(plan, store, options, standing, show, Queue(missing), warm=_has_compiled_forms(store))
            made = engine()
            try:
                run.drive(made)
            finally:
                _uninterrupted(made.close)
                run.chunks_gone()
        store.clear_work()
    return standing


def _has_compiled_forms(store: Store) -> bool:
    return any((store.root / COMPILED / "fenics").glob("libffcx_*.c.cached"))


def _uninterrupted(close: Callable[[], None]) -> None:
    """Close the engine, whatever keys are pressed meanwhile."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        close()
    finally:
        signal.signal(signal.SIGINT, before)


@dataclass
class _Run:
    """One run of the driver."""

    plan: Plan
    store: Store
    options: Options
    standing: Standing
    show: Show
    queue: Queue
    name: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    lost: dict[str, tuple[str, str]] = field(default_factory=dict)  # kind and reason of the last attempt
    active: dict[str, dict[str, Planned]] = field(default_factory=dict)  # cases of each chunk that have not ended
    begun: dict[str, str] = field(default_factory=dict)  # case -> chunk
    count: int = 0
    idle: int = 0
    warm: bool = False

    def __post_init__(self) -> None:
        self.known = self.plan.distinct
        self.chunk_of: dict[str, str] = {}

    def drive(self, engine: Engine) -> None:
        """Until nothing is left."""
        while len(self.queue) or self.active:
            self._hand_out(engine)
            events = engine.events()
            for event in events:
                self._hear(event)
            if not events:
                self.show.update(self.standing, None)

    def chunks_gone(self) -> None:
        """What was running waits again."""
        self.standing.waiting += len(self.standing.running)
        self.standing.running.clear()

    def _hand_out(self, engine: Engine) -> None:
        """The first chunk alone, until it has compiled the forms that all need."""
        while len(self.active) < (engine.slots if self.warm else 1):
            cases = self.queue.take(engine.slots)
            if not cases:
                return
            chunk = self._chunk(cases)
            self.active[chunk.name] = {case.id: case for case in cases}
            self.chunk_of |= {case.id: chunk.name for case in cases}
            engine.submit(chunk)

    def _chunk(self, cases: Sequence[Planned]) -> Chunk:
        self.count += 1
        return make_chunk(self.plan, self.store, self.options, self.name, self.count, cases, self.lost)

    def _hear(self, event: Event | Ended) -> None:
        if isinstance(event, Ended):
            self._ended(event)
            return
        case, standing = self.known[event.id], self.standing
        chunk = self.active.get(self.chunk_of.get(event.id, ""), {})
        if event.id not in chunk:
            return  # a worker was thought to be lost, and two have computed it
        if event.what == "begin":
            self.idle = 0
            if event.id not in standing.running:
                standing.running.add(event.id)
                standing.waiting -= 1
        else:
            del chunk[event.id]
            self._stopped(event.id)
            if event.what == "lost":
                kind, _, reason = event.message.partition(": ")
                self._again(case, kind, reason)
            else:
                self._finished(case, event)
        self.show.update(standing, event)

    def _stopped(self, id: str) -> None:
        if id in self.standing.running:
            self.standing.running.discard(id)
        else:
            self.standing.waiting -= 1

    def _finished(self, case: Planned, event: Event) -> None:
        self.warm = True
        self.queue.note_built(case)
        self.standing.verdicts[event.outcome] += 1
        if event.outcome == "failed":
            self.standing.failed += 1
            self.standing.last_error = event.message
        else:
            self.standing.done += 1

    def _again(self, case: Planned, kind: str, reason: str) -> None:
        self.lost[case.id] = (kind, reason)
        self.standing.retried += 1
        self.standing.waiting += 1
        self.queue.put_back(case)

    def _ended(self, ended: Ended) -> None:
        """A process is gone; what it has not ended waits again, and the case that it was at knows why."""
        left = self.active.pop(ended.chunk.name, {})
        kind, reason = _reason(ended)
        culprits = [id for id in left if id in self.standing.running]
        if left and not culprits:
            self.idle += 1
            if self.idle >= MOST_IDLE:
                raise EngineError(f"processes end before they begin a case: {reason}")
        for id, case in left.items():
            self._stopped(id)
            if self.store.done(id):
                overall = (self.store.read(id, "verdict.json") or {}).get("overall", "not_evaluated")
                self._finished(case, Event("end", id, str(overall)))
            elif id in culprits:
                self._again(case, kind, reason)
            else:
                self.standing.waiting += 1
                self.queue.put_back(case)
        self.show.update(self.standing, None)


def _reason(ended: Ended) -> tuple[str, str]:
    """Kind of failure and words for the end of a process."""
    status = ended.status if ended.status <= 128 else 128 - ended.status  # a launcher passes a signal on as 128 + n
    tail = f"; it said: {' | '.join(ended.message.splitlines()[-3:])}" if ended.message else ""
    if status >= 0:
        return "killed", f"its process ended with status {status}{tail}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    if name == "SIGALRM":
        return "timeout", f"it took longer than {ended.chunk.timeout_s:g} s"
    return "killed", f"its process was ended by {name}{tail}"
