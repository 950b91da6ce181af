"""What the picture over time shows: the part of a period, and current, voltage and current density in it."""

import dataclasses
import struct

import numpy as np
import pytest
from test_fields import CASE, RESISTANCE, VOLTS, field, tiny_body

from sim.case import parse_case
from sim.clocks import Clock, clock_grid, members
from sim.report.pictures import draw_over_time
from sim.report.pictures.traces import along_peak, stretch_of, trace
from sim.response import respond
from sim.transient.periodic import drive_values
from sim.waveforms import Biphasic, Burst, Microcurrent, Modulated, Monophasic, Premodulated, Russian, Sine

PULSE = {"kind": "biphasic", "phase_us": 200.0, "interphase_us": 100.0, "rate_Hz": 50.0}
AT_PROBE = np.array([0.0, 1e-3, -6e-3])  # in muscle


def waveform_clocks(case):
    """The clocks of a body without memory, in which every component is the waveform of a channel."""
    clocks = []
    for channels in members(case):
        waveforms = [case.channels[c].waveform for c in channels]
        grid = clock_grid(case, channels, 0.0)
        if grid is None:
            clocks.append(Clock(channels, channels, np.zeros(1), np.ones(1), np.ones((1, len(channels))), None))
        else:
            values = np.column_stack([drive_values(waveform.pieces, grid) for waveform in waveforms])
            clocks.append(Clock(channels, channels, grid.times_s, grid.weights, values, grid.period_s))
    return tuple(clocks)


def case_of(*waveforms, **drive):
    channel = {key: value for key, value in CASE["channels"][0].items() if key != "amplitude_mA"}
    channel |= drive or {"amplitude_mA": 10.0}
    channels = [channel | {"name": f"ch{i}", "waveform": waveform} for i, waveform in enumerate(waveforms)]
    return parse_case(CASE | {"channels": channels}, "test")


def traces_of(*waveforms, channel=0, **drive):
    case, (_, basis, _) = case_of(*waveforms, **drive), tiny_body()
    return case, trace(case, basis, respond(case, basis), channel)


@pytest.mark.parametrize(
    "waveform",
    [
        Sine(frequency_Hz=4000.0),
        Premodulated(carrier_Hz=4000.0, beat_Hz=100.0),
        Russian(),
        Biphasic(phase_us=3000.0, rate_Hz=100.0),
        Microcurrent(reversal_s=0.5),
    ],
    ids=lambda w: w.kind,
)
def test_a_period_is_shown_whole_where_it_can_be_read(waveform):
    found = stretch_of(waveform)
    assert (found.start_s, found.end_s) == (0.0, waveform.period_s)
    assert found.whole


@pytest.mark.parametrize(
    "waveform",
    [
        Biphasic(**{key: value for key, value in PULSE.items() if key != "kind"}),
        Biphasic(phase_us=100.0, rate_Hz=50.0, recharge_ratio=40.0),
        Monophasic(phase_us=50.0, rate_Hz=1.0),
        Burst(phase_us=200.0, rate_Hz=100.0, burst_Hz=2.0, pulses=7),
        Modulated(modulation_s=2.0, rate_Hz=(100.0, 50.0), phase_us=(100.0, 200.0)),
    ],
    ids=lambda w: w.kind,
)
def test_of_a_long_period_the_strongest_phase_is_shown_with_its_surroundings(waveform):
    found, phase = stretch_of(waveform), waveform.strongest_phase
    assert not found.whole
    assert found.start_s < phase.start_s
    assert phase.start_s + phase.duration_s < found.end_s
    assert found.length_s <= 2.8 * 13.0 * phase.duration_s * (1.0 + 1e-12)  # 13 phases and 1.8 times as much around
    assert found.length_s < 0.75 * waveform.period_s


def test_of_a_slow_beat_fifty_cycles_around_its_peak_are_shown():
    waveform = Premodulated(carrier_Hz=4000.0, beat_Hz=1.0)
    found = stretch_of(waveform)
    assert not found.whole
    assert (found.start_s + found.end_s) / 2 == pytest.approx(waveform.peak_time_s)
    assert found.length_s * 4000.0 == pytest.approx(50.0, rel=0.01)


@pytest.mark.parametrize("drive", [{"amplitude_mA": 10.0}, {"amplitude_V": 10.0}], ids=["current", "voltage"])
@pytest.mark.parametrize("waveform", [PULSE, {"kind": "sine", "frequency_Hz": 1000.0}], ids=["pulse", "sine"])
def test_without_capacitance_everything_follows_the_waveform(waveform, drive):
    # 10 mA through 1000 Ohm are 10 V
    case, found = traces_of(waveform, **drive)
    w = case.channels[0].waveform.at(found.times_s)
    assert np.ptp(w) == pytest.approx(2.0, rel=1e-5)
    assert found.current_A == pytest.approx(10e-3 * w, abs=1e-15)
    assert found.voltage_V == pytest.approx(10e-3 * RESISTANCE * w, abs=1e-12)
    J = np.array([0.5, 0.2, 0.2]) * VOLTS * field(AT_PROBE)
    assert found.densities["nerve"] == pytest.approx(np.linalg.norm(J) * w, rel=1e-9, abs=1e-9)
    assert found.in_step == ()


def test_edges_are_upright():
    _, found = traces_of(PULSE)
    steps = np.flatnonzero(np.abs(np.diff(found.current_A)) > 1e-3)
    assert found.times_s[steps] == pytest.approx([0.0, 200e-6, 300e-6, 500e-6], abs=1e-11)
    assert (np.diff(found.times_s)[steps] < 1e-11).all()


