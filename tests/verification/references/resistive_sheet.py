"""Conducting sheet on an equipotential ground behind a contact impedance, fed by a concentric snap."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ive, kve


@dataclass(frozen=True)
class ResistiveSheet:
    """Disc sheet: ``thickness`` and ``radius`` in m, ``σ`` in S/m, ``z`` to the ground in Ω·m², snap radius in m.

    The thin sheet's potential ``φ(r)`` obeys ``σ d ∇²φ = φ/z`` outside of the snap, with ``φ = V`` at the snap and no
    current through the rim ``r = a``:
    ``φ = V [I_0(r/λ) K_1(a/λ) + K_0(r/λ) I_1(a/λ)] / [the same at r_0]``, ``λ² = σ d z``.
    Below the snap current crosses the sheet, ``J = V/(z + d/σ)``; the spread of the field near its rim over a distance
    ``d`` is left out, an error of order ``d/λ`` and ``d/(σ z)``.
    """

    thickness: float
    σ: float
    z: float
    radius: float
    snap_radius: float

    def __post_init__(self):
        if not 0 < self.snap_radius < self.radius:
            raise ValueError(f"a snap of {self.snap_radius:g} m does not fit on a sheet of {self.radius:g} m")

    @property
    def decay_length(self):
        """``λ = √(σ d z)``, m."""
        return np.sqrt(self.σ * self.thickness * self.z)

    @property
    def snap_resistance(self):
        """``z + d/σ`` below the snap, Ω·m²."""
        return self.z + self.thickness / self.σ

    @property
    def conductance(self):
        """Current into the ground per volt at the snap, S: ``π r_0²/(z + d/σ) - 2π r_0 σ d φ'(r_0)/V``."""
        ring = 2 * np.pi * self.snap_radius * self.σ * self.thickness * self._slope(self.snap_radius)
        return np.pi * self.snap_radius**2 / self.snap_resistance + ring

    @property
    def resistance(self):
        """Snap to ground, Ω."""
        return 1 / self.conductance

    @property
    def peak_to_mean(self):
        """Density just outside of the snap, ``V/z``, over the mean of the disc (that below the snap is less)."""
        return np.pi * self.radius**2 / (self.z * self.conductance)

    def potential(self, r, voltage=1.0):
        """Potential of the sheet's lower face, V, at radii ``r`` (m), ``z J`` throughout."""
        return self.z * self.density(r, voltage)

    def density(self, r, voltage=1.0):
        """Density into the ground, A/m², at radii ``r`` (m): ``φ/z``, below the snap ``V/(z + d/σ)``."""
        r = np.asarray(r, dtype=float)
        outside = self._shape(np.maximum(r, self.snap_radius)) / self._shape(self.snap_radius) / self.z
        return voltage * np.where(r < self.snap_radius, 1 / self.snap_resistance, outside)

    def _shape(self, r):
        return self._products(r, 0) + self._products(r, 0, decaying=True)

    def _slope(self, r):
        """``-φ'(r)`` at 1 V, 1/m."""
        slope = self._products(r, 1, decaying=True) - self._products(r, 1)
        return slope / (self.decay_length * self._shape(self.snap_radius))

    def _products(self, r, order, decaying=False):
        """``I_order(r/λ) K_1(a/λ)`` or ``K_order(r/λ) I_1(a/λ)``, both times ``e^{(r_0 - a)/λ}`` against overflow."""
        x, rim, start = (at / self.decay_length for at in (r, self.radius, self.snap_radius))
        if decaying:
            return kve(order, x) * ive(1, rim) * np.exp(start - x)
        return ive(order, x) * kve(1, rim) * np.exp(x + start - 2 * rim)
