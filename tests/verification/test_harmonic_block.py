"""Discs behind complex contacts on a dispersive two-layer block against cosine series."""

from mpi4py import MPI

import pytest
import references
from complex_block import pair_impedance
from dispersive import MUSCLE, SKIN, Metal, Parallel, harmonics, isotropic

from meshes.bodies import Block
from meshes.build import build_mesh
from meshes.construction import BuiltPad
from meshes.geometry import Geometry
from meshes.layers import Layer
from meshes.pads import Disc
from sim.fem.domain import Domain

LENGTH_MM, WIDTH_MM, THICKNESS_MM = 100.0, 60.0, (3.0, 17.0)
PLACES_MM, RADII_MM = ((-25.0, 0.0), (22.0, 4.0)), (12.0, 10.0)
CONTACTS = (Parallel(0.02, 1e-3, 0.002), Parallel(0.05, 2e-4))
FREQUENCIES = (1e2, 1e4, 1e6)
κ = (SKIN, MUSCLE[0])


def reference(admittivities, z):
    size, thickness = (1e-3 * LENGTH_MM, 1e-3 * WIDTH_MM), tuple(1e-3 * h for h in THICKNESS_MM)
    pads = [
        (1e-3 * x + size[0] / 2, 1e-3 * y + size[1] / 2, 1e-3 * r)
        for (x, y), r in zip(PLACES_MM, RADII_MM, strict=True)
    ]
    return size, thickness, pads, pair_impedance(size, thickness, admittivities, pads, z)


def test_the_complex_series_is_the_real_one_where_all_is_real():
    σ, z = (0.01, 0.4), (0.02, 0.005)
    size, thickness, pads, found = reference(σ, z)
    block = references.Block(size=size, thickness=thickness, σ=σ)
    exact = references.block_pair_resistance(block, [references.Pad(*p, z=z_p) for p, z_p in zip(pads, z, strict=True)])
    assert found.real == pytest.approx(exact, rel=1e-5)
    assert found.imag == 0.0


@pytest.fixture(scope="module")
def found():
    layers = tuple(Layer(tissue=t, thickness_mm=h) for t, h in zip(("skin", "muscle"), THICKNESS_MM, strict=True))
    pads = tuple(
        BuiltPad(name=name, pad=Disc(kind="disc", diameter_mm=2 * r), position_mm=place)
        for name, place, r in zip("ab", PLACES_MM, RADII_MM, strict=True)
    )
    body = Block(kind="block", length_mm=LENGTH_MM, width_mm=WIDTH_MM, layers=layers)
    domain = Domain.from_tagged(build_mesh(Geometry(body=body, pads=pads), "draft"), MPI.COMM_SELF)
    metals = tuple(Metal(name, ((f"pad {name}", z),)) for name, z in zip("ab", CONTACTS, strict=True))
    return harmonics(domain, (isotropic("skin", κ[0]), isotropic("muscle", κ[1])), metals, FREQUENCIES)


@pytest.mark.parametrize("frequency_Hz", FREQUENCIES)
def test_impedance_between_the_pads(found, frequency_Hz):
    z = [contact.impedance(frequency_Hz) for contact in CONTACTS]
    *_, exact = reference([admittivity(frequency_Hz) for admittivity in κ], z)
    Y = found.admittance(frequency_Hz)
    error = 1 / Y[0, 0] / exact - 1
    print(f"{frequency_Hz:g} Hz: {exact:.4f} Ω, off by {error:.2e}")
    assert abs(error) < 1e-2
