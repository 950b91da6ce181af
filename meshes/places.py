"""Whether outlines lie on the skin and wounds end where they may, before anything is drawn."""

import numpy as np

from meshes.bodies import Block, Limb
from meshes.errors import MeshError
from meshes.geometry import Geometry
from meshes.pads import Pad
from meshes.shells import SAME_MM, border_gap_mm, borders_mm, heights_mm
from meshes.sizing import GRADINGS, THIN_MM, Accuracy, lifted_mm, shell_size_mm

ROUNDING_MM = 1e-9
TOUCHING_MM = 1e-6
EQUILATERAL = np.sqrt(3.0) / 4  # area of a triangle with sides of 1
MANY_TRIANGLES = 180_000  # of a thin layer; three quarters of a million cells come of them, and minutes of meshing
SMALLEST_LEFT_MM = 0.004  # as thin as the thinnest layer


def check_places(geometry: Geometry) -> None:
    """Refuse outlines that reach over the edge of the body, and wounds that leave next to nothing of a layer.

    Raises
    ------
    MeshError
        Naming the pad or wound.
    """
    for key, outline, position in geometry.outlines:
        over = geometry.body.overhang_mm(position, outline.outline_mm())
        if over > ROUNDING_MM:
            x, y = position
            what = "pad" if key.startswith("electrodes") else "wound"
            raise MeshError(
                f"{key}.position_mm",
                f"[{x:g}, {y:g}], from where the {what} reaches {over:.3g} mm over the edge",
                f"a {what} inside {geometry.body.surface}",
            )
    for wound in geometry.wounds:
        gap = border_gap_mm(geometry.body, wound.depth_mm)
        if SAME_MM < gap < SMALLEST_LEFT_MM:
            raise MeshError(
                f"wounds.{wound.name}.depth_mm",
                f"{wound.depth_mm:.6g}, {gap:.2g} mm from the border of a layer",
                f"the depth of the border, or at least {SMALLEST_LEFT_MM:g} mm away from it",
            )


def check_thin_layers(geometry: Geometry, accuracy: Accuracy) -> None:
    """Refuse a thin layer of a curved body that must be drawn: its two sides take too many triangles to stay apart.

    Raises
    ------
    MeshError
        Naming the layer; or the inclusion that reaches into thin outer layers, which are not drawn without it.
    """
    body, base = geometry.body, lifted_mm(geometry)
    if not np.isfinite(body.curvature_radius_mm):
        return
    skin = body.length_mm * (body.circumference_mm if isinstance(body, Limb) else body.width_mm)
    for i, (layer, bottom) in enumerate(zip(body.layers, borders_mm(body), strict=True)):
        if bottom <= base + ROUNDING_MM:
            continue
        size = shell_size_mm(body, float(bottom), layer.thickness_mm, GRADINGS[accuracy])
        triangles = 2 * skin / (EQUILATERAL * size**2)
        if triangles <= MANY_TRIANGLES:
            continue
        what = f"{layer.thickness_mm:g} mm of {body.regions[i].name}"
        need = f"about {triangles:.2g} triangles of {size:.2g} mm on a curved body"
        for inclusion in geometry.inclusions:
            if layer.thickness_mm <= THIN_MM and heights_mm(body, inclusion.surface_mm(), float(bottom)).max() > 0.0:
                raise MeshError(
                    f"inclusions.{inclusion.name}",
                    f"it reaches into the outer {what}, which must be drawn then: {need}",
                    f"at most {MANY_TRIANGLES}: an inclusion below {bottom:g} mm, a thicker layer, or a block",
                )
        raise MeshError(
            f"body.layers[{i}].thickness_mm",
            f"{what}: {need}",
            f"at most {MANY_TRIANGLES}: thicker layers below the outermost {THIN_MM:g} mm, or a block",
        )


def touching_outline(geometry: Geometry) -> MeshError | None:
    """An outline that touches the edge of the body in a point, where a mesh may not fit between; None without one."""
    for key, outline, position in geometry.outlines:
        over = geometry.body.overhang_mm(position, outline.outline_mm())
        if over > -TOUCHING_MM and not _lies_along(geometry, outline, position):
            return MeshError(
                key,
                "an outline that touches the edge of the body in a point",
                "a straight side along the edge, or a gap",
            )
    return None


def _lies_along(geometry: Geometry, outline: Pad, position: tuple[float, float]) -> bool:
    """Whether straight sides, and nothing else, lie on the edge of a block."""
    body = geometry.body
    if not isinstance(body, Block):
        return False
    half = np.array([body.length_mm, body.width_mm]) / 2
    for segment in (segment for loop in outline.loops_mm() for segment in loop):
        room = np.abs(np.abs(segment + np.array(position)) - half)
        on_edge = (room < TOUCHING_MM).any(axis=1)
        straight = len(segment) == 2 and (np.ptp(segment, axis=0) < TOUCHING_MM).any()
        ends = {0, len(segment) - 1}  # where a curve meets a straight side that lies on the edge
        if not straight and not set(np.flatnonzero(on_edge)) <= ends:
            return False
    return any(
        len(segment) == 2 and (np.abs(np.abs(segment + np.array(position)) - half) < TOUCHING_MM).all(axis=0).any()
        for loop in outline.loops_mm()
        for segment in loop
    )
