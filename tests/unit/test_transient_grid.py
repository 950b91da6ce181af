"""Instants of a period: every edge, every relaxation, every oscillation, and weights that integrate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.transient.grid import time_grid
from sim.transient.periodic import drive_values
from sim.waveforms.pieces import Piece, Term

PULSES = (Piece(2e-4, 1.0), Piece(9.8e-3))


def test_edges_stand_on_both_sides():
    grid = time_grid([PULSES], 1e6)
    assert grid.period_s == pytest.approx(0.01)
    at_edge = np.flatnonzero(grid.times_s == grid.edges_s[1])
    assert list(grid.intervals[at_edge]) == [0, 1]
    assert list(drive_values(PULSES, grid)[at_edge]) == [1.0, 0.0]
    assert (np.diff(grid.times_s) >= 0.0).all()
    assert grid.times_s[0] == 0.0
    assert grid.times_s[-1] == grid.edges_s[-1]


@given(st.floats(-2.0, 9.0).map(lambda x: 10.0**x), st.floats(-2.0, 9.0).map(lambda x: 10.0**x))
@settings(max_examples=100, deadline=None)
def test_decays_after_an_edge_are_integrated(fastest, rate):
    rate = min(rate, fastest)
    grid = time_grid([PULSES], fastest)
    second = grid.spans[1]
    t = grid.times_s[second] - grid.edges_s[1]
    exact = -np.expm1(-2.0 * rate * 9.8e-3) / (2.0 * rate)
    assert grid.weights[second] @ np.exp(-2.0 * rate * t) * 0.01 == pytest.approx(exact, rel=2e-9)


@given(st.floats(0.5, 200.0), st.floats(0.0, 6.3))
@settings(max_examples=100, deadline=None)
def test_oscillations_are_integrated_and_their_peaks_seen(cycles, phase):
    omega = 2.0 * np.pi * cycles
    wave = (Piece(1.0, terms=(Term(np.exp(1j * phase), 1j * omega),)),)
    grid = time_grid([wave], 0.0)
    values = drive_values(wave, grid)
    exact = 0.5 + (np.sin(2.0 * (omega + phase)) - np.sin(2.0 * phase)) / (4.0 * omega)
    assert grid.weights @ values**2 == pytest.approx(exact, rel=1e-10)
    if cycles >= 1.0:
        assert np.abs(values).max() >= 1.0 - 0.0012


def test_edges_that_are_the_same_but_for_rounding_are_one():
    thirds = tuple(Piece(0.1 / 3.0, level) for level in (1.0, 0.0, -1.0))
    sixths = tuple(Piece(0.1 / 6.0, level) for level in (1.0, 1.0, 0.0, 0.0, -1.0, -1.0))
    grid = time_grid([thirds, sixths], 1e4)
    assert len(grid.edges_s) == 7
    assert (drive_values(thirds, grid) == drive_values(sixths, grid)).all()
    assert grid.weights.sum() == pytest.approx(1.0, rel=1e-14)


def test_a_piece_cut_by_the_edges_of_another_drive():
    ramp = (Piece(0.01, -0.3, 100.0, (Term(1.0 - 0.5j, -70.0 + 900.0j),)),)
    grid = time_grid([ramp, PULSES], 1e5)
    assert drive_values(ramp, grid) == pytest.approx(ramp[0].at(grid.times_s), rel=1e-13)


def test_refusals():
    with pytest.raises(ValueError, match="periods of"):
        time_grid([PULSES, (Piece(0.02, 1.0),)], 1.0)
    with pytest.raises(ValueError, match="too many cycles"):
        time_grid([(Piece(100.0, terms=(Term(1.0, 2j * np.pi * 1e5),)),)], 1.0)
