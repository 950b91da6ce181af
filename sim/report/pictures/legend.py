"""The legend of tissues and materials."""

from collections import defaultdict

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from meshes.bodies import Limb
from sim.case import Case
from sim.report.pictures.colours import IMPLANT, INK, INSULATOR, SHAFT, tissue_colours

SWATCH_IN, LINE_IN, LETTER_IN = 0.22, 0.2, 0.077
NAMED = 2  # things of one tissue that are listed by name
LONGEST = 30  # letters of an entry


def legend_entries(case: Case) -> list[tuple[str, str]]:
    """Text and colour of every tissue and material, from the skin inwards, then what lies in and on the body."""
    about: dict[str, list[str]] = defaultdict(list)
    for layer in case.body.layers:
        about[layer.tissue].append(f"{layer.thickness_mm:g} mm")
    if isinstance(case.body, Limb):
        for region in case.body.regions[len(case.body.layers) :]:
            about[region.tissue] += []
    for thing in (*case.inclusions, *case.wounds):
        if thing.tissue is not None:
            about[thing.tissue].append(thing.name)
    for electrode in case.electrodes:
        for part in electrode.layers:
            about[part.material].append(f"{part.thickness_mm:g} mm")
    colours = tissue_colours(case)
    entries = [(_text(tissue.replace("_", " "), details), colours[tissue]) for tissue, details in about.items()]
    if case.implants:
        entries.append((_text("metal", list(case.implants)), IMPLANT))
    insulators = [inclusion.name for inclusion in case.inclusions if inclusion.material == "insulator"]
    if insulators:
        entries.append((_text("insulator", insulators), INSULATOR))
    if case.leads:
        entries.append(("shaft", SHAFT))
    return entries


def _text(name: str, details: list[str]) -> str:
    different = [detail for detail in dict.fromkeys(details) if detail != name]
    listed = ", ".join(different[:NAMED]) + (", …" if len(different) > NAMED else "")
    text = f"{name} {listed}".strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def legend_width_in(case: Case) -> float:
    """Room that the legend needs, inches."""
    return SWATCH_IN * 1.35 + 0.1 + LETTER_IN * max(len(text) for text, _ in legend_entries(case))


def draw_legend(axes: Axes, case: Case, left: float, middle: float, inch: float) -> None:
    """Swatches with texts, one below the other, around a height of the picture plane; ``inch`` is an inch there."""
    entries = legend_entries(case)
    for i, (text, colour) in enumerate(entries):
        v = middle + ((len(entries) - 1) / 2 - i) * LINE_IN * inch
        width = SWATCH_IN * inch
        swatch = Rectangle((left, v - width / 4), width, width / 2, facecolor=colour, edgecolor=INK, linewidth=0.6)
        axes.add_patch(swatch)
        axes.text(left + 1.35 * width, v, text, va="center", fontsize=9.0, color=INK)
