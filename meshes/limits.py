"""Limits of the element size as Gmsh's fields; the smallest counts everywhere."""

import gmsh
import numpy as np

from meshes.arrays import Reals


class SizeLimits:
    """Collects limits; ``far`` is the size where nothing limits it."""

    def __init__(self, far: float) -> None:
        self.far = far
        self._limits: list[int] = []

    def install(self) -> None:
        """Make them the size of the current model."""
        smallest = gmsh.model.mesh.field.add("Min")
        gmsh.model.mesh.field.setNumbers(smallest, "FieldsList", [*self._limits, _constant(self.far)])
        gmsh.model.mesh.field.setAsBackgroundMesh(smallest)

    def distance(self, kind: str, entities: list[int], samples: int, size: float, growth: float, start: float) -> None:
        """``size`` up to the distance ``start`` from the entities, then growing linearly."""
        if not entities:
            return
        field = gmsh.model.mesh.field
        distance = field.add("Distance")
        field.setNumbers(distance, kind, entities)
        field.setNumber(distance, "Sampling", samples)
        threshold = field.add("Threshold")
        self._set(
            threshold,
            InField=distance,
            SizeMin=size,
            SizeMax=max(self.far, size),
            DistMin=start,
            DistMax=start + max(self.far - size, 0.0) / growth + 1e-9,
        )

    def tube(self, start: Reals, end: Reals, radius: float, size: float, growth: float) -> None:
        """``size`` within a tube, growing linearly around it."""
        size = min(size, self.far)
        reach = (self.far - size) / growth + 1e-6
        along = (end - start) / np.linalg.norm(end - start)
        first, last = start - 2 * size * along, end + 2 * size * along
        axis = (last - first) / 2
        middle = (first + last) / 2
        self._set(
            gmsh.model.mesh.field.add("Cylinder"),
            **{f"{name}Center": float(c) for name, c in zip("XYZ", middle, strict=True)},
            **{f"{name}Axis": float(c) for name, c in zip("XYZ", axis, strict=True)},
            Radius=1.1 * radius,
            VIn=size,
            VOut=self.far,
        )
        places = {f"{name}{i + 1}": float(p[k]) for i, p in enumerate((first, last)) for k, name in enumerate("XYZ")}
        radii = {f"InnerR{i}": radius for i in (1, 2)} | {f"OuterR{i}": radius + reach for i in (1, 2)}
        values = {f"InnerV{i}": size for i in (1, 2)} | {f"OuterV{i}": self.far for i in (1, 2)}
        self._set(gmsh.model.mesh.field.add("Frustum"), **places, **radii, **values)

    def ball(self, centre: Reals, radius: float, size: float, growth: float) -> None:
        """``size`` within a ball, growing linearly around it."""
        size = min(size, self.far)
        reach = (self.far - size) / growth + 1e-6
        x, y, z = (float(c) for c in centre)
        self._set(
            gmsh.model.mesh.field.add("Ball"),
            XCenter=x,
            YCenter=y,
            ZCenter=z,
            Radius=1.05 * radius,
            Thickness=reach,
            VIn=size,
            VOut=self.far,
        )

    def on(self, faces: list[int], size: float) -> None:
        """Limit the size on faces alone."""
        if size >= self.far or not faces:
            return
        field = gmsh.model.mesh.field
        restrict = field.add("Restrict")
        field.setNumber(restrict, "InField", _constant(size))
        field.setNumbers(restrict, "SurfacesList", faces)
        self._limits.append(int(restrict))

    def _set(self, tag: int, **values: float) -> None:
        for key, value in values.items():
            gmsh.model.mesh.field.setNumber(tag, key, value)
        self._limits.append(int(tag))


def _constant(size: float) -> int:
    box = gmsh.model.mesh.field.add("Box")
    for key in ("VIn", "VOut"):
        gmsh.model.mesh.field.setNumber(box, key, size)
    return int(box)
