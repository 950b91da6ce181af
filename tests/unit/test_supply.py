"""A stimulator that runs out of voltage."""

import json

import numpy as np
import pytest
from test_fields import CASE

from sim.case import Channel, parse_case
from sim.report.notes import supply_notes
from sim.response import Output
from sim.supply import supply_of
from sim.transient.response import RationalResponse

PULSES = {"kind": "biphasic", "phase_us": 200.0, "rate_Hz": 100.0}


def channel(**changes):
    content = {"name": "ch1", "electrodes": {"a": 1.0, "b": -1.0}, "amplitude_mA": 10.0, "waveform": PULSES} | changes
    return Channel.model_validate_json(json.dumps(content))


def output(port, peak_V):
    return Output(complex(1000.0), 100.0, 10e-3, peak_V, port)


RESISTOR = RationalResponse(np.zeros(0), np.zeros((0, 1)), np.array([1000.0]))


def test_enough_voltage_delivers_what_is_wanted():
    found = supply_of(channel(max_voltage_V=12.0), output(RESISTOR, 10.0))
    assert not found.clips
    assert found.largest_amplitude_mA == pytest.approx(12.0)
    assert found.delivered_rms_mA == pytest.approx(10.0 * np.sqrt(400e-6 * 100.0))
    assert found.net_charge_uC == 0.0


def test_a_resistor_gets_the_voltage_over_its_resistance():
    found = supply_of(channel(max_voltage_V=4.0), output(RESISTOR, 10.0))
    assert found.clips
    assert found.largest_amplitude_mA == pytest.approx(4.0)
    assert found.delivered_peak_mA == pytest.approx(4.0)
    assert found.delivered_rms_mA == pytest.approx(4.0 * np.sqrt(400e-6 * 100.0))
    assert found.clipped_part == pytest.approx(400e-6 * 100.0)


def test_a_capacitance_lets_the_start_of_a_pulse_pass():
    """200 ohm and 1 kohm with 100 nF: the voltage reaches 8 V when the capacitor has 6 V."""
    port = RationalResponse(np.array([-1e4]), np.array([[1000.0]]), np.array([200.0]))
    found = supply_of(channel(max_voltage_V=8.0), output(port, 12.0))
    assert found.delivered_peak_mA == pytest.approx(10.0)
    free = -1e-4 * np.log(1.0 - 0.6)  # of the first phase of a pulse after rest
    assert found.clipped_part * 1e-2 < 400e-6 - free
    assert found.clips


def test_direct_current_is_cut():
    found = supply_of(channel(waveform={"kind": "direct"}, max_voltage_V=2.5), output(RESISTOR, 10.0))
    assert (found.clips, found.delivered_rms_mA, found.clipped_part) == (True, pytest.approx(2.5), 1.0)


def test_what_is_not_a_limited_current_source_has_no_supply():
    assert supply_of(channel(), output(RESISTOR, 10.0)) is None
    volts = channel(max_voltage_V=5.0, amplitude_mA=None, amplitude_V=3.0)
    assert supply_of(volts, output(RESISTOR, 3.0)) is None


def test_a_port_without_instant_resistance_is_left_open():
    port = RationalResponse(np.array([-1e4]), np.array([[1000.0]]), np.array([0.0]))
    found = supply_of(channel(max_voltage_V=4.0), output(port, 10.0))
    assert found.clips
    assert found.clipped_part is None
    assert "positive instant resistance" in found.note


@pytest.mark.parametrize(
    ("limits", "named"),
    [((None,), ""), ((30.0,), ""), ((None, None), ""), ((30.0, None), "ch0"), ((30.0, 40.0), "ch0, ch1")],
)
def test_with_several_channels_the_notes_say_that_each_counts_alone(limits, named):
    channels = [
        CASE["channels"][0] | {"name": f"ch{i}"} | ({} if most is None else {"max_voltage_V": most})
        for i, most in enumerate(limits)
    ]
    notes = supply_notes(parse_case(CASE | {"channels": channels}, "test"))
    assert [note.partition(": clipping is computed for each channel as if")[0] for note in notes] == (
        [f"max_voltage_V of {named}"] if named else []
    )


def test_a_voltage_source_clips_nothing():
    volts = {key: value for key, value in CASE["channels"][0].items() if key != "amplitude_mA"}
    channels = [volts | {"name": "v", "amplitude_V": 5.0, "max_voltage_V": 9.0}, CASE["channels"][0]]
    assert supply_notes(parse_case(CASE | {"channels": channels}, "test")) == []
