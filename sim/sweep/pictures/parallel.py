"""All varied columns and a quantity side by side; each case is a line through its values."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.collections import LineCollection

from meshes.arrays import Reals
from sim.report.pictures.sheet import sheet
from sim.sweep.pictures.scale import Scale
from sim.sweep.rows import Row

INK = "#222222"
LONGEST = 16  # letters of a name on one line


def draw_parallel(rows: Sequence[Row], varied: tuple[str, ...], quantity: str, title: str, path: Path) -> None:
    """Draw the cases coloured by the quantity; dashed where a limit is exceeded."""
    columns = (*varied, quantity)
    scales = [Scale.of(rows, name) for name in columns]
    heights = np.column_stack([_unit(scale) for scale in scales])
    known = np.isfinite(heights).all(axis=1)
    exceeded = np.array([row.get("verdict") == "exceeded" for row in rows])
    colours = colormaps["viridis"](heights[:, -1])
    along = np.arange(len(columns))
    with sheet(path, 5.0, title) as figure:
        axes = figure.add_axes((0.1, 0.24, 0.8, 0.6))
        for chosen, style in ((known & ~exceeded, "solid"), (known & exceeded, (0, (2, 2)))):
            lines = [np.column_stack([along, height]) for height in heights[chosen]]
            axes.add_collection(LineCollection(lines, colors=colours[chosen], linestyles=[style], linewidths=1.1))
        axes.set_xlim(-0.05, len(columns) - 0.95)
        axes.set_ylim(-0.04, 1.04)
        for place, (name, scale) in enumerate(zip(columns, scales, strict=True)):
            axes.axvline(place, color=INK, linewidth=0.8)
            low, high = _ends(scale)
            axes.text(place, -0.07, f"{low}\n{_broken(name)}", ha="center", va="top", fontsize=7.5)
            axes.text(place, 1.06, high, ha="center", va="bottom", fontsize=7.5)
        axes.axis("off")
        if (known & exceeded).any():
            figure.text(0.06, 0.02, "dashed: a limit is exceeded", fontsize=8.5)


def _unit(scale: Scale) -> Reals:
    """Places from 0 to 1."""
    if not len(scale.ticks):
        return scale.places
    low, high = float(scale.ticks[0]), float(scale.ticks[-1])
    if high == low:
        return np.asarray(scale.places * 0.0 + 0.5)
    return np.asarray((scale.places - low) / (high - low))


def _ends(scale: Scale) -> tuple[str, str]:
    if not len(scale.ticks):
        return "", ""
    if scale.labels is not None:
        return scale.labels[0], scale.labels[-1]
    return f"{scale.ticks[0]:.4g}", f"{scale.ticks[-1]:.4g}"


def _broken(name: str) -> str:
    """A long name on several lines."""
    return name.replace(".", ".\n") if len(name) > LONGEST else name
