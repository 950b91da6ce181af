"""From where a body is looked at: the same presets in all views."""

from typing import Any

import numpy as np

from meshes.arrays import Reals
from meshes.bodies import Limb
from sim.report.pictures.plane import Plane
from sim.report.pictures.view import choose_view
from sim.view.errors import ViewError
from sim.view.hardware import main_pair, places_mm
from sim.view.run import Run
from sim.view.theme import look_along

PRESETS = ("front above", "above", "below", "along x", "along y")
SMALL = 0.15  # sine between two directions that makes them count as one


def look(plotter: Any, run: Run, preset: str = PRESETS[0]) -> None:
    """Set the camera of the active part of the window.

    Raises
    ------
    ViewError
        For a name that is no preset.
    """
    views = {
        PRESETS[0]: (choose_view(run.case).towards, choose_view(run.case).up),
        PRESETS[1]: ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
        PRESETS[2]: ((0.0, 0.0, -1.0), (0.0, 1.0, 0.0)),
        PRESETS[3]: ((-1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
        PRESETS[4]: ((0.0, -1.0, 0.0), (0.0, 0.0, 1.0)),
    }
    if preset not in views:
        raise ViewError(f"view: found {preset!r}; accepted: {', '.join(views)}")
    towards, up = views[preset]
    look_along(plotter, np.array(towards), np.array(up))


def main_plane(run: Run) -> Plane:
    """The upright plane through the strongest positive and negative terminal of the first channel, in mm.

    It holds the body's outward normal between them; where these directions are one, it lies along x.
    """
    case = run.case
    places = places_mm(case)
    one, other = (places[name] for name in main_pair(case))
    outward: Reals = case.body.frame(np.stack([one, other]))[:, 2].sum(axis=0)
    across = np.cross(other - one, outward)
    if float(np.linalg.norm(across)) < SMALL * float(np.linalg.norm(other - one)) * max(
        float(np.linalg.norm(outward)), SMALL
    ):
        axis = np.eye(3)[0] if isinstance(case.body, Limb) else np.eye(3)[2]
        across = np.cross(other - one, axis)
    if float(np.linalg.norm(across)) < 1e-9:
        across = np.eye(3)[1]
    return Plane.across(np.asarray((one + other) / 2.0), np.asarray(across))
