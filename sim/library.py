"""The libraries of ``cases``: bodies of sites, leads and needles, each with its source."""

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator

from meshes.leads import Concentric, Shaft
from meshes.part import NotNegative, Part
from sim.folders import CASES
from sim.tissues import Status

Sentence = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
Interval = tuple[NotNegative, NotNegative]
ROUNDING_MM = 1e-9


class Range(Part):
    """How a part of a body varies from person to person, lowest and highest typical value, with its own source."""

    thickness_mm: Interval | None = None
    radius_mm: Interval | None = None
    cortical_mm: Interval | None = None
    source: Sentence
    status: Status

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.numbers:
            raise ValueError("a range needs one of thickness_mm, radius_mm, cortical_mm")
        for key, (low, high) in self.numbers.items():
            if not low < high:
                raise ValueError(f"{key} must grow, found [{low:g}, {high:g}]")
        return self

    @property
    def numbers(self) -> dict[str, Interval]:
        """The intervals that are given, by key."""
        given = {
            "thickness_mm": self.thickness_mm,
            "radius_mm": self.radius_mm,
            "cortical_mm": self.cortical_mm,
        }
        return {key: interval for key, interval in given.items() if interval is not None}


class _Glimpse(BaseModel):
    """The few keys of a body that ranges speak of; whether the rest is right is the case's business."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, allow_inf_nan=False)


class _Layer(_Glimpse):
    tissue: str
    thickness_mm: float


class _Bone(_Glimpse):
    name: str
    radius_mm: float
    cortical_mm: float


class _Body(_Glimpse):
    kind: Literal["limb", "block", "face"]
    layers: Annotated[tuple[_Layer, ...], Field(min_length=1)]
    bones: tuple[_Bone, ...] = ()
    radius_mm: float | None = None
    semi_axes_mm: tuple[float, float] | None = None


def _body_numbers(given: dict[str, Any]) -> dict[str, dict[str, tuple[float, ...]]]:
    """The numbers [mm] that a site has to bound, by the name of the range and the key.

    ``outline`` is the outer surface (both half widths of an ellipse), ``core`` what a limb's layers leave of it.
    """
    body = TypeAdapter(_Body).validate_json(json.dumps(given))
    found: dict[str, dict[str, tuple[float, ...]]] = {}
    for layer in body.layers:
        before = found.get(layer.tissue, {}).get("thickness_mm", ())
        found[layer.tissue] = {"thickness_mm": (*before, layer.thickness_mm)}
    outline = body.semi_axes_mm or (() if body.radius_mm is None else (body.radius_mm,))
    if outline:
        found["outline"] = {"radius_mm": outline}
    if body.kind == "limb":
        depth = sum(layer.thickness_mm for layer in body.layers)
        found["core"] = {"radius_mm": tuple(radius - depth for radius in outline)}
    for bone in body.bones:
        found[bone.name] = {"radius_mm": (bone.radius_mm,), "cortical_mm": (bone.cortical_mm,)}
    return found


class SiteFile(Part):
    """A body site: the body of a case that stands for it, and how its numbers vary.

    ``ranges`` has one table a layer (named after its tissue), bone (its name), ``core`` and ``outline`` of a limb and
    ``outline`` of a curved face; the body's own numbers lie within.
    """

    id: str
    title: Sentence
    source: Sentence
    status: Status
    caveat: Sentence
    body: dict[str, Any]
    ranges: Annotated[dict[str, Range], Field(min_length=1)]

    @model_validator(mode="after")
    def _numbers_within_ranges(self) -> Self:
        body = _body_numbers(self.body)
        if missing := sorted(set(body) - set(self.ranges)):
            raise ValueError(f"no range for {', '.join(missing)}")
        if unknown := sorted(set(self.ranges) - set(body)):
            raise ValueError(f"ranges.{unknown[0]} names no part of the body; accepted: {', '.join(sorted(body))}")
        for name, numbers in body.items():
            intervals = self.ranges[name].numbers
            if set(intervals) != set(numbers):
                raise ValueError(f"ranges.{name} needs {', '.join(numbers)}, found {', '.join(intervals)}")
            for key, values in numbers.items():
                low, high = intervals[key]
                for value in values:
                    if not low - ROUNDING_MM <= value <= high + ROUNDING_MM:
                        raise ValueError(f"{name}: {key} {value:g} lies outside of its range [{low:g}, {high:g}]")
        return self


class _LeadNotes(Part):
    """What a file says about a lead; ``unverified`` names the keys whose numbers were not found in a source."""

    id: str
    title: Sentence
    source: Sentence
    status: Status
    caveat: str = ""
    unverified: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_its_own_keys(self) -> Self:
        for key in self.unverified:
            if key not in type(self).model_fields or key in _LeadNotes.model_fields:
                raise ValueError(f"unverified names {key!r}, which is no size of this lead")
        return self


class ShaftFile(_LeadNotes, Shaft):
    """A lead or needle with contacts along its shaft."""

    @property
    def geometry(self) -> Shaft:
        """The sizes alone."""
        return Shaft(kind=self.kind, shaft_diameter_mm=self.shaft_diameter_mm, tip=self.tip, contacts=self.contacts)


class ConcentricFile(_LeadNotes, Concentric):
    """A concentric needle."""

    @property
    def geometry(self) -> Concentric:
        """The sizes alone."""
        return Concentric(
            kind=self.kind,
            core_diameter_mm=self.core_diameter_mm,
            insulation_diameter_mm=self.insulation_diameter_mm,
            cannula_diameter_mm=self.cannula_diameter_mm,
            cannula_length_mm=self.cannula_length_mm,
        )


LeadFile = Annotated[ShaftFile | ConcentricFile, Field(discriminator="kind")]


def _names(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def _text(folder: Path, name: str, what: str) -> str:
    """The file as JSON: so that the arrays of TOML become tuples under strict types."""
    if name not in _names(folder):
        raise ValueError(f"unknown {what} {name!r}; accepted: {', '.join(_names(folder))}")
    data = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    if data.get("id") != name:
        raise ValueError(f"{name}.toml: id is {data.get('id')!r}; accepted: the file's name")
    return json.dumps(data)


def available_sites(folder: Path = CASES / "sites") -> tuple[str, ...]:
    """Names of the files of ``cases/sites``."""
    return _names(folder)


def load_site(name: str, folder: Path = CASES / "sites") -> SiteFile:
    """Read a file of ``cases/sites``.

    Raises
    ------
    ValueError
        If there is no such site, or (as pydantic's ValidationError) the file is none.
    """
    return SiteFile.model_validate_json(_text(folder, name, "site"))


def available_leads(folder: Path = CASES / "leads") -> tuple[str, ...]:
    """Names of the files of ``cases/leads``."""
    return _names(folder)


def load_lead(name: str, folder: Path = CASES / "leads") -> ShaftFile | ConcentricFile:
    """Read a file of ``cases/leads``.

    Raises
    ------
    ValueError
        If there is no such lead, or (as pydantic's ValidationError) the file is none.
    """
    adapter: TypeAdapter[ShaftFile | ConcentricFile] = TypeAdapter(LeadFile)
    return adapter.validate_json(_text(folder, name, "lead"))
