"""Disc electrodes on the top of an insulated layered block: densities, terminal potentials and tissue potentials."""

from dataclasses import dataclass

import numpy as np

from . import radial_basis as radial
from .block import Block, mode_impedance, mode_profile
from .block_galerkin import (
    CHUNK,
    REACH,
    TOLERANCE,
    Functions,
    Pad,
    assemble,
    clearance,
    mode_limit,
    moments,
    short_range,
    stretch,
)


@dataclass(frozen=True)
class BlockSolution:
    """Solution of `solve_block`: terminal ``potentials`` in V, and the densities' coefficients of each pad in A."""

    block: Block
    pads: tuple
    currents: np.ndarray
    potentials: np.ndarray
    functions: tuple
    coefficients: np.ndarray

    def density(self, pad, r, θ=0.0):
        """Density into the tissue under pad number ``pad``, A/m², at polar coordinates (m, rad) about its centre."""
        r, θ = np.asarray(r, dtype=float), np.asarray(θ, dtype=float)
        disc, J = self.pads[pad], 0.0
        for group, c in zip(self.functions, self.coefficients, strict=True):
            if group.pad == pad:
                f = radial.density(r / disc.radius, group.order, len(c), group.α)
                J = J + np.tensordot(c, f, 1) * group.angular(θ) / disc.radius**2
        return J

    def density_percentiles(self, pad, percentages, radii=400, angles=64):
        """Percentiles over the pad's area of the density into the tissue (A/m²), from points of equal area."""
        r = self.pads[pad].radius * np.sqrt((np.arange(radii) + 0.5) / radii)
        θ = 2 * np.pi * (np.arange(angles) + 0.5) / angles
        return np.percentile(self.density(pad, r[:, None], θ), percentages)

    def potential(self, x, y, depth=0.0):
        """Tissue potential, V, at points ``x``, ``y`` and one ``depth``; at the surface, outside of the pads only.

        At the surface the modes are split with the distance to the nearest rim as range; in depth they are cut where
        ``exp(-κ depth)`` (or the attenuation of the top layer, if thinner) reaches the tolerance. Both take long close
        to the pads.
        """
        x, y = np.broadcast_arrays(np.asarray(x, dtype=float), y)
        if depth > 0:
            k_x, k_y, weight = self.block.modes(-np.log(TOLERANCE) / min(depth, self.block.thickness[0]))
            response = mode_impedance(self.block, k_x, k_y) * mode_profile(self.block, k_x, k_y, depth)
        else:
            rims = [np.min(np.hypot(x - pad.x, y - pad.y)) - pad.radius for pad in self.pads]
            if min(rims) <= 0:
                raise ValueError("a point of the surface lies under a pad, where the potential is V - z J")
            β = REACH / (stretch(self.block) * min(*rims, clearance(self.block, self.pads)))
            k_x, k_y, weight = self.block.modes(mode_limit(self.block, β))
            response = mode_impedance(self.block, k_x, k_y) - short_range(self.block, k_x, k_y, β)
        φ, response = np.zeros(x.size), weight * response
        for start in range(0, len(k_x), CHUNK):
            part = slice(start, start + CHUNK)
            T = moments(self.pads, self.functions, k_x[part], k_y[part], self.coefficients.shape[1])
            waves = np.cos(np.outer(x, k_x[part])) * np.cos(np.outer(y, k_y[part]))
            φ += waves @ (response[part] * (self.coefficients.ravel() @ T))
        return φ.reshape(x.shape)


