"""Colours: muted for tissue, strong for electrodes; the same in every picture."""

from collections.abc import Iterable

from sim.case import Case

TISSUES = {
    "skin": "#e3b795",
    "fat": "#f4e3a1",
    "muscle": "#c9827f",
    "bone_cortical": "#dedbd2",
    "bone_cancellous": "#c3b39a",
    "blood": "#a9504c",
    "nerve": "#d9c553",
    "endoneurium": "#e0cb4f",
    "perineurium": "#a68f2d",
    "epineurium": "#efe3a6",
    "cerebrospinal_fluid": "#a9cfe0",
    "grey_matter": "#b3a6b5",
    "white_matter": "#ece6ec",
    "dura": "#c5cbb0",
    "spinal_cord": "#e0cf9f",
    "tendon": "#e8dcc9",
    "saline": "#a8c8dd",
    "hydrogel": "#a9dcd3",
    "electrode_gel": "#8fc7c9",
    "sponge_saline": "#dfd05f",
    "carbon_rubber": "#5b6066",
}
OTHERS = ("#a8bfa3", "#b6a7c9", "#9fb7c4", "#cfae92", "#c2c29a", "#bfa3ae")
POLES = (("#c1121f", "#1d4e89"), ("#b85c00", "#00798c"), ("#9b2f9b", "#4f7d1a"), ("#7a4b12", "#3d3a8c"))
FLOATING = "#4a4a4a"
IMPLANT, SHAFT, INSULATOR = "#8b949e", "#c7ccd1", "#f7f7f5"
INK = "#222222"


def colours_of(tissues: Iterable[str]) -> dict[str, str]:
    """Colour of every tissue; those without one of their own get others in their order."""
    names = list(dict.fromkeys(tissues))
    unknown = [name for name in names if name not in TISSUES]
    others = {name: OTHERS[i % len(OTHERS)] for i, name in enumerate(unknown)}
    return {name: (TISSUES | others)[name] for name in names}


def tissue_colours(case: Case) -> dict[str, str]:
    """Colour of every tissue of the case: of layers, bones, wounds, inclusions and stacks."""
    return colours_of(region.tissue for region in case.geometry.regions)


def electrode_colours(case: Case) -> dict[str, str]:
    """Colour of every terminal: a pair for each channel, its positive and its negative pole; implants are grey."""
    colours = dict.fromkeys(case.poles, FLOATING) | dict.fromkeys(case.implants, IMPLANT)
    for c, channel in reversed(list(enumerate(case.channels))):
        positive, negative = POLES[c % len(POLES)]
        colours |= {name: positive if weight > 0.0 else negative for name, weight in channel.electrodes.items()}
    return colours


def roles(case: Case) -> dict[str, str]:
    """What drives every pad and contact, in words: ``+ch1``, or ``floating``."""
    words: dict[str, list[str]] = {name: [] for name in case.poles}
    for channel in case.channels:
        for name, weight in channel.electrodes.items():
            words[name].append(("+" if weight > 0.0 else "−") + channel.name)
    return {name: " ".join(each) or "floating" for name, each in words.items()}
