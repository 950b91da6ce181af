"""Tissues: conductivities from cited sets, and what a case puts in their place."""

import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field, TypeAdapter

from meshes.arrays import Reals
from meshes.part import NotNegative, Part, Positive
from sim.folders import CASES

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


@dataclass(frozen=True)
class Conductor:
    """What a layer conducts with.

    Parameters
    ----------
    layer, tissue
        Name of the layer's volume and of its tissue.
    conductivity
        Tensor (3, 3) in S/m.
    source
        Where the number comes from, with its status.
    """

    layer: str
    tissue: str
    conductivity: Reals
    source: str


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


def axial_tensor(longitudinal: float, transverse: float, direction: tuple[float, float, float]) -> Reals:
    """Conductivity of a transversely isotropic tissue: σ = σ_t I + (σ_l - σ_t) f fᵀ with the unit vector f.

    Parameters
    ----------
    longitudinal, transverse
        Along and across the fibres, S/m.
    direction
        Direction of the fibres, of any length but zero.

    Returns
    -------
    Reals
        Symmetric positive definite tensor (3, 3), S/m.
    """
    f = np.array(direction) / np.linalg.norm(direction)
    return transverse * np.eye(3) + (longitudinal - transverse) * np.outer(f, f)


def case_conductors(case: "Case") -> tuple[Conductor, ...]:
    """The conductivity of every layer of the case, with its source."""
    tissues = load_tissue_set(case.tissues.set)
    return tuple(_conductor(case, tissues, name, i) for i, name in enumerate(case.body.layer_names))


def _conductor(case: "Case", tissues: TissueSet, name: str, index: int) -> Conductor:
    layer = case.body.layers[index]
    fibres = layer.fibre_direction
    override = case.tissues.override.get(layer.tissue)
    if override is not None:
        given = override.conductivity_S_per_m
        if isinstance(given, float):
            return Conductor(name, layer.tissue, given * np.eye(3), "the case")
        assert fibres is not None  # checked with the case
        return Conductor(name, layer.tissue, axial_tensor(given.longitudinal, given.transverse, fibres), "the case")
    tissue = tissues.tissues[layer.tissue]
    source = f"{tissues.title} ({tissue.status or tissues.status})"
    if fibres is None or tissue.longitudinal_S_per_m is None or tissue.transverse_S_per_m is None:
        return Conductor(name, layer.tissue, tissue.conductivity_S_per_m * np.eye(3), source)
    tensor = axial_tensor(tissue.longitudinal_S_per_m, tissue.transverse_S_per_m, fibres)
    return Conductor(name, layer.tissue, tensor, source)
