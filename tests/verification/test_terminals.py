"""Terminals of several faces: resistances in parallel, perfect contacts beside others, power and currents."""

from mpi4py import MPI

import numpy as np
import pytest
from domains import box_mesh, volume_power

from sim.exposure.triangles import facet_areas
from sim.fem.conduction import Terminal
from sim.fem.domain import Domain
from sim.fem.unit_solves import solve_basis
from sim.tissues import Conductor

SIZE_MM = (20.0, 30.0, 24.0)
MUSCLE = Conductor("muscle", "muscle", 0.3, 0.3, None, "test")


def solve(tagged, terminals, order=2):
    domain = Domain.from_tagged(tagged, MPI.COMM_SELF)
    return solve_basis(domain, (MUSCLE,), terminals, order=order, tolerance=1e-13)


def on(axis, value, other=lambda x: x[2] > -1.0):
    return lambda x: np.isclose(x[axis], value) & other(x)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize(("z_left", "z_right"), [(0.01, 0.1), (0.0, 0.1), (0.0, 0.0), (1e3, 0.0)])
def test_two_columns_are_resistances_in_parallel(z_left, z_right, order):
    """Two columns with a gap between them, the left one half as wide, both ends of both on common terminals."""
    volumes = {"muscle": lambda x: (x[0] < 5.0) | (x[0] > 10.0)}
    faces = {
        f"{side} {end}": on(2, z, lambda x, low=low, high=high: (x[0] > low) & (x[0] < high))
        for side, low, high in (("left", -1.0, 5.1), ("right", 9.9, 21.0))
        for end, z in (("top", 24.0), ("bottom", 0.0))
    }
    tagged = box_mesh((4, 3, 3), SIZE_MM, volumes, faces)
    terminals = (
        Terminal("a", (("left top", z_left), ("right top", z_right))),
        Terminal("b", (("left bottom", 0.0), ("right bottom", 0.002))),
    )
    basis = solve(tagged, terminals, order)
    left, right = (0.024 / 0.3 + z_left) / 1.5e-4, (0.024 / 0.3 + z_right + 0.002) / 3e-4
    assert basis.admittance[0, 0] == pytest.approx(1 / left + 1 / right, rel=1e-8)
    contact = basis.contacts[0]
    assert facet_areas(contact.corners).sum() == pytest.approx(4.5e-4)
    on_left = contact.corners[:, :, 0].max(axis=1) < 0.0051
    np.testing.assert_allclose(contact.density[0][on_left], 1 / left / 1.5e-4, rtol=1e-7)
    np.testing.assert_allclose(contact.density[0][~on_left], 1 / right / 3e-4, rtol=1e-7)
    losses = z_left / left**2 / 1.5e-4 + z_right / right**2 / 3e-4
    assert contact.losses[0, 0] == pytest.approx(losses, rel=1e-7)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("impedances", [(0.01, 0.1, 0.003), (0.0, 0.1, 0.0), (0.01, 0.0, 0.0), (0.0, 0.0, 0.0)])
def test_faces_that_share_edges_and_cells(impedances, order):
    """Metal around a corner of the body: a cell there has facets behind different impedances."""
    faces = {
        "top": on(2, 24.0, lambda x: (x[0] < 10.1) & (x[1] < 20.1)),
        "front": on(1, 0.0, lambda x: (x[0] < 10.1) & (x[2] > 11.9)),
        "side": on(0, 0.0, lambda x: (x[2] > 11.9) & (x[1] < 20.1)),
        "far": on(0, 20.0),
    }
    tagged = box_mesh((4, 3, 4), SIZE_MM, {"muscle": lambda x: x[2] > 0.0}, faces)
    metal = tuple(zip(("top", "front", "side"), impedances, strict=True))
    basis = solve(tagged, (Terminal("a", metal), Terminal("b", (("far", 0.01),))), order)
    for j, contact in enumerate(basis.contacts):
        carried = contact.density.mean(axis=2) @ facet_areas(contact.corners)
        np.testing.assert_allclose(carried, basis.admittance[j], rtol=1e-8)
    V = np.array([1.0, -0.4])
    heat = volume_power(basis, V) + sum(V @ contact.losses @ V for contact in basis.contacts)
    assert V @ basis.admittance @ V == pytest.approx(heat, rel=1e-8)


def test_the_order_of_the_faces_does_not_matter():
    faces = {"top": on(2, 24.0), "front": on(1, 0.0), "far": on(0, 20.0)}
    tagged = box_mesh((3, 3, 3), SIZE_MM, {"muscle": lambda x: x[2] > 0.0}, faces)
    far = Terminal("b", (("far", 0.01),))
    one = solve(tagged, (Terminal("a", (("top", 0.01), ("front", 0.3))), far))
    other = solve(tagged, (Terminal("a", (("front", 0.3), ("top", 0.01))), far))
    swapped = solve(tagged, (Terminal("a", (("top", 0.3), ("front", 0.01))), far))
    np.testing.assert_allclose(other.admittance, one.admittance, rtol=1e-9)
    assert abs(swapped.admittance[0, 0] / one.admittance[0, 0] - 1) > 0.01


@pytest.mark.parametrize("z", [-1.0, np.inf, np.nan])
def test_an_impedance_that_is_none(z):
    with pytest.raises(ValueError, match="terminal a: top behind"):
        Terminal("a", (("front", 0.0), ("top", z)))


def test_a_terminal_without_a_face():
    with pytest.raises(ValueError, match="terminal a has no face"):
        Terminal("a", ())
