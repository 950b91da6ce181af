"""What is exposed to two fields that interfere: statistics of tissues, and values at probes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshes.arrays import Reals
from sim.basis import Solution
from sim.case import Case
from sim.envelope import (
    Amplitudes,
    carrier_peak,
    directional_depth,
    directional_envelope,
    maximising_direction,
    maximum_envelope,
    modulation_depth,
)
from sim.exposure.probes import locate
from sim.exposure.tissues import QUADRATURE
from sim.exposure.windows import weighted_percentiles
from sim.interference import Interference
from sim.tissues import Conductor, Fibres
from sim.units import MM

PERCENTS = (50.0, 99.0)
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Spread:
    """Volume-weighted percentiles."""

    p50: float
    p99: float


@dataclass(frozen=True)
class FibreEnvelope:
    """Interference along the fibres of a tissue: excursion of the envelope of E, and depth of modulation, 0 to 1."""

    envelope_V_per_m: Spread
    modulation_depth: Spread


@dataclass(frozen=True)
class EnvelopeExposure:
    """Interference in a tissue.

    Parameters
    ----------
    envelope_V_per_m
        Peak-to-peak excursion of the envelope of E along the direction in which it is largest.
    carrier_peak_V_per_m
        Largest length of E over time.
    modulation_depth
        0 to 1, along the direction of the largest excursion.
    along_fibres
        Of the part of the tissue that has fibres; None where nothing says which way they run.
    """

    envelope_V_per_m: Spread
    carrier_peak_V_per_m: Spread
    modulation_depth: Spread
    along_fibres: FibreEnvelope | None = None


@dataclass(frozen=True)
class ProbeFibreEnvelope:
    """Interference at a point along a unit vector: excursion of the envelope of E, and depth of modulation, 0 to 1."""

    direction: Vector
    envelope_V_per_m: float
    modulation_depth: float


@dataclass(frozen=True)
class ProbeEnvelope:
    """Interference at a point, as ``EnvelopeExposure``.

    Parameters
    ----------
    direction
        Unit vector along which the excursion is largest; zero where a field vanishes.
    along_fibres
        Along the probe's own direction, or that of the tissue's fibres; None where neither is known.
    """

    envelope_V_per_m: float
    direction: Vector
    carrier_peak_V_per_m: float
    modulation_depth: float
    along_fibres: ProbeFibreEnvelope | None


def envelope_exposure(met: Interference, volumes: Reals) -> EnvelopeExposure:
    """Percentiles over the volume of all cells.

    Parameters
    ----------
    met
        Both fields in m cells.
    volumes
        Of the cells (m,), in any unit.

    Raises
    ------
    ValueError
        If there are not two fields.
    """
    if met.phasors.ndim != 4 or met.phasors.shape[0] != 2 or met.phasors.shape[2:] != (4, 3):
        raise ValueError(f"fields of shape {met.phasors.shape}; accepted: (2, m, 4, 3), one for each of two carriers")
    first, second = QUADRATURE @ met.fields
    weights = np.repeat(volumes / 4, 4)
    return EnvelopeExposure(
        envelope_V_per_m=_spread(maximum_envelope(first, second), weights),
        carrier_peak_V_per_m=_spread(carrier_peak(first, second), weights),
        modulation_depth=_spread(modulation_depth(first, second), weights),
        along_fibres=_along_fibres(met, volumes),
    )


def envelope_exposures(met: Interference, volumes: Reals, tissues: NDArray[np.str_]) -> dict[str, EnvelopeExposure]:
    """The same for each tissue, by name, in the order of their first cells.

    Parameters
    ----------
    met, volumes
        As in ``envelope_exposure``.
    tissues
        Name of the tissue of each cell (m,).
    """
    cells = {str(name): np.flatnonzero(tissues == name) for name in dict.fromkeys(tissues)}
    return {name: envelope_exposure(met.within(part), volumes[part]) for name, part in cells.items()}


def tissue_envelopes(
    basis: Solution, met: Interference, conductors: tuple[Conductor, ...]
) -> dict[str, EnvelopeExposure]:
    """The same for the tissues of a solved body."""
    tissue_of = {c.layer: c.tissue for c in conductors}
    tissues = np.array([tissue_of[name] for name in basis.layer_names])[basis.layers]
    corners = basis.points[basis.cells]
    volumes = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / 6
    return envelope_exposures(met, volumes, tissues)


def probe_envelopes(case: Case, basis: Solution, met: Interference) -> dict[str, ProbeEnvelope]:
    """Interference at every probe, by name."""
    found = {}
    for probe in case.probes:
        point = np.array(probe.position_mm) * MM
        cell, weights = locate(basis, point)
        direction = met.fibres[cell]
        if probe.fibre_direction is not None:
            direction = Fibres(case.body, probe.fibre_direction).directions(point[None])[0]
        found[probe.name] = _at_point(weights @ met.fields[:, cell], weights @ met.phasors[:, cell], direction)
    return found


def _at_point(fields: Reals, phasors: Amplitudes, direction: Reals) -> ProbeEnvelope:
    """Interference of two fields and their phasors (2, 3), with a direction (3,) that may be unknown."""
    along = None
    if not np.isnan(direction).any():
        unit = direction / np.linalg.norm(direction)
        first, second = phasors
        envelope, depth = directional_envelope(first, second, unit), directional_depth(first, second, unit)
        along = ProbeFibreEnvelope(_vector(unit), float(envelope), float(depth))
    return ProbeEnvelope(
        envelope_V_per_m=float(maximum_envelope(*fields)),
        direction=_vector(maximising_direction(*fields)),
        carrier_peak_V_per_m=float(carrier_peak(*fields)),
        modulation_depth=float(modulation_depth(*fields)),
        along_fibres=along,
    )


def _along_fibres(met: Interference, volumes: Reals) -> FibreEnvelope | None:
    """Percentiles over the cells that have fibres."""
    cells = np.flatnonzero(~np.isnan(met.fibres[:, 0]))
    if not cells.size:
        return None
    first, second = QUADRATURE @ met.phasors[:, cells]
    along, weights = met.fibres[cells][:, None], np.repeat(volumes[cells] / 4, 4)
    return FibreEnvelope(
        envelope_V_per_m=_spread(directional_envelope(first, second, along), weights),
        modulation_depth=_spread(directional_depth(first, second, along), weights),
    )


def _vector(values: Reals) -> Vector:
    return float(values[0]), float(values[1]), float(values[2])


def _spread(values: Reals, weights: Reals) -> Spread:
    return Spread(*weighted_percentiles(values.ravel(), weights, PERCENTS))
