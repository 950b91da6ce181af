"""Pieces of a drawing: sampled, joined at their ends, and told apart as outline and holes."""

from collections.abc import Sequence

import numpy as np
import shapely

from meshes.arrays import Integers, Reals

JOIN_MM = 1e-3  # ends up to this far apart belong together
SAME_POINT_MM = 1e-5
STEP_DEG = 2.0  # turn for each point of a flattened curve: a circle loses 0.02 % of its area
STRAIGHT_DEG = 1e-6
SAMPLES = 1025  # of a curve, of which some are kept


class DrawingError(Exception):
    """A drawing that gives no outline: what was found in it, and what is accepted."""

    def __init__(self, found: str, accepted: str) -> None:
        super().__init__(found, accepted)
        self.found = found
        self.accepted = accepted


def thinned(samples: Reals) -> Reals:
    """Points (k, 2) among the many samples (n, 2) of a curve, one for every 2 degrees of its turning.

    They are spread evenly over the mean of turning and length, so that neither tips nor flat sides are coarse: at most
    4 degrees apart.
    """
    samples = samples[np.append(True, np.hypot(*np.diff(samples, axis=0).T) > 0.0)]
    edges = np.diff(samples, axis=0)
    cross = edges[:-1, 0] * edges[1:, 1] - edges[:-1, 1] * edges[1:, 0]
    turn = np.cumsum(np.abs(np.arctan2(cross, (edges[:-1] * edges[1:]).sum(axis=1))))
    if len(turn) == 0 or np.degrees(turn[-1]) < STRAIGHT_DEG:
        return samples[[0, -1]]
    arc = np.cumsum(np.hypot(*edges.T))
    progress = (turn / turn[-1] + arc[:-1] / arc[-1]) / 2
    pieces = int(np.ceil(np.degrees(turn[-1]) / STEP_DEG))
    inner = 1 + np.searchsorted(progress, np.arange(1, pieces) / pieces)
    return samples[np.unique([0, *inner.clip(max=len(samples) - 1), len(samples) - 1])]


def loops_of(chains: Sequence[Reals]) -> list[Reals]:
    """Join open chains (k, 2) at their ends to loops (n, 2); a loop's last point is not its first.

    Raises
    ------
    DrawingError
        If an end stays loose, or more than two ends meet.
    """
    chains = [chain for chain in chains if len(chain) > 1 and np.ptp(chain, axis=0).max() > SAME_POINT_MM]
    is_closed = [len(chain) > 2 and np.hypot(*(chain[0] - chain[-1])) <= JOIN_MM for chain in chains]
    loops = [chain for chain, done in zip(chains, is_closed, strict=True) if done]
    pieces = [chain for chain, done in zip(chains, is_closed, strict=True) if not done]
    if pieces:
        joints = _joints(pieces, bool(loops))
        left = set(range(len(pieces)))
        while left:
            loops.append(_follow(pieces, joints, left))
    return [_without_repeats(loop) for loop in loops]


def _joints(pieces: Sequence[Reals], beside_loops: bool) -> Integers:
    """Number of the joint (n, 2) at the start and at the end of every piece; at each joint two ends meet."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    ends = np.vstack([piece[[0, -1]] for piece in pieces])
    pairs = cKDTree(ends).query_pairs(JOIN_MM, output_type="ndarray")
    size = len(ends)
    near = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    labels = connected_components(near, directed=False)[1]
    meeting = np.bincount(labels)[labels]
    if (meeting > 2).any():
        x, y = ends[np.argmax(meeting > 2)]
        raise DrawingError(f"{meeting.max()} lines that end at [{x:.6g}, {y:.6g}] mm", "outlines that do not branch")
    if (meeting < 2).any():
        loose = np.flatnonzero(meeting < 2)
        x, y = ends[loose[0]]
        raise DrawingError(
            f"{'loose ends beside the closed outline' if beside_loops else 'no closed outline'}: {len(loose)} ends, "
            f"the first at [{x:.6g}, {y:.6g}] mm, meet no other",
            f"closed outlines only (ends within {JOIN_MM:g} mm are joined), or a layer that has nothing else",
        )
    return labels.reshape(-1, 2).astype(np.int64)


def _follow(pieces: Sequence[Reals], joints: Integers, left: set[int]) -> Reals:
    """One loop, from any piece that is left and over the joints back to it."""
    at: dict[int, list[int]] = {}
    for piece in left:
        for joint in joints[piece]:
            at.setdefault(int(joint), []).append(piece)
    piece = min(left)
    start, joint = (int(j) for j in joints[piece])
    left.remove(piece)
    points = [pieces[piece][:-1]]
    while joint != start:
        piece = next(other for other in at[joint] if other in left)
        left.remove(piece)
        forward = int(joints[piece, 0]) == joint
        joint = int(joints[piece, 1 if forward else 0])
        points.append((pieces[piece] if forward else pieces[piece][::-1])[:-1])
    return np.vstack(points)


def _without_repeats(loop: Reals) -> Reals:
    """The loop without points that repeat the one before, and without the last where it closes on the first."""
    kept = np.append(True, np.hypot(*np.diff(loop, axis=0).T) > SAME_POINT_MM)
    loop = loop[kept]
    return loop[:-1] if len(loop) > 1 and np.hypot(*(loop[0] - loop[-1])) <= JOIN_MM else loop


def outline_and_holes(loops: Sequence[Reals]) -> list[Reals]:
    """The largest loop, which is the outline, and then the others, which lie in it.

    Raises
    ------
    DrawingError
        If there is no loop, or loops cross, or lie outside of the largest or inside of another.
    """
    loops = [loop for loop in loops if len(loop) > 2]
    if not loops:
        raise DrawingError("no closed outline", "one closed outline, with or without holes")
    for loop in loops:
        if not shapely.LinearRing(loop).is_simple:
            x, y = loop.mean(axis=0)
            raise DrawingError(f"an outline around [{x:.6g}, {y:.6g}] mm that crosses itself", "outlines that do not")
    areas = sorted((shapely.Polygon(loop) for loop in loops), key=lambda area: -area.area)
    outer, *others = areas
    shapely.prepare(outer)
    apart = [other for other in others if outer.disjoint(other)]
    if apart:
        raise DrawingError(
            f"{len(apart) + 1} outlines apart from each other", "one outline, with or without holes (one layer a pad)"
        )
    if not all(outer.contains_properly(other) for other in others):
        raise DrawingError("outlines that cross or touch each other", "one outline with holes inside it")
    first, second = shapely.STRtree(others).query(np.array(others, dtype=object), predicate="intersects")
    if (first < second).any():
        raise DrawingError("outlines that lie inside of a hole, or cross", "one outline, and holes apart in it")
    return [shapely.get_coordinates(area.exterior)[:-1] for area in areas]
