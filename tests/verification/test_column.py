"""A column with full-face electrodes: layers in series, known exactly."""

import numpy as np
import pytest
import references
from domains import layered_box

from sim.fem.conduction import Terminal
from sim.fem.unit_solves import solve_basis
from sim.tissues import Uniform

SIZE = (0.02, 0.03, 0.024)
LAYERS = [("skin", 0.002), ("fat", 0.006), ("muscle", 0.016)]
CONDUCTIVITIES = (0.002, 0.08, 0.4)
FACES = {"top": lambda x: np.isclose(x[2], SIZE[2]), "bottom": lambda x: np.isclose(x[2], 0.0)}


def solve(z_top, z_bottom, order):
    domain = layered_box((2, 3, 12), SIZE, LAYERS, FACES)
    conductors = tuple(
        Uniform(name, name, σ * np.eye(3), "test") for (name, _), σ in zip(LAYERS, CONDUCTIVITIES, strict=True)
    )
    terminals = (Terminal("a", (("top", z_top),)), Terminal("b", (("bottom", z_bottom),)))
    return solve_basis(domain, conductors, terminals, order=order, tolerance=1e-13)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize(("z_top", "z_bottom"), [(0.0, 0.0), (0.02, 0.0), (0.02, 0.005)])
def test_resistance_of_layers_in_series(z_top, z_bottom, order):
    basis = solve(z_top, z_bottom, order)
    thickness = [d for _, d in LAYERS]
    exact = references.column_resistance(thickness, CONDUCTIVITIES, SIZE[0] * SIZE[1], z_top, z_bottom)
    assert 1 / basis.admittance[0, 0] == pytest.approx(exact, rel=1e-8)
    assert basis.admittance[1, 0] == pytest.approx(-1 / exact, rel=1e-8)


@pytest.mark.parametrize("z", [0.0, 0.02])
def test_density_and_field_are_uniform(z):
    basis = solve(z, z, 2)
    current = basis.admittance[0, 0]
    area = SIZE[0] * SIZE[1]
    np.testing.assert_allclose(basis.contacts[0].density[0], current / area, rtol=1e-7)
    for i, σ in enumerate(CONDUCTIVITIES):
        field = basis.fields[0][basis.layers == i]
        np.testing.assert_allclose(field[..., 2], -current / area / σ, rtol=1e-6)
        np.testing.assert_allclose(field[..., :2], 0.0, atol=1e-6 * current / area / σ)
