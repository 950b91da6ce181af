"""The size field of a drawn geometry in Gmsh."""

from collections import defaultdict

import gmsh
import numpy as np

from meshes.bodies import Body, Limb
from meshes.clearance import Clearance, rims
from meshes.construction import BuiltPad
from meshes.curves import boundary, sharp
from meshes.drawing import Drawing
from meshes.errors import MeshError
from meshes.geometry import Geometry, PlacedLead
from meshes.inclusions import AnyInclusion, Box, Cylinder, Ellipsoid, Sphere
from meshes.limits import SizeLimits
from meshes.shells import SAME_MM, border_gap_mm, heights_mm
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
from meshes.wounds import Wound

SAMPLES_PER_ELEMENT = 0.6  # distance to a curve is measured to sample points; fewer leave coarse spots between them
INNER_RIM = 5.0  # size at the edges of metal in the body relative to that of a pad of the same width
IMPLANT_RIM = 30.0  # the same at the edges of implants, whose density near them is not judged
FLAT_SIDES = 3.0  # size on a box relative to a round thing of the same thickness
WOUND_RIM = 8.0  # the same for wounds
STACK_RIM = 2.0  # the same for pads on a stack, whose lowest layer is no equipotential
UNDER_SNAP = 0.25  # smallest size under a pad with a snap, as a part of the largest under any pad
NEAR_FLOOR_MM = 1e-4  # faces that are this near to a wound's depth are its floor
METAL_ACROSS = 0.5  # size on metal in the body, as a part of its half width
SHAFT_TURN = 0.6  # elements around an insulated shaft relative to other round things
BALL = 0.75  # size on what is curved both ways: its facets cut off twice as much


