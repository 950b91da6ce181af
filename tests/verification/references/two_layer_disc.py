"""Equipotential disc on a layer (σ_1, thickness ``h``) over a half-space (σ_2), by a Fredholm integral equation."""

from dataclasses import dataclass

import numpy as np

from .point_source import image_weights


@dataclass(frozen=True)
class FredholmDisc:
    """Solution of `two_layer_disc` for unit potential: ``g`` at the nodes ``t`` (weights ``w``), lengths in radii."""

    σ_1: float
    k: np.ndarray
    depth: np.ndarray
    a: float
    t: np.ndarray
    w: np.ndarray
    g: np.ndarray

    @property
    def resistance(self):
        """``R = V / (2π σ_1 ∫_0^a g dt)``, Ω."""
        return 1 / (2 * np.pi * self.σ_1 * self.a * (self.w @ self.g))

    def density(self, r, points=60):
        """Current density per ampere, 1/m², at radii ``r < a`` (m).

        ``J = σ_1 [g(a)/√(a²-r²) - ∫_r^a g'(t)/√(t²-r²) dt]``, ``g`` and ``g'`` interpolated with the integral equation.
        """
        r = np.atleast_1d(np.asarray(r, dtype=float)) / self.a
        x, w = np.polynomial.legendre.leggauss(points)
        u, w = (x + 1) / 2, w / 2
        rim = np.sqrt(1 - r**2)
        t = np.sqrt(r[:, None] ** 2 + (rim[:, None] * u) ** 2)
        wg = self.w * self.g
        slope = -(_pair_derivative(t.ravel(), self.t, self.k, self.depth) @ wg).reshape(t.shape) / np.pi
        g_rim = 2 / np.pi - (_pair(np.ones(1), self.t, self.k, self.depth) @ wg)[0] / np.pi
        return self.σ_1 / self.a * self.resistance * (g_rim / rim - rim * ((slope / t) @ w))


def two_layer_disc(σ_1, σ_2, h, a, points=120):
    """Equipotential disc of radius ``a`` on two layers.

    Solves, by Gauss-Legendre collocation (Nyström), the equation that makes the disc equipotential,
    ``g(t) + (1/π) ∫_0^a g(s) [L(t-s) + L(t+s)] ds = 2V/π`` with ``L(x) = 2 Σ_n k^n 2nh / ((2nh)² + x²)`` and
    ``k = (σ_1 - σ_2)/(σ_1 + σ_2)`` (Copson's method; Sneddon 1966, *Mixed Boundary Value Problems in
    Potential Theory*). ``points`` must exceed about 10 a/h: from 120 to 240 points the resistance moves by less than
    1e-14 for h/a ≥ 0.1.

    Parameters
    ----------
    σ_1, σ_2 : float
        S/m.
    h, a : float
        m.
    points : int
        Collocation points on the radius.
    """
    n, k = image_weights(σ_1, σ_2)
    depth = 2 * n * h / a
    x, w = np.polynomial.legendre.leggauss(points)
    t, w = (x + 1) / 2, w / 2
    g = np.linalg.solve(np.eye(points) + _pair(t, t, k, depth) * w / np.pi, np.full(points, 2 / np.pi))
    return FredholmDisc(σ_1, k, depth, a, t, w, g)


def layered_disc_resistance(σ_1, σ_2, h, a, points=120):
    """Resistance to infinity, Ω, of the disc of `two_layer_disc`."""
    return two_layer_disc(σ_1, σ_2, h, a, points).resistance


def _pair(t, s, k, depth):
    """``L(t-s) + L(t+s)`` for all pairs."""
    squares = ((t[:, None] - s) ** 2, (t[:, None] + s) ** 2)
    total = np.zeros_like(squares[0])
    for weight, d in zip(k, depth, strict=True):
        total += 2 * weight * d * (1 / (d * d + squares[0]) + 1 / (d * d + squares[1]))
    return total


def _pair_derivative(t, s, k, depth):
    """Derivative of `_pair` with respect to ``t``."""
    shifts = (t[:, None] - s, t[:, None] + s)
    total = np.zeros_like(shifts[0])
    for weight, d in zip(k, depth, strict=True):
        total -= 4 * weight * d * sum(x / (d * d + x * x) ** 2 for x in shifts)
    return total
