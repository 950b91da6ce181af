"""Layered sphere, or cylinder across the field, with resistive skins in a uniform field."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Inclusion:
    """Layered sphere (``dimension`` 3) or infinite circular cylinder (2) in an infinite medium of ``σ_medium``.

    From the outside in: outer ``radii`` of the layers in m, their ``σ`` in S/m (that of the core may be 0 or
    ``np.inf``) and the resistances ``skins`` of thin sheets at these radii in Ω·m² (0 or nothing: none). Far away the
    field is ``field`` (V/m) along the axis ``θ = 0``, across which a cylinder lies. In every layer
    ``φ = (A r + B r^{1-D}) cos θ``, ``D`` the dimension; the outward density ``q cos θ = -σ ∂φ/∂r`` passes the
    interfaces unchanged, and the potential falls by ``z q cos θ`` on the way out through a skin. Without layers and
    skin ``B = E a³ (σ - σ_m)/(σ + 2σ_m)`` outside of a sphere, ``E a² (σ - σ_m)/(σ + σ_m)`` of a cylinder.
    """

    radii: tuple
    σ: tuple
    σ_medium: float
    skins: tuple = ()
    dimension: int = 3
    field: float = 1.0

    def __post_init__(self):
        if len(self.radii) != len(self.σ) or len(self.skins) not in (0, len(self.radii)):
            raise ValueError(
                f"{len(self.radii)} radii, {len(self.σ)} conductivities and {len(self.skins)} skins do not match"
            )
        if not (np.diff(self.radii) < 0).all() or not self.radii[-1] > 0:
            raise ValueError(f"radii must be positive and decrease inwards: {self.radii}")
        if not all(0 < σ < np.inf for σ in (self.σ_medium, *self.σ[:-1])) or not self.σ[-1] >= 0:
            raise ValueError("only the core may be a perfect conductor or insulator")
        if self.dimension not in (2, 3):
            raise ValueError(f"the dimension is 2 or 3, not {self.dimension}")

    @property
    def amplitudes(self):
        """``A`` in V/m and ``B`` in V·m^(D-1) of the medium, then of the layers inwards, shape (layers + 1, 2).

        From the core outwards; ``φ`` and ``q`` at the inner radius of a layer give
        ``A = [(D - 1) φ/r - q/σ]/D`` and ``B = r^D (φ/r + q/σ)/D``.
        """
        D, r, σ = self.dimension, self.radii[-1], self.σ[-1]
        φ, q = (0.0, 1.0) if np.isinf(σ) else (r, -σ)
        amplitudes, skins = [(φ / r, 0.0)], self.skins or (0.0,) * len(self.radii)
        for inner, outer, σ, z in zip(
            self.radii[::-1], (*self.radii[-2::-1], np.nan), (*self.σ[-2::-1], self.σ_medium), skins[::-1], strict=True
        ):
            φ = φ - z * q
            A, B = ((D - 1) * φ / inner - q / σ) / D, inner**D * (φ / inner + q / σ) / D
            amplitudes.append((A, B))
            φ, q = A * outer + B * outer ** (1 - D), -σ * (A - (D - 1) * B * outer**-D)
        return -self.field * np.array(amplitudes[::-1]) / A

    @property
    def surface_density(self):
        """Amplitude ``q`` of the outward density ``q cos θ`` at the outermost radius, A/m²: ``D σ_m E`` at most.

        A floating perfect conductor without skin has that: ``3 σ_m E`` (sphere) or ``2 σ_m E`` (cylinder).
        """
        A, B = self.amplitudes[0]
        return -self.σ_medium * (A - (self.dimension - 1) * B * self.radii[0] ** -self.dimension)

    @property
    def current(self):
        """Current into one half of the outermost surface and out of the other: ``π a² q`` in A, ``2 a q`` in A/m."""
        a = self.radii[0]
        return self.surface_density * (np.pi * a**2 if self.dimension == 3 else 2 * a)

    def potential(self, r, θ):
        """Potential, V, at ``r`` (m) and the angle ``θ`` (rad) from the field; 0 in the middle plane."""
        A, B = self._at(r)
        with np.errstate(divide="ignore", invalid="ignore"):
            dipole = np.where(B == 0, 0.0, B * np.asarray(r, dtype=float) ** (1 - self.dimension))
        return (A * r + dipole) * np.cos(θ)

    def field_components(self, r, θ):
        """``E_r`` and ``E_θ``, V/m: ``-(A - (D - 1) B r^-D) cos θ`` and ``(A + B r^-D) sin θ``."""
        A, B = self._at(r)
        with np.errstate(divide="ignore", invalid="ignore"):
            dipole = np.where(B == 0, 0.0, B * np.asarray(r, dtype=float) ** -self.dimension)
        return -(A - (self.dimension - 1) * dipole) * np.cos(θ), (A + dipole) * np.sin(θ)

    def _at(self, r):
        """Amplitudes in the layer of ``r``; at an interface, of the outer one."""
        layer = np.sum(np.asarray(r)[..., None] < np.asarray(self.radii), axis=-1)
        return np.moveaxis(self.amplitudes[layer], -1, 0)