def test_channels_in_step_are_seen_together_and_others_are_not():
    pulses = (PULSE, PULSE | {"phase_us": 400.0})
    together, alone = traces_of(*pulses), traces_of(PULSE)[1]
    case, found = together
    assert found.in_step == ("ch1",)
    sums = sum(channel.waveform.at(found.times_s) for channel in case.channels)
    assert found.current_A == pytest.approx(10e-3 * sums, abs=1e-15)
    _, drifting = traces_of(PULSE, {"kind": "sine", "frequency_Hz": 1000.0})
    assert drifting.in_step == ()
    assert drifting.current_A == pytest.approx(alone.current_A)


def test_current_and_voltage_are_those_of_the_channels_own_poles():
    # the other way round between the same pads: the first channel's negative pole, at 0 V, is its positive one
    forth = CASE["channels"][0] | {"waveform": PULSE}
    back = forth | {
        "name": "back",
        "electrodes": {"left": -1.0, "right": 1.0},
        "waveform": {"kind": "sine", "frequency_Hz": 1000.0},
    }
    case, (_, basis, _) = parse_case(CASE | {"channels": [forth, back]}, "test"), tiny_body()
    found = trace(case, basis, respond(case, basis), 1)
    w = case.channels[1].waveform.at(found.times_s)
    assert found.current_A == pytest.approx(10e-3 * w, abs=1e-15)
    assert found.voltage_V == pytest.approx(10e-3 * RESISTANCE * w, abs=1e-12)


def test_clocks_of_a_body_without_memory_show_the_same():
    case, (_, basis, _) = case_of(PULSE, PULSE | {"phase_us": 400.0}), tiny_body()
    response = respond(case, basis)
    clocked = dataclasses.replace(response, clocks=waveform_clocks(case))
    one, other = trace(case, basis, response, 1), trace(case, basis, clocked, 1)
    inside = ~np.isin(np.round(other.times_s * 1e6, 3), [0.0, 200.0, 300.0, 400.0, 500.0, 900.0])  # off the edges
    for name in ("current_A", "voltage_V"):
        values = np.interp(other.times_s[inside], one.times_s, getattr(one, name))
        assert getattr(other, name)[inside] == pytest.approx(values, abs=1e-12)
    assert (other.times_s[0], other.times_s[-1]) == (one.stretch.start_s, one.stretch.end_s)


def test_before_a_pulse_is_the_end_of_the_period_before():
    # a component that falls from 1 to 0 over the period, straight
    case, basis, response = (case_of(PULSE), *tiny_body()[1:])
    period = 1.0 / 50.0
    times = np.linspace(0.0, period, 41)
    clock = Clock((0,), (0,), times, np.full(41, 1 / 41), 1.0 - times[:, None] / period, period)
    found = trace(case, basis, dataclasses.replace(response, clocks=(clock,)), 0)
    stretch = found.stretch
    assert stretch.start_s < 0.0
    before = found.times_s < -1e-9
    assert before.any()
    assert found.current_A[before] == pytest.approx(-10e-3 * found.times_s[before] / period, rel=1e-9)
    after = found.times_s > 1e-9
    assert found.current_A[after] == pytest.approx(10e-3 * (1.0 - found.times_s[after] / period), rel=1e-9)
    assert (found.times_s[0], found.times_s[-1]) == (stretch.start_s, stretch.end_s)
    assert (np.diff(found.times_s) >= 0.0).all()


def test_a_vector_is_shown_along_its_longest_and_follows_the_guide():
    vectors = np.array([[0.0, 0.0, 0.0], [3.0, 4.0, 0.0], [-6.0, -8.0, 0.0], [-4.0, 3.0, 0.0]])
    guide = np.array([0.0, 1.0, -2.0, 0.0])
    assert along_peak(vectors, guide) == pytest.approx([0.0, 5.0, -10.0, 0.0])
    assert along_peak(-vectors, guide) == pytest.approx([0.0, 5.0, -10.0, 0.0])
    assert along_peak(vectors, -guide) == pytest.approx([0.0, -5.0, 10.0, 0.0])
    assert along_peak(np.zeros((2, 3)), np.ones(2)) == pytest.approx([0.0, 0.0])


def test_the_picture_says_its_numbers(tmp_path):
    case, (_, basis, _) = case_of(PULSE), tiny_body()
    path = tmp_path / "over-time-ch0.png"
    picture = draw_over_time(case, basis, respond(case, basis), 0, path)
    J = np.linalg.norm(np.array([0.5, 0.2, 0.2]) * VOLTS * field(AT_PROBE))
    assert picture.name == "over-time-ch0"
    assert "1.4 ms of a period of 20 ms" in picture.alt
    assert "current into left, 10 mA at its peak" in picture.alt
    assert "voltage between the poles, 10 V at its peak" in picture.alt
    assert f"current density at nerve, {J:.4g} A/m²" in picture.alt
    assert struct.unpack(">I", path.read_bytes()[16:20]) == (1280,)


def test_direct_current_is_not_drawn(tmp_path):
    case, (_, basis, _) = case_of({"kind": "direct"}), tiny_body()
    assert draw_over_time(case, basis, respond(case, basis), 0, tmp_path / "over-time-ch0.png") is None
    assert not list(tmp_path.iterdir())
