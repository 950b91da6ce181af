"""Solutions at real s for the frequencies of a band: against closed forms, full complex solves, and theory."""

import dataclasses

from mpi4py import MPI

import numpy as np
import pytest
import three_pads
from dispersive import (
    FAT,
    MUSCLE,
    THREE_METALS,
    Metal,
    RelaxingLayer,
    RelaxingMembrane,
    RelaxingParallel,
    Straight,
    harmonics,
)
from domains import box_mesh, layered_box, split
from scipy.constants import epsilon_0

import sim.fem.real_survey
from sim.errors import SolverError
from sim.fem.affine import AffineProblem
from sim.fem.domain import Domain
from sim.fem.forecast import Forecast
from sim.fem.gathering import gather_cells
from sim.fem.harmonic import HarmonicSolver
from sim.fem.harmonic_solves import check_harmonic_admittance, solve_harmonics, unit_solutions
from sim.harmonic_terms import Terms
from sim.harmonics import log_spaced
from sim.interfaces import ConstantPhase, Resistance, ResistanceCapacitance, Series, Spectrum
from sim.tissues.conductors import Conductor
from sim.tissues.media import Medium, Relaxation

BAND = log_spaced(10.0, 1e6, 4)
BETWEEN = np.geomspace(14.0, 8e5, 9)
ACCURACY = 1e-6
FIRST_ORDER = 10 * np.sqrt(ACCURACY)  # of the potential, where the error of Y is of second order
COLE = {
    "skin": (4e-4, 4.0, ((1100.0, 3.2e-5, 0.2),)),
    "fat": (0.02, 2.5, ((3e3, 1.6e-4, 0.2), (3.3e4, 0.016, 0.05))),
    "muscle": (0.2, 4.0, ((7e3, 3.5e-4, 0.1), (1.2e6, 3.2e-4, 0.1))),
}
SIZE, THICKNESS_M = (0.02, 0.03, 0.024), {"skin": 0.002, "fat": 0.006, "muscle": 0.016}
AREA = SIZE[0] * SIZE[1]
FACES = {"top": lambda x: np.isclose(x[2], SIZE[2]), "bottom": lambda x: np.isclose(x[2], 0.0)}
METAL = ConstantPhase(
    kind="cpe", constant_phase_uS_per_cm2=20.0, alpha=0.8, charge_transfer_ohm_cm2=5e3, series_ohm_cm2=5.0
)
GEL = ResistanceCapacitance(kind="rc", resistance_ohm_cm2=200.0, capacitance_nF_per_cm2=100.0)
TABLE = Spectrum(
    kind="spectrum", frequency_Hz=(5.0, 1e3, 2e6), magnitude_ohm_cm2=(500.0, 100.0, 3.0), phase_deg=(-10.0, -60.0, -5.0)
)
HALVES = {"upper": FAT, "lower": MUSCLE[0]}


def medium(name, factor=1.0):
    σ, ε, relaxations = COLE[name]
    return Medium(σ, ε, tuple(Relaxation(*each) for each in relaxations)).scaled(factor)


def conductor(name, fibres=None):
    along, across = medium(name, 1.0 if fibres is None else 2.5), medium(name)
    return Conductor(name, name, along.conductivity, across.conductivity, fibres, "test", (along, across))


def cole_cole(name, frequency_Hz):
    s, (σ, ε, relaxations) = 2j * np.pi * frequency_Hz, COLE[name]
    return σ + s * epsilon_0 * (ε + sum(Δ / (1 + (s * τ) ** (1 - α)) for Δ, τ, α in relaxations))


def metal_ohm_m2(frequency_Hz):
    s = 2j * np.pi * frequency_Hz
    return 5e-4 + 1 / (1 / 0.5 + 0.2 * s**0.8)


def gel_ohm_m2(frequency_Hz):
    return 1 / (1 / 0.02 + 2j * np.pi * frequency_Hz * 1e-3)


def column(*contacts, band=BAND, **options):
    domain = layered_box((2, 2, 12), SIZE, list(THICKNESS_M.items()), FACES)
    metals = tuple(Metal(name, ((name, contact),)) for name, contact in zip(("top", "bottom"), contacts, strict=True))
    return harmonics(domain, tuple(conductor(name) for name in COLE), metals, band, **options)


def column_ohm(frequency_Hz, *contacts):
    return (sum(d / cole_cole(name, frequency_Hz) for name, d in THICKNESS_M.items()) + sum(contacts)) / AREA


def pads():
    contacts = (METAL, None, Series(parts=(GEL, METAL)))
    return tuple(Metal(n, ((f"pad {n}", contact),)) for n, contact in zip("abc", contacts, strict=True))


MEDIA = (conductor("skin"), conductor("fat"), conductor("muscle", Straight((2.0, 1.0, 0.0))))


@pytest.fixture(scope="module")
def found():
    return harmonics(three_pads.domain(), MEDIA, pads(), BAND, order=1, accuracy=ACCURACY)


