"""A manufactured potential in an anisotropic body behind a contact impedance: errors fall at the proven rates."""

from mpi4py import MPI

import numpy as np
import pytest
import ufl
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from domains import layered_box
from petsc4py import PETSc

from sim.fem.conduction import body_form, conductivity, contact_form, over
from sim.fem.solver import Solver, eliminate
from sim.tissues import Uniform, axial_tensor

Z = 0.7
TENSOR = axial_tensor(2.0, 0.5, (1.0, 1.0, 0.5))
FACES = {"top": lambda x: np.isclose(x[2], 1.0)}
FACES |= {
    f"side {axis}{end:g}": lambda x, axis=axis, end=end: np.isclose(x[axis], end)
    for axis, end in ((0, 0.0), (0, 1.0), (1, 0.0), (1, 1.0), (2, 0.0))
}


def error_l2(cells, order):
    """L2 error of u = sin(x + 2y) exp(z), with a source in the body, given values on five sides, a contact on top."""
    domain = layered_box((cells, cells, cells), (1.0, 1.0, 1.0), [("body", 1.0)], FACES)
    V = fem.functionspace(domain.msh, ("Lagrange", order))
    x, n, v = ufl.SpatialCoordinate(domain.msh), ufl.FacetNormal(domain.msh), ufl.TestFunction(V)
    exact = ufl.sin(x[0] + 2 * x[1]) * ufl.exp(x[2])
    κ = conductivity(domain, (Uniform("body", "body", TENSOR, "test"),))
    flux = ufl.dot(ufl.as_matrix(TENSOR.tolist()), ufl.grad(exact))
    load = -ufl.div(flux) * v * ufl.dx + (ufl.dot(flux, n) + exact / Z) * v * over(domain, ("top",))
    matrix = fem_petsc.assemble_matrix(body_form(V, κ))
    fem_petsc.assemble_matrix(matrix, contact_form(domain, V, Z, ("top",)))
    matrix.assemble()
    b = fem_petsc.assemble_vector(fem.form(load))
    sides = np.flatnonzero(domain.facets.values != domain.face_tags["top"])
    dofs = fem.locate_dofs_topological(V, 2, domain.facets.indices[sides]).astype(PETSc.IntType)
    known = fem.Function(V)
    known.interpolate(lambda x: np.sin(x[0] + 2 * x[1]) * np.exp(x[2]))
    lift = matrix.createVecRight()
    lift.setValues(dofs, known.x.array[dofs])
    lift.assemble()
    b.axpy(-1.0, matrix * lift)
    b.setValues(dofs, np.zeros(len(dofs)))
    b.assemble()
    solution = matrix.createVecRight()
    Solver(eliminate(matrix, dofs), 1e-12).solve(b, solution)
    solution.axpy(1.0, lift)
    u = fem.Function(V)
    u.x.array[:] = solution.array_r
    square = fem.assemble_scalar(fem.form((u - exact) ** 2 * ufl.dx(degree=8)))
    return np.sqrt(domain.msh.comm.allreduce(square, op=MPI.SUM))


@pytest.mark.parametrize(("order", "meshes"), [(1, (8, 16, 32)), (2, (4, 8, 16))])
def test_rate_of_convergence(order, meshes):
    errors = [error_l2(cells, order) for cells in meshes]
    slope = np.log2(errors[-2] / errors[-1])
    assert slope == pytest.approx(order + 1, abs=0.1)
    assert errors[-1] < 2e-3
