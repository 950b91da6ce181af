"""Surfaces at a depth in a body, the borders of its layers among them, and the volumes below, in closed form."""

import numpy as np

from meshes.arrays import Reals
from meshes.bodies import Block, Body, Face, Limb

SAME_MM = 1e-6  # depths that differ by less are the same


def inner_mm3(body: Body, depth: float) -> float:
    """Volume of all that lies deeper in a body than a depth (mm); of a face down to its spheres' centre."""
    match body:
        case Block():
            return body.length_mm * body.width_mm * (body.depth_mm - depth)
        case Limb():
            a, b = body.axes
            return body.volume_mm3 * (a - depth) * (b - depth) / (a * b)
        case Face():
            return body.solid_angle * (body.radius_mm - depth) ** 3 / 3


def borders_mm(body: Body) -> Reals:
    """Depths (n,) of the lower borders of a body's layers."""
    return np.cumsum([layer.thickness_mm for layer in body.layers])


def border_gap_mm(body: Body, depth: float) -> float:
    """How far a depth is from the next border of layers, or from the skin."""
    return float(np.abs(np.array([0.0, *borders_mm(body)]) - depth).min())


def heights_mm(body: Body, points: Reals, depth: float) -> Reals:
    """How far (about; the sign is exact) points (n, 3) lie above the surface at a depth; negative where deeper."""
    match body:
        case Block():
            return np.asarray(points[:, 2] + depth)
        case Limb():
            x, y, z = points.T
            a, b = (axis - depth for axis in body.axes)
            return np.asarray((np.hypot(y / a, z / b) - body.scale(x)) * min(a, b))
        case Face():
            return np.asarray(np.linalg.norm(points - body.centre_mm, axis=1) - body.radius_mm + depth)
