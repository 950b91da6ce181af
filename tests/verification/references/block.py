"""Insulated rectangular block of horizontal layers, as cosine modes.

Block ``0 < x < L_x``, ``0 < y < L_y``, depth ``0 < d < D``, with insulated sides and bottom. Each layer has principal
conductivities (σ_x, σ_y, σ_z) along the axes. The modes ``cos(k_x x) cos(k_y y)``, ``k_x = mπ/L_x``, ``k_y = nπ/L_y``,
decouple: in a layer they vary as ``exp(±κd)`` with ``σ_z κ² = σ_x k_x² + σ_y k_y²``.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Block:
    """Insulated block: ``size`` (L_x, L_y) in m; from the top down ``thickness`` in m and ``σ`` in S/m.

    A layer's conductivity is a number or a triple (σ_x, σ_y, σ_z).
    """

    size: tuple
    thickness: tuple
    σ: tuple

    @property
    def tensors(self):
        """Conductivities as an array of shape (layers, 3)."""
        return np.array([np.broadcast_to(σ, 3) for σ in self.σ], dtype=float)

    def top_wavenumber(self, k_x, k_y):
        """Vertical wavenumber ``κ`` in the top layer, 1/m."""
        return vertical_wavenumber(self.tensors[0], k_x, k_y)

    def modes(self, limit):
        """Wavenumbers and weights of the modes with ``0 < κ < limit`` in the top layer, ascending.

        ``Σ weight cos(k_x x) cos(k_y y) ∫ J cos(k_x x') cos(k_y y') dA'`` is the density ``J`` less its mean.
        """
        σ_x, σ_y, σ_z = self.tensors[0]
        m = np.arange(int(limit * np.sqrt(σ_z / σ_x) * self.size[0] / np.pi) + 1)
        n = np.arange(int(limit * np.sqrt(σ_z / σ_y) * self.size[1] / np.pi) + 1)
        m, n = (index.ravel() for index in np.meshgrid(m, n, indexing="ij"))
        k_x, k_y = m * np.pi / self.size[0], n * np.pi / self.size[1]
        weight = np.where(m > 0, 2, 1) * np.where(n > 0, 2, 1) / (self.size[0] * self.size[1])
        κ = self.top_wavenumber(k_x, k_y)
        kept = np.argsort(κ)[1 : np.count_nonzero(κ < limit)]
        return k_x[kept], k_y[kept], weight[kept]


def vertical_wavenumber(σ, k_x, k_y):
    """``κ = √((σ_x k_x² + σ_y k_y²) / σ_z)``."""
    return np.sqrt((σ[0] * k_x**2 + σ[1] * k_y**2) / σ[2])


def mode_impedance(block, k_x, k_y):
    """Surface potential over normal current density of each mode, Ω·m², with an insulated bottom.

    ``Z_N = coth(κ_N h_N)/Y_N`` and upwards ``Z_i = (Z_{i+1} + tanh(κ_i h_i)/Y_i) / (1 + Y_i Z_{i+1} tanh(κ_i h_i))``
    with the admittance ``Y_i = σ_z κ_i`` of a half-space of the layer.
    """
    return _impedances(block, k_x, k_y)[0]


def mode_profile(block, k_x, k_y, depth):
    """Potential of each mode at ``depth`` over that at the surface.

    In a layer of thickness ``h`` above an impedance ``Z``: ``φ(s)/φ(h) = (cosh κs + sinh(κs)/YZ) / (cosh κh + ...)``
    at height ``s`` above its lower face.
    """
    profile, above = np.ones_like(k_x), 0.0
    below = [*_impedances(block, k_x, k_y)[1:], np.full_like(k_x, np.inf)]
    for σ, h, Z in zip(block.tensors, block.thickness, below, strict=True):
        κ = vertical_wavenumber(σ, k_x, k_y)
        s, inverse = max(above + h - depth, 0.0), 1 / (σ[2] * κ * Z)
        rising, falling = (1 + inverse) / 2, (1 - inverse) / 2
        full = rising + falling * np.exp(-2 * κ * h)
        profile = profile * np.exp(-κ * (h - s)) * (rising + falling * np.exp(-2 * κ * s)) / full
        above += h
        if s > 0:
            break
    return profile


def _impedances(block, k_x, k_y):
    """`mode_impedance` at the upper face of every layer, top down."""
    impedances = []
    for σ, h in zip(block.tensors[::-1], block.thickness[::-1], strict=True):
        κ = vertical_wavenumber(σ, k_x, k_y)
        Y, tanh = σ[2] * κ, np.tanh(κ * h)
        Z = impedances[-1] if impedances else None
        impedances.append(1 / (Y * tanh) if Z is None else (Z + tanh / Y) / (1 + Y * Z * tanh))
    return impedances[::-1]
