"""The driven body: basis solutions superposed with the channels, and what their waveforms make of it over time."""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Reals
from sim.basis import Basis
from sim.case import Case, Channel
from sim.circuit import Operation, Source, operate
from sim.clocks import Clock
from sim.coincidence import gram, instants
from sim.drive import Drive
from sim.transient.response import RationalResponse
from sim.units import MA


@dataclass(frozen=True)
class Output:
    """What a channel delivers.

    Parameters
    ----------
    impedance_ohm, frequency_Hz
        Voltage per current at one frequency.
    peak_current_A, peak_voltage_V
        Over time.
    port
        Voltage per current at all frequencies (one column), ohm; of a voltage source current per voltage, S.
    """

    impedance_ohm: complex
    frequency_Hz: float
    peak_current_A: float
    peak_voltage_V: float
    port: RationalResponse


@dataclass(frozen=True)
class Response:
    """Everything that a case asks for, at the amplitudes of its channels.

    What moves is Σ X_c s_c(t) with the components s_c(t) of ``drive``; axis 0 is the component.

    Parameters
    ----------
    drive
        The components over time.
    outputs
        Of the channels.
    clocks
        The components over the period of each clock; empty where they are the waveforms of the channels.
    voltages, currents
        Of the terminals (components, terminals), V and A.
    charges
        Per phase through each terminal (terminals,), C; None where there is no phase.
    contact_powers
        Mean heat in the contact impedances and sheets of each terminal (terminals,), W.
    potential
        At the vertices (components, n), V.
    field, current_density
        E (V/m) and J (A/m2) at the corners of the cells (components, m, 4, 3).
    densities
        For each terminal, the normal current density at the corners of its facets (components, f, 3), A/m2.
    """

    drive: Drive
    outputs: tuple[Output, ...]
    clocks: tuple[Clock, ...]
    voltages: Reals
    currents: Reals
    charges: Reals | None
    contact_powers: Reals
    potential: Reals
    field: Reals
    current_density: Reals
    densities: tuple[Reals, ...]


def respond(case: Case, basis: Basis) -> Response:
    """Superpose the basis solutions as the channels of the case drive them; their waveforms are the components."""
    sources = case_sources(case, basis.terminals)
    operation = operate(basis.admittance, sources, reference_terminal(sources))
    amplitudes = channel_amplitudes(case)
    voltages, currents = operation.voltages * amplitudes[:, None], operation.currents * amplitudes[:, None]
    waveforms = [channel.waveform for channel in case.channels]
    drive = Drive(instants(waveforms), gram(waveforms), np.array([w.mean for w in waveforms]))
    field = np.tensordot(voltages, basis.fields, axes=1)
    return Response(
        drive=drive,
        outputs=tuple(_output(case, operation, currents, c, source) for c, source in enumerate(sources)),
        clocks=(),
        voltages=voltages,
        currents=currents,
        charges=charges_per_phase(case, currents),
        contact_powers=np.array([_mean_product(drive, voltages, c.losses) for c in basis.contacts]),
        potential=np.asarray(np.tensordot(voltages, basis.potentials, axes=1)),
        field=np.asarray(field),
        current_density=field @ basis.conductivity,  # κ is symmetric
        densities=tuple(np.asarray(np.tensordot(voltages, c.density, axes=1)) for c in basis.contacts),
    )


def case_sources(case: Case, terminals: tuple[str, ...]) -> tuple[Source, ...]:
    """The channels as the circuit sees them."""
    return tuple(
        Source(np.array([channel.electrodes.get(name, 0.0) for name in terminals]), channel.amplitude_V is not None)
        for channel in case.channels
    )


def reference_terminal(sources: tuple[Source, ...]) -> int:
    """The terminal at 0 V: the most negative of the first channel."""
    return int(np.argmin(sources[0].weights))


def channel_amplitudes(case: Case) -> Reals:
    """Peaks (channels,) in amperes or volts."""
    return np.array([_amplitude(channel) for channel in case.channels])


def charges_per_phase(case: Case, currents: Reals) -> Reals | None:
    """Charge per phase through terminals (terminals,) whose currents (channels, terminals) follow the waveforms, C.

    The charges of several channels add up in the worst case. Every channel counts whose current passes the terminal,
    also one that does not name it: between its own pulses a voltage channel is a short circuit for the others. None
    for direct current alone.
    """
    charges = [
        np.abs(current) * channel.waveform.charge_per_phase_s
        for channel, current in zip(case.channels, currents, strict=True)
        if channel.waveform.charge_per_phase_s is not None
    ]
    return np.sum(charges, axis=0) if charges else None


def _output(case: Case, operation: Operation[np.float64], currents: Reals, index: int, source: Source) -> Output:
    impedance = operation.impedance_ohm(index, source)
    current = float(currents[index, source.weights > 0.0].sum())
    by_voltage = case.channels[index].amplitude_V is not None
    port = RationalResponse(np.zeros(0), np.zeros((0, 1)), np.array([1.0 / impedance if by_voltage else impedance]))
    frequency = case.channels[index].waveform.frequency_Hz
    return Output(complex(impedance), frequency, current, current * impedance, port)


def _mean_product(drive: Drive, voltages: Reals, losses: Reals) -> float:
    """Time mean of a quadratic form of the voltages: ∫ z J_rms² ds."""
    return float((drive.gram * (voltages @ losses @ voltages.T)).sum())


def _amplitude(channel: Channel) -> float:
    if channel.amplitude_V is not None:
        return channel.amplitude_V
    assert channel.amplitude_mA is not None  # checked with the case
    return channel.amplitude_mA * MA
