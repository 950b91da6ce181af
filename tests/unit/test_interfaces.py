import cmath
import math

import numpy as np
import pytest
from pydantic import ValidationError

from sim.interfaces import ConstantPhase, Resistance, ResistanceCapacitance, Series, Spectrum

F = np.geomspace(0.01, 1e7, 28)
OHM_CM2 = 1e-4


def resistance(ohm_cm2=200.0):
    return Resistance(kind="resistance", resistance_ohm_cm2=ohm_cm2)


def rc(ohm_cm2=1e5, nF_per_cm2=40.0):
    return ResistanceCapacitance(kind="rc", resistance_ohm_cm2=ohm_cm2, capacitance_nF_per_cm2=nF_per_cm2)


def cpe(α=0.8, **keys):
    return ConstantPhase(kind="cpe", constant_phase_uS_per_cm2=10.0, alpha=α, **keys)


def spectrum(frequency_Hz, magnitude_ohm_cm2, phase_deg):
    return Spectrum(
        kind="spectrum", frequency_Hz=frequency_Hz, magnitude_ohm_cm2=magnitude_ohm_cm2, phase_deg=phase_deg
    )


def test_resistance():
    contact = resistance()
    np.testing.assert_allclose(contact.impedance(F), 200.0 * OHM_CM2, rtol=1e-14)
    assert contact.direct_current_ohm_m2 == contact.impedance(0.0) == pytest.approx(0.02)
    assert contact.note == "200 Ω cm²"


def test_resistance_with_capacitance_by_magnitude_and_phase():
    contact = rc()
    for f in F:
        ωRC = 2 * math.pi * f * 1e5 * 40e-9
        expected = cmath.rect(1e5 * OHM_CM2 / math.sqrt(1 + ωRC**2), -math.atan(ωRC))
        assert contact.impedance(float(f)) == pytest.approx(expected, rel=1e-13)
    assert contact.direct_current_ohm_m2 == contact.impedance(0.0) == pytest.approx(10.0)
    corner = 1 / (2 * math.pi * 1e5 * 40e-9)
    assert math.degrees(cmath.phase(contact.impedance(corner))) == pytest.approx(-45.0)
    assert abs(contact.impedance(1e12)) < 1e-8 * 10.0


@pytest.mark.parametrize("α", [0.5, 0.8, 0.95, 1.0])
def test_phase_of_a_constant_phase_element(α):
    z = cpe(α).impedance(F)
    np.testing.assert_allclose(np.degrees(np.angle(z)), -90.0 * α, rtol=1e-12)
    np.testing.assert_allclose(np.abs(z), OHM_CM2 / (10e-6 * (2 * math.pi * F) ** α), rtol=1e-12)


def test_capacitive_constant_phase_element_is_a_capacitance():
    same = rc(ohm_cm2=5e4, nF_per_cm2=1e4)
    np.testing.assert_allclose(cpe(1.0, charge_transfer_ohm_cm2=5e4).impedance(F), same.impedance(F), rtol=1e-12)


def test_limits_of_metal_in_tissue():
    contact = cpe(charge_transfer_ohm_cm2=1e4, series_ohm_cm2=20.0)
    assert contact.direct_current_ohm_m2 == contact.impedance(0.0) == pytest.approx((1e4 + 20.0) * OHM_CM2)
    assert contact.impedance(1e-9) == pytest.approx(contact.impedance(0.0), rel=1e-6)
    assert contact.impedance(1e15) == pytest.approx(20.0 * OHM_CM2, rel=1e-6)
    blocking = cpe(series_ohm_cm2=20.0)
    assert blocking.direct_current_ohm_m2 == np.inf
    assert abs(blocking.impedance(0.0)) == np.inf
    assert blocking.admittance(0.0) == 0.0


def test_arc_of_a_constant_phase_element_with_charge_transfer():
    """The locus is a circular arc through R_s and R_s + R_ct whose centre lies (R_ct / 2) cot(πα / 2) off the axis."""
    α, R = 0.8, 1e4 * OHM_CM2
    z = cpe(α, charge_transfer_ohm_cm2=1e4, series_ohm_cm2=20.0).impedance(F)
    centre = 20.0 * OHM_CM2 + R / 2 + 1j * R / 2 / math.tan(math.pi * α / 2)
    np.testing.assert_allclose(np.abs(z - centre), R / 2 / math.sin(math.pi * α / 2), rtol=1e-12)


CONTACTS = {
    "resistance": resistance(),
    "rc": rc(),
    "cpe": cpe(),
    "cpe with charge transfer": cpe(charge_transfer_ohm_cm2=1e4, series_ohm_cm2=20.0),
    "series": Series(parts=(resistance(), rc())),
}


@pytest.mark.parametrize("name", CONTACTS)
def test_every_contact_is_passive_and_its_admittance_is_the_inverse(name):
    contact = CONTACTS[name]
    z, y = contact.impedance(F), contact.admittance(F)
    np.testing.assert_allclose(z * y, 1.0, rtol=1e-13)
    assert np.all(z.real > 0.0) and np.all(z.imag <= 0.0)
    assert np.all(np.diff(np.abs(z)) <= 0.0)
    assert contact.band_Hz == (0.0, np.inf)


