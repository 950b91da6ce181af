"""The body cut open, with its tissues, the pads on it, and the leads and probes in it; drawn from the mesh.

The picture is an image of the solids in parallel projection, with words on it in millimetres of the picture plane.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from meshes.arrays import Reals
from meshes.bodies import Block, Face, Limb
from meshes.tagged import TaggedMesh
from sim.case import Case
from sim.report.pictures.colours import INK
from sim.report.pictures.legend import draw_legend, legend_entries, legend_width_in
from sim.report.pictures.names import name_probes, name_terminals, name_wounds, outline_hidden
from sim.report.pictures.opening import Opening, choose_opening
from sim.report.pictures.picture import Picture
from sim.report.pictures.scales import corners, draw_bar, draw_scales, draw_triad
from sim.report.pictures.sheet import DPI, WIDTH_IN, heading, sheet
from sim.report.pictures.solids import Skin, carved_skin, render
from sim.report.pictures.terminals import metal_mm
from sim.report.pictures.view import View, choose_view

Window = tuple[Reals, Reals]  # lower left and upper right of a part of the picture plane, mm

LEFT_IN, TOP_IN, BOTTOM_IN, LEADER_IN = 0.65, 0.65, 0.5, 0.3  # room for writing around the body
TALLEST_IN = 5.6
SMALL = 0.25  # of the body: terminals that together span less are enlarged
INSET_IN, GAP_IN = (6.7, 3.1), 0.35
TINY, AROUND_TINY = 0.05, 6.0  # the same for the contacts of one lead, and how far around them the picture goes
AROUND = 1.7  # an enlarged part, in widths of what it shows


@dataclass(frozen=True)
class Inset:
    """A part of the picture that is enlarged: the names of what it shows, its window, and how the body is opened."""

    names: frozenset[str]
    window: Window
    opening: Opening
    needles: bool


def draw_placement(case: Case, mesh: TaggedMesh, path: Path) -> Picture:
    """Draw the body cut open with the terminals and probes."""
    view = choose_view(case)
    low, high = mesh.points_mm.min(axis=0), mesh.points_mm.max(axis=0)
    opening = choose_opening(case, view, low, high, skin_outlines_mm(case))
    skin = carved_skin(case, mesh, opening)
    flat = view.project(np.vstack([corners(low, high), *_shafts_mm(case)]))
    left, right = flat.min(axis=0), flat.max(axis=0)
    right_in = LEADER_IN + legend_width_in(case)
    scale = (WIDTH_IN - LEFT_IN - right_in) / (right[0] - left[0])  # inches per mm
    scale = min(scale, TALLEST_IN / (right[1] - left[1]))
    slack = WIDTH_IN - LEFT_IN - right_in - scale * (right[0] - left[0])
    edge = right[0] + LEADER_IN / scale
    window = (
        left - np.array([LEFT_IN + slack / 2, BOTTOM_IN]) / scale,
        right + np.array([right_in + slack / 2, TOP_IN]) / scale,
    )
    inset = choose_inset(case, mesh, view, opening)
    main_in = float(window[1][1] - window[0][1]) * scale
    height = main_in + (INSET_IN[1] + GAP_IN + 0.15 if inset else 0.0)
    with sheet(path, height, heading(case, "placement")) as figure:
        axes = _axes(figure, (0.0, 1.0 - main_in / height, 1.0, main_in / height), window)
        draw_scales(axes, view, low, high)
        _show(axes, render(case, mesh, skin, view, window, round(DPI * WIDTH_IN)), window)
        draw_triad(axes, view, window[1] - np.array([0.85, 0.95]) / scale, 0.4 / scale)
        middle = min(float(window[0][1] + window[1][1]) / 2, window[1][1] - 1.5 / scale - _half_legend(case) / scale)
        draw_legend(axes, case, float(edge), middle, 1 / scale)
        outline_hidden(axes, case, view)
        enlarged = set() if inset is None or inset.needles else set(inset.names)
        labels = name_terminals(axes, case, mesh, view, set(case.terminals) - enlarged)
        if not enlarged.issuperset(case.poles):
            name_probes(axes, case, view, labels)
        name_wounds(axes, case, view, labels)
        if inset is not None:
            _draw_inset(figure, axes, inset, case, mesh, view, skin, height)
    return Picture(path.stem, "Placement", _words(case))


def skin_outlines_mm(case: Case) -> list[Reals]:
    """Points (n, 3) along the outlines of pads and wounds."""
    pads = [case.body.wrap_mm(e.position_mm, e.pad.outline_mm(60)) for e in case.electrodes]
    return pads + [case.body.wrap_mm(w.position_mm, w.outline.outline_mm(60)) for w in case.wounds]


def choose_inset(case: Case, mesh: TaggedMesh, view: View, opening: Opening) -> Inset | None:
    """The part around what is small in the body: a pad with needles, all pads and contacts, or those of one lead."""
    metal = {name: corners.reshape(-1, 3) for name, corners in metal_mm(case, mesh).items() if name in case.poles}
    for electrode in case.electrodes:
        if electrode.needles is not None:
            feet = case.body.wrap_mm(electrode.position_mm, electrode.needles.centres_mm)
            frame = case.body.frame(feet[:1])[0]
            front = frame[1] * (1.0 if frame[1] @ view.towards > 0.0 else -1.0)
            row = float((feet @ front).max())
            window = _around(view.project(metal[electrode.name]))
            return Inset(frozenset({electrode.name}), window, Opening(((front, row),)), True)
    points = np.vstack(list(metal.values()))
    if float(np.ptp(points, axis=0).max()) < SMALL * case.body.size_mm:
        return Inset(frozenset(case.poles), _around(view.project(points)), opening, False)
    for lead in case.leads:
        points = np.vstack([metal[name] for name in lead.terminals])
        if float(np.ptp(points, axis=0).max()) < TINY * case.body.size_mm:
            return Inset(frozenset(lead.terminals), _around(view.project(points), AROUND_TINY), opening, False)
    return None


def _around(flat: Reals, around: float = AROUND) -> Window:
    """A window of the shape of the inset around points (n, 2)."""
    low, high = flat.min(axis=0), flat.max(axis=0)
    shape = np.array(INSET_IN)
    half = around / 2 * float(((high - low) / shape).max()) * shape
    return (low + high) / 2 - half, (low + high) / 2 + half


def _draw_inset(
    figure: Figure, main: Axes, inset: Inset, case: Case, mesh: TaggedMesh, view: View, skin: Skin, height: float
) -> None:
    low, high = inset.window
    left = (WIDTH_IN - INSET_IN[0]) / 2
    place = (left / WIDTH_IN, GAP_IN / height, INSET_IN[0] / WIDTH_IN, INSET_IN[1] / height)
    axes = _axes(figure, place, inset.window)
    axes.set_axis_on()
    axes.set(xticks=[], yticks=[])
    if inset.needles:
        skin = carved_skin(case, mesh, inset.opening)
    image = render(case, mesh, skin, view, inset.window, round(DPI * INSET_IN[0]), inset.needles)
    _show(axes, image, inset.window)
    inch = float(high[0] - low[0]) / INSET_IN[0]
    draw_bar(axes, low + 0.15 * inch, 1.2 * inch, inch)
    outline_hidden(axes, case, view, inset.names if inset.needles else frozenset())
    labels = name_terminals(axes, case, mesh, view, set(inset.names))
    if inset.names.issuperset(case.poles):
        name_probes(axes, case, view, labels)
    axes.set_title(
        "enlarged" + (", without the pad, cut open along a row of needles" if inset.needles else ""), fontsize=9.5
    )
    main.add_patch(Rectangle(tuple(low), *(high - low), fill=False, edgecolor=INK, linewidth=0.9, zorder=8))


def _axes(figure: Figure, place: tuple[float, float, float, float], window: Window) -> Axes:
    axes = figure.add_axes(place)
    axes.set(xlim=(window[0][0], window[1][0]), ylim=(window[0][1], window[1][1]))
    axes.set_axis_off()
    return axes


def _show(axes: Axes, image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], window: Window) -> None:
    """The image, with its white background as if it were clear."""
    clear = np.dstack([image, np.where((image == 255).all(axis=2), 0, 255).astype(np.uint8)])
    extent = (window[0][0], window[1][0], window[0][1], window[1][1])
    axes.imshow(clear, extent=extent, aspect="auto", interpolation="none", zorder=3)


def _half_legend(case: Case) -> float:
    return 0.1 * len(legend_entries(case))


def _shafts_mm(case: Case) -> list[Reals]:
    """Where the drawn ends of the shafts are, roughly."""
    ends = []
    for lead in case.leads:
        along = np.array(lead.direction) / np.linalg.norm(lead.direction)
        steps = np.linspace(0.0, 3.0 * case.body.size_mm, 601)
        path = np.array(lead.tip_mm) + steps[:, None] * along
        out = steps[case.body.contains_mm(path)].max(initial=0.0) + 0.15 * case.body.size_mm
        ends.append(np.array([np.array(lead.tip_mm) + out * along]))
    return ends


def _words(case: Case) -> str:
    """What the picture shows, for those who do not see it."""
    body = case.body
    layers = ", ".join(f"{layer.tissue} {layer.thickness_mm:g} mm" for layer in body.layers)
    match body:
        case Block():
            shape = f"Block of {body.length_mm:g} mm by {body.width_mm:g} mm"
        case Face():
            shape = f"Face of {body.length_mm:g} mm by {body.width_mm:g} mm, radius {body.radius_mm:g} mm,"
        case Limb():
            a, b = body.axes
            shape = f"Limb {body.length_mm:g} mm long, half widths {a:g} and {b:g} mm,"
            layers += f", {body.core.tissue} inside, {len(body.bones)} bones"
    parts = [f"{e.name} at ({e.position_mm[0]:g}, {e.position_mm[1]:g}) mm" for e in case.electrodes]
    parts += [f"lead {lead.name} with its tip at {_place(lead.tip_mm)} mm" for lead in case.leads]
    parts += [f"{inclusion.name} of {inclusion.tissue or inclusion.material}" for inclusion in case.inclusions]
    parts += [f"wound {wound.name}" for wound in case.wounds]
    return f"{shape} with the layers {layers}; on it and in it: {'; '.join(parts)}."


def _place(point: tuple[float, float, float]) -> str:
    return f"({', '.join(f'{value:g}' for value in point)})"
