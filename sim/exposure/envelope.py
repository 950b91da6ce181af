"""What tissues are exposed to where two fields interfere: statistics of the envelope, of the carrier, of its depth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshes.arrays import Reals
from sim.basis import Solution
from sim.case import Case
from sim.envelope import carrier_peak, maximum_envelope, modulation_depth
from sim.exposure.tissues import QUADRATURE
from sim.exposure.windows import weighted_percentiles
from sim.interference import interference
from sim.response import Response
from sim.tissues import Conductor

PERCENTS = (50.0, 99.0)


@dataclass(frozen=True)
class Spread:
    """Volume-weighted percentiles."""

    p50: float
    p99: float


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
    """

    envelope_V_per_m: Spread
    carrier_peak_V_per_m: Spread
    modulation_depth: Spread


def envelope_exposure(fields: Reals, volumes: Reals) -> EnvelopeExposure:
    """Percentiles over the volume of some cells.

    Parameters
    ----------
    fields
        Amplitudes of the two fields at the corners of the cells (2, m, 4, 3), V/m; each is linear in a cell. Channels
        on the same carrier are added up before.
    volumes
        Of the cells (m,), in any unit.

    Raises
    ------
    ValueError
        If there are not two fields.
    """
    if fields.ndim != 4 or fields.shape[0] != 2 or fields.shape[2:] != (4, 3):
        raise ValueError(f"fields of shape {fields.shape}; accepted: (2, m, 4, 3), one for each of two carriers")
    first, second = QUADRATURE @ fields
    weights = np.repeat(volumes / 4, 4)
    return EnvelopeExposure(
        envelope_V_per_m=_spread(maximum_envelope(first, second), weights),
        carrier_peak_V_per_m=_spread(carrier_peak(first, second), weights),
        modulation_depth=_spread(modulation_depth(first, second), weights),
    )


def envelope_exposures(fields: Reals, volumes: Reals, tissues: NDArray[np.str_]) -> dict[str, EnvelopeExposure]:
    """The same for each tissue, by name, in the order of their first cells.

    Parameters
    ----------
    fields, volumes
        As in ``envelope_exposure``.
    tissues
        Name of the tissue of each cell (m,).
    """
    names = dict.fromkeys(str(name) for name in tissues)
    return {name: envelope_exposure(fields[:, tissues == name], volumes[tissues == name]) for name in names}


def interference_exposures(
    case: Case, basis: Solution, response: Response, conductors: tuple[Conductor, ...]
) -> dict[str, EnvelopeExposure]:
    """The same for the fields of a case, see ``sim.interference``; empty where no two carriers interfere."""
    found = interference(case, response)
    if found is None:
        return {}
    tissue_of = {c.layer: c.tissue for c in conductors}
    tissues = np.array([tissue_of[name] for name in basis.layer_names])[basis.layers]
    corners = basis.points[basis.cells]
    volumes = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / 6
    return envelope_exposures(found.fields, volumes, tissues)


def _spread(values: Reals, weights: Reals) -> Spread:
    return Spread(*weighted_percentiles(values.ravel(), weights, PERCENTS))
