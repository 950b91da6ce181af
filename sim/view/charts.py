"""What drives a run, and how much of each limit it uses."""

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from meshes.arrays import Reals
from sim.case import Channel
from sim.report.pictures.colours import INK, POLES
from sim.report.pictures.prefixes import CURRENTS, TIMES, unit_of
from sim.report.pictures.sheet import SETTINGS
from sim.safety.verdict import EVALUATED, CheckResult
from sim.units import MA
from sim.view.errors import ViewError
from sim.view.run import Run
from sim.view.theme import Screenshot, finish_axes, new_axes
from sim.waveforms import AnyWaveform

SAMPLES = 4000
PULSES = 1.6  # that are drawn, where a pulse is short against its period
LEAST = 1e-3  # used part of a limit that is drawn
COLOURS = {"pass": "#1b6e30", "caution": "#b87700", "exceeded": "#a8201a"}


def plot_waveform(
    run: Run, channel: str | None = None, axes: Axes | None = None, screenshot: Screenshot = None
) -> Axes:
    """Draw a channel's waveform at its amplitude: its pulse, or a period where that is not much longer.

    Parameters
    ----------
    channel
        Its name; None: the first one.
    axes, screenshot
        See ``plot_electrode``.

    Raises
    ------
    ViewError
        If there is no such channel.
    """
    channels = {each.name: each for each in run.case.channels}
    name = run.case.channels[0].name if channel is None else channel
    if name not in channels:
        raise ViewError(f"channel: found {name!r}; accepted: {', '.join(channels)}")
    shown = channels[name]
    t, values, unit = waveform_samples(shown)
    size, label = unit_of(float(t[-1] - t[0]), TIMES)
    with matplotlib.rc_context(SETTINGS):
        axes = new_axes(7.0, 3.2) if axes is None else axes
        axes.axhline(0.0, color=INK, linewidth=0.6)
        axes.plot(t / size, values, color=POLES[0][0], linewidth=1.3)
        axes.set_xlabel(f"time in {label}")
        axes.set_ylabel(f"{'voltage' if unit == 'V' else 'current'} in {unit}")
        kind = shown.waveform.kind.replace("_", " ")
        axes.set_title(f"{name}: {kind}, {shown.waveform.frequency_Hz:g} Hz", loc="left")
    return finish_axes(axes, screenshot)


def waveform_samples(channel: Channel) -> tuple[Reals, Reals, str]:
    """Times (n,), s, values (n,) at the amplitude of the channel, and their unit."""
    waveform = channel.waveform
    length = pulse_stretch_s(waveform)
    t = np.asarray(np.linspace(-0.05 * length, length, SAMPLES), dtype=np.float64)
    values = np.asarray(waveform.at(t), dtype=np.float64)
    if channel.amplitude_V is not None:
        return t, channel.amplitude_V * values, "V"
    assert channel.amplitude_mA is not None  # checked with the case
    size, unit = unit_of(channel.amplitude_mA * MA, CURRENTS)
    return t, channel.amplitude_mA * MA / size * values, unit


def pulse_stretch_s(waveform: AnyWaveform) -> float:
    """So much of a waveform that its pulse is seen, or a period where that is not much longer."""
    period = 1.0 / waveform.frequency_Hz if waveform.frequency_Hz else 1.0
    return min(PULSES * waveform.pulse_s, period) if waveform.pulse_s else period


def plot_margins(run: Run, most: int = 20, axes: Axes | None = None, screenshot: Screenshot = None) -> Axes:
    """Draw how much of each limit is used, tightest first; beyond the line it is exceeded.

    Parameters
    ----------
    most
        Checks that are drawn; those not evaluated are named below.
    axes, screenshot
        See ``plot_electrode``.
    """
    evaluated = sorted((c for c in run.verdict.checks if c.outcome in EVALUATED), key=used)[::-1]
    shown = evaluated[:most][::-1]
    unknown = [c.where for c in run.verdict.checks if c.outcome == "not_evaluated"]
    with matplotlib.rc_context(SETTINGS):
        axes = new_axes(7.6, 1.3 + 0.26 * max(len(shown), 2)) if axes is None else axes
        parts = [max(used(check), LEAST) for check in shown]
        bars = axes.barh([f"{c.id.split('/')[-1]} ({c.subject})" for c in shown], parts, left=0.0)
        for patch, check, part in zip(bars, shown, parts, strict=True):
            patch.set_color(COLOURS[check.outcome])
            text = f" {_percent(used(check))} {check.outcome}"
            axes.text(part, patch.get_y() + patch.get_height() / 2, text, va="center", fontsize=8)
        axes.axvline(1.0, color=INK, linewidth=1.2)
        axes.set_xscale("log")
        axes.set_xlim(LEAST, 8.0 * max([1.0, *parts]))
        axes.set_xlabel("used part of the limit (1: at the limit)")
        left_out = f"; {len(evaluated) - len(shown)} with more room left out" if len(evaluated) > len(shown) else ""
        missing = f"; not evaluated: {', '.join(unknown)}" if unknown else ""
        verdict = run.verdict.overall.replace("_", " ").upper()
        axes.set_title(f"{verdict}{left_out}{missing}", loc="left", wrap=True)
    return finish_axes(axes, screenshot)


def used(check: CheckResult) -> float:
    """Used part of a limit, 1 - margin."""
    return 1.0 if check.margin is None else 1.0 - check.margin


def _percent(part: float) -> str:
    return f"{100 * part:.3g} %" if part >= LEAST else "under 0.1 %"
