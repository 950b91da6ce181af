"""Point electrodes on a layer (σ_1, thickness ``h``) over a half-space (σ_2), by image sources."""

import numpy as np


def point_source_two_layer(r, σ_1, σ_2, h, current):
    """Surface potential at distance ``r`` from a point source on the surface.

    ``φ = I / (2π σ_1) [1/r + 2 Σ_n k^n / √(r² + (2nh)²)]``, ``k = (σ_1 - σ_2)/(σ_1 + σ_2)``
    (Maxwell's image series; Telford, Geldart & Sheriff 1990, *Applied Geophysics*).

    Parameters
    ----------
    r : array_like
        Distance, m.
    σ_1, σ_2 : float
        Conductivities, S/m.
    h : float
        Layer thickness, m.
    current : float
        A.

    Returns
    -------
    ndarray
        V, ground at infinity.
    """
    r = np.asarray(r, dtype=float)[..., None]
    n, kn = image_weights(σ_1, σ_2)
    return current / (2 * np.pi * σ_1) * (1 / r[..., 0] + 2 * np.sum(kn / np.hypot(r, 2 * n * h), axis=-1))


def wenner_two_layer(spacing, ρ_1, ρ_2, h):
    """Apparent resistivity, Ω·m, of a Wenner array on two layers (resistivities in Ω·m, lengths in m).

    ``ρ_a = ρ_1 {1 + 4 Σ_n k^n [1/√(1 + (2nh/s)²) - 1/√(4 + (2nh/s)²)]}``, ``k = (ρ_2 - ρ_1)/(ρ_2 + ρ_1)``.
    """
    n, kn = image_weights(ρ_2, ρ_1)
    depth = 2 * n * h / np.asarray(spacing, dtype=float)[..., None]
    return ρ_1 * (1 + 4 * np.sum(kn * (1 / np.sqrt(1 + depth**2) - 1 / np.sqrt(4 + depth**2)), axis=-1))


def image_weights(σ_1, σ_2):
    """Indices ``n`` and weights ``k^n`` of the images of a surface source, down to ``|k|^n = 1e-17``."""
    k = (σ_1 - σ_2) / (σ_1 + σ_2)
    if not abs(k) < 0.9999:
        raise ValueError(f"image series too slow for k = {k}")
    count = 1 if k == 0 else int(np.ceil(np.log(1e-17) / np.log(abs(k))))
    n = np.arange(1, count + 1)
    return n, k**n
