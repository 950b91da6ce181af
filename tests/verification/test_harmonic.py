"""Dispersive tissue under three pads: the reduced model against full solves, identities, and every gate."""

import dataclasses

import numpy as np
import pytest
import three_pads
from dispersive import (
    THREE_MEDIA,
    THREE_METALS,
    Debye,
    Layer,
    Metal,
    Parallel,
    Straight,
    harmonics,
    isotropic,
)

import sim.fem.harmonic
from sim.errors import SolverError
from sim.exposure.triangles import facet_areas
from sim.fem.affine import AffineProblem
from sim.fem.gathering import gather_cells
from sim.fem.harmonic import HarmonicSolver
from sim.fem.harmonic_solves import check_harmonic_admittance, solve_harmonics, unit_solutions
from sim.fem.unit_solves import solve_basis
from sim.harmonic_basis import HarmonicBasis
from sim.harmonic_terms import Terms
from sim.harmonics import Harmonics, log_spaced

BAND = log_spaced(10.0, 1e6, 4)
BETWEEN = np.geomspace(14.0, 8e5, 7)
ACCURACY = 1e-6
FIRST_ORDER = 10 * np.sqrt(ACCURACY)  # of the potential, where the error of Y is of second order
ROUNDING = 1e-10  # of sums over 20 000 nodes of terms a thousand times as large as Y
GOOD = np.array([[2.0 + 1j, -2.0 - 1j], [-2.0 - 1j, 2.0 + 1j]])


@pytest.fixture(scope="module")
def found():
    return harmonics(three_pads.domain(), THREE_MEDIA, THREE_METALS, BAND, order=1, accuracy=ACCURACY)


def test_as_a_full_solve_within_the_estimate(found):
    problem = AffineProblem(three_pads.domain(), THREE_MEDIA, THREE_METALS, found.terms, order=1)
    for f in BETWEEN:
        solver = HarmonicSolver(problem, found.terms.values(f), 1e-10)
        solutions, _, exact = unit_solutions(problem, solver, [None] * 3)
        off = np.abs(found.admittance(f) - exact).max() / np.abs(exact).max()
        assert off < found.basis.facts.estimated_error
        parts = tuple(problem.function(part) for part in (solutions[0].real, solutions[0].imag))
        full = gather_cells(problem.domain, problem.along, parts).potentials
        np.testing.assert_allclose(
            found.coefficients(f)[0] @ found.basis.potentials, full[0] + 1j * full[1], atol=FIRST_ORDER
        )
    assert 0.0 < found.basis.facts.estimated_error < ACCURACY


def test_far_fewer_solves_than_frequencies(found):
    facts = found.basis.facts
    assert len(facts.frequencies_Hz) <= 10
    assert set(facts.frequencies_Hz) | set(facts.checked_Hz) <= set(BAND)
    assert facts.modes == len(found.basis.potentials) == found.basis.matrices.shape[1]


def test_complex_power_balances(found):
    """Vᴴ Y V = ∫ E* κ E dx + Σ y ∫ |d|² ds: what is dissipated and what is stored, both."""
    V = np.array([1.0, -0.5 + 0.3j, 0.2j])
    basis = found.basis
    corners = basis.points[basis.cells]
    volumes = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / 6
    for f in BETWEEN[1::2]:
        c, values = V @ found.coefficients(f), found.terms.values(f)
        E = np.tensordot(c, basis.fields, axes=1).mean(axis=1)
        body = np.einsum("mi,mij,mj,m->", E.conj(), found.admittivity(f), E, volumes)
        contacts = sum(values[t] * (c.conj() @ jump @ c) for contact in basis.contacts for t, jump in contact.jumps)
        assert V.conj() @ found.admittance(f) @ V == pytest.approx(body + contacts, rel=1e-9)
        heat = sum((V.conj() @ found.losses(k, f) @ V) for k in range(3))
        assert heat == pytest.approx(contacts.real, rel=1e-12)


def test_the_contacts_carry_the_currents(found):
    for f in BETWEEN[::3]:
        Y = found.admittance(f)
        for j, contact in enumerate(found.basis.contacts):
            carried = found.density(j, f).mean(axis=2) @ facet_areas(contact.corners)
            np.testing.assert_allclose(carried, Y[j], atol=FIRST_ORDER * np.abs(Y[j]).max())


