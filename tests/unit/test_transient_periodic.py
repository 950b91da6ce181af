"""Answers over time against closed forms: layers of R and C, Cole, constant phase, sine, resistor."""

import math
from decimal import Decimal, localcontext
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import gamma

from sim.transient.fitting import fit, samples_Hz
from sim.transient.grid import time_grid
from sim.transient.periodic import constant, drive_values, periodic
from sim.transient.response import RationalResponse
from sim.waveforms.pieces import Piece, Term

PERIOD = 0.01
WIDTH, GAP = 250e-6, 50e-6
BIPHASIC = (Piece(WIDTH, 1.0), Piece(GAP), Piece(WIDTH, -1.0), Piece(PERIOD - 2 * WIDTH - GAP))
JUMPS = ((0.0, 1.0), (WIDTH, -1.0), (WIDTH + GAP, -1.0), (2 * WIDTH + GAP, 1.0))
PULSES = (Piece(WIDTH, 1.0), Piece(PERIOD - WIDTH))
LAYERS = ((1000.0, 1.23e-4), (500.0, 7e-3), (20.0, 3e-7))  # ohm, s
SERIES = 100.0


def network():
    """The layers in series with a resistor, as poles."""
    resistances, constants = np.array(LAYERS).T
    return RationalResponse(-1.0 / constants, resistances[:, None], np.array([SERIES]))


def impedance(s):
    return SERIES + sum(r / (1.0 + s * tau) for r, tau in LAYERS)


def fitted(h, steady=True, low=1.0, high=1e7):
    f = samples_Hz(low, high)
    f = np.concatenate([[0.0], f]) if steady else f
    return fit(f, h(2j * np.pi * f)[:, None])


def since(grid, at):
    """Time since the last edge at ``at`` of this or the earlier period, for each instant, in (0, T] or [0, T)."""
    starts, ends = grid.edges_s[grid.intervals], grid.edges_s[grid.intervals + 1]
    past = 0.5 * (starts + ends) > at
    return grid.times_s - at + np.where(past, 0.0, PERIOD)


def by_geometric_sums(grid, jumps):
    """I sum of R (1 - exp(-t / tau)) for every step since ever: for each step exp(-t / tau) / (1 - exp(-T / tau))."""
    voltage = SERIES * sum(jump * (grid.edges_s[grid.intervals] >= at - 1e-15) for at, jump in jumps)
    for resistance, tau in LAYERS:
        for at, jump in jumps:
            gone = np.exp(-since(grid, at) / tau) / -math.expm1(-PERIOD / tau)
            voltage = voltage + jump * resistance * ((grid.edges_s[grid.intervals] >= at - 1e-15) - gone)
    return voltage


@pytest.mark.parametrize("jumps", [JUMPS, JUMPS[:2]], ids=["biphasic", "pulses"])
def test_layers_in_series_under_pulses_of_current(jumps):
    pieces = BIPHASIC if len(jumps) == 4 else PULSES
    exact_response, response = network(), fitted(impedance)
    grid = time_grid([pieces], response.fastest_per_s)
    exact = by_geometric_sums(grid, jumps)
    peak = np.abs(exact).max()
    assert np.abs(periodic(exact_response, pieces, grid).values[:, 0] - exact).max() < 1e-13 * peak
    assert np.abs(periodic(response, pieces, grid).values[:, 0] - exact).max() < 1e-8 * peak


def from_rest(response, pieces):
    """Instants, intervals and answer to a drive after rest: it comes back, reversed in turns, after all has relaxed."""
    pause = Piece(50.0 / np.abs(response.poles_per_s).min())
    whole = (*pieces, pause, *(piece.scaled(-1.0) for piece in pieces), pause)
    grid = time_grid([whole], response.fastest_per_s)
    first = grid.intervals < len(pieces)
    return grid.times_s[first], grid.intervals[first], periodic(response, whole, grid).values[first, 0]


