"""Facts about channels and electrodes that can be judged: their units, and how they grow with the amplitude."""

import math
from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

from sim.units import MA, MJ, MS, UC
from sim.waveforms import Waveform

# Resistance into which an output is measured [Ohm]: IEC 60601-2-10 cl. 201.12.4.104; FDA guidance of 9 June 1999.
OUTPUT_LOAD_OHM = 500.0

# A smaller part of a limit is nothing: no factor brings it to the limit, and its inverse does not overflow.
NOTHING = 1e-100


@dataclass(frozen=True)
class Absent:
    """Stands for a fact that does not exist, and says why; a fact that exists but is not known is None or NaN."""

    why: str


Fact: TypeAlias = float | Absent | None

NO_PHASE = Absent("Direct current has no phase")
NO_PULSE = Absent("The waveform has no separate pulses")
NO_CHARGE = Absent("No charge passes")
NO_DEVICE = Absent("The open-circuit voltage of the device is not part of the case")
NO_DURATION = Absent("The duration of the treatment is not part of the case")
BALANCED = Absent("The waveform has no net current, so that there is no dose")


@dataclass(frozen=True)
class ChannelFacts:
    """What a channel puts out: peak current in the body ``amplitude_mA``; all else is the output into 500 Ohm."""

    name: str
    amplitude_mA: float | None
    frequency_Hz: Fact
    output_peak_mA: Fact
    output_rms_ac_mA: Fact
    output_dc_mA: Fact
    average_rectified_mA: Fact
    charge_per_phase_uC: Fact
    phase_ms: Fact
    pulse_s: Fact
    pulse_energy_mJ: Fact
    open_circuit_V: Fact = NO_DEVICE
    dose_mA_min: Fact = NO_DURATION
    metal_implants: Fact = 0.0

    @classmethod
    def of(cls, name: str, waveform: Waveform, amplitude_mA: float | None, amplitude_V: float | None = None) -> Self:
        """Facts from peak current in the body; ``amplitude_V`` (peak): voltage drive, whose output is V / 500 Ohm."""
        peak_A = number(amplitude_mA) * MA if amplitude_V is None else amplitude_V / OUTPUT_LOAD_OHM
        charge_s, phase_s, energy_s = waveform.charge_per_phase_s, waveform.phase_s, waveform.pulse_energy_s
        return cls(
            name=name,
            amplitude_mA=amplitude_mA,
            frequency_Hz=waveform.frequency_Hz,
            output_peak_mA=peak_A / MA,
            output_rms_ac_mA=peak_A * waveform.rms_ac / MA,
            output_dc_mA=peak_A * waveform.mean / MA,
            average_rectified_mA=peak_A * waveform.average_rectified / MA,
            charge_per_phase_uC=NO_PHASE if charge_s is None else peak_A * charge_s / UC,
            phase_ms=NO_PHASE if phase_s is None else phase_s / MS,
            pulse_s=NO_PULSE if waveform.pulse_s is None else waveform.pulse_s,
            pulse_energy_mJ=NO_PULSE if energy_s is None else peak_A**2 * energy_s * OUTPUT_LOAD_OHM / MJ,
            open_circuit_V=NO_DEVICE if amplitude_V is None else amplitude_V,
        )


