"""The size field of a drawn geometry in Gmsh."""

from collections import defaultdict

import gmsh
import numpy as np
from scipy.spatial import cKDTree

from meshes.arrays import Reals
from meshes.bodies import Limb
from meshes.construction import BuiltPad
from meshes.drawing import Drawing
from meshes.errors import MeshError
from meshes.geometry import Geometry, PlacedLead
from meshes.inclusions import AnyInclusion, Box, Cylinder, Ellipsoid, Sphere
from meshes.leads import Shaft
from meshes.sizing import (
    ELEMENTS_ACROSS_GAP,
    GRADINGS,
    SMALLEST_GAP_MM,
    SMALLEST_MM,
    Accuracy,
    Grading,
    far_size_mm,
    rim_size_mm,
    shell_size_mm,
    under_size_mm,
)

TOUCHING_MM = 1e-6  # curves that come this near lie on each other
SAMPLES_PER_ELEMENT = 0.6  # distance to a curve is measured to sample points; fewer leave coarse spots between them
CURVE_SAMPLES = 400
INNER_RIM = 5.0  # size at the edges of metal in the body relative to that of a pad of the same width
IMPLANT_RIM = 30.0  # the same at the edges of implants, whose density near them is not judged
FLAT_SIDES = 3.0  # size on a box relative to a round thing of the same thickness
WOUND_RIM = 8.0  # the same for wounds
METAL_ACROSS = 0.5  # size on metal in the body, as a part of its half width
SHAFT_TURN = 0.6  # elements around an insulated shaft relative to other round things
BALL = 0.75  # size on what is curved both ways: its facets cut off twice as much


