"""Closed forms of every waveform against brute-force integration of its samples, and the numbers of handbooks."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sim.units import MA, MJ, UC
from sim.waveforms import Biphasic, Direct, Monophasic, Sine, Waveform

SAMPLES = 100_000
READ = TypeAdapter(Waveform)

PERIODIC = [
    Sine(frequency_Hz=4000.0),
    Monophasic(phase_us=100.0, rate_Hz=50.0),
    Monophasic(phase_us=10_000.0, rate_Hz=100.0),
    Biphasic(phase_us=250.0, rate_Hz=100.0),
    Biphasic(phase_us=250.0, interphase_us=70.0, rate_Hz=100.0),
    Biphasic(phase_us=90.0, interphase_us=30.0, rate_Hz=130.0, recharge_ratio=4.0),
    Biphasic(phase_us=5000.0, rate_Hz=100.0),
]


def sampled(waveform):
    """Midpoint samples of one period, and the weight dt [s] of each."""
    dt = waveform.period_s / SAMPLES
    return waveform.at((np.arange(SAMPLES) + 0.5) * dt), dt


@st.composite
def biphasics(draw):
    phase_us, gap_us = draw(st.floats(1.0, 1000.0)), draw(st.floats(0.0, 500.0))
    ratio, filled = draw(st.floats(1.0, 10.0)), draw(st.floats(0.01, 1.0))
    rate_Hz = filled * 1e6 / (phase_us * (1.0 + ratio) + gap_us)
    return Biphasic(phase_us=phase_us, interphase_us=gap_us, rate_Hz=rate_Hz, recharge_ratio=ratio)


@pytest.mark.parametrize("w", PERIODIC, ids=str)
def test_means_are_those_of_the_samples(w):
    samples, dt = sampled(w)
    near = {"abs": 2e-4, "rel": 1e-4}
    assert w.mean == pytest.approx(samples.mean(), **near)
    assert w.rms == pytest.approx(math.sqrt((samples**2).mean()), **near)
    assert w.rms_ac == pytest.approx(samples.std(), **near)
    assert w.average_rectified == pytest.approx(abs(samples).mean(), **near)
    assert w.net_charge_s == pytest.approx(samples.sum() * dt, abs=2e-4 * w.period_s)
    assert w.charge_per_phase_s == pytest.approx(samples.clip(min=0.0).sum() * dt, rel=1e-3)
    assert w.charge_per_phase_s >= -samples.clip(max=0.0).sum() * dt * (1.0 - 1e-3)


@pytest.mark.parametrize("w", PERIODIC, ids=str)
def test_peak_is_one_and_levels_are_reached(w):
    samples, _ = sampled(w)
    assert w.at(w.peak_time_s) == pytest.approx(1.0)
    assert w.at(w.peak_time_s + 3.0 * w.period_s) == pytest.approx(1.0)
    assert (max(w.levels), min(w.levels)) == pytest.approx((samples.max(), samples.min()), abs=1e-9)
    if not isinstance(w, Sine):
        assert sorted(w.levels) == sorted(set(samples))


@pytest.mark.parametrize("w", PERIODIC[1:], ids=str)
def test_energy_and_duration_of_a_pulse_are_those_of_the_samples(w):
    samples, dt = sampled(w)
    assert w.pulse_energy_s == pytest.approx((samples**2).sum() * dt, rel=1e-3)
    assert w.pulse_s == pytest.approx((np.flatnonzero(samples).max() + 1) * dt, rel=1e-3)
    assert w.phase_s == pytest.approx(np.argmin(np.append(samples, 0.0) > 0.0) * dt, rel=1e-3)


def test_sine_is_known():
    w = Sine(frequency_Hz=50.0)
    assert (w.period_s, w.phase_s, w.peak_time_s) == pytest.approx((0.02, 0.01, 0.005))
    assert w.charge_per_phase_s == pytest.approx(1.0 / (math.pi * 50.0))
    assert (w.pulse_s, w.pulse_energy_s, w.levels) == (None, None, (1.0, -1.0))


def test_direct_has_no_period_and_no_phase():
    w = Direct()
    absent = (w.period_s, w.phase_s, w.pulse_s, w.charge_per_phase_s, w.net_charge_s, w.pulse_energy_s)
    assert absent == (None,) * 6
    assert (w.mean, w.rms, w.rms_ac, w.average_rectified, w.frequency_Hz, w.levels) == (1.0, 1.0, 0.0, 1.0, 0.0, (1.0,))
    assert w.at(np.zeros((2, 3))).tolist() == [[1.0] * 3] * 2


@pytest.mark.parametrize(
    ("amplitude_mA", "phase_us", "rate_Hz", "rms_mA", "charge_uC", "energy_mJ"),
    [(80.0, 250.0, 100.0, 17.9, 20.0, 1.6), (100.0, 400.0, 50.0, 20.0, 40.0, 4.0)],
)
def test_handbook_pulses_into_500_ohm(amplitude_mA, phase_us, rate_Hz, rms_mA, charge_uC, energy_mJ):
    w, peak_A = Biphasic(phase_us=phase_us, rate_Hz=rate_Hz), amplitude_mA * MA
    assert peak_A * w.rms / MA == pytest.approx(rms_mA, abs=0.05)
    assert peak_A * w.charge_per_phase_s / UC == pytest.approx(charge_uC)
    assert peak_A**2 * w.pulse_energy_s * 500.0 / MJ == pytest.approx(energy_mJ)


def test_recharge_is_weaker_and_longer():
    w = Biphasic(phase_us=100.0, interphase_us=50.0, rate_Hz=100.0, recharge_ratio=4.0)
    times_us = np.array([0.0, 99.0, 101.0, 149.0, 151.0, 549.0, 551.0, 9999.0])
    assert w.at(times_us * 1e-6).tolist() == [1.0, 1.0, 0.0, 0.0, -0.25, -0.25, 0.0, 0.0]
    assert w.at(w.edges_s[:-1]).tolist() == [1.0, 0.0, -0.25, 0.0]
    assert w.levels == (1.0, 0.0, -0.25)


def test_full_period_leaves_no_rest():
    for rate_Hz in range(1, 200):
        assert Monophasic(phase_us=1e6 / rate_Hz, rate_Hz=rate_Hz).levels == (1.0,)
    assert Biphasic(phase_us=5000.0, rate_Hz=100.0).levels == (1.0, -1.0)
    assert Biphasic(phase_us=100.0, rate_Hz=100.0).levels == (1.0, -1.0, 0.0)


@given(biphasics())
@settings(max_examples=50, deadline=None)
def test_biphasic_is_balanced_and_its_rms_is_that_of_both_phases(w):
    phases = [(piece.duration_s, piece.level) for piece in w.pieces if piece.level]
    assert math.fsum(d * v for d, v in phases) == pytest.approx(0.0, abs=1e-15)
    assert (w.net_charge_s, w.mean) == (0.0, 0.0)
    assert w.rms == w.rms_ac == pytest.approx(math.sqrt(w.rate_Hz * w.phase_s * (1.0 + 1.0 / w.recharge_ratio)))
    assert w.average_rectified == pytest.approx(2.0 * w.rate_Hz * w.charge_per_phase_s)


@given(biphasics(), st.floats(0.1, 1.0))
@settings(max_examples=50, deadline=None)
def test_rms_grows_with_the_root_of_the_rate_and_mean_with_the_rate(w, part):
    slow = Biphasic(**{**w.model_dump(), "rate_Hz": w.rate_Hz * part})
    assert slow.rms == pytest.approx(w.rms * math.sqrt(part))
    assert slow.average_rectified == pytest.approx(w.average_rectified * part)
    assert slow.charge_per_phase_s == w.charge_per_phase_s


BASE = {"phase_us": 200.0, "interphase_us": 20.0, "rate_Hz": 100.0, "recharge_ratio": 2.0}


@pytest.mark.parametrize("key", BASE)
def test_every_parameter_of_a_biphasic_changes_the_answer(key):
    base, other = Biphasic(**BASE), Biphasic(**{**BASE, key: BASE[key] * 1.5})
    assert other.at(np.arange(0.0, 0.02, 1e-6)).tolist() != base.at(np.arange(0.0, 0.02, 1e-6)).tolist()
    measures = [(w.rms, w.pulse_s, w.frequency_Hz) for w in (base, other)]
    assert measures[0] != measures[1]


def test_frequency_of_a_sine_and_keys_of_a_monophasic_change_the_answer():
    assert Sine(frequency_Hz=50.0).charge_per_phase_s != Sine(frequency_Hz=60.0).charge_per_phase_s
    base = Monophasic(phase_us=100.0, rate_Hz=50.0)
    assert Monophasic(phase_us=200.0, rate_Hz=50.0).mean == pytest.approx(2.0 * base.mean)
    assert Monophasic(phase_us=100.0, rate_Hz=100.0).mean == pytest.approx(2.0 * base.mean)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"kind": "direct"}', Direct),
        ('{"kind": "sine", "frequency_Hz": 50}', Sine),
        ('{"kind": "monophasic", "phase_us": 100, "rate_Hz": 50}', Monophasic),
        ('{"kind": "biphasic", "phase_us": 100, "rate_Hz": 50}', Biphasic),
    ],
)
def test_kinds_are_read_and_whole_numbers_are_taken(text, kind):
    w = READ.validate_json(text)
    assert isinstance(w, kind)
    assert READ.validate_json(w.model_dump_json()) == w
    assert hash(w) == hash(READ.validate_json(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"kind": "square", "rate_Hz": 50.0}', "'square'.*direct.*sine.*monophasic.*biphasic"),
        ('{"phase_us": 100.0, "rate_Hz": 50.0}', "discriminator"),
        ('{"kind": "direct", "rate_Hz": 50.0}', "rate_Hz"),
        ('{"kind": "sine", "frequency_hz": 50.0}', "frequency_Hz"),
        ('{"kind": "sine", "frequency_Hz": 0.0}', "greater than or equal to"),
        ('{"kind": "sine", "frequency_Hz": "50"}', "valid number"),
        ('{"kind": "sine", "frequency_Hz": NaN}', "finite"),
        ('{"kind": "monophasic", "phase_us": -1.0, "rate_Hz": 50.0}', "greater than or equal to"),
        ('{"kind": "monophasic", "phase_us": 1.0, "rate_Hz": 50.0, "interphase_us": 1.0}', "interphase_us"),
        ('{"kind": "biphasic", "phase_us": 1.0, "rate_Hz": 50.0, "interphase_us": -1.0}', "interphase_us"),
        ('{"kind": "biphasic", "phase_us": 1.0, "rate_Hz": 50.0, "recharge_ratio": 0.5}', "recharge_ratio"),
        ('{"kind": "monophasic", "phase_us": 12000.0, "rate_Hz": 100.0}', "12000 us .* 10000 us .*rate_Hz = 100"),
        ('{"kind": "biphasic", "phase_us": 5000.0, "interphase_us": 1.0, "rate_Hz": 100.0}', "10001 us .* 10000 us"),
        ('{"kind": "biphasic", "phase_us": 3000.0, "recharge_ratio": 3.0, "rate_Hz": 100.0}', "12000 us .* 10000 us"),
    ],
)
def test_wrong_waveforms_are_refused(text, message):
    with pytest.raises(ValidationError, match=message):
        READ.validate_json(text)
