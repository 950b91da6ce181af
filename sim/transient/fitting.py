"""From values over frequency to poles: linear least squares on fixed, logarithmically spaced poles.

Relaxation with a continuous spectrum of times (Cole-Cole, constant phase) is a smooth function of log frequency; so is
each pole, with a width of about a decade. Poles at equal steps of log frequency therefore approximate it with an error
that falls exponentially with their number per decade, and the gains follow from a linear problem: no start values, no
iteration, no poles in the wrong half plane. A single sharp pole between two of the grid is the hardest case.
"""

import math

import numpy as np
from numpy.typing import NDArray

from meshes.arrays import Reals
from sim.transient.response import Complexes, RationalResponse

Flags = NDArray[np.bool_]

POLES_PER_DECADE = (4, 6, 8, 10, 12)  # tried in turn until the tolerance is met
SAMPLES_PER_DECADE = 16
DECADES_BELOW, DECADES_ABOVE = 2.0, 1.0  # of poles beyond the data; below, for what still falls like 1/s there
TIGHT = 100.0  # times the tolerance: keeps poles above the band small; what the data do not show is not made up
WORTH = 0.3  # by which factor the error has to fall before more freedom above the band is given
CUT = 1e-3  # of the tolerance: directions that change the fit by less are not determined
HELD_OUT = 4  # one of so many points is kept for the error
FLOOR = 1e-4  # of a column's largest value: smaller values are not held to the same relative accuracy
CONSTANT = 1e-12  # relative spread to which a column is a constant


def samples_Hz(low_Hz: float, high_Hz: float) -> Reals:
    """Frequencies (m,) at which a response should be known to be fitted from ``low_Hz`` to ``high_Hz``, Hz.

    Put 0 in front when the steady value exists: a waveform with a mean needs it.
    """
    count = int(np.ceil(np.log10(high_Hz / low_Hz) * SAMPLES_PER_DECADE)) + 1
    return np.asarray(np.geomspace(low_Hz, high_Hz, max(count, 2 * HELD_OUT)), dtype=np.float64)


def fit(frequencies_Hz: Reals, values: Complexes, tolerance: float = 1e-8) -> RationalResponse:
    """Real poles and gains of r transfer functions.

    The number of poles per decade grows until the stated error is below the tolerance; else the best is returned with
    the error that it has: the caller compares ``error`` with what it needs. Columns that do not change with frequency
    come out exactly constant, with gains of zero.

    Parameters
    ----------
    frequencies_Hz
        Increasing (m,), Hz; the first may be 0.
    values
        H(i omega), shape (m, r); real at frequency 0.
    tolerance
        Of the relative error; it also cuts off the directions in which the gains are not determined by the data.

    Returns
    -------
    The response. Its ``error`` is the largest of abs(fit - H) / max(abs(H), 1e-4 max abs(H)) over all columns and
    points; one of four points was not used for the fit. Between points it is at most three times as large when they are
    those of ``samples_Hz``. What still grows like s above the band (a voltage across a capacitance) is met with less
    accuracy, near 1e-5.

    Raises
    ------
    ValueError
        If the frequencies or values cannot be fitted: shapes, order, not finite.
    """
    f, h = _checked(frequencies_Hz, values)
    size = np.abs(h)
    scale = np.maximum(size, FLOOR * size.max(axis=0))
    scale[:, size.max(axis=0) == 0.0] = 1.0
    held = np.zeros(len(f), dtype=bool)
    held[HELD_OUT - 1 : -1 : HELD_OUT] = True
    centre = h.real.mean(axis=0)
    moving = np.flatnonzero(np.abs(h - centre).max(axis=0) > CONSTANT * size.max(axis=0))
    band = (float(f[0]), float(f[-1]))
    best = RationalResponse(np.zeros(0), np.zeros((0, h.shape[1])), centre, band, _error(h, centre, scale))
    if not moving.size:
        return best
    for density in POLES_PER_DECADE:
        poles = _poles_per_s(f[f > 0.0], density)
        if 2 * np.count_nonzero(~held) < len(poles) + 1 and len(best.poles_per_s):
            break
        d, gains = centre.copy(), np.zeros((len(poles), h.shape[1]))
        for column in moving:
            d[column], gains[:, column] = _column(f, h[:, column], scale[:, column], held, poles, tolerance)
        error = _error(h, RationalResponse(poles, gains, d, band).at(f), scale)
        if error < best.error:
            best = RationalResponse(poles, gains, d, band, error)
        if error <= tolerance:
            break
    return best


