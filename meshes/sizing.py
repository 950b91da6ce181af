"""How fine the mesh is: finest at the rims of metal, where the current density is singular, growing away from them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from meshes.bodies import Body
from meshes.errors import MeshError
from meshes.geometry import Geometry
from meshes.inclusions import AnyInclusion
from meshes.pads import Pad

Accuracy = Literal["draft", "standard", "fine", "overkill"]

SMALLEST_MM = 0.002  # below this an element comes near the tolerance of the geometry kernel, 1e-7
ELEMENTS_ACROSS_GAP = 2
SMALLEST_GAP_MM = ELEMENTS_ACROSS_GAP * SMALLEST_MM  # between terminals
THIN_MM = 0.15  # outer layers up to this thickness are made by lifting the mesh of what lies below them
MANY = 4.0  # terminals up to which each is meshed as if it were alone
SLENDER = 8.0  # pads up to this area, in discs of their half width, are meshed as if they were discs
SKIN_TURN = 2.5  # elements around a body relative to other round things
FAR_IN_ROUND = 0.3  # largest element in a curved body, as a part of its radius
SAGITTA = 0.3  # largest element on a curved layer of thickness t, as a part of √(8 R t), where its facets would touch


@dataclass(frozen=True)
class Grading:
    """Element sizes relative to the geometry, and how fast they grow with distance.

    Parameters
    ----------
    rim
        Size at the rim of a pad, as a part of the pad's half width.
    rim_thickness
        The same as a part of the thickness of the top layer; the smaller of the two counts, but no less than half of
        the first: a thinner layer smooths the density only in a ring too narrow to matter.
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
    turn
        Elements around a round thing.
    """

    rim: float
    rim_thickness: float
    rim_growth: float
    under: float
    across: float
    growth: float
    far: float
    turn: int


GRADINGS: dict[Accuracy, Grading] = {
    "draft": Grading(0.015, rim_thickness=1.0, rim_growth=0.85, under=2.0, across=0.2, growth=0.45, far=0.1, turn=14),
    "standard": Grading(
        0.003, rim_thickness=0.5, rim_growth=0.75, under=1.6, across=0.125, growth=0.3, far=0.08, turn=20
    ),
    "fine": Grading(0.0015, rim_thickness=0.3, rim_growth=0.55, under=1.2, across=0.1, growth=0.25, far=0.06, turn=28),
    "overkill": Grading(
        0.0008, rim_thickness=0.2, rim_growth=0.4, under=1.0, across=0.075, growth=0.22, far=0.06, turn=40
    ),
}


def lifted_mm(geometry: Geometry) -> float:
    """Depth of the outer layers that are made by lifting the mesh below them: those up to ``THIN_MM`` thick.

    Nothing can lie within such layers: where an inclusion reaches into them, they are drawn like the others.
    """
    body, depth = geometry.body, 0.0
    for layer in body.layers[: None if body.kind == "limb" else -1]:
        if layer.thickness_mm > THIN_MM:
            break
        depth += layer.thickness_mm
    return 0.0 if any(_reaches_above(body, inclusion, depth) for inclusion in geometry.inclusions) else depth


def _reaches_above(body: Body, inclusion: AnyInclusion, depth: float) -> bool:
    """Whether an inclusion comes nearer to the skin than a depth."""
    points = inclusion.surface_mm()
    feet = body.wrap_mm((0.0, 0.0), body.unwrap_mm((0.0, 0.0), points))
    return bool((((points - feet) * body.frame(feet)[:, 2]).sum(axis=1) > -depth).any())


def rim_size_mm(body: Body, outline: Pad, grading: Grading, terminals: int) -> float:
    """Element size at the rim of a pad: small against the pad and the top layer.

    Where there are many terminals each has its part of the elements; so has each part of a long rim.
    """
    crowd = max(1.0, float(np.sqrt(terminals / MANY))) * _slender(outline)
    by_width = grading.rim * outline.half_width_mm
    return crowd * max(min(by_width, grading.rim_thickness * body.layers[0].thickness_mm), by_width / 2)


def under_size_mm(body: Body, outline: Pad, grading: Grading) -> float:
    """Element size under a pad."""
    across = grading.across * outline.half_width_mm
    return min(max(grading.under * body.layers[0].thickness_mm, _slender(outline) * across / 4), across)


def _slender(outline: Pad) -> float:
    """Factor of the sizes of a long, narrow pad; 1 for a compact one."""
    return max(1.0, float(np.sqrt(outline.area_mm2 / (np.pi * outline.half_width_mm**2) / SLENDER)))


def far_size_mm(body: Body, grading: Grading) -> float:
    """Element size far from everything."""
    return min(grading.far * body.size_mm, FAR_IN_ROUND * body.curvature_radius_mm)


def shell_size_mm(body: Body, depth: float, thickness: float, grading: Grading) -> float:
    """Largest size on a curved surface at some depth: it must be round, and facets of a thin layer's sides apart."""
    radius = body.curvature_radius_mm * max(1.0 - depth / body.curvature_radius_mm, 0.1)
    round_enough = 2 * np.pi / (SKIN_TURN * grading.turn) * radius
    return float(min(round_enough, SAGITTA * np.sqrt(8.0 * radius * thickness)))


def check_sizes(geometry: Geometry, accuracy: Accuracy) -> None:
    """Refuse geometry whose elements would be too small to mesh.

    Raises
    ------
    MeshError
        Naming the part, the size that it needs and the smallest size that can be meshed.
    """
    grading, body = GRADINGS[accuracy], geometry.body
    for i, layer in enumerate(body.layers):
        if layer.thickness_mm < 2 * SMALLEST_MM:
            raise MeshError(
                f"body.layers[{i}].thickness_mm",
                f"{layer.thickness_mm:g}, which needs elements of {layer.thickness_mm / 2:g} mm",
                f"thickness_mm of at least {2 * SMALLEST_MM:g} (smallest element {SMALLEST_MM:g} mm)",
            )
    base = lifted_mm(geometry)
    for wound in geometry.wounds:
        if wound.depth_mm < base - 1e-9:
            raise MeshError(
                f"wounds.{wound.name}.depth_mm",
                f"{wound.depth_mm:g}, which ends within the thin outer layers",
                f"at least {base:g}, their thickness together",
            )
    for pad in geometry.pads:
        if pad.needles is not None and not base < pad.needles.length_mm < 0.9 * body.depth_mm:
            raise MeshError(
                f"electrodes.{pad.name}.needles.length_mm",
                f"{pad.needles.length_mm:g}",
                f"more than the thin outer layers, {base:g}, and less than {0.9 * body.depth_mm:g}",
            )
        size = rim_size_mm(body, pad.pad, grading, len(geometry.terminals))
        if size < SMALLEST_MM:
            raise MeshError(
                f"electrodes.{pad.name}.pad",
                f"a rim that needs elements of {size:.2g} mm (half width {pad.pad.half_width_mm:g} mm, "
                f"accuracy {accuracy})",
                f"pads that need elements of at least {SMALLEST_MM:g} mm",
            )
