"""Exposures at any amplitude from those of a unit case, which is at 1 mA (or 1 V) of direct current where it can be.

Where a single component drives the body, every instant shows the same picture at another size: what counts over time
are its peak, its r.m.s. value and its mean. Percentiles and window averages are homogeneous of degree one, and powers
of degree two, so that all numbers of a case follow from those of the unit case.
"""

from dataclasses import fields, is_dataclass, replace
from typing import Any, Literal, TypeAlias, TypeVar

import numpy as np

from meshes.arrays import Reals
from sim.basis import Basis
from sim.case import Case, Channel
from sim.exposure import Exposure, expose
from sim.exposure.electrodes import ElectrodeExposure
from sim.exposure.envelope import EnvelopeExposure, FibreEnvelope, ProbeEnvelope, ProbeFibreEnvelope
from sim.exposure.implants import ImplantExposure
from sim.exposure.probes import ProbeExposure
from sim.exposure.tissues import TissueExposure
from sim.response import Response
from sim.solving import Solved
from sim.units import CM2, MM2, UC
from sim.waveforms import Direct

E = TypeVar("E")
Rule: TypeAlias = Literal["geometry", "peak", "rms", "heat", "mean", "charge", "instant", "part"]

RULES: dict[type, dict[str, Rule]] = {
    ElectrodeExposure: {
        "area_mm2": "geometry",
        "idle_area_mm2": "geometry",
        "current_peak_mA": "peak",
        "current_rms_mA": "rms",
        "charge_per_phase_uC": "charge",
        "charge_density_uC_per_cm2": "charge",
        "net_dc_mA": "mean",
        "current_density_rms_mA_per_cm2": "rms",
        "voltage_peak_V": "peak",
        "power_density_W_per_cm2": "heat",
        "contact_power_mW": "heat",
    },
    ImplantExposure: {
        "area_mm2": "geometry",
        "net_current_peak_mA": "peak",
        "through_peak_mA": "peak",
        "voltage_peak_V": "peak",
        "current_density_rms_mA_per_cm2": "rms",
    },
    TissueExposure: {
        "volume_mm3": "geometry",
        "E_peak_V_per_m": "peak",
        "J_rms_mA_per_cm2": "rms",
        "power_mW": "heat",
    },
    EnvelopeExposure: {
        "envelope_V_per_m": "peak",
        "carrier_peak_V_per_m": "peak",
        "modulation_depth": "geometry",
        "along_fibres": "part",
    },
    FibreEnvelope: {
        "envelope_V_per_m": "peak",
        "modulation_depth": "geometry",
    },
    ProbeEnvelope: {
        "envelope_V_per_m": "peak",
        "direction": "geometry",
        "carrier_peak_V_per_m": "peak",
        "modulation_depth": "geometry",
        "along_fibres": "part",
    },
    ProbeFibreEnvelope: {
        "direction": "geometry",
        "envelope_V_per_m": "peak",
        "modulation_depth": "geometry",
    },
    ProbeExposure: {
        "potential_V": "instant",
        "E_V_per_m": "instant",
        "J_A_per_m2": "instant",
        "E_peak_V_per_m": "peak",
        "J_peak_A_per_m2": "peak",
    },
}
PARTS = {"electrodes", "implants", "tissues", "probes", "envelope", "envelope_at_probes"}
AGREES = 1e-9  # of the voltages with those of the unit case times the amplitude


def has_rules() -> bool:
    """Whether every number of an exposure has a rule; where one has none, nothing is scaled."""
    return {field.name for field in fields(Exposure)} == PARTS and all(
        {field.name for field in fields(kind)} == set(rules) for kind, rules in RULES.items()
    )


class UnitExposures:
    """Exposures of the unit cases of one set of basis solutions, each computed once."""

    def __init__(self) -> None:
        self._basis = ""
        self._known: dict[str, tuple[Exposure, Response]] = {}

    def expose(self, key: str, solved: Solved, response: Response) -> Exposure:
        """What `sim.exposure.expose` gives, up to rounding; computed anew where the rules do not hold.

        Parameters
        ----------
        key
            Of the basis solutions.
        """
        if not has_rules():
            return _exposed(solved, response)
        unit = _unit_case(solved)
        name = unit.model_dump_json(include={"body", "inclusions", "channels", "probes"})
        if key != self._basis:
            self._basis, self._known = key, {}
        if name not in self._known:
            of_unit = replace(solved, case=unit)
            driven = of_unit.respond()
            self._known[name] = (_exposed(of_unit, driven), driven)
        exposure, driven = self._known[name]
        amplitude = _amplitude(solved.case.channels[0])
        if not _is_multiple(response, driven, amplitude):
            return _exposed(solved, response)
        return _scaled(exposure, response, driven, amplitude)


