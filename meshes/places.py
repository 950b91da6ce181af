"""Whether outlines lie on the skin, before anything is drawn."""

import numpy as np

from meshes.bodies import Block
from meshes.errors import MeshError
from meshes.geometry import Geometry
from meshes.pads import Pad

TOUCHING_MM = 1e-6


def check_places(geometry: Geometry) -> None:
    """Refuse outlines that reach over the edge of the body.

    Raises
    ------
    MeshError
        Naming the pad or wound.
    """
    for key, outline, position in _outlines(geometry):
        over = geometry.body.overhang_mm(position, outline.outline_mm())
        if over > TOUCHING_MM:
            raise MeshError(key, f"an outline that reaches {over:.3g} mm over the edge", "outlines on the body")


def touching_outline(geometry: Geometry) -> MeshError | None:
    """An outline that touches the edge of the body in a point, where a mesh may not fit between; None without one."""
    for key, outline, position in _outlines(geometry):
        over = geometry.body.overhang_mm(position, outline.outline_mm())
        if over > -TOUCHING_MM and not _lies_along(geometry, outline, position):
            return MeshError(
                key,
                "an outline that touches the edge of the body in a point",
                "a straight side along the edge, or a gap",
            )
    return None


def _outlines(geometry: Geometry) -> list[tuple[str, Pad, tuple[float, float]]]:
    """Every outline with its key and place."""
    pads = [(f"electrodes.{pad.name}", pad.pad, pad.position_mm) for pad in geometry.pads]
    return pads + [(f"wounds.{wound.name}", wound.outline, wound.position_mm) for wound in geometry.wounds]


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
