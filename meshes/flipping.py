"""Flat triangles of the surface mesh mended before the volume is filled: the edge between two is turned."""

import gmsh
import numpy as np

from meshes.arrays import Integers, Reals

TRIANGLE = 2  # element type of Gmsh
PASSES = 10
FLAT = 0.35  # quality below which a triangle is looked at


def mend_surfaces() -> int:
    """Turn the longest edge of every flat triangle of the current model where that helps; returns how often it did.

    Along the rim of an outline three neighbouring vertices lie almost on a line, and a triangle of these three makes
    a flat tetrahedron, which multigrid is slow with.
    """
    node_tags, coordinates, _ = gmsh.model.mesh.getNodes()
    points = np.empty((int(node_tags.max()) + 1, 3))
    points[node_tags] = coordinates.reshape(-1, 3)
    return sum(_mend(tag, points) for _, tag in gmsh.model.getEntities(2))


def _mend(surface: int, points: Reals) -> int:
    tags, nodes = gmsh.model.mesh.getElementsByType(TRIANGLE, surface)
    triangles = nodes.reshape(-1, 3).astype(np.int64)
    turned = 0
    for _ in range(PASSES):
        now = sum(
            _turn(triangles, int(i), points) for i in np.flatnonzero(triangle_qualities(points[triangles]) < FLAT)
        )
        turned += now
        if not now:
            break
    if turned:
        gmsh.model.mesh.removeElements(2, surface)
        gmsh.model.mesh.addElementsByType(surface, TRIANGLE, tags, triangles.ravel())
    return turned


def _turn(triangles: Integers, flat: int, points: Reals) -> bool:
    """Replace the two triangles at the longest edge of one by the other two of their four corners, if better."""
    corners = triangles[flat]
    lengths = [float(np.linalg.norm(points[corners[i]] - points[corners[i - 1]])) for i in range(3)]
    i = int(np.argmax(lengths))
    a, b, apex = corners[i - 1], corners[i], corners[(i + 1) % 3]
    both = np.flatnonzero((triangles == a).any(axis=1) & (triangles == b).any(axis=1))
    if len(both) != 2:
        return False  # the edge lies on the boundary of the surface
    other = int(both[both != flat][0])
    far = int(triangles[other][(triangles[other] != a) & (triangles[other] != b)][0])
    old = triangle_qualities(points[triangles[[flat, other]]]).min()
    new = np.array([[a, far, apex], [far, b, apex]])
    if not triangle_qualities(points[new]).min() > old or not _same_side(points[new]):
        return False
    triangles[[flat, other]] = new
    return True


def _same_side(corners: Reals) -> bool:
    """Whether two triangles with corners (2, 3, 3) face the same way; they do not where their four are not convex."""
    one, other = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return bool(one @ other > 0.0)


def triangle_qualities(corners: Reals) -> Reals:
    """4 √3 area / sum of the squared sides, of triangles with corners (k, 3, 3): 1 for the regular one."""
    sides = corners - np.roll(corners, 1, axis=1)
    area = np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1) / 2
    return np.asarray(4 * np.sqrt(3.0) * area / (sides**2).sum(axis=(1, 2)), dtype=np.float64)
