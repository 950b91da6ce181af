"""A disc behind a complex contact on a dispersive layer over a half-space: Hankel transforms with a complex kernel."""

from mpi4py import MPI

import numpy as np
import pytest
import references
from dispersive import MUSCLE, SKIN, Metal, Parallel, harmonics, isotropic
from domains import disc_on_grounded_block

from sim.fem.domain import Domain

RADIUS, THICKNESS = 0.01, 0.003
CONTACT = Parallel(0.02, 1e-3, 0.002)
FREQUENCIES = (1e2, 1e4, 1e6)
κ = (SKIN, MUSCLE[0])
NEAR = 20.0  # half a side of the smaller box, in radii


def in_a_box(half_size):
    """The solutions between the disc and the grounded sides and bottom of a box."""
    layers = [("skin", 1e3 * THICKNESS), ("muscle", None)]
    tagged = disc_on_grounded_block(1e3 * RADIUS, 1e3 * RADIUS * half_size, layers)
    metals = (Metal("disc", (("pad disc", CONTACT),)), Metal("ground", (("ground", None),)))
    media = (isotropic("skin", κ[0]), isotropic("muscle", κ[1]))
    return harmonics(Domain.from_tagged(tagged, MPI.COMM_SELF), media, metals, FREQUENCIES, order=2)


@pytest.fixture(scope="module")
def boxes():
    return [in_a_box(size) for size in (NEAR, 2 * NEAR)]


def exact(frequency_Hz):
    values = [admittivity(frequency_Hz) for admittivity in κ]
    z = CONTACT.impedance(frequency_Hz)
    return references.layered_contact_disc(values, values, [THICKNESS], RADIUS, z).resistance


@pytest.mark.parametrize("frequency_Hz", FREQUENCIES)
def test_impedance_to_infinity(boxes, frequency_Hz):
    """One box of half size L lacks c / L, up to terms of higher order."""
    small, large = (1 / box.admittance(frequency_Hz)[0, 0] for box in boxes)
    error = (2 * large - small) / exact(frequency_Hz) - 1
    print(f"{frequency_Hz:g} Hz: {exact(frequency_Hz):.3f} Ω, off by {error:.2e}")
    assert abs(error) < 5e-3


def test_the_complex_reference_is_the_real_one_times_a_phase():
    """One phase for all admittivities and contacts is one phase of the impedance."""
    turn = np.exp(0.7j)
    σ, z = (0.05, 0.4), 5e-3
    real = references.layered_contact_disc(σ, σ, [THICKNESS], RADIUS, z).resistance
    turned = [s * turn for s in σ]
    found = references.layered_contact_disc(turned, turned, [THICKNESS], RADIUS, z / turn).resistance
    assert found * turn == pytest.approx(real, rel=1e-12)
