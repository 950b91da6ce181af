"""Worker processes on this machine."""

import os
import signal
import sys
import tempfile
from typing import Any

import distributed

from sim.sweep.engines.pool import Pool, watch_less

# Ctrl-C reaches all processes of a terminal; the driver ends the workers itself.
IGNORE_INTERRUPTS = """
import signal
def dask_setup(worker):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
"""


def local_pool(workers: int) -> Pool:
    """So many workers, each with one thread and one chunk at a time.

    Their memory is not limited by dask, which does not see that of the processes they start.
    """
    watch_less()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # which workers inherit; those that replace them do not
    try:
        cluster = _cluster(workers)
    finally:
        signal.signal(signal.SIGINT, before)
    return Pool(cluster, workers, (sys.executable,))


def _cluster(workers: int) -> Any:
    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        memory_limit=0,
        dashboard_address=None,
        host="127.0.0.1",
        local_directory=tempfile.gettempdir(),
        silence_logs="CRITICAL",
        preload=[IGNORE_INTERRUPTS],
    )


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
