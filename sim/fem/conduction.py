"""The equation: steady conduction, contact impedances and thin sheets, and its weak form.

In the body div(κ grad φ) = 0; the surface is insulated, n·κ grad φ = 0, but under a terminal k of potential V_k. Where
its current passes a contact impedance z, n·κ grad φ = (V_k - φ)/z (Cheng et al. 1989, IEEE TBME 36:918; Somersalo et
al. 1992, SIAM J Appl Math 52:1023); where the contact is perfect, z = 0, φ = V_k.

A sheet is a layer too thin to be meshed, so resistive that current only crosses it: φ jumps, and from the outside to
the inside flows J = (φ_o - φ_i)/z, the same on both sides, with z = thickness / conductivity. So conducts a passive
membrane (Ying and Henriquez 2007, IEEE TBME 54:611); it is the contact impedance of above with the body on both sides.
Current along the sheet is neglected.

Impedances are constants of the forms and κ is a function, so that the same compiled forms serve every case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import ufl
from dolfinx import fem

from sim.fem.compat import cell_vertices
from sim.fem.domain import Domain
from sim.tissues import Conducting


@dataclass(frozen=True)
class Terminal:
    """A metal electrode.

    Parameters
    ----------
    name
        Of the terminal.
    faces
        Every face of the metal with the contact impedance z that it lies behind, Ohm m2; 0 is a perfect contact.
    sheets
        Names of the sheets through which its current enters the body when layers (gel, rubber) lie between the metal
        and the body; empty when its own faces are the contact.

    Raises
    ------
    ValueError
        Unless there is a face, and 0 <= z < infinity on each.
    """

    name: str
    faces: tuple[tuple[str, float], ...]
    sheets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.faces:
            raise ValueError(f"terminal {self.name} has no face")
        for face, z in self.faces:
            if not 0.0 <= z < np.inf:
                raise ValueError(f"terminal {self.name}: {face} behind {z} Ohm m2; accepted: 0 or more, finite")

    @property
    def perfect(self) -> tuple[str, ...]:
        """The faces that are in perfect contact."""
        return tuple(face for face, z in self.faces if z == 0.0)


@dataclass(frozen=True)
class Sheet:
    """A thin resistive layer between the faces ``<name> outside`` and ``<name> inside``, of impedance z in Ohm m2.

    Raises
    ------
    ValueError
        Unless 0 < z < infinity: a sheet of impedance 0 is none, an infinite one is an insulated surface.
    """

    name: str
    z: float

    def __post_init__(self) -> None:
        if not 0.0 < self.z < np.inf:
            raise ValueError(f"sheet {self.name}: impedance {self.z} Ohm m2; accepted: more than 0, finite")

    @property
    def outside(self) -> str:
        """Face that the current comes from when it is positive."""
        return f"{self.name} outside"

    @property
    def inside(self) -> str:
        """Face that it goes to."""
        return f"{self.name} inside"


def conductivity(domain: Domain, conductors: Iterable[Conducting]) -> fem.Function:
    """The tensor κ (S/m), constant in each cell: that of the conductor at the cell's midpoint.

    Raises
    ------
    KeyError
        If a layer of the domain has no conductor.
    """
    κ = fem.Function(fem.functionspace(domain.msh, ("DG", 0, (3, 3))))
    by_layer = {conductor.layer: conductor for conductor in conductors}
    midpoints = domain.msh.geometry.x[cell_vertices(domain.msh)].mean(axis=1)
    tensors = κ.x.array.reshape(-1, 3, 3)
    for name, tag in domain.layer_tags.items():
        cells = domain.cell_layers == tag
        tensors[cells] = by_layer[name].tensors(midpoints[cells])
    return κ


def behind_impedance(terminals: Iterable[Terminal]) -> dict[float, tuple[str, ...]]:
    """The faces of the terminals that are not in perfect contact, by their contact impedance."""
    faces: dict[float, tuple[str, ...]] = {}
    for terminal in terminals:
        for face, z in terminal.faces:
            if z > 0.0:
                faces[z] = (*faces.get(z, ()), face)
    return faces


def over(domain: Domain, faces: tuple[str, ...]) -> Any:
    """The surface measure over some faces.

    They always are the subdomain 1 of the measure, so that the compiled form does not depend on how many there are.
    """
    pairs = np.vstack([np.empty((0, 2), dtype=np.int32), *(domain.face(face) for face in faces)])
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    return ufl.Measure("ds", domain=domain.msh, subdomain_data=[(1, pairs.astype(np.int32).ravel())])(1)


def within(domain: Domain, layers: tuple[str, ...]) -> Any:
    """The volume measure of some layers, the subdomain 1 of the measure as in ``over``."""
    tags = [domain.layer_tags[layer] for layer in layers]
    own = domain.msh.topology.index_map(domain.msh.topology.dim).size_local
    cells = np.flatnonzero(np.isin(domain.cell_layers[:own], tags)).astype(np.int32)
    return ufl.Measure("dx", domain=domain.msh, subdomain_data=[(1, cells)])(1)


def nodes_on(domain: Domain, V: fem.FunctionSpace, faces: tuple[str, ...]) -> Any:
    """Local numbers of this rank's own unknowns on some faces."""
    facets = [domain.facets.find(domain.face_tags[face]) for face in faces]
    local = fem.locate_dofs_topological(V, domain.msh.topology.dim - 1, np.sort(np.concatenate(facets)))
    return local[local < V.dofmap.index_map.size_local]


def body_form(V: fem.FunctionSpace, κ: fem.Function, dx: Any = ufl.dx) -> Any:
    """a(u, v) = ∫ κ grad u · grad v dx."""
    u, v = ufl.TrialFunction(V), ufl.TestFunction(V)
    return fem.form(ufl.inner(κ * ufl.grad(u), ufl.grad(v)) * dx)


def contact_form(domain: Domain, V: fem.FunctionSpace, z: float, faces: tuple[str, ...]) -> Any:
    """a(u, v) = ∫ u v / z ds over faces behind the contact impedance z."""
    u, v = ufl.TrialFunction(V), ufl.TestFunction(V)
    return fem.form(fem.Constant(domain.msh, 1.0 / z) * ufl.inner(u, v) * over(domain, faces))


def contact_load(domain: Domain, V: fem.FunctionSpace, z: float, faces: tuple[str, ...]) -> Any:
    """L(v) = ∫ v / z ds over faces of a terminal at 1 V behind the contact impedance z."""
    v = ufl.TestFunction(V)
    return fem.form(fem.Constant(domain.msh, 1.0 / z) * v * over(domain, faces))