def test_a_resistor_keeps_the_shape():
    f = samples_Hz(1.0, 1e7)
    values = np.column_stack([np.full(len(f), 321.0 + 0j), impedance(2j * np.pi * f)])
    response = fit(f, values * (1.0 + 1e-15 * np.sin(np.arange(len(f))))[:, None])
    grid = time_grid([BIPHASIC], response.fastest_per_s)
    values = periodic(response, BIPHASIC, grid).values[:, 0]
    levels = np.array([321.0, 0.0, -321.0, 0.0])[grid.intervals]
    assert values == pytest.approx(levels, abs=1e-10)


def test_two_layers_under_a_step_of_voltage():
    # Maxwell and Wagner: tau = (e1 d2 + e2 d1) / (s1 d2 + s2 d1); at first the divider of the capacitances
    (s1, e1, d1), (s2, e2, d2) = (2e-4, 1e-8, 1.5e-3), (0.04, 4e-8, 8e-3)
    tau = (e1 * d2 + e2 * d1) / (s1 * d2 + s2 * d1)
    first, last = (e2 / d2) / (e1 / d1 + e2 / d2), (d1 / s1) / (d1 / s1 + d2 / s2)
    response = fitted(lambda s: d1 / (s1 + s * e1) / (d1 / (s1 + s * e1) + d2 / (s2 + s * e2)), high=1e8)
    times, _, values = from_rest(response, (Piece(20.0 * tau, 5.0),))
    exact = 5.0 * (last + (first - last) * np.exp(-times / tau))
    assert values == pytest.approx(exact, abs=5e-7)


def mittag_leffler(beta, x):
    """E_beta(-x^beta) for 0 < beta < 1 by its spectrum of relaxations (Gorenflo & Mainardi 1997, eq. 3.13-3.14)."""

    def density(log_r):
        r = math.exp(log_r)
        return r**beta * math.exp(-r * x) / (r ** (2 * beta) + 2 * r**beta * math.cos(beta * math.pi) + 1)

    ends = np.linspace(-60.0, math.log(700.0 / x), 60)
    parts = [quad(density, a, b, epsabs=1e-14, epsrel=1e-12)[0] for a, b in pairwise(ends)]
    return math.sin(beta * math.pi) / math.pi * math.fsum(parts)


def test_the_reference_of_mittag_and_leffler():
    x = 1.7  # E_1/2(-sqrt(x)) = exp(x) erfc(sqrt(x))
    assert mittag_leffler(0.5, x) == pytest.approx(math.exp(x) * math.erfc(math.sqrt(x)), rel=1e-10)


@pytest.mark.parametrize("beta", [0.6, 0.75, 0.9])
def test_cole_under_a_pulse_of_current(beta):
    resistance, tau = 5000.0, 3e-4
    response = fitted(lambda s: 50.0 + resistance / (1.0 + (s * tau) ** beta))
    times, intervals, values = from_rest(response, (Piece(WIDTH, 1.0), Piece(5e-3, 0.0)))
    chosen = np.flatnonzero(times > 1e-6)[::12]

    def step(t):
        return resistance * (1.0 - mittag_leffler(beta, t / tau))

    for index in chosen:
        t, over = times[index], intervals[index] == 1
        if over and t - WIDTH < 1e-6:
            continue
        exact = step(t) - step(t - WIDTH) if over else 50.0 + step(t)
        assert values[index] == pytest.approx(exact, abs=1e-8 * 5050.0)


def test_constant_phase_under_a_step_of_current():
    # 1 / (Q s^a): t^a / (Q Gamma(1 + a))
    a, q = 0.8, 2e-5
    response = fitted(lambda s: 1.0 / (q * s**a), steady=False, low=0.1)
    times, _, values = from_rest(response, (Piece(0.02, 1.0),))
    late = times > 1e-6
    exact = times[late] ** a / (q * gamma(1.0 + a))
    # the step reaches below the band, where the fit flattens: its part of the answer is a slow drift
    assert values[late] == pytest.approx(exact, abs=1e-6 * exact.max())


