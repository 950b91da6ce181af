"""From the numbers of a case to the facts that limits are about, and to the verdict."""

from dataclasses import replace

from meshes.distances import pad_gap_mm
from meshes.pads.placement import Placement
from sim.case import Case, Channel
from sim.exposure.electrodes import ElectrodeExposure
from sim.response import Response
from sim.safety.facts import BALANCED, NO_DURATION, NO_PHASE, ChannelFacts, ElectrodeFacts, Fact
from sim.safety.limits import load_limits
from sim.safety.verdict import SafetyVerdict, assess
from sim.units import CM2, MA, MINUTE, MM2, MS

NEAR_WOUND_MM = 20.0


def judge(case: Case, response: Response, electrodes: dict[str, ElectrodeExposure]) -> SafetyVerdict:
    """Hold a computed case against the limits that it names."""
    return assess(
        load_limits(case.safety.limits),
        [_channel_facts(case, response, c) for c in range(len(case.channels))],
        [_electrode_facts(case, name, electrodes[name]) for name in case.poles],
    )


def _channel_facts(case: Case, response: Response, index: int) -> ChannelFacts:
    channel = case.channels[index]
    peak = response.outputs[index].peak_current_A / MA
    facts = ChannelFacts.of(channel.name, channel.waveform, peak, channel.amplitude_V)
    facts = replace(facts, dose_mA_min=_dose(channel, peak), metal_implants=float(len(case.implants)))
    if channel.max_voltage_V is not None:
        facts = replace(facts, open_circuit_V=channel.max_voltage_V)
    # The largest safe amplitude is told in terms of what the case sets; weights may make the peak another number.
    return facts if channel.amplitude_mA is None else replace(facts, amplitude_mA=channel.amplitude_mA)


def _dose(channel: Channel, peak_mA: float) -> Fact:
    """Net charge of a treatment as a dose, mA min: with ramps and rests, of what does not alternate."""
    if channel.waveform.mean == 0.0:
        return BALANCED
    if channel.duration_min is None:
        return NO_DURATION
    net = abs(channel.waveform.mean) / channel.waveform.average_rectified
    return abs(peak_mA) * net * channel.waveform.dose_factor_s(channel.duration_min * MINUTE) / MINUTE


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
        broken_skin_cm2=_broken_skin_mm2(case, name) * MM2 / CM2,
    )


def _broken_skin_mm2(case: Case, name: str) -> float:
    """Area of the wounds near a pad; none for a contact of a lead."""
    pads = [electrode for electrode in case.electrodes if electrode.name == name]
    wounds = [Placement(name=w.name, pad=w.outline, position_mm=w.position_mm) for w in case.wounds]
    near = [w for w in wounds for pad in pads if pad_gap_mm(case.geometry, pad, w) <= NEAR_WOUND_MM]
    return sum(wound.pad.area_mm2 for wound in near)
