"""What is wrong with a study: everything at once, one line each."""

from collections.abc import Sequence

from sim.errors import FaradicError

SHOWN = 20


class StudyError(FaradicError):
    """A study that cannot be run as it is.

    Parameters
    ----------
    problems
        One line each: where, what was found, what is accepted.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(tuple(problems))
        self.problems = tuple(dict.fromkeys(problems))

    def __str__(self) -> str:
        shown = [*self.problems[:SHOWN]]
        if len(self.problems) > SHOWN:
            shown.append(f"and {len(self.problems) - SHOWN} more problems")
        return "\n  ".join(shown) if len(shown) == 1 else "\n  ".join([f"{len(self.problems)} problems:", *shown])


class EngineError(FaradicError):
    """What should compute the cases does not start, or is gone."""
