"""Fibres of tissues: where they point, and the tensor of what conducts along them."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from meshes.arrays import Reals
from sim.units import MM


class Framed(Protocol):
    """A body that knows its local axes."""

    def frame(self, points_mm: Reals, /) -> Reals:
        """Unit vectors (n, 3, 3) at points (n, 3), a row each: along x, along the arc, outward."""
        ...


class Space:
    """The axes of space, for fibres that no body bends."""

    def frame(self, points_mm: Reals) -> Reals:
        """The unit matrix (n, 3, 3) at points (n, 3)."""
        return np.tile(np.eye(3), (len(points_mm), 1, 1))


SPACE = Space()


@dataclass(frozen=True)
class Fibres:
    """Fibres that follow the shape of a body: their direction stands in its local axes, of any length but zero."""

    body: Framed
    direction: tuple[float, float, float]

    @property
    def key(self) -> tuple[str, tuple[float, float, float]]:
        """What tells these fibres from others of the same geometry."""
        return ("space" if self.body is SPACE else "body", self.direction)

    def directions(self, points_m: Reals) -> Reals:
        """Direction f (n, 3) of the fibres at points (n, 3) in the axes of space."""
        axes = self.body.frame(np.asarray(points_m / MM, dtype=np.float64))
        return np.asarray(self.direction @ axes)  # a sum of the rows


def axial_tensor(longitudinal: float, transverse: float, direction: ArrayLike) -> Reals:
    """Conductivity of a transversely isotropic tissue: σ = σ_t I + (σ_l - σ_t) f fᵀ with the unit vector f.

    Parameters
    ----------
    longitudinal, transverse
        Along and across the fibres, S/m.
    direction
        Directions (..., 3) of the fibres, of any length but zero.

    Returns
    -------
    Reals
        Symmetric positive definite tensors (..., 3, 3), S/m.
    """
    given = np.asarray(direction, dtype=np.float64)
    f = given / np.linalg.norm(given, axis=-1, keepdims=True)
    return transverse * np.eye(3) + (longitudinal - transverse) * f[..., :, None] * f[..., None, :]
