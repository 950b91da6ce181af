"""A sheet whose two sides live on different ranks couples as on one rank, and its errors are those of every rank."""

import shutil

import numpy as np
import pytest
from launching import on_one_and_two

pytestmark = pytest.mark.skipif(shutil.which("mpirun") is None, reason="mpirun is not installed")

SCRIPT = """
import dataclasses, json, sys
from mpi4py import MPI
import numpy as np
sys.path.insert(0, "tests/verification")
from domains import box_mesh, split
from sim.errors import SolverError
from sim.exposure.triangles import facet_areas
from sim.fem.conduction import Sheet, Terminal
from sim.fem.domain import Domain
from sim.fem.unit_solves import solve_basis
from sim.tissues import Conductor

comm = MPI.COMM_WORLD
conductors = Conductor("upper", "fat", 0.1, 0.1, None, ""), Conductor("lower", "muscle", 0.4, 0.4, None, "")
terminals = Terminal("a", (("top", 0.02), ("side", 0.0)), ("skin",)), Terminal("b", (("bottom", 0.001),))

def mesh(where):
    volumes = {"upper": lambda x: x[2] > 12.0, "lower": lambda x: x[2] < 12.0}
    faces = {"top": lambda x: np.isclose(x[2], 24.0), "bottom": lambda x: np.isclose(x[2], 0.0)}
    faces["side"] = lambda x: np.isclose(x[0], 20.0) & (x[2] > 17.9)
    return split(box_mesh((4, 3, 4), (20.0, 30.0, 24.0), volumes, faces), "skin", "lower", where)

def solve(tagged, order=2):
    domain = Domain.from_tagged(tagged if comm.rank == 0 else None, comm)
    sheets = (Sheet("skin", 0.01),)
    return solve_basis(domain, conductors, terminals, sheets=sheets, order=order, tolerance=1e-13), domain

results, across = [], 0
for where in (lambda x: x[2] > 0.0, lambda x: x[0] < 10.0):
    for order in (1, 2):
        basis, domain = solve(mesh(where), order)
        owned = comm.allgather([len(domain.face("skin " + side)) for side in ("outside", "inside")])
        across = max(across, *(abs(outside - inside) for outside, inside in owned))
        if basis is not None:
            areas = [facet_areas(contact.corners) for contact in basis.contacts]
            results.append({
                "admittance": basis.admittance.tolist(),
                "losses": [contact.losses.tolist() for contact in basis.contacts],
                "squares": [(c.density**2).mean(axis=2).dot(a).tolist() for c, a in zip(basis.contacts, areas)],
                "conductivity": float(basis.conductivity[:, 0, 0].sum()),
            })
tagged = mesh(lambda x: x[2] > 0.0)
keep = np.arange(len(tagged.facets)) != len(tagged.facets) - 1
try:
    solve(dataclasses.replace(tagged, facets=tagged.facets[keep], facet_tags=tagged.facet_tags[keep]))
except SolverError as error:
    errors = comm.gather(str(error))
if comm.rank == 0:
    print(json.dumps({"results": results, "across": across, "errors": errors}))
"""


@pytest.fixture(scope="module")
def runs():
    return on_one_and_two(SCRIPT)


def test_some_facets_have_their_counterpart_on_the_other_rank(runs):
    assert runs[0]["across"] == 0
    assert runs[1]["across"] > 0


@pytest.mark.parametrize("key", ["admittance", "losses", "squares", "conductivity"])
def test_two_ranks_find_what_one_finds(runs, key):
    one, two = ([result[key] for result in run["results"]] for run in runs)
    assert len(one) == len(two) == 4
    for alone, together in zip(one, two, strict=True):
        np.testing.assert_allclose(together, alone, rtol=1e-8)


def test_every_rank_learns_of_a_facet_without_counterpart(runs):
    for ranks, run in zip((1, 2), runs, strict=True):
        assert len(run["errors"]) == ranks
        assert all("skin is 1, allowed 0; 23 inside, 24 outside" in error for error in run["errors"])
