"""What is too close: terminals that touch, and surfaces between which no mesh fits."""

from itertools import combinations, pairwise

import gmsh
import numpy as np
from scipy.spatial import cKDTree

from meshes.arrays import Reals
from meshes.drawing import Drawing
from meshes.errors import MeshError
from meshes.geometry import Geometry
from meshes.pieces import Groups
from meshes.shells import borders_mm, heights_mm

NEAR = 0.05  # centres of triangles of two surfaces that are nearer than this part of their size
NEIGHBOURS = 12
HARDLY = 0.06  # surfaces that cross, or are apart, by less than this part of an inclusion's width


def check_apart(points: Reals, faces: Groups) -> None:
    """Refuse terminals that have a vertex in common: they would be one.

    Raises
    ------
    MeshError
        Naming both.
    """
    owner = np.full(len(points), -1)
    names: list[str] = []
    for name, facets in faces.items():
        kind, _, terminal = name.partition(" ")
        if kind not in ("pad", "terminal"):
            continue
        terminal = terminal.partition(" ")[0]
        if terminal not in names:
            names.append(terminal)
        here = np.unique(facets)
        others = here[(owner[here] >= 0) & (owner[here] != names.index(terminal))]
        if len(others):
            at = ", ".join(f"{c:.4g}" for c in points[others[0]])
            raise MeshError(
                f"terminal {terminal}",
                f"it touches {names[owner[others[0]]]} at [{at}]",
                "terminals with a gap between",
            )
        owner[here] = names.index(terminal)


def nearest_surfaces(drawing: Drawing, geometry: Geometry) -> MeshError | None:
    """The two meshed surfaces of the current model that are nearest to each other for their size, as an error.

    The body's own surfaces, which may be as near as its layers are thin, count as one. None where none are so near that
    this would be the reason why there is no mesh between them.
    """
    centres, sizes, owners = _triangles()
    if not len(centres):
        return None
    layers = {region.name for region in geometry.body.regions[: len(geometry.body.layers) + 1]}
    borders = [faces for name, faces in drawing.interfaces.items() if layers.issuperset(name.split("|"))]
    of_body = [face for faces in (*borders, drawing.bare, drawing.cuts, *drawing.pads.values()) for face in faces]
    body = np.isin(owners, of_body)
    count = min(NEIGHBOURS, len(centres))
    distance, index = cKDTree(centres).query(centres, k=count)
    others = (owners[index] != owners[:, None]) & ~(body[index] & body[:, None])
    ratio = np.where(others, distance / sizes[:, None], np.inf)
    i, j = np.unravel_index(int(np.argmin(ratio)), ratio.shape)
    if ratio[i, j] > NEAR:
        return None
    one, other = (_name(drawing, int(owners[k])) for k in (i, index[i, j]))
    at = ", ".join(f"{c:.4g}" for c in centres[i])
    return MeshError(
        f"the surfaces of {one} and {other}",
        f"they touch, or nearly so, at [{at}] ({distance[i, j]:.2g} mm)",
        "parts that cross, that have a face in common, or that are apart",
    )


def touching_parts(geometry: Geometry) -> MeshError | None:
    """The inclusion that most nearly touches the border of a layer or another inclusion, as an error.

    None where all cross, or are apart, by more than a part of their width.
    """
    body = geometry.body
    regions = [region.name for region in body.regions]
    borders = {0.0: "the skin", **{float(depth): "the bottom" for depth in borders_mm(body)}}
    for depth, upper, lower in zip(list(borders)[1:], regions, regions[1:], strict=False):
        borders[depth] = f"the border of {upper} and {lower}"
    touches = []
    for inclusion in geometry.inclusions:
        for depth, name in borders.items():
            height = heights_mm(body, inclusion.surface_mm(), depth)
            gap = min(abs(float(height.min())), abs(float(height.max())))
            touches.append((gap / inclusion.thickness_mm, inclusion.thickness_mm, inclusion.name, name))
    for one, other in combinations(geometry.inclusions, 2):
        gap = float(cKDTree(one.surface_mm()).query(other.surface_mm())[0].min())
        width = min(one.thickness_mm, other.thickness_mm)
        touches.append((gap / width, width, other.name, one.name))
    ratio, width, one_name, other_name = min(touches, default=(np.inf, 0.0, "", ""))
    if ratio >= HARDLY:
        return None
    return MeshError(
        f"inclusions.{one_name}",
        f"a surface that hardly touches {other_name} (about {ratio * width:.2g} mm), and no mesh fits between",
        f"parts that cross, or are apart, by at least {HARDLY * width:.2g} mm",
    )


def _triangles() -> tuple[Reals, Reals, Reals]:
    """Centres (n, 3), sizes (n,) and surfaces (n,) of all triangles."""
    tags, coordinates, _ = gmsh.model.mesh.getNodes()
    if not len(tags):
        return np.empty((0, 3)), np.empty(0), np.empty(0)
    number = np.zeros(int(tags.max()) + 1, dtype=np.int64)
    number[tags] = np.arange(len(tags))
    corners, owners = [np.empty((0, 3, 3))], [np.empty(0)]
    for _, face in gmsh.model.getEntities(2):
        nodes = number[gmsh.model.mesh.getElementsByType(2, face)[1].astype(np.int64)].reshape(-1, 3)
        corners.append(coordinates.reshape(-1, 3)[nodes])
        owners.append(np.full(len(nodes), float(face)))
    every = np.vstack(corners)
    edges = [np.linalg.norm(every[:, i] - every[:, j], axis=1) for i, j in pairwise((0, 1, 2, 0))]
    return every.mean(axis=1), np.asarray(np.max(edges, axis=0)), np.concatenate(owners)


def _name(drawing: Drawing, face: int) -> str:
    groups = {
        **drawing.interfaces,
        **drawing.metals,
        **{f"the pad {piece.pad}": faces for piece, faces in drawing.pads.items()},
        "the skin": drawing.bare,
        "an insulator": drawing.insulators,
        "the cut": drawing.cuts,
    }
    return next((name for name, faces in groups.items() if face in faces), "an unnamed part")
