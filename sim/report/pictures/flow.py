"""Lines that follow the current in a plane."""

import numpy as np
from matplotlib.axes import Axes
from scipy.spatial import cKDTree

from meshes.arrays import Reals

CURRENT = "#00646e"
COLUMNS = 220  # of the grid on which the lines are followed
CLOSEST = 0.7  # how close lines come to each other, Matplotlib's measure
REACH = 1.5  # grid spacings from the nearest known point beyond which there is no tissue


def draw_flow(axes: Axes, corners: Reals, flow: Reals) -> None:
    """Draw lines with arrows along a flow in the plane.

    Parameters
    ----------
    corners, flow
        Corners of triangles (t, 3, 2), mm, and the flow at each (t, 3, 2), in any unit: what counts is its direction.
    """
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    step = (right - left) / COLUMNS
    x, y = np.linspace(left, right, COLUMNS), np.linspace(low, high, max(round((high - low) / step), 12))
    centres = corners.mean(axis=1)
    places = np.stack(np.meshgrid(x, y), axis=-1)
    distance, nearest = cKDTree(centres).query(places)
    means = flow.mean(axis=1)
    length = np.linalg.norm(means, axis=1, keepdims=True)
    towards = np.divide(means, length, out=np.zeros_like(means), where=length > 0.0)[nearest]
    towards[distance > REACH * step + _spacing(corners)] = np.nan
    if np.isfinite(towards).any():
        axes.streamplot(
            x,
            y,
            towards[..., 0],
            towards[..., 1],
            density=CLOSEST,
            color=CURRENT,
            linewidth=0.8,
            arrowsize=0.7,
            zorder=2.5,
        )


def _spacing(corners: Reals) -> float:
    """How far the centres of triangles are apart, at most."""
    edges = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2)
    return float(np.percentile(edges.max(axis=1), 99.0)) / 2.0
