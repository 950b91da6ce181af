"""Tissues: conductivities from cited sets, and what a case puts in their place."""

import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, TypeAdapter

from meshes.arrays import Reals
from meshes.layers import Region
from meshes.part import NotNegative, Part, Positive
from sim.folders import CASES
from sim.units import MM

if TYPE_CHECKING:
    from sim.case import Case

Status = Literal["primary", "secondary", "computed", "unverified"]


class Tissue(Part):
    """Conductivity of one tissue; along and across its fibres where the source resolves them."""

    conductivity_S_per_m: Positive
    longitudinal_S_per_m: Positive | None = None
    transverse_S_per_m: Positive | None = None
    note: str = ""
    status: Status | None = None


class TissueSet(Part):
    """The tissues of one source."""

    id: str
    title: str
    source: str
    status: Status
    valid_Hz: tuple[NotNegative, Positive]
    caveat: str = ""
    tissues: dict[str, Tissue] = Field(min_length=1)


class Framed(Protocol):
    """A body that knows its local axes."""

    def frame(self, points_mm: Reals, /) -> Reals:
        """Unit vectors (n, 3, 3) at points (n, 3), a row each: along x, along the arc, outward."""
        ...


class Space:
    """The axes of space, for fibres that no body bends."""

    def frame(self, points_mm: Reals) -> Reals:
        """The unit matrix (n, 3, 3) at points (n, 3)."""
        return np.tile(np.eye(3), (len(points_mm), 1, 1))


SPACE = Space()


@dataclass(frozen=True)
class Fibres:
    """Fibres that follow the shape of a body: their direction stands in its local axes, of any length but zero."""

    body: Framed
    direction: tuple[float, float, float]

    @property
    def key(self) -> tuple[str, tuple[float, float, float]]:
        """What tells these fibres from others of the same geometry."""
        return ("space" if self.body is SPACE else "body", self.direction)

    def directions(self, points_m: Reals) -> Reals:
        """Direction f (n, 3) of the fibres at points (n, 3) in the axes of space."""
        axes = self.body.frame(np.asarray(points_m / MM, dtype=np.float64))
        return np.asarray(self.direction @ axes)  # a sum of the rows


class Conducting(Protocol):
    """What a layer conducts with."""

    @property
    def layer(self) -> str:
        """Name of the layer's volume."""
        ...

    @property
    def tissue(self) -> str:
        """Name of its tissue."""
        ...

    def tensors(self, points_m: Reals) -> Reals:
        """Symmetric conductivities (n, 3, 3) at points (n, 3), S/m."""
        ...


@dataclass(frozen=True)
class Conductor:
    """A tissue that conducts along its fibres differently from across, or equally in all directions.

    Parameters
    ----------
    layer, tissue
        Name of the layer's volume and of its tissue.
    longitudinal, transverse
        Conductivity along and across the fibres, S/m; equal where there are none.
    fibres
        None where all directions are equal.
    source
        Where the numbers come from, with their status.
    """

    layer: str
    tissue: str
    longitudinal: float
    transverse: float
    fibres: Fibres | None
    source: str

    def __post_init__(self) -> None:
        if self.fibres is None and self.longitudinal != self.transverse:
            raise ValueError(f"{self.layer}: conducts along fibres, but has none")

    def tensors(self, points_m: Reals) -> Reals:
        """Conductivities (n, 3, 3) at points (n, 3), see ``axial_tensor``."""
        if self.fibres is None:
            return np.tile(self.transverse * np.eye(3), (len(points_m), 1, 1))
        return axial_tensor(self.longitudinal, self.transverse, self.fibres.directions(points_m))


@dataclass(frozen=True)
class Uniform:
    """Any symmetric conductivity tensor (3, 3), S/m, the same at every point of a layer."""

    layer: str
    tissue: str
    tensor: Reals
    source: str

    def tensors(self, points_m: Reals) -> Reals:
        """Conductivities (n, 3, 3) at points (n, 3)."""
        return np.tile(self.tensor, (len(points_m), 1, 1))


def available_tissue_sets() -> tuple[str, ...]:
    """Names of the files of ``cases/tissues``."""
    return tuple(sorted(path.stem for path in (CASES / "tissues").glob("*.toml")))


def load_tissue_set(name: str) -> TissueSet:
    """Read a file of ``cases/tissues``.

    Raises
    ------
    pydantic.ValidationError
        If the file is not a tissue set.
    """
    data = tomllib.loads((CASES / "tissues" / f"{name}.toml").read_text(encoding="utf-8"))
    return TypeAdapter(TissueSet).validate_json(json.dumps(data))


def axial_tensor(longitudinal: float, transverse: float, direction: ArrayLike) -> Reals:
    """Conductivity of a transversely isotropic tissue: σ = σ_t I + (σ_l - σ_t) f fᵀ with the unit vector f.

    Parameters
    ----------
    longitudinal, transverse
        Along and across the fibres, S/m.
    direction
        Directions (..., 3) of the fibres, of any length but zero.

    Returns
    -------
    Reals
        Symmetric positive definite tensors (..., 3, 3), S/m.
    """
    given = np.asarray(direction, dtype=np.float64)
    f = given / np.linalg.norm(given, axis=-1, keepdims=True)
    return transverse * np.eye(3) + (longitudinal - transverse) * f[..., :, None] * f[..., None, :]


def known_tissues(tissues: TissueSet) -> dict[str, tuple[Tissue, str]]:
    """The tissues of a set and the materials of electrodes, each with its source and status; the set comes first."""
    data = tomllib.loads((CASES / "materials" / "electrodes.toml").read_text(encoding="utf-8"))
    known: dict[str, tuple[Tissue, str]] = {}
    for one in (TypeAdapter(TissueSet).validate_json(json.dumps(data)), tissues):
        known |= {name: (t, f"{one.title} ({t.status or one.status})") for name, t in one.tissues.items()}
    return known


def case_conductors(case: "Case") -> tuple[Conductor, ...]:
    """The conductivity of every region of the case, with its source."""
    known = known_tissues(load_tissue_set(case.tissues.set))
    return tuple(_conductor(case, known, region) for region in case.geometry.regions)


def _conductor(case: "Case", known: dict[str, tuple[Tissue, str]], region: Region) -> Conductor:
    fibres = _fibres(case, region)
    override = case.tissues.override.get(region.tissue)
    if override is not None:
        given, source = override.conductivity_S_per_m, "the case"
        along, across = (given, given) if isinstance(given, float) else (given.longitudinal, given.transverse)
    else:
        tissue, source = known[region.tissue]
        along = across = tissue.conductivity_S_per_m
        if fibres is not None and tissue.longitudinal_S_per_m is not None and tissue.transverse_S_per_m is not None:
            along, across = tissue.longitudinal_S_per_m, tissue.transverse_S_per_m
    return Conductor(region.name, region.tissue, along, across, None if along == across else fibres, source)


def _fibres(case: "Case", region: Region) -> Fibres | None:
    if region.fibre_axis is not None:
        return Fibres(SPACE, region.fibre_axis)
    return None if region.fibre_direction is None else Fibres(case.body, region.fibre_direction)
