"""Poles from values over frequency: what the error says, what it promises between the points, what is refused."""

import numpy as np
import pytest

from sim.transient.fitting import fit, samples_Hz
from sim.transient.response import RationalResponse

LOW, HIGH = 1.0, 1e7


def skin(s):
    return 100.0 + 1000.0 / (1.0 + 1.23e-4 * s) + 500.0 / (1.0 + 7e-3 * s)


def cole(s):
    return 50.0 + 5000.0 / (1.0 + (3e-4 * s) ** 0.75)


def constant_phase(s):
    return 20.0 + 3e4 / s**0.85


def capacitor(s):
    return 100.0 + 1.0 / (1e-6 * s)


def admittance(s):
    return 1.0 / skin(s)


def layers(s):
    return 1.0 / (1.0 / (2e-3 + 1e-7 * s) + 1.0 / (0.5 + 3e-8 * s))


CASES = [(skin, True), (cole, True), (constant_phase, False), (capacitor, False), (admittance, True)]


def points(steady):
    f = samples_Hz(LOW, HIGH)
    return np.concatenate([[0.0], f]) if steady else f


@pytest.mark.parametrize(("h", "steady"), CASES, ids=lambda x: getattr(x, "__name__", ""))
def test_relaxation_is_met_everywhere_in_the_band(h, steady):
    f = points(steady)
    response = fit(f, h(2j * np.pi * f)[:, None])
    assert response.error <= 1e-8
    other = np.random.default_rng(1).uniform(np.log10(LOW), np.log10(HIGH), 2000)
    exact = h(2j * np.pi * 10.0**other)
    errors = np.abs(response.at(10.0**other)[:, 0] - exact) / np.abs(exact)
    assert errors.max() <= 3.0 * response.error
    if steady:
        assert response.steady[0] == pytest.approx(h(0.0), rel=1e-8)


def test_a_capacitive_admittance_is_met_less_well_and_says_so():
    f = points(True)
    response = fit(f, layers(2j * np.pi * f)[:, None])
    other = np.geomspace(LOW, HIGH, 3001)
    error = np.abs(response.at(other)[:, 0] / layers(2j * np.pi * other) - 1.0).max()
    assert 1e-8 < error <= 3.0 * response.error < 3e-5


def test_a_lumped_network_goes_on_beyond_the_band():
    f = points(True)
    response = fit(f, skin(2j * np.pi * f)[:, None])
    assert response.direct[0] == pytest.approx(100.0, rel=1e-7)


def test_constants_and_zeros_are_exact_beside_what_moves():
    f = points(True)
    values = np.column_stack([np.full(len(f), 3.0), cole(2j * np.pi * f), np.zeros(len(f)), np.full(len(f), -1e-7)])
    response = fit(f, values)
    assert response.gains[:, [0, 2, 3]] == pytest.approx(0.0, abs=0.0)
    assert response.direct[[0, 2, 3]] == pytest.approx([3.0, 0.0, -1e-7], rel=1e-14)
    assert fit(f, values[:, [0, 2]]).poles_per_s.shape == (0,)


def test_rounding_does_not_make_a_constant_move():
    f = points(True)
    values = 7.0 * (1.0 + 1e-14 * np.random.default_rng(2).standard_normal(len(f)))
    assert fit(f, values[:, None]).gains.shape == (0, 1)


def test_noise_is_stated_and_not_amplified():
    f = points(True)
    noise = 1e-5 * np.random.default_rng(3).standard_normal((2, len(f)))
    noise[1, 0] = 0.0
    response = fit(f, (cole(2j * np.pi * f) * (1.0 + noise[0] + 1j * noise[1]))[:, None], tolerance=1e-5)
    assert 1e-6 < response.error < 1e-4
    exact = cole(2j * np.pi * f)
    assert np.abs(response.at(f)[:, 0] / exact - 1.0).max() < 5e-5
    assert abs(response.direct[0] / 50.0 - 1.0) < 0.05  # 1 GHz above the data would be 50.1


@pytest.mark.parametrize("seed", range(6))
def test_noise_makes_up_nothing_above_the_band(seed):
    f = points(True)
    noise = 1e-7 * np.random.default_rng(seed).standard_normal((2, len(f)))
    noise[1, 0] = 0.0
    response = fit(f, (cole(2j * np.pi * f) * (1.0 + noise[0] + 1j * noise[1]))[:, None])
    beyond = np.geomspace(HIGH, 1000.0 * HIGH, 30)
    assert np.abs(response.at(beyond)[:, 0] / cole(2j * np.pi * beyond) - 1.0).max() < 0.01


def test_too_few_points_are_not_declared_good():
    f = np.geomspace(1.0, 1e6, 9)
    response = fit(f, skin(2j * np.pi * f)[:, None])
    exact = skin(2j * np.pi * samples_Hz(1.0, 1e6))
    true = np.abs(response.at(samples_Hz(1.0, 1e6))[:, 0] / exact - 1.0).max()
    assert response.error > 1e-4
    assert true > 1e-4


def test_what_relaxation_cannot_do_shows_in_the_error():
    f = points(True)
    s = 2j * np.pi * f
    ringing = 1.0 / (1.0 + 1e-5 * s + (1e-4 * s) ** 2)
    assert fit(f, ringing[:, None]).error > 0.1


def test_residues_and_slowest_first():
    response = RationalResponse(np.array([-10.0, -1e4]), np.array([[2.0], [3.0]]), np.array([1.0]))
    s = 2j * np.pi * 77.0
    by_residues = response.direct + (response.residues / (s - response.poles_per_s[:, None])).sum(axis=0)
    assert response.at([77.0])[0] == pytest.approx(by_residues, rel=1e-14)
    assert response.at([77.0])[0, 0] == pytest.approx(1.0 + 2.0 / (1.0 + s / 10.0) + 3.0 / (1.0 + s / 1e4))
    assert response.steady == pytest.approx([6.0])
    assert response.fastest_per_s == 1e4


def test_refusals():
    f = samples_Hz(1.0, 1e3)
    h = np.ones((len(f), 1), dtype=complex)
    with pytest.raises(ValueError, match=r"accepted: \(m,\) and \(m, r\)"):
        fit(f, h[:, 0])
    with pytest.raises(ValueError, match="increasing"):
        fit(f[::-1], h)
    with pytest.raises(ValueError, match="leave out frequency 0"):
        fit(f, np.where(np.arange(len(f)) == 0, np.inf, 1.0)[:, None] + 0j)
    with pytest.raises(ValueError, match="not negative"):
        RationalResponse(np.array([1.0]), np.ones((1, 1)), np.ones(1))
    with pytest.raises(ValueError, match="shapes"):
        RationalResponse(np.array([-1.0]), np.ones((2, 1)), np.ones(1))
    with pytest.raises(ValueError, match="known from 1 Hz"):
        _ = fit(f, capacitor(2j * np.pi * f)[:, None]).steady
