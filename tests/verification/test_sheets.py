"""Thin sheets, and stacks of layers between metal and body, against resistances that are known exactly."""

import dataclasses

from mpi4py import MPI

import numpy as np
import pytest
import three_pads
from domains import box_mesh, moved, split, volume_power

from meshes.tagged import TaggedMesh
from sim.basis import Basis
from sim.errors import SolverError
from sim.exposure.triangles import facet_areas
from sim.fem.conduction import Sheet, Terminal
from sim.fem.domain import Domain
from sim.fem.unit_solves import solve_basis
from sim.tissues import Conductor

SIZE_MM, AREA = (20.0, 30.0, 24.0), 6e-4  # m2
UPPER, LOWER = 0.1, 0.4  # S/m, each half of the column
ENDS = {"top": lambda x: np.isclose(x[2], 24.0), "bottom": lambda x: np.isclose(x[2], 0.0)}
HALVES = {"upper": lambda x: x[2] > 12.0, "lower": lambda x: x[2] < 12.0}
TERMINALS = (Terminal("a", (("top", 0.02),), ("skin",)), Terminal("b", (("bottom", 0.0),)))


def isotropic(name, σ):
    return Conductor(name, name, σ, σ, None, "test")


CONDUCTORS = (isotropic("upper", UPPER), isotropic("lower", LOWER))


def column(where=lambda x: x[2] > 0.0):
    """Two halves with the sheet ``skin`` between them, where a function of points is true."""
    return split(box_mesh((4, 3, 4), SIZE_MM, HALVES, ENDS), "skin", "lower", where)


def column_resistance(*z):
    return (0.012 / UPPER + 0.012 / LOWER + 0.02 + sum(z)) / AREA


def solve(tagged, sheets=(), terminals=TERMINALS, conductors=CONDUCTORS, tolerance=1e-13, **options):
    domain = Domain.from_tagged(tagged, MPI.COMM_SELF)
    return solve_basis(domain, conductors, terminals, sheets=sheets, tolerance=tolerance, **options)


def assert_power_balances(basis, voltages):
    """What the sources give is what heats the volume, the contacts and the sheets below the terminals."""
    V = np.array(voltages)
    heat = volume_power(basis, V) + sum(V @ contact.losses @ V for contact in basis.contacts)
    assert V @ basis.admittance @ V == pytest.approx(heat, rel=1e-8)


def assert_contacts_carry_the_currents(basis):
    for j, contact in enumerate(basis.contacts):
        carried = contact.density.mean(axis=2) @ facet_areas(contact.corners)
        np.testing.assert_allclose(carried, basis.admittance[j], rtol=1e-8)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("z", [1e-7, 1e-5, 1e-3, 0.1, 10.0, 1e3])
def test_a_sheet_adds_its_impedance_to_a_column(z, order):
    basis = solve(column(), (Sheet("skin", z),), order=order)
    assert 1 / basis.admittance[0, 0] == pytest.approx(column_resistance(z), rel=1e-7)
    assert basis.facts.iterations < 60
    J = 1 / column_resistance(z) / AREA
    np.testing.assert_allclose(basis.contacts[0].density[0], J, rtol=1e-6)
    np.testing.assert_allclose(basis.contacts[0].corners[..., 2], 0.012)
    assert basis.contacts[0].losses[0, 0] == pytest.approx((0.02 + z) * J**2 * AREA, rel=1e-7)
    assert_contacts_carry_the_currents(basis)
    assert_power_balances(basis, [1.0, -0.4])


def test_the_potential_jumps_from_outside_to_inside():
    basis, z = solve(column(), (Sheet("skin", 0.1),)), 0.1
    assert basis.points[:, 2].max() == pytest.approx(0.024)
    at_sheet = np.isclose(basis.points[basis.cells][..., 2], 0.012)
    sides = [basis.potentials[0][basis.cells][at_sheet & (basis.layers == i)[:, None]] for i in (0, 1)]
    J = basis.admittance[0, 0] / AREA
    np.testing.assert_allclose(sides[0], 1.0 - J * (0.02 + 0.012 / UPPER), rtol=1e-8)
    np.testing.assert_allclose(sides[0][0] - sides[1], J * z, rtol=1e-7)


