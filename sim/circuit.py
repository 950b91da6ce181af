"""Terminals and channels as a circuit: a small dense problem on the terminal admittance matrix.

Nodal analysis with voltage sources (Ho, Ruehli & Brennan 1975, IEEE Trans Circuits Syst 22:504): the currents into
the body are Y V; current sources inject them, voltage sources fix differences of V, and a terminal that nothing drives
floats.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from meshes.arrays import Reals

T = TypeVar("T", np.float64, np.complex128)  # at one frequency everything is a phasor


@dataclass(frozen=True)
class Source:
    """A channel as the circuit sees it.

    Parameters
    ----------
    weights
        Part of the channel's current that each terminal carries (n,); zero where the channel is not connected.
    drives_voltage
        False: the weights are currents per ampere. True: terminals of positive weight are joined, terminals of negative
        weight are joined, and the source holds the two poles one volt apart for each volt of amplitude.
    """

    weights: Reals
    drives_voltage: bool


@dataclass(frozen=True)
class Operation(Generic[T]):
    """Terminal voltages and currents for unit amplitude of each channel, the others at zero: both (channels, n)."""

    voltages: NDArray[T]
    currents: NDArray[T]

    def impedance_ohm(self, channel: int, source: Source) -> T:
        """Voltage per current of a channel: the power that it delivers over the square of its current."""
        v, i = self.voltages[channel], self.currents[channel]
        total = i[source.weights > 0].sum()
        impedance: T = v @ i / total**2
        return impedance


def operate(admittance: NDArray[T], sources: tuple[Source, ...], reference: int) -> Operation[T]:
    """Solve the circuit for each channel on its own.

    Parameters
    ----------
    admittance
        Y (n, n), S, real or at one frequency complex; rows and columns sum to zero.
    sources
        One for each channel.
    reference
        The terminal that is put at 0 V; only differences count.

    Raises
    ------
    numpy.linalg.LinAlgError
        If voltage sources contradict each other.
    """
    n = len(admittance)
    branches = [branch for c, source in enumerate(sources) for branch in _branches(c, source)]
    size = n + len(branches)
    matrix = np.zeros((size, size), dtype=admittance.dtype)
    right = np.zeros((size, len(sources)), dtype=admittance.dtype)
    scale = np.abs(admittance).max()
    matrix[:n, :n] = admittance / scale
    matrix[reference, reference] += 1.0  # carries no current, because all injections sum to zero
    for row, (channel, high, low, volts) in enumerate(branches, start=n):
        matrix[row, [high, low]] = matrix[[high, low], row] = 1.0, -1.0
        right[row, channel] = volts
    for channel, source in enumerate(sources):
        if not source.drives_voltage:
            right[:n, channel] = source.weights / scale
    voltages = np.asarray(np.linalg.solve(matrix, right)[:n].T, dtype=admittance.dtype)
    voltages -= voltages[:, [reference]]  # zero but for rounding
    return Operation(voltages, voltages @ admittance.T)


def _branches(channel: int, source: Source) -> list[tuple[int, int, int, float]]:
    """Ideal voltage sources (channel, high, low, volts) that join the poles of a channel and hold them apart."""
    if not source.drives_voltage:
        return []
    low = int(np.argmin(source.weights))
    connected = [int(k) for k in np.flatnonzero(source.weights) if k != low]
    return [(channel, k, low, 1.0 if source.weights[k] > 0 else 0.0) for k in connected]
