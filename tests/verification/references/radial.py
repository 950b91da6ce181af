"""Radial current between concentric shells: cylinders, whole spheres and spherical rectangles."""

import numpy as np


def cylinder_shells_resistance(radii, σ, length, z_inner=0.0, z_outer=0.0):
    """Resistance between the faces of concentric cylindrical shells, both of them terminals.

    ``R = [z_inner/r_0 + Σ ln(r_{i+1}/r_i)/σ_i + z_outer/r_N] / (2π length)``; the ends are insulated.

    Parameters
    ----------
    radii : sequence of N + 1
        Radii of the faces from the inside out, m.
    σ : sequence of N
        Radial conductivity of the shells from the inside out, S/m.
    length : float
        m; for a sector of angle ω, ``length ω / 2π``.
    z_inner, z_outer : float
        Contact impedances at the two terminals, Ω·m².

    Returns
    -------
    float
        Ω.
    """
    radii = _ascending(radii, σ)
    drops = np.sum(np.log(radii[1:] / radii[:-1]) / σ)
    return (z_inner / radii[0] + drops + z_outer / radii[-1]) / (2 * np.pi * length)


def sphere_shells_resistance(radii, σ, solid_angle=4 * np.pi, z_inner=0.0, z_outer=0.0):
    """Resistance between the faces of concentric spherical shells, or of the part within a cone of any shape.

    ``R = [z_inner/r_0² + Σ (1/r_i - 1/r_{i+1})/σ_i + z_outer/r_N²] / Ω``: the current is radial, so that insulated
    cuts through the centre do not disturb it. Parameters as for `cylinder_shells_resistance`; ``solid_angle`` in sr.
    """
    radii = _ascending(radii, σ)
    drops = np.sum((1 / radii[:-1] - 1 / radii[1:]) / σ)
    return (z_inner / radii[0] ** 2 + drops + z_outer / radii[-1] ** 2) / solid_angle


def rectangle_solid_angle(α, β):
    """Solid angle, sr, between the planes through the centre at ``±α`` about one axis and ``±β`` about another.

    The directions ``|y| ≤ x tan α``, ``|z| ≤ x tan β`` with ``x > 0`` (the planes turned about the z and the y axis):
    ``Ω = ∫∫ dy dz / (1 + y² + z²)^{3/2} = 4 atan(ab/√(1 + a² + b²))`` over the rectangle ``a = tan α`` by ``b = tan β``
    at distance 1, which is ``4 asin(sin α sin β)``. Angles in rad, at most π/2 (a hemisphere for both).
    """
    if not (0 < α <= np.pi / 2 and 0 < β <= np.pi / 2):
        raise ValueError(f"half angles {α:g} and {β:g} are not between 0 and π/2")
    return 4 * np.arcsin(np.sin(α) * np.sin(β))


def _ascending(radii, σ):
    radii = np.asarray(radii, dtype=float)
    if len(radii) != len(σ) + 1:
        raise ValueError(f"{len(σ)} shells and {len(radii)} radii do not match")
    if not (np.diff(radii) > 0).all() or not radii[0] > 0:
        raise ValueError(f"radii must be positive and increase outwards: {radii}")
    return radii