def test_two_sheets_one_below_the_other():
    volumes = {"upper": HALVES["upper"], "middle": lambda x: (x[2] < 12.0) & (x[2] > 6.0), "lower": lambda x: x[2] < 6}
    tagged = box_mesh((2, 3, 4), SIZE_MM, volumes, ENDS)
    tagged = split(split(tagged, "film", "lower"), "skin", "middle", lambda x: x[2] > 11.0)
    conductors = (*CONDUCTORS, isotropic("middle", LOWER))
    basis = solve(tagged, (Sheet("skin", 0.01), Sheet("film", 0.3)), conductors=conductors)
    assert 1 / basis.admittance[0, 0] == pytest.approx(column_resistance(0.01, 0.3), rel=1e-8)


def test_sheets_may_meet_at_an_edge():
    """The upper half is two gels beside each other at the same voltage: nothing crosses the sheet between them."""
    volumes = {"left": lambda x: x[0] < 10.0, "upper": lambda x: x[0] > 10.0, "lower": HALVES["lower"]}
    whole = box_mesh((4, 3, 4), SIZE_MM, volumes, ENDS)
    conductors = (*CONDUCTORS, isotropic("left", UPPER))
    gels = whole.cell_tags < 3  # the sheet inside of which the gels are makes duplicates of duplicates
    one_gel = dataclasses.replace(whole, cell_tags=np.where(gels, 1, 3))
    for first in (split(whole, "skin", "lower"), split(one_gel, "skin", "left")):
        tagged = split(dataclasses.replace(first, cell_tags=whole.cell_tags), "gap", "upper", lambda x: x[2] > 12.0)
        basis = solve(tagged, (Sheet("skin", 0.01), Sheet("gap", 1e-3)), conductors=conductors)
        assert 1 / basis.admittance[0, 0] == pytest.approx(column_resistance(0.01), rel=1e-8)


@pytest.mark.parametrize("order", [1, 2])
def test_a_sheet_may_end_within_the_body(order):
    ends = {"whole": lambda x: x[2] > 0.0, "half": lambda x: x[0] < 10.0, "window": lambda x: abs(x[0] - 10.0) < 5.0}
    found = {}
    for name, where in ends.items():
        tagged = column(where)
        basis = solve(tagged, (Sheet("skin", 0.3),), order=order)
        assert_power_balances(basis, [1.0, 0.0])
        found[name] = 1 / basis.admittance[0, 0]
    assert column_resistance(0.0) < found["window"] < found["whole"]
    assert column_resistance(0.0) < found["half"] < found["whole"]
    shared = np.setdiff1d(tagged.facets[tagged.facet_tags == tagged.face_names["skin inside"]], tagged.twins)
    assert len(shared) > 0  # the ends, where nothing is doubled


def test_a_sheet_is_what_a_meshed_layer_becomes_when_it_gets_thinner():
    """Below an electrode over half of the top, so that the current also spreads.

    All that the sheet neglects is what the layer conducts along itself, per width d σ = d²/z: the difference falls so.
    """
    z, half = 0.01, {"top": lambda x: np.isclose(x[2], 27.0) & (x[0] < 10.01), "bottom": ENDS["bottom"]}
    layers = {"lower": HALVES["lower"], "skin": lambda x: abs(x[2] - 13.5) < 1.5, "upper": lambda x: x[2] > 15.0}
    meshed = box_mesh((6, 3, 9), (20.0, 30.0, 27.0), layers, half)
    half = half | {"top": lambda x: np.isclose(x[2], 24.0) & (x[0] < 10.01)}
    thin = solve(split(box_mesh((6, 3, 8), SIZE_MM, HALVES, half), "skin", "lower"), (Sheet("skin", z),))
    terminals = (Terminal("a", (("top", 0.02),)), TERMINALS[1])
    differences = []
    for d in (2.0, 1.0, 0.5):
        points = meshed.points_mm.copy()
        points[:, 2] = np.interp(points[:, 2], (0.0, 12.0, 15.0, 27.0), (0.0, 12.0, 12.0 + d, 24.0 + d))
        conductors = (*CONDUCTORS, isotropic("skin", d * 1e-3 / z))
        thick = solve(dataclasses.replace(meshed, points_mm=points), (), terminals, conductors)
        differences.append(abs(thick.admittance[0, 0] / thin.admittance[0, 0] - 1.0))
    assert differences[0] / differences[1] == pytest.approx(4.0, abs=0.4)
    assert differences[1] / differences[2] == pytest.approx(4.0, abs=0.4)
    assert differences[2] < 1e-4


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("z_metal", [0.0, 0.003])
def test_the_contact_of_a_stack_is_its_sheet(z_metal, order):
    """A pad of gel on the body: density, losses and area are those of the sheet below it, not of the metal."""
    volumes = {
        "upper": lambda x: (x[2] > 18.0) & (abs(x[0] - 10.0) < 5.0) & (abs(x[1] - 15.0) < 10.0),
        "lower": lambda x: x[2] < 18.0,
    }
    tagged = split(box_mesh((4, 6, 4), SIZE_MM, volumes, ENDS), "skin", "lower")
    terminals = (Terminal("a", (("top", z_metal),), ("skin",)), Terminal("b", (("bottom", 0.01),)))
    basis = solve(tagged, (Sheet("skin", 0.02),), terminals, order=order)
    assert facet_areas(basis.contacts[0].corners).sum() == pytest.approx(2e-4)
    np.testing.assert_allclose(basis.contacts[0].corners[..., 2], 0.018)
    assert basis.contacts[0].density[0].std() > 1e-3 * basis.contacts[0].density[0].mean()
    assert_contacts_carry_the_currents(basis)
    assert_power_balances(basis, [1.0, -0.4])
    loaded_by = solve(tagged, (Sheet("skin", 0.02),), (dataclasses.replace(terminals[0], sheets=()), terminals[1]))
    np.testing.assert_allclose(loaded_by.contacts[0].corners[..., 2], 0.024)


