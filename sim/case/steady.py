"""At which frequency resistive computation takes what depends on frequency."""

from collections.abc import Iterable

from sim.frequency import Band, within
from sim.waveforms import AnyWaveform

USUAL_HZ = 1000.0
CARRIED = 0.05  # of the alternating power, above the band that is looked at


def carrying_band(waveforms: Iterable[AnyWaveform]) -> Band | None:
    """From the lowest fundamental to the frequencies below which 95 % of the power is; None for direct current, Hz."""
    moving = [waveform for waveform in waveforms if waveform.period_s is not None]
    if not moving:
        return None
    low = min(waveform.repetition_Hz for waveform in moving)
    return low, max(low, *(waveform.bandwidth_Hz(CARRIED) for waveform in moving))


def steady_Hz(waveforms: Iterable[AnyWaveform]) -> float:
    """Of waveforms, where the case names none.

    Direct current alone takes 0 Hz. What alternates takes 1 kHz, or the lowest frequency of its band where that is
    above it or ends below it: there contacts and tissues conduct worst.
    """
    band = carrying_band(waveforms)
    if band is None:
        return 0.0
    return USUAL_HZ if within(band, USUAL_HZ) else band[0]
