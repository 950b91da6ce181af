"""Surface response of layered media in the Hankel domain.

A normal current density of Hankel transform ``Ĵ(λ)`` on the surface raises the surface potential
``φ̂(λ) = K(λ) Ĵ(λ) / (σ_1 λ)``, where ``σ_1 = √(σ_h σ_v)`` of the top layer; ``K = 1`` is the homogeneous half-space.
"""

import numpy as np


def two_layer_kernel(λ, σ_1, σ_2, h):
    """Kernel of an isotropic layer (σ_1, thickness ``h``) over a half-space (σ_2), in closed form.

    ``K = (1 + k e^{-2λh}) / (1 - k e^{-2λh})`` with ``k = (σ_1 - σ_2) / (σ_1 + σ_2)``.
    """
    image = (σ_1 - σ_2) / (σ_1 + σ_2) * np.exp(-2 * np.asarray(λ) * h)
    return (1 + image) / (1 - image)


def layered_kernel(λ, σ_h, σ_v, thickness):
    """Kernel of transversely isotropic layers, the last of which is infinitely deep.

    Upward recursion from ``K_N = 1``,
    ``K_i = (s K_{i+1} + tanh λh'_i) / (1 + s K_{i+1} tanh λh'_i)`` with ``s = σ'_i/σ'_{i+1}``, where
    ``σ' = √(σ_h σ_v)`` and ``h' = h √(σ_h/σ_v)`` make each layer isotropic (Wait 1982, *Geo-Electromagnetism*).

    Parameters
    ----------
    λ : array_like
        Radial wavenumber, 1/m.
    σ_h, σ_v : sequence of N
        Conductivity parallel and normal to the layers, top down, S/m (complex values are accepted).
    thickness : sequence of N - 1
        Thickness of all layers but the last, m.
    """
    return _recurse(1.0, λ, σ_h, σ_v, thickness)


def slab_kernel(λ, σ_h, σ_v, thickness):
    """Kernel of transversely isotropic layers on an insulated bottom.

    No current leaves the last layer: there ``φ ∝ cosh λ(h' - z')``, so the recursion of `layered_kernel` starts
    from ``K_N = φ σ' λ / J = coth λh'_N`` instead of 1. ``K ~ 1/λ`` as ``λ → 0``: without a lateral return the
    potential of a net current is unbounded. Parameters as for `layered_kernel`, but with N thicknesses.
    """
    λ = np.asarray(λ)
    bottom = 1 / np.tanh(λ * thickness[-1] * np.sqrt(σ_h[-1] / σ_v[-1]))
    return _recurse(bottom, λ, σ_h, σ_v, thickness[:-1])


def _recurse(kernel, λ, σ_h, σ_v, thickness):
    σ = np.sqrt(np.multiply(σ_h, σ_v))
    stretch = np.sqrt(np.divide(σ_h, σ_v))
    if len(σ) != len(thickness) + 1:
        raise ValueError(f"{len(σ)} layers and {len(thickness)} finite thicknesses do not match")
    kernel = kernel * np.ones_like(np.asarray(λ), dtype=np.result_type(σ, float))
    for i in reversed(range(len(thickness))):
        below = kernel * σ[i] / σ[i + 1]
        tanh = np.tanh(λ * thickness[i] * stretch[i])
        kernel = (below + tanh) / (1 + below * tanh)
    return kernel


def wavenumber_rule(depth, reach):
    """Quadrature nodes and weights for ``∫_0^∞ f(λ) dλ`` with ``f`` decaying at least as fast as ``e^{-λ depth}``.

    Composite 16-point Gauss-Legendre up to ``λ depth = 36``. Panels are short enough for products of Bessel functions
    of ``λ reach``, and halve towards ``λ = 0``, where kernels of high contrast vary over ``λ ≪ 1/depth``.

    Parameters
    ----------
    depth, reach : float
        Decay length and largest radius that occurs in the integrand, m.
    """
    end = 36 / depth
    panels = int(np.ceil(end * max(reach, depth) / 4))
    uniform = np.linspace(0, end, panels + 1)
    edges = np.concatenate(([0.0], uniform[1] * 0.5 ** np.arange(40, 0, -1), uniform[1:]))
    x, w = np.polynomial.legendre.leggauss(16)
    half = np.diff(edges)[:, None] / 2
    return (edges[:-1, None] + half * (x + 1)).ravel(), (half * w).ravel()
