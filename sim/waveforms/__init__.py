"""Waveforms of a channel: w(t) of peak 1, first phase positive, which the channel's amplitude multiplies.

Everyday units in the keys of a case, SI in every property. Where a quantity does not exist (direct current has no
phase) it is None.
"""

from typing import Annotated

from pydantic import Field

from sim.waveforms.bursts import Aussie, Burst, Russian, SineBurst
from sim.waveforms.direct import Direct
from sim.waveforms.interferential import Premodulated
from sim.waveforms.microcurrent import Microcurrent, PulseTrain
from sim.waveforms.modulated import Modulated
from sim.waveforms.pieces import Piece, Term
from sim.waveforms.pulses import Biphasic, Monophasic, PassiveRecharge, TwinPeak
from sim.waveforms.repeated import Phase, Repeated
from sim.waveforms.sampled import Sampled, WaveformFile
from sim.waveforms.sine import Scan, Sine, Sweep
from sim.waveforms.train import Train

AnyWaveform = (
    Direct
    | Sine
    | Monophasic
    | Biphasic
    | PassiveRecharge
    | TwinPeak
    | Burst
    | Modulated
    | SineBurst
    | Russian
    | Aussie
    | Premodulated
    | Microcurrent
    | Sampled
)
Waveform = Annotated[AnyWaveform, Field(discriminator="kind")]
WrittenWaveform = Annotated[AnyWaveform | WaveformFile, Field(discriminator="kind")]

__all__ = [
    "AnyWaveform",
    "Aussie",
    "Biphasic",
    "Burst",
    "Direct",
    "Microcurrent",
    "Modulated",
    "Monophasic",
    "PassiveRecharge",
    "Phase",
    "Piece",
    "Premodulated",
    "PulseTrain",
    "Repeated",
    "Russian",
    "Sampled",
    "Scan",
    "Sine",
    "SineBurst",
    "Sweep",
    "Term",
    "Train",
    "TwinPeak",
    "Waveform",
    "WaveformFile",
    "WrittenWaveform",
]
