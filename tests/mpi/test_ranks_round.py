"""A limb with a stack, a part of it detached, and a nerve in a sheet: power and currents, on one rank and on two."""

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
from domains import fibrous, isotropic, volume_power
from meshes.bodies import Limb
from meshes.build import build_mesh
from meshes.construction import BuiltPad, Detached, StackLayer
from meshes.geometry import Geometry
from meshes.inclusions import Cylinder
from meshes.layers import Core, Layer
from meshes.pads import Disc, Rectangle
from sim.exposure.triangles import facet_areas
from sim.fem.conduction import Sheet, Terminal
from sim.fem.domain import Domain
from sim.fem.unit_solves import solve_basis

comm = MPI.COMM_WORLD
core = Core(tissue="muscle", fibre_direction=(1.0, 0.0, 0.0))
body = Limb(kind="limb", length_mm=120.0, radius_mm=30.0, layers=(Layer(tissue="fat", thickness_mm=5.0),), core=core)
pads = (
    BuiltPad(
        name="a", pad=Rectangle(kind="rectangle", length_mm=30.0, width_mm=30.0), position_mm=(-30.0, 0.0),
        stack=(StackLayer(material="gel", thickness_mm=1.0),),
        detached=(Detached(outline=Disc(kind="disc", diameter_mm=12.0)),),
    ),
    BuiltPad(name="b", pad=Disc(kind="disc", diameter_mm=20.0), position_mm=(30.0, 20.0)),
)
nerve = Cylinder(
    kind="cylinder", name="nerve", tissue="nerve", sheet_ohm_cm2=100.0, radius_mm=3.0,
    start_mm=(-25.0, 0.0, 12.0), end_mm=(25.0, 0.0, 12.0),
)
tagged = build_mesh(Geometry(body=body, pads=pads, inclusions=(nerve,)), "draft") if comm.rank == 0 else None
conductors = (
    isotropic("fat", 0.08), fibrous("muscle", body, (1.0, 0.0, 0.0), 0.4, 0.13),
    isotropic("nerve", 1.0), isotropic("a 1 gel", 0.05),
)
sheets = (Sheet("contact a", 0.02), Sheet("sheet nerve", 0.01))
terminals = (Terminal("a", (("terminal a", 0.0),), ("contact a",)), Terminal("b", (("pad b", 0.02),)))
basis = solve_basis(Domain.from_tagged(tagged, comm), conductors, terminals, sheets=sheets, tolerance=1e-12)
if basis is not None:
    V = np.array([1.0, -0.5])
    areas = [facet_areas(contact.corners) for contact in basis.contacts]
    jumps = []
    for inside, outside in zip(*(tagged.facets[tagged.facet_tags == tagged.face_names["sheet nerve " + side]]
                                 for side in ("inside", "outside"))):
        corners = [np.sort(side)[np.lexsort(tagged.points_mm[np.sort(side)].T)] for side in (inside, outside)]
        φ = [V @ basis.potentials[:, side] for side in corners]
        edges = tagged.points_mm[corners[0]] * 1e-3
        area = np.linalg.norm(np.cross(edges[1] - edges[0], edges[2] - edges[0])) / 2
        jumps.append(area / 12 * ((φ[1] - φ[0]) @ (np.ones((3, 3)) + np.eye(3)) @ (φ[1] - φ[0])))
    print(json.dumps({
        "admittance": basis.admittance.tolist(),
        "losses": [contact.losses.tolist() for contact in basis.contacts],
        "carried": [(c.density.mean(axis=2) @ a).tolist() for c, a in zip(basis.contacts, areas)],
        "areas": [float(a.sum()) for a in areas],
        "same points": bool(np.allclose(basis.points, tagged.points_mm * 1e-3)),
        "given": float(V @ basis.admittance @ V),
        "volume": float(volume_power(basis, V)),
        "contacts": float(sum(V @ contact.losses @ V for contact in basis.contacts)),
        "nerve": float(sum(jumps)) / 0.01,
    }))
"""


@pytest.fixture(scope="module")
def runs():
    return on_one_and_two(SCRIPT)


@pytest.mark.parametrize("key", ["admittance", "losses", "carried", "areas", "volume"])
def test_two_ranks_find_what_one_finds(runs, key):
    one, two = (np.array(run[key]) for run in runs)
    np.testing.assert_allclose(two, one, rtol=1e-8, atol=1e-9 * np.abs(one).max())


def test_the_contacts_carry_the_currents(runs):
    for run in runs:
        np.testing.assert_allclose(run["carried"], run["admittance"], rtol=1e-8)


def test_a_detached_part_is_no_contact(runs):
    assert runs[0]["areas"][0] == pytest.approx(9e-4 - np.pi * 0.006**2, rel=5e-3)


def test_all_power_is_accounted_for(runs):
    """In the volume, the contacts, and the sheet around the nerve, whose heat follows from the jump at its vertices."""
    for run in runs:
        assert run["same points"]
        heat = run["volume"] + run["contacts"] + run["nerve"]
        assert run["nerve"] > 1e-4 * run["given"]
        assert run["given"] - run["volume"] - run["contacts"] == pytest.approx(run["nerve"], rel=2e-2)
        assert heat == pytest.approx(run["given"], rel=1e-4)