def solve_block(block, pads, currents, terms=16, orders=4, rim_terms=None):
    """Densities and terminal potentials for given currents.

    Measured, relative: uniform flux against plain mode sums 3e-8 (homogeneous, layered and anisotropic blocks); energy
    of a solution by plain mode sums against ``V I`` 4e-8; difference between far small pads of two radii against twice
    that of discs on a layered half-space (`layered_contact_disc`) 9e-6, on a fibrous one 1e-6, and 8e-7 and 2e-7 in a
    block twice as large; a block against its mirror image in a side face 1e-8. Of the defaults, on 1.5 mm skin, 8 mm
    fat and anisotropic muscle under pads of 20 mm radius: ``terms`` 2e-10; ``orders`` 1e-9 in R for a gap of 45 mm,
    1.3e-5 for 10 mm; ``rim_terms`` 2e-9 for Z* = 0.025. R comes from above. Percentiles 5 to 95 of the density move by
    less than 3e-4 of themselves with any of them at that gap, 99 by 5e-4; 95 by 2e-3 at 10 mm. Where Z* < 1e-3, look at
    them for more ``rim_terms``. Time: as the number of modes, ``L_x L_y / min(h_1, clearance)²``; 1 to 2 s here.

    Parameters
    ----------
    block : Block
        Layered block, insulated.
    pads : sequence of Pad
        Discs, at a distance from each other and from the edges of the top face.
    currents : sequence of float
        Current into the tissue at each pad, A; sum zero.
    terms : int
        Radial functions for each angular factor that take part in the mode sums. They must resolve what the layers
        and other pads do to the density.
    orders : int
        Highest angular order ``q``.
    rim_terms : int, optional
        All radial functions; those beyond ``terms`` see the half-space of the top layer only. Default: what resolves a
        rim layer of width ``z σ_1``, 40 to 120.

    Returns
    -------
    BlockSolution
        Potentials refer to a zero mean of the tissue potential over the top face.
    """
    pads, currents = tuple(pads), np.asarray(currents, dtype=float)
    if abs(currents.sum()) > 1e-12 * np.abs(currents).max():
        raise ValueError(f"the currents into an insulated block must cancel, not sum to {currents.sum():g} A")
    if rim_terms is None:
        σ_1 = np.sqrt(block.tensors[0, 2] * block.tensors[0, :2].max())
        rims = [4 * np.sqrt(pad.radius / (pad.z * σ_1)) for pad in pads if pad.z > 0]
        rim_terms = int(max(terms, np.clip(max(rims, default=0), 40, 120)))
    mirrored = all(pad.y == block.size[1] / 2 for pad in pads)  # then the sines vanish by symmetry
    functions = tuple(
        Functions(number, q, odd, rim_terms, radial.weight_exponent(pad.z))
        for number, pad in enumerate(pads)
        for q in range(orders + 1)
        for odd in ((False, True) if q > 0 and not mirrored else (False,))
    )
    size = len(functions) * rim_terms
    system = assemble(block, pads, functions, terms).reshape(size, size)
    load = np.zeros((len(functions), rim_terms, len(pads)))
    for i, group in enumerate(functions):
        if group.order == 0:
            load[i, 0, group.pad] = radial.net_current(group.α)
    load = load.reshape(size, len(pads))
    densities = np.linalg.solve(system, load)  # of each pad at 1 V
    potentials = np.linalg.solve(load.T @ densities, currents)
    coefficients = (densities @ potentials).reshape(len(functions), rim_terms)
    return BlockSolution(block, pads, currents, potentials, functions, coefficients)


def block_pair_resistance(block, pads, terms=16, orders=4):
    """Resistance between two pads, Ω, contact impedances included (metal to metal). Accuracy: see `solve_block`."""
    potentials = solve_block(block, pads, (1.0, -1.0), terms, orders).potentials
    return potentials[0] - potentials[1]


def solve_block_uniform(block, pads, currents):
    """Uniform density under every pad. `BlockSolution.potentials` are the means of ``φ`` over each pad, plus ``z J``.

    Galerkin's method with the constant as the only function. Parameters as for `solve_block`.
    """
    bounded = [Pad(pad.x, pad.y, pad.radius, max(pad.z, np.finfo(float).tiny)) for pad in pads]  # ``z = 0``: singular
    return solve_block(block, bounded, currents, terms=1, orders=0, rim_terms=1)


def block_pair_uniform_resistance(block, pads):
    """Difference of the mean potentials under two pads of uniform flux, over the current, plus ``z/A`` of each, Ω."""
    potentials = solve_block_uniform(block, pads, (1.0, -1.0)).potentials
    return potentials[0] - potentials[1]
