"""The waveform of a channel: its pulse with the charge of a phase, its pattern, its train, and its spectrum."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from meshes.arrays import Reals
from sim.case import Channel
from sim.report.pictures.colours import INK, POLES
from sim.report.pictures.picture import Picture
from sim.report.pictures.prefixes import CHARGES, CURRENTS, FREQUENCIES, TIMES, unit_of, with_unit
from sim.report.pictures.sheet import TITLE_LETTERS, WIDTH_IN, sheet
from sim.waveforms import AnyWaveform, Direct, Premodulated, Repeated, Train

ROW_IN, TOP_IN, BOTTOM_IN, GAP_IN = 1.85, 0.75, 0.5, 0.72
LEFT_IN, RIGHT_IN, BETWEEN_IN = 0.75, 0.15, 0.75
POSITIVE, NEGATIVE = POLES[0]
POINTS_PER_CYCLE, POINTS_OF_DECAY = 48, 300
CYCLES = 2.0  # of a carrier that stand for its pulse
PHASES = 13.0  # that a pulse is drawn for, at most: a recharge may last much longer
SAME_INSTANT = 1e-9  # of a period
PERIODS = 3  # of a pattern that is hardly longer than its pulse
TAIL = 0.01  # of the power lies above the band that is marked
BANDS = 2.5  # how far the spectrum is drawn, in such bands
MOST_LINES, FEW_LINES = 4000, 120
FLOOR = 1e-4  # of the largest line is the least that is drawn


@dataclass(frozen=True)
class Trace:
    """A waveform times its amplitude ``peak``, in A or V."""

    waveform: AnyWaveform
    peak: float
    unit: float
    name: str

    @classmethod
    def of(cls, channel: Channel) -> "Trace":
        """The trace of a channel, in mA or µA, or in V."""
        if channel.amplitude_V is not None:
            return cls(channel.waveform, channel.amplitude_V, 1.0, "V")
        peak = (channel.amplitude_mA or 0.0) * 1e-3
        return cls(channel.waveform, peak, *unit_of(peak, CURRENTS))

    def shown(self, w: Any) -> Any:
        """Values of w in the unit of the axis."""
        return w * self.peak / self.unit


def draw_waveform(channel: Channel, path: Path) -> Picture:
    """Draw the waveform of a channel at its amplitude.

    Parameters
    ----------
    channel
        Its waveform, in mA or V at the peak.
    path
        Of the PNG file.
    """
    trace = Trace.of(channel)
    panels = list(_panels(trace))
    rows = (len(panels) + 1) // 2
    height = TOP_IN + rows * ROW_IN + (rows - 1) * GAP_IN + BOTTOM_IN
    facts = _facts(trace)
    with sheet(path, height, _title(channel)) as figure:
        figure.text(0.1 / WIDTH_IN, 1.0 - 0.36 / height, " · ".join(facts), va="top", fontsize=8.5, color=INK)
        for index, draw in enumerate(panels):
            alone = index == len(panels) - 1 and index % 2 == 0
            draw(_axes(figure, height, index, alone))
    words = f"Waveform of {channel.name}: {channel.waveform.kind.replace('_', ' ')}; {'; '.join(facts)}."
    return Picture(path.stem, f"Waveform of {channel.name}", words)


def _panels(trace: Trace) -> list[Callable[[Axes], None]]:
    """What there is to draw."""
    w = trace.waveform
    if isinstance(w, Direct):
        return [lambda axes: _draw_direct(axes, trace, w)]
    panels: list[Callable[[Axes], None]] = [
        lambda axes: _draw_pulse(axes, trace, w),
        lambda axes: _draw_pattern(axes, trace, w),
        lambda axes: _draw_spectrum(axes, trace, w),
    ]
    if w.train is not None:
        train = w.train
        panels.append(lambda axes: _draw_train(axes, trace, train))
    return panels


def _axes(figure: Figure, height: float, index: int, alone: bool) -> Axes:
    """The axes of a panel: two in a row, a last one alone in its row."""
    row, column = divmod(index, 2)
    half = (WIDTH_IN - LEFT_IN - RIGHT_IN - BETWEEN_IN) / 2
    width = WIDTH_IN - LEFT_IN - RIGHT_IN if alone else half
    bottom = height - TOP_IN - (row + 1) * ROW_IN - row * GAP_IN
    left = LEFT_IN + column * (half + BETWEEN_IN)
    axes = figure.add_axes((left / WIDTH_IN, bottom / height, width / WIDTH_IN, ROW_IN / height))
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _draw_pulse(axes: Axes, trace: Trace, w: Repeated) -> None:
    """One pulse, or two cycles of a carrier, around the phase of the largest charge, which is shaded."""
    phase, length = w.strongest_phase, _pulse_length(w)
    start = phase.start_s - 0.12 * length
    unit, name = unit_of(length, TIMES)
    t, values = _curve(w, start, start + 1.24 * length)
    axes.plot((t - phase.start_s) / unit, trace.shown(values), color=INK, linewidth=1.1)
    t, values = _curve(w, phase.start_s, phase.start_s + min(phase.duration_s, 1.12 * length))
    colour = POSITIVE if phase.charge_s > 0.0 else NEGATIVE
    axes.fill_between((t - phase.start_s) / unit, trace.shown(values), color=colour, alpha=0.25, linewidth=0.0)
    where = "" if phase.start_s < SAME_INSTANT * w.period_s else f", from {with_unit(phase.start_s, TIMES)} on"
    _frame(axes, trace, f"time in {name}{where}", f"phase of the largest charge: {_charge(trace, w)}")


def _draw_pattern(axes: Axes, trace: Trace, w: Repeated) -> None:
    """One period of the pattern, or a few where it is short."""
    long = w.steady != w and w.period_s > PERIODS * _pulse_length(w)
    end = w.period_s if long else PERIODS * w.period_s
    unit, name = unit_of(end, TIMES)
    t, values = _curve(w, 0.0, end)
    axes.plot(t / unit, trace.shown(values), color=INK, linewidth=0.6)
    if isinstance(w, Premodulated):
        for sign in (1.0, -1.0):
            axes.plot(t / unit, trace.shown(sign * w.crests(t)), color=POSITIVE, linewidth=1.0, linestyle="--")
    for period in range(round(end / w.period_s) + 1):
        axes.axvline(period * w.period_s / unit, color=INK, linewidth=0.4, linestyle=":")
    _frame(axes, trace, f"time in {name}", f"repeats every {with_unit(w.period_s, TIMES)}")


def _draw_spectrum(axes: Axes, trace: Trace, w: Repeated) -> None:
    """Amplitude of the lines, of the steady carrier where they are too many."""
    band = w.bandwidth_Hz(TAIL)
    top = BANDS * band
    lined = w if top * w.period_s <= MOST_LINES or not isinstance(w.steady, Repeated) else w.steady
    last = max(int(np.ceil(top * lined.period_s)), 1)
    n = np.unique(np.linspace(1, last, min(last, MOST_LINES)).round().astype(np.int64))
    sizes = trace.shown(2.0 * np.abs(lined.spectrum(n)))
    unit, name = unit_of(top, FREQUENCIES)
    kept = sizes > FLOOR * sizes.max()
    frequencies, sizes = n[kept] / lined.period_s / unit, sizes[kept]
    floor = 0.5 * min(float(sizes.min()), 0.1 * float(sizes.max()))
    if len(sizes) <= FEW_LINES:
        axes.vlines(frequencies, floor, sizes, color=INK, linewidth=0.9)
    axes.plot(frequencies, sizes, ".", color=INK, markersize=2.5)
    axes.set(yscale="log", ylim=(floor, 4.0 * float(sizes.max())), xlim=(0.0, top / unit))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.axvline(band / unit, color=POSITIVE, linewidth=1.0, linestyle="--")
    text = f" {1.0 - TAIL:.0%} of the a.c. power below {with_unit(band, FREQUENCIES)}"
    axes.text(band / unit, 2.4 * float(sizes.max()), text, color=POSITIVE, fontsize=8.0, va="center")
    axes.set_xlabel(f"frequency in {name}", labelpad=1.5)
    axes.set_ylabel(f"line in {trace.name}")
    sparse = "" if len(n) == last else f", every {last / len(n):.2g}th line"
    axes.set_title("spectrum" + ("" if lined is w else " of the pulses without modulation") + sparse, loc="left")


def _draw_train(axes: Axes, trace: Trace, train: Train) -> None:
    """The envelope over a cycle and a half."""
    cycle = np.array([0.0, train.ramp_up_s, train.on_s - train.ramp_down_s, train.on_s, train.on_s + train.off_s])
    t = np.concatenate([cycle, cycle[-1] + cycle[:4]])
    levels = trace.shown(np.array([0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0]))
    axes.fill_between(t, levels, -levels, color=INK, alpha=0.15, linewidth=0.0)
    axes.plot(t, levels, color=INK, linewidth=1.1)
    _frame(axes, trace, "time in s", f"train: ON {train.on_s:g} s with its ramps, OFF {train.off_s:g} s")


def _draw_direct(axes: Axes, trace: Trace, w: Direct) -> None:
    """The level with its ramp up."""
    ramp = w.ramp_s or 0.0
    t = np.array([0.0, ramp, 3.0 * ramp or 1.0])
    axes.plot(t, trace.shown(np.array([0.0 if ramp else 1.0, 1.0, 1.0])), color=INK, linewidth=1.4)
    axes.set_ylim(0.0, 1.15 * trace.shown(1.0))
    _frame(axes, trace, "time in s", f"ramp of {ramp:g} s" if ramp else "direct current without a ramp")


def _frame(axes: Axes, trace: Trace, below: str, title: str) -> None:
    axes.axhline(0.0, color=INK, linewidth=0.5)
    axes.margins(x=0.01)
    axes.set_xlabel(below, labelpad=1.5)
    axes.set_ylabel(f"{'voltage' if trace.name == 'V' else 'current'} in {trace.name}")
    axes.set_title(title, loc="left")


def _curve(w: Repeated, start_s: float, end_s: float) -> tuple[Reals, Reals]:
    """Times and values between two instants, with both values at every edge."""
    times, values = [], []
    for period in range(int(np.floor(start_s / w.period_s)), int(np.ceil(end_s / w.period_s))):
        for edge, piece in zip(w.edges_s, w.pieces, strict=False):
            begin = period * w.period_s + edge
            low, high = max(start_s - begin, 0.0), min(end_s - begin, piece.duration_s)
            if low < high:
                turns = max((abs(complex(term.rate).imag) for term in piece.terms), default=0.0) * (high - low)
                steps = int(POINTS_PER_CYCLE * turns / (2.0 * np.pi)) + POINTS_OF_DECAY if piece.terms else 2
                t = np.linspace(low, high, steps)
                times.append(begin + t)
                values.append(piece.at(t))
    return np.concatenate(times), np.concatenate(values)


def _pulse_length(w: Repeated) -> float:
    """Duration of a pulse, or of some cycles of a carrier [s]."""
    cycles = CYCLES / w.steady.frequency_Hz if hasattr(w.steady, "frequency_Hz") else w.period_s
    return min(w.pulse_s or cycles, cycles, PHASES * w.strongest_phase.duration_s)


def _title(channel: Channel) -> str:
    parameters = channel.waveform.parameters.items()
    words = ", ".join(_parameter(key, value) for key, value in parameters)
    title = f"{channel.name}: {channel.waveform.kind.replace('_', ' ')}" + (f", {words}" if words else "")
    return title if len(title) <= TITLE_LETTERS else f"{title[: TITLE_LETTERS - 1].rstrip(' ,')}…"


def _parameter(key: str, value: float | str) -> str:
    """A key and its value in words: ``phase_us`` of 200 is "phase 200 µs"."""
    name, _, suffix = key.rpartition("_")
    unit = {"us": " µs", "ms": " ms", "s": " s", "Hz": " Hz"}.get(suffix)
    words = (key if unit is None else name).replace("_", " ")
    if isinstance(value, str):
        return f"{words} {value}{'' if value.endswith('values') else unit or ''}"
    return f"{words} {value:g}{unit or ''}"


def _facts(trace: Trace) -> list[str]:
    """The measures, in words."""
    w = trace.waveform
    unit = trace.name
    facts = [f"peak {trace.shown(1.0):.4g} {unit}", f"r.m.s. {trace.shown(w.rms):.4g} {unit}"]
    facts += [
        f"average rectified {trace.shown(w.average_rectified):.4g} {unit}",
        f"net d.c. {trace.shown(w.mean):.4g} {unit}",
    ]
    return facts if isinstance(w, Direct) else [*facts, f"charge per phase {_charge(trace, w)}"]


def _charge(trace: Trace, w: Repeated) -> str:
    """Of the phase of the largest charge; the integral of a voltage where a voltage is driven."""
    charge = trace.peak * w.charge_per_phase_s
    return f"{charge / 1e-6:.4g} V µs" if trace.name == "V" else with_unit(charge, CHARGES)
