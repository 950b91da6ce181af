"""Jobs of a Slurm cluster as workers, connected through TLS."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import dask.config
import distributed

from sim.sweep.chunk import Ended, Event
from sim.sweep.engines.pool import Pool, watch_less
from sim.sweep.problems import EngineError
from sim.sweep.study import Cluster, Parallel

ROOT = Path(__file__).resolve().parents[3]
CHECK_S = 3.0  # between looks at the queue
SUBMIT_S = 60.0  # for which a job may have no number
NEVER = "3650 days"
PATIENCE = 3  # times that every job is replaced without anything having happened
DEATH_S = 30  # after which a worker without a driver ends itself
MARGIN_S = 120  # before the end of the walltime a worker stops taking chunks


def slurm_pool(cluster: Cluster, parallel: Parallel | None, jobs: int, study: Path) -> "SlurmPool":
    """So many jobs, replaced when they end before their time.

    Raises
    ------
    EngineError
        If Slurm is not there, or refuses such a job.
    """
    folder = study / "slurm"
    folder.mkdir(parents=True, exist_ok=True)
    python = python_command()
    skipped = [] if parallel is None else ["-n 1", "--cpus-per-task"]
    asked = [] if parallel is None else [f"--ntasks={parallel.ranks}"]
    watch_less()
    dask.config.set({"distributed.deploy.lost-worker-timeout": NEVER})
    made = _cluster_class()(
        cores=1,
        processes=1,
        memory=f"{cluster.memory_GB:g}GB",
        queue=cluster.partition,
        account=cluster.account,
        walltime=cluster.walltime,
        interface=cluster.interface,
        job_directives_skip=skipped,
        job_extra_directives=[*asked, *cluster.directives],
        job_name="faradic-sweep",
        python=" ".join(python),
        log_directory=str(folder),
        local_directory=tempfile.gettempdir(),
        shared_temp_directory=str(folder),
        death_timeout=DEATH_S,
        worker_extra_args=["--lifetime", f"{max(seconds(cluster.walltime) - MARGIN_S, 60)}s"],
        security=distributed.Security.temporary(),
        protocol="tls://",
        scheduler_options={"dashboard_address": None},
    )
    try:
        _try(made.job_script(), folder)
    except EngineError:
        made.close()
        raise
    made.scale(jobs=jobs)
    return SlurmPool(made, jobs, python, folder)


def _cluster_class() -> Any:
    """The class of dask-jobqueue, which at its import makes Ctrl-C and SIGTERM end this process with status 0."""
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in signals]
    from dask_jobqueue import SLURMCluster

    for number, handler in zip(signals, before, strict=True):
        signal.signal(number, handler)
    return SLURMCluster


class SlurmPool(Pool):
    """A pool that replaces jobs that are gone.

    Dask's own adaptive scaling does not serve: it retires workers that have a moment's rest. Nor does its own care for
    lost workers: some time after one is gone it ends whatever job has that name by then, the new one too.
    """

    def __init__(self, cluster: Any, slots: int, command: tuple[str, ...], folder: Path) -> None:
        super().__init__(cluster, slots, command)
        self._folder = folder
        self._looked = time.monotonic()
        self._unsubmitted: dict[Any, float] = {}  # since when a job has no number
        self._replaced = 0

    def events(self) -> list[Event | Ended]:
        """What the journals and the workers tell.

        Raises
        ------
        EngineError
            If job after job ends before it does anything.
        """
        found = super().events()
        if found:
            self._replaced = 0
        if time.monotonic() - self._looked > CHECK_S:
            self._looked = time.monotonic()
            self._replace(self._gone())
        return found

    def _gone(self) -> list[Any]:
        """Names of workers whose jobs were never taken, or have left the queue without their being connected."""
        workers = dict(self._cluster.workers)
        jobs = {name: str(worker.job_id) for name, worker in workers.items() if _is_submitted(worker)}
        since = {name: self._unsubmitted.get(name, self._looked) for name in workers if name not in jobs}
        self._unsubmitted = since
        lost = [name for name, start in since.items() if self._looked - start > SUBMIT_S]
        if not jobs:
            return lost
        connected = {worker["name"] for worker in self._client.scheduler_info(n_workers=-1)["workers"].values()}
        waiting = _queued(jobs.values())
        return lost + [name for name, id in jobs.items() if id not in waiting and name not in connected]

    def _replace(self, gone: list[Any]) -> None:
        for name in gone:
            self._cluster.worker_spec.pop(name, None)
            self._unsubmitted.pop(name, None)
            self._cluster.workers.pop(name, None)  # else a new job of this name would be thought to be there
        if gone:
            self._replaced += len(gone)
            if self._replaced > PATIENCE * self.slots:
                raise EngineError(
                    f"the jobs of this sweep end before they compute; the last one said: {self._last_words()}"
                )
            self._cluster.scale(jobs=self.slots)

    def close(self) -> None:
        """End the chunks and cancel the jobs."""
        ids = self._ids()
        super().close()
        if ids:
            subprocess.run(["scancel", *ids], capture_output=True, check=False, timeout=60)

    def _ids(self) -> list[str]:
        return [str(worker.job_id) for worker in self._cluster.workers.values() if _is_submitted(worker)]

    def _last_words(self) -> str:
        logs = sorted(self._folder.glob("*.out"), key=lambda path: path.stat().st_mtime)
        lines = logs[-1].read_text(errors="replace").splitlines()[-3:] if logs else []
        return " | ".join(lines) or "nothing"


def _is_submitted(worker: Any) -> bool:
    return getattr(worker, "job_id", None) is not None


def _queued(ids: Iterable[str]) -> set[str]:
    """Those of the jobs that run or wait."""
    command = ["squeue", "--noheader", "--me", "--format", "%A"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if finished.returncode != 0:
        return set(ids)  # Slurm does not answer now; nothing is known to be gone
    return set(finished.stdout.split())


def _try(script: str, folder: Path) -> None:
    """Ask Slurm whether it would take such a job: a refusal later on would leave the sweep waiting for ever."""
    path = folder / "job.sh"
    path.write_text(script, encoding="utf-8")
    command = ["sbatch", "--test-only", str(path)]
    try:
        finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(f"Slurm: sbatch cannot be run ({error})") from error
    if finished.returncode != 0:
        reason = " ".join(finished.stderr.split()) or f"status {finished.returncode}"
        raise EngineError(f"Slurm refuses the job of {path}: {reason}")


def python_command() -> tuple[str, ...]:
    """Words that run Python with the project, on any node that sees this folder."""
    entry = ROOT / "scripts" / "env"
    return (str(entry), "python3") if entry.exists() and os.access(entry, os.X_OK) else (sys.executable,)


def seconds(walltime: str) -> int:
    """Seconds of ``[days-]hours:minutes:seconds``."""
    days, _, rest = walltime.rpartition("-")
    hours, minutes, remaining = map(int, rest.split(":"))
    return int(days or 0) * 86400 + hours * 3600 + minutes * 60 + remaining
