"""The equation: steady conduction with the complete electrode model, and its weak form.

In the body div(κ grad φ) = 0; the surface is insulated, n·κ grad φ = 0, but under the terminal k of potential V_k,
where the current passes a contact of impedance z_k: n·κ grad φ = (V_k - φ)/z_k (Cheng et al. 1989, IEEE TBME 36:918;
Somersalo et al. 1992, SIAM J Appl Math 52:1023). For z_k = 0 the terminal is an equipotential, φ = V_k.

All parameters are functions, piecewise constant, so that one compiled form serves every case.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import ufl
from dolfinx import fem

from sim.fem.domain import Domain
from sim.tissues import Conductor


@dataclass(frozen=True)
class Terminal:
    """A metal electrode on the face ``face``, behind the contact impedance ``z`` (Ohm m2; 0 is a perfect contact)."""

    name: str
    face: str
    z: float


def conductivity(domain: Domain, conductors: tuple[Conductor, ...]) -> fem.Function:
    """The tensor κ (S/m), constant in each cell.

    Raises
    ------
    KeyError
        If a layer of the domain has no conductor.
    """
    κ = fem.Function(fem.functionspace(domain.msh, ("DG", 0, (3, 3))))
    by_layer = {conductor.layer: conductor.conductivity for conductor in conductors}
    tensors = np.zeros((max(domain.layer_tags.values()) + 1, 3, 3))
    for name, tag in domain.layer_tags.items():
        tensors[tag] = by_layer[name]
    κ.x.array[:] = tensors[domain.cell_layers].ravel()
    return κ


def contact_admittance(domain: Domain, terminals: tuple[Terminal, ...]) -> fem.Function:
    """1/z (S/m2) of the terminal that a cell touches, constant in each cell."""
    y = fem.Function(fem.functionspace(domain.msh, ("DG", 0)))
    for terminal in terminals:
        if terminal.z > 0.0:
            y.x.array[domain.face(terminal.face)[:, 0]] = 1.0 / terminal.z
    y.x.scatter_forward()
    return y


def over(domain: Domain, faces: tuple[str, ...]) -> Any:
    """The surface measure over some faces.

    They always are the subdomain 1 of the measure, so that the compiled form does not depend on how many there are.
    """
    pairs = np.vstack([np.empty((0, 2), dtype=np.int32), *(domain.face(face) for face in faces)])
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    return ufl.Measure("ds", domain=domain.msh, subdomain_data=[(1, pairs.astype(np.int32).ravel())])(1)


def bilinear_form(
    domain: Domain, V: fem.FunctionSpace, κ: fem.Function, y: fem.Function, faces: tuple[str, ...]
) -> Any:
    """a(u, v) = ∫ κ grad u · grad v dx + ∫ y u v ds over the faces behind a contact impedance."""
    u, v = ufl.TrialFunction(V), ufl.TestFunction(V)
    return fem.form(ufl.inner(κ * ufl.grad(u), ufl.grad(v)) * ufl.dx + y * ufl.inner(u, v) * over(domain, faces))


def contact_load(domain: Domain, V: fem.FunctionSpace, y: fem.Function, face: str) -> Any:
    """L(v) = ∫ y v ds over one face: the load of a terminal at 1 V behind its contact impedance."""
    v = ufl.TestFunction(V)
    return fem.form(y * v * over(domain, (face,)))
