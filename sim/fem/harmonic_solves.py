"""From a domain with dispersive media to its solutions at all frequencies of a band."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sim.fem.affine import AffineProblem
from sim.fem.complex_survey import widen_by_frequencies
from sim.fem.domain import Domain
from sim.fem.gathering import gather_cells
from sim.fem.harmonic_contacts import gather_harmonic_contacts
from sim.fem.real_survey import serves, widen_by_shifts
from sim.fem.reduced import ReducedModel
from sim.fem.snapshots import Snapshots, check_harmonic_admittance, unit_solutions
from sim.harmonic_basis import HarmonicBasis, HarmonicFacts
from sim.harmonic_terms import HarmonicSheet, HarmonicTerminal, LayerMedium, Terms

__all__ = ["check_harmonic_admittance", "solve_harmonics", "unit_solutions"]


def solve_harmonics(
    domain: Domain,
    media: tuple[LayerMedium, ...],
    terminals: tuple[HarmonicTerminal, ...],
    frequencies_Hz: Sequence[float],
    *,
    sheets: tuple[HarmonicSheet, ...] = (),
    order: int = 2,
    tolerance: float = 1e-10,
    accuracy: float = 1e-6,
    on_solved: Callable[[int], None] = lambda done: None,
) -> HarmonicBasis | None:
    """Solve at as many frequencies as it takes, check, and gather on rank 0.

    Where all terms are known at real s, and the band is wide, the solutions are real ones (``sim.fem.real_survey``);
    else, or should these not suffice, complex ones alone (``sim.fem.complex_survey``).

    Parameters
    ----------
    frequencies_Hz
        Candidates, ascending (0 may be the first); the model covers their range.
    sheets
        Thin layers along which the mesh is split.
    order
        Of the Lagrange elements.
    tolerance
        Relative residual of the solves.
    accuracy
        Largest error of an entry of Y, relative to the largest entry, that is left.
    on_solved
        Called with the number of frequencies solved.

    Returns
    -------
    HarmonicBasis or None
        On rank 0; None on the others.

    Raises
    ------
    SolverError
        On every rank, if a solve does not converge or a gate trips.
    ValueError
        If the frequencies do not ascend, or a value of a term is none.
    """
    candidates = np.array(frequencies_Hz, dtype=np.float64)
    if len(candidates) == 0 or candidates[0] < 0.0 or not (np.diff(candidates) > 0.0).all():
        raise ValueError(f"frequencies {candidates.tolist()} Hz; accepted: one or more, ascending, 0 or more")
    start = time.perf_counter()
    terms = Terms.of(media, terminals, sheets, candidates)
    values = [terms.values(f) for f in candidates]
    problem = AffineProblem(domain, media, terminals, terms, order)
    ready = time.perf_counter()
    try:
        snapshots = Snapshots(problem, "real", on_solved)
        enough = serves(terms, candidates) and widen_by_shifts(
            snapshots, terms, candidates, values, tolerance, accuracy
        )
        if not enough:
            snapshots = Snapshots(problem, "complex", on_solved)
            widen_by_frequencies(snapshots, candidates, values, tolerance, accuracy)
        facts = snapshots.facts(ready - start, time.perf_counter() - ready)
        return _gathered(problem, snapshots.model, candidates, facts)
    finally:
        problem.destroy()


def _gathered(
    problem: AffineProblem, model: ReducedModel, candidates: Any, facts: HarmonicFacts
) -> HarmonicBasis | None:
    domain, terms = problem.domain, problem.terms
    cells = gather_cells(domain, problem.along, tuple(problem.function(mode) for mode in model.modes))
    contacts = gather_harmonic_contacts(problem, model)
    if cells is None or contacts is None:
        return None
    layer_terms = [
        [[t for t, term in enumerate(terms.tissues) if name in term.layers][way] for way in (0, -1)]
        for name in domain.layer_tags
    ]
    return HarmonicBasis(
        points=cells.points,
        cells=cells.cells,
        layers=cells.layers,
        layer_names=tuple(domain.layer_tags),
        terminals=tuple(terminal.name for terminal in problem.terminals),
        terms=terms.names,
        layer_terms=np.array(layer_terms),
        along=cells.conductivity,
        potentials=cells.potentials,
        fields=cells.fields,
        contacts=contacts,
        matrices=model.matrices,
        frequencies_Hz=candidates,
        facts=facts,
    )
