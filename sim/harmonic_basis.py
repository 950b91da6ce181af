"""Solutions at all frequencies of a band: a few real modes, and small matrices that mix them at any frequency.

Everything here is plain numpy on one process. A mode is a potential together with the voltages of the terminals; the
first N have terminal k at 1 V and the others at 0 V, the rest have all at 0 V. At a frequency, the terms of the
operator have the values κ_t (see ``sim.harmonic_terms``), and Σ_t κ_t G_t with the small matrices G_t of the modes
gives the terminal admittance matrix and how much of each mode there is in each unit solution.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from meshes.arrays import Integers, Reals
from sim.frequency import Complexes

BASIS_ARRAYS = (
    "points", "cells", "layers", "layer_terms", "along", "potentials", "fields", "matrices", "frequencies_Hz"
)  # fmt: skip
Kind = Literal["real", "complex"]


@dataclass(frozen=True)
class HarmonicFacts:
    """What the solver reports.

    Parameters
    ----------
    unknowns, element_order
        Size of the linear systems.
    modes
        Number of modes.
    snapshots
        What was solved: ``real`` systems at s = 2πf, or ``complex`` ones at s = 2πi f.
    frequencies_Hz
        The f where the full problem was solved.
    checked_Hz
        Where the error was estimated from the true residual, and small enough to be left.
    iterations
        Of the slowest solve.
    relative_residual, balance_error, asymmetry
        The worst of all solutions, as in ``sim.basis.SolveFacts``; after real ones balance and asymmetry are those of
        the model at the frequencies asked for, too.
    estimated_error
        Largest estimate of the error of an entry of Y, relative to the largest entry, times a margin of 4. Complex: of
        those where it was checked; None where every frequency asked for was solved. Real: at all frequencies asked for,
        from the residual where it was checked, forecast from there for the others.
    setup_s, solve_s
        Time of assembly, and of all solves and checks with their preconditioners.
    """

    unknowns: int
    element_order: int
    modes: int
    snapshots: Kind
    frequencies_Hz: tuple[float, ...]
    checked_Hz: tuple[float, ...]
    iterations: int
    relative_residual: float
    balance_error: float
    asymmetry: float
    estimated_error: float | None
    setup_s: float
    solve_s: float


@dataclass(frozen=True)
class Feed:
    """What one term gives to the current density of some facets of a contact.

    Parameters
    ----------
    term
        Its number.
    first
        The first of the facets.
    density
        Of each mode at the corners of these facets (modes, f, 3), A/m2 where the value of the term is 1.
    """

    term: int
    first: int
    density: Reals


@dataclass(frozen=True)
class HarmonicContact:
    """Where the current of one terminal enters the body, as ``sim.basis.Contact``.

    Parameters
    ----------
    name
        The terminal.
    corners
        Corners of the facets (f, 3, 3), m.
    feeds
        Their sum, each times the value of its term, is the density.
    jumps
        For every contact impedance or sheet that the current passes its term and ∫ d_i d_j ds (modes, modes) of the
        modes' voltage across it.
    """

    name: str
    corners: Reals
    feeds: tuple[Feed, ...]
    jumps: tuple[tuple[int, Reals], ...]

    def density(self, values: Complexes, mixture: Complexes) -> Complexes:
        """Normal current density into the body (solutions, f, 3) of mixtures of modes (solutions, modes), A/m2."""
        density = np.zeros((len(mixture), len(self.corners), 3), dtype=np.complex128)
        for feed in self.feeds:
            facets = slice(feed.first, feed.first + feed.density.shape[1])
            density[:, facets] += values[feed.term] * np.tensordot(mixture, feed.density, axes=1)
        return density

    def losses(self, values: Complexes, mixture: Complexes) -> Complexes:
        """Heat L (solutions, solutions), W per V2: Σ Re y ∫ d_k d_l* ds, half of Vᴴ L V for peak phasors V."""
        losses = np.zeros((len(mixture), len(mixture)), dtype=np.complex128)
        for term, jump in self.jumps:
            losses += values[term].real * (mixture.conj() @ jump @ mixture.T)
        return losses


@dataclass(frozen=True)
class HarmonicBasis:
    """Modes of all terminals.

    Parameters
    ----------
    points
        Vertices (n, 3), m.
    cells
        Vertex numbers (m, 4).
    layers
        Index into ``layer_names`` of each cell (m,).
    layer_names, terminals, terms
        Names.
    layer_terms
        Number of the term across and of that along the fibres for each layer (layers, 2); the same twice without.
    along
        f fᵀ of each cell's fibres (m, 3, 3), zero without.
    potentials
        Of the modes at the vertices (modes, n), V.
    fields
        E of the modes at the four corners of each cell (modes, m, 4, 3), V/m; linear in between.
    contacts
        One for each terminal.
    matrices
        G_t (terms, modes, modes), S where the value of the term is 1.
    frequencies_Hz
        The frequencies, ascending, whose range is covered.
    facts
        What the solver reports.
    """

    points: Reals
    cells: Integers
    layers: Integers
    layer_names: tuple[str, ...]
    terminals: tuple[str, ...]
    terms: tuple[str, ...]
    layer_terms: Integers
    along: Reals
    potentials: Reals
    fields: Reals
    contacts: tuple[HarmonicContact, ...]
    matrices: Reals
    frequencies_Hz: Reals
    facts: HarmonicFacts

    def admittivity(self, values: Complexes) -> Complexes:
        """Tensor of each cell (m, 3, 3), S/m, at values of the terms."""
        across, along = values[self.layer_terms[self.layers]].T[:, :, None, None]
        return across * (np.eye(3) - self.along) + along * self.along

    def save(self, path: Path) -> None:
        """Write to a NumPy archive."""
        arrays = {key: getattr(self, key) for key in BASIS_ARRAYS}
        contacts = []
        for i, contact in enumerate(self.contacts):
            arrays[f"corners{i}"] = contact.corners
            arrays |= {f"feed{i} {j}": feed.density for j, feed in enumerate(contact.feeds)}
            arrays |= {f"jump{i} {j}": jump for j, (_, jump) in enumerate(contact.jumps)}
            feeds = [(feed.term, feed.first) for feed in contact.feeds]
            contacts.append({"feeds": feeds, "jumps": [term for term, _ in contact.jumps]})
        names = {
            "layer_names": self.layer_names,
            "terminals": self.terminals,
            "terms": self.terms,
            "contacts": contacts,
            "facts": asdict(self.facts),
        }
        with path.open("wb") as file:
            np.savez(file, names=np.array(json.dumps(names)), **arrays)

    @classmethod
    def load(cls, path: Path) -> "HarmonicBasis":
        """Read what ``save`` wrote."""
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            names = json.loads(str(archive["names"]))
            return cls(
                **{key: archive[key] for key in BASIS_ARRAYS},
                layer_names=tuple(names["layer_names"]),
                terminals=tuple(names["terminals"]),
                terms=tuple(names["terms"]),
                contacts=tuple(
                    _contact(archive, i, name, parts)
                    for i, (name, parts) in enumerate(zip(names["terminals"], names["contacts"], strict=True))
                ),
                facts=_facts(names["facts"]),
            )


def condense(matrices: Reals, terminals: int, values: Complexes) -> tuple[Complexes, Complexes]:
    """Eliminate the modes without voltage from Σ_t κ_t G_t.

    Parameters
    ----------
    matrices
        G_t (terms, modes, modes).
    terminals
        Their number N; the first N modes are theirs.
    values
        κ_t (terms,).

    Returns
    -------
    admittance, mixture
        Y (N, N), S, a Schur complement; and how much of each mode is in each unit solution (N, modes).
    """
    whole = np.tensordot(values, matrices, axes=1).astype(np.complex128)
    outer, coupled = whole[:terminals, :terminals], whole[terminals:, :terminals]
    mixed = -np.linalg.solve(whole[terminals:, terminals:], coupled)
    admittance, mixture = outer + coupled.T @ mixed, np.hstack([np.eye(terminals), mixed.T])
    return admittance.astype(np.complex128), mixture.astype(np.complex128)


def _contact(archive: Any, i: int, name: str, parts: dict[str, Any]) -> HarmonicContact:
    feeds = (Feed(term, first, archive[f"feed{i} {j}"]) for j, (term, first) in enumerate(parts["feeds"]))
    jumps = ((term, archive[f"jump{i} {j}"]) for j, term in enumerate(parts["jumps"]))
    return HarmonicContact(name, archive[f"corners{i}"], tuple(feeds), tuple(jumps))


def _facts(facts: dict[str, Any]) -> HarmonicFacts:
    frequencies = {key: tuple(facts[key]) for key in ("frequencies_Hz", "checked_Hz")}
    return HarmonicFacts(**facts | frequencies)
