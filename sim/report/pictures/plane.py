"""The vertical plane of a section, and where the pads meet it."""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Reals
from sim.case import Case, Electrode
from sim.units import MM

Window = tuple[Reals, Reals]  # lower left and upper right of a part of the plane, mm

WIDER = 1.4  # a part under a pad, in widths of the pad
SHAPE = 0.55  # its height at most, in its widths


@dataclass(frozen=True)
class Plane:
    """A vertical plane through two points of the skin.

    Parameters
    ----------
    origin, along, normal
        A point (3,), m, and two horizontal unit vectors: in the plane and across.
    """

    origin: Reals
    along: Reals
    normal: Reals

    @classmethod
    def through(cls, one: Reals, other: Reals) -> "Plane":
        """The plane through two points (2,) of the skin, m; its coordinate is that of x or y, whichever it follows."""
        direction = (other - one) / np.linalg.norm(other - one)
        direction = direction * np.sign(direction[np.argmax(np.abs(direction))])
        along = np.array([*direction, 0.0])
        return cls(np.array([*one, 0.0]), along, np.array([-along[1], along[0], 0.0]))

    def coordinates(self, points: Reals) -> Reals:
        """Place (..., 2) of points (..., 3): along the plane, from the foot of the body's middle, and z."""
        return np.stack([points @ self.along, points[..., 2]], axis=-1)

    def distance(self, points: Reals) -> Reals:
        """Signed distance (...) of points (..., 3)."""
        return np.asarray((points - self.origin) @ self.normal)


def main_pair(case: Case) -> tuple[Electrode, Electrode]:
    """The electrodes with the largest and the smallest weight in the first channel, from left to right."""
    weights = case.channels[0].electrodes
    named = {electrode.name: electrode for electrode in case.electrodes}
    pair = (named[max(weights, key=weights.__getitem__)], named[min(weights, key=weights.__getitem__)])
    axis = int(np.argmax(np.abs(np.array(pair[0].position_mm) - np.array(pair[1].position_mm))))
    return pair if pair[0].position_mm[axis] < pair[1].position_mm[axis] else pair[::-1]


def chord(electrode: Electrode, plane: Plane) -> tuple[float, float]:
    """From where to where the pad covers the plane, mm; equal where it does not."""
    reach = float(np.abs(electrode.outline_mm(90) - np.array(electrode.position_mm)).max()) * 1.5
    middle = float(np.array(electrode.position_mm) @ plane.along[:2])
    places = np.linspace(middle - reach, middle + reach, 2001)
    foot = float(plane.origin @ plane.normal) / MM * plane.normal[:2]
    inside = places[electrode.distance_mm(places[:, None] * plane.along[:2] + foot) <= 0.0]
    return (float(inside[0]), float(inside[-1])) if len(inside) else (middle, middle)


def windows_under(case: Case, plane: Plane, pair: tuple[Electrode, Electrode]) -> list[Window]:
    """Lower left and upper right of the parts under two electrodes, mm; of one shape, not beyond the body's depth."""
    chords = [chord(electrode, plane) for electrode in pair]
    shape = min(SHAPE, *(case.body.depth_mm / (WIDER * (right - left)) for left, right in chords))
    windows = []
    for left, right in chords:
        middle, half = (left + right) / 2, WIDER * (right - left) / 2
        windows.append((np.array([middle - half, -2 * half * shape]), np.array([middle + half, 0.0])))
    return windows