class SizeField:
    """Collects limits of the size; the smallest counts everywhere.

    Parameters
    ----------
    geometry, drawing, accuracy
        What is meshed.
    finer
        Factor of the size on round things.
    """

    def __init__(self, geometry: Geometry, drawing: Drawing, accuracy: Accuracy, finer: float = 1.0) -> None:
        self.geometry, self.drawing = geometry, drawing
        self.grading: Grading = GRADINGS[accuracy]
        self._finer = finer
        self._turn = self.grading.turn / finer
        self.far = finer * far_size_mm(geometry.body, self.grading)
        self._limits: list[int] = []
        self._rims = _rims(geometry, drawing)
        self._clearance = _Clearance(drawing, self._rims)

    def install(self) -> None:
        """Put the field into the current model."""
        for pad in self.geometry.pads:
            self._pad(pad)
        for lead in self.geometry.leads:
            self._lead(lead)
        for inclusion in self.geometry.inclusions:
            self._inclusion(inclusion)
        for wound in self.geometry.wounds:
            rim = WOUND_RIM * rim_size_mm(self.geometry.body, wound.outline, self.grading, 1)
            curves = _boundary(self.drawing.wounds[wound.name]) or self._edges_of_holes()
            self._curves(curves, rim, self.grading.growth, wound.name)
        self._body()
        self._limits.append(self._everywhere())
        smallest = gmsh.model.mesh.field.add("Min")
        gmsh.model.mesh.field.setNumbers(smallest, "FieldsList", self._limits)
        gmsh.model.mesh.field.setAsBackgroundMesh(smallest)

    def _edges_of_holes(self) -> list[int]:
        """Curves in which the skin meets insulated walls: the edges of open wounds, of which no face is left."""
        skin = [*self.drawing.bare, *(face for found in self.drawing.pads.values() for face in found)]
        return sorted(set(_boundary(skin, combined=False)) & set(_boundary(self.drawing.insulators, combined=False)))

    def _pad(self, pad: BuiltPad) -> None:
        body, grading = self.geometry.body, self.grading
        faces = [face for piece, found in self.drawing.pads.items() if piece.pad == pad.name for face in found]
        rim = rim_size_mm(body, pad.pad, grading, len(self.geometry.terminals))
        if faces:
            self._curves(self._rims[pad.name], rim, grading.rim_growth, pad.name)
            under = under_size_mm(body, pad.pad, grading)
            if pad.has_snap:
                under /= 2  # away from a snap the density varies under the whole pad
            start = min(body.layers[0].thickness_mm, under)
            self._distance("SurfacesList", faces, 30, under, grading.growth, start)
        if pad.has_snap and pad.connector is not None:
            snap = [
                f for piece, found in self.drawing.pads.items() if piece.pad == pad.name and piece.snap for f in found
            ]
            self._curves(_boundary(snap), 3 * grading.rim * pad.connector.diameter_mm / 2, grading.rim_growth, pad.name)
        for i, part in enumerate(pad.detached):
            lifted = [
                face
                for piece, found in self.drawing.pads.items()
                if piece.pad == pad.name and piece.detached == i + 1
                for face in found
            ]
            self._curves(_boundary(lifted), 3 * grading.rim * part.outline.half_width_mm, grading.rim_growth, pad.name)
        if pad.needles is not None:
            radius, length = pad.needles.diameter_mm / 2, pad.needles.length_mm
            needles = self.drawing.metals[pad.name]
            self._curves(_boundary(needles), max(0.15 * radius, rim), grading.rim_growth, pad.name)
            size = 2 * np.pi / self._turn * radius
            self._distance("SurfacesList", needles, 12, size, grading.growth, min(radius, length) / 2)

    def _lead(self, lead: PlacedLead) -> None:
        tip, along = np.array(lead.tip_mm), np.array(lead.direction) / np.linalg.norm(lead.direction)
        diameter = lead.shape.shaft_diameter_mm if isinstance(lead.shape, Shaft) else lead.shape.cannula_diameter_mm
        shaft = 2 * np.pi / (SHAFT_TURN * self._turn) * diameter / 2
        self._tube(tip, tip + 4 * self.geometry.body.size_mm * along, diameter / 2, shaft, self.grading.growth)
        for terminal in lead.terminals:
            faces = self.drawing.metals.get(terminal)
            if not faces:
                raise MeshError(
                    f"leads.{lead.name}", f"the contact {terminal} outside of the body", "contacts inside the body"
                )
            self._metal(faces, diameter / 2, terminal)

    def _metal(self, faces: list[int], half_width: float, name: str) -> None:
        grading = self.grading
        size = min(METAL_ACROSS * half_width, 2 * np.pi / self._turn * half_width)
        self._distance("SurfacesList", faces, 24, size, grading.growth, 0.0)
        rim = max(INNER_RIM * grading.rim * half_width, 2 * SMALLEST_MM)
        self._curves(_boundary(faces), rim, grading.rim_growth, name)

    def _inclusion(self, inclusion: AnyInclusion) -> None:
        size = 2 * np.pi / self._turn * inclusion.thickness_mm / 2
        if isinstance(inclusion, Sphere | Ellipsoid):
            size *= BALL
        if isinstance(inclusion, Box):
            size *= FLAT_SIDES
        match inclusion:
            case Sphere():
                self._ball(np.array(inclusion.center_mm), inclusion.radius_mm, size, self.grading.growth)
            case Cylinder():
                start, end = np.array(inclusion.start_mm), np.array(inclusion.end_mm)
                self._tube(start, end, inclusion.radius_mm, size, self.grading.growth)
            case _:
                faces = list(self.drawing.metals.get(inclusion.name, []))
                volumes = self.drawing.volumes.get(inclusion.name, [])
                faces += _boundary([(3, tag) for tag in volumes]) if volumes else []
                if inclusion.material == "insulator":
                    faces += self.drawing.insulators
                self._distance("SurfacesList", faces, 30, size, self.grading.growth, 0.0)
        if inclusion.material == "metal":
            edges = _sharp(self.drawing.metals.get(inclusion.name, []))
            if edges:
                rim = IMPLANT_RIM * self.grading.rim * inclusion.thickness_mm / 2
                self._curves(edges, rim, self.grading.rim_growth, inclusion.name)

    def _body(self) -> None:
        body = self.geometry.body
        if isinstance(body, Limb):
            for bone in body.bones:
                start, end = (np.array([side * body.length_mm / 2, *bone.position_mm]) for side in (-1.0, 1.0))
                for radius in (bone.radius_mm, bone.radius_mm - bone.cortical_mm):  # of the shell and of the marrow
                    size = min(2 * np.pi / self._turn * radius, bone.cortical_mm)
                    self._tube(start, end, radius, size, 2 * self.grading.growth)
        if not np.isfinite(body.curvature_radius_mm):
            return
        self._shells()

    def _shells(self) -> None:
        """Limit the size on the surfaces between the layers of a curved body, and on its skin, each by its radius."""
        body, depth = self.geometry.body, 0.0
        names = [region.name for region in body.regions[: len(body.layers) + 1]]
        for i, layer in enumerate(body.layers):
            near = [other.thickness_mm for other in body.layers[i : i + 2]]
            depth += layer.thickness_mm
            for name, faces in self.drawing.interfaces.items():
                if name in {f"{names[i]}|{below}" for below in names[i + 1 : i + 2]}:
                    self._on(faces, self._finer * shell_size_mm(body, depth, min(near), self.grading))
        top = next((j for j, name in enumerate(names) if name in self.drawing.volumes), 0)
        if top < len(body.layers):
            skin = [*self.drawing.bare, *(face for found in self.drawing.pads.values() for face in found)]
            self._on(skin, self._finer * shell_size_mm(body, 0.0, body.layers[top].thickness_mm, self.grading))
        if body.kind == "face":  # its bottom is cut off along the deepest sphere
            deepest = [face for face in self.drawing.cuts if gmsh.model.getType(2, face) == "Sphere"]
            last = body.layers[-1].thickness_mm
            self._on(deepest, self._finer * shell_size_mm(body, body.depth_mm, last, self.grading))

    def _curves(self, curves: list[int], size: float, growth: float, name: str) -> None:
        """Limit the size at curves: as told, and by the clearance of each to those of other parts."""
        sizes: dict[float, list[int]] = defaultdict(list)
        for curve in curves:
            gap = self._clearance.of(curve, name)
            wanted = min(size, gap / ELEMENTS_ACROSS_GAP)
            if wanted < SMALLEST_MM:
                raise MeshError(
                    f"electrodes.{name}",
                    f"a rim {gap:.2g} mm from another one or from an edge, which needs elements of {wanted:.2g} mm",
                    f"gaps of at least {SMALLEST_GAP_MM:g} mm, or none",
                )
            sizes[float(f"{wanted:.2g}")].append(curve)
        for wanted, group in sizes.items():
            longest = max(gmsh.model.occ.getMass(1, curve) for curve in group)
            samples = max(20, round(SAMPLES_PER_ELEMENT * longest / wanted))
            self._distance("CurvesList", group, samples, wanted, growth, 0.0)

    def _distance(self, kind: str, entities: list[int], samples: int, size: float, growth: float, start: float) -> None:
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

    def _tube(self, start: Reals, end: Reals, radius: float, size: float, growth: float) -> None:
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

    def _ball(self, centre: Reals, radius: float, size: float, growth: float) -> None:
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

    def _everywhere(self) -> int:
        box = gmsh.model.mesh.field.add("Box")
        for key in ("VIn", "VOut"):
            gmsh.model.mesh.field.setNumber(box, key, self.far)
        return int(box)

    def _on(self, faces: list[int], size: float) -> None:
        """Limit the size on faces alone."""
        if size >= self.far or not faces:
            return
        field = gmsh.model.mesh.field
        box = field.add("Box")
        for key in ("VIn", "VOut"):
            field.setNumber(box, key, size)
        restrict = field.add("Restrict")
        field.setNumber(restrict, "InField", box)
        field.setNumbers(restrict, "SurfacesList", faces)
        self._limits.append(int(restrict))

    def _set(self, tag: int, **values: float) -> None:
        for key, value in values.items():
            gmsh.model.mesh.field.setNumber(tag, key, value)
        self._limits.append(int(tag))


