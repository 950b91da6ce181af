"""Equipotential disc on an anisotropic half-space whose principal axes follow the surface."""

import numpy as np
from scipy.special import ellipk


def axial_disc_resistance(σ_h, σ_v, a):
    """Disc resistance with the axis of symmetry along the normal, ``R = 1 / (4 a √(σ_h σ_v))``.

    Stretching the depth by √(σ_h/σ_v) gives an isotropic half-space of conductivity √(σ_h σ_v).

    Parameters
    ----------
    σ_h, σ_v : float
        Conductivity parallel and normal to the surface, S/m.
    a : float
        Radius, m.
    """
    return 1 / (4 * a * np.sqrt(σ_h * σ_v))


def fibre_disc_resistance(σ_x, σ_t, a):
    """Disc resistance with fibres along ``x`` in the surface: ``R = K(m) / (2π a √(σ_x σ_t))``, ``m = 1 - σ_t/σ_x``.

    Stretching turns the disc into an ellipse on an isotropic half-space; ``K`` is the complete elliptic integral of
    the first kind of parameter ``m``. The same expression holds for ``σ_t > σ_x`` (``m < 0``).

    Parameters
    ----------
    σ_x, σ_t : float
        Conductivity along the fibres and across them (the same in the surface and in depth), S/m.
    a : float
        Radius, m.
    """
    return ellipk(1 - σ_t / σ_x) / (2 * np.pi * a * np.sqrt(σ_x * σ_t))
