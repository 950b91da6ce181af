"""The drive over time against sampling the waveforms densely."""

import numpy as np
import pytest

from sim.coincidence import gram, instants
from sim.drive import Drive
from sim.waveforms import Biphasic, Direct, Monophasic, Sine


def drive(*waveforms):
    return Drive(instants(waveforms), gram(waveforms), np.array([w.mean for w in waveforms]))


def sampled(waveforms, vectors, period):
    """Length of the summed vectors over one common period."""
    t = (np.arange(40000) + 0.5) / 40000 * period
    values = np.stack([w.at(t) for w in waveforms])
    return np.linalg.norm(np.einsum("at,ai->ti", values, vectors), axis=1)


SAME_RATE = (
    Biphasic(kind="biphasic", phase_us=1000.0, interphase_us=500.0, rate_Hz=100.0, recharge_ratio=2.0),
    Monophasic(kind="monophasic", phase_us=3000.0, rate_Hz=100.0),
)


@pytest.mark.parametrize(
    "waveforms",
    [SAME_RATE, (*SAME_RATE, Sine(kind="sine", frequency_Hz=100.0)), (SAME_RATE[0], Direct(kind="direct"))],
    ids=["pulses", "pulses and sine", "pulse and direct"],
)
def test_peak_and_rms_of_vectors(waveforms):
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(len(waveforms), 3))
    length = sampled(waveforms, vectors, 0.01)
    found = drive(*waveforms)
    assert found.peak_length(vectors[:, None])[0] == pytest.approx(length.max(), rel=1e-3)
    assert found.rms_length(vectors[:, None])[0] == pytest.approx(np.sqrt((length**2).mean()), rel=1e-3)


def test_scalars_are_vectors_of_length_one():
    found = drive(*SAME_RATE)
    values = np.array([3.0, -2.0])
    along = np.zeros((2, 1, 3))
    along[:, 0, 0] = values
    assert found.peak(values) == pytest.approx(found.peak_length(along)[0])
    assert found.rms(values) == pytest.approx(found.rms_length(along)[0])


def test_different_rates_add_as_squares_and_peak_together():
    found = drive(Sine(kind="sine", frequency_Hz=4000.0), Sine(kind="sine", frequency_Hz=4100.0))
    assert found.rms(np.array([3.0, 4.0])) == pytest.approx(5.0 / np.sqrt(2))
    assert found.peak(np.array([3.0, -4.0])) == pytest.approx(7.0)


def test_opposite_channels_of_one_clock_cancel():
    found = drive(SAME_RATE[0], SAME_RATE[0])
    assert found.rms(np.array([2.0, -2.0])) == pytest.approx(0.0, abs=1e-9)
    assert found.peak(np.array([2.0, -2.0])) == pytest.approx(0.0, abs=1e-12)
