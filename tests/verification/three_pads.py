"""A coarse layered block with three pads, one of them a perfect contact: for the identities that hold on any mesh."""

from functools import cache

from mpi4py import MPI

import numpy as np

from meshes.bodies import Block
from meshes.build import build_mesh
from meshes.construction import BuiltPad
from meshes.geometry import Geometry
from meshes.layers import Layer
from meshes.pads import Disc, Rectangle
from sim.fem.conduction import Terminal
from sim.fem.domain import Domain
from sim.fem.unit_solves import solve_basis
from sim.tissues import Uniform, axial_tensor

LAYERS = (
    Layer(tissue="skin", thickness_mm=2.0),
    Layer(tissue="fat", thickness_mm=6.0),
    Layer(tissue="muscle", thickness_mm=20.0),
)
BODY = Block(kind="block", length_mm=120.0, width_mm=80.0, layers=LAYERS)
PADS = (
    BuiltPad(name="a", pad=Disc(kind="disc", diameter_mm=24.0), position_mm=(-35.0, 5.0)),
    BuiltPad(
        name="b",
        pad=Rectangle(kind="rectangle", length_mm=30.0, width_mm=16.0, corner_radius_mm=4.0, angle_deg=20.0),
        position_mm=(30.0, 15.0),
    ),
    BuiltPad(name="c", pad=Disc(kind="disc", diameter_mm=14.0), position_mm=(20.0, -22.0)),
)
TERMINALS = (Terminal("a", (("pad a", 0.01),)), Terminal("b", (("pad b", 0.0),)), Terminal("c", (("pad c", 0.002),)))
CONDUCTORS = (
    Uniform("skin", "skin", 0.05 * np.eye(3), "test"),
    Uniform("fat", "fat", 0.08 * np.eye(3), "test"),
    Uniform("muscle", "muscle", axial_tensor(0.4, 0.13, (1.0, 0.5, 0.0)), "test"),
)


@cache
def tagged_mesh():
    return build_mesh(Geometry(body=BODY, pads=PADS), "draft")


def domain(tagged=None):
    return Domain.from_tagged(tagged or tagged_mesh(), MPI.COMM_SELF)


@cache
def basis(order=2):
    return solve_basis(domain(), CONDUCTORS, TERMINALS, order=order, tolerance=1e-12)
