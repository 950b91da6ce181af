"""The limb body: coaxial layers around the x axis, circular or elliptic, optionally tapering, with bones."""

from functools import cached_property
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from meshes.arrays import Reals, Truths
from meshes.layers import Core, Layers, Region, named_regions
from meshes.part import Coordinate, Length, Name, Part

STEPS = 8192  # of the table of arc lengths; its error is 1e-7 of the circumference
ROUNDING_MM = 1e-9
CORTICAL, MARROW = "bone_cortical", "bone_cancellous"


class Bone(Part):
    """A straight bone along x: a cortical shell with marrow inside, centred at ``position_mm`` (y, z)."""

    name: Name
    position_mm: tuple[Coordinate, Coordinate]
    radius_mm: Length
    cortical_mm: Length

    @model_validator(mode="after")
    def _has_marrow(self) -> Self:
        if self.cortical_mm >= self.radius_mm:
            raise ValueError(f"cortical_mm {self.cortical_mm:g}; less than radius_mm, {self.radius_mm:g}")
        return self

    @property
    def regions(self) -> tuple[Region, Region]:
        """Shell and marrow."""
        return (
            Region(name=f"{self.name} cortical", tissue=CORTICAL),
            Region(name=f"{self.name} marrow", tissue=MARROW),
        )


