"""Spheres and cylinders in the middle of a block between two electrodes, with exact answers for the infinite medium.

The block's faces mirror the inclusion to a cubic (square) lattice. The dipoles of the lattice raise the field that acts
on each of them by ``1 / (1 - f β)``, ``f`` the share of the volume and ``β = B / (E a^D)`` the strength of the dipole
(Maxwell Garnett); the next term of Rayleigh's series is of the order ``f^(10/3)`` (``f^4`` for cylinders).
"""

from dataclasses import dataclass

import numpy as np
import references
from domains import isotropic, renamed, solve

from meshes.bodies import Block
from meshes.build import build_mesh
from meshes.geometry import Geometry
from meshes.inclusions import Cylinder, Sphere
from meshes.layers import Layer
from sim.basis import Basis
from sim.exposure.triangles import facet_areas
from sim.fem.conduction import Sheet, Terminal

MEDIUM, SIDE_MM, DEPTH_MM, RADIUS_MM = 0.3, 100.0, 20.0, 10.0  # S/m, and a cylinder's length


@dataclass(frozen=True)
class Embedded:
    """An inclusion between electrodes at 1 V and 0 V, and the exact solution in the field that acts on it."""

    basis: Basis
    voltages: np.ndarray
    exact: references.Inclusion
    conductance: float

    @property
    def conductance_error(self):
        """Of the whole block, relative."""
        current = self.basis.admittance[0] @ self.voltages
        return current / self.conductance - 1

    @property
    def potential_error(self):
        """Largest error of the potential within two radii, relative to its largest value there."""
        x, y, z = self.basis.points.T
        across = np.hypot(y if self.exact.dimension == 3 else 0.0, z + 0.5e-3 * SIDE_MM)
        r, θ = np.hypot(x, across), np.arctan2(across, x)
        a = self.exact.radii[0]
        near = (r < 2 * a) & ((abs(r - a) > 1e-6 * a) | (not self.exact.skins[0]))  # on a skin it has two values
        wanted = self.exact.potential(r[near], θ[near])
        found = (self.voltages @ self.basis.potentials - 0.5)[near]
        return float(np.abs(found - wanted).max() / np.abs(wanted).max())

    @property
    def density_error(self):
        """Of the density on a metal inclusion, ``D σ E cos θ``: root mean square over the surface, relative."""
        contact = self.basis.contacts[2]
        density = np.tensordot(self.voltages, contact.density, axes=1).mean(axis=1)
        cosine = contact.corners.mean(axis=1)[:, 0] / self.exact.radii[0]
        areas = facet_areas(contact.corners)
        wanted = self.exact.surface_density * cosine
        return float(np.sqrt(((density - wanted) ** 2 @ areas) / (wanted**2 @ areas)))

    @property
    def through_error(self):
        """Of the current into one half of a metal inclusion, ``π a² D σ E`` (``2 a`` times its length), relative."""
        contact = self.basis.contacts[2]
        density = np.tensordot(self.voltages, contact.density, axes=1).mean(axis=1)
        length = 1.0 if self.exact.dimension == 3 else 1e-3 * DEPTH_MM
        current = 0.5 * np.abs(density) @ facet_areas(contact.corners)
        return float(current / abs(self.exact.current * length) - 1)

    @property
    def net_current(self):
        """Of a metal inclusion over the current through the block."""
        currents = self.basis.admittance @ self.voltages
        return float(currents[2] / currents[0])


def embedded(accuracy, dimension, radii, σ, skin=0.0):
    """A layered sphere (dimension 3) or a cylinder across the field (2) with a skin around the whole.

    Parameters
    ----------
    radii
        Outer radii of the layers from the outside inwards, mm.
    σ
        Their conductivities, S/m; ``np.inf`` is metal, 0 an insulator.
    skin
        Resistance of a sheet at the outermost radius, Ohm m2.
    """
    middle = (0.0, 0.0, -0.5 * SIDE_MM)
    width = SIDE_MM if dimension == 3 else DEPTH_MM
    body = Block(
        kind="block", length_mm=SIDE_MM, width_mm=width, layers=(Layer(tissue="medium", thickness_mm=SIDE_MM),)
    )
    inclusions = []
    for i, (radius, value) in enumerate(zip(radii, σ, strict=True)):
        what = {np.inf: {"material": "metal"}, 0.0: {"material": "insulator"}}.get(value, {"tissue": f"t{i}"})
        if i == 0 and skin > 0.0:
            what = what | {"sheet_ohm_cm2": 1e4 * skin}
        if dimension == 3:
            shape = Sphere(kind="sphere", name=f"i{i}", center_mm=middle, radius_mm=radius, **what)
        else:
            ends = [(0.0, side * width / 2, middle[2]) for side in (-1, 1)]
            shape = Cylinder(kind="cylinder", name=f"i{i}", start_mm=ends[0], end_mm=ends[1], radius_mm=radius, **what)
        inclusions.append(shape)
    tagged = build_mesh(Geometry(body=body, inclusions=tuple(inclusions)), accuracy)
    for name, end in (("left", -1), ("right", 1)):
        tagged = renamed(tagged, "cut", name, lambda x, end=end: np.isclose(x[0], end * SIDE_MM / 2))
    terminals = [Terminal(name, ((name, 0.0),)) for name in ("left", "right")]
    if np.inf in σ:
        terminals.append(Terminal("metal", ((f"terminal i{σ.index(np.inf)}", 0.0),)))
    conductors = [isotropic("medium", MEDIUM)]
    conductors += [isotropic(f"i{i}", value) for i, value in enumerate(σ) if 0.0 < value < np.inf]
    sheets = (Sheet("sheet i0", skin),) if skin > 0.0 else ()
    basis = solve(tagged, conductors, terminals, sheets=sheets)
    return _compared(basis, dimension, radii, σ, skin, width)


def _compared(basis, dimension, radii, σ, skin, width):
    """The basis beside the exact solution."""
    voltages = np.array([1.0, 0.0])
    if len(basis.admittance) == 3:
        Y = basis.admittance
        voltages = np.array([1.0, 0.0, -Y[2, 0] / Y[2, 2]])  # it floats

    def solution(field):
        a = tuple(1e-3 * r for r in radii)
        return references.Inclusion(a, tuple(σ), MEDIUM, (skin, *(0.0,) * (len(σ) - 1)), dimension, field)

    a, side = 1e-3 * radii[0], 1e-3 * SIDE_MM
    β = solution(1.0).amplitudes[0, 1] / a**dimension
    f = (4 / 3 if dimension == 3 else 1.0) * np.pi * (a / side) ** dimension
    conductance = MEDIUM * 1e-3 * width * (1 + (dimension - 1) * f * β) / (1 - f * β)
    return Embedded(basis, voltages, solution(1.0 / side / (1 - f * β)), conductance)
