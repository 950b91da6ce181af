"""Electrodes built of layers on a block, with exact answers: slabs in series, and a resistive sheet fed by a snap."""

import numpy as np
import references
from domains import isotropic, renamed, solve

from meshes.bodies import Block
from meshes.build import build_mesh
from meshes.construction import BuiltPad, Connector, Detached, StackLayer
from meshes.geometry import Geometry
from meshes.layers import Layer
from meshes.pads import Disc, Rectangle
from sim.exposure.triangles import sample
from sim.fem.conduction import Sheet, Terminal

LENGTH_MM, WIDTH_MM, DEPTH_MM = 30.0, 20.0, 10.0
AREA = 6e-4  # m2
GEL, RUBBER, TISSUE = (1.0, 0.05), (2.0, 5.0), 0.3  # thickness in mm and conductivity in S/m; S/m
PERFECT, TOLERANCE = 1e4, 1e-13  # S/m: all of it is at one potential; of the solver, for such contrasts
SHEET = references.ResistiveSheet(thickness=5e-5, σ=100.0, z=0.02, radius=0.02, snap_radius=0.005)


def block(size_mm=(LENGTH_MM, WIDTH_MM), depth_mm=DEPTH_MM):
    """One layer."""
    layer = Layer(tissue="tissue", thickness_mm=depth_mm)
    return Block(kind="block", length_mm=size_mm[0], width_mm=size_mm[1], layers=(layer,))


def on_block(body, pad, accuracy):
    """The mesh with its bottom as a face of its own."""
    tagged = build_mesh(Geometry(body=body, pads=(pad,)), accuracy)
    return renamed(tagged, "cut", "bottom", lambda x: np.isclose(x[2], -body.depth_mm))


def covering(stack, accuracy, z=0.02, detached=False, z_detached=None, perfect=False):
    """Basis of a pad over the whole top of a block, of layers (thickness in mm, conductivity) or of metal alone.

    Parameters
    ----------
    z
        Of the contact, Ohm m2.
    detached, z_detached
        Whether the half x > 0 is detached, and the impedance through which it touches nevertheless.
    perfect
        Whether tissue and layers conduct so well that the contact is all there is.
    """
    outline = Rectangle(kind="rectangle", length_mm=LENGTH_MM, width_mm=WIDTH_MM)
    half = Rectangle(kind="rectangle", length_mm=LENGTH_MM / 2, width_mm=WIDTH_MM)
    parts = (Detached(outline=half, position_mm=(LENGTH_MM / 4, 0.0)),) if detached else ()
    layers = tuple(StackLayer(material=f"m{i}", thickness_mm=d) for i, (d, _) in enumerate(stack))
    pad = BuiltPad(name="a", pad=outline, position_mm=(0.0, 0.0), stack=layers, detached=parts)
    tagged = on_block(block(), pad, accuracy)
    σ = [TISSUE, *(value for _, value in stack)] if not perfect else [PERFECT] * (1 + len(stack))
    names = ["tissue", *(region.name for region in pad.regions)]
    sheets = [Sheet("contact a", z)] if stack else []
    if detached and z_detached is not None and stack:
        sheets.append(Sheet("contact a detached 1", z_detached))
    faces = [("terminal a", 0.0)] if stack else [("pad a", z)]
    if detached and z_detached is not None and not stack:
        faces.append(("pad a detached 1", z_detached))
    terminals = (
        Terminal("a", tuple(faces), tuple(sheet.name for sheet in sheets)),
        Terminal("b", (("bottom", 0.0),)),
    )
    return solve(tagged, map(isotropic, names, σ), terminals, sheets=tuple(sheets), tolerance=TOLERANCE)


def resistive_sheet(accuracy):
    """A disc of carbon rubber, fed by a snap in its middle, on a block that is a ground.

    Returns the basis, the relative error of the conductance, and radii (m) with samples of the density per volt (A/m2).
    """
    diameter = 2e3 * SHEET.radius
    pad = BuiltPad(
        name="a",
        pad=Disc(kind="disc", diameter_mm=diameter),
        position_mm=(0.0, 0.0),
        stack=(StackLayer(material="rubber", thickness_mm=1e3 * SHEET.thickness),),
        connector=Connector(diameter_mm=2e3 * SHEET.snap_radius),
    )
    tagged = on_block(block((60.0, 60.0)), pad, accuracy)
    conductors = (isotropic("tissue", PERFECT), isotropic("a 1 rubber", SHEET.σ))
    terminals = (Terminal("a", (("terminal a", 0.0),), ("contact a",)), Terminal("b", (("bottom", 0.0),)))
    basis = solve(tagged, conductors, terminals, sheets=(Sheet("contact a", SHEET.z),), tolerance=TOLERANCE)
    contact = basis.contacts[0]
    samples = sample(contact.corners, contact.density[:1], 5e-4)
    r = np.hypot(samples.points[:, 0], samples.points[:, 1])
    return basis, basis.admittance[0, 0] / SHEET.conductance - 1, r, samples