def _checked(frequencies_Hz: Reals, values: Complexes) -> tuple[Reals, Complexes]:
    """The same as arrays of the right types."""
    f, h = np.asarray(frequencies_Hz, dtype=np.float64), np.asarray(values, dtype=np.complex128)
    if f.ndim != 1 or h.ndim != 2 or len(f) != len(h):
        raise ValueError(f"frequencies and values have shapes {f.shape} and {h.shape}; accepted: (m,) and (m, r)")
    if len(f) < 2 or f[0] < 0.0 or np.any(np.diff(f) <= 0.0):
        raise ValueError("frequencies must be at least two, not negative and increasing")
    if not (np.all(np.isfinite(f)) and np.all(np.isfinite(h))):
        raise ValueError(
            "a frequency or a value is not finite: leave out frequency 0 where nothing conducts direct current"
        )
    return f, h


def _poles_per_s(frequencies_Hz: Reals, per_decade: int) -> Reals:
    """Poles (k,) at equal steps of log frequency over the band and beyond, slowest first, 1/s."""
    low = math.log10(frequencies_Hz[0]) - DECADES_BELOW
    high = math.log10(frequencies_Hz[-1]) + DECADES_ABOVE
    return np.asarray(-2.0 * np.pi * np.logspace(low, high, round((high - low) * per_decade) + 1))


def _column(f: Reals, h: Complexes, scale: Reals, held: Flags, poles: Reals, tolerance: float) -> tuple[float, Reals]:
    """Direct part and gains (k,) of one column: without poles above the band where that is enough, else with them."""
    terms = np.ones((len(f), len(poles) + 1), dtype=np.complex128)
    terms[:, 1:] = 1.0 / (1.0 - 2j * np.pi * f[:, None] / poles)
    terms /= scale[:, None]
    used, target = terms[~held], (h / scale)[~held]
    above = np.concatenate([[False], -poles > 2.0 * np.pi * f[-1]])
    best: Reals = np.zeros(len(poles) + 1)
    best[~above] = _smallest(used[:, ~above], target, np.zeros(np.count_nonzero(~above)), tolerance)
    error = float(np.abs(terms @ best - h / scale).max())
    for tight in (TIGHT * tolerance / scale[-1], 0.0):
        if error <= tolerance:
            break
        trial = _smallest(used, target, np.where(above, tight, 0.0), tolerance)
        trial_error = float(np.abs(terms @ trial - h / scale).max())
        if trial_error < WORTH * error:
            best, error = trial, trial_error
    return float(best[0]), best[1:]


def _smallest(terms: Complexes, right: Complexes, ridge: Reals, tolerance: float) -> Reals:
    """Smallest real solution (n,) of terms x = right in the least squares, with ridge x = 0 beside it."""
    matrix: Reals = np.vstack([terms.real, terms.imag, np.diag(ridge)[ridge > 0.0]])
    target: Reals = np.concatenate([right.real, right.imag, np.zeros(np.count_nonzero(ridge))])
    lengths = np.linalg.norm(matrix, axis=0)
    cut = max(CUT * tolerance, float(np.finfo(np.float64).eps) * len(target))
    return np.asarray(np.linalg.lstsq(matrix / lengths, target, rcond=cut)[0] / lengths)


def _error(h: Complexes, fitted: Complexes | Reals, scale: Reals) -> float:
    """Largest relative error over points and columns."""
    return float((np.abs(h - fitted) / scale).max(initial=0.0))
