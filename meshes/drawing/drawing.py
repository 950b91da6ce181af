"""All parts of a geometry cut by each other, and a name for every piece."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import gmsh
import numpy as np

from meshes.bodies import Limb
from meshes.drawing.balance import Tags, check_cuts, check_nothing_lost, volumes_mm3
from meshes.drawing.imprint import Skin
from meshes.drawing.solids import (
    Solid,
    draw_inclusion,
    draw_layers,
    draw_lead,
    draw_needles,
    draw_wound,
)
from meshes.errors import MeshError
from meshes.geometry import Geometry
from meshes.pads import Disc

NEAR_SEAM_MM = 0.01


@dataclass(frozen=True)
class PadPiece:
    """A piece of the skin under a pad: which of its detached parts it lies in (0: none), and whether under its snap."""

    pad: str
    detached: int
    snap: bool


@dataclass
class Drawing:
    """Entity tags of the current Gmsh model by name.

    Parameters
    ----------
    volumes
        Of the regions.
    pads
        Faces under pads.
    bare
        Faces of the skin under no pad.
    wounds
        Of these, faces over wounds, by name.
    metals
        Faces of leads, needles and implants by terminal.
    insulators
        Faces of shafts, insulators and the walls of missing skin.
    cuts
        Faces where the body has been cut off.
    interfaces
        Faces between two regions, by ``<one>|<other>``.
    volumes_mm3
        Volumes of the regions.
    """

    volumes: Tags = field(default_factory=lambda: defaultdict(list))
    pads: dict[PadPiece, list[int]] = field(default_factory=lambda: defaultdict(list))
    bare: list[int] = field(default_factory=list)
    wounds: Tags = field(default_factory=lambda: defaultdict(list))
    metals: Tags = field(default_factory=lambda: defaultdict(list))
    insulators: list[int] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    interfaces: Tags = field(default_factory=lambda: defaultdict(list))
    volumes_mm3: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Mark:
    """An outline on the skin: which pad or wound it is of."""

    pad: str = ""
    detached: int = 0
    snap: bool = False
    wound: str = ""


def draw(geometry: Geometry, base: float, turn: float) -> Drawing:
    """Draw everything below the depth ``base`` in the current Gmsh model, and cut all by all.

    ``turn`` (radians) says where the seams of round inclusions lie: near a seam OpenCASCADE may lose a cut.

    Raises
    ------
    MeshError
        If a part has no place in the body, or if parts have not been cut by each other.
    """
    occ = gmsh.model.occ
    body = geometry.body
    solids = draw_layers(body, base, _lowest_line_crossed(geometry))
    whole = solids[0].tag
    skin = Skin(body, base, whole)
    marks = [(_Mark(), int(occ.copy([(2, skin.tag)])[0][1]))]
    marks += _outlines(geometry, skin)
    solids += [solid for wound in geometry.wounds if (solid := draw_wound(skin, wound, solids)) is not None]
    solids += [draw_inclusion(inclusion, body, turn) for inclusion in geometry.inclusions]
    solids += [solid for lead in geometry.leads for solid in draw_lead(lead, 3.0 * body.size_mm + body.depth_mm)]
    solids += [solid for pad in geometry.pads for solid in draw_needles(body, pad)]
    masses = [occ.getMass(3, solid.tag) for solid in solids]
    occ.synchronize()
    last = max(tag for _, tag in gmsh.model.getEntities(1))
    _, pieces = occ.fragment([(3, whole)], [*((3, s.tag) for s in solids[1:]), *((2, tag) for _, tag in marks)])
    occ.synchronize()
    check_nothing_lost(solids, masses, pieces)
    check_cuts(last)
    owners = _owners(solids, pieces)
    faces = _marks_of_faces(marks, pieces[len(solids) :])
    drawing = _name(geometry, owners, faces)
    drawing.volumes_mm3 = volumes_mm3(drawing.volumes, body, solids, pieces, owners)
    _check_nothing_missing(geometry, base, drawing, owners)
    _remove(owners)
    return drawing


def _check_nothing_missing(geometry: Geometry, base: float, drawing: Drawing, owners: dict[int, Solid]) -> None:
    """Refuse parts of which nothing is left: outside of the body, or covered by others."""
    left = {owner.name for owner in owners.values() if owner.what in ("region", "insulator")} | set(drawing.metals)
    names = {f"inclusions.{inclusion.name}": inclusion.name for inclusion in geometry.inclusions}
    names |= {f"wounds.{wound.name}": wound.name for wound in geometry.wounds if wound.depth_mm > base + 1e-9}
    depth = 0.0
    for i, region in enumerate(geometry.body.regions):
        layer = geometry.body.layers[i] if i < len(geometry.body.layers) else None
        depth += layer.thickness_mm if layer is not None else 0.0
        if layer is None or depth > base + 1e-9:
            names[f"body ({region.name})"] = region.name
    for key, name in names.items():
        if name not in left:
            raise MeshError(key, "nothing of it in the body: it is outside, or others cover it", "parts with some room")


def _lowest_line_crossed(geometry: Geometry) -> bool:
    """Whether a pad or a wound lies across the lowest line of a limb."""
    body = geometry.body
    if not isinstance(body, Limb):
        return False
    for _, outline, (x, arc) in geometry.outlines:
        points = outline.outline_mm()
        around = arc / body.scale(np.array(x)) + points[:, 1] / body.scale(x + points[:, 0])
        if np.abs(around).max() >= body.circumference_mm / 2 - NEAR_SEAM_MM:
            return True
    return False


def _outlines(geometry: Geometry, skin: Skin) -> list[tuple[_Mark, int]]:
    """Faces on the skin of pads, their snaps and detached parts, and wounds."""
    marks = []
    for pad in geometry.pads:
        marks.append((_Mark(pad.name), skin.face(pad.position_mm, pad.pad.loops_mm())))
        parts = [
            (_Mark(pad.name, detached=i + 1), part.outline, part.position_mm) for i, part in enumerate(pad.detached)
        ]
        if pad.has_snap and pad.connector is not None:
            snap = Disc(kind="disc", diameter_mm=pad.connector.diameter_mm)
            parts.append((_Mark(pad.name, snap=True), snap, pad.connector.position_mm))
        for mark, outline, (x, y) in parts:
            loops = tuple(tuple(segment + np.array([x, y]) for segment in loop) for loop in outline.loops_mm())
            marks.append((mark, skin.face(pad.position_mm, loops)))
    for wound in geometry.wounds:
        marks.append((_Mark(wound=wound.name), skin.face(wound.position_mm, wound.outline.loops_mm())))
    return marks


def _owners(solids: list[Solid], pieces: list[list[tuple[int, int]]]) -> dict[int, Solid]:
    """What every volume of the model is: the last solid that covers it; what the body does not cover is outside."""
    inside = {tag for dimension, tag in pieces[0] if dimension == 3}
    floors = {s.tag: {tag for _, tag in found} for s, found in zip(solids, pieces, strict=False)}
    owners: dict[int, Solid] = {}
    for solid, found in zip(solids, pieces, strict=False):
        below = floors[solid.floor] if solid.floor is not None else set()
        for dimension, tag in found:
            if dimension == 3 and tag not in below:
                owners[tag] = solid if tag in inside else Solid("outside", "", solid.tag)
    beyond = {tag for s, found in zip(solids, pieces, strict=False) if s.what == "outside" for _, tag in found}
    return {tag: Solid("outside", "", owner.tag) if tag in beyond else owner for tag, owner in owners.items()}


def _marks_of_faces(marks: list[tuple[_Mark, int]], pieces: list[list[tuple[int, int]]]) -> dict[int, list[_Mark]]:
    """The outlines in which every face of the skin lies."""
    faces: dict[int, list[_Mark]] = defaultdict(list)
    for (mark, _), found in zip(marks, pieces, strict=True):
        for dimension, tag in found:
            if dimension == 2:
                faces[tag].append(mark)
    return faces


def _name(geometry: Geometry, owners: dict[int, Solid], marks: dict[int, list[_Mark]]) -> Drawing:
    drawing = Drawing()
    order = {region.name: i for i, region in enumerate(geometry.regions)}
    for tag, owner in owners.items():
        if owner.what == "region":
            drawing.volumes[owner.name].append(tag)
    for _, face in gmsh.model.getEntities(2):
        around = [owners[tag] for tag in gmsh.model.getAdjacencies(2, face)[0]]
        inner = sorted({owner.name for owner in around if owner.what == "region"}, key=order.__getitem__)
        others = {owner for owner in around if owner.what != "region"}
        if len(inner) == 2:
            drawing.interfaces["|".join(inner)].append(face)
        elif len(inner) == 1 and len(around) == 1 + len(others):
            _name_boundary(drawing, geometry, face, others, marks.get(face, []))
    return drawing


def _name_boundary(
    drawing: Drawing, geometry: Geometry, face: int, others: Iterable[Solid], marks: list[_Mark]
) -> None:
    """Name a face between a region and what is not meshed."""
    neighbour = next((other for other in others if other.what != "outside"), None)
    if neighbour is not None:
        if neighbour.what == "terminal":
            drawing.metals[neighbour.name].append(face)
        else:
            drawing.insulators.append(face)
    elif not marks:
        drawing.cuts.append(face)
    else:
        _name_skin(drawing, geometry, face, marks)


def _name_skin(drawing: Drawing, geometry: Geometry, face: int, marks: list[_Mark]) -> None:
    pads = {mark.pad for mark in marks if mark.pad and not mark.detached and not mark.snap}
    if len(pads) > 1:
        raise MeshError(f"electrodes.{min(pads)}.position_mm", f"a pad that overlaps {max(pads)}", "pads with a gap")
    for mark in marks:
        if mark.wound:
            drawing.wounds[mark.wound].append(face)
    if not pads:
        drawing.bare.append(face)
        return
    (name,) = pads
    own = [mark for mark in marks if mark.pad == name]
    pad = next(pad for pad in geometry.pads if pad.name == name)
    if pad.needles is not None and pad.needles.backing == "insulating":
        drawing.bare.append(face)
        return
    piece = PadPiece(name, max((mark.detached for mark in own), default=0), any(mark.snap for mark in own))
    drawing.pads[piece].append(face)


def _remove(owners: dict[int, Solid]) -> None:
    """Take away what is not meshed: outside, metal and insulators, with the faces and curves of nothing else."""
    gone = [(3, tag) for tag, owner in owners.items() if owner.what != "region"]
    gmsh.model.occ.remove(gone)
    for dimension in (2, 1, 0):
        gmsh.model.occ.synchronize()
        loose = [
            entity for entity in gmsh.model.getEntities(dimension) if not len(gmsh.model.getAdjacencies(*entity)[0])
        ]
        gmsh.model.occ.remove(loose)
    gmsh.model.occ.synchronize()
