"""The band of a waveform against sums over its harmonics; the largest voltage of a source against itself."""

import math

import numpy as np
import pytest

from sim.transient.band import band
from sim.transient.compliance import compliance
from sim.waveforms.pieces import Piece, Term

PERIOD, WIDTH = 0.01, 200e-6
PULSES = (Piece(WIDTH, 1.0), Piece(PERIOD - WIDTH))


def power_above(high_Hz):
    """Part of the alternating power of the pulses above a frequency: 2 (sin(pi n D) / (pi n))^2 over D - D^2."""
    duty = WIDTH / PERIOD
    n = np.arange(1, round(high_Hz * PERIOD) + 1)
    return 1.0 - 2.0 * ((np.sin(np.pi * n * duty) / (np.pi * n)) ** 2).sum() / (duty - duty**2)


@pytest.mark.parametrize("fraction", [0.1, 1e-2, 1e-3, 1e-4])
def test_what_is_left_out_of_pulses(fraction):
    found = band(PULSES, fraction)
    assert found.low_Hz == pytest.approx(100.0)
    assert found.mean == pytest.approx(0.02)
    assert found.left_out == fraction
    assert power_above(found.high_Hz) <= fraction * (1.0 + 1e-9)
    assert power_above(found.high_Hz - 100.0) > fraction * (1.0 - 1e-9)  # and not higher than needed


def test_a_bound_is_kept_and_what_it_leaves_out_is_said():
    found = band(PULSES, 1e-4, highest_Hz=20e3)
    assert found.high_Hz == pytest.approx(20e3)
    assert found.left_out == pytest.approx(power_above(20e3), rel=1e-6)
    far = band(PULSES, 1e-9, highest_Hz=2e7)
    assert far.high_Hz == pytest.approx(2e7)
    assert far.left_out == pytest.approx(power_above(2e7), rel=0.01)


def test_a_sine_is_its_fundamental():
    sine = (Piece(1.0 / 4000.0, terms=(Term(-1j, 2j * math.pi * 4000.0),)),)
    found = band(sine, 1e-6)
    assert found.low_Hz == pytest.approx(4000.0)
    assert found.high_Hz == pytest.approx(4000.0)
    assert found.mean == pytest.approx(0.0, abs=1e-12)


def test_a_period_longer_than_the_bound_keeps_its_fundamental():
    assert band(PULSES, 1e-3, highest_Hz=10.0).high_Hz == pytest.approx(100.0)


def test_compliance_scales():
    voltage = np.array([0.0, 900.0, 1000.0, -1500.0, 0.0])
    found = compliance(voltage, 0.02, 25.0)
    assert found.clips
    assert found.peak_V == pytest.approx(30.0)
    assert found.excess_V == pytest.approx(5.0)
    assert found.largest_amplitude_A == pytest.approx(25.0 / 1500.0)
    edge = compliance(voltage, 0.5, 750.0)
    assert not edge.clips
    assert compliance(np.zeros(3), 1.0, 1.0).largest_amplitude_A == math.inf


def test_a_voltage_that_is_no_number_clips():
    assert compliance(np.array([math.nan, 1.0]), 1.0, 10.0).clips


@pytest.mark.parametrize(("amplitude", "voltage"), [(0.0, 1.0), (1.0, -1.0), (math.nan, 1.0)])
def test_a_source_has_positive_numbers(amplitude, voltage):
    with pytest.raises(ValueError, match="greater than 0"):
        compliance(np.ones(2), amplitude, voltage)
