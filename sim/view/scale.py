"""Limits of colour: chosen from the values by percentiles, said in words, and the same for all runs compared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meshes.arrays import Reals
from sim.exposure.windows import weighted_percentiles
from sim.view.quantities import Quantity
from sim.view.run import Run

DECADES = 4.0  # of a logarithmic scale at most
HIGHEST, LOWEST = 99.9, 0.1  # percentiles by volume


@dataclass(frozen=True)
class Scale:
    """Limits of colour.

    Parameters
    ----------
    low, high
        In the unit shown.
    logarithmic
        Whether equal ratios are equal steps of colour.
    words
        How they were chosen.
    """

    low: float
    high: float
    logarithmic: bool
    words: str

    @property
    def clim(self) -> tuple[float, float]:
        """For PyVista's ``clim``."""
        return self.low, self.high


def common_scale(runs: Sequence[Run], quantity: Quantity) -> Scale:
    """Limits for one or more runs.

    A logarithmic scale ends at the 99.9th percentile by volume of the run with the largest one, and begins four decades
    below, or at the 0.1st percentile where that is higher: the largest value of all belongs to a pad's rim, where it
    says more about the mesh than about the tissue.
    """
    pairs = [_ends(run, quantity) for run in runs]
    low, high = min(low for low, _ in pairs), max(high for _, high in pairs)
    together = " of all runs shown" if len(runs) > 1 else ""
    if not quantity.logarithmic:
        return Scale(low, high if high > low else low + 1.0, False, f"linear, from least to largest value{together}")
    if high <= 0.0:
        return Scale(1e-4, 1.0, True, "nothing flows: any limits")
    low = max(low, high / 10.0**DECADES) if low < high else high / 10.0
    return Scale(
        low, high, True, f"logarithmic, up to the {HIGHEST:g}th percentile by volume{together}, beyond in one colour"
    )


def given_scale(clim: tuple[float, float], logarithmic: bool) -> Scale:
    """Limits that were asked for; logarithmic only where that is possible."""
    low, high = (float(end) for end in clim)
    return Scale(low, high, logarithmic and 0.0 < low < high, "limits as given")


def scale_for(runs: Sequence[Run], quantity: Quantity, clim: tuple[float, float] | Scale | None) -> Scale:
    """Limits that were asked for, or else those of the runs."""
    if isinstance(clim, Scale):
        return clim
    return common_scale(runs, quantity) if clim is None else given_scale(clim, quantity.logarithmic)


def _ends(run: Run, quantity: Quantity) -> tuple[float, float]:
    values = quantity.of(run)
    known = ~np.isnan(values)  # there is no envelope along fibres where there are none
    if not quantity.logarithmic or len(values) != len(run.volumes):
        return float(values[known].min()), float(values[known].max())
    weights: Reals = run.volumes[known]
    low, high = weighted_percentiles(np.asarray(values[known]), weights, (LOWEST, HIGHEST))
    return low, high
