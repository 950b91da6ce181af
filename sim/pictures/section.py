"""A vertical cut through two electrodes: current density, equipotential lines, layers."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from sim.basis import Basis
from sim.case import Case, Electrode
from sim.pictures.colours import INK, electrode_colours
from sim.pictures.cut import Cut, Plane
from sim.pictures.labels import spread
from sim.pictures.picture import WIDTH_IN, Picture, heading, sheet
from sim.response import Response
from sim.tissues import Conductor
from sim.triangles import facet_areas
from sim.units import MM
from sim.windows import weighted_percentiles

Reals = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

COLOURS = "inferno"
DECADES = 3.0  # of the colour scale at most
LEFT_IN, RIGHT_IN, TOP_IN, BETWEEN_IN, BAR_IN = 0.65, 1.35, 0.75, 0.75, 0.75  # room for writing
PAD_IN = 0.09  # height of a pad
NEAR = 5.0  # mm, a probe this near counts as in the plane


def draw_section(
    case: Case, basis: Basis, response: Response, conductors: tuple[Conductor, ...], path: Path
) -> Picture:
    """Draw the vertical cut through the two electrodes with the largest weights in the first channel.

    Colour is the r.m.s. current density on a logarithmic scale, because it spans decades; its limits are percentiles
    by area of the cut. Below the whole cut, its parts under the two electrodes are enlarged.
    """
    pair = main_pair(case)
    plane = Plane.through(*(np.array(electrode.position_mm) * MM for electrode in pair))
    cut = Cut.of(basis, plane)
    points = plane.coordinates(cut.points(basis)) / MM
    density = cut.density(basis, response, conductors)
    norm = _norm(points, density)
    windows = [_whole(case, plane), *(_window(case, plane, electrode) for electrode in pair)]
    ...
