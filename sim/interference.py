"""Two carriers that meet in the tissue: which channels they are of, and the amplitudes of their fields.

What other channels add (direct current, pulses) counts in neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from meshes.arrays import Integers, Reals
from sim.basis import Solution
from sim.case import Case
from sim.clocks import Clock, members
from sim.envelope import Amplitudes
from sim.response import Response
from sim.tissues import region_fibres

NARROW = 0.1  # of the higher carrier: two of them that are farther apart make no slow envelope


@dataclass(frozen=True)
class Interference:
    """Two fields of slightly different frequency.

    Parameters
    ----------
    carriers_Hz
        Their frequencies.
    channels
        Numbers of the channels of each; those of the same frequency are in step and add up.
    phasors
        P of both fields Re(P exp(2πift)) at the corners of the cells (2, m, 4, 3), V/m, linear in a cell; real where
        all of a carrier's field is in phase.
    fibres
        Unit vectors (m, 3) along the fibres at the centroids of the cells; NaN where there are none.
    """

    carriers_Hz: tuple[float, float]
    channels: tuple[tuple[int, ...], tuple[int, ...]]
    phasors: Amplitudes
    fibres: Reals

    @cached_property
    def fields(self) -> Reals:
        """Amplitudes (peaks) at the corners of the cells (2, m, 4, 3), V/m, linear in a cell.

        Where a field runs around an ellipse it is the long half axis: the formulas of the largest envelope are those of
        fields on a line, and the short half axis is left out. One phase holds for a cell, that of the instant at which
        the mean square of the field over its corners is largest. Only axes count, and a sign may differ from cell to
        cell.
        """
        if not np.iscomplexobj(self.phasors):
            return np.asarray(self.phasors, dtype=np.float64)
        return np.stack([principal_axis(phasor.real, -phasor.imag) for phasor in self.phasors])

    def within(self, cells: Integers) -> "Interference":
        """The same in some cells (k,)."""
        return replace(self, phasors=self.phasors[:, cells], fibres=self.fibres[cells])


def carriers(case: Case) -> tuple[tuple[int, ...], ...]:
    """Numbers of the channels of the two carriers that interfere; empty where none do.

    Carriers are plain sines, with nothing else in step. They interfere where there are exactly two frequencies, at most
    10 % of the higher one apart.
    """
    of_sines = [group for group in members(case) if all(case.channels[c].waveform.kind == "sine" for c in group)]
    if len(of_sines) != 2:
        return ()
    low, high = sorted(case.channels[group[0]].waveform.frequency_Hz for group in of_sines)
    return tuple(of_sines) if 0.0 < high - low <= NARROW * high * (1.0 + 1e-12) else ()


def interference(case: Case, basis: Solution, response: Response) -> Interference | None:
    """Both fields; None where there are no two carriers.

    Without capacitance all of a carrier's field is in phase. With it a field E(t) = a cos 2πft + b sin 2πft has its
    own phase everywhere, and where a and b are not parallel its tip runs around an ellipse.
    """
    groups = carriers(case)
    if not groups:
        return None
    low, high = (case.channels[group[0]].waveform.frequency_Hz for group in groups)
    phasors: Amplitudes = np.asarray([_phasors(case, response, group) for group in groups])
    return Interference((low, high), (groups[0], groups[1]), phasors, fibre_directions(case, basis))


def fibre_directions(case: Case, basis: Solution) -> Reals:
    """Unit vectors (m, 3) along the fibres at the centroids of the cells, NaN where there are none.

    A region has fibres where the case says which way they run, also where its tissue conducts alike in all directions.
    """
    found = np.full((len(basis.cells), 3), np.nan)
    regions = {region.name: region for region in case.geometry.regions}
    for number, name in enumerate(basis.layer_names):
        fibres = region_fibres(case.body, regions[name])
        if fibres is not None:
            cells = np.flatnonzero(basis.layers == number)
            directions = fibres.directions(basis.points[basis.cells[cells]].mean(axis=1))
            found[cells] = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    return found


def principal_axis(cosine: Reals, sine: Reals) -> Reals:
    """Amplitude of a cos + b sin on the long axis of its ellipses.

    Parameters
    ----------
    cosine, sine
        a and b at the corners of cells (m, 4, 3).

    Returns
    -------
    Reals
        a cos θ + b sin θ (m, 4, 3) with tan 2θ = 2 Σ a.b / Σ (a² - b²), sums over the corners of a cell: the phase at
        which Σ (a cos θ + b sin θ)² is largest.
    """
    twice = 2.0 * (cosine * sine).sum(axis=(1, 2))
    θ = 0.5 * np.arctan2(twice, (cosine**2 - sine**2).sum(axis=(1, 2)))[:, None, None]
    return np.asarray(cosine * np.cos(θ) + sine * np.sin(θ))


def _phasors(case: Case, response: Response, group: Sequence[int]) -> Amplitudes:
    """Of the field of one carrier, at the corners of the cells (m, 4, 3)."""
    clock = next((clock for clock in response.clocks if clock.channels == tuple(group)), None)
    if clock is None:
        return np.asarray(response.field[list(group)].sum(axis=0))  # the waveforms of all are the same sine
    cosine, sine = _projected(clock, case.channels[group[0]].waveform.frequency_Hz)
    return np.asarray(np.tensordot(cosine - 1j * sine, response.field[list(clock.components)], axes=1))


def _projected(clock: Clock, frequency_Hz: float) -> tuple[Reals, Reals]:
    """Parts of each component that go with the cosine and the sine of a frequency, both (components,)."""
    phase = 2.0 * np.pi * frequency_Hz * clock.times_s
    weights = 2.0 * clock.weights
    return np.asarray((weights * np.cos(phase)) @ clock.values), np.asarray((weights * np.sin(phase)) @ clock.values)
