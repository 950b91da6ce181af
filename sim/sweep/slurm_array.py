"""A script for sbatch that computes what is missing as an array of jobs; Slurm alone carries it out."""

import json
import math
import os
import shlex
import subprocess
import uuid
from pathlib import Path

from meshes.store import write_atomically
from sim.sweep.engines.slurm import python_command
from sim.sweep.plan import Plan, Planned
from sim.sweep.preparing import make_chunk, prepare
from sim.sweep.standing import Options
from sim.sweep.store import Store

MAX_ARRAY_SIZE = 1001  # Slurm's own default; the largest index is one less

SCRIPT = """#!/bin/bash
# Entries {first} to {last} of {total} of the sweep {title}; submit: sbatch {name}
# Afterwards: faradic sweep collect. What is still missing then: faradic sweep slurm-script again.
#SBATCH --job-name=faradic-sweep
#SBATCH --array=0-{top}
#SBATCH --output={logs}/%A_%a.out
#SBATCH --time={walltime}
#SBATCH --mem={memory}M
{directives}
set -u
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
export XDG_CACHE_HOME={compiled} FARADIC_CACHE={cache}
entry=$((SLURM_ARRAY_TASK_ID + {first}))
# A case that ends its process is left out after {attempts} attempts; the others of the entry follow.
for attempt in $(seq {tries}); do
    {python} -m sim.sweep.task {work}/{run}-$entry.json && exit 0
    status=$?
    echo "attempt $attempt ended with status $status" >&2
done
exit $status
"""


def write_script(plan: Plan, store: Store, options: Options, jobs: int) -> list[Path]:
    """Write the entries and one script for each ``MaxArraySize`` of them; no script where nothing is missing.

    Parameters
    ----------
    jobs
        Entries at most; cases that share basis solutions stay together.

    Raises
    ------
    StudyError
        If a driver is at work in the folder: both would attempt the same cases.
    """
    with store.driven():
        missing, _ = prepare(plan, store, options)
    if not missing:
        return []
    run = uuid.uuid4().hex[:12]
    entries = divide(missing, jobs)
    logs = store.root / "slurm"
    logs.mkdir(parents=True, exist_ok=True)
    for number, cases in enumerate(entries):
        make_chunk(plan, store, options, run, number, cases, {}).write()
    size = max_array_size()
    firsts = range(0, len(entries), size)
    return [_script(plan, store, options, run, first, entries[first : first + size], len(entries)) for first in firsts]


def divide(cases: list[Planned], parts: int) -> list[list[Planned]]:
    """About equal parts of the cases in the order of what they share; no more parts than asked for."""
    ordered = sorted(cases, key=lambda case: (case.mesh, case.basis))
    size = math.ceil(len(ordered) / parts)
    return [ordered[i : i + size] for i in range(0, len(ordered), size)]


def max_array_size() -> int:
    """How many entries an array may have: ``MaxArraySize`` of this cluster, Slurm's default where it does not say."""
    try:
        finished = subprocess.run(
            ["scontrol", "show", "config"], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return MAX_ARRAY_SIZE
    lines = (line.split("=") for line in finished.stdout.splitlines() if line.startswith("MaxArraySize"))
    return next((int(parts[1]) for parts in lines), MAX_ARRAY_SIZE)


def _script(
    plan: Plan, store: Store, options: Options, run: str, first: int, entries: list[list[Planned]], total: int
) -> Path:
    cluster, root = plan.study.cluster, store.root.resolve()
    directives = [f"--partition={cluster.partition}"] if cluster.partition else []
    directives += [f"--account={cluster.account}"] if cluster.account else []
    directives += [f"--ntasks={plan.study.parallel.ranks}"] if plan.study.parallel else []
    path = root / f"array-{first}.sh"
    longest = max(len(cases) for cases in entries)
    text = SCRIPT.format(
        first=first,
        last=first + len(entries) - 1,
        total=total,
        title=json.dumps(plan.study.title),
        name=shlex.quote(str(path)),
        top=len(entries) - 1,
        logs=root / "slurm",
        walltime=cluster.walltime,
        memory=math.ceil(cluster.memory_GB * 1000),
        directives="\n".join(f"#SBATCH {text}" for text in (*directives, *cluster.directives)),
        compiled=shlex.quote(os.environ["XDG_CACHE_HOME"]),
        cache=shlex.quote(os.environ["FARADIC_CACHE"]),
        attempts=options.retries + 1,
        tries=1 + (options.retries + 1) * longest,
        python=shlex.join(python_command()),
        work=shlex.quote(str(root / "work")),
        run=run,
    )
    write_atomically(path, lambda partial: partial.write_text(text, encoding="utf-8"))
    path.chmod(0o755)
    return path
