"""The driven body with capacitance: from the unit solutions over frequency to what moves over time.

The voltages of the terminals, the modes of the potential and these times the admittivity of each term are transfer
functions of the channels. Each is fitted with real poles, so that its answer to the pieces of a waveform is exact in
time. Over a period the answers span few functions of time: these are the components of the response.
"""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Reals
from sim.case import Case
from sim.circuit import operate
from sim.clocks import Clock, clock_grid, gram_of, members
from sim.drive import Drive
from sim.errors import SolverError
from sim.extremes import extreme_rows, joint_instants
from sim.frequency import Complexes
from sim.harmonic_basis import HarmonicBasis
from sim.harmonics import Harmonics
from sim.response import Output, Response, case_sources, channel_amplitudes, reference_terminal
from sim.signal import Signal
from sim.transient.fitting import fit, samples_Hz
from sim.transient.periodic import Transient, constant, periodic
from sim.transient.response import RationalResponse

SPAN = 1e-6  # of the largest value: what the components leave out of any transfer's answer
FIT = 1e-4  # of a group of transfers, largest error of the fit that is accepted
ROUNDING = 1e-12  # of a group of transfers: currents of idle terminals, say
NARROW = 1e-3  # relative half width of the band of a single frequency
SAMPLE = 4000  # places at which the fields are looked at for the instants of the peaks


@dataclass(frozen=True)
class _Columns:
    """What the columns of a table of transfers are: voltages and currents of N terminals, modes, terms x modes."""

    terminals: int
    modes: int
    terms: int

    @property
    def voltages(self) -> slice:
        return slice(0, self.terminals)

    @property
    def currents(self) -> slice:
        return slice(self.terminals, 2 * self.terminals)

    @property
    def mixture(self) -> slice:
        return slice(2 * self.terminals, 2 * self.terminals + self.modes)

    @property
    def groups(self) -> list[slice]:
        return [self.voltages, self.currents, self.mixture, *(self.term(t) for t in range(self.terms))]

    def term(self, t: int) -> slice:
        start = 2 * self.terminals + self.modes * (1 + t)
        return slice(start, start + self.modes)


@dataclass(frozen=True)
class _Answer:
    """One clock: the answers of all its channels together (t, columns), and each channel's own current and voltage."""

    clock: Clock
    rows: Reals
    outputs: dict[int, Output]
    peak: int


def respond_over_time(case: Case, harmonics: Harmonics, signal: Signal) -> Response:
    """Superpose the modes as the channels of the case drive them over time.

    Raises
    ------
    SolverError
        If a transfer function cannot be fitted, or direct current has no way.
    """
    basis = harmonics.basis
    columns = _Columns(len(basis.terminals), len(basis.potentials), len(basis.terms))
    answers, first = [], 0
    for channels in members(case):
        answers.append(_answer(case, harmonics, signal, channels, columns, first))
        first += len(answers[-1].clock.components)
    clocks = tuple(answer.clock for answer in answers)
    rows = np.vstack([answer.rows for answer in answers])
    currents = rows[:, columns.currents]
    field = np.asarray(np.tensordot(rows[:, columns.mixture], basis.fields, axes=1))
    density = _current_density(basis, rows, columns)
    densities = tuple(_contact_density(basis, rows, columns, k) for k in range(columns.terminals))
    drive = _drive(answers, (field, density, *densities, rows[:, columns.voltages], currents))
    outputs = {c: output for answer in answers for c, output in answer.outputs.items()}
    return Response(
        drive=drive,
        outputs=tuple(outputs[c] for c in range(len(case.channels))),
        clocks=clocks,
        voltages=rows[:, columns.voltages],
        currents=currents,
        charges=_charges(clocks, currents),
        contact_powers=np.array([_contact_power(basis, drive, rows, columns, k) for k in range(columns.terminals)]),
        potential=np.asarray(rows[:, columns.mixture] @ basis.potentials),
        field=field,
        current_density=density,
        densities=densities,
    )


