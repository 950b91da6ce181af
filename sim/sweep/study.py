"""The study file: a base case, and what is varied; frozen data of which nothing is executed."""

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from meshes.part import Part
from sim.case.messages import explain
from sim.sweep.problems import StudyError

Value = bool | int | float | str | list[Any] | dict[str, Any]
KeyPath = Annotated[str, Field(pattern=r"^[^.\s]+(\.[^.\s]+)*$")]
Count = Annotated[int, Field(ge=2, le=100_000)]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.,-]+$", max_length=200)]  # they become part of a job's script
Directive = Annotated[str, Field(pattern=r"^--[a-z][a-z-]*(=[A-Za-z0-9_.,:+*/&|@%-]+)?$", max_length=200)]
MOST_CASES = 1_000_000


class Spaced(Part):
    """Numbers from ``start`` to ``stop``, both included."""

    start: float
    stop: float
    count: Count


class Values(Part):
    """A key of the case, or several that get the same value, and the values: exactly one way to give them."""

    path: KeyPath | None = None
    paths: Annotated[tuple[KeyPath, ...], Field(min_length=1)] | None = None
    values: Annotated[tuple[Value, ...], Field(min_length=1)] | None = None
    linspace: Spaced | None = None
    logspace: Spaced | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        self.require_complete()
        return self

    def require_complete(self) -> None:
        """Raise ValueError where keys are missing or too many."""
        _exactly_one(self, "path", "paths")
        _exactly_one(self, "values", "linspace", "logspace")
        if self.logspace is not None and min(self.logspace.start, self.logspace.stop) <= 0.0:
            raise ValueError(f"logspace from {self.logspace.start:g} to {self.logspace.stop:g}; positive ends")

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the case that get the values."""
        return self.paths or (self.path or "",)


class Axis(Values):
    """One direction of the study: values of a key, or a ``zip`` of several keys that move together."""

    name: Annotated[str, Field(pattern=r"^[^\s,<>=!]+$", max_length=100)] | None = None
    zip: Annotated[tuple[Values, ...], Field(min_length=2)] | None = None

    def require_complete(self) -> None:
        """Raise ValueError where keys are missing or too many."""
        if self.zip is None:
            super().require_complete()
            return
        given = [key for key in ("path", "paths", "values", "linspace", "logspace") if getattr(self, key) is not None]
        if given:
            raise ValueError(f"zip together with {', '.join(given)}; either a zip or the values of one key")

    @property
    def members(self) -> tuple[Values, ...]:
        """The keys with their values, one or more."""
        return self.zip or (self,)


class Uniform(Part):
    """Equally likely from ``low`` to ``high``."""

    kind: Literal["uniform"]
    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _require_order(self.low, self.high)
        return self


class LogUniform(Part):
    """The logarithm equally likely from that of ``low`` to that of ``high``."""

    kind: Literal["loguniform"]
    low: Annotated[float, Field(gt=0.0)]
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _require_order(self.low, self.high)
        return self


class Triangular(Part):
    """Most likely at ``mode``, impossible outside of ``low`` to ``high``."""

    kind: Literal["triangular"]
    low: float
    mode: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.mode <= self.high:
            raise ValueError(f"mode {self.mode:g}; a number from {self.low:g} to {self.high:g}")
        _require_order(self.low, self.high)
        return self


class Normal(Part):
    """Normal distribution, cut off at ``low`` and ``high`` where they are given (the rest is scaled up)."""

    kind: Literal["normal"]
    mean: float
    standard_deviation: Annotated[float, Field(gt=0.0)]
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low is not None and self.high is not None:
            _require_order(self.low, self.high)
        return self


class LogNormal(Part):
    """The logarithm is normal: half of the values lie below ``median``, and 68 % within a ``factor`` of it."""

    kind: Literal["lognormal"]
    median: Annotated[float, Field(gt=0.0)]
    factor: Annotated[float, Field(gt=1.0)]


Distribution = Annotated[Uniform | LogUniform | Triangular | Normal | LogNormal, Field(discriminator="kind")]


class Uncertain(Part):
    """A key of the case, or several that get the same value, drawn from a distribution."""

    name: Annotated[str, Field(pattern=r"^[^\s,<>=!]+$", max_length=100)] | None = None
    path: KeyPath | None = None
    paths: Annotated[tuple[KeyPath, ...], Field(min_length=1)] | None = None
    distribution: Distribution

    @model_validator(mode="after")
    def _complete(self) -> Self:
        _exactly_one(self, "path", "paths")
        return self

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the case that get the values."""
        return self.paths or (self.path or "",)


