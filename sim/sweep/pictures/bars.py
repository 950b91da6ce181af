"""What a quantity is sensitive to, as bars: the strongest axis on top."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.pictures.sheet import sheet
from sim.sweep.sensitivity import Effect, Indices

LOW, HIGH = "#1d4e89", "#b85c00"
ROW_IN, FRAME_IN = 0.42, 1.5


def draw_tornado(found: Sequence[Effect], quantity: str, title: str, path: Path) -> None:
    """Draw for each axis the mean of the quantity from the axis' lowest to its highest value."""
    with sheet(path, FRAME_IN + ROW_IN * len(found), title) as figure:
        axes = _axes(figure, [effect.axis for effect in found])
        places = np.arange(len(found))
        low, high = np.array([effect.at_low for effect in found]), np.array([effect.at_high for effect in found])
        axes.barh(places, high - low, left=low, color="#c9ced4", height=0.5)
        axes.plot(low, places, "o", color=LOW, label="axis at its lowest")
        axes.plot(high, places, "s", color=HIGH, label="axis at its highest")
        axes.set_xlabel(f"mean of {quantity}")
        axes.legend(loc="best", frameon=False)


def draw_indices(found: Sequence[Indices], title: str, path: Path) -> None:
    """Draw the first-order and the total index of Sobol of each axis."""
    with sheet(path, FRAME_IN + ROW_IN * len(found), f"{title}, indices of Sobol") as figure:
        axes = _axes(figure, [index.axis for index in found])
        places = np.arange(len(found))
        axes.barh(places + 0.18, [index.total for index in found], height=0.34, color=HIGH, label="total")
        axes.barh(places - 0.18, [index.first for index in found], height=0.34, color=LOW, label="first order")
        axes.axvline(0.0, color="#222222", linewidth=0.7)
        axes.set_xlabel("part of the variance")
        axes.legend(loc="best", frameon=False)


def _axes(figure: Figure, names: Sequence[str]) -> Axes:
    """Axes with a row for each name, from the top."""
    height = float(figure.get_size_inches()[1])
    axes = figure.add_axes((0.36, 0.62 / height, 0.6, 1 - 1.1 / height))
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    return axes
