"""The impedance of each channel over frequency, where capacitance counts."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from meshes.arrays import Reals
from sim.case import Case
from sim.frequency import Complexes, frequency_text
from sim.harmonic_basis import HarmonicBasis
from sim.impedances import channel_impedances
from sim.report.pictures.colours import INK, POLES
from sim.report.pictures.picture import Picture
from sim.report.pictures.prefixes import FREQUENCIES, RESISTANCES, unit_of, with_unit
from sim.report.pictures.sheet import WIDTH_IN, heading, sheet
from sim.signal import SHOWN_HZ
from sim.terminals import case_harmonics
from sim.tissues import Conductor

ROW_IN, TOP_IN, BOTTOM_IN, GAP_IN = 1.75, 0.5, 0.5, 0.34
LEFT_IN, RIGHT_IN = 0.85, 0.25
PER_DECADE = 16
WIDE = 3.0  # a ratio of the largest and the smallest impedance from which the axis is logarithmic


@dataclass(frozen=True)
class Impedances:
    """Impedances of channels over frequency.

    Parameters
    ----------
    frequencies_Hz
        Ascending (f,), those of ``SHOWN_HZ`` in the band among them.
    values_ohm
        (f, channels).
    """

    frequencies_Hz: Reals
    values_ohm: Complexes

    @property
    def shown(self) -> tuple[int, ...]:
        """Numbers of the frequencies that are told."""
        return tuple(int(i) for i in np.flatnonzero(np.isin(self.frequencies_Hz, SHOWN_HZ)))


def impedances(case: Case, conductors: tuple[Conductor, ...], basis: HarmonicBasis) -> Impedances:
    """Over the band in which the body was solved, without 0 Hz."""
    harmonics = case_harmonics(case, conductors, basis)
    solved = basis.frequencies_Hz[basis.frequencies_Hz > 0.0]
    low, high = float(solved[0]), float(solved[-1])
    spaced = np.geomspace(low, high, int(np.ceil(PER_DECADE * np.log10(high / low))) + 1)
    told = [f for f in SHOWN_HZ if low <= f <= high]
    frequencies = np.unique(np.concatenate([np.clip(spaced, low, high), told]))
    admittances = [harmonics.admittance(float(f)) for f in frequencies]
    return Impedances(frequencies, channel_impedances(case, basis.terminals, admittances))


def draw_impedance(case: Case, conductors: tuple[Conductor, ...], basis: HarmonicBasis, path: Path) -> Picture:
    """Draw magnitude and phase of each channel's impedance over frequency, with dots at 50 Hz, 1 kHz and 4 kHz.

    Parameters
    ----------
    case, conductors, basis
        What was computed.
    path
        Of the PNG file.
    """
    found = impedances(case, conductors, basis)
    height = TOP_IN + 2 * ROW_IN + GAP_IN + BOTTOM_IN
    width = (WIDTH_IN - LEFT_IN - RIGHT_IN) / WIDTH_IN
    with sheet(path, height, heading(case, "impedance of the channels")) as figure:
        bottoms = (BOTTOM_IN + ROW_IN + GAP_IN, BOTTOM_IN)
        upper, lower = (figure.add_axes((LEFT_IN / WIDTH_IN, b / height, width, ROW_IN / height)) for b in bottoms)
        _draw_magnitudes(upper, case, found)
        _draw_lines(lower, case, found, np.degrees(np.angle(found.values_ohm)))
        lower.set_ylabel("phase in °")
        upper.tick_params(labelbottom=False)
        lower.set_xlabel("frequency; dots at " + ", ".join(frequency_text(f) for f in SHOWN_HZ), labelpad=1.5)
    return Picture(path.stem, "Impedance of the channels over frequency", _words(case, found))


def _draw_magnitudes(axes: Axes, case: Case, found: Impedances) -> None:
    sizes = np.abs(found.values_ohm)
    unit, name = unit_of(float(sizes.max()), RESISTANCES)
    _draw_lines(axes, case, found, sizes / unit)
    if sizes.max() > WIDE * sizes.min():
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_ylim(bottom=0.0)
    axes.set_ylabel(f"|Z| in {name}")
    axes.legend(loc="upper right", frameon=False)


def _draw_lines(axes: Axes, case: Case, found: Impedances, values: Reals) -> None:
    """A line for each channel, with dots at the frequencies that are told."""
    dots = list(found.shown)
    for c, channel in enumerate(case.channels):
        colour = POLES[c % len(POLES)][0]
        axes.plot(found.frequencies_Hz, values[:, c], color=colour, linewidth=1.2, label=channel.name)
        axes.plot(found.frequencies_Hz[dots], values[dots, c], "o", color=colour, markersize=4.5)
    axes.set_xscale("log")
    axes.margins(x=0.015)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda f, _: with_unit(f, FREQUENCIES)))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=INK, alpha=0.15, linewidth=0.5)


def _words(case: Case, found: Impedances) -> str:
    """What the picture shows, with the impedances at its dots."""
    told = []
    for c, channel in enumerate(case.channels):
        each = [_told(float(found.frequencies_Hz[i]), complex(found.values_ohm[i, c])) for i in found.shown]
        told.append(f"{channel.name} {', '.join(each)}")
    low, high = (frequency_text(float(found.frequencies_Hz[i])) for i in (0, -1))
    return f"Magnitude and phase of the impedance from {low} to {high}: {'; '.join(told)}."


def _told(frequency_Hz: float, impedance_ohm: complex) -> str:
    phase = np.degrees(np.angle(impedance_ohm))
    return f"{with_unit(abs(impedance_ohm), RESISTANCES)} at {phase:.3g}° at {frequency_text(frequency_Hz)}"
