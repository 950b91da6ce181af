"""The example case against a cosine-series solution of the same block, which shares nothing with finite elements."""

from pathlib import Path

from mpi4py import MPI

import numpy as np
import pytest
import references

from meshes.build import build_mesh
from sim.case import load_case
from sim.exposure.electrodes import electrode_exposures
from sim.exposure.probes import probe_exposures
from sim.exposure.windows import ONE_CM2_RADIUS
from sim.fem.domain import Domain
from sim.fem.unit_solves import solve_basis
from sim.response import respond
from sim.steady import case_terminals
from sim.tissues import case_conductors

CASE = Path(__file__).parents[2] / "cases" / "tens_low_back.toml"


@pytest.fixture(scope="module")
def case():
    return load_case(CASE)


@pytest.fixture(scope="module")
def reference(case):
    """The block with its origin in a corner, 1 A in at the left pad and out at the right."""
    body = case.body
    size = (body.length_mm * 1e-3, body.width_mm * 1e-3)
    block = references.Block(
        size=size,
        thickness=tuple(layer.thickness_mm * 1e-3 for layer in body.layers),
        σ=tuple(tuple(np.diag(c.tensors(np.zeros((1, 3)))[0])) for c in case_conductors(case)),
    )
    pads = [
        references.Pad(
            x=e.position_mm[0] * 1e-3 + size[0] / 2,
            y=e.position_mm[1] * 1e-3 + size[1] / 2,
            radius=e.pad.diameter_mm * 0.5e-3,
            z=e.contact_impedance_ohm_cm2 * 1e-4,
        )
        for e in case.electrodes
    ]
    return references.solve_block(block, pads, [1.0, -1.0], rim_terms=100)


@pytest.fixture(scope="module")
def solved(case):
    tagged = build_mesh(case.geometry, "standard")
    basis = solve_basis(Domain.from_tagged(tagged, MPI.COMM_SELF), case_conductors(case), case_terminals(case))
    return basis, respond(case, basis)


def test_size_of_the_problem(solved):
    assert solved[0].facts.unknowns < 150_000


def test_impedance(reference, solved):
    exact = reference.potentials[0] - reference.potentials[1]
    assert solved[1].outputs[0].impedance_ohm.real == pytest.approx(exact, rel=3e-3)


def test_percentiles_of_the_density(case, reference, solved):
    scale = 20.0 * np.sqrt(0.05) * 1e-4  # of 1 A/m2 per ampere at 20 mA r.m.s., in mA/cm2
    exact = reference.density_percentiles(0, [50, 95, 99], radii=4000) * scale
    for exposure in electrode_exposures(case, *solved).values():
        density = exposure.current_density_rms_mA_per_cm2
        assert density.p50 == pytest.approx(exact[0], rel=5e-3)
        assert density.p95 == pytest.approx(exact[1], rel=2e-2)
        assert density.p99 == pytest.approx(exact[2], rel=5e-2)


def test_peak_over_one_square_centimetre(case, reference, solved):
    exact = brute_force_disc_peak(reference, case.electrodes[0].pad.diameter_mm * 0.5e-3)
    scale = 20.0 * np.sqrt(0.05) * 1e-4
    for exposure in electrode_exposures(case, *solved).values():
        assert exposure.current_density_rms_mA_per_cm2.peak_1cm2 == pytest.approx(exact * scale, rel=1e-2)


def brute_force_disc_peak(reference, radius):
    """Largest mean density over the part of the pad in a disc of 1 cm2, from a fine polar grid about its centre."""
    rings, angles = 1000, 180
    r = radius * np.sqrt((np.arange(rings) + 0.5) / rings)
    θ = 2 * np.pi * (np.arange(angles) + 0.5) / angles
    density = reference.density(0, r[:, None], θ)
    x, y = r[:, None] * np.cos(θ), r[:, None] * np.sin(θ)
    best = 0.0
    for distance in np.linspace(0.0, radius, 40):
        for angle in np.linspace(0.0, np.pi, 13):
            inside = np.hypot(x - distance * np.cos(angle), y - distance * np.sin(angle)) < ONE_CM2_RADIUS
            best = max(best, density[inside].mean())
    return best


def test_potential_at_the_probe(case, reference, solved):
    x, y, z = case.probes[0].position_mm
    potential = [
        reference.potential(0.12 + shift + 1e-3 * x, 0.07 + 1e-3 * y, depth=-1e-3 * z)[()] for shift in (-0.02, 0.02)
    ]
    moved = [
        case.model_copy(update={"probes": (case.probes[0].model_copy(update={"position_mm": (1e3 * s, y, z)}),)})
        for s in (-0.02, 0.02)
    ]
    found = [probe_exposures(m, *solved)["nerve"].potential_V for m in moved]
    assert found[0] - found[1] == pytest.approx(0.02 * float(potential[0] - potential[1]), rel=5e-3)
