"""Closed integrals of pieces where their formulas cancel, and crossings where pairs of them lie close together."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import roots_legendre

from sim.waveforms.crossings import crossings, extremes, stretches, turning_points
from sim.waveforms.integrals import fourier, integral, moment, product_integral
from sim.waveforms.pieces import Piece, Term

NODES, WEIGHTS = roots_legendre(60)


def quadrature(function, end, intervals=40):
    """Integral from 0 to ``end``: Gauss-Legendre with 60 points on equal intervals, of positive weights."""
    edges = np.linspace(0.0, end, intervals + 1)
    t = 0.5 * (edges[:-1] + edges[1:])[:, None] + 0.5 * (end / intervals) * NODES
    return (0.5 * (end / intervals) * WEIGHTS * function(t)).sum()


decay = st.floats(-60.0, 3.0)
turn = st.floats(-80.0, 80.0)
rates = st.one_of(
    st.builds(complex, decay, turn),
    st.builds(lambda size, angle: size * complex(math.cos(angle), math.sin(angle)), st.floats(1e-12, 1.5), turn),
    st.just(0j),
)
levels = st.floats(-2.0, 2.0)
terms = st.lists(st.builds(Term, st.builds(complex, levels, levels), rates), max_size=3).map(tuple)
pieces = st.builds(Piece, st.just(1.0), levels, levels, terms)


@given(rates, st.integers(0, 2))
@settings(max_examples=200, deadline=None)
def test_moments_are_those_of_quadrature_near_and_far_from_zero(z, power):
    expected = quadrature(lambda s: s**power * np.exp(z * s), 1.0)
    size = quadrature(lambda s: s**power * np.exp(z.real * s), 1.0)
    assert abs(complex(moment(np.array(z), power)) - expected) <= 5e-15 * max(size, abs(expected)) * (1.0 + abs(z))


def test_small_moments_do_not_cancel():
    for size in 10.0 ** np.arange(-300.0, 0.0, 20.0):
        for z in (size, -size, 1j * size):
            assert [complex(moment(np.array(complex(z)), k)) for k in range(3)] == pytest.approx([1.0, 0.5, 1 / 3])


@given(pieces, pieces)
@settings(max_examples=150, deadline=None)
def test_integrals_are_those_of_quadrature(first, second):
    assert integral(first) == pytest.approx(quadrature(first.at, 1.0), rel=1e-11, abs=1e-11)
    product = quadrature(lambda t: first.at(t) * second.at(t), 1.0)
    size = quadrature(lambda t: abs(first.at(t) * second.at(t)), 1.0)
    assert product_integral(first, second) == pytest.approx(product, rel=1e-11, abs=1e-11 * (1.0 + size))
    assert product_integral(first, first) >= -1e-11
    for omega in (0.0, 1e-9, 0.3, 60.0):
        expected = quadrature(lambda t, omega=omega: first.at(t) * np.exp(-1j * omega * t), 1.0)
        assert fourier(first, np.array(omega)) == pytest.approx(expected, rel=1e-11, abs=1e-11)


@given(pieces, st.floats(0.05, 0.45), st.floats(0.5, 0.95))
@settings(max_examples=60, deadline=None)
def test_part_and_multiple_and_derivative_of_a_piece(piece, start, end):
    t = np.linspace(0.0, end - start, 7)
    part = piece.part(start, end)
    assert part.duration_s == end - start
    assert part.at(t) == pytest.approx(piece.at(start + t), rel=1e-9, abs=1e-10)
    assert piece.scaled(-3.0).at(t) == pytest.approx(-3.0 * piece.at(t), rel=1e-12, abs=1e-12)
    rise = piece.at(end) - piece.at(start)
    assert integral(piece.derivative.part(start, end)) == pytest.approx(rise, rel=1e-8, abs=1e-8)


@given(pieces)
@settings(max_examples=100, deadline=None)
def test_stretches_have_one_sign_and_hold_the_whole(piece):
    parts = list(stretches(piece))
    t = np.linspace(0.0, 1.0, 20_001)
    dense = piece.at(t)
    size = abs(dense).max()
    assert math.fsum(part.duration_s for part in parts) == pytest.approx(1.0)
    for part in parts:
        values = part.at(np.linspace(0.0, part.duration_s, 200))
        assert min(values.max(), -values.min()) <= 1e-9 * (1.0 + size)
    rectified = math.fsum(abs(integral(part)) for part in parts)
    # Trapezoid on the dense samples: an error of the curvature, and of the steps around each crossing.
    bend = abs(np.diff(dense, 2)).sum() if len(dense) > 2 else 0.0
    assert rectified == pytest.approx(np.trapezoid(abs(dense), t), abs=(bend + size * 1e-3) * 1e-3 + 1e-9)
    times, values = extremes(piece)
    assert values.max() >= dense.max() - 1e-9 * (1.0 + size)
    assert values.min() <= dense.min() + 1e-9 * (1.0 + size)
    assert ((times >= 0.0) & (times <= 1.0)).all()


def test_crossings_of_a_cosine_are_found_to_rounding():
    piece = Piece(1.0, terms=(Term(1.0 + 0j, 2j * np.pi * 5.0),))
    assert crossings(piece) == pytest.approx((np.arange(10) + 0.5) / 10.0, abs=1e-15)
    assert turning_points(piece) == pytest.approx(np.arange(1, 10) / 10.0, abs=1e-15)
    assert crossings(Piece(2.0, -1.0, 2.0)) == pytest.approx([0.5])
    assert crossings(Piece(2.0, 1.0)).shape == crossings(Piece(2.0, 1.0, 2.0)).shape == (0,)


@pytest.mark.parametrize("apart", [1e-2, 1e-4, 1e-6])
def test_two_crossings_within_one_step_are_told_apart(apart):
    # cos(2 pi (t - 0.03)) + 1 - a dips below zero around t = 0.53 alone, where |t - 0.53| < arccos(1 - a) / (2 pi).
    depth = 1.0 - math.cos(math.pi * apart)
    shift = 2.0 * math.pi * 0.03
    piece = Piece(1.0, 1.0 - depth, terms=(Term(complex(math.cos(shift), -math.sin(shift)), 2j * np.pi),))
    found = crossings(piece)
    # The depth is a difference of numbers near one: the crossings are good to 1e-16 / slope.
    assert found == pytest.approx([0.53 - 0.5 * apart, 0.53 + 0.5 * apart], abs=1e-15 / apart)


@pytest.mark.parametrize("angle", np.linspace(0.1, 6.0, 12))
def test_a_curve_that_touches_zero_does_not_cross_it(angle):
    # 1 + cos(2 pi 400 t + angle) is never negative, but for rounding of angles up to 2500.
    piece = Piece(1.0, 1.0, terms=(Term(complex(math.cos(angle), math.sin(angle)), 2j * np.pi * 400.0),))
    assert crossings(piece).size == 0
    lower = Piece(1.0, 1.0 - 1e-6, terms=piece.terms)
    assert crossings(lower).size == 800


def test_fast_decay_in_a_long_piece_is_not_missed():
    # 1e-3 - exp(-t / tau), tau = 1e-6 of the piece, crosses at tau ln 1000.
    piece = Piece(1.0, 1e-3, terms=(Term(-1.0 + 0j, complex(-1e6)),))
    assert crossings(piece) == pytest.approx([1e-6 * math.log(1e3)], rel=1e-9)
    assert list(map(integral, stretches(piece))) == pytest.approx(
        [1e-9 * math.log(1e3) - 1e-6 * (1.0 - 1e-3), 1e-3 - 1e-9 * math.log(1e3) - 1e-9], rel=1e-9
    )