def hurwitz(s, q, terms=30):
    """zeta(s, q) by Euler and Maclaurin, also left of s = 1."""
    m = np.arange(terms)[:, None]
    x = q + terms
    tail = x ** (1 - s) / (s - 1) + 0.5 * x**-s + s / 12 * x ** (-s - 1)
    tail = tail - s * (s + 1) * (s + 2) / 720 * x ** (-s - 3)
    tail = tail + s * (s + 1) * (s + 2) * (s + 3) * (s + 4) / 30240 * x ** (-s - 5)
    return ((q + m) ** -s).sum(axis=0) + tail


def test_constant_phase_under_balanced_pulses_for_ever():
    # steps since ever: T^a / (Q Gamma(1 + a)) sum of J zeta(-a, t / T), where neither charge nor steps are left over
    a, q = 0.85, 2e-5
    response = fitted(lambda s: 30.0 + 1.0 / (q * s**a), steady=False, low=1.0 / PERIOD, high=1e8)
    grid = time_grid([BIPHASIC], response.fastest_per_s)
    exact = 30.0 * drive_values(BIPHASIC, grid)
    for at, jump in JUMPS:
        exact = exact + jump * PERIOD**a / (q * gamma(1.0 + a)) * hurwitz(-a, since(grid, at) / PERIOD)
    assert periodic(response, BIPHASIC, grid).values[:, 0] == pytest.approx(exact, abs=1e-6 * np.abs(exact).max())


@pytest.mark.parametrize("frequency", [0.3, 50.0, 4000.0, 2.5e6])
def test_a_sine_comes_out_with_size_and_phase_of_the_response(frequency):
    sine = (Piece(1.0 / frequency, terms=(Term(-1j, 2j * np.pi * frequency),)),)
    response = network()
    grid = time_grid([sine], response.fastest_per_s)
    h = impedance(2j * np.pi * frequency)
    exact = np.abs(h) * np.sin(2 * np.pi * frequency * grid.times_s + np.angle(h))
    transient = periodic(response, sine, grid)
    assert transient.values[:, 0] == pytest.approx(exact, abs=1e-12 * abs(h))
    assert transient.rms == pytest.approx([abs(h) / math.sqrt(2)], rel=1e-9)
    assert np.abs(transient.values).max() >= (1 - 0.0012) * abs(h)


def spectrum(n):
    """c_n of the biphasic pulses: sum of J exp(-i n omega t) / (2 pi i n)."""
    return sum(jump * np.exp(-2j * np.pi * n * at / PERIOD) for at, jump in JUMPS) / (2j * np.pi * n)


def test_power_in_time_is_power_in_the_spectrum():
    response = RationalResponse(network().poles_per_s[:2], network().gains[:2], np.zeros(1))
    grid = time_grid([BIPHASIC], response.fastest_per_s)
    n = np.arange(1, 100_001)
    powers = 2.0 * np.abs(response.at(n / PERIOD)[:, 0] * spectrum(n)) ** 2
    # beyond N: abs(c_n) <= 4 / (2 pi n) and abs(H) <= sum of R / tau / omega, so that the rest falls as 1 / N^3
    slope = sum(r / tau for r, tau in LAYERS[:2]) * PERIOD / (2 * np.pi)
    rest = 2.0 * (4 * slope / (2 * np.pi)) ** 2 / (3.0 * n[-1] ** 3)
    total = periodic(response, BIPHASIC, grid).gram[0, 0]
    assert rest < 1e-9 * total
    assert total == pytest.approx(powers.sum(), rel=2e-9)


def test_harmonics_are_those_of_the_drive_times_the_response():
    response = network()
    fifth = (Piece(PERIOD, terms=(Term(1.0, 10j * np.pi / PERIOD),)),)  # so that the instants resolve it
    grid = time_grid([BIPHASIC, fifth], response.fastest_per_s)
    transient = periodic(response, BIPHASIC, grid)
    for n in (1, 2, 5):
        harmonic = (transient.weights * np.exp(-2j * np.pi * n * grid.times_s / PERIOD)) @ transient.values
        assert harmonic[0] == pytest.approx(impedance(2j * np.pi * n / PERIOD) * spectrum(n), rel=1e-7)


