"""Which part of a body is taken away to show what is inside."""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Reals
from meshes.bodies import Limb
from sim.case import Case
from sim.report.pictures.carving import Flags, Tetrahedra
from sim.report.pictures.view import View

MARGIN = 0.02  # of the length, between an opening and the pads that it leaves
LEAST = 0.12  # of the length, that an opening is worth having
DEEPEST = 0.3  # of the half width, off the middle, of the planes of an opening


@dataclass(frozen=True)
class Opening:
    """What lies on the positive side of all planes ``normal @ x = offset``, mm; no planes: nothing."""

    planes: tuple[tuple[Reals, float], ...] = ()

    def contains(self, points: Reals) -> Flags:
        """Which of the points (n, 3) are in it."""
        inside = np.full(len(points), bool(self.planes))
        for normal, offset in self.planes:
            inside &= points @ normal > offset
        return inside

    def carve(self, body: Tetrahedra, whole: Reals) -> Tetrahedra:
        """The body without its cells in the opening, but for those whose tag is among ``whole``."""
        for normal, offset in self.planes:
            body = body.split(normal, offset)
        return body.without(self.contains(body.centroids) & ~np.isin(body.tags, whole))


def choose_opening(case: Case, view: View, low: Reals, high: Reals, outlines: list[Reals]) -> Opening:
    """An opening on the side of the camera, between the pads, so that they stay whole.

    A limb is opened by a quarter down to its bones; another body by its front half, and only where there is something
    inside: its sides show the layers. Along x the opening takes the longest stretch that no pad is over, rather one
    with something inside, or one that reaches the end that is seen.

    Parameters
    ----------
    low, high
        Corners (3,) of the body's bounding box, mm.
    outlines
        Points (n, 3) around everything on the skin that shall stay.
    """
    inside = features_mm(case)
    if len(inside) == 0:
        return Opening()
    middle, half = (low + high) / 2, (high - low) / 2
    axes = (1, 2) if isinstance(case.body, Limb) else (1,)
    planes = []
    for axis in axes:
        normal = np.eye(3)[axis] * view.near[axis]
        reach = DEEPEST * half[axis]
        offset = float(np.clip((inside @ normal).min(), middle @ normal - reach, middle @ normal + reach))
        planes.append((normal, offset))
    taken = []
    for outline in outlines:
        over = outline[Opening(tuple(planes)).contains(outline), 0]
        taken += [(float(over.min()), float(over.max()))] if len(over) else []
    start, stop = _stretch(taken, inside[:, 0], float(low[0]), float(high[0]), view.near[0])
    if stop - start < LEAST * (high[0] - low[0]):
        start, stop = low[0], high[0]
        if isinstance(case.body, Limb):
            return Opening()
    for end, sign in ((start, 1.0), (stop, -1.0)):
        if low[0] < end < high[0]:
            planes.append((np.array([sign, 0.0, 0.0]), sign * end))
    return Opening(tuple(planes))


def features_mm(case: Case) -> Reals:
    """Points (n, 3) of what lies inside a body: bones, inclusions, contacts of leads."""
    points = [np.mean(inclusion.surface_mm(), axis=0) for inclusion in case.inclusions]
    if isinstance(case.body, Limb):
        points += [np.array([0.0, *bone.position_mm]) for bone in case.body.bones]
        points += [np.zeros(3)] * (not case.body.bones)
    for lead in case.leads:
        along = np.array(lead.direction) / np.linalg.norm(lead.direction)
        points.append(np.array(lead.tip_mm) + lead.shape.length_mm / 2 * along)
    return np.array(points).reshape(-1, 3)


def _stretch(
    taken: list[tuple[float, float]], inside: Reals, low: float, high: float, near: float
) -> tuple[float, float]:
    """The best stretch along x without any of the intervals that are taken; an empty one where there is none."""
    margin = MARGIN * (high - low)
    gaps, start = [], low
    for one, other in [*sorted(taken), (high + margin, high)]:
        if one - margin > start:
            gaps.append((start, one - margin))
        start = max(start, other + margin)

    def worth(gap: tuple[float, float]) -> float:
        features = np.count_nonzero((inside > gap[0]) & (inside < gap[1]))
        at_end = gap[1] >= high if near > 0.0 else gap[0] <= low
        return float((gap[1] - gap[0]) * (1.0 + 0.5 * features + 0.3 * at_end))

    return max(gaps, key=worth, default=(low, low))
