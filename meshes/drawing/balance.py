"""What the solids have after they were cut by each other, against what they had before."""

import gmsh

from meshes.bodies import Body
from meshes.drawing.solids import Solid
from meshes.errors import MeshError
from meshes.shells import inner_mm3

Tags = dict[str, list[int]]

LOST = 0.02  # part of the volume of a solid by which its pieces may differ from it; trimmed faces are measured roughly


def check_nothing_lost(solids: list[Solid], masses: list[float], pieces: list[list[tuple[int, int]]]) -> None:
    """Hold the pieces of every solid against the whole: surfaces that nearly touch can go wrong without a word."""
    for solid, mass, found in zip(solids, masses, pieces, strict=False):
        total = sum(gmsh.model.occ.getMass(3, tag) for dimension, tag in found if dimension == 3)
        if not abs(total - mass) <= LOST * mass:
            name = solid.name or "an insulator"
            raise MeshError("geometry", f"{total:.6g} mm³ of {name} after cutting", f"{mass:.6g} as before")


def check_cuts(last: int) -> None:
    """Refuse curves, numbered after ``last``, in which surfaces were found to meet but that do not divide them."""
    for _, tag in gmsh.model.getEntities(1):
        if tag > last and not len(gmsh.model.getAdjacencies(1, tag)[0]):
            length = gmsh.model.occ.getMass(1, tag)
            raise MeshError("geometry", f"a cut of {length:.4g} mm that divides nothing", "surfaces that cross clearly")


def volumes_mm3(
    drawn: Tags,
    body: Body,
    solids: list[Solid],
    pieces: list[list[tuple[int, int]]],
    owners: dict[int, Solid],
) -> dict[str, float]:
    """Volumes of the regions: of a layer the closed form without what others have of it, else by OpenCASCADE.

    Its own measure of a large trimmed face is too rough to hold a thin layer against.
    """
    mass = gmsh.model.occ.getMass
    volumes = {name: sum(mass(3, tag) for tag in tags) for name, tags in drawn.items()}
    layers = [(s, {tag for dimension, tag in p if dimension == 3}) for s, p in zip(solids, pieces, strict=False)]
    layers = [(solid, tags) for solid, tags in layers if solid.top_mm is not None]
    for i, (layer, tags) in enumerate(layers):
        assert layer.top_mm is not None
        below, volume = set[int](), inner_mm3(body, layer.top_mm)
        if i + 1 < len(layers):
            below = layers[i + 1][1]
            volume -= inner_mm3(body, layers[i + 1][0].top_mm or 0.0)
        elif body.kind == "face":
            volume -= inner_mm3(body, body.depth_mm)
        others = tags - below - set(drawn.get(layer.name, []))
        if layer.name in volumes:
            volumes[layer.name] = volume - sum(mass(3, tag) for tag in others if owners[tag].what != "outside")
    return volumes
