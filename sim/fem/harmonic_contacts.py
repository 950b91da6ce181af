"""Where the terminals' current enters the body: what each term gives to its density there in every mode, on rank 0."""

from typing import Any

import numpy as np

from sim.exposure.triangles import facet_areas, to_constant, to_linear, unit_mass
from sim.fem.affine import AffineProblem
from sim.fem.conduction import Sheet
from sim.fem.contacts import consistent_flux
from sim.fem.reduced import ReducedModel
from sim.fem.sheets import jumps
from sim.fem.traces import Trace
from sim.harmonic_basis import Feed, HarmonicContact
from sim.harmonic_terms import HarmonicTerminal

Part = tuple[Any, list[tuple[int, Any]]]  # corners of facets, and densities (modes, f, 3) of terms there


def gather_harmonic_contacts(problem: AffineProblem, model: ReducedModel) -> tuple[HarmonicContact, ...] | None:
    """The contacts of all terminals, on rank 0; None on the others.

    Densities are those of ``sim.fem.contacts``: from the voltage across the contact or sheet where there is one; on a
    perfect contact the consistent flux of the reactions, which every tissue there shares in.
    """
    modes = tuple(problem.function(mode) for mode in model.modes)
    gatherer = _Gatherer(problem, model, modes)
    contacts = [gatherer.contact(k, terminal) for k, terminal in enumerate(problem.terminals)]
    return tuple(contact for contact in contacts if contact is not None) if problem.comm.rank == 0 else None


class _Gatherer:
    def __init__(self, problem: AffineProblem, model: ReducedModel, modes: tuple[Any, ...]) -> None:
        self._problem, self._model, self._modes = problem, model, modes

    def contact(self, k: int, terminal: HarmonicTerminal) -> HarmonicContact | None:
        """The current enters the body through the sheets where there are some."""
        faces, heats = self._faces(k)
        crossed, more = self._sheets(terminal)
        perfect = self._perfect(k, terminal)
        if self._problem.comm.rank != 0:
            return None
        entrances = crossed or [*faces, *perfect]
        starts = np.cumsum([0, *(len(corners) for corners, _ in entrances)])
        feeds = [
            Feed(t, int(start), density)
            for (_, densities), start in zip(entrances, starts[:-1], strict=True)
            for t, density in densities
        ]
        corners = np.concatenate([corners for corners, _ in entrances])
        return HarmonicContact(terminal.name, corners, tuple(feeds), (*heats, *more))

    def _faces(self, k: int) -> tuple[list[Part], list[tuple[int, Any]]]:
        """What passes contact impedances, and the squares of the voltages across them."""
        applied = np.array([self._model.voltages(i)[k] for i in range(len(self._modes))])[:, None, None]
        parts, heats = [], []
        for t, term in enumerate(self._problem.terms.contacts, start=len(self._problem.terms.tissues)):
            faces = tuple(face for terminal, face in term.faces if terminal == k)
            trace = self._trace(faces, self._modes) if faces else None
            if trace is not None:
                across = applied - trace.values
                parts.append((trace.corners, [(t, to_linear(across))]))
                heats.append((t, _squares(trace.corners, across)))
        return parts, heats

    def _sheets(self, terminal: HarmonicTerminal) -> tuple[list[Part], list[tuple[int, Any]]]:
        """The same of the sheets below the terminal."""
        parts, heats = [], []
        terms = self._problem.terms
        numbers = {term.sheet.name: t for t, term in enumerate(terms.sheets, len(terms.tissues) + len(terms.contacts))}
        for name in terminal.sheets:
            sheet = Sheet(name, 1.0)
            outside, inside = (self._trace((face,), self._modes) for face in (sheet.outside, sheet.inside))
            if outside is not None and inside is not None:
                across = jumps(outside, inside)
                parts.append((inside.corners, [(numbers[name], to_linear(across))]))
                heats.append((numbers[name], _squares(inside.corners, across)))
        return parts, heats

    def _perfect(self, k: int, terminal: HarmonicTerminal) -> list[Part]:
        """What every term gives to the flux through perfect contacts."""
        faces = tuple(face for face, model in terminal.faces if model is None)
        if not faces:
            return []
        corners, densities = np.empty((0, 3, 3)), []
        for t in range(len(self._problem.terms.all)):
            reactions = []
            for i, mode in enumerate(self._model.modes):
                currents, _ = self._problem.residual_of(t, mode, self._model.voltages(i))
                reactions.append(self._problem.function(currents))
            trace = self._trace(faces, tuple(reactions))
            if trace is not None and trace.values.any():
                corners = trace.corners
                densities.append((t, to_constant(consistent_flux(trace))))
        return [(corners, densities)] if densities else []

    def _trace(self, faces: tuple[str, ...], functions: tuple[Any, ...]) -> Trace | None:
        return Trace.of(self._problem.domain, self._problem.V, faces, functions).gathered(self._problem.comm)


def _squares(corners: Any, across: Any) -> Any:
    """∫ d_i d_j ds (modes, modes) over facets."""
    mass = facet_areas(corners)[:, None, None] * unit_mass(across.shape[2])
    return np.einsum("kfi,fij,lfj->kl", across, mass, across, optimize=True)
