"""States of poles against closed forms in 60 digits and against quadrature, across their limits."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from sim.transient.states import forced, lag, relaxed
from sim.waveforms.pieces import Piece, Term

rates = st.floats(-6.0, 9.0).map(lambda x: -(10.0**x))
times = st.floats(-9.0, 3.0).map(lambda x: 10.0**x)


def exactly(pole, rate, t):
    """-p (exp(lambda t) - exp(p t)) / (lambda - p) in 60 digits, for real rates."""
    with localcontext() as context:
        context.prec, context.Emin = 60, -999999
        p, q, s = Decimal(pole), Decimal(rate), Decimal(t)
        if p == q:
            return float(-p * s * (p * s).exp())
        return float(-p * ((q * s).exp() - (p * s).exp()) / (q - p))


def ramp_exactly(pole, t):
    """t + (1 - exp(p t)) / p in 60 digits."""
    with localcontext() as context:
        context.prec, context.Emin = 60, -999999
        p, s = Decimal(pole), Decimal(t)
        return float(s + (1 - (p * s).exp()) / p)


def state(pole, piece, t):
    return float(forced(np.array([pole]), piece, np.array([t]))[0, 0])


@given(rates, times)
@settings(max_examples=200, deadline=None)
def test_level_and_slope_in_60_digits(pole, t):
    assert state(pole, Piece(t, level=1.0), t) == pytest.approx(-math.expm1(pole * t), rel=1e-14)
    assert state(pole, Piece(t, slope_per_s=1.0), t) == pytest.approx(ramp_exactly(pole, t), rel=1e-12)


@given(rates, rates, times)
@settings(max_examples=300, deadline=None)
def test_exponentials_in_60_digits(pole, rate, t):
    # exp(x) has a relative error of abs(x) eps: below 1e-200 only the size is compared
    exact = exactly(pole, rate, t)
    slower = max(pole, rate) * t
    assert state(pole, Piece(t, terms=(Term(1.0, rate),)), t) == pytest.approx(
        exact, rel=1e-14 * max(10.0, abs(slower)), abs=1e-250
    )


@pytest.mark.parametrize("apart", [0.0, 1e-15, 1e-12, 1e-8, 1e-4, 1.0])
def test_a_drive_that_decays_like_the_pole(apart):
    pole, t = -1000.0, 2.5e-3
    rate = pole * (1.0 + apart)
    assert state(pole, Piece(t, terms=(Term(2.0, rate),)), t) == pytest.approx(2.0 * exactly(pole, rate, t), rel=1e-13)


@pytest.mark.parametrize("u", [-1e-300, -1e-8, -0.499999999, -0.500000001, -3.0, -1e9])
def test_lag_has_no_seam(u):
    with localcontext() as context:
        context.prec, context.Emin = 700, -999999999
        exact = float(1 - (Decimal(u).exp() - 1) / Decimal(u))
    assert float(lag(np.array(u))) == pytest.approx(exact, rel=1e-14)


@pytest.mark.parametrize("pole", [-3.0, -900.0, -4e5])
@pytest.mark.parametrize("rate", [2j * math.pi * 50.0, -200.0 + 700.0j, 30.0 + 2e3j, -900.0 + 1e-6j])
def test_oscillations_by_quadrature(pole, rate):
    amplitude, t = 0.7 - 1.1j, 4e-3
    whole = 0.0
    for a, b in zip(np.linspace(0.0, t, 41)[:-1], np.linspace(0.0, t, 41)[1:], strict=True):
        whole += quad(
            lambda s: -pole * np.exp(pole * (t - s)) * (amplitude * np.exp(rate * s)).real, a, b, epsabs=0, epsrel=1e-12
        )[0]
    assert state(pole, Piece(t, terms=(Term(amplitude, rate),)), t) == pytest.approx(whole, rel=1e-11, abs=1e-13)


def test_every_time_and_pole_at_once():
    poles, t = np.array([-1.0, -1e3]), np.array([0.0, 1e-3, 1.0])
    piece = Piece(1.0, 0.3, 0.2, (Term(1j, 5.0j),))
    table = forced(poles, piece, t)
    assert table.shape == (3, 2)
    assert table[0] == pytest.approx([0.0, 0.0], abs=0.0)
    assert table == pytest.approx(np.array([[state(p, piece, s) for p in poles] for s in t]), rel=1e-14)
    assert relaxed(poles, np.array([2.0, 3.0]), t) == pytest.approx(np.array([2.0, 3.0]) * np.exp(np.outer(t, poles)))