@pytest.mark.parametrize("name", CONTACTS)
def test_one_frequency_and_many(name):
    contact = CONTACTS[name]
    assert type(contact.impedance(50.0)) is complex and type(contact.admittance(50.0)) is complex
    grid = np.array([[1.0, 50.0], [1e3, 1e6]])
    assert contact.impedance(grid).shape == grid.shape
    assert contact.impedance(grid)[0, 1] == contact.impedance(50.0)
    assert contact.steady_ohm_m2(50.0) == abs(contact.impedance(50.0))
    assert contact.note
    with pytest.raises(ValueError, match="frequencies must be finite and not negative"):
        contact.impedance(-1.0)


def test_circuits_at_real_s():
    s = np.array([0.0, 1.0, 1e4])
    np.testing.assert_allclose(rc().laplace_admittance(s), (1e-5 + s * 40e-9) / 1e-4, rtol=1e-13)
    y = 1e-4 / 1e-4 + 10e-6 / 1e-4 * s**0.8
    expected = 1 / (20.0 * OHM_CM2 + 1 / y)
    found = cpe(charge_transfer_ohm_cm2=1e4, series_ohm_cm2=20.0).laplace_admittance(s)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected, rtol=1e-13)
    np.testing.assert_array_equal(resistance(0.5).laplace_admittance(s), 2e4)


def test_series_is_the_sum():
    parts = (resistance(), rc(), spectrum((1.0, 1e4), (1e3, 1e2), (-20.0, -20.0)))
    both = Series(parts=parts)
    f = np.geomspace(1.0, 1e4, 5)
    np.testing.assert_allclose(both.impedance(f), sum(part.impedance(f) for part in parts), rtol=1e-14)
    assert both.band_Hz == (1.0, 1e4)
    assert both.direct_current_ohm_m2 is None, "the spectrum does not say"
    assert Series(parts=(resistance(), rc())).direct_current_ohm_m2 == pytest.approx(10.02)
    assert Series(parts=(parts[2], cpe())).direct_current_ohm_m2 == np.inf, "one that blocks is enough"
    assert both.note.count("in series with") == 2
    with pytest.raises(ValueError, match=r"known from 1 Hz to 10 kHz, asked for at 0\.5 Hz"):
        both.impedance(0.5)


def test_a_spectrum_meets_its_points_and_goes_straight_between_them():
    points = spectrum((1.0, 100.0, 1e4), (1e4, 1e3, 500.0), (-10.0, -60.0, -40.0))
    for f, magnitude, phase in ((1.0, 1e4, -10.0), (100.0, 1e3, -60.0), (1e4, 500.0, -40.0)):
        assert points.impedance(f) == pytest.approx(cmath.rect(magnitude * OHM_CM2, math.radians(phase)), rel=1e-12)
    middle = cmath.rect(math.sqrt(1e4 * 1e3) * OHM_CM2, math.radians(-35.0))
    assert points.impedance(10.0) == pytest.approx(middle, rel=1e-12)


def test_a_spectrum_of_two_points_is_a_constant_phase_element():
    exact = cpe(0.7)
    ends = (0.1, 1e6)
    magnitudes = tuple(abs(exact.impedance(f)) / OHM_CM2 for f in ends)
    f = np.geomspace(*ends, 50)
    np.testing.assert_allclose(spectrum(ends, magnitudes, (-63.0, -63.0)).impedance(f), exact.impedance(f), rtol=1e-12)


def test_a_spectrum_knows_nothing_beyond_its_ends():
    points = spectrum((1.0, 1e6), (1e4, 1e2), (-30.0, -30.0))
    assert points.band_Hz == (1.0, 1e6)
    assert points.direct_current_ohm_m2 is None
    for f in (0.0, 0.99, 1.01e6, np.array([10.0, 2e6])):
        with pytest.raises(ValueError, match="known from 1 Hz to 1 MHz, asked for at"):
            points.impedance(f)
        with pytest.raises(ValueError, match="known from 1 Hz to 1 MHz, asked for at"):
            points.admittance(f)
    with pytest.raises(ValueError, match="asked for at nan"):
        points.impedance(math.nan)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((1.0,), (1.0,), (0.0,)), "at least 2 items"),
        (((1.0, 1.0), (1.0, 1.0), (0.0, 0.0)), "1 Hz after 1 Hz; frequencies that grow"),
        (((0.0, 1.0), (1.0, 1.0), (0.0, 0.0)), "greater than 0"),
        (((1.0, 2.0), (1.0, 1.0), (0.0,)), "lists of 2, 2 and 1 numbers; as many of each"),
        (((1.0, 2.0), (1.0, 0.0), (0.0, 0.0)), "greater than or equal to 0.001"),
        (((1.0, 2.0), (1.0, 1.0), (0.0, -91.0)), "greater than or equal to -90"),
        (((1.0, 2.0), (1.0, 1.0), (0.0, math.nan)), "finite number"),
    ],
)
def test_broken_spectra_are_refused(arguments, message):
    with pytest.raises(ValidationError, match=message):
        spectrum(*arguments)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: resistance(0.0), "greater than or equal to 0.001"),
        (lambda: rc(nF_per_cm2=0.0), "greater than 0"),
        (lambda: cpe(1.1), "less than or equal to 1"),
        (lambda: cpe(0.0), "greater than 0"),
        (lambda: cpe(charge_transfer_ohm_cm2=0.0), "greater than or equal to 0.001"),
        (lambda: cpe(series_ohm_cm2=-1.0), "greater than or equal to 0"),
        (lambda: Series(parts=()), "at least 1 item"),
    ],
)
def test_numbers_without_meaning_are_refused(build, message):
    with pytest.raises(ValidationError, match=message):
        build()
