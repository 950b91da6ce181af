"""Programs started on one rank or several."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def on_ranks(ranks, *arguments, **environment):
    """Python with these arguments, finished."""
    launcher = ["mpirun", "-n", str(ranks)] if ranks > 1 else []
    return subprocess.run(
        [*launcher, sys.executable, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"} | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def on_one_and_two(script):
    """What a script prints as JSON on one rank and on two."""
    found = []
    for ranks in (1, 2):
        finished = on_ranks(ranks, "-c", script)
        assert finished.returncode == 0, finished.stderr
        found.append(json.loads(finished.stdout))
    return found
