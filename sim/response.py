"""The driven body: basis solutions superposed with the channels, and what their waveforms make of it over time."""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Reals
from sim.basis import Basis
from sim.case import Case, Channel
from sim.circuit import Operation, Source, operate
from sim.coincidence import gram, instants
from sim.units import MA


@dataclass(frozen=True)
class Drive:
    """The channels over time: joint values of their waveforms and the means of their products.

    Parameters
    ----------
    instants
        Joint values that the waveforms reach (instants, channels); row 0 is the peak of the first channel.
    gram
        Time means of the products of the waveforms (channels, channels).
    means
        Time means of the waveforms (channels,).
    """

    instants: Reals
    gram: Reals
    means: Reals

    def peak(self, values: Reals) -> Reals:
        """Largest magnitude over time of scalars (channels, ...), one for each channel's unit waveform."""
        return np.abs(np.tensordot(self.instants, values, axes=1)).max(axis=0)

    def peak_length(self, vectors: Reals) -> Reals:
        """Largest length over time of vectors (channels, ..., 3)."""
        best = np.zeros(vectors.shape[1:-1])
        for row in self.instants:
            best = np.maximum(best, np.linalg.norm(np.tensordot(row, vectors, axes=1), axis=-1))
        return best

    def rms(self, values: Reals) -> Reals:
        """Root mean square over time of scalars (channels, ...)."""
        return np.linalg.norm(np.tensordot(self._root, values, axes=1), axis=0)

    def rms_length(self, vectors: Reals) -> Reals:
        """Root mean square over time of the length of vectors (channels, ..., 3)."""
        return np.linalg.norm(np.linalg.norm(np.tensordot(self._root, vectors, axes=1), axis=-1), axis=0)

    @property
    def _root(self) -> Reals:
        """R with Rᵀ R = gram, so that a mean square is a sum of squares."""
        values, vectors = np.linalg.eigh(self.gram)
        return np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T


@dataclass(frozen=True)
class Response:
    """Everything that a case asks for, at the amplitudes of its channels; axis 0 is the channel.

    Parameters
    ----------
    drive
        The waveforms over time.
    voltages, currents
        Of the terminals (channels, terminals), V and A at the peak of the channel's waveform.
    impedances_ohm
        Of the channels (channels,).
    potential
        At the vertices (channels, n), V.
    field
        E at the corners of the cells (channels, m, 4, 3), V/m.
    densities
        For each terminal, the normal current density at the corners of its facets (channels, f, 3), A/m2.
    """

    drive: Drive
    voltages: Reals
    currents: Reals
    impedances_ohm: Reals
    potential: Reals
    field: Reals
    densities: tuple[Reals, ...]


def respond(case: Case, basis: Basis) -> Response:
    """Superpose the basis solutions as the channels of the case drive them."""
    sources = tuple(_source(channel, basis.terminals) for channel in case.channels)
    reference = int(np.argmin(sources[0].weights))
    operation: Operation = operate(basis.admittance, sources, reference)
    amplitudes = np.array([_amplitude(channel) for channel in case.channels])
    voltages = operation.voltages * amplitudes[:, None]
    waveforms = [channel.waveform for channel in case.channels]
    return Response(
        drive=Drive(instants(waveforms), gram(waveforms), np.array([w.mean for w in waveforms])),
        voltages=voltages,
        currents=operation.currents * amplitudes[:, None],
        impedances_ohm=np.array([operation.impedance_ohm(c, source) for c, source in enumerate(sources)]),
        potential=np.tensordot(voltages, basis.potentials, axes=1),
        field=np.tensordot(voltages, basis.fields, axes=1),
        densities=tuple(np.tensordot(voltages, contact.density, axes=1) for contact in basis.contacts),
    )


def _source(channel: Channel, terminals: tuple[str, ...]) -> Source:
    weights = np.array([channel.electrodes.get(name, 0.0) for name in terminals])
    return Source(weights, channel.amplitude_V is not None)


def _amplitude(channel: Channel) -> float:
    """Peak in amperes or volts."""
    if channel.amplitude_V is not None:
        return channel.amplitude_V
    assert channel.amplitude_mA is not None  # checked with the case
    return channel.amplitude_mA * MA
