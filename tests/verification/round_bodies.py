"""Limbs and faces with exact answers: wrapped pads, concentric cylinders, concentric spheres."""

import numpy as np
import references
from domains import fibrous, isotropic, renamed, solve

from meshes.bodies import Face, Limb
from meshes.build import build_mesh
from meshes.construction import BuiltPad
from meshes.geometry import Geometry
from meshes.inclusions import Cylinder
from meshes.layers import Core, Layer
from meshes.pads import Rectangle
from sim.exposure.triangles import sample
from sim.exposure.windows import weighted_percentiles
from sim.fem.conduction import Terminal

SKIN, FAT, ALONG, ACROSS = 0.002, 0.0776, 0.415, 0.132  # S/m
PAD_MM, LENGTH_MM = 40.0, 250.0
PLACES = {
    "along": ((-45.0, 0.0), (45.0, 0.0)),
    "opposite": ((10.0, 0.0), (10.0, 40.0 * np.pi)),
    "off centre": ((-60.0, 10.0), (50.0, -30.0)),
}


def limb(radius_mm=40.0):
    """Skin and fat around muscle whose fibres run along it."""
    layers = (Layer(tissue="skin", thickness_mm=1.5), Layer(tissue="fat", thickness_mm=6.0))
    core = Core(tissue="muscle", fibre_direction=(1.0, 0.0, 0.0))
    return Limb(kind="limb", length_mm=LENGTH_MM, radius_mm=radius_mm, layers=layers, core=core)


def wrapped_pads(places, z, accuracy, radius_mm=40.0):
    """Two square pads on a limb: unknowns, resistance, and percentiles 50, 95 and 99 of the density per ampere."""
    body = limb(radius_mm)
    outline = Rectangle(kind="rectangle", length_mm=PAD_MM, width_mm=PAD_MM)
    pads = tuple(BuiltPad(name=n, pad=outline, position_mm=p) for n, p in zip("ab", places, strict=True))
    muscle = fibrous("muscle", body, (1.0, 0.0, 0.0), ALONG, ACROSS)
    tagged = build_mesh(Geometry(body=body, pads=pads), accuracy)
    terminals = [Terminal(name, ((f"pad {name}", z),)) for name in "ab"]
    basis = solve(tagged, (isotropic("skin", SKIN), isotropic("fat", FAT), muscle), terminals)
    contact = basis.contacts[0]
    samples = sample(contact.corners, contact.density[:1] / basis.admittance[0, 0], 5e-4)
    percentiles = weighted_percentiles(samples.values[0], samples.areas, (50.0, 95.0, 99.0))
    return basis.facts.unknowns, 1 / basis.admittance[0, 0], np.array(percentiles)


def wrapped_pads_exact(places, z, terms, radius_mm=40.0, reach=4000.0):
    """The same by the Galerkin reference."""
    R = 1e-3 * radius_mm
    body = references.Limb(1e-3 * LENGTH_MM, (R, R - 0.0015, R - 0.0075), (SKIN, FAT, (ALONG, ACROSS)))
    side = 1e-3 * PAD_MM
    pads = [references.WrappedPad(1e-3 * x, 1e-3 * arc, side, side, z) for x, arc in places]
    solution = references.solve_limb(body, pads, (1.0, -1.0), terms=terms, reach=reach)
    return solution.potentials[0] - solution.potentials[1], solution.density_percentiles(0, [50, 95, 99], points=800)


def concentric_cylinders(accuracy, z=0.01, σ=(0.02, 0.4), fibres=None):
    """From a metal rod on the axis of a limb of two layers to its skin: unknowns, relative error of the resistance.

    ``fibres`` is the direction in both layers, along which they conduct 20 times better than ``σ``.
    """
    layers = (Layer(tissue="fat", thickness_mm=10.0),)
    body = Limb(kind="limb", length_mm=60.0, radius_mm=40.0, layers=layers, core=Core(tissue="muscle"))
    ends = {"start_mm": (-30.0, 0.0, 0.0), "end_mm": (30.0, 0.0, 0.0)}
    rod = Cylinder(kind="cylinder", name="rod", material="metal", radius_mm=8.0, **ends)
    tagged = build_mesh(Geometry(body=body, inclusions=(rod,)), accuracy)
    basis = solve(tagged, _layers(body, σ, fibres), (Terminal("rod", (("terminal rod", 0.0),)), _on_skin(z)))
    exact = references.cylinder_shells_resistance((0.008, 0.03, 0.04), σ[::-1], 0.06, z_outer=z)
    return basis.facts.unknowns, 1 / basis.admittance[0, 0] / exact - 1


def concentric_spheres(accuracy, z=0.01, σ=(0.02, 0.4), fibres=None):
    """The same from the bottom of a face of two layers to its skin; its sides are radial."""
    layers = (Layer(tissue="fat", thickness_mm=10.0), Layer(tissue="muscle", thickness_mm=20.0))
    body = Face(kind="face", length_mm=90.0, width_mm=60.0, radius_mm=60.0, layers=layers)
    at_bottom = 30.0 + 1e-6  # facets of the bottom are flat and lie below this radius
    tagged = renamed(
        build_mesh(Geometry(body=body), accuracy),
        "cut",
        "bottom",
        lambda x: np.linalg.norm(x - body.centre_mm[:, None], axis=0) < at_bottom,
    )
    basis = solve(tagged, _layers(body, σ, fibres), (Terminal("bottom", (("bottom", 0.0),)), _on_skin(z)))
    Ω = references.rectangle_solid_angle(*body.angles)
    exact = references.sphere_shells_resistance((0.03, 0.05, 0.06), σ[::-1], Ω, z_outer=z)
    return basis.facts.unknowns, 1 / basis.admittance[0, 0] / exact - 1


def _on_skin(z):
    return Terminal("skin", (("skin", z),))


def _layers(body, σ, fibres):
    """Fat and muscle, each with a conductivity of 20 times that along its fibres."""
    for name, across in zip(("fat", "muscle"), σ, strict=True):
        yield isotropic(name, across) if fibres is None else fibrous(name, body, fibres, 20.0 * across, across)
