"""Clocks and the instants of peaks."""

import numpy as np
import pytest

from sim.clocks import Clock, gram_of
from sim.extremes import extreme_rows, joint_instants


def clock(values, components, weights=None, period=1.0):
    values = np.asarray(values, dtype=float)
    even = np.full(len(values), 1.0 / len(values))
    times = np.arange(len(values), dtype=float)
    return Clock((0,), components, times, even if weights is None else np.asarray(weights), values, period)


def test_charge_is_that_of_the_longest_stretch_of_one_sign():
    current = np.array([1.0, 2.0, -4.0, 0.0, 3.0, 3.0])
    part = 1.0 / 6.0
    once = clock(current[:, None], (0,))
    assert once.charge_per_phase(current) == pytest.approx((3 + 3 + 1 + 2) * part)  # the last runs on into the first
    assert once.charge_per_phase(-current) == pytest.approx(9 * part)
    assert once.charge_per_phase(np.abs(current)) == pytest.approx(13 * part)
    assert once.charge_per_phase(0.0 * current) == 0.0
    assert clock(current[:, None], (0,), period=None).charge_per_phase(current) == 0.0


def test_different_clocks_share_nothing_but_their_means():
    a = clock([[1.0, 3.0], [2.0, -1.0]], (0, 2))
    b = clock([[5.0], [1.0], [0.0]], (1,))
    products, means = gram_of((a, b))
    assert means == pytest.approx([1.5, 2.0, 1.0])
    assert products[0, 2] == pytest.approx((3.0 - 2.0) / 2)
    assert products[0, 1] == pytest.approx(3.0)
    assert products[1, 1] == pytest.approx(26.0 / 3)
    assert products == pytest.approx(products.T)


def test_components_are_found_by_their_numbers():
    a = clock([[1.0, 3.0], [2.0, -1.0]], (0, 2))
    values = np.array([[1.0, 0.0], [100.0, 100.0], [0.0, 1.0]])
    assert a.over_time(values) == pytest.approx(a.values)


def test_extreme_rows_hold_the_largest_of_every_direction():
    random = np.random.default_rng(3)
    values = random.normal(size=(4000, 3))
    observed = random.normal(size=(3, 500))
    rows = extreme_rows(values, observed)
    everything = np.abs(values @ observed).max(axis=0)
    assert np.abs(values[rows] @ observed).max(axis=0) == pytest.approx(everything)
    assert len(rows) < 400


def test_joint_instants_begin_with_the_peaks():
    a, b = np.array([[1.0], [-3.0], [2.0]]), np.array([[7.0, 0.0], [0.0, 9.0]])
    found = joint_instants([a, b], [2, 0], [np.array([1, 2]), np.array([1])])
    assert found.tolist() == [[2.0, 7.0, 0.0], [2.0, 0.0, 9.0], [-3.0, 7.0, 0.0], [-3.0, 0.0, 9.0]]
