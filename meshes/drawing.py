"""The geometry as Gmsh's OpenCASCADE kernel draws it, with a name for every volume and face."""

from dataclasses import dataclass

import gmsh
import numpy as np

from meshes.block import Block
from meshes.errors import MeshError
from meshes.pads import Disc, Placement, Rectangle

SAME_POINT_MM = 1e-6


@dataclass(frozen=True)
class Drawing:
    """Entity tags of the current Gmsh model, each under exactly one name."""

    volumes: dict[str, list[int]]
    faces: dict[str, list[int]]


def draw_pad(placement: Placement) -> int:
    """Add a pad to the current Gmsh model, in the plane z = 0; returns the surface's tag."""
    occ = gmsh.model.occ
    x, y = placement.position_mm
    match placement.pad:
        case Disc(diameter_mm=diameter):
            return int(occ.addDisk(x, y, 0.0, diameter / 2, diameter / 2))
        case Rectangle(length_mm=length, width_mm=width, corner_radius_mm=radius, angle_deg=angle):
            if radius > 0.0:
                tag = _rounded(x, y, length / 2 - radius, width / 2 - radius, radius)
            else:
                tag = int(occ.addRectangle(x - length / 2, y - width / 2, 0.0, length, width))
            occ.rotate([(2, tag)], x, y, 0.0, 0.0, 0.0, 1.0, float(np.radians(angle)))
            return tag


def _rounded(x: float, y: float, half_length: float, half_width: float, radius: float) -> int:
    """Four arcs about the corners of a rectangle, joined by lines where there is room between them."""
    occ = gmsh.model.occ
    centres = [(x + i * half_length, y + j * half_width) for i, j in ((1, 1), (-1, 1), (-1, -1), (1, -1))]
    directions = [(1, 0), (0, 1), (-1, 0), (0, -1)]
    ends = [  # start and end of the arc about each centre
        [(cx + radius * dx, cy + radius * dy) for dx, dy in (directions[k], directions[(k + 1) % 4])]
        for k, (cx, cy) in enumerate(centres)
    ]
    starts = [occ.addPoint(*start, 0.0) for start, _ in ends]
    curves = []
    for k, (cx, cy) in enumerate(centres):
        following = (k + 1) % 4
        room = np.hypot(*np.subtract(ends[following][0], ends[k][1]))
        end = occ.addPoint(*ends[k][1], 0.0) if room > SAME_POINT_MM else starts[following]
        curves.append(occ.addCircleArc(starts[k], occ.addPoint(cx, cy, 0.0), end))
        if end != starts[following]:
            curves.append(occ.addLine(end, starts[following]))
    return int(occ.addPlaneSurface([occ.addCurveLoop(curves)]))


def draw_block(body: Block, placements: tuple[Placement, ...]) -> Drawing:
    """Draw the layers and cut the pads into the top face.

    Returns
    -------
    Drawing
        Volumes named after the layers; faces ``pad <name>``, ``insulated``, ``interface <upper>|<lower>``.
        The groups are also physical groups of the model, under the same names.

    Raises
    ------
    MeshError
        If the fragments do not give every volume and every face exactly one name.
    """
    occ = gmsh.model.occ
    z = 0.0
    boxes = []
    for layer in body.layers:
        z -= layer.thickness_mm
        corner = (-body.length_mm / 2, -body.width_mm / 2, z)
        boxes.append((3, occ.addBox(*corner, body.length_mm, body.width_mm, layer.thickness_mm)))
    pads = [(2, draw_pad(placement)) for placement in placements]
    _, pieces = occ.fragment(boxes, pads)
    occ.synchronize()
    volumes = {name: [tag for _, tag in pieces[i]] for i, name in enumerate(body.layer_names)}
    faces = {f"pad {p.name}": [tag for _, tag in pieces[len(boxes) + i]] for i, p in enumerate(placements)}
    _name_the_rest(volumes, faces)
    drawing = Drawing(volumes, faces)
    _check_names(drawing)
    for dimension, groups in ((3, volumes), (2, faces)):
        for name, tags in groups.items():
            gmsh.model.addPhysicalGroup(dimension, tags, name=name)
    return drawing


def _name_the_rest(volumes: dict[str, list[int]], faces: dict[str, list[int]]) -> None:
    """Name every face that is no pad after the volumes that it bounds."""
    owner = {tag: name for name, tags in volumes.items() for tag in tags}
    pads = {tag for tags in faces.values() for tag in tags}
    order = list(volumes)
    for _, face in gmsh.model.getEntities(2):
        if face in pads:
            continue
        around = sorted({owner[tag] for tag in gmsh.model.getAdjacencies(2, face)[0]}, key=order.index)
        if not around:
            raise MeshError("geometry", f"face {face}, which bounds no volume", "pads that lie on the surface")
        faces.setdefault("insulated" if len(around) == 1 else "interface " + "|".join(around), []).append(face)


def _check_names(drawing: Drawing) -> None:
    for dimension, groups in ((3, drawing.volumes), (2, drawing.faces)):
        named = [tag for tags in groups.values() for tag in tags]
        present = sorted(tag for _, tag in gmsh.model.getEntities(dimension))
        if sorted(named) != present or not all(groups.values()):
            raise MeshError(
                "geometry",
                f"{len(named)} names for {len(present)} entities of dimension {dimension}",
                "every volume and face in exactly one group",
            )
