"""A current source that runs out of voltage: the current is what the wanted one and the largest voltage allow.

One port of impedance Z(s) = d + sum of g_k / (1 - s / p_k), states z' = p (z - i), voltage V = d i + g.z. While abs(V)
stays below the largest voltage M the current is the wanted one. Where it would not, V = M or -M, and
i = (V - g.z) / d makes a system of its own, whose rates are the zeros of Z. Both are linear, so that each is stepped
exactly; the instants of change are found as roots.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from meshes.arrays import Reals
from sim.transient.grid import Grid, cut
from sim.transient.response import Complexes, RationalResponse
from sim.transient.states import forced, relaxed
from sim.waveforms.pieces import Piece

TOUCHING = 1e-12  # of the largest voltage: closer is at it
MAX_CHANGES = 1000  # between free and clipped within one interval

States = Callable[[Reals], Reals]


@dataclass(frozen=True)
class Clipped:
    """Current and voltage of a source over the last of several periods.

    Parameters
    ----------
    times_s, weights
        Instants (t,) and the parts of the period that they stand for.
    current_A, voltage_V
        At the instants (t,).
    clipped_s
        Time during which the source was at its largest voltage, s.
    """

    times_s: Reals
    weights: Reals
    current_A: Reals
    voltage_V: Reals
    clipped_s: float


class Port:
    """The two ways of a one-port: driven by a current, or held at a voltage.

    Parameters
    ----------
    impedance
        With one column, ohm; its direct part is positive.

    Raises
    ------
    ValueError
        If it has several columns, no instant resistance, or does not relax when held at a voltage.
    """

    def __init__(self, impedance: RationalResponse) -> None:
        if impedance.gains.shape[1] != 1 or not impedance.direct[0] > 0.0:
            raise ValueError("the impedance must have one column and a positive instant resistance")
        active = impedance.gains[:, 0] != 0.0
        self.p, self.g, self.d = impedance.poles_per_s[active], impedance.gains[active, 0], float(impedance.direct[0])
        rates, self.modes = np.linalg.eig(np.diag(self.p) + np.outer(self.p, self.g) / self.d)
        self.rates: Complexes = np.asarray(rates, dtype=np.complex128)
        if np.any(self.rates.real >= 0.0):
            raise ValueError("the impedance is not passive: held at a voltage, it does not relax")

    def free(self, start: Reals, piece: Piece) -> States:
        """States over time (t, k) under a current."""
        return lambda t: relaxed(self.p, start, t) + forced(self.p, piece, t)

    def held(self, start: Reals, voltage_V: float) -> States:
        """States over time (t, k) at a voltage."""
        if not len(self.p):
            return lambda t: np.zeros((len(t), 0))
        at, drive = np.linalg.solve(self.modes, np.column_stack([start, -self.p * voltage_V / self.d])).T
        rest = -drive / self.rates
        return lambda t: np.asarray(
            (self.modes @ (np.exp(np.outer(self.rates, t)) * (at - rest)[:, None] + rest[:, None])).real.T
        )


def clipped(
    impedance: RationalResponse,
    pieces: Sequence[Piece],
    grid: Grid,
    amplitude_A: float,
    max_voltage_V: float,
    periods: int = 1,
) -> Clipped:
    """Current and voltage in the last of some periods, at rest before the first.

    Parameters
    ----------
    impedance
        Of the port, one column, ohm.
    pieces
        One period of the wanted current, for an amplitude of 1 A.
    grid
        Of ``time_grid`` for them, with the fastest rate of the impedance.
    amplitude_A, max_voltage_V
        Of the source.
    periods
        How many; slow poles take as many as their time constants hold.

    Raises
    ------
    ValueError
        As ``Port``; if there is no period, or the largest voltage is not positive.
    """
    if periods < 1 or not max_voltage_V > 0.0:
        raise ValueError(f"{periods} periods, largest voltage {max_voltage_V!r} V; accepted: at least 1, more than 0")
    port = Port(impedance)
    drive = [piece.scaled(amplitude_A) for piece in pieces]
    state: Reals = np.zeros(len(port.p))
    for _ in range(periods):
        state, result = _period(port, drive, grid, max_voltage_V, state)
    return result


def _period(port: Port, drive: Sequence[Piece], grid: Grid, limit: float, state: Reals) -> tuple[Reals, Clipped]:
    """States at the end of a period, and what happened in it."""
    current, voltage = np.empty(len(grid.times_s)), np.empty(len(grid.times_s))
    clipped_s = 0.0
    for span, t, piece in cut(drive, grid):
        i, v = current[span], voltage[span]
        done, now = 0, 0.0  # instants behind, time reached
        side = _side(port.d * float(piece.at(0.0)) + float(port.g @ state), limit)
        for _ in range(MAX_CHANGES):
            states = port.held(state, side * limit) if side else port.free(state, piece.part(now, piece.duration_s))
            left = t[done:] - now
            z = states(left)
            wanted = piece.at(t[done:])
            open_V = port.d * wanted + z @ port.g
            i[done:] = (side * limit - z @ port.g) / port.d if side else wanted
            v[done:] = side * limit if side else open_V
            change = _first_change(open_V, side, limit)
            if change is None:
                clipped_s += float(left[-1]) if side else 0.0
                state = z[-1]
                break
            entered = side or _side(open_V[change], limit)
            from_time = now
            after = float(left[change - 1]) if change > 0 else 0.0
            step = _root(port, piece, states, from_time, after, float(left[change]), entered * limit)
            state = states(np.array([step]))[0]
            clipped_s += step if side else 0.0
            side = 0 if side else entered
            now, done = from_time + step, done + change
        else:
            raise ValueError(f"the source changes between free and clipped more than {MAX_CHANGES} times")
    return state, Clipped(grid.times_s, grid.weights, current, voltage, clipped_s)


def _side(open_V: float, limit: float) -> int:
    """Which limit a voltage is beyond: 1, -1 or 0."""
    return int(np.sign(open_V)) if abs(open_V) > limit * (1.0 + TOUCHING) else 0


def _first_change(open_V: Reals, side: int, limit: float) -> int | None:
    """First instant at which the mode is no longer right."""
    wrong = side * open_V < limit * (1.0 - TOUCHING) if side else np.abs(open_V) > limit * (1.0 + TOUCHING)
    return int(np.argmax(wrong)) if wrong.any() else None


def _root(port: Port, piece: Piece, states: States, now: float, low: float, high: float, level: float) -> float:
    """Time after ``now`` at which the voltage that the wanted current would need passes a level."""

    def beyond(t: float) -> float:
        return port.d * float(piece.at(now + t)) + float(states(np.array([t]))[0] @ port.g) - level

    if beyond(low) * beyond(high) >= 0.0:
        return low  # already there at the instant before, to rounding
    return float(brentq(beyond, low, high, xtol=1e-14 * max(high, 1e-300), rtol=1e-14))
