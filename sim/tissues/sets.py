"""Tissue sets: the files of ``cases/tissues``, one a source, each number with its status."""

import json
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from meshes.layers import Tissue as TissueName
from meshes.part import NotNegative, Part, Positive
from sim.folders import CASES
from sim.tissues.media import Medium, Relaxation

Status = Literal["primary", "secondary", "computed", "unverified"]
Permittivity = Annotated[float, Field(ge=1.0, le=1e12)]  # relative to vacuum
Hertz = tuple[NotNegative, Positive]


class ColeCole(Part):
    """Parameters of ε(ω) = ε∞ + Σ Δε / (1 + (iωτ)^(1-α)) + σ / (iωε0), as Gabriel et al. 1996 print them."""

    permittivity_infinite: Permittivity
    conductivity_S_per_m: Positive
    permittivity_steps: Annotated[tuple[NotNegative, ...], Field(min_length=1)]
    times_s: tuple[Positive, ...]
    alphas: tuple[Annotated[float, Field(ge=0.0, lt=1.0)], ...]

    @model_validator(mode="after")
    def _terms_are_complete(self) -> Self:
        if not len(self.permittivity_steps) == len(self.times_s) == len(self.alphas):
            raise ValueError("lists of different lengths; one step, time and alpha a term")
        return self

    @property
    def medium(self) -> Medium:
        """What it conducts with."""
        terms = zip(self.permittivity_steps, self.times_s, self.alphas, strict=True)
        relaxations = tuple(Relaxation(*term) for term in terms if term[0] > 0.0)
        return Medium(self.conductivity_S_per_m, self.permittivity_infinite, relaxations)


class Tissue(Part):
    """One tissue: its conductivity, along and across its fibres where the source resolves them, or its dispersion.

    ``relative_permittivity`` belongs to a conductivity; where it is missing, displacement is neglected. ``fitted_Hz``
    is the band of the measurements, where it differs from that of the set.
    """

    conductivity_S_per_m: Positive | None = None
    longitudinal_S_per_m: Positive | None = None
    transverse_S_per_m: Positive | None = None
    relative_permittivity: Permittivity | None = None
    cole_cole: ColeCole | None = None
    fitted_Hz: Hertz | None = None
    note: str = ""
    status: Status | None = None

    @model_validator(mode="after")
    def _conducts_in_one_way(self) -> Self:
        if (self.conductivity_S_per_m is None) == (self.cole_cole is None):
            raise ValueError("conductivity_S_per_m and cole_cole; one of them")
        if (self.longitudinal_S_per_m is None) != (self.transverse_S_per_m is None):
            raise ValueError("half of an axial conductivity; longitudinal_S_per_m and transverse_S_per_m, or neither")
        static = (self.longitudinal_S_per_m, self.relative_permittivity)
        if self.cole_cole is not None and any(value is not None for value in static):
            raise ValueError("cole_cole and another conductivity or permittivity; cole_cole alone")
        return self

    @property
    def medium(self) -> Medium:
        """What it conducts with where directions are not told apart."""
        if self.cole_cole is not None:
            return self.cole_cole.medium
        if self.conductivity_S_per_m is None:
            raise ValueError("a tissue without conductivity")
        return Medium(self.conductivity_S_per_m, self.relative_permittivity or 0.0)

    @property
    def axial_media(self) -> tuple[Medium, Medium] | None:
        """What it conducts with along and across its fibres; None where its source does not tell them apart."""
        if self.longitudinal_S_per_m is None or self.transverse_S_per_m is None:
            return None
        ε = self.relative_permittivity or 0.0
        return Medium(self.longitudinal_S_per_m, ε), Medium(self.transverse_S_per_m, ε)


class Alias(Part):
    """A name under which an entry of the set is also known, and why it is that one."""

    entry: TissueName
    why: Annotated[str, Field(min_length=1)]


class Temperature(Part):
    """How the conductivities of a set grow with temperature: by a factor 1 + coefficient (T - reference)."""

    reference_C: float
    coefficient_per_C: Positive
    source: Annotated[str, Field(min_length=1)]
    status: Status

    def factor(self, temperature_C: float) -> float:
        """Conductivity at a temperature, relative to the one of the set."""
        return 1.0 + self.coefficient_per_C * (temperature_C - self.reference_C)


class TissueSet(Part):
    """The tissues of one source."""

    id: str
    title: str
    source: Annotated[str, Field(min_length=1)]
    status: Status
    valid_Hz: Hertz
    fitted_Hz: Hertz | None = None
    caveat: str = ""
    temperature: Temperature | None = None
    aliases: dict[TissueName, Alias] = Field(default_factory=dict)
    tissues: dict[TissueName, Tissue] = Field(min_length=1)

    @model_validator(mode="after")
    def _aliases_name_entries(self) -> Self:
        for name, alias in self.aliases.items():
            if name in self.tissues:
                raise ValueError(f"alias {name}, which is an entry; a name of its own")
            if alias.entry not in self.tissues:
                raise ValueError(f"alias {name} of {alias.entry}; one of {', '.join(self.tissues)}")
        return self

    @model_validator(mode="after")
    def _bands_grow(self) -> Self:
        for band in (self.valid_Hz, self.fitted_Hz, *(tissue.fitted_Hz for tissue in self.tissues.values())):
            if band is not None and not band[0] < band[1]:
                raise ValueError(f"a band from {band[0]:g} to {band[1]:g} Hz; bands that grow")
        return self


def available_tissue_sets() -> tuple[str, ...]:
    """Names of the files of ``cases/tissues``."""
    return tuple(sorted(path.stem for path in (CASES / "tissues").glob("*.toml")))


def load_tissue_set(name: str, folder: Path = CASES / "tissues") -> TissueSet:
    """Read a file of ``cases/tissues``, or of a folder of such files as ``cases/materials``.

    Raises
    ------
    pydantic.ValidationError
        If the file is not a tissue set.
    """
    return _parsed((folder / f"{name}.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=20)
def _parsed(text: str) -> TissueSet:
    """The set that a text says; a sweep asks for the same one thousands of times."""
    return TissueSet.model_validate_json(json.dumps(tomllib.loads(text)))
