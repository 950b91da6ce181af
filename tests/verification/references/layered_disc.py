"""Disc with or without contact impedance on a half-space of transversely isotropic layers, by Galerkin's method."""

from dataclasses import dataclass

import numpy as np

from . import radial_basis as radial
from .kernel import layered_kernel, wavenumber_rule


@dataclass(frozen=True)
class LayeredDisc:
    """Solution of `layered_contact_disc` for unit current; ``coefficients`` belong to the radial functions ``f_n``."""

    a: float
    α: float
    resistance: float
    coefficients: np.ndarray

    def density(self, r):
        """Current density per ampere, 1/m², at radii ``r < a`` (m)."""
        r = np.atleast_1d(np.asarray(r, dtype=float))
        return self.coefficients @ radial.density(r / self.a, 0, len(self.coefficients), self.α) / self.a**2


def layered_contact_disc(σ_h, σ_v, thickness, a, z, terms=None):
    """Disc with ``φ + z J = V`` (``z = 0``: equipotential) on layers, the last infinitely deep, grounded at infinity.

    Galerkin's method on the densities of `radial_basis`:
    ``Σ_n [(1/σ_1) ∫ K(λ) f̂_m(λa) f̂_n(λa) dλ + (z/a²) ∫ f_m f_n x dx] c_n = V f̂_m(0)``, the part of ``K = 1`` in
    closed form and that of ``K - 1``, which decays as ``exp(-2λh'_1)``, by quadrature. The resistance converges from
    above, with twice the order of the density.

    Measured: without layers against `contact_disc` 7e-9 at Z* = 1e-3 (what the Legendre series lacks), 1e-9 from 1e-2
    to 1e3; ``z = 0`` on two layers against `two_layer_disc` 1e-14 in R and 4e-14 in J, for h/a ≥ 0.1. The density for
    Z* = 1e-4 to 1 is within 2e-4 of that from 2000 functions (3e-4 at the very centre).

    Parameters
    ----------
    σ_h, σ_v, thickness : sequence
        Layers, as for `layered_kernel`: N conductivities in S/m, N - 1 thicknesses in m. Complex admittivities are
        accepted where the top layer is isotropic.
    a : float
        Radius, m.
    z : float or complex
        Contact impedance, Ω·m².
    terms : int, optional
        Number of radial functions. Default: what resolves the rim layer of width ``z σ_1``, at least 64, at most 800.
    """
    σ_1 = np.sqrt(σ_h[0] * σ_v[0])
    α = radial.weight_exponent(abs(z))
    if terms is None:
        terms = int(np.clip(8 * np.sqrt(a / abs(z * σ_1)), 64, 800)) if z != 0 else 64
    system = radial.self_integrals(0, 0, terms, α) / (σ_1 * a)
    if len(thickness) > 0:
        λ, w = wavenumber_rule(2 * thickness[0] * np.sqrt((σ_h[0] / σ_v[0]).real), 2 * a)
        f = radial.transform(λ * a, 0, terms, α)
        system = system + (f * (w * (layered_kernel(λ, σ_h, σ_v, thickness) - 1))) @ f.T / σ_1
    if z != 0:
        system = system + np.diag(z / a**2 * radial.squares(0, terms))
    load = np.zeros(terms)
    load[0] = radial.net_current(α) / (2 * np.pi)
    c = np.linalg.solve(system, load)
    current = 2 * np.pi * load @ c
    return LayeredDisc(a, α, 1 / current, c / current)