@pytest.mark.parametrize("through_fit", [False, True])
def test_voltage_drive_undoes_current_drive(through_fit):
    # R + R1 || C under a train of pulses: the voltage is a level and a decay on each piece, and drives 1 / Z
    r, (r1, tau) = 100.0, (1000.0, 1.23e-4)
    at_start = r1 * -math.expm1(-WIDTH / tau) * math.exp(-(PERIOD - WIDTH) / tau) / -math.expm1(-PERIOD / tau)
    at_end = r1 + (at_start - r1) * math.exp(-WIDTH / tau)
    voltage = (
        Piece(WIDTH, r + r1, terms=(Term(at_start - r1, -1.0 / tau),)),
        Piece(PERIOD - WIDTH, terms=(Term(at_end, -1.0 / tau),)),
    )
    zero = (1.0 + r1 / r) / tau  # where 1 / Z has its pole: 1 / Z = 1 / r - (1 / r - 1 / (r + r1)) / (1 + s / zero)
    admittance = RationalResponse(np.array([-zero]), np.array([[1 / (r + r1) - 1 / r]]), np.array([1 / r]))
    if through_fit:
        admittance = fitted(lambda s: 1.0 / (r + r1 / (1.0 + s * tau)))
    grid = time_grid([voltage], admittance.fastest_per_s)
    current = periodic(admittance, voltage, grid).values[:, 0]
    assert current == pytest.approx(drive_values(PULSES, grid), abs=1e-7 if through_fit else 1e-13)


def test_means_of_products_in_closed_form():
    # on each interval an output is a level and two decays: integrals of their products by hand
    response = RationalResponse(
        network().poles_per_s[:2], np.array([[1000.0, 3.0], [500.0, -8.0]]), np.array([100.0, 0.5])
    )
    grid = time_grid([BIPHASIC], response.fastest_per_s)
    z = np.zeros(2)
    for _ in range(400):  # far beyond the slowest time constant
        starts, states = [], z
        for piece in BIPHASIC:
            starts.append(states)
            states = piece.level + (states - piece.level) * np.exp(response.poles_per_s * piece.duration_s)
        z = states
    gram = np.zeros((2, 2))
    for piece, start in zip(BIPHASIC, starts, strict=True):
        rates = np.array([0.0, *response.poles_per_s])
        sums = rates[:, None] + rates
        overlap = np.where(
            sums == 0.0, piece.duration_s, np.expm1(sums * piece.duration_s) / np.where(sums == 0, 1, sums)
        )
        parts = np.vstack([piece.level * response.steady, (start - piece.level)[:, None] * response.gains])
        gram += parts.T @ overlap @ parts / PERIOD
    transient = periodic(response, BIPHASIC, grid)
    assert transient.gram == pytest.approx(gram, rel=1e-9)
    assert transient.rms == pytest.approx(np.sqrt(np.diag(gram)), rel=1e-9)
    pulses = time_grid([PULSES], response.fastest_per_s)
    assert periodic(response, PULSES, pulses).means == pytest.approx(response.steady * WIDTH / PERIOD, rel=1e-9)


@given(st.floats(-9.0, 12.0).map(lambda x: -(10.0**x)))
@settings(max_examples=60, deadline=None)
def test_fast_and_slow_poles_in_60_digits(pole):
    with localcontext() as context:
        context.prec, context.Emin = 60, -999_999_999
        p = Decimal(pole)
        starts, state = [], Decimal(0)
        for _ in range(2):
            starts = []
            for piece in BIPHASIC:
                starts.append(state)
                level, decay = Decimal(piece.level), (p * Decimal(piece.duration_s)).exp()
                state = level + (state - level) * decay
            whole = sum(Decimal(piece.duration_s) for piece in BIPHASIC)
            state = state / (1 - (p * whole).exp()) if starts[0] == 0 else state
        exact = [float(s) for s in starts]
    response = RationalResponse(np.array([pole]), np.ones((1, 1)), np.zeros(1))
    grid = time_grid([BIPHASIC], response.fastest_per_s)
    found = periodic(response, BIPHASIC, grid).values[[span.start for span in grid.spans], 0]
    assert found == pytest.approx(exact, abs=1e-14)


