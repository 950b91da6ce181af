"""How a study is run, and how far the run is."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from sim.sweep.chunk import Event

SEVERITY = ("pass", "caution", "not_evaluated", "exceeded", "failed")


@dataclass(frozen=True)
class Options:
    """How a study is run.

    Parameters
    ----------
    retries
        How often a case is attempted again when the machine has lost it.
    timeout_s
        For each case; 0 for no limit.
    fields
        Whether to write fields.vtu.
    retry_failed
        Whether cases that failed by themselves in an earlier run are attempted again.
    """

    retries: int = 2
    timeout_s: float = 0.0
    fields: bool = False
    retry_failed: bool = False


@dataclass
class Standing:
    """How far a run is."""

    total: int
    waiting: int
    done: int = 0
    failed: int = 0
    earlier: int = 0
    running: set[str] = field(default_factory=set)
    verdicts: Counter[str] = field(default_factory=Counter)
    retried: int = 0
    last_error: str = ""
    started: float = field(default_factory=time.monotonic)

    @property
    def worst(self) -> str:
        """The worst outcome so far."""
        return max(self.verdicts, key=SEVERITY.index, default="pass") if self.verdicts else ""

    @property
    def rate(self) -> float:
        """Cases per second of this run."""
        return (self.done + self.failed) / max(time.monotonic() - self.started, 1e-9)

    @property
    def left_s(self) -> float | None:
        """Seconds until the end, if it goes on like this."""
        left = self.waiting + len(self.running)
        return left / self.rate if self.done + self.failed else None


class Show(Protocol):
    """Told how far a run is."""

    def update(self, standing: Standing, event: Event | None) -> None:
        """After each event, and from time to time without one."""