def _exposed(solved: Solved, response: Response) -> Exposure:
    return expose(solved.case, solved.basis, response, solved.conductors)


def _unit_case(solved: Solved) -> Case:
    """The case at unit amplitude of its first channel, and, if only resistance acts on only one, of direct current."""
    channels = solved.case.channels
    first = _amplitude(channels[0])
    units = [channel.model_copy(update={_key(channel): _amplitude(channel) / first}) for channel in channels]
    if len(units) == 1 and isinstance(solved.basis, Basis):
        units = [units[0].model_copy(update={"waveform": Direct()})]
    return solved.case.model_copy(update={"channels": tuple(units)})


def _key(channel: Channel) -> str:
    return "amplitude_mA" if channel.amplitude_V is None else "amplitude_V"


def _amplitude(channel: Channel) -> float:
    given = channel.amplitude_mA if channel.amplitude_V is None else channel.amplitude_V
    assert given is not None  # checked with the case
    return given


def _is_multiple(response: Response, driven: Response, amplitude: float) -> bool:
    """Whether a response is the unit response times the amplitude, with one component or the same ones over time."""
    if response.voltages.shape != driven.voltages.shape:
        return False
    if not np.allclose(response.voltages, amplitude * driven.voltages, rtol=AGREES, atol=0.0):
        return False
    one, other = response.drive, driven.drive
    if len(response.voltages) == 1:
        return True
    return all(_equal(getattr(one, name), getattr(other, name)) for name in ("instants", "gram", "means"))


def _equal(one: Reals, other: Reals) -> bool:
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=AGREES, atol=AGREES))


def _scaled(unit: Exposure, response: Response, driven: Response, amplitude: float) -> Exposure:
    """The unit exposure with each number times its factor: amplitude, and what the component does over time."""
    peak = rms = mean = instant = amplitude
    if len(response.voltages) == 1:
        one, other = response.drive, driven.drive
        peak *= float(np.abs(one.instants).max() / np.abs(other.instants).max())
        rms *= float(np.sqrt(one.gram[0, 0] / other.gram[0, 0]))
        instant *= float(one.instants[0, 0] / other.instants[0, 0])
        mean *= float(one.means[0] / other.means[0]) if other.means[0] != 0.0 else 1.0
    factors: dict[Rule, float] = {
        "geometry": 1.0,
        "peak": peak,
        "rms": rms,
        "heat": rms**2,
        "mean": mean,
        "charge": 1.0,  # taken from the response, see below
        "instant": instant,
    }
    electrodes = {
        name: _charged(_sized(electrode, factors), None if response.charges is None else float(response.charges[k]))
        for k, (name, electrode) in enumerate(unit.electrodes.items())
    }
    return Exposure(
        electrodes=electrodes,
        implants={name: _sized(implant, factors) for name, implant in unit.implants.items()},
        envelope={name: _sized(envelope, factors) for name, envelope in unit.envelope.items()},
        envelope_at_probes={name: _sized(probe, factors) for name, probe in unit.envelope_at_probes.items()},
        tissues={name: _sized(tissue, factors) for name, tissue in unit.tissues.items()},
        probes={name: _sized(probe, factors) for name, probe in unit.probes.items()},
    )


def _sized(part: E, factors: dict[Rule, float]) -> E:
    """The part with each number times the factor of its rule, and with the parts in it by rules of their own."""
    changed = {}
    for name, rule in RULES[type(part)].items():
        value = getattr(part, name)
        if rule != "part":
            changed[name] = _times(value, factors[rule])
        elif value is not None:
            changed[name] = _sized(value, factors)
    return replace(part, **changed)  # type: ignore[type-var]


def _times(value: Any, factor: float) -> Any:
    if value is None or factor == 1.0:
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _times(getattr(value, field.name), factor) for field in fields(value)})
    return tuple(_times(entry, factor) for entry in value) if isinstance(value, tuple) else value * factor


def _charged(electrode: ElectrodeExposure, charge_C: float | None) -> ElectrodeExposure:
    """With the charge per phase of the response; none for direct current."""
    if charge_C is None:
        return replace(electrode, charge_per_phase_uC=None, charge_density_uC_per_cm2=None)
    charge, area = charge_C / UC, electrode.area_mm2 * MM2 / CM2
    return replace(electrode, charge_per_phase_uC=charge, charge_density_uC_per_cm2=charge / area)
