"""A quantity over two columns, with the boundary beyond which a limit is exceeded."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from meshes.arrays import Reals
from sim.report.pictures.sheet import sheet
from sim.sweep.pictures.scale import Scale
from sim.sweep.rows import Row

BOUNDARY, FAILED = "#1d4e89", "#222222"
MARGIN = "limiting_margin"  # 0 where the first limit is reached


def draw_map(
    rows: Sequence[Row], varied: tuple[str, ...], quantity: str, over: tuple[str, str], title: str, path: Path
) -> None:
    """Draw colours for the quantity, and a line where the first limit is reached.

    Where several rows lie at one place (other columns vary too) the largest value and the smallest margin are shown,
    and the title says so. Places that do not form a grid, as samples, are drawn as dots.
    """
    x, y = (Scale.of(rows, name) for name in over)
    values, margins = (Scale.of(rows, name).places for name in (quantity, MARGIN))
    others = [name for name in varied if name not in over and len(Scale.of(rows, name).ticks) > 1]
    gridded = len(x.ticks) * len(y.ticks) <= 2 * len({*zip(x.places, y.places, strict=True)})
    with sheet(path, 5.6, title) as figure:
        axes = figure.add_axes((0.12, 0.13, 0.74, 0.74))
        if gridded:
            drawn, bounded = _grid(axes, x, y, values, margins)
        else:
            drawn = axes.scatter(x.places, y.places, c=values, cmap="viridis", s=26)
            bounded = _boundary(axes, x.places, y.places, margins)
        missing = ~np.isfinite(values)
        axes.plot(x.places[missing], y.places[missing], "x", color=FAILED, markersize=7)
        x.label(axes, over[0], horizontal=True)
        y.label(axes, over[1], horizontal=False)
        bar = figure.colorbar(drawn, cax=figure.add_axes((0.88, 0.13, 0.025, 0.74)))
        bar.set_label(quantity)
        notes = [f"the largest over {', '.join(others)}"] if others else []
        notes += ["line: the first limit is reached"] if bounded else []
        notes += ["cross: no number"] if missing.any() else []
        figure.text(0.12, 0.885, "; ".join(notes), fontsize=8.5)


def _grid(axes: Axes, x: Scale, y: Scale, values: Reals, margins: Reals) -> tuple[Any, bool]:
    shape = (len(y.ticks), len(x.ticks))
    table, least = np.full(shape, -np.inf), np.full(shape, np.inf)
    known = np.isfinite(x.places) & np.isfinite(y.places)
    column, row = np.searchsorted(x.ticks, x.places[known]), np.searchsorted(y.ticks, y.places[known])
    np.fmax.at(table, (row, column), values[known])
    np.fmin.at(least, (row, column), margins[known])
    table[~np.isfinite(table)] = np.nan
    least[~np.isfinite(least)] = np.nan
    drawn = axes.pcolormesh(x.ticks, y.ticks, table, shading="nearest", cmap="viridis")
    judged = least[np.isfinite(least)]
    crossed = min(shape) > 1 and len(judged) > 0 and bool(judged.min() < 0.0 < judged.max())
    if crossed:
        axes.contour(x.ticks, y.ticks, least, levels=[0.0], colors=BOUNDARY, linewidths=2.2)
    return drawn, crossed


def _boundary(axes: Axes, x: Reals, y: Reals, margins: Reals) -> bool:
    known = np.isfinite(margins) & np.isfinite(x) & np.isfinite(y)
    spread = known.sum() > 3 and min(np.ptp(x[known]), np.ptp(y[known])) > 0.0
    crossed = spread and bool(margins[known].min() < 0.0 < margins[known].max())
    if crossed:
        axes.tricontour(x[known], y[known], margins[known], levels=[0.0], colors=BOUNDARY, linewidths=2.2)
    return crossed
