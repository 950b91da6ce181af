"""Limits as data: the files that say how much of each fact is allowed.

A file of ``cases/limits/`` holds the limits of one source. A limit is a number or a declared law, never an expression;
it names the fact that it judges, the unit, the conditions under which it applies, and its source.
"""

import json
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, StringConstraints, ValidationError, model_validator

from meshes.part import Part, Positive
from sim.errors import LimitError
from sim.folders import CASES
from sim.safety.facts import QUANTITIES, Absent, ChannelFacts, ElectrodeFacts, Fact, Quantity, Subject, number

LIMITS_FOLDER = CASES / "limits"

Severity: TypeAlias = Literal["limit", "caution"]
Status: TypeAlias = Literal["primary", "secondary", "unverified", "interpretation"]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$")]
Sentence = Annotated[str, StringConstraints(min_length=1)]


class Band(Part):
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


class ChargeLaw(Part):
    """Limit of a charge per phase that grows with the duration of the phase: base_uC + per_ms_uC x phase_ms."""

    base_uC: Positive
    per_ms_uC: Positive

    def at(self, phase_ms: Fact) -> Fact:
        """Limit [uC] for a phase of this duration."""
        return phase_ms if isinstance(phase_ms, Absent) else self.base_uC + self.per_ms_uC * number(phase_ms)


Bands: TypeAlias = dict[str, Band]


class LimitCheck(Part):
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


class LimitSet(Part):
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
        limits = _parsed(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        told = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
        raise LimitError(f"{path}: {'; '.join(told)}") from error
    except (ValueError, TypeError) as error:
        raise LimitError(f"{path}: not a TOML file of limits: {error}") from error
    if limits.id != path.stem:
        raise LimitError(f"{path}: id is {limits.id!r}, which is not the name of the file")
    return limits


@lru_cache(maxsize=100)
def _parsed(text: str) -> LimitSet:
    """The limits that a text says; a sweep asks for the same ones thousands of times."""
    return LimitSet.model_validate_json(json.dumps(tomllib.loads(text)))
