"""Equipotential disc flush with the insulated surface of a half-space (Newman 1966, J. Electrochem. Soc. 113:501)."""

import numpy as np


def newman_disc_resistance(σ, a):
    """Resistance to infinity, ``R = 1 / (4 σ a)``, in Ω (σ in S/m, radius ``a`` in m)."""
    return 1 / (4 * σ * a)


def newman_disc_density(r, a, current):
    """Current density ``J(r) = I / (2π a² √(1 - r²/a²))`` on ``r < a``, in A/m² (m, m, A); infinite at the rim."""
    return current / (2 * np.pi * a**2 * np.sqrt(1 - (np.asarray(r) / a) ** 2))


def newman_fraction_within(r, a):
    """Fraction of the current that enters within radius ``r``, ``1 - √(1 - r²/a²)`` (dimensionless)."""
    return 1 - np.sqrt(1 - (np.asarray(r) / a) ** 2)