class _Clearance:
    """How far every curve is from the curves of other parts."""

    def __init__(self, drawing: Drawing, rims: dict[str, list[int]]) -> None:
        owned = {curve for curves in rims.values() for curve in curves}
        edges = [curve for curve in _boundary(drawing.cuts, combined=False) if curve not in owned]
        skin = set(_boundary([*drawing.bare, *(f for found in drawing.pads.values() for f in found)], combined=False))
        groups = {**rims, "": [curve for curve in edges if curve in skin]}
        self._samples = {name: [_samples(curve) for curve in curves] for name, curves in groups.items()}
        self._trees = {name: cKDTree(np.vstack(samples)) for name, samples in self._samples.items() if samples}

    def of(self, curve: int, name: str) -> float:
        """Smallest distance from the curve of a part to another part or the edge of the skin, but for touching."""
        points = _samples(curve)
        gap = np.inf
        for other, tree in self._trees.items():
            if other != name:
                distance = tree.query(points)[0].min()
                if distance > TOUCHING_MM:
                    gap = min(gap, float(distance))
        return gap


def _rims(geometry: Geometry, drawing: Drawing) -> dict[str, list[int]]:
    """The boundary curves of every terminal's faces."""
    faces: dict[str, list[int]] = defaultdict(list)
    for piece, found in drawing.pads.items():
        faces[piece.pad] += found
    for name, found in drawing.metals.items():
        faces[name] += found
    return {name: _boundary(found) for name, found in faces.items()}


def _boundary(faces: list[int] | list[tuple[int, int]], combined: bool = True) -> list[int]:
    """Tags of the entities around these faces together (or around each), or around (dimension, tag) pairs."""
    entities = [face if isinstance(face, tuple) else (2, face) for face in faces]
    return [tag for _, tag in gmsh.model.getBoundary(entities, combined=combined, oriented=False)] if entities else []


def _sharp(faces: list[int]) -> list[int]:
    """Curves in which two of these faces meet at an edge."""
    own = set(faces)
    curves = []
    for curve in set(_boundary(faces, combined=False)):
        sides = [face for face in gmsh.model.getAdjacencies(1, curve)[0] if face in own]
        if len(sides) == 2 and _samples_normals(curve, sides):
            curves.append(curve)
    return curves


def _samples_normals(curve: int, sides: list[int]) -> bool:
    """Whether the normals of two faces differ by more than 30 degrees in the middle of a curve."""
    low, high = gmsh.model.getParametrizationBounds(1, curve)
    middle = gmsh.model.getValue(1, curve, [(low[0] + high[0]) / 2])
    normals = [np.array(gmsh.model.getNormal(f, gmsh.model.getParametrization(2, f, middle))) for f in sides]
    return bool(abs(normals[0] @ normals[1]) < np.cos(np.radians(30.0)))


def _samples(curve: int) -> Reals:
    """Points (n, 3) along a curve."""
    low, high = gmsh.model.getParametrizationBounds(1, curve)
    at = np.linspace(low[0], high[0], CURVE_SAMPLES)
    return np.array(gmsh.model.getValue(1, curve, at)).reshape(-1, 3)
