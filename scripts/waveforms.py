"""Pictures of all kinds of waveforms for docs/waveforms.md: scripts/env python3 -m scripts.waveforms."""

import tempfile
from pathlib import Path

from scripts.shrinking import shrink
from sim.case import Channel
from sim.folders import CASES
from sim.report.pictures.waveform import draw_waveform
from sim.waveforms import (
    AnyWaveform,
    Aussie,
    Biphasic,
    Burst,
    Direct,
    Microcurrent,
    Modulated,
    Monophasic,
    PassiveRecharge,
    Premodulated,
    PulseTrain,
    Russian,
    Sine,
    Train,
    TwinPeak,
    WaveformFile,
)
from sim.waveforms.reading import read_waveform

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "images" / "waveforms"
COLOURS = 64  # of a picture, so that it stays small
FILE = WaveformFile(kind="file", path="waveforms/trapezoidal_biphasic.csv", time_unit="us")

# Name of the picture, amplitude in mA, waveform: with the parameters that docs/waveforms.md names.
EXAMPLES: dict[str, tuple[float, AnyWaveform]] = {
    "direct": (4.0, Direct(ramp_s=30.0)),
    "sine": (20.0, Sine(frequency_Hz=4000.0)),
    "monophasic": (20.0, Monophasic(phase_us=200.0, rate_Hz=100.0)),
    "biphasic": (
        40.0,
        Biphasic(
            phase_us=300.0,
            rate_Hz=35.0,
            interphase_us=50.0,
            train=Train(on_s=8.0, off_s=12.0, ramp_up_s=2.0, ramp_down_s=1.0),
        ),
    ),
    "passive_recharge": (
        3.0,
        PassiveRecharge(phase_us=60.0, interphase_us=20.0, time_constant_us=800.0, rate_Hz=130.0),
    ),
    "twin_peak": (2000.0, TwinPeak(decay_us=6.0, spacing_us=75.0, rate_Hz=100.0)),
    "burst": (40.0, Burst(phase_us=200.0, rate_Hz=100.0, pulses=8, burst_Hz=2.0)),
    "modulated": (30.0, Modulated(modulation_s=1.0, rate_Hz=(100.0, 20.0), phase_us=(100.0, 250.0), amplitude_to=0.7)),
    "russian": (60.0, Russian()),
    "aussie": (60.0, Aussie()),
    "premodulated_am": (30.0, Premodulated(carrier_Hz=4000.0, beat_Hz=100.0)),
    "premodulated_abs_cos": (30.0, Premodulated(carrier_Hz=4000.0, beat_Hz=100.0, envelope="abs_cos")),
    "microcurrent": (0.3, Microcurrent(reversal_s=0.5, pulses=PulseTrain(phase_us=5000.0, rate_Hz=30.0))),
    "sampled": (20.0, read_waveform(FILE, CASES, str(CASES))),
}


def main() -> None:
    """Draw every example."""
    with tempfile.TemporaryDirectory() as folder:
        for name, (amplitude_mA, waveform) in EXAMPLES.items():
            channel = Channel(
                name="ch1", electrodes={"a": 1.0, "b": -1.0}, amplitude_mA=amplitude_mA, waveform=waveform
            )
            large = Path(folder) / f"{name}.png"
            draw_waveform(channel, large)
            shrink(large, PICTURES / f"{name}.png", COLOURS)


if __name__ == "__main__":
    main()
