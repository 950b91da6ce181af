"""Every kind of waveform against quadrature of a formula written anew, and against the closed forms of handbooks."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import roots_legendre

from sim.waveforms import (
    Aussie,
    Biphasic,
    Burst,
    Microcurrent,
    Modulated,
    Monophasic,
    PassiveRecharge,
    Premodulated,
    PulseTrain,
    Russian,
    Sampled,
    Sine,
    SineBurst,
    TwinPeak,
)

NODES, WEIGHTS = roots_legendre(40)
EXACT = {"rel": 1e-10, "abs": 1e-10}


class Formula:
    """A function of time, and all times of a period at which it jumps, bends or crosses zero."""

    def __init__(self, period, breaks, at):
        self.period, self.at = period, at
        self.breaks = np.unique(np.concatenate([[0.0, period], np.asarray(breaks, dtype=float)]))
        self.breaks = self.breaks[(self.breaks >= 0.0) & (self.breaks <= period)]
        self.breaks = self.breaks[np.diff(self.breaks, prepend=-1.0) > 1e-12 * period]  # equal but for rounding

    def integrals(self, transform=lambda w, t: w):
        """Of a function of w and t, between the breaks; Gauss-Legendre with 40 points."""
        low, high = self.breaks[:-1, None], self.breaks[1:, None]
        t = 0.5 * (low + high) + 0.5 * (high - low) * NODES
        return (0.5 * (high - low) * WEIGHTS * transform(self.at(t), t)).sum(axis=1)

    def integral(self, transform=lambda w, t: w):
        return self.integrals(transform).sum()

    def coefficient(self, n):
        """Fourier coefficient, with 20 intervals in place of each, because the integrand turns quickly."""
        parts = [np.linspace(a, b, 21)[:-1] for a, b in itertools.pairwise(self.breaks)]
        finer = Formula(self.period, np.concatenate(parts), self.at)
        return finer.integral(lambda w, t: w * np.exp(-2j * np.pi * n * t / self.period)) / self.period

    def phases(self):
        """Signed charges of stretches of one sign, over the end of the period too."""
        charges = []
        for charge, length in zip(self.integrals(), np.diff(self.breaks), strict=True):
            if charge == 0.0 and length < 1e-3 * self.period:
                continue  # a zero of the carrier beside one of the envelope, not a rest
            if charges and charges[-1] * charge > 0.0:
                charges[-1] += charge
            else:
                charges.append(charge)
        if len(charges) > 1 and charges[0] * charges[-1] > 0.0:
            charges[0] += charges.pop()
        return [charge for charge in charges if charge != 0.0]


def passive(phase, gap, tau, period):
    def at(t):
        peak = phase / (tau - tau * np.exp(-(period - phase - gap) / tau))
        return np.where(t < phase, 1.0, np.where(t < phase + gap, 0.0, -peak * np.exp(-(t - phase - gap) / tau)))

    decay = phase + gap + tau * np.arange(0.0, 40.0, 2.0)  # short intervals where the recharge is steep
    return Formula(period, [phase, *decay], at)


def twin(tau, spacing, period):
    def at(t):
        return np.where(t < 2.0 * spacing, np.exp(-np.mod(t, spacing) / tau), 0.0)

    return Formula(period, [spacing, 2.0 * spacing, *np.linspace(0.0, 2.0 * spacing, 41)], at)


def bursts_of_pulses(phase, gap, ratio, rate, count, period):
    def at(t):
        u, k = np.mod(t, 1.0 / rate), np.floor(t * rate)
        second = (u >= phase + gap) & (u < phase + gap + ratio * phase)
        return np.where(k < count, np.where(u < phase, 1.0, np.where(second, -1.0 / ratio, 0.0)), 0.0)

    edges = [k / rate + e for k in range(count) for e in (0.0, phase, phase + gap, phase + gap + ratio * phase)]
    return Formula(period, edges, at)


def bursts_of_sine(carrier, burst, period):
    def at(t):
        return np.where(t < burst, np.sin(2.0 * np.pi * carrier * t), 0.0)

    return Formula(period, [*np.arange(0.0, burst * carrier * 2.0 + 0.5) / (2.0 * carrier), burst], at)


def beating(carrier, beat, envelope, period):
    def at(t):
        late = t - 0.25 / carrier
        slow = 0.5 + 0.5 * np.cos(2.0 * np.pi * beat * late) if envelope == "am" else np.cos(np.pi * beat * late)
        return slow * np.sin(2.0 * np.pi * carrier * t)

    zeros = np.arange(0.0, 2.0 * carrier * period + 0.5) / (2.0 * carrier)
    nulls = 0.25 / carrier + (np.arange(-1.0, beat * period + 1.0) + 0.5) / beat
    return Formula(period, [*zeros, *nulls], at)


def reversing(reversal, phase, rate):
    def at(t):
        on = np.mod(t, 1.0 / rate) < phase
        return np.where(on, np.where(t < reversal, 1.0, -1.0), 0.0)

    count = round(2.0 * reversal * rate)
    return Formula(2.0 * reversal, [reversal, *(k / rate + e for k in range(count) for e in (0.0, phase))], at)


def lines(times, values, period):
    def at(t):
        return np.interp(t, times, values)

    zeros = [
        a + (b - a) * p / (p - q)
        for a, b, p, q in zip(times, times[1:], values, values[1:], strict=False)
        if p * q < 0.0
    ]
    return Formula(period, [*times, *zeros], at)


CASES = {
    "sine": (Sine(frequency_Hz=4000.0), bursts_of_sine(4000.0, 1.0 / 4000.0, 1.0 / 4000.0)),
    "monophasic": (Monophasic(phase_us=100.0, rate_Hz=50.0), reversing(0.02, 1e-4, 50.0)),
    "biphasic": (
        Biphasic(phase_us=90.0, interphase_us=30.0, rate_Hz=130.0, recharge_ratio=4.0),
        bursts_of_pulses(90e-6, 30e-6, 4.0, 130.0, 1, 1.0 / 130.0),
    ),
    "passive": (
        PassiveRecharge(phase_us=60.0, interphase_us=20.0, time_constant_us=700.0, rate_Hz=130.0),
        passive(60e-6, 20e-6, 700e-6, 1.0 / 130.0),
    ),
    "passive, slow": (
        PassiveRecharge(phase_us=60.0, time_constant_us=1e9, rate_Hz=130.0),
        passive(60e-6, 0.0, 1e3, 1.0 / 130.0),
    ),
    "twin peak": (TwinPeak(decay_us=15.0, spacing_us=80.0, rate_Hz=100.0), twin(15e-6, 80e-6, 0.01)),
    "burst": (
        Burst(phase_us=150.0, interphase_us=50.0, recharge_ratio=2.0, rate_Hz=100.0, pulses=7, burst_Hz=2.0),
        bursts_of_pulses(150e-6, 50e-6, 2.0, 100.0, 7, 0.5),
    ),
    "russian": (Russian(), bursts_of_sine(2500.0, 0.01, 0.02)),
    "aussie": (Aussie(carrier_Hz=4000.0), bursts_of_sine(4000.0, 0.004, 0.02)),
    "sine burst": (
        SineBurst(carrier_Hz=1500.0, burst_ms=2.0, burst_Hz=30.0),
        bursts_of_sine(1500.0, 0.002, 1.0 / 30.0),
    ),
    "am": (Premodulated(carrier_Hz=4000.0, beat_Hz=100.0), beating(4000.0, 100.0, "am", 0.01)),
    "am, uneven": (Premodulated(carrier_Hz=4000.0, beat_Hz=90.0), beating(4000.0, 90.0, "am", 0.1)),
    "abs cos": (
        Premodulated(carrier_Hz=4000.0, beat_Hz=150.0, envelope="abs_cos"),
        beating(4000.0, 150.0, "abs_cos", 0.04),
    ),
    "microcurrent": (Microcurrent(reversal_s=0.5), reversing(0.5, 1.0, 1.0)),
    "microcurrent pulses": (
        Microcurrent(reversal_s=0.1, pulses=PulseTrain(phase_us=2000.0, rate_Hz=30.0)),
        reversing(0.1, 2e-3, 30.0),
    ),
    "sampled": (
        Sampled(times_us=(0.0, 100.0, 300.0, 450.0, 900.0), values=(-1.0, 4.0, 2.0, -3.0, -1.0)),
        lines([0.0, 1e-4, 3e-4, 4.5e-4, 9e-4], [-0.25, 1.0, 0.5, -0.75, -0.25], 9e-4),
    ),
}
# The formula of the monophasic pulses holds both signs of a reversal; its period is the first half.
CASES["monophasic"] = (
    CASES["monophasic"][0],
    Formula(0.02, [1e-4], lambda t: np.where(t < 1e-4, 1.0, 0.0)),
)
every = pytest.mark.parametrize(("w", "formula"), CASES.values(), ids=CASES)
BALANCED = [name for name in CASES if name not in ("monophasic", "twin peak", "sampled")]


@every
def test_pieces_fill_the_period_and_have_the_values_of_the_formula(w, formula):
    assert w.period_s == pytest.approx(formula.period, rel=1e-12)
    assert math.fsum(piece.duration_s for piece in w.pieces) == pytest.approx(formula.period, rel=1e-12)
    inside = np.random.default_rng(1).random((50, 80)) * formula.period
    assert w.at(inside) == pytest.approx(formula.at(inside), abs=1e-9)
    assert w.at(inside + 3.0 * formula.period) == pytest.approx(formula.at(inside), abs=1e-8)


@every
def test_measures_are_those_of_quadrature(w, formula):
    T = formula.period
    assert w.mean == pytest.approx(formula.integral() / T, **EXACT)
    assert w.net_charge_s == pytest.approx(formula.integral(), rel=1e-10, abs=1e-10 * T)
    assert w.rms == pytest.approx(math.sqrt(formula.integral(lambda v, t: v**2) / T), **EXACT)
    assert w.average_rectified == pytest.approx(formula.integral(lambda v, t: abs(v)) / T, **EXACT)
    spread = formula.integral(lambda v, t: (v - w.mean) ** 2) / T
    assert w.rms_ac == pytest.approx(math.sqrt(spread), **EXACT)
    assert w.charge_per_phase_s == pytest.approx(max(map(abs, formula.phases())), rel=1e-10)
    assert sorted(phase.charge_s for phase in w.phases if abs(phase.charge_s) > 1e-9 * T) == pytest.approx(
        sorted(charge for charge in formula.phases() if abs(charge) > 1e-9 * T), rel=1e-8
    )


@every
def test_fourier_coefficients_are_those_of_quadrature(w, formula):
    n = np.array([0, 1, 2, 3, 7, 24, 40, 49, 50, -1, -40])
    expected = [formula.coefficient(k) for k in n]
    assert w.spectrum(n) == pytest.approx(np.array(expected), abs=1e-10)
    assert w.spectrum(n.reshape(1, -1)).shape == (1, len(n))


@every
def test_power_of_the_spectrum_is_that_of_the_waveform(w, formula):
    # Parseval. |c_n| <= V / (2 pi n) with V the variation over a period, so that the rest is at most V^2 / (2 pi^2 N).
    dense = formula.at(np.linspace(0.0, formula.period, 400_001))
    variation = np.abs(np.diff(np.append(dense, dense[0]))).sum()
    count = 4000
    powers = np.abs(w.spectrum(np.arange(-count, count + 1))) ** 2
    assert -1e-12 < w.rms**2 - powers.sum() < variation**2 / (2.0 * np.pi**2 * count) + 1e-12
    assert w.spectrum(np.array(0)) == pytest.approx(w.mean, abs=1e-12)


@every
def test_peak_is_one_and_where_it_is_said_to_be(w, formula):
    dense = formula.at(np.linspace(0.0, formula.period, 400_001)[:-1])
    assert abs(dense).max() <= 1.0 + 1e-12
    assert w.at(w.peak_time_s) == pytest.approx(1.0, abs=1e-12)
    assert formula.at(np.array(w.peak_time_s)) == pytest.approx(1.0, abs=1e-9)
    assert w.levels and max(w.levels) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("name", BALANCED)
def test_balanced_kinds_pass_no_net_charge(name):
    w, formula = CASES[name]
    assert w.net_charge_s == 0.0
    assert abs(formula.integral()) < 1e-10 * formula.period


@every
def test_bandwidth_holds_the_power_and_not_much_more(w, formula):
    fraction = 0.02
    w, period = w.steady, w.steady.period_s
    lines_within = round(w.bandwidth_Hz(fraction) * period)
    powers = 2.0 * np.abs(w.spectrum(np.arange(1, lines_within + 1))) ** 2
    assert powers.sum() >= (1.0 - fraction) * w.rms_ac**2 * (1.0 - 1e-12)
    assert powers[:-1].sum() < (1.0 - fraction) * w.rms_ac**2


def test_bandwidth_beyond_the_lines_that_are_summed_follows_the_tail_of_the_steps():
    # Rare short pulses: two steps of height 1 give |c_n|^2 = sin^2(pi n d / T) / (pi n)^2, on average 2 / (2 pi n)^2.
    w = Monophasic(phase_us=2.0, rate_Hz=1.0)
    found = w.bandwidth_Hz(1e-3)
    expected = 2.0 / (2.0 * np.pi**2 * 1e-3 * w.rms_ac**2)
    assert found == pytest.approx(expected)
    # The same pulses at a rate of which the lines reach so far: the band is that of the pulse, not of its rate.
    assert Monophasic(phase_us=2.0, rate_Hz=1000.0).bandwidth_Hz(1e-3) == pytest.approx(found, rel=0.02)
    with pytest.raises(ValueError, match="at least 1e-09 and less than 1"):
        w.bandwidth_Hz(1.0)


@pytest.mark.parametrize(
    ("w", "rms"),
    [
        (Premodulated(carrier_Hz=4000.0, beat_Hz=100.0), math.sqrt(3.0 / 16.0)),
        (Premodulated(carrier_Hz=4000.0, beat_Hz=100.0, envelope="abs_cos"), 0.5),
        (Russian(), 0.5),
        (Aussie(), math.sqrt(0.2 / 2.0)),
        (SineBurst(carrier_Hz=4000.0, burst_ms=4.0, burst_Hz=250.0), math.sqrt(0.5)),
        (Microcurrent(reversal_s=2.0), 1.0),
        (Biphasic(phase_us=250.0, rate_Hz=100.0), math.sqrt(0.05)),
    ],
    ids=lambda v: getattr(v, "kind", None),
)
def test_rms_is_that_of_handbooks(w, rms):
    assert w.rms == pytest.approx(rms, rel=1e-12)


@pytest.mark.parametrize("envelope", ["am", "abs_cos"])
def test_crests_bound_a_beating_current_and_are_reached(envelope):
    w = Premodulated(carrier_Hz=4000.0, beat_Hz=100.0, envelope=envelope)
    t = np.linspace(0.0, w.period_s, 200_001)
    assert (np.abs(w.at(t)) <= w.crests(t) + 1e-12).all()
    crests = (np.arange(80) + 0.5) / 8000.0
    assert np.abs(w.at(crests)) == pytest.approx(w.crests(crests), abs=1e-9)
    assert w.crests(1.0 / 16000.0 + 0.005) == pytest.approx(0.0, abs=1e-9), "halfway between two beats"


def test_defaults_of_russian_and_aussie_current():
    assert (Russian().carrier_Hz, Russian().burst_ms, Russian().burst_Hz) == (2500.0, 10.0, 50.0)
    assert (Aussie().carrier_Hz, Aussie().burst_ms, Aussie().burst_Hz) == (1000.0, 4.0, 50.0)


def test_charge_of_high_voltage_spikes_is_that_of_two_decays():
    w = TwinPeak(decay_us=15.0, spacing_us=80.0, rate_Hz=100.0)
    charge = 2.0 * 15e-6 * (1.0 - math.exp(-80.0 / 15.0))
    assert w.charge_per_phase_s == w.net_charge_s == pytest.approx(charge, rel=1e-12)
    assert w.pulse_s == w.phase_s == pytest.approx(160e-6)
    # Peak 2.5 A at 100 a second: a mean of 7.5 mA would be far above the usual 1.5 mA; real spikes are shorter.
    assert 2.5 * TwinPeak(decay_us=2.5, spacing_us=75.0, rate_Hz=100.0).mean == pytest.approx(1.25e-3, rel=1e-6)


def test_pulse_of_a_burst_is_one_of_its_pulses():
    w = CASES["burst"][0]
    assert w.pulse_s == pytest.approx(500e-6)
    assert w.pulse_energy_s == pytest.approx(150e-6 * 1.5)
    assert w.steady == Biphasic(phase_us=150.0, interphase_us=50.0, recharge_ratio=2.0, rate_Hz=100.0)
    assert w.rms == pytest.approx(w.steady.rms * math.sqrt(7 * 2.0 / 100.0))
    assert (w.frequency_Hz, w.repetition_Hz) == (100.0, 2.0)


def test_sine_burst_counts_as_a_pulse_and_a_beat_does_not():
    assert Russian().pulse_s == pytest.approx(0.01)
    assert Russian().pulse_energy_s == pytest.approx(0.005)
    assert (Premodulated(carrier_Hz=4000.0, beat_Hz=100.0).pulse_s, Sine(frequency_Hz=50.0).pulse_s) == (None, None)


# Modulated TENS against a simulation of its own definition.

SWEEP = {"modulation_s": 0.4, "rate_Hz": (120.0, 50.0), "phase_us": (90.0, 260.0), "amplitude_to": 0.6}


def simulated(modulation_s, rate_Hz, phase_us, amplitude_to, interphase_us=0.0, recharge_ratio=1.0):
    """Starts, durations of the first phase and amplitudes, by stepping the integral of the rate."""
    t = np.linspace(0.0, modulation_s, 2_000_001)
    there = 1.0 - np.abs(1.0 - 2.0 * t / modulation_s)
    rate = rate_Hz[0] + (rate_Hz[1] - rate_Hz[0]) * there
    passed = np.concatenate([[0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * np.diff(t))])
    starts = np.interp(np.arange(math.floor(passed[-1] + 1e-9)), passed, t)
    at = np.interp(starts, t, there)
    return starts, (phase_us[0] + (phase_us[1] - phase_us[0]) * at) * 1e-6, 1.0 + (amplitude_to - 1.0) * at


def test_modulated_pulses_are_those_of_a_simulation():
    w = Modulated(**SWEEP)
    starts, phases, amplitudes = simulated(**SWEEP)
    assert [s for s, p in zip(w.edges_s, w.pieces, strict=False) if p.level > 0.0] == pytest.approx(starts, abs=1e-9)
    assert w.rms**2 == pytest.approx((2.0 * phases * amplitudes**2).sum() / 0.4, rel=1e-8)
    assert w.average_rectified == pytest.approx((2.0 * phases * amplitudes).sum() / 0.4, rel=1e-8)
    assert w.charge_per_phase_s == pytest.approx((phases * amplitudes).max(), rel=1e-8)
    assert w.pulse_energy_s == pytest.approx((2.0 * phases * amplitudes**2).max(), rel=1e-8)
    assert w.pulse_s == pytest.approx(2.0 * phases.max(), rel=1e-8)
    assert (w.net_charge_s, w.peak_time_s) == (0.0, pytest.approx(45e-6))
    assert math.fsum(piece.duration_s for piece in w.pieces) == pytest.approx(0.4, rel=1e-12)
    omega = 2.0 * np.pi / 0.4
    n = np.array([1, 5, 34])
    jumps = [
        (a * np.exp(-1j * n * omega * s) * (1.0 - np.exp(-1j * n * omega * p)) ** 2 / (1j * n * 2.0 * np.pi))
        for s, p, a in zip(starts, phases, amplitudes, strict=True)
    ]
    assert w.spectrum(n) == pytest.approx(np.sum(jumps, axis=0), abs=1e-7)


def test_modulation_that_does_nothing_is_the_plain_pulse():
    still = Modulated(modulation_s=0.5, rate_Hz=(100.0, 100.0), phase_us=(250.0, 250.0))
    plain = Biphasic(phase_us=250.0, rate_Hz=100.0)
    assert (still.rms, still.average_rectified) == pytest.approx((plain.rms, plain.average_rectified), rel=1e-12)
    assert still.steady == plain
    assert still.bandwidth_Hz(0.05) == plain.bandwidth_Hz(0.05)


@pytest.mark.parametrize("key", SWEEP)
def test_every_parameter_of_the_modulation_changes_the_answer(key):
    value = SWEEP[key]
    other = tuple(0.9 * each for each in value) if isinstance(value, tuple) else 0.9 * value
    before, after = Modulated(**SWEEP), Modulated(**{**SWEEP, key: other})
    assert before.rms != pytest.approx(after.rms, rel=1e-6) or before.period_s != after.period_s


# Properties of whatever parameters.

us, ratio = st.floats(5.0, 400.0), st.floats(1.0, 8.0)
balanced = st.one_of(
    st.builds(
        PassiveRecharge,
        phase_us=us,
        interphase_us=st.floats(0.0, 200.0),
        time_constant_us=st.floats(450.0, 1e6),
        rate_Hz=st.floats(1.0, 250.0),
    ),
    st.builds(
        Burst,
        phase_us=us,
        recharge_ratio=ratio,
        rate_Hz=st.floats(60.0, 250.0),
        pulses=st.integers(1, 12),
        burst_Hz=st.floats(0.5, 4.0),
    ),
    st.builds(
        Modulated,
        modulation_s=st.floats(0.5, 3.0),
        rate_Hz=st.tuples(st.floats(5.0, 200.0), st.floats(5.0, 200.0)),
        phase_us=st.tuples(us, us),
        amplitude_to=st.floats(0.1, 1.0),
        recharge_ratio=ratio,
    ),
    st.builds(
        lambda cycles, carrier, rest: SineBurst(
            carrier_Hz=carrier, burst_ms=1e3 * cycles / carrier, burst_Hz=carrier / (cycles * (1.0 + rest))
        ),
        st.integers(1, 60),
        st.floats(500.0, 1e4),
        st.floats(0.0, 9.0),
    ),
    st.builds(
        Premodulated,
        carrier_Hz=st.integers(1000, 10_000).map(float),
        beat_Hz=st.integers(1, 100).map(float),
        envelope=st.sampled_from(["am", "abs_cos"]),
    ),
    st.builds(Microcurrent, reversal_s=st.floats(0.01, 10.0)),
)


@given(balanced)
@settings(max_examples=80, deadline=None)
def test_whatever_the_parameters_the_period_is_filled_the_peak_is_one_and_nothing_is_left_over(w):
    assert math.fsum(piece.duration_s for piece in w.pieces) == pytest.approx(w.period_s, rel=1e-11)
    assert all(piece.duration_s > 0.0 for piece in w.pieces)
    positive, negative = (math.fsum(max(sign * p.charge_s, 0.0) for p in w.phases) for sign in (1.0, -1.0))
    assert positive == pytest.approx(negative, rel=1e-9), "the phases, which are summed apart from the net charge"
    assert w.net_charge_s == 0.0
    assert w.at(w.peak_time_s) == pytest.approx(1.0, abs=1e-10)
    assert max(map(abs, w.levels)) == pytest.approx(1.0, abs=1e-10)
    assert w.phases[0].charge_s > 0.0
    assert w.average_rectified <= w.rms * (1.0 + 1e-12) <= math.sqrt(w.average_rectified) * (1.0 + 1e-9)
    assert type(w).model_validate_json(w.model_dump_json()) == w
