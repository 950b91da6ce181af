"""Layered circular cylinder with insulated ends, as products of cosines along it and around it.

Cylinder ``-L/2 < x < L/2`` of concentric layers, each with a conductivity σ_x along the axis and σ_t across it. The
modes ``cos k(x + L/2) cos nθ`` and ``cos k(x + L/2) sin nθ``, ``k = mπ/L``, decouple: in a layer they are made of the
modified Bessel functions ``I_n(κr)`` and ``K_n(κr)`` with ``κ = k √(σ_x/σ_t)``, of ``r^±n`` for ``k = 0``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import Polynomial
from scipy.special import ive, kve

TIERS = (25.0, 12), (500.0, 4)  # from this √(n² + x²) on, terms of Olver's expansion: 1e-12 and better
NEGLIGIBLE = 40.0  # e^-40 = 4e-18


@dataclass(frozen=True)
class Limb:
    """Insulated cylinder of ``length`` in m; from the skin inwards the layers' outer ``radii`` in m and ``σ`` in S/m.

    A layer's conductivity is a number or a pair (σ_x, σ_t) along the axis and across it. The last layer fills the core.
    """

    length: float
    radii: tuple
    σ: tuple

    def __post_init__(self):
        if len(self.radii) != len(self.σ):
            raise ValueError(f"{len(self.radii)} radii and {len(self.σ)} conductivities do not match")
        if not (np.diff(self.radii) < 0).all() or not self.radii[-1] > 0:
            raise ValueError(f"radii must decrease from the skin to the core and stay positive: {self.radii}")

    @property
    def radius(self):
        """Outer radius, m."""
        return self.radii[0]

    @property
    def tensors(self):
        """Conductivities (σ_x, σ_t) as an array of shape (layers, 2)."""
        return np.array([np.broadcast_to(σ, 2) for σ in self.σ], dtype=float)


def limb_impedance(limb, k, n):
    """Surface potential over inward current density of the modes ``k`` (1/m), ``n``, Ω·m²; 0 for the mode (0, 0).

    The core has ``Z = 1/(σ_t g)``, ``g = κ I_n'/I_n``. Outwards, in a layer between ``r_i`` and ``r_o`` around ``Z_i``,
    with ``g`` and the decay ``f = -κ K_n'/K_n`` at both radii, ``φ ∝ I_n + B K_n``:
    ``s = -(1 - σ_t g_i Z_i)/(1 + σ_t f_i Z_i) · (I_n/K_n)(κr_i) / (I_n/K_n)(κr_o)``,
    ``Z_o = (1 + s) / (σ_t (g_o - s f_o))``. Only ratios appear, so that nothing overflows. Layers below one through
    which a mode falls by more than ``e^-20`` are left out of it. The mode (0, 0) has no steady state: the currents into
    the limb must cancel.
    """
    k, n = np.broadcast_arrays(np.asarray(k, dtype=float), np.asarray(n, dtype=float))
    Z, kept = np.zeros(k.shape), (k > 0) | (n > 0)
    Z[kept] = _impedance(limb, 0, k[kept], n[kept])
    return Z


def _impedance(limb, layer, k, n):
    σ_x, σ_t = limb.tensors[layer]
    κ, r = k * np.sqrt(σ_x / σ_t), limb.radii[layer]
    growth, decay, ratio = cylinder_functions(κ, n, r)
    if layer == len(limb.radii) - 1:
        return 1 / (σ_t * growth)
    inner = limb.radii[layer + 1]
    seen = 2 * (r - inner) * np.sqrt(κ**2 + (n / r) ** 2) < NEGLIGIBLE  # a lower bound of the decay's exponent
    below = σ_t * _impedance(limb, layer + 1, k[seen], n[seen])
    growth_i, decay_i, ratio_i = cylinder_functions(κ[seen], n[seen], inner)
    s = np.zeros(k.shape)
    s[seen] = -(1 - growth_i * below) / (1 + decay_i * below) * np.exp(ratio_i - ratio[seen])
    return (1 + s) / (σ_t * (growth - s * decay))


def cylinder_functions(κ, n, r):
    """``κ I_n'/I_n``, ``-κ K_n'/K_n`` (1/m) and ``ln(I_n/K_n)`` at ``κr``; for ``κ = 0`` of ``r^n`` and ``r^-n``.

    Bessel functions while ``w = √(n² + κ²r²)`` is small, then Olver's uniform expansion (NIST DLMF 10.41), with
    ``ξ = w + n ln(κr/(n + w))``: ``I_n ~ e^ξ U(1/w)/√(2πw)``, ``K_n ~ e^-ξ U(-1/w) √(π/2w)``,
    ``I_n'/I_n ~ w/(κr) V(1/w)/U(1/w)``.
    """
    x = κ * r
    w = np.hypot(n, x)
    growth, decay, ratio = n / r, n / r, 2 * n * np.log(r)
    exact = (κ > 0) & (w < TIERS[0][0])
    ν, y = n[exact], x[exact]
    first, second = ive(ν, y), kve(ν, y)
    growth[exact] = κ[exact] * (ive(ν + 1, y) / first + ν / y)
    decay[exact] = κ[exact] * (kve(np.abs(ν - 1), y) / second + ν / y)
    ratio[exact] = 2 * y + np.log(first / second)
    for (start, terms), end in zip(TIERS, (TIERS[1][0], np.inf), strict=True):
        far = (κ > 0) & (w >= start) & (w < end)
        ν, y, v = n[far], x[far], w[far]
        (u_even, u_odd), (v_even, v_odd) = _olver_sums(v, (ν / v) ** 2, terms)
        growth[far] = v / r * (v_even + v_odd) / (u_even + u_odd)
        decay[far] = v / r * (v_even - v_odd) / (u_even - u_odd)
        ξ = v + ν * np.log(y / (ν + v))
        ratio[far] = 2 * ξ - np.log(np.pi) + np.log((u_even + u_odd) / (u_even - u_odd))
    return growth, decay, ratio


def _olver_sums(w, p2, terms):
    """Terms of even and odd order of ``Σ u_j(p)/n^j`` and ``Σ v_j(p)/n^j``, ``p = n/w``, as powers of ``1/w``."""
    return [
        [sum(c(p2) / w**j for j, c in enumerate(family[: terms + 1]) if j % 2 == parity) for parity in (0, 1)]
        for family in (OLVER_U, OLVER_V)
    ]


def _olver_polynomials(terms):
    """``u_j(p)/p^j`` and ``v_j(p)/p^j`` as polynomials of ``p²`` (DLMF 10.41.10 and 10.41.11)."""
    p = Polynomial([0, 1])
    u, v = [Polynomial([1.0])], [Polynomial([1.0])]
    for j in range(terms):
        last = u[j]
        u.append(p**2 * (1 - p**2) * last.deriv() / 2 + ((1 - 5 * p**2) * last).integ() / 8)
        v.append(u[j + 1] + p * (p**2 - 1) * (last / 2 + p * last.deriv()))
    return [[Polynomial(c.coef[j::2]) for j, c in enumerate(family)] for family in (u, v)]


OLVER_U, OLVER_V = _olver_polynomials(TIERS[0][1])
