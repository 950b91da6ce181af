"""A current source with the voltage that its stimulator has: what it can still deliver."""

from dataclasses import dataclass

import numpy as np

from sim.case import Channel
from sim.response import Output
from sim.transient.clipping import clipped
from sim.transient.compliance import compliance
from sim.transient.grid import time_grid
from sim.units import MA, UC

PERIODS = 30  # until the clipped answer repeats


@dataclass(frozen=True)
class Supply:
    """What a limited voltage does to a channel, as if the others were silent.

    Parameters
    ----------
    max_voltage_V
        That the stimulator has.
    clips
        Whether the channel needs more.
    largest_amplitude_mA
        That does not clip.
    clipped_part
        Part of the period at the largest voltage; None where the clipped current cannot be computed.
    delivered_rms_mA, delivered_peak_mA
        Current that flows; the wanted one where nothing clips.
    net_charge_uC
        Per period of the current that flows: clipping may unbalance pulses.
    note
        Why the clipped current is not known; else empty.
    """

    max_voltage_V: float
    clips: bool
    largest_amplitude_mA: float
    clipped_part: float | None
    delivered_rms_mA: float | None
    delivered_peak_mA: float | None
    net_charge_uC: float | None
    note: str = ""


def supply_of(channel: Channel, output: Output) -> Supply | None:
    """Judge a current source; None where the case does not say what voltage it has, or drives with a voltage."""
    amplitude_mA, most, port, waveform = channel.amplitude_mA, channel.max_voltage_V, output.port, channel.waveform
    if amplitude_mA is None or most is None:
        return None
    amplitude = amplitude_mA * MA
    found = compliance(np.array([output.peak_voltage_V / amplitude]), amplitude, most)
    largest = found.largest_amplitude_A / MA
    if waveform.period_s is None:
        peak = min(amplitude, found.largest_amplitude_A) / MA
        return Supply(most, found.clips, largest, 1.0 if found.clips else 0.0, peak, peak, None)
    if not found.clips:
        net = amplitude * (waveform.net_charge_s or 0.0) / UC
        return Supply(most, False, largest, 0.0, amplitude_mA * waveform.rms, amplitude_mA, net)
    grid = time_grid([waveform.pieces], port.fastest_per_s)
    try:
        flowing = clipped(port, waveform.pieces, grid, amplitude, most, PERIODS)
    except ValueError as error:  # such as a fitted port that falls off towards infinite frequency
        return Supply(most, True, largest, None, None, None, None, str(error))
    current = flowing.current_A
    return Supply(
        max_voltage_V=most,
        clips=True,
        largest_amplitude_mA=largest,
        clipped_part=flowing.clipped_s / grid.period_s,
        delivered_rms_mA=float(np.sqrt(flowing.weights @ current**2)) / MA,
        delivered_peak_mA=float(np.abs(current).max()) / MA,
        net_charge_uC=float(flowing.weights @ current) * grid.period_s / UC,
    )
