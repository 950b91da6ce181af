"""A source that runs out of voltage on R + R1 || C, solved by hand, and its limits."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from sim.transient.clipping import clipped
from sim.transient.fitting import fit, samples_Hz
from sim.transient.grid import time_grid
from sim.transient.periodic import periodic
from sim.transient.response import RationalResponse
from sim.waveforms.pieces import Piece, Term

R, R1, TAU = 200.0, 1000.0, 1e-4
CAPACITANCE = TAU / R1
PORT = RationalResponse(np.array([-1.0 / TAU]), np.array([[R1]]), np.array([R]))
WIDTH, REST = 300e-6, 700e-6
PULSE = (Piece(WIDTH, 1.0), Piece(REST))
CURRENT, LIMIT = 0.01, 8.0  # 2 V at once, 12 V in the end


def by_hand(t, interval):
    """Current and voltage of one pulse from rest: free, held at the limit, then no current."""
    if interval == 1:
        return 0.0, capacitor(WIDTH) * math.exp(-(t - WIDTH) / TAU)
    if t <= START:
        return CURRENT, CURRENT * R + capacitor(t)
    return (LIMIT - capacitor(t)) / R, LIMIT


START = -TAU * math.log(1.0 - (LIMIT - CURRENT * R) / (CURRENT * R1))  # the capacitor takes the rest of the limit


def capacitor(t):
    """Its voltage during the pulse: charged by the current, then through R, with R1 beside it."""
    if t <= START:
        return CURRENT * R1 * -math.expm1(-t / TAU)
    at_start, final = LIMIT - CURRENT * R, LIMIT * R1 / (R + R1)
    return final + (at_start - final) * math.exp(-(t - START) / (R * R1 / (R + R1) * CAPACITANCE))


def fitted():
    f = np.concatenate([[0.0], samples_Hz(1.0, 1e7)])
    return fit(f, (R + R1 / (1.0 + 2j * np.pi * f * TAU))[:, None])


@pytest.mark.parametrize(("port", "tolerance"), [(PORT, 1e-12), (fitted(), 1e-6)], ids=["exact", "fitted"])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_pulse_by_hand(port, tolerance, sign):
    grid = time_grid([PULSE], port.fastest_per_s)
    found = clipped(port, [piece.scaled(sign) for piece in PULSE], grid, CURRENT, LIMIT)
    exact = np.array([by_hand(t, k) for t, k in zip(grid.times_s, grid.intervals, strict=True)])
    assert sign * found.current_A == pytest.approx(exact[:, 0], abs=tolerance * CURRENT)
    assert sign * found.voltage_V == pytest.approx(exact[:, 1], abs=tolerance * LIMIT)
    assert found.clipped_s == pytest.approx(WIDTH - START, rel=10 * tolerance)


def test_without_a_limit_in_reach_it_is_the_linear_answer():
    grid = time_grid([PULSE], PORT.fastest_per_s)
    found = clipped(PORT, PULSE, grid, CURRENT, 12.1, periods=4)  # e^-40 is left of the start
    assert found.clipped_s == 0.0
    assert found.voltage_V == pytest.approx(CURRENT * periodic(PORT, PULSE, grid).values[:, 0], rel=1e-13)


def test_a_resistor_cuts_a_sine():
    resistor = RationalResponse(np.zeros(0), np.zeros((0, 1)), np.array([R]))
    sine = (Piece(1e-3, terms=(Term(-1j, 2e3j * np.pi),)),)
    grid = time_grid([sine], 0.0)
    found = clipped(resistor, sine, grid, 0.02, 2.0)
    wanted = 0.02 * np.sin(2e3 * np.pi * grid.times_s)
    assert found.current_A == pytest.approx(np.clip(wanted, -0.01, 0.01), abs=1e-15)
    assert found.voltage_V == pytest.approx(R * found.current_A, abs=1e-12)
    assert found.clipped_s == pytest.approx(1e-3 * (1.0 - 4.0 * math.asin(0.5) / (2.0 * math.pi)), rel=1e-12)


def test_many_periods_of_a_network_keep_its_equations():
    # against an integrator of ordinary differential equations that knows nothing of modes
    port = RationalResponse(np.array([-1e4, -300.0]), np.array([[1000.0], [800.0]]), np.array([150.0]))
    pieces = (Piece(4e-4, 1.0, -500.0), Piece(1e-4), Piece(4e-4, -1.0), Piece(6e-4))
    grid = time_grid([pieces], port.fastest_per_s)
    amplitude, limit, periods = 0.02, 9.0, 6
    found = clipped(port, pieces, grid, amplitude, limit, periods)

    def current(piece, t, z):
        v = port.gains[:, 0] @ z
        return np.clip(amplitude * piece.at(t), (-limit - v) / 150.0, (limit - v) / 150.0)

    z = np.zeros(2)
    again = np.empty(len(grid.times_s))
    for _ in range(periods):
        for span, piece, start in zip(grid.spans, pieces, grid.edges_s[:-1], strict=True):
            t = np.minimum(grid.times_s[span] - start, piece.duration_s)
            solution = solve_ivp(
                lambda t, z, piece=piece: port.poles_per_s * (z - current(piece, t, z)),
                (0.0, piece.duration_s), z, t_eval=t, method="LSODA", rtol=1e-9, atol=1e-12 * amplitude,
            )  # fmt: skip
            again[span] = current(piece, t, solution.y)
            z = solution.y[:, -1]
    assert found.current_A == pytest.approx(again, abs=1e-6 * amplitude)
    assert np.abs(found.voltage_V).max() <= limit * (1.0 + 1e-12)
    assert 0.0 < found.clipped_s < 8e-4


def test_refusals():
    grid = time_grid([PULSE], 1e4)
    with pytest.raises(ValueError, match="positive instant resistance"):
        clipped(RationalResponse(np.array([-1e4]), np.array([[1.0]]), np.zeros(1)), PULSE, grid, 1.0, 1.0)
    for periods, voltage in ((0, 1.0), (1, 0.0), (1, math.nan)):
        with pytest.raises(ValueError, match="at least 1, more than 0"):
            clipped(PORT, PULSE, grid, 1.0, voltage, periods)
    with pytest.raises(ValueError, match="not passive"):
        clipped(RationalResponse(np.array([-1e4]), np.array([[-2.0]]), np.ones(1)), PULSE, grid, 1.0, 1.0)