def test_admittance_is_symmetric_balanced_and_passive(found):
    for f in BETWEEN:
        balance, asymmetry = check_harmonic_admittance(found.admittance(f))
        assert balance < ROUNDING
        assert asymmetry < ROUNDING


def resistive(factor=None):
    """The three pads of ``three_pads``, all in phase: without capacitance, or multiplied by one factor of frequency."""
    σ = (lambda value: Debye(value)) if factor is None else (lambda value: lambda f: value * factor(f))
    media = (
        isotropic("skin", σ(0.05)),
        isotropic("fat", σ(0.08)),
        Layer("muscle", "muscle", σ(0.4), σ(0.13), Straight((2.0, 1.0, 0.0))),
    )
    z = {"a": 0.01, "b": None, "c": 0.002}

    def contact(R):
        return None if R is None else Parallel(R) if factor is None else Scaled(R, factor)

    return media, tuple(Metal(name, ((f"pad {name}", contact(R)),)) for name, R in z.items())


@dataclasses.dataclass(frozen=True)
class Scaled:
    R: float
    factor: object

    def admittance(self, frequency_Hz):
        return self.factor(frequency_Hz) / self.R


def test_without_capacitance_it_is_the_real_solution():
    media, metals = resistive()
    found = harmonics(three_pads.domain(), media, metals, BAND, order=1, tolerance=1e-12)
    real = solve_basis(three_pads.domain(), three_pads.CONDUCTORS, three_pads.TERMINALS, order=1, tolerance=1e-12)
    assert found.basis.facts.frequencies_Hz == (10.0,)
    assert found.basis.facts.modes == 3
    for f in BETWEEN:
        Y = found.admittance(f)
        assert not Y.imag.any()
        np.testing.assert_allclose(Y.real, real.admittance, rtol=1e-8)
        np.testing.assert_array_equal(Y, found.admittance(10.0))
    np.testing.assert_allclose(found.basis.potentials, real.potentials, atol=1e-8)
    np.testing.assert_allclose(found.basis.fields, real.fields, atol=1e-8 * np.abs(real.fields).max())
    np.testing.assert_allclose(found.admittivity(77.0), real.conductivity, atol=1e-15)
    for k, contact in enumerate(real.contacts):
        np.testing.assert_allclose(found.basis.contacts[k].corners, contact.corners)
        density = found.density(k, 77.0)
        np.testing.assert_allclose(density, contact.density, atol=1e-7 * np.abs(contact.density).max())
        np.testing.assert_allclose(found.losses(k, 77.0), contact.losses, atol=1e-8 * np.abs(real.admittance).max())


def test_all_in_phase_needs_one_solve():
    """κ and y multiplied by one complex factor multiply Y by it."""
    real, turned = (resistive(factor) for factor in (None, lambda f: 1 + 1e-3j * f))
    basic = harmonics(three_pads.domain(), *real, (10.0,), order=1)
    found = harmonics(three_pads.domain(), *turned, BAND, order=1)
    assert found.basis.facts.frequencies_Hz == (10.0,)
    for f in BETWEEN:
        np.testing.assert_allclose(found.admittance(f), (1 + 1e-3j * f) * basic.admittance(10.0), rtol=1e-9)


def test_saved_and_loaded(found, tmp_path):
    found.basis.save(tmp_path / "basis.npz")
    loaded = Harmonics(HarmonicBasis.load(tmp_path / "basis.npz"), found.terms)
    assert loaded.basis.facts == found.basis.facts
    assert loaded.basis.layer_names == found.basis.layer_names
    for k in range(3):
        np.testing.assert_array_equal(loaded.density(k, 300.0), found.density(k, 300.0))
        np.testing.assert_array_equal(loaded.losses(k, 300.0), found.losses(k, 300.0))
    np.testing.assert_array_equal(loaded.admittance(300.0), found.admittance(300.0))
    np.testing.assert_array_equal(loaded.admittivity(300.0), found.admittivity(300.0))
    np.testing.assert_array_equal(loaded.basis.fields, found.basis.fields)