class SizeField:
    """What every part of a geometry demands of the element size.

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
        self._limits = SizeLimits(finer * far_size_mm(geometry.body, self.grading))
        self._rims = rims(drawing)
        self._clearance = Clearance(drawing, self._rims)

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
            curves = boundary(self.drawing.wounds[wound.name]) or self._edges_of_holes()
            self._curves(curves, rim, self.grading.growth, wound.name)
            self._floor(wound)
        self._body()
        self._limits.install()

    def _floor(self, wound: Wound) -> None:
        """Limit the size at the edge of a wound's floor, which is round; in a curved body on all of the floor too.

        There the facets must not reach the next border.
        """
        body = self.geometry.body
        volumes = self.drawing.volumes.get(wound.name, [])
        walls = boundary([(3, tag) for tag in volumes]) if volumes else self.drawing.insulators
        floor = [face for face in walls if _lies_at(face, body, wound.depth_mm)]
        turn = 2 * np.pi / self._turn * wound.outline.half_width_mm
        self._limits.distance("CurvesList", boundary(floor), 100, turn, self.grading.growth, 0.0)
        gap = border_gap_mm(body, wound.depth_mm)
        if np.isfinite(body.curvature_radius_mm) and gap > SAME_MM:
            size = self._finer * shell_size_mm(body, wound.depth_mm, gap, self.grading)
            self._limits.distance("SurfacesList", floor, 30, size, self.grading.growth, gap)

    def _edges_of_holes(self) -> list[int]:
        """Curves in which the skin meets insulated walls: the edges of open wounds, of which no face is left."""
        skin = [*self.drawing.bare, *(face for found in self.drawing.pads.values() for face in found)]
        return sorted(set(boundary(skin, combined=False)) & set(boundary(self.drawing.insulators, combined=False)))

    def _pad(self, pad: BuiltPad) -> None:
        body, grading = self.geometry.body, self.grading
        faces = [face for piece, found in self.drawing.pads.items() if piece.pad == pad.name for face in found]
        rim = (STACK_RIM if pad.layers else 1.0) * rim_size_mm(body, pad.pad, grading, len(self.geometry.terminals))
        if faces:
            self._curves(self._rims[pad.name], rim, grading.rim_growth, pad.name)
            under = under_size_mm(body, pad.pad, grading)
            if pad.has_snap:  # away from it the density varies under the whole pad
                finest = UNDER_SNAP * grading.across * pad.pad.half_width_mm
                under = max(under / 2, min(under, finest))
            start = min(body.layers[0].thickness_mm, under)
            self._limits.distance("SurfacesList", faces, 30, under, grading.growth, start)
        if pad.has_snap and pad.connector is not None:
            snap = [
                f for piece, found in self.drawing.pads.items() if piece.pad == pad.name and piece.snap for f in found
            ]
            self._curves(boundary(snap), 3 * grading.rim * pad.connector.diameter_mm / 2, grading.rim_growth, pad.name)
        for i, part in enumerate(pad.detached):
            lifted = [
                face
                for piece, found in self.drawing.pads.items()
                if piece.pad == pad.name and piece.detached == i + 1
                for face in found
            ]
            self._curves(boundary(lifted), 3 * grading.rim * part.outline.half_width_mm, grading.rim_growth, pad.name)
        if pad.needles is not None:
            radius, length = pad.needles.diameter_mm / 2, pad.needles.length_mm
            needles = self.drawing.metals[pad.name]
            self._curves(boundary(needles), max(0.15 * radius, rim), grading.rim_growth, pad.name)
            size = 2 * np.pi / self._turn * radius
            self._limits.distance("SurfacesList", needles, 12, size, grading.growth, min(radius, length) / 2)

    def _lead(self, lead: PlacedLead) -> None:
        tip, along = np.array(lead.tip_mm), np.array(lead.direction) / np.linalg.norm(lead.direction)
        diameter = lead.shape.outer_diameter_mm
        shaft = 2 * np.pi / (SHAFT_TURN * self._turn) * diameter / 2
        self._limits.tube(tip, tip + 4 * self.geometry.body.size_mm * along, diameter / 2, shaft, self.grading.growth)
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
        self._limits.distance("SurfacesList", faces, 24, size, grading.growth, 0.0)
        rim = max(INNER_RIM * grading.rim * half_width, 2 * SMALLEST_MM)
        self._curves(boundary(faces), rim, grading.rim_growth, name)

    def _inclusion(self, inclusion: AnyInclusion) -> None:
        size = 2 * np.pi / self._turn * inclusion.thickness_mm / 2
        if isinstance(inclusion, Sphere | Ellipsoid):
            size *= BALL
        if isinstance(inclusion, Box):
            size *= FLAT_SIDES
        match inclusion:
            case Sphere():
                self._limits.ball(np.array(inclusion.center_mm), inclusion.radius_mm, size, self.grading.growth)
            case Cylinder():
                start, end = np.array(inclusion.start_mm), np.array(inclusion.end_mm)
                self._limits.tube(start, end, inclusion.radius_mm, size, self.grading.growth)
            case _:
                faces = list(self.drawing.metals.get(inclusion.name, []))
                volumes = self.drawing.volumes.get(inclusion.name, [])
                faces += boundary([(3, tag) for tag in volumes]) if volumes else []
                if inclusion.material == "insulator":
                    faces += self.drawing.insulators
                self._limits.distance("SurfacesList", faces, 30, size, self.grading.growth, 0.0)
        if inclusion.material == "metal":
            edges = sharp(self.drawing.metals.get(inclusion.name, []))
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
                    self._limits.tube(start, end, radius, size, 2 * self.grading.growth)
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
                    self._limits.on(faces, self._finer * shell_size_mm(body, depth, min(near), self.grading))
        top = next((j for j, name in enumerate(names) if name in self.drawing.volumes), 0)
        if top < len(body.layers):
            skin = [*self.drawing.bare, *(face for found in self.drawing.pads.values() for face in found)]
            self._limits.on(skin, self._finer * shell_size_mm(body, 0.0, body.layers[top].thickness_mm, self.grading))
        if body.kind == "face":  # its bottom is cut off along the deepest sphere
            deepest = [face for face in self.drawing.cuts if gmsh.model.getType(2, face) == "Sphere"]
            last = body.layers[-1].thickness_mm
            self._limits.on(deepest, self._finer * shell_size_mm(body, body.depth_mm, last, self.grading))

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
            self._limits.distance("CurvesList", group, samples, wanted, growth, 0.0)


def _lies_at(face: int, body: Body, depth: float) -> bool:
    """Whether a face of the drawn model lies on the surface at a depth, of which four points are looked at."""
    low, high = gmsh.model.getParametrizationBounds(2, face)
    at = [low[i] + part * (high[i] - low[i]) for part in (0.2, 0.4, 0.6, 0.8) for i in (0, 1)]
    points = np.array(gmsh.model.getValue(2, face, at)).reshape(-1, 3)
    return bool(np.abs(heights_mm(body, points, depth)).max() < NEAR_FLOOR_MM)
