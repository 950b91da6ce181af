"""Time means of products and joint instants against brute-force sampling of all waveforms at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.coincidence import gram, instants
from sim.waveforms import Biphasic, Direct, Monophasic, Sine

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
    for column, w in zip(rows.T, waveforms, strict=True):
        assert (column.max(), column.min()) == pytest.approx((max(w.levels), min(w.levels)))


def test_instants_of_one_rate_share_time():
    pulse, wide = Monophasic(phase_us=1000.0, rate_Hz=100.0), Biphasic(phase_us=2000.0, rate_Hz=100.0)
    assert instants([pulse, wide]).tolist() == [[1.0, 1.0], [0.0, 1.0], [0.0, -1.0], [0.0, 0.0]]


def test_instants_of_different_rates_are_all_combinations():
    one, two = Sine(frequency_Hz=4000.0), Monophasic(phase_us=1000.0, rate_Hz=100.0)
    rows = instants([two, one, Direct(), two])
    assert rows[0].tolist() == [1.0, 1.0, 1.0, 1.0]
    assert sorted(map(tuple, rows.round(9))) == [(p, s, 1.0, p) for p in (0.0, 1.0) for s in (-1.0, 0.0, 1.0)]


def test_instant_of_the_first_peak_holds_the_values_of_that_time():
    sine, pulse = Sine(frequency_Hz=100.0), Monophasic(phase_us=1000.0, rate_Hz=100.0)
    assert instants([pulse, sine])[0].tolist() == pytest.approx([1.0, np.sin(0.1 * np.pi)])
    assert instants([sine, pulse])[0].tolist() == pytest.approx([1.0, 0.0])


def test_an_edge_reached_through_different_sums_is_one_instant():
    summed = Biphasic(phase_us=0.1, interphase_us=0.2, rate_Hz=100.0)
    plain = Monophasic(phase_us=0.1 + 0.2, rate_Hz=100.0)
    assert instants([plain, summed]).tolist() == [[1.0, 0.0], [1.0, 1.0], [0.0, -1.0], [0.0, 0.0]]


def test_nothing_is_driven_by_no_channel():
    assert gram([]).shape == (0, 0)
    assert instants([]).shape == (0, 0)
