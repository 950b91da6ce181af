"""One-dimensional stack: layers in series between two terminals that cover the whole column."""

import numpy as np


def column_resistance(thickness, σ, area, z_top=0.0, z_bottom=0.0):
    """Resistance between the terminals, ``R = (z_top + Σ h_i/σ_i + z_bottom) / A``.

    Parameters
    ----------
    thickness, σ : array_like
        Thickness, m, and conductivity across the layer, S/m, from the top down.
    area : float
        Cross-section, m².
    z_top, z_bottom : float
        Contact impedances, Ω·m².

    Returns
    -------
    float
        Ω.
    """
    return (z_top + np.sum(np.divide(thickness, σ)) + z_bottom) / area


def column_potential(depth, thickness, σ, area, current, z_bottom=0.0):
    """Tissue potential at ``depth``, V, with ``current`` (A) entering at the top and the bottom terminal at 0 V.

    Piecewise linear: ``φ(d) = J [z_bottom + ∫_d^D ds/σ(s)]`` with ``J = I/A``. A contact impedance at the top does not
    enter: it lifts the terminal to ``φ(0) + z_top J``. Other parameters as for `column_resistance`; ``depth`` may be an
    array, m.
    """
    interfaces = np.concatenate(([0.0], np.cumsum(thickness)))
    drops = np.concatenate(([0.0], np.cumsum(np.divide(thickness, σ))))
    below = drops[-1] - np.interp(depth, interfaces, drops)
    return current / area * (z_bottom + below)
