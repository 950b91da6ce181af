"""The preconditioner of complex operators, part by part, on three pads of which one is a perfect contact."""

import numpy as np
import pytest
import scipy.sparse
import scipy.sparse.linalg
import three_pads
from dispersive import THREE_MEDIA, THREE_METALS

from sim.fem.affine import AffineProblem
from sim.fem.complex_operator import ComplexOperator
from sim.fem.harmonic import HarmonicSolver
from sim.fem.two_level import TwoLevel
from sim.harmonic_terms import Terms

TOLERANCE = 1e-10


def turned(values):
    """About the middle of their phases, so that the real parts are positive."""
    phases = np.angle(values)
    return values * np.exp(-0.5j * (phases.min() + phases.max()))


def sparse(matrix):
    pointers, columns, data = matrix.getValuesCSR()
    return scipy.sparse.csr_matrix((data, columns, pointers), shape=matrix.getSize())


@pytest.fixture(scope="module")
def problem():
    terms = Terms.of(THREE_MEDIA, THREE_METALS, (), (1e3,))
    return AffineProblem(three_pads.domain(), THREE_MEDIA, THREE_METALS, terms, order=2)


@pytest.fixture(scope="module")
def values(problem):
    return turned(problem.terms.values(1e5))


@pytest.fixture(scope="module")
def operator(problem, values):
    return ComplexOperator(problem.combined(values.real), problem.combined(values.imag), problem.rows)


@pytest.fixture(scope="module")
def exact(operator):
    """The matrix as SciPy has it, with rows and columns of the perfect contact as of the identity."""
    matrix = sparse(operator.P) + 1j * sparse(operator.Q)
    free = np.ones(matrix.shape[0])
    free[operator(np.ones(matrix.shape[0], dtype=complex)) == 0.0] = 0.0
    return matrix, free


def vectors(problem, count=2):
    random = np.random.default_rng(1)
    found = random.normal(size=(count, problem.V.dofmap.index_map.size_local, 2)) @ (1.0, 1j)
    found[:, problem.rows] = 0.0
    return found


def test_a_complex_product(problem, operator, exact):
    u, _ = vectors(problem)
    product = exact[0] @ u
    np.testing.assert_allclose(operator.times(u), product, atol=1e-12 * np.abs(product).max())
    np.testing.assert_allclose(operator.diagonal(), exact[0].diagonal(), rtol=1e-14)
    assert not operator(u)[problem.rows].any()
    assert len(problem.rows) > 0


def test_linear_elements_are_solved_exactly(problem, values, exact):
    """Against SciPy's factors of the same Galerkin matrix, made from the interpolation column by column."""
    space = problem.coarse
    size = len(space.restricted(vectors(problem)[0]))
    free = np.flatnonzero(space.restricted(exact[1] * (1.0 + 0j)).real)
    random = np.random.default_rng(2)
    right = np.zeros(size, dtype=complex)
    right[free] = random.normal(size=len(free)) + 1j * random.normal(size=len(free))
    solver = space.solver(values)
    u = solver(right)
    solver.destroy()
    fine = space.prolonged(u)
    np.testing.assert_allclose(space.restricted(exact[0] @ fine), right, atol=1e-10 * np.abs(right).max())


def test_interpolation_and_its_transpose(problem):
    """A constant stays one where the potential is not given."""
    r, s = vectors(problem)
    nodes = len(problem.coarse.restricted(r))
    ones = problem.coarse.prolonged(np.ones(nodes, dtype=complex))
    assert not ones[problem.rows].any()
    np.testing.assert_allclose(np.delete(ones, problem.rows), 1.0, atol=1e-12)
    u = problem.coarse.restricted(s)  # zero on the perfect contact
    assert problem.coarse.restricted(r) @ u == pytest.approx(r @ problem.coarse.prolonged(u), rel=1e-12)


def test_it_is_complex_symmetric(problem, operator, values):
    preconditioner = TwoLevel(problem, operator, values)
    x, y = vectors(problem)
    there, back = y @ preconditioner(x), x @ preconditioner(y)
    assert there == pytest.approx(back, rel=1e-11)
    preconditioner.destroy()


def test_its_energy_bounds_what_a_residual_leaves(problem, operator, values, exact):
    """|rᵀ A⁻¹ r| for residuals of functions that multigrid alone would see, and of rough ones."""
    preconditioner = TwoLevel(problem, operator, values)
    matrix, free = exact
    x = problem.V.tabulate_dof_coordinates()
    smooth = free * np.cos(40.0 * x[:, 0]) * (1.0 + 0.5j)
    for error in (smooth, vectors(problem)[0]):
        r = free * (matrix @ error)
        left = abs(error @ r)
        assert left <= preconditioner.energy(r) * 1.01
        assert preconditioner.energy(r) <= 2.2 * np.linalg.norm(error) * np.linalg.norm(r)
    preconditioner.destroy()


@pytest.mark.parametrize("frequency_Hz", [1e2, 1e4, 1e6])
def test_iterations_hardly_know_the_phases(problem, frequency_Hz):
    """Multigrid of P takes up to three times as many as in phase."""
    values = problem.terms.values(frequency_Hz)
    counts = []
    for each in (values, np.abs(values)):
        solver = HarmonicSolver(problem, each, TOLERANCE)
        _, convergence = solver.unit_solution(0)
        counts.append(convergence.iterations)
        solver.destroy()
    assert counts[0] <= 1.5 * counts[1]


def test_as_a_direct_solution(problem, exact, values):
    """Against SciPy's factors of the whole matrix."""
    solver = HarmonicSolver(problem, values, 1e-12)
    u, _ = solver.unit_solution(0)
    matrix, _ = exact
    free = np.setdiff1d(np.arange(matrix.shape[0]), problem.rows)
    right = problem.load(values, 0)
    direct = scipy.sparse.linalg.spsolve(matrix[free][:, free].tocsc(), right[free])
    np.testing.assert_allclose(u[free], direct, atol=1e-8)
    solver.destroy()
