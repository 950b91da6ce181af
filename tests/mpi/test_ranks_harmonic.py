"""A dispersive column with a sheet, a complex contact and a perfect one: the same on one rank and on two."""

import shutil

import numpy as np
import pytest
from launching import on_one_and_two

pytestmark = pytest.mark.skipif(shutil.which("mpirun") is None, reason="mpirun is not installed")

SCRIPT = """
import json, sys
from mpi4py import MPI
import numpy as np
sys.path.insert(0, "tests/verification")
from dispersive import Debye, Metal, Straight
from dispersive import KINDLayer as Layer, KINDMembrane as Membrane, KINDParallel as Parallel
from domains import box_mesh, split
from sim.fem.domain import Domain
from sim.fem.harmonic_solves import solve_harmonics
from sim.harmonic_terms import Terms
from sim.harmonics import Harmonics, log_spaced

comm = MPI.COMM_WORLD
halves = {"upper": lambda x: x[2] > 12.0, "lower": lambda x: x[2] < 12.0}
faces = {
    "left": lambda x: np.isclose(x[2], 24.0) & (x[0] < 11.0), "right": lambda x: np.isclose(x[2], 24.0) & (x[0] > 14.0),
    "bottom": lambda x: np.isclose(x[2], 0.0),
}
tagged = split(box_mesh((6, 3, 6), (20.0, 30.0, 24.0), halves, faces), "skin", "lower") if comm.rank == 0 else None
media = (
    Layer("upper", "upper", *(2 * (Debye(0.02, 15.0, ((3.3e4, 1.6e-4),)),))),
    Layer("lower", "lower", Debye(0.4, 7e3), Debye(0.1, 2e3, ((5e5, 1e-3),)), Straight((1.0, 0.0, 0.5))),
)
metals = (
    Metal("a", (("left", Parallel(0.02, 1e-3, 0.002)),)), Metal("b", (("right", None),)),
    Metal("c", (("bottom", Parallel(0.01)),), ("skin",)),
)
sheets, band = (Membrane("skin", Parallel(0.5, 1e-4)),), log_spaced(1e2, 1e6, 4)
domain = Domain.from_tagged(tagged, comm)
basis = solve_harmonics(domain, media, metals, band, sheets=sheets, accuracy=ACCURACY, tolerance=1e-12)
if basis is not None:
    found = Harmonics(basis, Terms.of(media, metals, sheets, band))
    pair = lambda values: [np.real(values).tolist(), np.imag(values).tolist()]
    frequencies = (1e2, 777.0, 3e4, 1e6)
    weights = basis.points @ [1.0, 2.0, 3.0]
    print(json.dumps({
        "admittance": [pair(found.admittance(f)) for f in frequencies],
        "losses": [pair(found.losses(k, f)) for k in range(3) for f in frequencies],
        "density": [pair(found.density(k, f).mean(axis=(1, 2))) for k in range(3) for f in frequencies],
        "potential": [pair(found.coefficients(f) @ basis.potentials @ weights) for f in frequencies],
        "snapshots": basis.facts.snapshots,
        "solved": list(basis.facts.frequencies_Hz),
        "same points": bool(np.allclose(basis.points, tagged.points_mm * 1e-3)),
    }))
"""


@pytest.fixture(
    scope="module", params=[("", "complex", "1e-10"), ("Relaxing", "real", "1e-6")], ids=["complex", "real"]
)
def found(request):
    kind, snapshots, accuracy = request.param
    return snapshots, on_one_and_two(SCRIPT.replace("KIND", kind).replace("ACCURACY", accuracy))


@pytest.fixture
def runs(found):
    return found[1]


@pytest.mark.parametrize("key", ["admittance", "losses", "density", "potential"])
def test_two_ranks_find_what_one_finds(runs, key):
    one, two = (np.array(run[key]) for run in runs)
    np.testing.assert_allclose(two, one, rtol=1e-8, atol=1e-8 * np.abs(one).max())


def test_the_same_frequencies_are_solved(found):
    snapshots, runs = found
    assert runs[0]["solved"] == runs[1]["solved"]
    assert runs[0]["snapshots"] == runs[1]["snapshots"] == snapshots
    assert runs[0]["same points"]
    assert runs[1]["same points"]
