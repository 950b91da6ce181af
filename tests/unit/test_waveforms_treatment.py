"""Trains, ramps and doses over a treatment, against integrals of the trapezoid that are drawn anew."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sim.waveforms import Biphasic, Direct, Premodulated, Scan, Sine, Sweep, Train, Waveform

READ = TypeAdapter(Waveform)
NMES = {"on_s": 10.0, "off_s": 50.0, "ramp_up_s": 2.0, "ramp_down_s": 1.0}
PULSE = {"phase_us": 300.0, "rate_Hz": 35.0}


def envelope(t, on_s, off_s, ramp_up_s, ramp_down_s):
    """The trapezoid through its corners."""
    corners = [0.0, ramp_up_s, on_s - ramp_down_s, on_s, on_s + off_s]
    return np.interp(np.mod(t, on_s + off_s), corners, [0.0, 1.0, 1.0, 0.0, 0.0])


@given(st.floats(1.0, 20.0), st.floats(0.1, 60.0), st.floats(0.01, 0.5), st.floats(0.01, 0.5), st.floats(0.1, 400.0))
@settings(max_examples=60, deadline=None)
def test_area_of_a_train_is_that_of_its_trapezoids(on, off, up, down, duration):
    keys = {"on_s": on, "off_s": off, "ramp_up_s": up * on, "ramp_down_s": down * on}
    train = Train(**keys)
    edges = [
        cycle * (on + off) + corner
        for cycle in range(int(duration / (on + off)) + 1)
        for corner in (0.0, up * on, on - down * on, on, on + off)
    ]
    t = np.unique([edge for edge in (0.0, *edges, duration) if edge <= duration])
    middles = 0.5 * (t[1:] + t[:-1])  # linear in between: the midpoint rule is exact
    assert train.area_s(duration) == pytest.approx((envelope(middles, **keys) * np.diff(t)).sum(), rel=1e-9, abs=1e-9)


def test_factors_of_a_train_are_means_over_a_cycle():
    train = Train(**NMES)
    t = (np.arange(600_000) + 0.5) * 1e-4
    samples = envelope(t, **NMES)
    assert train.duty == pytest.approx(1.0 / 6.0)
    assert train.mean == pytest.approx(samples.mean(), rel=1e-8)
    assert train.mean_square == pytest.approx((samples**2).mean(), rel=1e-8)
    assert train.area_s(60.0) == pytest.approx(train.mean * 60.0)


def test_a_train_dilutes_the_dose_and_no_measure():
    plain, trained = Biphasic(**PULSE), Biphasic(**PULSE, train=Train(**NMES))
    for name in ("rms", "average_rectified", "charge_per_phase_s", "pulse_energy_s", "mean", "at"):
        before, after = getattr(plain, name), getattr(trained, name)
        assert before(0.0) == after(0.0) if name == "at" else before == after
    assert (plain.duty, plain.mean_over_treatment, plain.mean_square_over_treatment) == (1.0, 1.0, 1.0)
    assert trained.duty == pytest.approx(1.0 / 6.0)
    assert trained.mean_over_treatment == pytest.approx(8.5 / 60.0)
    assert trained.mean_square_over_treatment == pytest.approx(8.0 / 60.0)
    assert plain.dose_factor_s(1200.0) == pytest.approx(1200.0 * plain.average_rectified)
    assert trained.dose_factor_s(1200.0) == pytest.approx(1200.0 * plain.average_rectified * 8.5 / 60.0)
    assert trained.dose_factor_s(1.0) == pytest.approx(plain.average_rectified * 0.25), "half of the ramp up"


def test_dose_of_iontophoresis_counts_its_ramps():
    # 4 mA for 20 min with ramps of 30 s at both ends: 4 x (20 - 0.5) = 78 mA min.
    assert 4.0 * Direct(ramp_s=30.0).dose_factor_s(1200.0) / 60.0 == pytest.approx(78.0)
    assert 4.0 * Direct().dose_factor_s(1200.0) / 60.0 == pytest.approx(80.0)
    assert Direct(ramp_s=30.0).dose_factor_s(60.0) == pytest.approx(30.0), "a triangle"
    assert Direct(ramp_s=30.0).dose_factor_s(30.0) == pytest.approx(7.5), "a triangle of half the height"
    assert (Direct(ramp_s=30.0).mean, Direct(ramp_s=30.0).rms, Direct(ramp_s=30.0).steady) == (1.0, 1.0, Direct())


def test_direct_current_has_one_line_and_no_band():
    assert Direct().spectrum(np.array([[0, 1, -1]])).tolist() == [[1.0, 0.0, 0.0]]
    assert (Direct().bandwidth_Hz(0.01), Direct().duty, Direct().mean_over_treatment) == (0.0, 1.0, 1.0)
    assert [(p.level, p.moves) for p in Direct().pieces] == [(1.0, False)]


def test_scan_and_sweep_are_data_that_dilute_the_dose_alone():
    plain = Sine(frequency_Hz=4000.0)
    moved = Sine(frequency_Hz=4000.0, sweep=Sweep(to_Hz=4080.0, period_s=6.0), scan=Scan(lowest=0.5, period_s=8.0))
    assert (moved.rms, moved.average_rectified, moved.steady) == (plain.rms, plain.average_rectified, plain)
    assert moved.dose_factor_s(600.0) == pytest.approx(0.75 * plain.dose_factor_s(600.0))
    assert len({plain.clock, moved.clock}) == 2
    beat = Premodulated(carrier_Hz=4000.0, beat_Hz=80.0)
    swept = Premodulated(carrier_Hz=4000.0, beat_Hz=80.0, sweep=Sweep(to_Hz=120.0, period_s=6.0))
    assert (swept.rms, swept.dose_factor_s(9.0)) == (beat.rms, beat.dose_factor_s(9.0))
    assert beat.clock != swept.clock


def test_keys_that_are_not_given_are_not_written_and_tables_are_flat_for_a_reader():
    assert Biphasic(**PULSE).model_dump() == {
        "kind": "biphasic",
        "phase_us": 300.0,
        "rate_Hz": 35.0,
        "interphase_us": 0.0,
        "recharge_ratio": 1.0,
    }
    trained = Biphasic(**PULSE, train=Train(**NMES))
    assert trained.parameters["train_on_s"] == 10.0
    assert trained.parameters["phase_us"] == 300.0
    assert READ.validate_json(trained.model_dump_json()) == trained
    samples = READ.validate_json('{"kind": "sampled", "times_us": [0, 1, 2, 3, 4], "values": [0, 1, 0, -1, 0]}')
    assert samples.parameters == {"times_us": "5 values", "values": "5 values"}
    modulated = READ.validate_json(
        '{"kind": "modulated", "modulation_s": 1, "rate_Hz": [80, 120], "phase_us": [60, 200]}'
    )
    assert modulated.parameters["rate_Hz"] == "80 to 120"
    assert READ.validate_json('{"kind": "premodulated", "carrier_Hz": 4000, "beat_Hz": 80}').parameters == {
        "carrier_Hz": 4000.0,
        "beat_Hz": 80.0,
        "envelope": "am",
    }


KEY = '"phase_us": 300, "rate_Hz": 35'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f'{{"kind": "biphasic", {KEY}, "train": {{"on_s": 2, "off_s": 1, "ramp_up_s": 2, "ramp_down_s": 1}}}}', "ON"),
        (f'{{"kind": "biphasic", {KEY}, "train": {{"on_s": 0, "off_s": 1}}}}', "greater than 0"),
        (f'{{"kind": "biphasic", {KEY}, "train": {{"on_s": 1, "off_s": -1}}}}', "greater than or equal to 0"),
        ('{"kind": "direct", "train": {"on_s": 1, "off_s": 1}}', "train"),
        ('{"kind": "direct", "ramp_s": -1}', "ramp_s"),
        ('{"kind": "sine", "frequency_Hz": 4000, "scan": {"lowest": 1, "period_s": 8}}', "less than 1"),
        ('{"kind": "passive_recharge", "phase_us": 60, "time_constant_us": 30, "rate_Hz": 130}', "begins at 2 times"),
        ('{"kind": "passive_recharge", "phase_us": 9000, "time_constant_us": 9, "rate_Hz": 130}', "no time for"),
        ('{"kind": "twin_peak", "decay_us": 15, "spacing_us": 8000, "rate_Hz": 100}', "16000 us does not fit"),
        ('{"kind": "burst", "phase_us": 6000, "rate_Hz": 100, "pulses": 2, "burst_Hz": 2}', "12000 us does not fit"),
        ('{"kind": "burst", "phase_us": 100, "rate_Hz": 100, "pulses": 60, "burst_Hz": 2}', "of 590.2 ms does"),
        ('{"kind": "burst", "phase_us": 100, "rate_Hz": 100, "pulses": 0, "burst_Hz": 2}', "pulses"),
        ('{"kind": "sine_burst", "carrier_Hz": 2400, "burst_ms": 4, "burst_Hz": 50}', "9.6 cycles.*= 4.16666667"),
        ('{"kind": "russian", "burst_Hz": 120}', "burst of 10 ms does not fit"),
        ('{"kind": "aussie", "carrier_Hz": 9e6, "burst_ms": 4}', "36000 cycles; at most 20000"),
        ('{"kind": "premodulated", "carrier_Hz": 400, "beat_Hz": 80}', "at least 10 times the beat"),
        ('{"kind": "premodulated", "carrier_Hz": 4000.0001, "beat_Hz": 83}', "repeat together only every 10000 s"),
        ('{"kind": "premodulated", "carrier_Hz": 4000, "beat_Hz": 80, "envelope": "cos"}', "'am' or 'abs_cos'"),
        ('{"kind": "microcurrent", "reversal_s": 0.05, "pulses": {"phase_us": 9, "rate_Hz": 30}}', "1.5 pulses.*whole"),
        ('{"kind": "microcurrent", "reversal_s": 1, "pulses": {"phase_us": 40000, "rate_Hz": 30}}', "40000 us does"),
        ('{"kind": "modulated", "modulation_s": 100, "rate_Hz": [80, 120], "phase_us": [60, 200]}', "10000 pulses"),
        ('{"kind": "modulated", "modulation_s": 1, "rate_Hz": [80, 120], "phase_us": [60, 6000]}', "12000 us does not"),
        ('{"kind": "modulated", "modulation_s": 1, "rate_Hz": 80, "phase_us": [60, 60]}', "valid array"),
        ('{"kind": "sampled", "times_us": [0, 1], "values": [0, 1, 0]}', "2 times and 3 values"),
        ('{"kind": "sampled", "times_us": [0, 2, 1], "values": [0, 1, 0]}', "1 us after 2 us"),
        ('{"kind": "sampled", "times_us": [1, 1], "values": [0, 1]}', "period of 0 us"),
        ('{"kind": "sampled", "times_us": [0, 1, 2], "values": [0, 1, -2]}', "from -2 to 1.*largest magnitude"),
        ('{"kind": "sampled", "times_us": [0, 1], "values": [0, 0]}', "largest magnitude"),
    ],
)  # fmt: skip
def test_wrong_keys_are_refused_in_words(text, message):
    with pytest.raises(ValidationError, match=message):
        READ.validate_json(text)
