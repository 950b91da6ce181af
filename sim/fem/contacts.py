"""Where the terminals' current enters the body: its density there for every unit solution, on rank 0."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.linalg
from dolfinx import fem

from sim.basis import Contact
from sim.exposure.triangles import facet_areas, to_constant, to_linear, unit_mass
from sim.fem.conduction import Sheet, Terminal, behind_impedance
from sim.fem.domain import Domain
from sim.fem.sheets import jumps
from sim.fem.traces import Trace


@dataclass(frozen=True)
class Passage:
    """Facets behind one impedance.

    Parameters
    ----------
    corners
        Of the facets (f, 3, 3), m.
    density
        J for each unit solution at the places of the unknowns (solutions, f, n), A/m2 per V.
    z
        Impedance that the current passes there, Ohm m2.
    """

    corners: Any
    density: Any
    z: float

    @property
    def smooth(self) -> Any:
        """The density at the corners of the facets (solutions, f, 3), with the same integrals over each facet."""
        return to_linear(self.density) if self.z > 0.0 else to_constant(self.density)

    @property
    def losses(self) -> Any:
        """Heat z ∫ J_k J_l ds (solutions, solutions), W per V2."""
        mass = facet_areas(self.corners)[:, None, None] * unit_mass(self.density.shape[2])
        return self.z * np.einsum("kfi,fij,lfj->kl", self.density, mass, self.density, optimize=True)


def gather_contacts(
    domain: Domain,
    terminals: tuple[Terminal, ...],
    sheets: tuple[Sheet, ...],
    potentials: tuple[fem.Function, ...],
    reactions: tuple[fem.Function, ...],
) -> tuple[Contact, ...] | None:
    """The normal current density on every terminal's contact for every unit solution, on rank 0.

    Behind a contact impedance J = (V - φ)/z, through a sheet J = (φ_o - φ_i)/z, which need no derivative of φ. On a
    perfect contact J is the density whose weighted integrals are the discrete reactions, ∫ J v ds = r(v): the
    consistent flux, which carries exactly the current of the terminal. It oscillates within the elements at the rim,
    where the true density is infinite; its means over the facets do not, and converge.

    Returns
    -------
    tuple of Contact or None
        On rank 0; None on the others.
    """
    by_name = {sheet.name: sheet for sheet in sheets}
    contacts = []
    for k, terminal in enumerate(terminals):
        faces = _faces(domain, terminal, k, potentials, reactions)
        crossed = [part for name in terminal.sheets for part in _crossed(domain, by_name[name], potentials)]
        if domain.msh.comm.rank == 0:
            contacts.append(_contact(terminal.name, faces, crossed))
    return tuple(contacts) if domain.msh.comm.rank == 0 else None


def _contact(name: str, faces: list[Passage], crossed: list[Passage]) -> Contact:
    """The current enters the body through the sheets where there are some, and heats all that it passes."""
    entrances = crossed or faces
    return Contact(
        name=name,
        corners=np.concatenate([part.corners for part in entrances]),
        density=np.concatenate([part.smooth for part in entrances], axis=1),
        losses=np.sum([part.losses for part in (*faces, *crossed)], axis=0),
    )


def _faces(
    domain: Domain,
    terminal: Terminal,
    k: int,
    potentials: tuple[fem.Function, ...],
    reactions: tuple[fem.Function, ...],
) -> list[Passage]:
    """What passes the terminal's own faces, one for each impedance, on rank 0; nothing on the others."""
    comm, V = domain.msh.comm, potentials[0].function_space
    applied = (np.arange(len(potentials)) == k).astype(float)[:, None, None]
    passages = []
    for z, faces in behind_impedance((terminal,)).items():
        trace = Trace.of(domain, V, faces, potentials).gathered(comm)
        if trace is not None:
            passages.append(Passage(trace.corners, (applied - trace.values) / z, z))
    if terminal.perfect:
        trace = Trace.of(domain, V, terminal.perfect, reactions).gathered(comm)
        if trace is not None:
            passages.append(Passage(trace.corners, consistent_flux(trace), 0.0))
    return passages


def _crossed(domain: Domain, sheet: Sheet, potentials: tuple[fem.Function, ...]) -> list[Passage]:
    """What crosses a sheet, on its inside facets, on rank 0; nothing on the others."""
    comm, V = domain.msh.comm, potentials[0].function_space
    outside, inside = (
        Trace.of(domain, V, (face,), potentials).gathered(comm) for face in (sheet.outside, sheet.inside)
    )
    if outside is None or inside is None:
        return []
    return [Passage(inside.corners, jumps(outside, inside) / sheet.z, sheet.z)]


def consistent_flux(reactions: Trace) -> Any:
    """The density J on facets with ∫ J v ds = r(v) for every trace v.

    Parameters
    ----------
    reactions
        Nodal currents, A, repeated for every facet of a node.

    Returns
    -------
    density
        A/m2 at the same places, (solutions, f, n).
    """
    numbers = reactions.numbers
    nodes, local = np.unique(numbers, return_inverse=True)
    local = local.reshape(numbers.shape)
    right = np.zeros((len(nodes), len(reactions.values)))
    for k, reaction in enumerate(reactions.values):
        right[local.ravel(), k] = reaction.ravel()
    entries = facet_areas(reactions.corners)[:, None, None] * unit_mass(numbers.shape[1])
    row, column = (np.broadcast_to(a, entries.shape) for a in (local[:, :, None], local[:, None, :]))
    mass = scipy.sparse.csc_matrix((entries.ravel(), (row.ravel(), column.ravel())))
    density = scipy.sparse.linalg.splu(mass).solve(right)
    return np.moveaxis(density[local], -1, 0)
