"""On several ranks too a case after others of its mesh has the numbers that it has alone.

Not bit for bit: the mesh is not distributed in the same way each time.
"""

import json
import shutil

import numpy as np
import pytest
from launching import ROOT, on_ranks

pytestmark = pytest.mark.skipif(shutil.which("mpirun") is None, reason="mpirun is not installed")

SCRIPT = f"""
import json, tempfile
from pathlib import Path
from mpi4py import MPI
from sim.case import load_case
from sim.progress import Silent
from sim.solving import Meshed, solve_case
from sim.timings import Timings

comm = MPI.COMM_WORLD
example = Path({str(ROOT / "cases" / "tens_low_back.toml")!r})
folder = Path(comm.bcast(tempfile.mkdtemp() if comm.rank == 0 else None))
meshed, found = Meshed(), []
for fat in (0.04, 0.07):
    changes = {{"numerics.accuracy": "draft", "numerics.element_order": 1}}
    case = load_case(example, changes | {{"tissues.override.fat.conductivity_S_per_m": fat}})
    for name, last in (("together", meshed), (f"alone {{fat}}", None)):
        solved = solve_case(case, folder / name, Silent(), Timings(), comm, last)
        if solved is not None:
            found.append([solved.from_cache, solved.basis.admittance.tolist()])
if comm.rank == 0:
    print(json.dumps(found))
"""


def test_two_ranks_share_a_mesh():
    finished = on_ranks(2, "-c", SCRIPT)
    assert finished.returncode == 0, finished.stderr
    from_cache, admittances = zip(*json.loads(finished.stdout), strict=True)
    assert not any(from_cache)
    first, first_alone, second, second_alone = map(np.array, admittances)
    np.testing.assert_allclose(first, first_alone, rtol=1e-8)
    np.testing.assert_allclose(second, second_alone, rtol=1e-8)
    assert abs(first[0, 0] - second[0, 0]) > 1e-3 * first[0, 0]
