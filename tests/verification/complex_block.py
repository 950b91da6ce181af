"""Discs behind complex contact impedances on an insulated block of isotropic layers of complex admittivity.

The Galerkin matrix of ``references.solve_block`` with complex numbers: Z(k), the potential over the density of a cosine
mode at the surface, follows from the layers by the same recursion, because their admittivities enter as factors only.
Z = Z_1 / κ_1 + (Z - Z_1 / κ_1) with Z_1 of the same block, all of 1 S/m: the first part is the real matrix of
``references``, the second decays as exp(-2 k h_1) and is summed plainly.
"""

import numpy as np
from references import Block, Pad
from references import radial_basis as radial
from references.block import mode_impedance
from references.block_galerkin import TOLERANCE, Functions, assemble, moments


def mode_impedances(thickness, κ, k):
    """Z(k), Ω m2, from the insulated bottom upwards."""
    Z = 1 / (κ[-1] * k * np.tanh(k * thickness[-1]))
    for h, admittivity in list(zip(thickness, κ, strict=True))[-2::-1]:
        Y, tanh = admittivity * k, np.tanh(k * h)
        Z = (Z + tanh / Y) / (1 + Y * Z * tanh)
    return Z


def pair_impedance(size, thickness, κ, pads, z, terms=12, orders=3, rim_terms=60):
    """Between two discs (x, y, radius), in m from a corner, of contact impedances z (Ω m2), complex, Ω."""
    unit = Block(size=size, thickness=(sum(thickness),), σ=(1.0,))
    discs = tuple(Pad(*pad) for pad in pads)
    functions = tuple(
        Functions(number, q, odd, rim_terms, radial.BOUNDED)
        for number in range(len(discs))
        for q in range(orders + 1)
        for odd in ((False, True) if q else (False,))
    )
    system = assemble(unit, discs, functions, terms).astype(complex) / κ[0]
    k_x, k_y, weight = unit.modes(-np.log(TOLERANCE) / (2 * thickness[0]))
    k = np.hypot(k_x, k_y)
    rest = weight * (mode_impedances(thickness, κ, k) - mode_impedance(unit, k_x, k_y) / κ[0])
    T = moments(discs, functions, k_x, k_y, terms)
    system[:, :terms, :, :terms] += ((T * rest) @ T.T).reshape(len(functions), terms, len(functions), terms)
    n = np.arange(rim_terms)
    load = np.zeros((len(functions), rim_terms, len(discs)))
    for i, group in enumerate(functions):
        circle = np.pi * (2 if group.order == 0 else 1)
        system[i, n, i, n] += (
            circle * z[group.pad] / discs[group.pad].radius ** 2 * radial.squares(group.order, rim_terms)
        )
        if group.order == 0:
            load[i, 0, group.pad] = radial.net_current(radial.BOUNDED)
    load = load.reshape(-1, len(discs))
    conductance = load.T @ np.linalg.solve(system.reshape(len(load), len(load)), load)
    potentials = np.linalg.solve(conductance, [1.0, -1.0])
    return potentials[0] - potentials[1]
