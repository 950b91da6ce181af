"""From the numbers of a case to the facts that limits are about, and to the verdict."""

from dataclasses import replace

import numpy as np

from sim.case import Case, Channel
from sim.exposure.electrodes import ElectrodeExposure
from sim.response import Response
from sim.safety.facts import NO_PHASE, ChannelFacts, ElectrodeFacts
from sim.safety.limits import load_limits
from sim.safety.verdict import SafetyVerdict, assess
from sim.units import CM2, MA, MM2, MS


def judge(case: Case, response: Response, electrodes: dict[str, ElectrodeExposure]) -> SafetyVerdict:
    """Hold a computed case against the limits that it names."""
    return assess(
        load_limits(case.safety.limits),
        [_channel_facts(case, response, c) for c in range(len(case.channels))],
        [_electrode_facts(case, name, electrodes[name]) for name in case.poles],
    )


def _channel_facts(case: Case, response: Response, index: int) -> ChannelFacts:
    channel = case.channels[index]
    peak = peak_current_mA(case, response, index)
    facts = ChannelFacts.of(channel.name, channel.waveform, peak, channel.amplitude_V)
    # The largest safe amplitude is told in terms of what the case sets; weights may make the peak another number.
    return facts if channel.amplitude_mA is None else replace(facts, amplitude_mA=channel.amplitude_mA)


def peak_current_mA(case: Case, response: Response, index: int) -> float:
    """Current of a channel at the peak of its waveform: what its electrodes of positive weight pass together."""
    positive = np.array([case.channels[index].electrodes.get(name, 0.0) > 0.0 for name in case.terminals])
    return float(response.currents[index][positive].sum()) / MA


def _electrode_facts(case: Case, name: str, exposure: ElectrodeExposure) -> ElectrodeFacts:
    driving: list[Channel] = [channel for channel in case.channels if name in channel.electrodes]
    phases = [c.waveform.phase_s for c in driving or case.channels if c.waveform.phase_s is not None]
    charge = exposure.charge_per_phase_uC
    return ElectrodeFacts(
        name=name,
        channels=tuple(channel.name for channel in driving),
        area_cm2=exposure.area_mm2 * MM2 / CM2,
        current_rms_mA=exposure.current_rms_mA,
        net_dc_mA=exposure.net_dc_mA,
        charge_per_phase_uC=NO_PHASE if charge is None else charge,
        phase_ms=max(phases) / MS if phases else NO_PHASE,
        peak_1cm2_rms_mA_per_cm2=exposure.current_density_rms_mA_per_cm2.peak_1cm2,
    )
