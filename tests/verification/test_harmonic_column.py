"""Layers in series under full-face electrodes at any frequency (Maxwell-Wagner), known exactly."""

from mpi4py import MPI

import numpy as np
import pytest
from dispersive import Debye, Layer, Membrane, Metal, Parallel, Straight, harmonics, isotropic
from domains import box_mesh, layered_box, split

from sim.exposure.triangles import facet_areas
from sim.fem.domain import Domain
from sim.harmonics import log_spaced

SIZE = (0.02, 0.03, 0.024)
AREA = SIZE[0] * SIZE[1]
LAYERS = [("skin", 0.002), ("fat", 0.006), ("muscle", 0.016)]
MEDIA = {
    "skin": Debye(4e-4, 1100.0, ((3e4, 1.6e-6),)),
    "fat": Debye(0.02, 15.0, ((3.3e4, 1.6e-4), (1e7, 8e-3))),
    "muscle": Debye(0.35, 7000.0, ((1.2e6, 3.2e-4),)),
}
FACES = {"top": lambda x: np.isclose(x[2], SIZE[2]), "bottom": lambda x: np.isclose(x[2], 0.0)}
CONTACT, OTHER, SHEET = Parallel(0.02, 1e-3, 0.002), Parallel(0.005, 1e-2), Parallel(0.5, 1e-4)
ACCURACY = 1e-8  # of Y, which is of second order in the error of the potential
FIRST_ORDER = 10 * np.sqrt(ACCURACY)
BAND = log_spaced(1.0, 1e6)
BETWEEN = np.geomspace(1.3, 8e5, 12)  # none of the band's


def series(frequency_Hz, *contacts):
    """Impedance of the layers and of these contacts, Ω."""
    layers = sum(d / MEDIA[name](frequency_Hz) for name, d in LAYERS)
    return (layers + sum(contact.impedance(frequency_Hz) for contact in contacts)) / AREA


def column(top, bottom, order=2, accuracy=ACCURACY):
    domain = layered_box((2, 2, 12), SIZE, LAYERS, FACES)
    media = tuple(isotropic(name, MEDIA[name]) for name, _ in LAYERS)
    metals = (Metal("a", (("top", top),)), Metal("b", (("bottom", bottom),)))
    return harmonics(domain, media, metals, BAND, order=order, accuracy=accuracy, tolerance=1e-12)


@pytest.fixture(scope="module", params=[(CONTACT, OTHER), (CONTACT, None), (None, None)], ids=str)
def solved(request):
    return column(*request.param), [contact for contact in request.param if contact is not None]


def test_impedance_between_and_at_the_snapshots(solved):
    found, contacts = solved
    for f in (*BETWEEN, *found.basis.facts.frequencies_Hz):
        exact = 1 / series(f, *contacts)
        np.testing.assert_allclose(found.admittance(f), exact * np.array([[1, -1], [-1, 1]]), rtol=1e-7)


def test_density_and_field_are_uniform(solved):
    found, contacts = solved
    for f in BETWEEN[::4]:
        J = 1 / series(f, *contacts) / AREA
        np.testing.assert_allclose(found.density(0, f)[0], J, rtol=FIRST_ORDER)
        field = np.tensordot(found.coefficients(f)[0], found.basis.fields, axes=1)
        for i, (name, _) in enumerate(LAYERS):
            np.testing.assert_allclose(field[found.basis.layers == i][..., 2], -J / MEDIA[name](f), rtol=FIRST_ORDER)


def test_heat_of_the_contacts(solved):
    found, contacts = solved
    for f in BETWEEN[::4]:
        J = 1 / series(f, *contacts) / AREA
        for k, contact in enumerate(contacts):
            heat = contact.impedance(f).real * abs(J) ** 2 * AREA
            np.testing.assert_allclose(found.losses(k, f), heat * np.array([[1, -1], [-1, 1]]), rtol=FIRST_ORDER)
        for k in range(len(contacts), 2):
            assert not found.losses(k, f).any()


def test_the_first_order_is_exact_too():
    found = column(CONTACT, None, order=1)
    for f in BETWEEN[::3]:
        assert found.admittance(f)[0, 0] == pytest.approx(1 / series(f, CONTACT), rel=1e-7)


