"""Envelopes of two interfering fields against a search over all directions and against the sum over time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from sim.envelope import (
    carrier_peak,
    directional_depth,
    directional_envelope,
    maximising_direction,
    maximum_envelope,
    modulation_depth,
)

X, Y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
components = st.floats(-10.0, 10.0)
vectors = st.tuples(components, components, components).map(np.array)


def sphere(count):
    """Directions spread evenly over half a sphere (Fibonacci)."""
    k = np.arange(count)
    z = (k + 0.5) / count
    angle = np.pi * (1.0 + np.sqrt(5.0)) * k
    r = np.sqrt(1.0 - z**2)
    return np.column_stack([r * np.cos(angle), r * np.sin(angle), z])


def excursion(first, second, n):
    """abs(abs((E1 + E2).n) - abs((E1 - E2).n)), as it is defined."""
    return np.abs(np.abs(n @ (first + second)) - np.abs(n @ (first - second)))


def searched(first, second):
    """Largest excursion over 20000 directions, then refined: the largest t with t <= 2 abs(Ei.n) and n of length 1."""
    n = sphere(20_000)
    n = n[np.argmax(excursion(first, second, n))]
    first, second = first * np.sign(first @ n), second * np.sign(second @ n)
    found = minimize(
        lambda x: -x[3],
        [*n, excursion(first, second, n)],
        jac=lambda x: np.array([0.0, 0.0, 0.0, -1.0]),
        constraints=[
            {"type": "ineq", "fun": lambda x: np.array([2 * first @ x[:3] - x[3], 2 * second @ x[:3] - x[3]])},
            {"type": "eq", "fun": lambda x: x[:3] @ x[:3] - 1.0},
        ],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 200},
    )
    refined = found.x[:3] / np.linalg.norm(found.x[:3])
    return max(excursion(first, second, n), excursion(first, second, refined))


def test_against_a_search_over_all_directions():
    random = np.random.default_rng(7)
    cases = [(random.normal(size=3), random.normal(size=3) * 10 ** random.uniform(-1.5, 0.0)) for _ in range(12)]
    cases += [(X, 0.3 * X + 0.29 * Y), (X, -0.8 * X + 0.1 * Y), (X, 0.999 * X + 0.002 * Y)]
    for first, second in cases:
        found = searched(first, second)
        exact = float(maximum_envelope(first, second))
        assert found <= exact * (1.0 + 1e-12)
        assert found == pytest.approx(exact, rel=1e-9)


def test_known_values():
    first = np.array([X, X, X, X, X, 2 * X])
    second = np.array([Y, 0.5 * X, -0.5 * X, X, -X, X + Y])
    exact = [np.sqrt(2.0), 1.0, 1.0, 2.0, 2.0, 2.0 * np.sqrt(2.0)]
    assert maximum_envelope(first, second) == pytest.approx(exact, rel=1e-15)
    assert modulation_depth(first, second) == pytest.approx([1.0, 0.5, 0.5, 1.0, 1.0, 1.0], rel=1e-15)
    assert carrier_peak(first, second) == pytest.approx([np.sqrt(2), 1.5, 1.5, 2.0, 2.0, np.sqrt(10)], rel=1e-15)


@given(vectors, vectors)
@settings(max_examples=300, deadline=None)
def test_the_largest_is_reached_along_the_direction_found(first, second):
    n = maximising_direction(first, second)
    largest = float(maximum_envelope(first, second))
    scale = max(np.linalg.norm(first), np.linalg.norm(second))
    if min(np.linalg.norm(first), np.linalg.norm(second)) < 1e-6 * scale or scale < 1e-6:
        assert largest <= 2e-6 * max(scale, 1.0)
        return
    assert np.linalg.norm(n) == pytest.approx(1.0)
    assert float(directional_envelope(first, second, n)) == pytest.approx(largest, rel=1e-7, abs=1e-9 * scale)
    assert float(directional_depth(first, second, n)) == pytest.approx(
        float(modulation_depth(first, second)), abs=1e-7 * scale / min(np.linalg.norm(first), np.linalg.norm(second))
    )
    assert largest >= directional_envelope(first, second, sphere(500)).max() * (1.0 - 1e-12)


@given(vectors, vectors)
@settings(max_examples=100, deadline=None)
def test_only_axes_count(first, second):
    for a, b in ((second, first), (-first, second), (first, -second)):
        for quantity in (maximum_envelope, modulation_depth, carrier_peak):
            assert quantity(a, b) == pytest.approx(quantity(first, second), rel=1e-12, abs=1e-300)


def test_fields_that_vanish():
    zero = np.zeros(3)
    for a, b in ((zero, zero), (X, zero), (zero, X)):
        assert maximum_envelope(a, b) == 0.0
        assert modulation_depth(a, b) == 0.0
        assert directional_envelope(a, b, X) == 0.0
        assert directional_depth(a, b, X) == 0.0
        assert (maximising_direction(a, b) == 0.0).all()
    assert directional_depth(X, X, Y) == 0.0
    assert carrier_peak(X, zero) == 1.0
    with pytest.raises(ValueError, match="no length"):
        directional_envelope(X, Y, zero)


def test_sums_over_time():
    # carriers of 2000 and 2010 Hz, sampled finely over a beat
    first, second, n = np.array([1.0, 0.4, -0.2]), np.array([0.3, -0.9, 0.5]), np.array([0.6, -0.5, 1.0])
    unit = n / np.linalg.norm(n)
    t = np.arange(400_000) / 400_000 * 0.1
    field = np.outer(np.sin(2 * np.pi * 2000 * t), first) + np.outer(np.sin(2 * np.pi * 2010 * t), second)
    peaks = np.abs(field @ unit).reshape(400, 1000).max(axis=1)  # over half a cycle of the carrier
    least, most = peaks.min(), peaks.max()
    assert directional_envelope(first, second, n) == pytest.approx(most - least, rel=1e-3)
    assert directional_depth(first, second, n) == pytest.approx((most - least) / (most + least), rel=1e-3)
    lengths = np.linalg.norm(field, axis=1)
    assert carrier_peak(first, second) == pytest.approx(lengths.max(), rel=1e-3)


@pytest.mark.parametrize("seed", range(4))
def test_phasors_along_a_direction_against_the_sum_over_time(seed):
    # fields that run around ellipses, each a cos + b sin; 2000 and 2010 Hz over a beat, maxima of half cycles
    random = np.random.default_rng(seed)
    (a, b), (c, d), n = random.normal(size=(2, 3)), random.normal(size=(2, 3)), random.normal(size=3)
    t = np.arange(400_000)[:, None] / 400_000 * 0.1
    slow, fast = 2 * np.pi * 2000 * t, 2 * np.pi * 2010 * t
    along = (a * np.cos(slow) + b * np.sin(slow) + c * np.cos(fast) + d * np.sin(fast)) @ (n / np.linalg.norm(n))
    peaks = np.abs(along).reshape(400, 1000).max(axis=1)
    least, most = peaks.min(), peaks.max()
    found = directional_envelope(a - 1j * b, c - 1j * d, n), directional_depth(a - 1j * b, c - 1j * d, n)
    assert found[0] == pytest.approx(most - least, abs=2e-3 * most)
    assert found[1] == pytest.approx((most - least) / (most + least), abs=2e-3)


def test_an_unknown_direction_has_no_envelope():
    directions = np.array([[1.0, 1.0, 0.0], [np.nan, np.nan, np.nan]])
    found = directional_envelope(np.array([X, X]), np.array([X, X]), directions)
    assert found[0] == pytest.approx(np.sqrt(2.0))
    assert np.isnan(found[1])


def test_many_at_once():
    random = np.random.default_rng(5)
    first, second = random.normal(size=(2, 6, 4, 3))
    for quantity in (maximum_envelope, modulation_depth, carrier_peak):
        table = quantity(first, second)
        assert table.shape == (6, 4)
        assert table[2, 3] == pytest.approx(float(quantity(first[2, 3], second[2, 3])), rel=1e-15)
    assert maximising_direction(first, second).shape == (6, 4, 3)
