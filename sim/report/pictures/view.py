"""From where a body is looked at, in parallel projection."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from meshes.arrays import Reals
from meshes.bodies import Limb
from sim.case import Case

AZIMUTHS, ELEVATIONS = (-67.0, 113.0), (38.0, 12.0)  # degrees; the first of each unless pads would be hidden
FULLY_SEEN = 0.35  # cosine between a pad's normal and the view from which on it counts as well seen
WORTH = 0.25  # of such a pad, to look from another side


@dataclass(frozen=True)
class View:
    """The direction of the camera, seen from the body."""

    azimuth_deg: float = AZIMUTHS[0]
    elevation_deg: float = ELEVATIONS[0]

    @property
    def towards(self) -> Reals:
        """Unit vector towards the camera (3,)."""
        a, e = np.radians([self.azimuth_deg, self.elevation_deg])
        return np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])

    @property
    def right(self) -> Reals:
        """Unit vector to the right in the picture (3,)."""
        a = np.radians(self.azimuth_deg)
        return np.array([-np.sin(a), np.cos(a), 0.0])

    @property
    def up(self) -> Reals:
        """Unit vector upwards in the picture (3,)."""
        return np.asarray(np.cross(self.towards, self.right), dtype=np.float64)

    @property
    def near(self) -> Reals:
        """Which side of each axis lies nearer to the camera (3,): -1 or 1."""
        return np.where(self.towards < 0.0, -1.0, 1.0)

    def project(self, points: Reals) -> Reals:
        """Points (n, 3) in the picture plane (n, 2), right and up, in the unit of the points."""
        return np.asarray(points @ np.column_stack([self.right, self.up]))


def pad_facing(case: Case, view: View) -> dict[str, float]:
    """Cosine of the angle between the view and the outward normal of every pad; negative: on the far side."""
    facing = {}
    for electrode in case.electrodes:
        place = case.body.wrap_mm(electrode.position_mm, np.zeros((1, 2)))
        facing[electrode.name] = float(case.body.frame(place)[0, 2] @ view.towards)
    return facing


def choose_view(case: Case) -> View:
    """From the front above; around a limb from where more of its pads are seen, if there is such a side."""
    first = View()
    if not isinstance(case.body, Limb) or not case.electrodes:
        return first
    views = [View(a, e) for e, a in product(ELEVATIONS, AZIMUTHS)]
    seen = [sum(min(max(cosine, 0.0), FULLY_SEEN) for cosine in pad_facing(case, view).values()) for view in views]
    best = int(np.argmax(seen))
    return views[best] if seen[best] > seen[0] + WORTH * FULLY_SEEN else first
