"""Layered sphere with two polar cap electrodes of uniform density, by Legendre series."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class SphereCaps:
    """Solution of `concentric_sphere_electrodes` per ampere: in at the north cap, out at the south cap.

    ``difference`` of the potential's means over the caps in Ω; ``coefficients`` of ``P_1``, ``P_2``, ... of the surface
    potential in Ω; ``contact`` is what contact impedances add to a resistance between the terminals.
    """

    radius: float
    difference: float
    contact: float
    coefficients: np.ndarray

    @property
    def resistance(self):
        """Difference of the means and drops over the contacts, Ω."""
        return self.difference + self.contact

    def surface_potential(self, θ):
        """Potential at the surface per ampere, Ω, at the angle ``θ`` from the north pole; its mean is zero."""
        μ = np.cos(np.asarray(θ, dtype=float))
        φ, last, now = np.zeros(μ.shape), np.ones(μ.shape), μ
        for n, c in enumerate(self.coefficients, 1):
            φ = φ + c * now
            last, now = now, ((2 * n + 1) * μ * now - n * last) / (n + 1)
        return φ


def concentric_sphere_electrodes(radii, σ, half_angles, z=(0.0, 0.0), terms=20000):
    """Polar caps of uniform density on a layered sphere, insulated elsewhere.

    With ``c = cos ψ`` of a cap, its density ``I/2πR²(1 - c)`` has the Legendre coefficients ``I s_n/2πR²(1 - c)``,
    ``s_n = [P_{n-1}(c) - P_{n+1}(c)]/2``, and the mean of ``P_n`` over it is ``2 s_n/((2n + 1)(1 - c))``; the south cap
    has ``(-1)^n`` times that. The surface potential is ``Z_n`` (`sphere_impedance`) times the density, so that the
    remainder of the series falls as ``terms^-2``; it is removed with the sum over the first half of the terms.

    Parameters
    ----------
    radii : sequence of N
        Outer radii of the layers from the surface inwards, m; the last layer fills the core.
    σ : sequence of N
        Conductivities in S/m, numbers or pairs (radial, tangential).
    half_angles : (float, float)
        Half angles ψ of the north and the south cap, rad.
    z : (float, float)
        Contact impedances, Ω·m²: ``z`` over the cap's area is added to the resistance.
    terms : int
        Degrees of the series.

    Returns
    -------
    SphereCaps
    """
    if not (min(half_angles) > 0 and sum(half_angles) <= np.pi):
        raise ValueError(f"caps of half angles {half_angles[0]:g} and {half_angles[1]:g} overlap or are empty")
    n = np.arange(1, terms + 1)
    sides, area = [], []
    for sign, ψ in zip((1, -1), half_angles, strict=True):
        P = _legendre(np.cos(ψ), terms + 1)
        height = 2 * np.sin(ψ / 2) ** 2  # 1 - cos ψ
        sides.append(sign * (1.0 * sign) ** n * (P[:-2] - P[2:]) / (2 * height))
        area.append(2 * np.pi * radii[0] ** 2 * height)
    both = sides[0] + sides[1]
    Z = sphere_impedance(radii, σ, n) / (2 * np.pi * radii[0] ** 2)
    partial = np.cumsum(2 * Z * both**2 / (2 * n + 1))
    difference = partial[-1] + (partial[-1] - partial[terms // 2 - 1]) / 3
    return SphereCaps(radii[0], float(difference), float(np.sum(np.divide(z, area))), Z * both)


def sphere_impedance(radii, σ, n):
    """Surface potential over inward density of ``P_n``, Ω·m²: ``R/(σ n)`` of a homogeneous sphere.

    ``φ ∝ r^p, r^-q`` in a layer, ``p = √(1/4 + n(n + 1) σ_t/σ_r) - 1/2``, ``q = p + 1``. The core has
    ``Z = R/(σ_r p)``, and outwards, with ``s = -(1 - pY)/(1 + qY) (r_i/r_o)^{p+q}``, ``Y = σ_r Z_i/r_i``:
    ``Z_o = (1 + s) r_o / (σ_r (p - s q))``. Rush and Driscoll (1969), IEEE Trans. Biomed. Eng. 16:15, solve the same.
    """
    if len(radii) != len(σ):
        raise ValueError(f"{len(radii)} radii and {len(σ)} conductivities do not match")
    Z = None
    for i in reversed(range(len(radii))):
        σ_r, σ_t = np.broadcast_to(σ[i], 2)
        p = np.sqrt(0.25 + n * (n + 1) * σ_t / σ_r) - 0.5
        q, s = p + 1, 0.0
        if Z is not None:
            inner = radii[i + 1]
            Y = σ_r * Z / inner
            s = -(1 - p * Y) / (1 + q * Y) * np.exp((p + q) * np.log(inner / radii[i]))
        Z = (1 + s) * radii[i] / (σ_r * (p - s * q))
    return Z


def _legendre(μ, highest):
    """``P_0(μ)`` to ``P_highest(μ)``."""
    P = [1.0, μ]
    for n in range(1, highest):
        P.append(((2 * n + 1) * μ * P[n] - n * P[n - 1]) / (n + 1))
    return np.array(P)
