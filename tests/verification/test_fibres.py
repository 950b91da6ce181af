"""Fibres that follow the body's shape: each cell conducts along the fibres at its own place."""

import dataclasses

from mpi4py import MPI

import numpy as np
import pytest
from domains import box_mesh

from sim.fem.conduction import Terminal
from sim.fem.domain import Domain
from sim.fem.unit_solves import solve_basis
from sim.tissues import Conductor, Fibres

ALONG, ACROSS = 0.5, 0.1  # S/m
SIZE_MM = (20.0, 30.0, 24.0)


class Turned:
    """A body whose local x axis is the y axis of space."""

    def frame(self, points_mm):
        return np.tile([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]], (len(points_mm), 1, 1))


class Tube:
    """Along z, around it, outward."""

    def frame(self, points_mm):
        outward = points_mm * [1.0, 1.0, 0.0] / np.hypot(points_mm[:, 0], points_mm[:, 1])[:, None]
        along = np.tile([0.0, 0.0, 1.0], (len(points_mm), 1))
        return np.stack([along, np.cross(along, outward), outward], axis=1)


def muscle(body, direction):
    return Conductor("muscle", "muscle", ALONG, ACROSS, Fibres(body, direction), "test")


def resistance(tagged, conductor):
    domain = Domain.from_tagged(tagged, MPI.COMM_SELF)
    terminals = (Terminal("a", (("start", 0.0),)), Terminal("b", (("end", 0.0),)))
    return 1 / solve_basis(domain, (conductor,), terminals, tolerance=1e-13).admittance[0, 0]


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("local", [0, 1, 2])
def test_a_column_conducts_along_the_turned_fibres(axis, local):
    faces = {end: lambda x, x0=x0: np.isclose(x[axis], x0) for end, x0 in (("start", 0.0), ("end", SIZE_MM[axis]))}
    tagged = box_mesh((2, 2, 2), SIZE_MM, {"muscle": lambda x: x[2] > 0.0}, faces)
    direction = tuple(3.0 * np.eye(3)[local])
    σ = ALONG if (1, 0, 2)[local] == axis else ACROSS
    exact = (SIZE_MM[axis] * 1e-3) ** 2 / σ / (np.prod(SIZE_MM) * 1e-9)
    assert resistance(tagged, muscle(Turned(), direction)) == pytest.approx(exact, rel=1e-9)


def test_tensors_in_the_local_axes():
    """At 30 degrees around a tube, fibres between the axis and the arc, against the matrix written by hand."""
    c, s = np.cos(np.radians(30.0)), np.sin(np.radians(30.0))
    f = np.array([-s * 0.6, c * 0.6, 0.8])
    expected = ACROSS * np.eye(3) + (ALONG - ACROSS) * np.outer(f, f)
    tensors = muscle(Tube(), (4.0, 3.0, 0.0)).tensors(np.array([[0.04 * c, 0.04 * s, 0.1], [0.05, 0.0, 0.0]]))
    np.testing.assert_allclose(tensors[0], expected, atol=1e-15)
    np.testing.assert_allclose(np.linalg.eigvalsh(tensors), [[ACROSS, ACROSS, ALONG]] * 2)


@pytest.mark.parametrize(("direction", "σ"), [((0.0, 1.0, 0.0), ALONG), ((0.0, 0.0, 1.0), ACROSS)])
def test_fibres_around_a_tube(direction, σ):
    """A sector of a tube from 10 to 20 mm, current around it: φ = θ / α, R = α / (σ h ln(b / a))."""
    α, a, b, h = 1.2, 10.0, 20.0, 5.0
    errors = []
    for n in (4, 8):
        faces = {"start": lambda x: np.isclose(x[1], 0.0), "end": lambda x: np.isclose(x[1], α)}
        sector = box_mesh((n, 2 * n, 1), (b - a, α, h), {"muscle": lambda x: x[2] > 0.0}, faces)
        r, θ, z = sector.points_mm.T
        points = np.column_stack([(a + r) * np.cos(θ), (a + r) * np.sin(θ), z])
        found = resistance(dataclasses.replace(sector, points_mm=points), muscle(Tube(), direction))
        errors.append(found * σ * h * 1e-3 * np.log(b / a) / α - 1.0)
    assert abs(errors[1]) < 4e-3
    assert errors[0] / errors[1] == pytest.approx(4.0, abs=0.6)
