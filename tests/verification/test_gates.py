"""Every gate of the solver trips when it should."""

import numpy as np
import pytest
import three_pads
from petsc4py import PETSc

import sim.fem.solver
from sim.errors import SolverError
from sim.fem.conduction import Terminal
from sim.fem.solver import Solver
from sim.fem.unit_solves import check_admittance, solve_basis
from sim.tissues import Uniform

GOOD = np.array([[2.0, -1.0, -1.0], [-1.0, 3.0, -2.0], [-1.0, -2.0, 3.0]])


def test_a_good_admittance_passes():
    assert check_admittance(GOOD) == (0.0, 0.0)


def test_currents_that_do_not_balance():
    with pytest.raises(SolverError, match=r"balance error is 1e-05, allowed 1e-06"):
        check_admittance(GOOD + np.diag([3e-5, 0.0, 0.0]))


def test_an_admittance_that_is_not_symmetric():
    skew = 1e-6 * np.array([[0.0, 1.0, -1.0], [-1.0, 0.0, 1.0], [1.0, -1.0, 0.0]])
    with pytest.raises(SolverError, match="admittance asymmetry is"):
        check_admittance(GOOD + skew)


def test_an_admittance_that_is_not_finite():
    bad = GOOD.copy()
    bad[0, 0] = np.nan
    with pytest.raises(SolverError, match="not finite"):
        check_admittance(bad)


def test_too_few_iterations(monkeypatch):
    monkeypatch.setattr(sim.fem.solver, "MAX_ITERATIONS", 2)
    with pytest.raises(SolverError, match=r"relative residual is .*not converged after 2 iterations"):
        solve_basis(three_pads.domain(), three_pads.CONDUCTORS, three_pads.TERMINALS)


def test_a_loose_tolerance_does_not_pass_the_gates():
    with pytest.raises(SolverError, match=r"balance error|asymmetry"):
        solve_basis(three_pads.domain(), three_pads.CONDUCTORS, three_pads.TERMINALS, tolerance=1e-3)


def test_a_conductivity_that_is_not_finite():
    broken = Uniform("skin", "skin", np.nan * np.eye(3), "test")
    with pytest.raises(SolverError):
        solve_basis(three_pads.domain(), (broken, *three_pads.CONDUCTORS[1:]), three_pads.TERMINALS)


def test_a_layer_without_a_conductor():
    with pytest.raises(KeyError, match="muscle"):
        solve_basis(three_pads.domain(), three_pads.CONDUCTORS[:2], three_pads.TERMINALS)


def test_a_terminal_on_no_face():
    with pytest.raises(KeyError, match="pad z"):
        solve_basis(
            three_pads.domain(), three_pads.CONDUCTORS, (Terminal("z", (("pad z", 0.1),)), *three_pads.TERMINALS)
        )


def test_a_zero_matrix_does_not_pass_as_solved():
    matrix = PETSc.Mat().createAIJ([2, 2], nnz=1)
    matrix.setValue(0, 0, 1.0)
    matrix.setValue(1, 1, np.inf)
    matrix.assemble()
    b, x = matrix.createVecs()
    b.set(1.0)
    with pytest.raises((SolverError, PETSc.Error)):
        Solver(matrix, 1e-10).solve(b, x)
