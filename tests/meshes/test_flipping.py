"""The edge between a flat triangle and its neighbour is turned where that helps, and never folds the surface."""

import numpy as np

from meshes.flipping import _turn, triangle_qualities


def pair(apex, far):
    """Two triangles at the edge from (0, 0) to (1, 0): the first with its tip at ``apex``, the other at ``far``."""
    points = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [*apex, 0.0], [*far, 0.0]])
    return np.array([[0, 1, 2], [0, 3, 1]]), points


def test_the_edge_of_a_flat_triangle_is_turned():
    triangles, points = pair((0.45, 0.12), (0.5, -0.8))
    before = triangle_qualities(points[triangles]).min()
    assert _turn(triangles, 0, points)
    assert triangle_qualities(points[triangles]).min() > before
    assert {frozenset(t) for t in triangles.tolist()} == {frozenset((0, 2, 3)), frozenset((1, 2, 3))}


def test_an_edge_that_is_good_stays():
    triangles, points = pair((0.5, 0.8), (0.5, -0.8))
    assert not _turn(triangles, 0, points)


def test_four_corners_that_are_not_convex_are_left():
    """Turned, the triangles would be less flat, and lie on each other."""
    triangles, points = pair((0.841, 0.16), (-1.294, -0.096))
    turned = points[np.array([[0, 3, 2], [3, 1, 2]])]
    assert triangle_qualities(turned).min() > triangle_qualities(points[triangles]).min()
    assert not _turn(triangles, 0, points)
    areas = np.linalg.norm(np.cross(turned[:, 1] - turned[:, 0], turned[:, 2] - turned[:, 0]), axis=1) / 2
    assert areas.sum() > 1.5 * 0.5 * (0.16 + 0.096)  # what the two cover together
