"""Limits as data: the facts that can be judged, and the files that say how much of each is allowed.

A file of ``cases/limits/`` holds the limits of one source. A limit is a number or a declared law, never an expression;
it names the fact that it judges, the unit, the conditions under which it applies, and its source.
"""

import json
import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from sim.errors import LimitError
from sim.units import MA, MJ, MS, UC
from sim.waveforms import Waveform

LIMITS_FOLDER = Path(__file__).resolve().parents[1] / "cases" / "limits"

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
    },
    "electrode": {
        "area_cm2": Quantity("cm2", power=0),
        "current_rms_mA": Quantity("mA"),
        "net_dc_mA": Quantity("mA"),
        "charge_per_phase_uC": Quantity("uC"),
        "charge_density_uC_per_cm2": Quantity("uC/cm2"),
        "phase_ms": Quantity("ms", power=0),
        "mean_rms_mA_per_cm2": Quantity("mA/cm2"),
        "peak_1cm2_rms_mA_per_cm2": Quantity("mA/cm2"),
        "power_density_W_per_cm2": Quantity("W/cm2", power=2),
        "shannon_k": Quantity("1", decimal=True),
    },
}

Severity: TypeAlias = Literal["limit", "caution"]
Status: TypeAlias = Literal["primary", "secondary", "unverified", "interpretation"]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$")]
Sentence = Annotated[str, StringConstraints(min_length=1)]
Positive = Annotated[float, Field(gt=0.0)]


class _Data(BaseModel):
    """A frozen, strict part of a file of limits."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Band(_Data):
    """A range of a fact; ``at_least`` and ``at_most`` include their end, ``above`` and ``below`` do not."""

    above: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if not self.model_dump(exclude_none=True):
            raise ValueError("a band needs one of above, at_least, at_most, below")
        return self

    def holds(self, value: float) -> bool:
        """Whether the value lies in the band; NaN does not."""
        return (
            (self.above is None or value > self.above)
            and (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
            and (self.below is None or value < self.below)
        )

    def __str__(self) -> str:
        ends = self.model_dump(exclude_none=True)
        return " and ".join(f"{end.replace('_', ' ')} {value:g}" for end, value in ends.items())


class ChargeLaw(_Data):
    """Limit of a charge per phase that grows with the duration of the phase: base_uC + per_ms_uC x phase_ms."""

    base_uC: Positive
    per_ms_uC: Positive

    def at(self, phase_ms: Fact) -> Fact:
        """Limit [uC] for a phase of this duration."""
        return phase_ms if isinstance(phase_ms, Absent) else self.base_uC + self.per_ms_uC * number(phase_ms)


Bands: TypeAlias = dict[str, Band]


class LimitCheck(_Data):
    """One limit: the fact ``quantity`` of every ``subject`` shall not exceed ``limit`` [``unit``].

    ``when``: outside these bands the limit does not apply, another one does. ``valid``: outside these it should apply
    but says nothing, so that it cannot be evaluated. ``fitted``: outside these its number is extrapolated.
    """

    id: Identifier
    quantity: str
    subject: Subject
    limit: Positive | ChargeLaw
    unit: str
    severity: Severity
    when: Bands = Field(default_factory=dict)
    valid: Bands = Field(default_factory=dict)
    fitted: Bands = Field(default_factory=dict)
    evaluation: Sentence
    source: Sentence
    status: Status
    note: str = ""

    @property
    def judged(self) -> Quantity:
        """Unit and growth of the fact that is judged."""
        return QUANTITIES[self.subject][self.quantity]

    @model_validator(mode="after")
    def _is_about_known_facts(self) -> Self:
        facts = QUANTITIES[self.subject]
        if self.quantity not in facts:
            raise ValueError(f"{self.subject}s have no fact {self.quantity!r}; facts: {', '.join(facts)}")
        if self.unit != self.judged.unit:
            raise ValueError(f"{self.quantity} is in {self.judged.unit!r}, the limit in {self.unit!r}")
        if isinstance(self.limit, ChargeLaw) and self.quantity != "charge_per_phase_uC":
            raise ValueError(f"a charge law limits charge_per_phase_uC, not {self.quantity}")
        fixed = [name for name, fact in facts.items() if fact.power == 0]
        for name in [*self.when, *self.valid, *self.fitted]:
            if name not in fixed:
                raise ValueError(f"{self.subject}s have no condition {name!r}; conditions: {', '.join(fixed)}")
        return self

    def limit_for(self, facts: ChannelFacts | ElectrodeFacts) -> Fact:
        """Limit [``unit``] for these facts: the number, or the law at their phase duration."""
        return self.limit.at(facts.phase_ms) if isinstance(self.limit, ChargeLaw) else self.limit


class LimitSet(_Data):
    """The limits of one source, as a file of ``cases/limits/`` holds them."""

    id: Identifier
    title: Sentence
    source: Sentence
    scope: Sentence
    checks: tuple[LimitCheck, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        ids = [check.id for check in self.checks]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"more than one check is called {', '.join(twice)}")
        return self


def available_limits(folder: Path = LIMITS_FOLDER) -> tuple[str, ...]:
    """Names of the sets of limits in a folder, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def load_limits(names: Sequence[str], folder: Path = LIMITS_FOLDER) -> tuple[LimitSet, ...]:
    """Sets of limits by name, in the order of the names.

    Raises
    ------
    LimitError
        For a name without a file (the text lists those that exist), a name given twice, or a file that is not valid.
    """
    existing = available_limits(folder)
    for index, name in enumerate(names):
        if name not in existing:
            raise LimitError(f"no limits {name!r} in {folder}; there are: {', '.join(existing) or 'none'}")
        if name in names[:index]:
            raise LimitError(f"limits {name!r} are named twice")
    return tuple(_load(folder / f"{name}.toml") for name in names)


def _load(path: Path) -> LimitSet:
    """One file, checked; its ``id`` is its name."""
    try:
        limits = LimitSet.model_validate_json(json.dumps(tomllib.loads(path.read_text(encoding="utf-8"))))
    except ValidationError as error:
        told = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
        raise LimitError(f"{path}: {'; '.join(told)}") from error
    except (ValueError, TypeError) as error:
        raise LimitError(f"{path}: not a TOML file of limits: {error}") from error
    if limits.id != path.stem:
        raise LimitError(f"{path}: id is {limits.id!r}, which is not the name of the file")
    return limits