def test_a_column_of_relaxing_tissue_and_metal():
    found = column(METAL, GEL)
    facts = found.basis.facts
    assert facts.snapshots == "real"
    assert facts.estimated_error < ACCURACY
    for f in (*BAND, *BETWEEN):
        exact = 1 / column_ohm(f, metal_ohm_m2(f), gel_ohm_m2(f))
        assert np.abs(found.admittance(f) - exact * np.array([[1, -1], [-1, 1]])).max() < ACCURACY * abs(exact)
        np.testing.assert_allclose(found.density(0, f)[0], exact / AREA, rtol=FIRST_ORDER)


def test_direct_current_is_solved():
    found = column(METAL, GEL, band=(0.0, *BAND))
    assert found.basis.facts.snapshots == "real"
    assert found.basis.facts.frequencies_Hz[0] == 0.0
    for f, rtol in ((0.0, 1e-9), (0.3, ACCURACY), (7e5, ACCURACY)):
        exact = 1 / column_ohm(f, metal_ohm_m2(f), gel_ohm_m2(f))
        np.testing.assert_allclose(found.admittance(f)[0, 0], exact, rtol=rtol)


def test_a_sheet_and_a_perfect_contact():
    halves = {"upper": lambda x: x[2] > 12.0, "lower": lambda x: x[2] < 12.0}
    ends = {"top": lambda x: np.isclose(x[2], 24.0), "bottom": lambda x: np.isclose(x[2], 0.0)}
    tagged = split(box_mesh((4, 3, 4), (20.0, 30.0, 24.0), halves, ends), "sheet", "lower")
    sheet = RelaxingParallel(0.5, 1e-4, 0.01)
    media = tuple(RelaxingLayer(name, name, κ, κ) for name, κ in HALVES.items())
    metals = (Metal("a", (("top", GEL),), ("sheet",)), Metal("b", (("bottom", None),)))
    domain = Domain.from_tagged(tagged, MPI.COMM_SELF)
    found = harmonics(domain, media, metals, BAND, (RelaxingMembrane("sheet", sheet),))
    assert found.basis.facts.snapshots == "real"
    for f in BETWEEN:
        z = gel_ohm_m2(f) + sheet.impedance(f) + sum(0.012 / κ(f) for κ in HALVES.values())
        np.testing.assert_allclose(found.admittance(f)[0, 0], AREA / z, rtol=ACCURACY)


def test_as_full_complex_solves_within_the_estimate(found):
    problem = AffineProblem(three_pads.domain(), MEDIA, pads(), found.terms, order=1)
    facts = found.basis.facts
    assert facts.snapshots == "real"
    assert 0.0 < facts.estimated_error < ACCURACY
    for f in (*BETWEEN, *BAND[[0, 5, -1]]):
        solver = HarmonicSolver(problem, found.terms.values(f), 1e-12)
        solutions, _, exact = unit_solutions(problem, solver, [None] * 3)
        solver.destroy()
        assert np.abs(found.admittance(f) - exact).max() < facts.estimated_error * np.abs(exact).max()
        parts = tuple(problem.function(part) for part in (solutions[0].real, solutions[0].imag))
        full = gather_cells(problem.domain, problem.along, parts).potentials
        np.testing.assert_allclose(
            found.coefficients(f)[0] @ found.basis.potentials, full[0] + 1j * full[1], atol=FIRST_ORDER
        )


def test_one_mode_for_each_real_solve(found):
    """The modes of one frequency are those of the terminals, the last 1 less the others; then N - 1 for each."""
    facts = found.basis.facts
    assert facts.modes == 3 + 2 * (len(facts.frequencies_Hz) - 1)
    assert len(facts.frequencies_Hz) <= 18  # ln(4 / accuracy) / ln 73 of them in each of five decades
    assert set(facts.checked_Hz) <= set(BAND)


def test_the_gates_hold_between(found):
    for f in BETWEEN:
        balance, asymmetry = check_harmonic_admittance(found.admittance(f))
        assert max(balance, asymmetry) < 1e-9
    assert 0.0 < found.basis.facts.balance_error < 1e-6
    assert 0.0 < found.basis.facts.asymmetry < 1e-8


def test_without_capacitance_one_real_solve_is_enough():
    media = tuple(Conductor(n, n, σ, σ, None, "test") for n, (σ, *_) in COLE.items())
    plain = Resistance(kind="resistance", resistance_ohm_cm2=100.0)
    metals = tuple(Metal(n, ((f"pad {n}", plain),)) for n in "abc")
    facts = harmonics(three_pads.domain(), media, metals, BAND, order=1).basis.facts
    assert facts.snapshots == "real"
    assert facts.frequencies_Hz == (10.0,)
    assert facts.estimated_error < 1e-12