def test_layers_that_differ_do_not_share_a_term():
    media = (isotropic("skin", Debye(0.1)), isotropic("fat", Debye(0.1), "skin"), isotropic("deep", Debye(0.2), "skin"))
    assert Terms.of(media, THREE_METALS, (), BAND).names[:2] == ("tissue skin, fat", "tissue deep")


def test_a_frequency_outside_the_band(found):
    with pytest.raises(ValueError, match=r"frequency 2e\+06 Hz; accepted: 10 to 1e\+06 Hz"):
        found.admittance(2e6)


def test_terms_of_another_problem(found):
    with pytest.raises(ValueError, match="the basis is of"):
        Harmonics(found.basis, Terms.of(THREE_MEDIA[:2], THREE_METALS, (), BAND))


@pytest.mark.parametrize("σ", [0.0, -0.1, np.nan, np.inf])
def test_an_admittivity_that_is_none(σ):
    media = (isotropic("skin", lambda f: complex(σ)), *THREE_MEDIA[1:])
    with pytest.raises(ValueError, match=r"tissue skin at 10 Hz: admittivity .* accepted: finite, not 0"):
        solve_harmonics(three_pads.domain(), media, THREE_METALS, BAND)


def test_phases_too_far_apart():
    media = (isotropic("skin", lambda f: 1e-3 - 1j), isotropic("fat", lambda f: 1e-3 + 1j), THREE_MEDIA[2])
    with pytest.raises(ValueError, match="phases 180 degrees apart; accepted: less than 135"):
        solve_harmonics(three_pads.domain(), media, THREE_METALS, BAND)


@pytest.mark.parametrize("frequencies", [(), (2.0, 1.0), (-1.0, 1.0), (1.0, np.nan)])
def test_frequencies_that_do_not_ascend(frequencies):
    with pytest.raises(ValueError, match="accepted: one or more, ascending, 0 or more"):
        solve_harmonics(three_pads.domain(), THREE_MEDIA, THREE_METALS, frequencies)


@pytest.mark.parametrize("band", [(0.0, 1.0), (2.0, 1.0), (1.0, np.inf)])
def test_a_band_that_is_none(band):
    with pytest.raises(ValueError, match="accepted: ascending, above 0, finite"):
        log_spaced(*band)


def test_a_single_terminal():
    with pytest.raises(ValueError, match="one terminal; accepted: two or more"):
        solve_harmonics(three_pads.domain(), THREE_MEDIA, THREE_METALS[:1], BAND, order=1)


def test_a_sheet_that_is_missing():
    metals = (Metal("a", (("pad a", None),), ("gel",)), *THREE_METALS[1:])
    with pytest.raises(KeyError, match="terminal a: there is no sheet gel"):
        solve_harmonics(three_pads.domain(), THREE_MEDIA, metals, BAND, order=1)


def test_too_few_iterations(monkeypatch):
    monkeypatch.setattr(sim.fem.harmonic, "MAX_ITERATIONS", 2)
    with pytest.raises(SolverError, match=r"relative residual is .*not converged after 2 iterations"):
        solve_harmonics(three_pads.domain(), THREE_MEDIA, THREE_METALS, BAND, order=2)


def test_a_loose_tolerance_does_not_pass_the_gates():
    with pytest.raises(SolverError, match=r"balance error|asymmetry"):
        solve_harmonics(three_pads.domain(), THREE_MEDIA, THREE_METALS, BAND, order=1, tolerance=1e-2)


def test_a_good_admittance_passes():
    assert check_harmonic_admittance(GOOD) == (0.0, 0.0)


def test_a_body_that_gives_power():
    with pytest.raises(SolverError, match="least eigenvalue of Re Y"):
        check_harmonic_admittance(-GOOD)


def test_an_admittance_that_is_only_hermitian():
    hermitian = np.array([[2.0, -1.0 - 1j, -1.0 + 1j], [-1.0 + 1j, 2.0, -1.0 - 1j], [-1.0 - 1j, -1.0 + 1j, 2.0]])
    with pytest.raises(SolverError, match="admittance asymmetry"):
        check_harmonic_admittance(hermitian)
