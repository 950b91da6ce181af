"""How fine the mesh is: finest at the pad rims, where the current density is singular, growing away from them."""

from dataclasses import dataclass
from typing import Literal

import gmsh
import numpy as np

from meshes.block import Block
from meshes.errors import MeshError
from meshes.pads import Placement, gap_mm

Accuracy = Literal["draft", "standard", "fine", "overkill"]

SMALLEST_MM = 0.002  # below this an element comes near the tolerance of the geometry kernel, 1e-7
TOUCHING_MM = 1e-9  # a pad that reaches the edge of the body to this accuracy lies on it
ELEMENTS_ACROSS_GAP = 2
SAMPLES_PER_RIM_ELEMENT = 0.6  # distance to a rim is measured to sample points; fewer leave coarse spots between them


@dataclass(frozen=True)
class Grading:
    """Element sizes relative to the geometry, and how fast they grow with distance.

    Parameters
    ----------
    rim
        Size at the rim of a pad, as a part of the pad's half width.
    rim_thickness
        The same as a part of the thickness of the top layer; the smaller of the two counts.
    rim_growth
        Growth of the size per distance from the rim.
    under
        Size under a pad, as a part of the top layer's thickness, held between ``across`` / 4 and ``across``.
    across
        Largest size under a pad, as a part of its half width.
    growth
        Growth of the size per distance from the pad.
    far
        Largest size, as a part of the longest side of the body.
    """

    rim: float
    rim_thickness: float
    rim_growth: float
    under: float
    across: float
    growth: float
    far: float


GRADINGS: dict[Accuracy, Grading] = {
    "draft": Grading(rim=0.015, rim_thickness=1.0, rim_growth=0.85, under=2.0, across=0.2, growth=0.45, far=0.1),
    "standard": Grading(rim=0.003, rim_thickness=0.5, rim_growth=0.75, under=1.6, across=0.125, growth=0.3, far=0.08),
    "fine": Grading(rim=0.0015, rim_thickness=0.3, rim_growth=0.55, under=1.2, across=0.1, growth=0.25, far=0.06),
    "overkill": Grading(rim=0.0008, rim_thickness=0.2, rim_growth=0.4, under=1.0, across=0.075, growth=0.22, far=0.06),
}


def rim_size_mm(body: Block, placements: tuple[Placement, ...], placement: Placement, grading: Grading) -> float:
    """Element size at the rim of a pad: small against the pad, the top layer, and the gaps to its neighbours."""
    gaps = [gap_mm(placement, other) for other in placements if other.name != placement.name]
    edge = -body.overhang_mm(placement)
    if edge > TOUCHING_MM:
        gaps.append(edge)
    return min(
        grading.rim * placement.pad.half_width_mm,
        grading.rim_thickness * body.layers[0].thickness_mm,
        *(gap / ELEMENTS_ACROSS_GAP for gap in gaps),
    )


def under_size_mm(body: Block, placement: Placement, grading: Grading) -> float:
    """Element size under a pad."""
    across = grading.across * placement.pad.half_width_mm
    return min(max(grading.under * body.layers[0].thickness_mm, across / 4), across)


def far_size_mm(body: Block, grading: Grading) -> float:
    """Element size far from all pads."""
    return grading.far * max(body.length_mm, body.width_mm, body.depth_mm)


def check_sizes(body: Block, placements: tuple[Placement, ...], accuracy: Accuracy) -> None:
    """Refuse geometry whose elements would be too small to mesh.

    Raises
    ------
    MeshError
        Naming the part, the size that it needs and the smallest size that can be meshed.
    """
    grading = GRADINGS[accuracy]
    for i, layer in enumerate(body.layers):
        if layer.thickness_mm < 2 * SMALLEST_MM:
            raise MeshError(
                f"body.layers[{i}].thickness_mm",
                f"{layer.thickness_mm:g}, which needs elements of {layer.thickness_mm / 2:g} mm",
                f"thickness_mm of at least {2 * SMALLEST_MM:g} (smallest element {SMALLEST_MM:g} mm)",
            )
    for placement in placements:
        size = rim_size_mm(body, placements, placement, grading)
        if size < SMALLEST_MM:
            gaps = [gap_mm(placement, other) for other in placements if other.name != placement.name]
            raise MeshError(
                f"electrodes.{placement.name}.pad",
                f"a rim that needs elements of {size:.2g} mm (half width {placement.pad.half_width_mm:g} mm, top layer "
                f"{body.layers[0].thickness_mm:g} mm, nearest pad {min(gaps, default=np.inf):.3g} mm, "
                f"edge {-body.overhang_mm(placement):.3g} mm away, accuracy {accuracy})",
                f"pads, layers and gaps that need elements of at least {SMALLEST_MM:g} mm",
            )


def add_size_field(
    body: Block, placements: tuple[Placement, ...], faces: dict[str, list[int]], accuracy: Accuracy
) -> None:
    """Put the background size field into the current Gmsh model.

    Parameters
    ----------
    faces
        The surface tags of every pad, by name.
    """
    grading = GRADINGS[accuracy]
    far = far_size_mm(body, grading)
    field = gmsh.model.mesh.field
    limits = []
    for placement in placements:
        surfaces = faces[placement.name]
        curves = [tag for _, tag in gmsh.model.getBoundary([(2, s) for s in surfaces], oriented=False)]
        rim = rim_size_mm(body, placements, placement, grading)
        longest = max(gmsh.model.occ.getMass(1, curve) for curve in curves)
        samples = max(20, round(SAMPLES_PER_RIM_ELEMENT * longest / rim))
        limits.append(_growing("CurvesList", curves, samples, rim, grading.rim_growth, 0.0, far))
        under = under_size_mm(body, placement, grading)
        start = min(body.layers[0].thickness_mm, under)
        limits.append(_growing("SurfacesList", surfaces, 30, under, grading.growth, start, far))
    if not limits:
        field.setAsBackgroundMesh(_constant(far))
        return
    smallest = field.add("Min")
    field.setNumbers(smallest, "FieldsList", limits)
    field.setAsBackgroundMesh(smallest)


def _growing(kind: str, entities: list[int], samples: int, size: float, growth: float, start: float, far: float) -> int:
    """Add a field: ``size`` up to the distance ``start`` from the entities, then growing linearly up to ``far``."""
    field = gmsh.model.mesh.field
    distance = field.add("Distance")
    field.setNumbers(distance, kind, entities)
    field.setNumber(distance, "Sampling", samples)
    threshold = field.add("Threshold")
    field.setNumber(threshold, "InField", distance)
    field.setNumber(threshold, "SizeMin", size)
    field.setNumber(threshold, "SizeMax", far)
    field.setNumber(threshold, "DistMin", start)
    field.setNumber(threshold, "DistMax", start + max(far - size, 0.0) / growth + 1e-9)
    return int(threshold)


def _constant(size: float) -> int:
    field = gmsh.model.mesh.field
    box = field.add("Box")
    field.setNumber(box, "VIn", size)
    field.setNumber(box, "VOut", size)
    return int(box)
