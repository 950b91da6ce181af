"""A column as places along an axis: numbers as they are, texts and lists in their order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from meshes.arrays import Reals
from sim.sweep.rows import Row

LONGEST = 18  # letters of a label


@dataclass(frozen=True)
class Scale:
    """Where the rows lie along a column (n,), the places that occur, and their labels if they are no numbers."""

    places: Reals
    ticks: Reals
    labels: tuple[str, ...] | None

    @classmethod
    def of(cls, rows: Sequence[Row], column: str) -> "Scale":
        """Of a column of the table; NaN where a row has nothing there."""
        cells = [row.get(column) for row in rows]
        if not any(isinstance(cell, str) for cell in cells):
            places = np.array([np.nan if cell is None else float(cell) for cell in cells])
            return cls(places, np.unique(places[np.isfinite(places)]), None)
        labels = tuple(dict.fromkeys(str(cell) for cell in cells if cell is not None))
        places = np.array([np.nan if cell is None else float(labels.index(str(cell))) for cell in cells])
        return cls(places, np.arange(len(labels), dtype=np.float64), tuple(_short(label) for label in labels))

    def label(self, axes: Axes, name: str, horizontal: bool) -> None:
        """Write the name of the column, and the labels of what is no number, along an axis of a plot."""
        axis = axes.xaxis if horizontal else axes.yaxis
        axis.set_label_text(name)
        if self.labels is not None:
            axis.set_ticks(self.ticks, self.labels, rotation=30 if horizontal else 0)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"