class Limb(Part):
    """Coaxial layers around the x axis, centred on the origin.

    A place on its skin is given as (x, arc length from the topmost line, positive towards +y). Sizes and thicknesses
    are those at mid-length; where the limb tapers they shrink with it.

    Parameters
    ----------
    radius_mm, semi_axes_mm
        One of them: radius of the skin, or half widths along y and z of an elliptic section.
    taper
        Size at the end +x relative to that at the end -x.
    layers, core
        Shells from the skin inwards, and what is inside of them.
    """

    kind: Literal["limb"]
    site: Name | None = None
    length_mm: Length
    radius_mm: Length | None = None
    semi_axes_mm: tuple[Length, Length] | None = None
    taper: Annotated[float, Field(ge=0.3, le=3.0)] = 1.0
    layers: Layers
    core: Core
    bones: Annotated[tuple[Bone, ...], Field(max_length=10)] = ()

    @model_validator(mode="after")
    def _one_section(self) -> Self:
        given = [key for key in ("radius_mm", "semi_axes_mm") if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(f"{' and '.join(given) or 'no section'}; give either radius_mm or semi_axes_mm")
        if max(self.axes) > 3.0 * min(self.axes):
            raise ValueError(f"semi_axes_mm {self.axes[0]:g} and {self.axes[1]:g}; a ratio of at most 3")
        return self

    @model_validator(mode="after")
    def _everything_fits(self) -> Self:
        inner = min(self.axes) - self.shell_mm
        if inner <= 0.0:
            raise ValueError(f"layers of {self.shell_mm:g} mm together; less than the half width {min(self.axes):g} mm")
        names = [bone.name for bone in self.bones]
        for i, bone in enumerate(self.bones):
            if bone.name in names[:i]:
                raise ValueError(f"two bones named {bone.name}; a different name for each")
            outline = np.array(bone.position_mm) + bone.radius_mm * _circle(90)
            room = self._core_room(outline)
            if room <= 0.0:
                raise ValueError(
                    f"the bone {bone.name}, which reaches {-room:.3g} mm out of the core at the thin end; "
                    "bones inside the core"
                )
            for other in self.bones[:i]:
                gap = float(np.hypot(*np.subtract(bone.position_mm, other.position_mm)))
                gap -= bone.radius_mm + other.radius_mm
                if gap <= 0.0:
                    raise ValueError(f"bones {other.name} and {bone.name} that overlap by {-gap:.3g} mm; a gap between")
        return self

    def _core_room(self, outline: Reals) -> float:
        """Room in mm (about) between points (n, 2) of a section and the innermost layer at the thin end."""
        thin = 1.0 - abs(self._slope)
        a, b = (thin * (axis - self.shell_mm) for axis in self.axes)
        return float((1.0 - np.hypot(outline[:, 0] / a, outline[:, 1] / b).max()) * min(a, b))

    @property
    def axes(self) -> tuple[float, float]:
        """Half widths of the skin along y and z at mid-length, mm."""
        if self.semi_axes_mm is not None:
            return self.semi_axes_mm
        return self.radius_mm or 0.0, self.radius_mm or 0.0

    @property
    def shell_mm(self) -> float:
        """Sum of the layer thicknesses, without the core."""
        return sum(layer.thickness_mm for layer in self.layers)

    @property
    def depth_mm(self) -> float:
        """Height of the body."""
        return 2 * self.axes[1]

    @property
    def regions(self) -> tuple[Region, ...]:
        """Layers from the skin inwards, the core, and the bones."""
        return (
            *named_regions((*self.layers, self.core)),
            *(region for bone in self.bones for region in bone.regions),
        )

    @property
    def curvature_radius_mm(self) -> float:
        """Smallest radius of curvature of the skin at mid-length."""
        return min(self.axes) ** 2 / max(self.axes)

    @property
    def size_mm(self) -> float:
        """Longest side."""
        return max(self.length_mm, 2 * max(self.axes))

    @property
    def volume_mm3(self) -> float:
        """Volume of the whole: π a b ∫ k² dx."""
        return float(np.pi * self.axes[0] * self.axes[1] * self.length_mm * (1 + self._slope**2 / 3))

    @property
    def _slope(self) -> float:
        """M in k = 1 + 2 M x / L with (1 + M) / (1 - M) = taper."""
        return (self.taper - 1) / (self.taper + 1)

    def scale(self, x: Reals) -> Reals:
        """Size of the section at x relative to mid-length."""
        return np.asarray(1.0 + 2.0 * self._slope * np.asarray(x) / self.length_mm)

    @cached_property
    def _arc(self) -> tuple[Reals, Reals]:
        """Parameters t of (a sin t, b cos t) from -2π to 2π, and the arc length from t = 0 at mid-length."""
        a, b = self.axes
        t = np.linspace(-2 * np.pi, 2 * np.pi, 2 * STEPS + 1)
        middle = (t[1:] + t[:-1]) / 2
        s = np.concatenate([[0.0], np.cumsum(np.hypot(a * np.cos(middle), b * np.sin(middle)) * np.diff(t))])
        return np.asarray(t), np.asarray(s - s[STEPS], dtype=np.float64)

    @property
    def circumference_mm(self) -> float:
        """Of the skin at mid-length."""
        s = self._arc[1]
        return float(s[-1] - s[0]) / 2

    def wrap_mm(self, position: tuple[float, float], local: Reals) -> Reals:
        """Points (n, 3) on the skin of points (n, 2) of a pad's frame whose origin lies at ``position``.

        The first coordinate runs along the limb's generators, the second along the arc, so that areas stay: exactly
        for a circular limb, within the variation of the slope for an elliptic one that tapers.
        """
        x0, s0 = position
        x = x0 + local[:, 0] * self._cosine(position)
        t, s = self._arc
        whole = s0 / float(self.scale(np.array(x0))) + local[:, 1] / self.scale(x)
        angle = np.interp(whole, s, t)
        a, b = self.axes
        return np.column_stack([x, a * self.scale(x) * np.sin(angle), b * self.scale(x) * np.cos(angle)])

    def unwrap_mm(self, position: tuple[float, float], points: Reals) -> Reals:
        """The way back: points (n, 2) in the frame at ``position`` of the feet on the skin of points (n, 3)."""
        a, b = self.axes
        x0, s0 = position
        t, s = self._arc
        k = self.scale(points[:, 0])
        arc = np.interp(np.arctan2(points[:, 1] / a, points[:, 2] / b), t, s)
        away = arc - s0 / float(self.scale(np.array(x0)))
        away -= self.circumference_mm * np.round(away / self.circumference_mm)
        return np.column_stack([(points[:, 0] - x0) / self._cosine(position), away * k])

    def _cosine(self, position: tuple[float, float]) -> float:
        """Of the angle between the skin's generator through a place and the x axis."""
        t, s = self._arc
        angle = np.interp(position[1] / float(self.scale(np.array(position[0]))), s, t)
        radius = np.hypot(self.axes[0] * np.sin(angle), self.axes[1] * np.cos(angle))
        return float(1.0 / np.hypot(1.0, radius * 2 * self._slope / self.length_mm))

    def lift_mm(self, points: Reals, start: float, end: float) -> Reals:
        """Points (n, 3) at the depth ``start`` below the skin moved to the depth ``end`` (at mid-length)."""
        a, b = self.axes
        return np.asarray(points * np.array([1.0, (a - end) / (a - start), (b - end) / (b - start)]))

    def frame(self, points: Reals) -> Reals:
        """Unit vectors along the generators, along the arc and outward at points (n, 3): rows of (n, 3, 3)."""
        x, y, z = points.T
        a, b = self.axes
        k, slope = self.scale(x), 2 * self._slope / self.length_mm
        along = np.column_stack([k, slope * y, slope * z])
        along /= np.linalg.norm(along, axis=1)[:, None]
        out = np.column_stack([-slope / k * ((y / a) ** 2 + (z / b) ** 2), y / a**2, z / b**2])  # ⟂ to along
        on_axis = np.linalg.norm(out, axis=1) < 1e-12 / min(a, b)
        out[on_axis] = (0.0, 0.0, 1.0)  # any direction across does
        out /= np.linalg.norm(out, axis=1)[:, None]
        return np.stack([along, np.cross(out, along), out], axis=1)

    def contains_mm(self, points: Reals) -> Truths:
        """Whether points (n, 3) are in the limb or on its surface."""
        x, y, z = points.T
        k = self.scale(x)
        radius = np.hypot(y / self.axes[0], z / self.axes[1])
        return np.asarray((np.abs(x) <= self.length_mm / 2) & (radius <= k * (1 + 1e-12)))

    @property
    def inside(self) -> str:
        """What ``contains_mm`` accepts, in words."""
        a, b = self.axes
        return f"|x| <= {self.length_mm / 2:g} and (y/{a:g})² + (z/{b:g})² <= 1 (at mid-length)"

    @property
    def surface(self) -> str:
        """The skin, in words."""
        half = self.circumference_mm / 2
        return f"[x, arc] with |x| <= {self.length_mm / 2:g} and |arc| <= {half:.4g} mm (at mid-length)"

    def overhang_mm(self, position: tuple[float, float], outline: Reals) -> float:
        """How far an outline (n, 2) placed at ``position`` reaches over an end or around into itself."""
        ends = float(np.abs(self.wrap_mm(position, outline)[:, 0]).max()) - self.length_mm / 2
        k = float(self.scale(np.array(position[0])))
        beyond = abs(position[1]) / k - self.circumference_mm / 2
        around = np.ptp(outline[:, 1]) - self.circumference_mm * k * (1.0 - abs(self._slope))
        return max(ends, *(float(over) if over > ROUNDING_MM else -np.inf for over in (beyond, around)))


def _circle(count: int) -> Reals:
    angle = np.linspace(0.0, 2 * np.pi, count, endpoint=False)
    return np.column_stack([np.cos(angle), np.sin(angle)])
