"""A run over time: the field at an instant, not only at the peak.

What moves is Σ X_c s_c(t), with the components s_c(t) of ``sim.response.Response``. Resistive runs move as the
waveforms of their channels do; where capacitance counts the components are functions of time of their own, which only
the kept solutions have. Channels of different rates start together at t = 0.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from meshes.arrays import Reals
from sim.case import Case, Channel
from sim.clocks import Clock
from sim.report.pictures.prefixes import CURRENTS, TIMES, VOLTAGES, with_unit
from sim.units import MA
from sim.view.amplitudes import find_solved
from sim.view.errors import ViewError
from sim.view.run import Run

NOW = {"J_rms": "J_now", "J_magnitude": "J_now", "E": "E_now", "potential": "potential_now"}
CLOCKLESS = "direct current: nothing changes over time"


@dataclass(frozen=True)
class Moving:
    """The components of a run, at the amplitudes of its channels.

    Parameters
    ----------
    potential
        Means of the corners of the cells (components, m), V.
    field, density
        E (V/m) and J (A/m2) at the centroids of the cells (components, m, 3).
    components
        Their values (components,) at a time, s.
    """

    potential: Reals
    field: Reals
    density: Reals
    components: Callable[[float], Reals]

    def at(self, run: Run, t_s: float) -> Run:
        """The run with the fields of an instant beside its own, as arrays ``J_now``, ``E_now`` and ``potential_now``.

        Parameters
        ----------
        run
            At the same amplitudes.
        t_s
            From the start of the waveforms, s.
        """
        values = self.components(t_s)
        grid = run.grid.copy(deep=False)
        grid.cell_data["potential_now"] = values @ self.potential
        grid.cell_data["E_now"] = np.tensordot(values, self.field, axes=1)
        grid.cell_data["J_now"] = np.tensordot(values, self.density, axes=1)
        return replace(run, grid=grid)


class Mover(Protocol):
    """Something that knows a run over time."""

    @property
    def why_not(self) -> str:
        """Why there are no fields of an instant; empty where there are."""
        ...

    def of(self, run: Run) -> Moving:
        """The components of the run at the amplitudes that it has now."""
        ...


@dataclass(frozen=True)
class OneWaveform:
    """A resistive run of one channel: all fields follow its waveform, whose peak is 1."""

    why_not: str = ""

    def of(self, run: Run) -> Moving:
        """From the fields of the peak."""
        potential = np.asarray(run.grid.point_data["potential"], dtype=np.float64)[run.cells].mean(axis=1)
        field, density = (np.asarray(run.grid.cell_data[name], dtype=np.float64) for name in ("E", "J"))
        return Moving(potential[None], field[None], density[None], lambda t: _waveforms(run.case, t))


@dataclass(frozen=True)
class Kept:
    """A run whose unit solutions (``sim.solving.Solved``) are kept."""

    solved: Any
    why_not: str = ""

    def of(self, run: Run) -> Moving:
        """Superposed anew."""
        response = replace(self.solved, case=run.case).respond()
        clocks = response.clocks
        return Moving(
            response.potential[:, self.solved.basis.cells].mean(axis=2),
            response.field.mean(axis=2),
            response.current_density.mean(axis=2),
            (lambda t: _answers(clocks, t)) if clocks else (lambda t: _waveforms(run.case, t)),
        )


@dataclass(frozen=True)
class Still:
    """A run of which no instant can be shown."""

    why_not: str

    def of(self, run: Run) -> Moving:
        """Nothing.

        Raises
        ------
        ViewError
            Always; it says why.
        """
        raise ViewError(f"time: {self.why_not}")


def mover_of(run: Run) -> Mover:
    """How the fields of an instant are had: from the run folder, from the kept solutions, or not at all."""
    if not moving_channels(run.case):
        return Still(CLOCKLESS)
    resistive = run.result.get("computed", {}).get("mode") == "quasistatic"
    if resistive and len(run.case.channels) == 1:
        return OneWaveform()
    solved, why = find_solved(run)
    if solved is not None:
        return Kept(solved)
    return Still(f"the run folder has the fields of the peak alone, and {why}")


def moving_channels(case: Case) -> list[Channel]:
    """The channels that repeat."""
    return [channel for channel in case.channels if channel.waveform.period_s is not None]


def driven_words(case: Case, t_s: float) -> str:
    """What every channel drives at a time, for a reader."""
    parts = []
    for channel in case.channels:
        value = float(channel.waveform.at(t_s))
        if channel.amplitude_V is not None:
            size = with_unit(abs(channel.amplitude_V * value), VOLTAGES)
        else:
            assert channel.amplitude_mA is not None  # checked with the case
            size = with_unit(abs(channel.amplitude_mA * MA * value), CURRENTS)
        parts.append(f"{channel.name} {'−' if value < 0.0 else '+'}{size}")
    return f"t = {with_unit(t_s, TIMES)}: {', '.join(parts)}"


def _waveforms(case: Case, t_s: float) -> Reals:
    return np.array([float(channel.waveform.at(t_s)) for channel in case.channels])


def _answers(clocks: tuple[Clock, ...], t_s: float) -> Reals:
    """Values of the components of all clocks, between the instants at which they are known."""
    values = np.zeros(sum(len(clock.components) for clock in clocks))
    for clock in clocks:
        t = 0.0 if clock.period_s is None else t_s % clock.period_s
        values[list(clock.components)] = [np.interp(t, clock.times_s, column) for column in clock.values.T]
    return values
