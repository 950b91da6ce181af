"""Galerkin matrix of disc electrodes on an insulated layered block, by accelerated double cosine series.

Densities are expanded on each disc in ``f_n(ρ/a) cos qθ`` and ``f_n(ρ/a) sin qθ`` (`radial_basis`), whose moments with
a mode of the block are closed expressions. The mode sums are split as Ewald did: of the response ``1/(σ_z κ)`` of a
half-space of the top layer, the part ``erf(κ/2β)/(σ_z κ)`` is short-ranged, as ``erfc(β R)/R``. It is left out of the
modes and added for each disc on itself only, in closed form less a decaying integral; between discs, and between a disc
and its mirror images in the side faces, it is below ``TOLERANCE``. The remaining modes decay exponentially and are
summed to the same tolerance.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import erf, erfc, erfcinv

from . import radial_basis as radial
from .block import mode_impedance
from .kernel import wavenumber_rule

TOLERANCE = 1e-8
REACH = erfcinv(TOLERANCE)
CHUNK = 4096


@dataclass(frozen=True)
class Pad:
    """Disc electrode: centre ``x``, ``y`` and ``radius`` in m, contact impedance ``z`` in Ω·m² (0: equipotential)."""

    x: float
    y: float
    radius: float
    z: float = 0.0


@dataclass(frozen=True)
class Functions:
    """``terms`` radial functions of one pad that share the angular factor ``cos qθ`` or ``sin qθ``."""

    pad: int
    order: int
    odd: bool
    terms: int
    α: float

    def angular(self, θ):
        """``cos qθ`` or ``sin qθ``."""
        return np.sin(self.order * θ) if self.odd else np.cos(self.order * θ)


def assemble(block, pads, functions, terms):
    """Galerkin matrix of ``φ + z J``, shape (groups, all terms, groups, all terms)."""
    β = REACH / (stretch(block) * clearance(block, pads))
    k_x, k_y, weight = block.modes(mode_limit(block, β))
    response = weight * (mode_impedance(block, k_x, k_y) - short_range(block, k_x, k_y, β))
    shape = (len(functions), terms)
    summed = np.zeros((len(functions) * terms,) * 2)
    for start in range(0, len(k_x), CHUNK):
        part = slice(start, start + CHUNK)
        T = moments(pads, functions, k_x[part], k_y[part], terms)
        for sign in (1, -1):  # a matrix times its own transpose costs half
            kept = sign * response[part] > 0
            S = T[:, kept] * np.sqrt(np.abs(response[part][kept]))
            summed += sign * (S @ S.T)
    system = np.zeros((len(functions), functions[0].terms) * 2)
    system[:, :terms, :, :terms] = summed.reshape(shape * 2)
    for i, first in enumerate(functions):
        pad = pads[first.pad]
        for j, second in enumerate(functions):
            if first.pad == second.pad and first.odd == second.odd and (first.order - second.order) % 2 == 0:
                near, far = _self_blocks(block, pad.radius, first, second, β, terms)
                system[i, :, j] += near
                system[i, :terms, j, :terms] -= far
        if pad.z > 0:
            circle = np.pi * (2 if first.order == 0 else 1)
            n = np.arange(first.terms)
            system[i, n, i, n] += circle * pad.z / pad.radius**2 * radial.squares(first.order, first.terms)
    return system


def _self_blocks(block, a, first, second, β, terms, angles=64):
    """A disc on itself: half-space of the top layer in closed form, and its long-range part (``terms`` functions).

    ``∫ dϑ cos qϑ cos pϑ (-1)^{(q-p)/2} / (σ_z s(ϑ)) ∫ f̂_m f̂_n dλ``, ``s = κ/λ`` in direction ϑ, and the same with
    ``erfc(λ s/2β)`` in the inner integral.
    """
    q, p, α = first.order, second.order, first.α
    ϑ = 2 * np.pi * np.arange(angles) / angles
    s = block.top_wavenumber(np.cos(ϑ), np.sin(ϑ))
    factor = 2 * np.pi / angles * (-1) ** ((q - p) // 2) * first.angular(ϑ) * second.angular(ϑ)
    factor /= block.tensors[0, 2] * s
    λ, w = wavenumber_rule(36 / (12 * β / s.min()), 2 * a)  # up to erfc(6)
    f, g = (radial.transform(λ * a, order, terms, α) for order in (q, p))
    far = (f * (w * (factor @ erfc(np.outer(s, λ) / (2 * β))))) @ g.T
    return factor.sum() * radial.self_integrals(q, p, first.terms, α) / a, far


def moments(pads, functions, k_x, k_y, terms):
    """``∫ f_n(ρ/a) cos qθ cos(k_x x) cos(k_y y) dA / a²`` (or ``sin qθ``), shape (groups × terms, modes).

    With ``k = λ (cos ϑ, sin ϑ)`` and the centre's phases ``X = k_x x``, ``Y = k_y y``:
    ``2π f̂_n(λa) cos qϑ Re(i^q e^{iX}) cos Y`` and ``-2π f̂_n(λa) sin qϑ Im(i^q e^{iX}) sin Y``.
    """
    λ, ϑ = np.hypot(k_x, k_y), np.arctan2(k_y, k_x)
    top = 2 * terms + max(group.order for group in functions)
    kinds = {(pads[group.pad].radius, group.α) for group in functions}
    bessel = {(a, α): radial.ladder(λ * a, top, α) for a, α in kinds}
    rows = []
    for group in functions:
        pad, q = pads[group.pad], group.order
        phase = 1j**q * np.exp(1j * k_x * pad.x)
        if group.odd:
            factor = -2 * np.pi * np.sin(q * ϑ) * phase.imag * np.sin(k_y * pad.y)
        else:
            factor = 2 * np.pi * np.cos(q * ϑ) * phase.real * np.cos(k_y * pad.y)
        rows.append(factor * radial.from_ladder(λ * pad.radius, bessel[pad.radius, group.α], q, terms, group.α))
    return np.concatenate(rows)


def stretch(block):
    """Least factor by which lengths shrink in coordinates where the top layer is isotropic."""
    σ_x, σ_y, σ_z = block.tensors[0]
    return np.sqrt(σ_z / max(σ_x, σ_y))


def clearance(block, pads):
    """Least gap, m, between discs and between a disc and a mirror image in a side face."""
    L_x, L_y = block.size
    walls = [2 * (min(pad.x, L_x - pad.x, pad.y, L_y - pad.y) - pad.radius) for pad in pads]
    pairs = [(p, q) for i, p in enumerate(pads) for q in pads[:i]]
    gaps = [np.hypot(p.x - q.x, p.y - q.y) - p.radius - q.radius for p, q in pairs]
    if min(walls + gaps) <= 0:
        raise ValueError(f"pads overlap or cross the edge of the block: clearance {min(walls + gaps):g} m")
    return min(walls + gaps)


def mode_limit(block, β):
    """Vertical wavenumber in the top layer beyond which the modes, short-range part removed, fall below tolerance."""
    return max(2 * β * REACH, -np.log(TOLERANCE) / (2 * block.thickness[0]))


def short_range(block, k_x, k_y, β):
    """``erf(κ/2β) / (σ_z κ)`` of the top layer, the part of the response that reaches less than ``REACH/β``."""
    κ = block.top_wavenumber(k_x, k_y)
    return erf(κ / (2 * β)) / (block.tensors[0, 2] * κ)
