"""Points drawn from distributions: Latin hypercube, Sobol sequence, and Saltelli's design for sensitivities."""

import numpy as np
from scipy import stats

from meshes.arrays import Reals
from sim.sweep.study import Distribution, LogNormal, LogUniform, Normal, Samples, Triangular, Uniform

EDGE = 1e-9  # keeps quantiles of unbounded distributions finite


def draw(samples: Samples) -> Reals:
    """The points of a design in the units of its axes (points, axes).

    ``saltelli`` gives the rows of A, of B, and of A with column i from B, for each axis i: (axes + 2) count rows
    (Saltelli et al. 2010, Comput Phys Commun 181:259).
    """
    axes = len(samples.axes)
    if samples.method == "latin_hypercube":
        unit = stats.qmc.LatinHypercube(axes, seed=samples.seed).random(samples.count)
    elif samples.method == "sobol":
        unit = stats.qmc.Sobol(axes, seed=samples.seed).random(samples.count)
    else:
        unit = _saltelli(stats.qmc.Sobol(2 * axes, seed=samples.seed).random(samples.count))
    columns = [quantile(axis.distribution, unit[:, i]) for i, axis in enumerate(samples.axes)]
    return np.column_stack(columns)


def _saltelli(both: Reals) -> Reals:
    A, B = np.hsplit(both, 2)
    mixed = []
    for i in range(A.shape[1]):
        AB = A.copy()
        AB[:, i] = B[:, i]
        mixed.append(AB)
    return np.vstack([A, B, *mixed])


def quantile(distribution: Distribution, unit: Reals) -> Reals:
    """Values below which these parts (0 to 1) of a distribution lie."""
    match distribution:
        case Uniform(low=low, high=high):
            return low + unit * (high - low)
        case LogUniform(low=low, high=high):
            return np.asarray(low * (high / low) ** unit)
        case Triangular(low=low, mode=mode, high=high):
            return np.asarray(stats.triang.ppf(unit, (mode - low) / (high - low), low, high - low))
        case Normal(mean=mean, standard_deviation=sd):
            low = -np.inf if distribution.low is None else (distribution.low - mean) / sd
            high = np.inf if distribution.high is None else (distribution.high - mean) / sd
            return np.asarray(stats.truncnorm.ppf(np.clip(unit, EDGE, 1 - EDGE), low, high, mean, sd))
        case LogNormal(median=median, factor=factor):
            return np.asarray(median * factor ** stats.norm.ppf(np.clip(unit, EDGE, 1 - EDGE)))