@given(
    st.lists(st.tuples(st.floats(1e-5, 1e-2), st.floats(-1.0, 1.0), st.floats(-50.0, 50.0)), min_size=1, max_size=5),
    st.lists(st.tuples(st.floats(0.0, 1e3), st.floats(-7.0, 1.0)), min_size=1, max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_a_passive_port_takes_power(shapes, layers):
    pieces = [Piece(duration, level, slope) for duration, level, slope in shapes]
    poles = np.array([-(10.0**-exponent) for _, exponent in layers])
    response = RationalResponse(poles, np.array([[r] for r, _ in layers]), np.array([1.0]))
    grid = time_grid([pieces], response.fastest_per_s)
    current = drive_values(pieces, grid)
    power = grid.weights @ (current * periodic(response, pieces, grid).values[:, 0])
    square = grid.weights @ current**2
    assert power >= square * (1.0 - 1e-9)  # of the resistor in series alone
    assert power <= square * response.steady[0] * (1.0 + 1e-9)


def test_what_builds_up_from_rest_becomes_periodic():
    response = network()
    grid = time_grid([PULSES], response.fastest_per_s)
    repeated = periodic(response, PULSES, grid).values[:, 0]
    first, *_, last = np.split(from_rest(response, PULSES * 20)[2], 20)
    assert first[0] == pytest.approx(SERIES, rel=1e-12)  # nothing is charged yet
    assert repeated[0] > SERIES + 5.0
    # e^-28 of it is left; instants after 0.2 s are rounded to 3e-17 s, in which the fastest layer moves by 2e-9 ohm
    assert last == pytest.approx(repeated, abs=4e-9)


def test_two_drives_on_one_clock():
    response = network()
    sine = (Piece(PERIOD, terms=(Term(-1j, 2j * np.pi / PERIOD),)),)
    grid = time_grid([BIPHASIC, sine], response.fastest_per_s)
    assert len(grid.edges_s) == 5
    first, second = (periodic(response, drive, grid).values[:, 0] for drive in (BIPHASIC, sine))
    # a sine meets only the first harmonic of the other answer: Re(2 H c_1 conj(H / 2i))
    h = impedance(2j * np.pi / PERIOD)
    assert grid.weights @ (first * second) == pytest.approx((2.0 * h * spectrum(1) * np.conj(h / 2j)).real, rel=1e-7)


def test_direct_current_is_the_steady_value():
    transient = constant(network())
    assert transient.values == pytest.approx(np.array([[SERIES + 1520.0]]))
    assert transient.means == pytest.approx([1620.0])
    assert transient.gram == pytest.approx(np.array([[1620.0**2]]))


def test_a_mean_needs_the_steady_value():
    response = fitted(lambda s: 10.0 + 1.0 / (1e-6 * s), steady=False)
    balanced = time_grid([BIPHASIC], response.fastest_per_s)
    assert np.isfinite(periodic(response, BIPHASIC, balanced).values).all()
    tau = 3e-3  # a recharge that decays: balanced, but not to the last digit of a quadrature
    recharge = -WIDTH / tau / -math.expm1(-(PERIOD - WIDTH) / tau)
    passive = (Piece(WIDTH, 1.0), Piece(PERIOD - WIDTH, terms=(Term(recharge, -1.0 / tau),)))
    assert np.isfinite(periodic(response, passive, time_grid([passive], response.fastest_per_s)).values).all()
    with pytest.raises(ValueError, match="direct current needs frequency 0"):
        periodic(response, PULSES, time_grid([PULSES], response.fastest_per_s))
    with pytest.raises(ValueError, match="direct current needs frequency 0"):
        constant(response)
