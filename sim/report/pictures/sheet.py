"""A sheet of the common size and style, on which a picture is drawn."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from meshes.store import write_atomically
from sim.case import Case

WIDTH_IN = 8.0
DPI = 160
TITLE_LETTERS = 76
# Of current densities: light to dark, ending before dark lines on it get lost.
DENSITY = LinearSegmentedColormap.from_list("density", matplotlib.colormaps["YlOrRd"](np.linspace(0.0, 0.9, 64)))
SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10.0,
    "axes.titlesize": 10.0,
    "axes.labelsize": 9.5,
    "axes.linewidth": 0.7,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 9.0,
    "text.parse_math": False,  # a title may hold a dollar sign
}


@contextmanager
def sheet(path: Path, height_in: float, title: str) -> Iterator[Figure]:
    """Give a figure of the common width, empty but for its title, and write it when the block ends.

    Figures are built without pyplot, so that no global state is touched.
    """
    with matplotlib.rc_context(SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # a sign that the font lacks shows as a box
        figure = Figure(figsize=(WIDTH_IN, height_in), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        figure.text(0.1 / WIDTH_IN, 1 - 0.1 / height_in, title, va="top", fontsize=11.0, fontweight="bold")
        yield figure
        write_atomically(path, lambda partial: figure.savefig(partial, format="png", dpi=DPI))


def heading(case: Case, what: str) -> str:
    """Title of the case, cut where it is too long for a line, and what the picture shows."""
    room = TITLE_LETTERS - len(what)
    title = " ".join(case.title.split())
    if len(title) > room:
        title = f"{title[: room - 1].rstrip(' ,;:')}…"
    return f"{title}: {what}"