@pytest.mark.parametrize("contact", [TABLE, Series(parts=(GEL, TABLE))], ids=["table", "series"])
def test_a_table_needs_complex_solves(contact):
    found = column(contact, METAL)
    assert found.basis.facts.snapshots == "complex"
    assert set(found.basis.facts.frequencies_Hz) <= set(BAND)
    for f in BETWEEN:
        exact = 1 / column_ohm(f, contact.impedance(f), metal_ohm_m2(f))
        assert found.admittance(f)[0, 0] == pytest.approx(exact, rel=ACCURACY)


@pytest.mark.parametrize("band", [(2e3,), (1.9e3, 2e3, 2.1e3), (0.0, 2e3)])
def test_a_narrow_band_needs_complex_solves(band):
    found = column(METAL, GEL, band=band)
    assert found.basis.facts.snapshots == "complex"
    exact = 1 / column_ohm(2e3, metal_ohm_m2(2e3), gel_ohm_m2(2e3))
    assert found.admittance(2e3)[0, 0] == pytest.approx(exact, rel=ACCURACY)


@pytest.mark.parametrize(("key", "value"), [("PER_GAP", 1), ("STALLS", 0)])
def test_complex_solves_where_real_ones_do_not_suffice(monkeypatch, key, value):
    monkeypatch.setattr(sim.fem.real_survey, key, value)
    band = (10.0, 3e3, 1e6)
    found = column(METAL, GEL, band=band)
    assert found.basis.facts.snapshots == "complex"
    for f in band:
        exact = 1 / column_ohm(f, metal_ohm_m2(f), gel_ohm_m2(f))
        assert found.admittance(f)[0, 0] == pytest.approx(exact, rel=ACCURACY)


def test_a_loose_tolerance_does_not_pass_the_gates():
    with pytest.raises(SolverError, match=r"balance error|asymmetry"):
        solve_harmonics(three_pads.domain(), MEDIA, pads(), BAND, order=1, tolerance=1e-2, accuracy=1.0)


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_an_admittivity_at_real_s_that_is_none(value):
    @dataclasses.dataclass(frozen=True)
    class Wrong(Conductor):
        def laplace_admittivity(self, s):
            return np.array(value), np.array(value)

    wrong = Wrong("skin", "skin", 1.0, 1.0, None, "test")
    with pytest.raises(ValueError, match=r"tissue skin at s = 62\.8.*/s: admittivity .*accepted: finite, more than 0"):
        solve_harmonics(three_pads.domain(), (wrong, *MEDIA[1:]), pads(), BAND, order=1)


def test_terms_that_are_known_at_real_s():
    assert Terms.of(MEDIA, pads(), (), BAND).relaxing
    assert not Terms.of(MEDIA, THREE_METALS, (), BAND).relaxing


def test_circuits_in_series_at_real_s():
    s = np.array([0.0, 3.0, 1e5])
    expected = 1 / (1 / (1 / 0.02 + s * 1e-3) + 5e-4 + 1 / (1 / 0.5 + 0.2 * s**0.8))
    y = Series(parts=(GEL, METAL)).laplace_admittance(s)
    assert y.dtype == np.float64
    np.testing.assert_allclose(y, expected, rtol=1e-13)
    blocking = ConstantPhase(kind="cpe", constant_phase_uS_per_cm2=20.0, alpha=0.8)
    assert Series(parts=(GEL, blocking)).laplace_admittance(np.array(0.0)) == 0.0
    assert TABLE.laplace_admittance(s) is None
    assert Series(parts=(GEL, TABLE)).laplace_admittance(s) is None


@pytest.mark.parametrize("per_decade", [1, 2, 4])
def test_forecast_of_many_solutions_is_that_of_theory(per_decade):
    """The mean over places of log |B|² of p solutions a decade is -π² p / ln 10, far from the ends."""
    asked = np.geomspace(1.0, 10.0, 41)[:-1]
    forecast = Forecast(asked)
    forecast.estimated(0, 1.0)
    before = forecast.errors
    for f in 10.0 ** (np.arange(-12 * per_decade, 13 * per_decade) / per_decade):
        forecast.solved(float(f))
    gained = np.log(forecast.errors / before).mean()
    assert gained == pytest.approx(-(np.pi**2) * per_decade / np.log(10), rel=1e-4)


def test_forecast_keeps_to_what_was_estimated():
    forecast = Forecast(np.array([0.0, 1.0, 10.0, 100.0]))
    forecast.solved(0.0)
    forecast.estimated(1, 1e-3)
    forecast.estimated(3, 1e-5)
    np.testing.assert_allclose(forecast.errors, [0.0, 1e-3, 1e-4, 1e-5], rtol=1e-12)
    forecast.solved(10.0)
    nearest = (1 - np.cos(np.pi / 4)) / (1 + np.cos(np.pi / 4))  # |(√i - 1) / (√i + 1)|²
    assert forecast.errors[2] == pytest.approx(1e-4 * nearest, rel=1e-12)