def test_a_sheet_of_almost_no_impedance_changes_nothing():
    tagged = split(three_pads.tagged_mesh(), "film", "skin")
    basis = solve(tagged, (Sheet("film", 1e-7),), three_pads.TERMINALS, three_pads.CONDUCTORS)
    np.testing.assert_allclose(basis.admittance, three_pads.basis().admittance, rtol=1e-5)
    assert basis.facts.iterations < 60


def test_impedances_of_the_body_and_the_sheet_scale_together():
    """All lengths times s: resistances fall by s when the impedances per area grow by s."""
    plain, grown = column(), moved(column(), 2.0 * np.eye(3))
    terminals = (Terminal("a", (("top", 0.04),), ("skin",)), TERMINALS[1])
    small, large = solve(plain, (Sheet("skin", 0.05),)), solve(grown, (Sheet("skin", 0.1),), terminals)
    np.testing.assert_allclose(large.admittance, 2.0 * small.admittance, rtol=1e-9)


@pytest.mark.parametrize("z", [0.0, -1.0, np.inf, np.nan])
def test_an_impedance_that_is_none(z):
    with pytest.raises(ValueError, match="sheet skin: impedance"):
        Sheet("skin", z)


def test_a_facet_without_a_counterpart():
    tagged = column()
    keep = np.arange(len(tagged.facets)) != np.flatnonzero(tagged.facet_tags == tagged.face_names["skin inside"])[3]
    broken = dataclasses.replace(tagged, facets=tagged.facets[keep], facet_tags=tagged.facet_tags[keep])
    with pytest.raises(
        SolverError, match=r"facets alone on a side of the sheet skin is 1, allowed 0; 23 inside, 24 out"
    ):
        solve(broken, (Sheet("skin", 1.0),))


def test_a_sheet_whose_twins_are_not_known():
    with pytest.raises(SolverError, match="skin is 48, allowed 0; 24 inside, 24 outside"):
        solve(dataclasses.replace(column(), twins=np.empty((0, 2), dtype=np.int64)), (Sheet("skin", 1.0),))


def test_a_sheet_without_facets():
    tagged = column()
    names = tagged.face_names | {"film outside": 98, "film inside": 99}
    with pytest.raises(KeyError, match="sheet film: its faces film outside and film inside are empty"):
        solve(dataclasses.replace(tagged, face_names=names), (Sheet("skin", 1.0), Sheet("film", 1.0)))


def test_a_sheet_that_is_nowhere():
    with pytest.raises(KeyError, match=r"film (out|in)side"):
        solve(column(), (Sheet("skin", 1.0), Sheet("film", 1.0)))
    with pytest.raises(KeyError, match="terminal a: there is no sheet skin"):
        solve(column())


def test_a_split_mesh_and_its_basis_survive_the_disk(tmp_path):
    tagged = column()
    tagged.save(tmp_path / "mesh.npz")
    again = TaggedMesh.load(tmp_path / "mesh.npz")
    np.testing.assert_array_equal(again.twins, tagged.twins)
    basis = solve(again, (Sheet("skin", 0.1),))
    basis.save(tmp_path / "basis.npz")
    kept = Basis.load(tmp_path / "basis.npz")
    np.testing.assert_array_equal(kept.conductivity, basis.conductivity)
    np.testing.assert_array_equal(kept.contacts[0].losses, basis.contacts[0].losses)
