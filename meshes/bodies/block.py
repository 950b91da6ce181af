"""The block body: flat layers from the skin (z = 0) downwards."""

from typing import Literal

import numpy as np

from meshes.arrays import Reals, Truths
from meshes.bodies.layered import Layered


class Block(Layered):
    """A rectangular block of layers, ``length_mm`` along x and ``width_mm`` along y, centred on the origin.

    A place on its skin is given as (x, y).
    """

    kind: Literal["block"]

    @property
    def curvature_radius_mm(self) -> float:
        """Smallest radius of curvature of the skin."""
        return float(np.inf)

    @property
    def size_mm(self) -> float:
        """Longest side."""
        return max(self.length_mm, self.width_mm, self.depth_mm)

    @property
    def volume_mm3(self) -> float:
        """Volume of the whole."""
        return self.length_mm * self.width_mm * self.depth_mm

    def wrap_mm(self, position: tuple[float, float], local: Reals) -> Reals:
        """Points (n, 3) on the skin of points (n, 2) of a pad's frame whose origin lies at ``position``."""
        return np.column_stack([local + np.array(position), np.zeros(len(local))])

    def unwrap_mm(self, position: tuple[float, float], points: Reals) -> Reals:
        """The way back: points (n, 2) in the frame at ``position`` of the feet on the skin of points (n, 3)."""
        return np.asarray(points[:, :2] - np.array(position), dtype=np.float64)

    def lift_mm(self, points: Reals, start: float, end: float) -> Reals:
        """Points (n, 3) at the depth ``start`` below the skin moved to the depth ``end``."""
        return np.asarray(points + np.array([0.0, 0.0, start - end]))

    def frame(self, points: Reals) -> Reals:
        """Unit vectors along x, along the arc and outward at points (n, 3): rows of (n, 3, 3)."""
        return np.broadcast_to(np.eye(3), (len(points), 3, 3))

    def contains_mm(self, points: Reals) -> Truths:
        """Whether points (n, 3) are in the block or on its surface."""
        x, y, z = np.abs(points).T
        return np.asarray(
            (x <= self.length_mm / 2) & (y <= self.width_mm / 2) & (z <= self.depth_mm) & (points[:, 2] <= 0.0)
        )

    @property
    def inside(self) -> str:
        """What ``contains_mm`` accepts, in words."""
        return f"|x| <= {self.length_mm / 2:g}, |y| <= {self.width_mm / 2:g}, -{self.depth_mm:g} <= z <= 0"

    @property
    def surface(self) -> str:
        """The skin, in words."""
        return f"the surface of {self.length_mm:g} x {self.width_mm:g} mm around [0, 0]"

    def overhang_mm(self, position: tuple[float, float], outline: Reals) -> float:
        """How far an outline (n, 2) placed at ``position`` reaches over the edge; negative when there is room."""
        x, y = np.abs(outline + np.array(position)).max(axis=0)
        return max(float(x) - self.length_mm / 2, float(y) - self.width_mm / 2)
