"""A channel over time: the current that goes in, the voltage between its poles, the current density at probes."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from meshes.arrays import Reals
from sim.basis import Solution
from sim.case import Case, Channel
from sim.report.pictures.colours import INK, POLES
from sim.report.pictures.picture import Picture
from sim.report.pictures.prefixes import CURRENTS, DENSITIES, TIMES, VOLTAGES, Units, unit_of, with_unit
from sim.report.pictures.sheet import WIDTH_IN, heading, sheet
from sim.report.pictures.traces import Traces, trace
from sim.response import Response

ROW_IN, TOP_IN, BOTTOM_IN, GAP_IN = 1.3, 0.6, 0.5, 0.34
LEGEND_IN = 0.26  # under the axis of time, where there is one
LEFT_IN, RIGHT_IN = 0.85, 0.2
BREAK = [(-0.5, -1.0), (0.5, 1.0)]  # the stroke where the axis of time is cut


def draw_over_time(case: Case, basis: Solution, response: Response, channel: int, path: Path) -> Picture | None:
    """Draw a channel over a period, or over the part of it that is worth seeing; None for direct current.

    Parameters
    ----------
    case, basis, response
        What was computed.
    channel
        Its number.
    path
        Of the PNG file.
    """
    traces = trace(case, basis, response, channel)
    if traces is None:
        return None
    rows = 3 if traces.densities else 2
    height = TOP_IN + rows * ROW_IN + (rows - 1) * GAP_IN + BOTTOM_IN + (LEGEND_IN if traces.densities else 0.0)
    about = case.channels[channel]
    with sheet(path, height, heading(case, f"{about.name} over time")) as figure:
        axes = [_axes(figure, height, row) for row in range(rows)]
        _draw_lines(axes[0], traces, {"": traces.current_A}, CURRENTS, "current")
        _draw_lines(axes[1], traces, {"": traces.voltage_V}, VOLTAGES, "voltage")
        for row, title in zip(axes, _titles(about, traces), strict=False):
            row.set_title(title, loc="left", pad=3.0)
        if traces.densities:
            _draw_lines(axes[2], traces, traces.densities, DENSITIES, "J")
            axes[2].set_title(
                "current density along its direction at the peak, positive with the current", loc="left", pad=3.0
            )
        for row in axes[:-1]:
            row.tick_params(labelbottom=False)
        _mark_time(axes, traces)
    words = f"{about.name} over {_stretch(traces)}: {'; '.join([*_titles(about, traces), *_densities(traces)])}."
    return Picture(path.stem, f"{about.name} over time", words)


def _axes(figure: Figure, height: float, row: int) -> Axes:
    bottom = height - TOP_IN - (row + 1) * ROW_IN - row * GAP_IN
    width = WIDTH_IN - LEFT_IN - RIGHT_IN
    axes = figure.add_axes((LEFT_IN / WIDTH_IN, bottom / height, width / WIDTH_IN, ROW_IN / height))
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _draw_lines(axes: Axes, traces: Traces, lines: dict[str, Reals], units: Units, name: str) -> None:
    """Lines over time in the unit that suits the largest of them."""
    size, unit = unit_of(max(_peak(values) for values in lines.values()), units)
    time_unit, _ = unit_of(traces.stretch.length_s, TIMES)
    colours = (INK,) if len(lines) == 1 else [pair[0] for pair in POLES]
    for (label, values), colour in zip(lines.items(), colours, strict=False):
        axes.plot(traces.times_s / time_unit, values / size, color=colour, linewidth=1.0, label=label)
    axes.axhline(0.0, color=INK, linewidth=0.5)
    axes.set_ylabel(f"{name} in {unit}")
    axes.yaxis.set_label_coords(-0.6 / (WIDTH_IN - LEFT_IN - RIGHT_IN), 0.5)
    if all(lines):
        below = (0.5, -BOTTOM_IN / ROW_IN)
        axes.legend(loc="upper center", frameon=False, ncols=len(lines), borderpad=0.0, bbox_to_anchor=below)


def _mark_time(axes: list[Axes], traces: Traces) -> None:
    """The axis of time: where periods begin, and strokes where it is cut."""
    stretch = traces.stretch
    unit, name = unit_of(stretch.length_s, TIMES)
    first, last = (int(np.floor(t / stretch.period_s + 1e-9)) for t in (stretch.start_s, stretch.end_s))
    for row in axes:
        row.set_xlim(stretch.start_s / unit, stretch.end_s / unit)
        for n in range(first, last + 1):
            if stretch.start_s <= n * stretch.period_s <= stretch.end_s * (1.0 + 1e-9):
                row.axvline(n * stretch.period_s / unit, color=INK, linewidth=0.6, linestyle=":", clip_on=False)
        if not stretch.whole:
            for side in (0.0, 1.0):
                row.plot([side], [0.0], marker=BREAK, markersize=9, color=INK, clip_on=False, transform=row.transAxes)
    axes[-1].set_xlabel(f"time in {name}: {_stretch(traces)}", labelpad=1.5)


def _stretch(traces: Traces) -> str:
    stretch = traces.stretch
    period = with_unit(stretch.period_s, TIMES)
    shown = (
        f"a period of {period}" if stretch.whole else f"{with_unit(stretch.length_s, TIMES)} of a period of {period}"
    )
    return shown + (f", in step with {', '.join(traces.in_step)}" if traces.in_step else "")


def _titles(channel: Channel, traces: Traces) -> list[str]:
    positive = ", ".join(name for name, weight in channel.electrodes.items() if weight > 0.0)
    return [
        f"current into {positive}, {with_unit(_peak(traces.current_A), CURRENTS)} at its peak",
        f"voltage between the poles, {with_unit(_peak(traces.voltage_V), VOLTAGES)} at its peak",
    ]


def _densities(traces: Traces) -> list[str]:
    return [
        f"current density at {name}, {with_unit(_peak(values), DENSITIES)} at its peak"
        for name, values in traces.densities.items()
    ]


def _peak(values: Reals) -> float:
    return float(np.abs(values).max())