def test_a_sheet_in_series():
    """Its voltage is the jump, and the current of the terminal above enters the body through it."""
    halves = {"upper": lambda x: x[2] > 12.0, "lower": lambda x: x[2] < 12.0}
    ends = {"top": lambda x: np.isclose(x[2], 24.0), "bottom": lambda x: np.isclose(x[2], 0.0)}
    tagged = split(box_mesh((4, 3, 4), (20.0, 30.0, 24.0), halves, ends), "skin", "lower")
    media = (isotropic("upper", MEDIA["fat"]), isotropic("lower", MEDIA["muscle"]))
    metals = (Metal("a", (("top", CONTACT),), ("skin",)), Metal("b", (("bottom", None),)))
    sheets = (Membrane("skin", SHEET),)
    domain = Domain.from_tagged(tagged, MPI.COMM_SELF)
    found = harmonics(domain, media, metals, BAND, sheets, accuracy=ACCURACY, tolerance=1e-12)
    for f in BETWEEN:
        z = CONTACT.impedance(f) + SHEET.impedance(f) + 0.012 / MEDIA["fat"](f) + 0.012 / MEDIA["muscle"](f)
        assert found.admittance(f)[0, 0] == pytest.approx(AREA / z, rel=1e-7)
        np.testing.assert_allclose(found.density(0, f)[0], 1 / z, rtol=FIRST_ORDER)
        np.testing.assert_allclose(found.basis.contacts[0].corners[..., 2], 0.012)
        heat = (CONTACT.impedance(f).real + SHEET.impedance(f).real) * AREA / abs(z) ** 2
        assert found.losses(0, f)[0, 0] == pytest.approx(heat, rel=FIRST_ORDER)


@pytest.mark.parametrize(("direction", "axis"), [((0.0, 0.0, 3.0), 0), ((1.0, 2.0, 0.0), 1)])
def test_fibres_conduct_along_or_across(direction, axis):
    κ = (MEDIA["muscle"], Debye(0.1, 2000.0, ((5e5, 1e-3),)))
    domain = layered_box((2, 2, 2), SIZE, [("muscle", SIZE[2])], FACES)
    media = (Layer("muscle", "muscle", *κ, Straight(direction)),)
    metals = (Metal("a", (("top", CONTACT),)), Metal("b", (("bottom", None),)))
    found = harmonics(domain, media, metals, BAND, accuracy=ACCURACY, tolerance=1e-12)
    for f in BETWEEN:
        z = CONTACT.impedance(f) + SIZE[2] / κ[axis](f)
        assert found.admittance(f)[0, 0] == pytest.approx(AREA / z, rel=1e-7)
        f_unit = np.array(direction) / np.linalg.norm(direction)
        tensor = κ[1](f) * np.eye(3) + (κ[0](f) - κ[1](f)) * np.outer(f_unit, f_unit)
        np.testing.assert_allclose(found.admittivity(f), np.tile(tensor, (len(found.basis.cells), 1, 1)), rtol=1e-12)


def test_direct_current_may_be_among_the_frequencies():
    domain = layered_box((2, 2, 12), SIZE, LAYERS, FACES)
    media = tuple(isotropic(name, MEDIA[name]) for name, _ in LAYERS)
    metals = (Metal("a", (("top", CONTACT),)), Metal("b", (("bottom", None),)))
    found = harmonics(domain, media, metals, (0.0, *BAND), accuracy=ACCURACY, tolerance=1e-12)
    for f in (0.0, 0.2, 50.0, 7e5):
        assert found.admittance(f)[0, 0] == pytest.approx(1 / series(f, CONTACT), rel=1e-7)
    assert found.admittance(0.0)[0, 0].imag == 0.0


def test_the_contacts_carry_the_currents(solved):
    found, _ = solved
    for f in BETWEEN[::5]:
        for j, contact in enumerate(found.basis.contacts):
            carried = found.density(j, f).mean(axis=2) @ facet_areas(contact.corners)
            np.testing.assert_allclose(carried, found.admittance(f)[j], rtol=FIRST_ORDER)
