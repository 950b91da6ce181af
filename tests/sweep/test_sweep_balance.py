"""Work handed out as it is needed: workers end at about the same time, also when their cases take unequal times."""

import heapq

import numpy as np
import pytest

from sim.sweep.plan import Planned
from sim.sweep.queue import MESH, REDUCE, SCALE, SOLVE, Queue

HAND_OUT_S = 0.1  # until a worker has its next chunk


def ends(queue, durations, workers):
    """Times at which the workers end, and how many chunks there were, as the driver hands them out."""
    free = [(0.0, worker) for worker in range(workers)]
    last, chunks = [0.0] * workers, 0
    while len(queue):
        now, worker = heapq.heappop(free)
        chunk = queue.take(workers)
        assert chunk
        chunks += 1
        for case in chunk:
            queue.note_built(case)
        last[worker] = now + HAND_OUT_S + sum(durations[case.id] for case in chunk)
        heapq.heappush(free, (last[worker], worker))
    return last, chunks


def planned(number, shared):
    mesh, basis = ("m", "b") if shared else (f"m{number}", f"b{number}")
    return Planned((number,), {}, str(number), "{}", mesh, basis, 1, "draft")


@pytest.mark.parametrize("workers", [2, 8])
@pytest.mark.parametrize("spread", [0.0, 0.5])
def test_placements_end_together(workers, spread):
    random = np.random.default_rng(1)
    durations = {str(n): (MESH + SOLVE + REDUCE) * (1 + spread * random.uniform(-1, 1)) for n in range(60)}
    last, _ = ends(Queue([planned(n, False) for n in range(60)]), durations, workers)
    longest = max(durations.values())
    assert max(last) - min(last) <= longest + HAND_OUT_S
    assert max(last) <= sum(durations.values()) / workers + longest + 15 * HAND_OUT_S


def test_cases_that_cost_next_to_nothing_go_in_few_chunks():
    queue = Queue([planned(n, True) for n in range(500)], built={"m", "b"})
    last, chunks = ends(queue, {str(n): SCALE for n in range(500)}, 2)
    assert max(last) - min(last) <= 1.0 + HAND_OUT_S
    assert chunks <= 16
