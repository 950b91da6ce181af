"""The face body: thin layers over a sheet of bone, curved like a sphere."""

from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from meshes.arrays import Reals, Truths
from meshes.bodies.layered import Layered
from meshes.part import Length

WIDEST = np.radians(75.0)  # half angle that the body may span


class Face(Layered):
    """Layers from the skin to the bone between two spheres, cut out by four planes through their centre.

    The skin's summit is the origin, z points outwards, and the spheres' centre lies at z = -``radius_mm``. A place on
    the skin is given as (x, y): arc lengths from the summit along the two middle lines. The sides are radial.
    """

    kind: Literal["face"]
    radius_mm: Length

    @model_validator(mode="after")
    def _sides_are_sides(self) -> Self:
        if max(self.angles) > WIDEST:
            raise ValueError(
                f"{max(self.length_mm, self.width_mm):g} mm on a sphere of radius_mm {self.radius_mm:g}; "
                f"sides of at most {2 * WIDEST * self.radius_mm:.4g} mm"
            )
        if self.depth_mm >= 0.9 * self.radius_mm:
            raise ValueError(f"layers of {self.depth_mm:g} mm; less than 0.9 of radius_mm, {0.9 * self.radius_mm:g}")
        return self

    @property
    def angles(self) -> tuple[float, float]:
        """Half angles that the skin spans along x and y."""
        return self.length_mm / 2 / self.radius_mm, self.width_mm / 2 / self.radius_mm

    @property
    def centre_mm(self) -> Reals:
        """Of the spheres (3,)."""
        return np.array([0.0, 0.0, -self.radius_mm])

    @property
    def curvature_radius_mm(self) -> float:
        """Radius of the skin."""
        return self.radius_mm

    @property
    def size_mm(self) -> float:
        """Longest side."""
        return max(self.length_mm, self.width_mm)

    @property
    def solid_angle(self) -> float:
        """4 asin(sin α sin β) of the pyramid with the half angles α, β, measured in its planes of symmetry.

        With the corners' direction (tan α, tan β, 1): tan(Ω/4) = tan α tan β / √(1 + tan²α + tan²β).
        """
        p, q = np.tan(self.angles)
        return float(4 * np.arctan(p * q / np.sqrt(1 + p**2 + q**2)))

    @property
    def volume_mm3(self) -> float:
        """Volume of the whole."""
        return self.solid_angle * (self.radius_mm**3 - (self.radius_mm - self.depth_mm) ** 3) / 3

    def _tangents(self, position: tuple[float, float]) -> Reals:
        """Unit vectors along x, along the arc and outward at a place: rows of (3, 3)."""
        u, v = (p / self.radius_mm for p in position)
        out = np.array([np.tan(u), np.tan(v), 1.0])
        out /= np.linalg.norm(out)
        return self._axes(out[None])[0]

    @staticmethod
    def _axes(out: Reals) -> Reals:
        """The frames (n, 3, 3) of unit vectors outward (n, 3): x projected to the tangent plane, and across."""
        along = np.array([1.0, 0.0, 0.0]) - out[:, :1] * out
        along /= np.linalg.norm(along, axis=1)[:, None]
        return np.stack([along, np.cross(out, along), out], axis=1)

    def wrap_mm(self, position: tuple[float, float], local: Reals) -> Reals:
        """Points (n, 3) on the skin of points (n, 2) of a pad's frame whose origin lies at ``position``.

        Lambert's azimuthal projection about the origin of the frame: areas and directions from there are exact.
        """
        frame = self._tangents(position)
        chord = np.linalg.norm(local, axis=1) / self.radius_mm  # 2 sin(c / 2)
        if (chord >= 2.0).any():
            raise ValueError(f"a pad larger than the sphere; a reach of less than {2 * self.radius_mm:g} mm")
        cosine, sine = 1 - chord**2 / 2, np.sqrt(1 - chord**2 / 4)  # cos c, sin c / chord
        tangent = local / self.radius_mm @ frame[:2]
        return np.asarray(
            self.centre_mm + self.radius_mm * (cosine[:, None] * frame[2] + sine[:, None] * tangent), dtype=np.float64
        )

    def unwrap_mm(self, position: tuple[float, float], points: Reals) -> Reals:
        """The way back: points (n, 2) in the frame at ``position`` of the feet on the skin of points (n, 3)."""
        frame = self._tangents(position)
        out = points - self.centre_mm
        local = out / np.linalg.norm(out, axis=1)[:, None] @ frame.T
        return np.asarray(self.radius_mm * local[:, :2] * np.sqrt(2 / (1 + local[:, 2:])), dtype=np.float64)

    def lift_mm(self, points: Reals, start: float, end: float) -> Reals:
        """Points (n, 3) at the depth ``start`` below the skin moved to the depth ``end``."""
        ratio = (self.radius_mm - end) / (self.radius_mm - start)
        return np.asarray(self.centre_mm + (points - self.centre_mm) * ratio)

    def frame(self, points: Reals) -> Reals:
        """Unit vectors along x, along the arc and outward at points (n, 3): rows of (n, 3, 3)."""
        out = points - self.centre_mm
        return self._axes(out / np.linalg.norm(out, axis=1)[:, None])

    def _chart(self, points: Reals) -> tuple[Reals, Reals]:
        """Arc lengths (n, 2) along the middle lines, and distances (n,) from the centre."""
        out = points - self.centre_mm
        arcs = self.radius_mm * np.arctan2(out[:, :2], out[:, 2:])
        return arcs, np.linalg.norm(out, axis=1)

    def contains_mm(self, points: Reals) -> Truths:
        """Whether points (n, 3) are in the body or on its surface."""
        arcs, radius = self._chart(points)
        low, high = self.radius_mm - self.depth_mm, self.radius_mm
        within = np.abs(arcs) <= np.array([self.length_mm, self.width_mm]) / 2
        return np.asarray(within.all(axis=1) & (radius >= low - 1e-9) & (radius <= high + 1e-9))

    @property
    def inside(self) -> str:
        """What ``contains_mm`` accepts, in words."""
        return (
            f"points between {self.radius_mm - self.depth_mm:g} and {self.radius_mm:g} mm from the centre "
            f"[0, 0, {-self.radius_mm:g}], within {self.length_mm:g} x {self.width_mm:g} mm of skin"
        )

    @property
    def surface(self) -> str:
        """The skin, in words."""
        return f"the curved surface of {self.length_mm:g} x {self.width_mm:g} mm around [0, 0]"

    def overhang_mm(self, position: tuple[float, float], outline: Reals) -> float:
        """How far an outline (n, 2) placed at ``position`` reaches over the edge; negative when there is room."""
        if np.linalg.norm(outline, axis=1).max() > 1.9 * self.radius_mm:
            return float(np.linalg.norm(outline, axis=1).max())
        x, y = np.abs(self._chart(self.wrap_mm(position, outline))[0]).max(axis=0)
        return max(float(x) - self.length_mm / 2, float(y) - self.width_mm / 2)
