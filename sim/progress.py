"""What a long computation tells while it runs."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

Advance = Callable[[int, int], None]


class Progress(Protocol):
    """Shows stages; each is a context that gives a function to call with what is done and what there is to do."""

    def stage(self, name: str, total: int) -> AbstractContextManager[Advance]:
        """Begin a stage of so many steps."""


class Silent:
    """Tells nothing."""

    def stage(self, name: str, total: int) -> AbstractContextManager[Advance]:
        """Begin a stage that nobody sees."""
        return nullcontext(lambda done, total: None)
