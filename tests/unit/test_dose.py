"""The dose of direct current in a treatment."""

import json

import pytest

from sim.case import Channel
from sim.safety.facts import BALANCED, NO_DURATION
from sim.safety.judgement import _dose


def channel(waveform, **changes):
    content = {"name": "ch1", "electrodes": {"a": 1.0, "b": -1.0}, "amplitude_mA": 4.0, "waveform": waveform} | changes
    return Channel.model_validate_json(json.dumps(content))


@pytest.mark.parametrize(
    ("waveform", "minutes", "dose"),
    [
        ({"kind": "direct"}, 20.0, 80.0),
        ({"kind": "direct", "ramp_s": 30.0}, 20.0, 78.0),  # two ramps lose half a minute's charge each
        ({"kind": "monophasic", "phase_us": 1000.0, "rate_Hz": 100.0}, 10.0, 4.0),
    ],
)
def test_dose_is_current_times_time(waveform, minutes, dose):
    assert _dose(channel(waveform, duration_min=minutes), 4.0) == pytest.approx(dose)
    assert _dose(channel(waveform, duration_min=minutes), -4.0) == pytest.approx(dose)


def test_balanced_pulses_have_no_dose():
    pulses = {"kind": "biphasic", "phase_us": 200.0, "rate_Hz": 50.0}
    assert _dose(channel(pulses, duration_min=30.0), 4.0) is BALANCED


def test_without_a_duration_there_is_none():
    assert _dose(channel({"kind": "direct"}), 4.0) is NO_DURATION
