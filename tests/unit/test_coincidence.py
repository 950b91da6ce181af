"""Time means of products and joint instants against brute-force sampling of all waveforms at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.coincidence import gram, instants
from sim.waveforms import (
    Aussie,
    Biphasic,
    Burst,
    Direct,
    Microcurrent,
    Modulated,
    Monophasic,
    PassiveRecharge,
    Premodulated,
    Russian,
    Sampled,
    Sine,
    Sweep,
    Train,
    TwinPeak,
)

SAMPLES = 20_000
RATE_HZ = 100.0

short = st.floats(10.0, 2000.0)
kinds = st.one_of(
    st.just(Sine(frequency_Hz=RATE_HZ)),
    st.builds(Monophasic, phase_us=st.floats(10.0, 10_000.0), rate_Hz=st.just(RATE_HZ)),
    st.builds(
        Biphasic, phase_us=short, interphase_us=short, rate_Hz=st.just(RATE_HZ), recharge_ratio=st.floats(1.0, 3.0)
    ),
)
others = st.one_of(
    st.just(Direct()), st.just(Sine(frequency_Hz=4000.0)), st.just(Monophasic(phase_us=90.0, rate_Hz=70.0))
)


def joint_samples(waveforms):
    """Values of waveforms of one rate at the middles of equal steps of a period, shape (SAMPLES, n)."""
    t = (np.arange(SAMPLES) + 0.5) / (SAMPLES * RATE_HZ)
    return np.column_stack([w.at(t) for w in waveforms])


@given(st.lists(kinds, min_size=2, max_size=4))
@settings(max_examples=60, deadline=None)
def test_gram_of_one_rate_is_the_mean_of_the_sampled_products(waveforms):
    samples = joint_samples(waveforms)
    assert gram(waveforms) == pytest.approx(samples.T @ samples / SAMPLES, abs=1e-3)


@given(st.lists(st.one_of(kinds, others), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_gram_is_symmetric_positive_semidefinite_with_squared_rms_on_the_diagonal(waveforms):
    g = gram(waveforms)
    assert (g == g.T).all()
    assert np.diag(g) == pytest.approx([w.rms**2 for w in waveforms])
    assert np.linalg.eigvalsh(g).min() > -1e-12


def test_gram_by_hand():
    pulse, wide = Monophasic(phase_us=1000.0, rate_Hz=100.0), Monophasic(phase_us=3000.0, rate_Hz=100.0)
    both = Biphasic(phase_us=1000.0, rate_Hz=100.0)
    half_wave = Monophasic(phase_us=5000.0, rate_Hz=100.0)
    sine = Sine(frequency_Hz=100.0)
    assert gram([pulse, wide])[0, 1] == pytest.approx(0.1)
    assert gram([both, wide])[0, 1] == pytest.approx(0.0, abs=1e-15)
    assert gram([sine, half_wave])[0, 1] == gram([half_wave, sine])[1, 0] == pytest.approx(1.0 / np.pi)
    assert gram([sine, sine])[0, 1] == pytest.approx(0.5)


def test_gram_of_drifting_phases_is_the_product_of_means():
    waveforms = [Direct(), Monophasic(phase_us=1000.0, rate_Hz=100.0), Monophasic(phase_us=1000.0, rate_Hz=101.0)]
    off_diagonal = gram(waveforms)[np.triu_indices(3, 1)]
    assert off_diagonal == pytest.approx([0.1, 0.101, 0.1 * 0.101])
    assert gram([Sine(frequency_Hz=4000.0), Sine(frequency_Hz=4100.0)])[0, 1] == 0.0


@given(st.lists(kinds, min_size=1, max_size=4), st.data())
@settings(max_examples=60, deadline=None)
def test_no_sampled_instant_of_one_rate_exceeds_the_peak_over_the_instants(waveforms, data):
    weights = data.draw(st.lists(st.floats(-1.0, 1.0), min_size=len(waveforms), max_size=len(waveforms)))
    searched = np.abs(instants(waveforms) @ weights).max()
    assert np.abs(joint_samples(waveforms) @ weights).max() <= searched + 1e-9


@given(st.lists(st.one_of(kinds, others), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_instants_are_distinct_begin_at_the_first_peak_and_hold_all_extremes(waveforms):
    rows = instants(waveforms)
    assert rows.shape[1] == len(waveforms)
    assert rows[0, 0] == 1.0
    assert len(np.unique(rows.round(9), axis=0)) == len(rows)
    assert np.abs(rows).max(axis=0) == pytest.approx(np.ones(len(waveforms)))
    assert np.abs(rows).max(axis=1).min() > 0.0
    pairs = rows[:, None] + rows[None]
    assert np.abs(pairs).max(axis=2).min() > 1e-9, "of two opposite rows one is enough"


def test_instants_of_one_rate_share_time():
    pulse, wide = Monophasic(phase_us=1000.0, rate_Hz=100.0), Biphasic(phase_us=2000.0, rate_Hz=100.0)
    assert instants([pulse, wide]).tolist() == [[1.0, 1.0], [0.0, 1.0]]


def test_instants_of_different_rates_are_all_combinations():
    one, two = Sine(frequency_Hz=4000.0), Monophasic(phase_us=1000.0, rate_Hz=100.0)
    rows = instants([two, one, Direct(), two])
    assert rows[0].tolist() == [1.0, 1.0, 1.0, 1.0]
    # The sine's zero lies between its extremes; no row is the opposite of another, because of the direct current.
    assert sorted(map(tuple, rows.round(9))) == [(p, s, 1.0, p) for p in (0.0, 1.0) for s in (-1.0, 1.0)]


def test_instant_of_the_first_peak_holds_the_values_of_that_time():
    sine, pulse = Sine(frequency_Hz=100.0), Monophasic(phase_us=1000.0, rate_Hz=100.0)
    assert instants([pulse, sine])[0].tolist() == pytest.approx([1.0, np.sin(0.1 * np.pi)])
    assert instants([sine, pulse])[0].tolist() == pytest.approx([1.0, 0.0])


def test_an_edge_reached_through_different_sums_is_one_instant():
    summed = Biphasic(phase_us=0.1, interphase_us=0.2, rate_Hz=100.0)
    plain = Monophasic(phase_us=0.1 + 0.2, rate_Hz=100.0)
    assert instants([plain, summed]).tolist() == [[1.0, 0.0], [1.0, 1.0], [0.0, -1.0]]


def test_nothing_is_driven_by_no_channel():
    assert gram([]).shape == (0, 0)
    assert instants([]).shape == (0, 0)


# Waveforms of one rate whose values move in different ways between the edges.
CURVED = [
    (
        PassiveRecharge(phase_us=200.0, time_constant_us=900.0, rate_Hz=RATE_HZ),
        TwinPeak(decay_us=40.0, spacing_us=300.0, rate_Hz=RATE_HZ),
        Biphasic(phase_us=250.0, interphase_us=100.0, rate_Hz=RATE_HZ),
    ),
    (
        Premodulated(carrier_Hz=4000.0, beat_Hz=RATE_HZ),
        Premodulated(carrier_Hz=2500.0, beat_Hz=RATE_HZ),
    ),
    (
        Russian(burst_Hz=RATE_HZ, burst_ms=4.0),
        Aussie(burst_Hz=RATE_HZ),
        Sampled(times_us=(0.0, 3000.0, 3000.0, 10_000.0), values=(0.0, 4.0, -1.0, 0.0)),
    ),
    (
        Burst(phase_us=200.0, rate_Hz=1000.0, pulses=3, burst_Hz=RATE_HZ),
        Sine(frequency_Hz=RATE_HZ),
        Microcurrent(reversal_s=0.005),
    ),
]


@pytest.mark.parametrize("waveforms", CURVED, ids=lambda ws: "+".join(w.kind for w in ws))
def test_gram_of_curves_is_the_mean_of_the_sampled_products(waveforms):
    samples = joint_samples(waveforms)
    # Midpoint rule with steps at a few edges: an error of half a step of the sampling for every edge.
    assert gram(waveforms) == pytest.approx(samples.T @ samples / SAMPLES, abs=20.0 / SAMPLES)


@pytest.mark.parametrize("waveforms", CURVED, ids=lambda ws: "+".join(w.kind for w in ws))
def test_peaks_of_curves_are_those_of_dense_samples(waveforms):
    rows, samples = instants(waveforms), joint_samples(waveforms)
    assert rows[0, 0] == pytest.approx(1.0, abs=1e-12)
    weights = np.random.default_rng(5).normal(size=(len(waveforms), 200))
    searched, sampled = np.abs(rows @ weights).max(axis=0), np.abs(samples @ weights).max(axis=0)
    moving = np.abs(weights).sum(axis=0)
    assert (sampled <= searched + 3.1e-4 * moving).all(), "the stated accuracy of the search"
    # The samples miss a peak by the slope of the fastest decay times half a step, or by the curvature of a sine.
    assert (searched <= sampled + moving * 0.5 / (SAMPLES * RATE_HZ * 40e-6)).all()
    assert len(rows) < len(samples) / 10


def test_a_clock_is_shared_by_equal_rates_and_equal_sweeps_alone():
    plain, sweep = Sine(frequency_Hz=4000.0), Sweep(to_Hz=4080.0, period_s=6.0)
    swept = Sine(frequency_Hz=4000.0, sweep=sweep)
    assert gram([plain, swept])[0, 1] == 0.0
    assert gram([swept, swept])[0, 1] == gram([plain, plain])[0, 1] == pytest.approx(0.5)
    trained = Sine(frequency_Hz=4000.0, train=Train(on_s=5.0, off_s=10.0))
    assert gram([plain, trained])[0, 1] == pytest.approx(0.5), "trains are taken as on together"
    assert instants([plain, trained]).tolist() == [[1.0, 1.0]]
    assert sorted(instants([plain, swept]).tolist()) == [[1.0, -1.0], [1.0, 1.0]]


def test_joint_mean_square_of_premodulated_and_its_carriers_in_phase_is_known():
    # abs_cos at 200 Hz is half the sum of two sines 200 Hz apart; with itself its mean square is 1/4.
    wave = Premodulated(carrier_Hz=4000.0, beat_Hz=200.0, envelope="abs_cos")
    raised = Premodulated(carrier_Hz=4000.0, beat_Hz=100.0)
    assert wave.repetition_Hz == raised.repetition_Hz == 100.0
    # Lines 3900 and 4100 of both: 2 x (1/2 x 1/4) / 2, with the phases of envelopes that peak at the same time.
    assert gram([wave, raised])[0, 1] == pytest.approx(0.125, rel=1e-12)


def test_rows_grow_with_two_to_the_number_of_clocks_at_most():
    sines = [Sine(frequency_Hz=4000.0 + index) for index in range(8)]
    assert len(instants(sines)) == 2**7
    pulses = [Biphasic(phase_us=100.0, rate_Hz=50.0 + index) for index in range(8)]
    assert len(instants(pulses)) == 2**7


def test_a_sweep_of_pulses_is_searched_like_any_other():
    sweep = Modulated(modulation_s=0.5, rate_Hz=(100.0, 40.0), phase_us=(200.0, 100.0), amplitude_to=0.5)
    assert instants([sweep]).tolist() == [[1.0]]
    assert instants([sweep, sweep]).tolist() == [[1.0, 1.0]]


def test_a_peak_just_before_a_step_is_the_first_row():
    saw = Sampled(times_us=(0.0, 10_000.0), values=(-0.25, 1.0))
    assert saw.at(saw.peak_time_s) == pytest.approx(1.0, abs=1e-12)
    assert instants([saw]) == pytest.approx(np.array([[1.0], [-0.25]]), abs=1e-12)
    later = Monophasic(phase_us=10_000.0, rate_Hz=RATE_HZ)
    assert instants([saw, later])[0] == pytest.approx([1.0, 1.0], abs=1e-12)
