"""A disc on a half-space, approached by boxes that grow: Newman's disc, contact impedance, layers, anisotropy."""

from mpi4py import MPI

import numpy as np
import pytest
import references
from domains import disc_on_grounded_block

from sim.fem.conduction import Terminal
from sim.fem.domain import Domain
from sim.fem.unit_solves import solve_basis
from sim.tissues import Uniform

RADIUS = 0.01


def resistance(half_size, layers, conductors, z):
    """Between the disc and the grounded sides and bottom of a box."""
    tagged = disc_on_grounded_block(1e3 * RADIUS, 1e3 * RADIUS * half_size, layers)
    terminals = (Terminal("disc", (("pad disc", z),)), Terminal("ground", (("ground", 0.0),)))
    return 1 / solve_basis(Domain.from_tagged(tagged, MPI.COMM_SELF), conductors, terminals).admittance[0, 0]


def extrapolated(layers, conductors, z, half_size=5.0):
    """Resistance to infinity from two boxes: one of half size L lacks c / L, up to terms of higher order."""
    small, large = (resistance(size, layers, conductors, z) for size in (half_size, 2 * half_size))
    return 2 * large - small


def isotropic(name, σ):
    return Uniform(name, name, σ * np.eye(3), "test")


def test_newman_disc_is_approached_from_below():
    conductors, layers = (isotropic("muscle", 0.3),), [("muscle", None)]
    exact = references.newman_disc_resistance(0.3, RADIUS)
    finite = [resistance(size, layers, conductors, 0.0) for size in (5.0, 10.0, 20.0)]
    assert finite[0] < finite[1] < finite[2] < exact
    assert (exact - finite[0]) / (exact - finite[1]) == pytest.approx(2.0, abs=0.15)
    assert 2 * finite[1] - finite[0] == pytest.approx(exact, rel=5e-3)


@pytest.mark.parametrize("z", [2e-4, 2e-3, 2e-2, 0.2])
def test_disc_behind_a_contact_impedance(z):
    σ = 0.3
    exact = references.contact_disc(σ, RADIUS, z).resistance
    assert extrapolated([("muscle", None)], (isotropic("muscle", σ),), z) == pytest.approx(exact, rel=5e-3)


@pytest.mark.parametrize("z", [0.0, 5e-3])
@pytest.mark.parametrize(("top", "below"), [(0.05, 0.4), (0.4, 0.05)])
def test_disc_on_two_layers(top, below, z):
    thickness = 0.004
    exact = references.layered_contact_disc([top, below], [top, below], [thickness], RADIUS, z).resistance
    if z == 0.0:
        assert exact == pytest.approx(references.layered_disc_resistance(top, below, thickness, RADIUS), rel=1e-8)
    layers = [("fat", 1e3 * thickness), ("muscle", None)]
    found = extrapolated(layers, (isotropic("fat", top), isotropic("muscle", below)), z, half_size=20.0)
    assert found == pytest.approx(exact, rel=1e-2)


def test_fibres_along_the_surface_and_across_it():
    σ_l, σ_t = 0.45, 0.15
    across = references.fibre_disc_resistance(σ_l, σ_t, RADIUS)
    upright = references.axial_disc_resistance(σ_t, σ_l, RADIUS)
    layers = [("muscle", None)]
    for diagonal, exact in (((σ_l, σ_t, σ_t), across), ((σ_t, σ_t, σ_l), upright)):
        muscle = Uniform("muscle", "muscle", np.diag(diagonal), "test")
        assert extrapolated(layers, (muscle,), 0.0) == pytest.approx(exact, rel=1e-2)
