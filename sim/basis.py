"""The basis solutions: one potential per terminal at 1 V with the others at 0 V, and what follows from them linearly.

Everything here is plain numpy on one process: superposition, exposure and pictures need no solver.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from meshes.arrays import Integers, Reals

BASIS_ARRAYS = ("points", "cells", "layers", "conductivity", "potentials", "fields", "admittance")
CONTACT_ARRAYS = ("corners", "density", "losses")


@dataclass(frozen=True)
class SolveFacts:
    """What the solver reports.

    Parameters
    ----------
    unknowns, element_order
        Size of the linear system.
    iterations
        Of the slowest solve.
    relative_residual, balance_error, asymmetry
        Worst true relative residual; sum of the terminal currents / largest current; ‖Y - Yᵀ‖ / ‖Y‖.
    setup_s, solve_s
        Time of assembly with preconditioner, and of all solves with their reactions.
    """

    unknowns: int
    element_order: int
    iterations: int
    relative_residual: float
    balance_error: float
    asymmetry: float
    setup_s: float
    solve_s: float


@dataclass(frozen=True)
class Contact:
    """Where the current of one terminal enters the body: its faces, or the sheets below its stack of layers.

    Parameters
    ----------
    name
        The terminal.
    corners
        Corners of the facets (f, 3, 3), m.
    density
        Normal current density into the body for each unit solution, A/m2 per volt, at the corners of the facets
        (terminals, f, 3): linear on each facet, its integral is the current of the terminal.
    losses
        Heat in the contact impedances and sheets that the terminal's current passes, Σ z ∫ J_k J_l ds for two unit
        solutions (terminals, terminals), W per V2; a perfect contact has none.
    """

    name: str
    corners: Reals
    density: Reals
    losses: Reals


class Touching(Protocol):
    """Facets of the skin, or of metal in the body, through which the current of a terminal passes."""

    @property
    def name(self) -> str:
        """The terminal."""
        ...

    @property
    def corners(self) -> Reals:
        """Corners of the facets (f, 3, 3), m."""
        ...


class Solution(Protocol):
    """What unit solutions of any kind have: the mesh, its layers, and the contacts. See ``Basis``."""

    @property
    def points(self) -> Reals:
        """Vertices (n, 3), m."""
        ...

    @property
    def cells(self) -> Integers:
        """Vertex numbers (m, 4)."""
        ...

    @property
    def layers(self) -> Integers:
        """Index into ``layer_names`` of each cell (m,)."""
        ...

    @property
    def layer_names(self) -> tuple[str, ...]:
        """Of the regions."""
        ...

    @property
    def terminals(self) -> tuple[str, ...]:
        """Their names."""
        ...

    @property
    def contacts(self) -> Sequence[Touching]:
        """One for each terminal."""
        ...


@dataclass(frozen=True)
class Basis:
    """Unit solutions of all terminals.

    Parameters
    ----------
    points
        Vertices (n, 3), m.
    cells
        Vertex numbers (m, 4).
    layers
        Index into ``layer_names`` of each cell (m,).
    layer_names, terminals
        Names.
    conductivity
        Symmetric tensor of each cell (m, 3, 3), S/m.
    potentials
        At the vertices (terminals, n), V per V.
    fields
        E at the four corners of each cell (terminals, m, 4, 3), V/m per V; linear in between.
    contacts
        One for each terminal.
    admittance
        Y (terminals, terminals), S: current into the body at terminal j when terminal k is at 1 V.
    facts
        What the solver reports.
    """

    points: Reals
    cells: Integers
    layers: Integers
    layer_names: tuple[str, ...]
    terminals: tuple[str, ...]
    conductivity: Reals
    potentials: Reals
    fields: Reals
    contacts: tuple[Contact, ...]
    admittance: Reals
    facts: SolveFacts

    def save(self, path: Path) -> None:
        """Write to a NumPy archive."""
        names = {"layer_names": self.layer_names, "terminals": self.terminals, "facts": asdict(self.facts)}
        arrays = {key: getattr(self, key) for key in BASIS_ARRAYS}
        for i, contact in enumerate(self.contacts):
            arrays |= {f"{key}{i}": getattr(contact, key) for key in CONTACT_ARRAYS}
        with path.open("wb") as file:
            np.savez(file, names=np.array(json.dumps(names)), **arrays)

    @classmethod
    def load(cls, path: Path) -> "Basis":
        """Read what ``save`` wrote."""
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            names = json.loads(str(archive["names"]))
            terminals = tuple(names["terminals"])
            return cls(
                **{key: archive[key] for key in BASIS_ARRAYS},
                layer_names=tuple(names["layer_names"]),
                terminals=terminals,
                contacts=tuple(
                    Contact(name, **{key: archive[f"{key}{i}"] for key in CONTACT_ARRAYS})
                    for i, name in enumerate(terminals)
                ),
                facts=SolveFacts(**names["facts"]),
            )