def _answer(
    case: Case, harmonics: Harmonics, signal: Signal, channels: tuple[int, ...], columns: _Columns, first: int
) -> _Answer:
    """Solve the circuit over frequency, fit, and answer to the waveforms of one clock."""
    sources = case_sources(case, harmonics.basis.terminals)
    frequencies = _frequencies(case, signal, channels)
    tables = _transfers(harmonics, case, frequencies, channels)
    responses = [_fitted(case, frequencies, table, columns, c) for c, table in zip(channels, tables, strict=True)]
    grid = clock_grid(case, channels, max(response.fastest_per_s for response in responses))
    amplitudes = channel_amplitudes(case)
    transients: list[Transient] = [
        constant(response) if grid is None else periodic(response, case.channels[c].waveform.pieces, grid)
        for c, response in zip(channels, responses, strict=True)
    ]
    parts = [amplitudes[c] * transient.values for c, transient in zip(channels, transients, strict=True)]
    functions, rows = _spanned(sum(parts))
    clock = Clock(
        channels,
        tuple(range(first, first + len(rows))),
        transients[0].times_s,
        transients[0].weights,
        functions,
        None if grid is None else grid.period_s,
    )
    outputs = {}
    for c, part, table, response in zip(channels, parts, tables, responses, strict=True):
        weights = sources[c].weights
        high, low = np.maximum(weights, 0.0), np.maximum(-weights, 0.0)
        between, through = high / high.sum() - low / low.sum(), (weights > 0.0).astype(float)
        voltage, current = part[:, columns.voltages] @ between, part[:, columns.currents] @ through
        port = _port(response, columns, through if sources[c].drives_voltage else between, sources[c].drives_voltage)
        at = int(np.argmin(np.abs(frequencies - case.channels[c].waveform.frequency_Hz)))
        phasor = table[at, columns.voltages] @ table[at, columns.currents]
        impedance = complex(phasor / table[at, columns.currents][weights > 0.0].sum() ** 2)
        peaks = float(np.abs(current).max()), float(np.abs(voltage).max())
        outputs[c] = Output(impedance, float(frequencies[at]), *peaks, port)
    leading = parts[0][:, columns.voltages] @ np.sign(sources[channels[0]].weights)
    return _Answer(clock, rows, outputs, _peak(case, channels[0], transients[0].times_s, leading))


def _port(response: RationalResponse, columns: _Columns, mixed: Reals, drives_voltage: bool) -> RationalResponse:
    """The transfer from what a source drives to what it does not."""
    wanted = columns.currents if drives_voltage else columns.voltages
    gains, direct = response.gains[:, wanted] @ mixed, float(response.direct[wanted] @ mixed)
    return RationalResponse(response.poles_per_s, gains[:, None], np.array([direct]), response.band_Hz, response.error)


def _frequencies(case: Case, signal: Signal, channels: tuple[int, ...]) -> Reals:
    """Where the transfers of a clock are sampled, with every channel's own frequency among them."""
    waveforms = [case.channels[c].waveform for c in channels]
    if waveforms[0].period_s is None:
        return np.zeros(1)
    low, high = signal.clock_band(channels)
    if high <= low * (1.0 + NARROW):
        lowest, highest = signal.frequencies_Hz[[int(signal.mean), -1]]
        sampled = np.clip(np.linspace(low * (1.0 - NARROW), high * (1.0 + NARROW), 9), lowest, highest)
    else:
        sampled = samples_Hz(low, high)
    own = [waveform.frequency_Hz for waveform in waveforms]
    mean = [0.0] if any(waveform.mean != 0.0 for waveform in waveforms) else []
    return np.unique(np.concatenate([mean, sampled, own]))


def _transfers(harmonics: Harmonics, case: Case, frequencies: Reals, channels: tuple[int, ...]) -> list[Complexes]:
    """For each channel the phasors (frequencies, columns) of everything, for amplitude 1."""
    sources = case_sources(case, harmonics.basis.terminals)
    reference = reference_terminal(sources)
    found: list[list[Complexes]] = [[] for _ in channels]
    for f in frequencies:
        admittance, unit, values = harmonics.solution(float(f))
        operation = operate(admittance, sources, reference)
        for row, c in zip(found, channels, strict=True):
            voltages = operation.voltages[c]
            mixture = voltages @ unit
            row.append(np.concatenate([voltages, operation.currents[c], mixture, np.outer(values, mixture).ravel()]))
    return [np.array(row) for row in found]


def _fitted(case: Case, frequencies: Reals, table: Complexes, columns: _Columns, channel: int) -> RationalResponse:
    if len(frequencies) == 1:  # direct current
        poles: Reals = np.zeros(0)
        return RationalResponse(poles, np.zeros((0, table.shape[1])), table[0].real, (0.0, 0.0))
    table = table.copy()
    for group in columns.groups:
        part = table[:, group]  # a view
        part[:, np.abs(part).max(axis=0) < ROUNDING * np.abs(part).max()] = 0.0
    response = fit(frequencies, table)
    missed = np.abs(response.at(frequencies) - table)
    error = max(_relative(missed[:, group], table[:, group]) for group in columns.groups)
    if not error <= FIT:
        name = case.channels[channel].name
        raise SolverError("fit of the transfer functions", error, FIT, f"channel {name} over frequency")
    return response


