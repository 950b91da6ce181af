"""A picture: its file, and what a reader who does not see it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from meshes.store import write_atomically
from sim.case import Case

WIDTH_IN = 8.0
DPI = 160
TITLE_LETTERS = 76
SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": 10.0,
    "axes.titlesize": 10.0,
    "axes.labelsize": 9.5,
    "axes.linewidth": 0.7,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 9.0,
    "path.simplify": True,
    "agg.path.chunksize": 0,
}


@dataclass(frozen=True)
class Picture:
    """A drawn picture.

    Parameters
    ----------
    name
        Its file is ``<name>.png``.
    title
        Heading.
    alt
        What it shows, in words, with its most important numbers.
    """

    name: str
    title: str
    alt: str


@contextmanager
def sheet(path: Path, height_in: float, title: str) -> Iterator[Figure]:
    """Give a figure of the common width, empty but for its title, and write it when the block ends.

    Figures are built without pyplot, so that no global state is touched.
    """
    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(WIDTH_IN, height_in), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        figure.text(0.1 / WIDTH_IN, 1 - 0.1 / height_in, title, va="top", fontsize=11.0, fontweight="bold")
        yield figure
        write_atomically(path, lambda partial: figure.savefig(partial, format="png", dpi=DPI))


def heading(case: Case, what: str) -> str:
    """Title of the case, cut where it is too long for a line, and what the picture shows."""
    room = TITLE_LETTERS - len(what)
    title = case.title if len(case.title) <= room else f"{case.title[: room - 1].rstrip(' ,;:')}…"
    return f"{title}: {what}"
