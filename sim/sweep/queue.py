"""The order of the work: what is shared is built once, and no worker waits for it while there is other work."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from sim.sweep.plan import Planned

# Seconds that weigh cases against each other (an example of draft accuracy); only their proportions matter.
MESH, SOLVE, REDUCE, SCALE = 0.5, 0.7, 0.8, 0.02
SHORTEST = 1.0  # of a chunk: handing it out takes about a tenth
SHARES = 2  # a chunk takes this part of what a worker will still have to do, so that all end at the same time


@dataclass
class Queue:
    """Cases that wait.

    Parameters
    ----------
    cases
        All of them.
    built
        Keys of meshes and basis solutions that exist.
    """

    cases: Iterable[Planned]
    built: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        groups: dict[str, dict[str, deque[Planned]]] = {}
        for case in self.cases:
            groups.setdefault(case.mesh, {}).setdefault(case.basis, deque()).append(case)
        self._groups = [group for bases in groups.values() for group in bases.values()]
        self._building: set[str] = set()

    def __len__(self) -> int:
        return sum(len(group) for group in self._groups)

    def put_back(self, case: Planned) -> None:
        """Return a case that was taken."""
        for key in (case.mesh, case.basis):
            self._building.discard(key)
        self._groups.append(deque([case]))

    def note_built(self, case: Planned) -> None:
        """Mesh and basis solutions of this case exist now (or have failed for good)."""
        for key in (case.mesh, case.basis):
            self._building.discard(key)
            self.built.add(key)

    def take(self, slots: int) -> list[Planned]:
        """The next cases for one process; none where all that wait need what another process is building."""
        budget = max(SHORTEST, self._left() / (SHARES * slots))
        taken: list[Planned] = []
        started: set[str] = set()
        for group in self._groups:
            keys = {group[0].mesh, group[0].basis} if group else set()
            if not group or keys & (self._building - started):
                continue
            while group and (budget > 0.0 or not taken):
                case = group.popleft()
                budget -= self._cost(case, started)
                taken.append(case)
                started |= keys - self.built
            if budget <= 0.0:
                break
            self._building |= started
        self._building |= started
        self._groups = [group for group in self._groups if group]
        return taken

    def _left(self) -> float:
        """Weight of all that waits."""
        seen: set[str] = set()
        total = 0.0
        for group in self._groups:
            for case in group:
                total += self._cost(case, seen)
                seen |= {case.mesh, case.basis}
        return total

    def _cost(self, case: Planned, built: set[str]) -> float:
        known = self.built | built
        cost = (0.0 if case.mesh in known else MESH) + (0.0 if case.basis in known else SOLVE)
        return cost + (SCALE if case.channels == 1 and case.basis in known else REDUCE)