def _relative(missed: Reals, table: Complexes) -> float:
    """Largest miss of a group of columns, relative to the largest of the group at the same frequency."""
    size = np.abs(table).max(axis=1)
    return float((missed.max(axis=1)[size > 0.0] / size[size > 0.0]).max(initial=0.0))


def _spanned(values: Reals) -> tuple[Reals, Reals]:
    """Few functions of time (t, q), and how much of each is in every column (q, columns)."""
    scale = np.abs(values).max(axis=0)
    scale[scale == 0.0] = 1.0
    u, s, vt = np.linalg.svd(values / scale, full_matrices=False)
    kept = max(int(np.count_nonzero(s > SPAN * s[0])), 1)
    return u[:, :kept], s[:kept, None] * vt[:kept] * scale


def _peak(case: Case, channel: int, times_s: Reals, voltage: Reals) -> int:
    """The instant of the peak: while the waveform is at 1, where the voltage is largest."""
    waveform = case.channels[channel].waveform
    level = waveform.at(times_s)
    at_top = level >= (1.0 - 1e-6) * level.max()
    return int(np.argmax(np.where(at_top, np.abs(voltage), -1.0)))


def _current_density(basis: HarmonicBasis, rows: Reals, columns: _Columns) -> Reals:
    """J = Σ κ_t E of every component (components, m, 4, 3)."""
    density = np.empty((len(rows), *basis.fields.shape[1:]))
    for layer, (across, along) in enumerate(basis.layer_terms):
        cells = np.flatnonzero(basis.layers == layer)
        modes = basis.fields[:, cells]
        crossing = np.tensordot(rows[:, columns.term(int(across))], modes, axes=1)
        if across != along:
            following = np.tensordot(rows[:, columns.term(int(along))], modes, axes=1)
            crossing = crossing + (following - crossing) @ basis.along[cells]  # f fᵀ is symmetric
        density[:, cells] = crossing
    return density


def _contact_density(basis: HarmonicBasis, rows: Reals, columns: _Columns, k: int) -> Reals:
    """Normal current density of every component at the corners of a contact's facets (components, f, 3)."""
    contact = basis.contacts[k]
    density = np.zeros((len(rows), len(contact.corners), 3))
    for feed in contact.feeds:
        facets = slice(feed.first, feed.first + feed.density.shape[1])
        density[:, facets] += np.tensordot(rows[:, columns.term(feed.term)], feed.density, axes=1)
    return density


def _contact_power(basis: HarmonicBasis, drive: Drive, rows: Reals, columns: _Columns, k: int) -> float:
    """Mean of ∫ J d ds over the sheets and impedances of a contact, W: what a capacitance takes it gives back."""
    power = 0.0
    for term, jumps in basis.contacts[k].jumps:
        products = rows[:, columns.term(term)] @ jumps @ rows[:, columns.mixture].T
        power += float((drive.gram * products).sum())
    return power


def _charges(clocks: tuple[Clock, ...], currents: Reals) -> Reals | None:
    """Largest charge of one sign through each terminal; the charges of several clocks add up in the worst case."""
    moving = [clock for clock in clocks if clock.period_s is not None]
    if not moving:
        return None
    charges = [[clock.charge_per_phase(i) for i in clock.over_time(currents).T] for clock in moving]
    return np.sum(charges, axis=0)


def _drive(answers: list[_Answer], moving: tuple[Reals, ...]) -> Drive:
    """The components of all clocks together, with the instants of the peaks."""
    clocks = tuple(answer.clock for answer in answers)
    products, means = gram_of(clocks)
    random = np.random.default_rng(1)
    observed = []
    for values in moving:
        flat = values.reshape(len(values), -1)
        size = np.linalg.norm(flat, axis=0)
        seen = np.flatnonzero(size > 0.0)
        if seen.size:
            some = random.choice(seen, size=min(SAMPLE, len(seen)), replace=False)
            observed.append(flat[:, some] / size[some])
    sample = np.hstack(observed)
    tables = [clock.values for clock in clocks]
    rows = [extreme_rows(clock.values, sample[list(clock.components)]) for clock in clocks]
    instants = joint_instants(tables, [answer.peak for answer in answers], rows)
    return Drive(instants, products, means)
