"""Slabs and thin resistive sheets in series, per unit area."""

import numpy as np


def stack_resistance(thickness, σ, sheets=()):
    """Resistance times area of slabs and sheets in series, ``Σ h_i/σ_i + Σ z_j``, Ω·m².

    Parameters
    ----------
    thickness, σ : array_like
        Thickness, m, and conductivity across the slab, S/m (complex ``σ + iωε`` gives an impedance).
    sheets : array_like
        Resistance times area of interfaces and contacts, Ω·m².
    """
    return np.sum(np.divide(thickness, σ)) + np.sum(sheets)


def stack_drops(thickness, σ, sheets=()):
    """Share of the voltage across every slab and every sheet of `stack_resistance`, in that order; the sum is 1."""
    parts = np.concatenate((np.divide(thickness, σ), np.asarray(sheets)))
    return parts / parts.sum()


def stack_power_density(thickness, σ, sheets, density):
    """Power per area, W/m², in every slab and every sheet at a direct current density ``J``: ``J² h/σ``, ``J² z``."""
    return density**2 * stack_resistance(thickness, σ, sheets) * stack_drops(thickness, σ, sheets)
