"""Disc of uniform normal current density on a layered half-space."""

import numpy as np
from scipy.special import ellipe, ellipk, j0, j1

from .kernel import layered_kernel, wavenumber_rule


def uniform_disc_potential(r, σ_h, σ_v, thickness, a, current):
    """Surface potential of a uniform-flux disc, ``φ = I/(π a σ_1) ∫ K(λ) J_1(λa) J_0(λr) dλ/λ``.

    The half-space part (``K = 1``) is ``2I/(π²aσ_1) E(r²/a²)`` within the disc and
    ``2Ir/(π²a²σ_1) [E(m) - (1 - m) K(m)]``, ``m = a²/r²``, outside; the rest is quadrature.

    Parameters
    ----------
    r : array_like
        Distance from the axis, m.
    σ_h, σ_v, thickness : sequence
        Layers, the last infinitely deep, as for `layered_kernel`.
    a : float
        Radius, m.
    current : float
        A.

    Returns
    -------
    ndarray
        V, ground at infinity.
    """
    r = np.atleast_1d(np.asarray(r, dtype=float))
    σ_1 = np.sqrt(σ_h[0] * σ_v[0])
    φ = 2 * current / (np.pi**2 * a * σ_1) * _half_space_shape(r / a)
    if len(thickness) > 0:
        λ, w = wavenumber_rule(2 * thickness[0] * np.sqrt(σ_h[0] / σ_v[0]), a + r.max())
        layers = layered_kernel(λ, σ_h, σ_v, thickness) - 1
        φ += current / (np.pi * a * σ_1) * (j0(np.outer(r, λ)) @ (w * layers * j1(λ * a) / λ))
    return φ


def uniform_disc_mean_potential(σ_h, σ_v, thickness, a, current):
    """Area mean of `uniform_disc_potential` over the disc, ``2I/(π a² σ_1) ∫ K J_1(λa)² dλ/λ²``, V.

    For ``K = 1`` it is ``8I/(3π² σ_1 a)``.
    """
    σ_1 = np.sqrt(σ_h[0] * σ_v[0])
    mean = 8 * current / (3 * np.pi**2 * σ_1 * a)
    if len(thickness) > 0:
        λ, w = wavenumber_rule(2 * thickness[0] * np.sqrt(σ_h[0] / σ_v[0]), 2 * a)
        layers = layered_kernel(λ, σ_h, σ_v, thickness) - 1
        mean += 2 * current / (np.pi * a**2 * σ_1) * np.sum(w * layers * (j1(λ * a) / λ) ** 2)
    return mean


def _half_space_shape(x):
    shape = np.empty_like(x)
    within = x <= 1
    shape[within] = ellipe(x[within] ** 2)
    m = x[~within] ** -2
    shape[~within] = x[~within] * (ellipe(m) - (1 - m) * ellipk(m))
    return shape
