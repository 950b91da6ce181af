"""Pictures of waveforms: what they say in words, and that they show what changes."""

import numpy as np
import pytest
from matplotlib.image import imread

from sim.case import Channel
from sim.report.pictures.waveform import draw_waveform
from sim.waveforms import Biphasic, Direct, Microcurrent, Modulated, PassiveRecharge, Premodulated, Russian, Train

PULSE = {"phase_us": 250.0, "rate_Hz": 100.0}


def draw(tmp_path, waveform, **amplitude):
    keys = amplitude or {"amplitude_mA": 20.0}
    channel = Channel(name="ch1", electrodes={"a": 1.0, "b": -1.0}, waveform=waveform, **keys)
    picture = draw_waveform(channel, tmp_path / "waveform-ch1.png")
    return picture, imread(tmp_path / "waveform-ch1.png")


@pytest.mark.parametrize(
    ("waveform", "facts"),
    [
        (Biphasic(**PULSE), ["biphasic", "peak 20 mA", "r.m.s. 4.472 mA", "net d.c. 0 mA", "charge per phase 5 µC"]),
        (Russian(), ["russian", "r.m.s. 10 mA", "charge per phase 2.546 µC"]),
        (Direct(ramp_s=30.0), ["direct", "average rectified 20 mA", "net d.c. 20 mA."]),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_picture_says_what_it_shows(tmp_path, waveform, facts):
    picture, image = draw(tmp_path, waveform)
    assert (picture.name, picture.title) == ("waveform-ch1", "Waveform of ch1")
    for fact in facts:
        assert fact in picture.alt
    assert image.shape[1] == 1280
    assert (image[..., :3].min(axis=2) < 0.5).mean() > 0.005, "ink"


def test_units_follow_the_amplitude(tmp_path):
    assert "peak 300 µA" in draw(tmp_path, Biphasic(**PULSE), amplitude_mA=0.3)[0].alt
    alt = draw(tmp_path, Biphasic(**PULSE), amplitude_V=5.0)[0].alt
    assert "peak 5 V" in alt
    assert "charge per phase 1250 V µs" in alt


def test_shaded_area_is_that_of_the_phase(tmp_path):
    def shaded(phase_us, recharge_us):
        w = PassiveRecharge(phase_us=phase_us, time_constant_us=recharge_us, rate_Hz=50.0)
        image = draw(tmp_path, w)[1][..., :3]
        return (np.abs(image - np.array([0.941, 0.753, 0.773])).max(axis=2) < 0.04).sum()

    # Drawn over 13 phases where the recharge is long: the share of the phase does not change with its duration.
    assert shaded(100.0, 5000.0) == pytest.approx(shaded(200.0, 5000.0), rel=0.05)
    assert shaded(100.0, 5000.0) > 500


@pytest.mark.parametrize(
    "pair",
    [
        (Biphasic(**PULSE), Biphasic(**PULSE, train=Train(on_s=5.0, off_s=10.0))),
        (Premodulated(carrier_Hz=4000.0, beat_Hz=100.0), Premodulated(carrier_Hz=4000.0, beat_Hz=80.0)),
        (Microcurrent(reversal_s=0.5), Microcurrent(reversal_s=0.25)),
        (
            Modulated(modulation_s=1.0, rate_Hz=(100.0, 50.0), phase_us=(100.0, 200.0)),
            Modulated(modulation_s=1.0, rate_Hz=(100.0, 50.0), phase_us=(100.0, 200.0), amplitude_to=0.5),
        ),
    ],
    ids=lambda pair: pair[0].kind,
)
def test_another_parameter_is_another_picture(tmp_path, pair):
    first, second = (draw(tmp_path, waveform)[1] for waveform in pair)
    assert first.shape != second.shape or (abs(first - second) > 0.1).mean() > 1e-3