class Samples(Part):
    """Points drawn together in all ``axes``, the same ones whenever the study is read.

    ``latin_hypercube`` and ``sobol`` fill the space with ``count`` points; ``saltelli`` draws the
    count x (number of axes + 2) points from which indices of Sobol are estimated. ``sobol`` and ``saltelli`` need a
    count that is a power of two.
    """

    method: Literal["latin_hypercube", "sobol", "saltelli"]
    count: Annotated[int, Field(ge=2, le=100_000)]
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)]
    axes: Annotated[tuple[Uncertain, ...], Field(min_length=1, max_length=40)]

    @model_validator(mode="after")
    def _balanced(self) -> Self:
        if self.method != "latin_hypercube" and self.count & (self.count - 1):
            raise ValueError(f"count {self.count} with {self.method}; a power of two, such as 64")
        return self


class Parallel(Part):
    """Cases of these accuracies are solved by several MPI ranks each."""

    ranks: Annotated[int, Field(ge=2, le=1024)]
    accuracies: Annotated[tuple[Literal["draft", "standard", "fine"], ...], Field(min_length=1)] = ("fine",)
    launcher: Literal["mpiexec", "srun"] = "mpiexec"

    @property
    def command(self) -> tuple[str, ...]:
        """Words before a command that start its ranks."""
        count = ("-n", str(self.ranks))
        return ("mpiexec", *count) if self.launcher == "mpiexec" else ("srun", "--mpi=pmix", "--overlap", *count)


class Cluster(Part):
    """What each of the ``jobs`` Slurm jobs asks for; one job computes one case at a time."""

    jobs: Annotated[int, Field(ge=1, le=10_000)] = 4

    partition: Word | None = None
    account: Word | None = None
    walltime: Annotated[str, Field(pattern=r"^(\d+-)?\d{1,3}:\d{2}:\d{2}$")] = "04:00:00"
    memory_GB: Annotated[float, Field(gt=0.0, le=4096.0)] = 4.0
    directives: tuple[Directive, ...] = ()
    interface: Word | None = None


class Study(Part):
    """A study: the product of all axes, for each of the samples."""

    title: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00\x1b]+$")]
    base: Annotated[str, Field(min_length=1)]
    set: dict[KeyPath, Value] = Field(default_factory=dict)
    axes: tuple[Axis, ...] = ()
    samples: Samples | None = None
    parallel: Parallel | None = None
    cluster: Cluster = Cluster()

    @model_validator(mode="after")
    def _varies_something(self) -> Self:
        if not self.axes and self.samples is None:
            raise ValueError("neither axes nor samples; give at least one of them")
        return self


def _exactly_one(part: Part, *keys: str) -> None:
    given = [key for key in keys if getattr(part, key) is not None]
    if len(given) != 1:
        found = " and ".join(given) or "none of them"
        raise ValueError(f"{found}; exactly one of {', '.join(keys)}")


def _require_order(low: float, high: float) -> None:
    if not low < high:
        raise ValueError(f"low {low:g} and high {high:g}; low below high")


def load_study(path: Path) -> Study:
    """Read a study file.

    Raises
    ------
    StudyError
        If the file cannot be read, is not TOML, or is no study.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StudyError([f"{path}: found no readable file ({error.strerror}); accepted: a study in TOML"]) from error
    except (ValueError, RecursionError) as error:
        raise StudyError([f"{path}: found a syntax error: {error}; accepted: TOML, see docs/sweeps.md"]) from error
    try:
        return Study.model_validate_json(json.dumps(data, default=str))
    except ValidationError as error:
        raise StudyError([str(explain(error, data, Study, str(path)))]) from error