@dataclass(frozen=True)
class ElectrodeFacts:
    """What an electrode passes into the body: driven by ``channels``, floating without; r.m.s. includes d.c."""

    name: str
    channels: tuple[str, ...]
    area_cm2: float
    current_rms_mA: float | None
    net_dc_mA: Fact
    charge_per_phase_uC: Fact
    phase_ms: Fact
    peak_1cm2_rms_mA_per_cm2: Fact
    broken_skin_cm2: Fact = 0.0

    @property
    def mean_rms_mA_per_cm2(self) -> Fact:
        """Current density averaged over the contact area, I_rms / A."""
        return _per(self.area_cm2, self.current_rms_mA)

    @property
    def power_density_W_per_cm2(self) -> Fact:
        """Average power into 500 Ohm over the contact area, I_rms^2 x 500 Ohm / A."""
        return _per(self.area_cm2, (number(self.current_rms_mA) * MA) ** 2 * OUTPUT_LOAD_OHM)

    @property
    def charge_density_uC_per_cm2(self) -> Fact:
        """Charge per phase averaged over the contact area, Q / A."""
        return _per(self.area_cm2, self.charge_per_phase_uC)

    @property
    def net_dc_density_mA_per_cm2(self) -> Fact:
        """Net direct current averaged over the contact area."""
        return _per(self.area_cm2, self.net_dc_mA)

    @property
    def shannon_k(self) -> Fact:
        """Shannon's k = log10(Q^2 / A), Q in uC per phase, A in cm2 (IEEE TBME 39:424, 1992)."""
        charge = self.charge_per_phase_uC
        if isinstance(charge, Absent):
            return charge
        if charge == 0.0:
            return NO_CHARGE
        square = number(_per(self.area_cm2, number(charge) ** 2))
        return math.log10(square) if square > 0.0 else math.nan


def number(fact: Fact) -> float:
    """The value of a fact, NaN if there is none."""
    return math.nan if fact is None or isinstance(fact, Absent) else float(fact)


def _per(area_cm2: float, fact: Fact) -> Fact:
    """A fact divided by an area; NaN where there is no area."""
    if isinstance(fact, Absent):
        return fact
    return number(fact) / area_cm2 if area_cm2 > 0.0 else math.nan


@dataclass(frozen=True)
class Quantity:
    """Unit of a fact, and the power of the amplitude with which it grows.

    A decimal quantity is a logarithm of the square of a charge: its limit is compared in terms of that charge.
    """

    unit: str
    power: int = 1
    decimal: bool = False

    def use(self, value: float, limit: float) -> float:
        """Used part of a limit: value / limit; for a decimal quantity the ratio of the charges."""
        return 10.0 ** ((value - limit) / 2.0) if self.decimal else value / limit

    def scale_to(self, value: float, limit: float) -> float:
        """Factor on all amplitudes that brings the value to its limit; inf if none does."""
        if self.power == 0:
            return math.inf if value <= limit else 0.0
        use = self.use(value, limit)
        return float(use ** (-1.0 / self.power)) if use > NOTHING else math.inf


Subject: TypeAlias = Literal["channel", "electrode"]

QUANTITIES: dict[Subject, dict[str, Quantity]] = {
    "channel": {
        "frequency_Hz": Quantity("Hz", power=0),
        "output_peak_mA": Quantity("mA"),
        "output_rms_ac_mA": Quantity("mA"),
        "output_dc_mA": Quantity("mA"),
        "average_rectified_mA": Quantity("mA"),
        "charge_per_phase_uC": Quantity("uC"),
        "phase_ms": Quantity("ms", power=0),
        "pulse_s": Quantity("s", power=0),
        "pulse_energy_mJ": Quantity("mJ", power=2),
        "open_circuit_V": Quantity("V"),
        "dose_mA_min": Quantity("mA min"),
        "metal_implants": Quantity("1", power=0),
    },
    "electrode": {
        "area_cm2": Quantity("cm2", power=0),
        "broken_skin_cm2": Quantity("cm2", power=0),
        "current_rms_mA": Quantity("mA"),
        "net_dc_mA": Quantity("mA"),
        "net_dc_density_mA_per_cm2": Quantity("mA/cm2"),
        "charge_per_phase_uC": Quantity("uC"),
        "charge_density_uC_per_cm2": Quantity("uC/cm2"),
        "phase_ms": Quantity("ms", power=0),
        "mean_rms_mA_per_cm2": Quantity("mA/cm2"),
        "peak_1cm2_rms_mA_per_cm2": Quantity("mA/cm2"),
        "power_density_W_per_cm2": Quantity("W/cm2", power=2),
        "shannon_k": Quantity("1", decimal=True),
    },
}
