"""Interferential stimulation: the slow envelope where two fields of slightly different frequency meet.

E1 and E2 are the amplitudes (peaks) of two fields that oscillate at f1 and f2, both much larger than the difference.
Along a direction n the sum swings between -A(t) and A(t), with the envelope
A(t)^2 = (E1.n)^2 + (E2.n)^2 + 2 (E1.n)(E2.n) cos(2 pi (f1 - f2) t): from abs(abs(E1.n) - abs(E2.n)) to
abs(E1.n) + abs(E2.n). *Envelope* here is the peak-to-peak excursion of A, twice the smaller of abs(E1.n) and abs(E2.n)
(Grossman et al. 2017, Cell 169:1029); some authors and programs give half of it.

Fields have the shape (..., 3) and any unit, which is also that of the results. Both fields may change sign: only axes
count, not directions. Along a given direction they may be phasors P, whose field Re(P exp(2 pi i f t)) runs around an
ellipse: abs(P.n) is the amplitude of its part along n.
"""

from typing import TypeAlias

import numpy as np

from meshes.arrays import Reals
from sim.frequency import Complexes

Amplitudes: TypeAlias = Reals | Complexes


def directional_envelope(first: Amplitudes, second: Amplitudes, direction: Reals) -> Reals:
    """Excursion of the envelope along a direction, 2 min(abs(E1.n), abs(E2.n)), shape (...).

    Parameters
    ----------
    first, second
        Amplitudes or phasors of the two fields (..., 3).
    direction
        (..., 3) or (3,), of any length but 0; NaN where it is not known, and the excursion neither.
    """
    along = _along(first, second, direction)
    return np.asarray(2.0 * np.minimum(*along))


def directional_depth(first: Amplitudes, second: Amplitudes, direction: Reals) -> Reals:
    """Depth of modulation along a direction, (A_max - A_min) / (A_max + A_min), from 0 to 1, shape (...).

    It is the smaller of abs(E1.n) and abs(E2.n) over the larger; 0 where there is no field along the direction.
    """
    return _ratio(*_along(first, second, direction))


def maximum_envelope(first: Reals, second: Reals) -> Reals:
    """Largest excursion of the envelope over all directions, shape (...).

    With abs(E1) >= abs(E2) and an angle a of at most 90 degrees between the axes: 2 abs(E2) where
    abs(E2) <= abs(E1) cos(a), else 2 abs(E2 x (E1 - E2)) / abs(E1 - E2) (Grossman et al. 2017, Cell 169:1029).
    """
    large, small = _ordered(first, second)
    difference = large - small
    base = np.linalg.norm(difference, axis=-1)
    height = np.linalg.norm(np.cross(small, difference), axis=-1) / np.where(base > 0.0, base, 1.0)
    return np.asarray(2.0 * np.where(_reached(large, small), np.linalg.norm(small, axis=-1), height))


def maximising_direction(first: Reals, second: Reals) -> Reals:
    """Unit vector (..., 3) along which the excursion of the envelope is largest; zero where one field vanishes.

    It is the smaller field's direction, or the one in the plane of both to which both contribute the same.
    """
    large, small = _ordered(first, second)
    across = np.cross(large - small, np.cross(large, small))
    chosen = np.where(_reached(large, small)[..., None], small, across)
    length = np.linalg.norm(chosen, axis=-1, keepdims=True)
    return np.asarray(chosen / np.where(length > 0.0, length, 1.0))


def modulation_depth(first: Reals, second: Reals) -> Reals:
    """Depth of modulation, 0 to 1, along the direction of the largest excursion, shape (...).

    It is 1 where the direction is one to which both fields contribute the same, abs(E2) / (abs(E1) cos(a)) else, and
    0 where a field vanishes.
    """
    large, small = _ordered(first, second)
    along = np.einsum("...i,...i->...", large, small)
    square = np.einsum("...i,...i->...", small, small)
    shorter = (square < along) & _reached(large, small)  # elsewhere the quotient may be anything
    depth = np.where(shorter, square, 1.0) / np.where(shorter, along, 1.0)
    return np.asarray(np.where(square > 0.0, depth, 0.0))


def carrier_peak(first: Reals, second: Reals) -> Reals:
    """Largest length of the whole field over time, shape (...): that of E1 + E2 or of E1 - E2.

    The carriers drift past each other, so that every pair of phases occurs.
    """
    lengths = [np.linalg.norm(first + second, axis=-1), np.linalg.norm(first - second, axis=-1)]
    return np.asarray(np.maximum(*lengths))


def _along(first: Amplitudes, second: Amplitudes, direction: Reals) -> tuple[Reals, Reals]:
    """Magnitudes of the fields along a direction."""
    n = np.asarray(direction, dtype=np.float64)
    length = np.linalg.norm(n, axis=-1, keepdims=True)
    if np.any(length == 0.0):
        raise ValueError("a direction has no length")
    unit = n / length
    return np.abs((first * unit).sum(axis=-1)), np.abs((second * unit).sum(axis=-1))


def _ratio(a: Reals, b: Reals) -> Reals:
    """The smaller over the larger; 0 where both are 0."""
    larger = np.maximum(a, b)
    return np.asarray(np.minimum(a, b) / np.where(larger > 0.0, larger, 1.0))


def _ordered(first: Reals, second: Reals) -> tuple[Reals, Reals]:
    """The longer field, and the shorter one on the same side of it; both (..., 3)."""
    first, second = np.broadcast_arrays(first, second)
    swap = (np.linalg.norm(second, axis=-1) > np.linalg.norm(first, axis=-1))[..., None]
    large, small = np.where(swap, second, first), np.where(swap, first, second)
    opposite = (large * small).sum(axis=-1, keepdims=True) < 0.0
    return large, np.where(opposite, -small, small)


def _reached(large: Reals, small: Reals) -> Reals:
    """Whether the longer field reaches beyond the shorter one along the shorter one: abs(E2) <= abs(E1) cos(a)."""
    return np.asarray((small * small).sum(axis=-1) <= (large * small).sum(axis=-1))
