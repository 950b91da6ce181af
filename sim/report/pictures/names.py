"""Names of pads, contacts, probes and wounds in a picture of the body."""

import re
from collections import defaultdict

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from meshes.arrays import Reals
from meshes.tagged import TaggedMesh
from sim.case import Case
from sim.report.pictures.colours import INK, electrode_colours, roles
from sim.report.pictures.labels import SIZE, Labels
from sim.report.pictures.solids import PAD_HEIGHT
from sim.report.pictures.terminals import label_point_mm, metal_mm
from sim.report.pictures.view import View, pad_facing

ARRAY = 7  # so many pads of one stem and a number are an array, whose elements show their numbers alone
MANY, SMALL = 8, 7.5  # labels from which on they are smaller
HIDDEN = 0.02  # cosine below which a pad is on the far side
DASHED = (0, (4, 2))


def arrays(case: Case) -> dict[str, list[str]]:
    """Names of the pads of every array, by stem."""
    stems: dict[str, list[str]] = defaultdict(list)
    for electrode in case.electrodes:
        found = re.fullmatch(r"(.*?)(\d+)", electrode.name)
        if found:
            stems[found[1]].append(electrode.name)
    return {stem: names for stem, names in stems.items() if len(names) >= ARRAY}


def labelled(case: Case) -> dict[str, str]:
    """What is written at which pad or contact; elements of arrays are left to ``_name_arrays``."""
    words, elements = roles(case), {name for names in arrays(case).values() for name in names}
    texts = {name: f"{name} ({words[name]})" for name in case.poles if name not in elements}
    if len(texts) > MANY:
        driven = {name: text for name, text in texts.items() if words[name] != "floating"}
        texts = {name: name if words[name] == "floating" else text for name, text in texts.items()}
        texts = driven if len(texts) > 3 * MANY else texts
    return texts | {name: f"{name} (implant)" for name in case.implants}


def name_terminals(axes: Axes, case: Case, mesh: TaggedMesh, view: View, only: set[str] | None = None) -> Labels:
    """Names of pads, contacts and implants beside them; all, or only some."""
    texts = {name: text for name, text in labelled(case).items() if only is None or name in only}
    labels = Labels(axes, SMALL if len(texts) > MANY else SIZE)
    colours, metal, facing = electrode_colours(case), metal_mm(case, mesh), pad_facing(case, view)
    height = PAD_HEIGHT * case.body.size_mm
    pads = {electrode.name: electrode for electrode in case.electrodes}
    for name, electrode in pads.items():
        if only is None or name in only:
            rim = case.body.wrap_mm(electrode.position_mm, electrode.pad.outline_mm(60))
            if facing[name] > HIDDEN:
                rim = np.vstack([rim, rim + height * case.body.frame(rim)[:, 2]])
            labels.avoid(view.project(rim))
    for name in texts.keys() - pads.keys():
        labels.avoid(view.project(metal[name].reshape(-1, 3)))
    _name_arrays(axes, labels, case, view, only)
    places = {}
    for name in texts:
        point = label_point_mm(metal[name])
        if name in pads:
            point = point + height * case.body.frame(point[None])[0, 2]
        places[name] = view.project(point[None])[0]
    for name in sorted(places, key=lambda name: -places[name][1]):
        behind = name in pads and facing[name] <= HIDDEN
        labels.add(texts[name] + (", behind" if behind else ""), places[name], colours[name])
    return labels


def outline_hidden(axes: Axes, case: Case, view: View, also: frozenset[str] = frozenset()) -> None:
    """Dashed outlines of pads on the far side, of those that no plate shows, and of some others."""
    colours, facing = electrode_colours(case), pad_facing(case, view)
    for electrode in case.electrodes:
        bare = electrode.needles is not None and electrode.needles.backing == "insulating"
        if bare or facing[electrode.name] <= HIDDEN or electrode.name in also:
            for loop in electrode.pad.loops_mm():
                rim = view.project(case.body.wrap_mm(electrode.position_mm, np.vstack(loop)))
                axes.plot(*rim.T, color=colours[electrode.name], linewidth=1.2, linestyle=DASHED, zorder=5)


def _name_arrays(axes: Axes, labels: Labels, case: Case, view: View, only: set[str] | None) -> None:
    """Numbers on the elements of arrays, and the name of each array."""
    pads, facing = {electrode.name: electrode for electrode in case.electrodes}, pad_facing(case, view)
    pixels = axes.transData.transform
    for stem, names in arrays(case).items():
        if only is not None and not only.intersection(names):
            continue
        places = {}
        for name in names:
            centre = case.body.wrap_mm(pads[name].position_mm, np.zeros((1, 2)))
            centre += PAD_HEIGHT * case.body.size_mm * case.body.frame(centre)[:, 2]
            places[name] = view.project(centre)[0]
            rim = view.project(case.body.wrap_mm(pads[name].position_mm, pads[name].pad.outline_mm(24)))
            room = np.ptp(pixels(rim), axis=0).min() * 72 / axes.figure.dpi  # points
            if facing[name] > HIDDEN:
                axes.text(
                    float(places[name][0]),
                    float(places[name][1]),
                    name.removeprefix(stem),
                    ha="center",
                    va="center",
                    color="white",
                    fontsize=float(np.clip(0.6 * room, 4.5, 9.0)),
                    fontweight="bold",
                    zorder=8,
                )
        first = min(names, key=lambda name: (-places[name][1], places[name][0]))
        labels.add(_array_text(case, stem, names), places[first], INK)


def _array_text(case: Case, stem: str, names: list[str]) -> str:
    """First and last name, and the numbers of the few that each pole of a channel has."""
    words = roles(case)
    driven: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if words[name] != "floating":
            driven[words[name]].append(name.removeprefix(stem))
    few = 0 < sum(map(len, driven.values())) < ARRAY
    told = "; ".join(f"{word}: {', '.join(numbers)}" for word, numbers in driven.items()) if few else ""
    return f"{names[0]} … {names[-1]}" + (f" ({told})" if told else "")


def name_probes(axes: Axes, case: Case, view: View, labels: Labels) -> None:
    """Probes, hanging from their places on the skin on dashed lines."""
    for probe in case.probes:
        point = np.array(probe.position_mm)[None]
        foot = case.body.wrap_mm((0.0, 0.0), case.body.unwrap_mm((0.0, 0.0), point))
        hanger = view.project(np.vstack([foot, point]))
        axes.plot(*hanger.T, color=INK, linewidth=1.0, linestyle=(0, (3, 2)), zorder=7)
        axes.plot(*hanger[0], marker="o", markersize=3.0, color=INK, zorder=7)
        axes.plot(*hanger[1], marker="D", markersize=6.0, markerfacecolor="white", markeredgecolor=INK, zorder=8)
        labels.avoid(hanger)
        depth = float(np.linalg.norm(foot - point))
        labels.add(f"{probe.name}, {depth:.3g} mm deep", hanger[1], INK, below=True)


def name_wounds(axes: Axes, case: Case, view: View, labels: Labels) -> None:
    """Outlines of wounds, with their names."""
    for wound in case.wounds:
        rim: Reals = case.body.wrap_mm(wound.position_mm, wound.outline.outline_mm(90))
        flat = view.project(rim)
        line = axes.plot(*np.vstack([flat, flat[:1]]).T, color="#7a0019", linewidth=1.4, zorder=7)[0]
        line.set_path_effects([withStroke(linewidth=2.6, foreground="white")])
        labels.avoid(flat)
        labels.add(f"{wound.name} (wound)", flat.mean(axis=0), "#7a0019")
