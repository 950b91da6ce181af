"""Colours: muted for tissue, strong for electrodes; the same in every picture."""

from sim.case import Case

TISSUES = {
    "skin": "#e3b795",
    "fat": "#f4e3a1",
    "muscle": "#c9827f",
    "bone_cortical": "#dedbd2",
    "bone_cancellous": "#c3b39a",
    "blood": "#a9504c",
    "nerve": "#d9c553",
    "cerebrospinal_fluid": "#a9cfe0",
    "grey_matter": "#b3a6b5",
    "white_matter": "#ece6ec",
    "dura": "#c5cbb0",
    "spinal_cord": "#e0cf9f",
    "tendon": "#e8dcc9",
    "saline": "#a8c8dd",
}
OTHERS = ("#a8bfa3", "#b6a7c9", "#9fb7c4", "#cfae92", "#c2c29a", "#bfa3ae")
POLES = (("#c1121f", "#1d4e89"), ("#b85c00", "#00798c"), ("#9b2f9b", "#4f7d1a"), ("#7a4b12", "#3d3a8c"))
FLOATING = "#4a4a4a"
INK = "#222222"


def tissue_colours(case: Case) -> dict[str, str]:
    """Colour of every tissue of the case's layers."""
    unknown = [name for name in dict.fromkeys(layer.tissue for layer in case.body.layers) if name not in TISSUES]
    others = {name: OTHERS[i % len(OTHERS)] for i, name in enumerate(unknown)}
    return {layer.tissue: (TISSUES | others)[layer.tissue] for layer in case.body.layers}


def electrode_colours(case: Case) -> dict[str, str]:
    """Colour of every electrode: a pair for each channel, its positive and its negative pole."""
    colours = {electrode.name: FLOATING for electrode in case.electrodes}
    for c, channel in reversed(list(enumerate(case.channels))):
        positive, negative = POLES[c % len(POLES)]
        colours |= {name: positive if weight > 0.0 else negative for name, weight in channel.electrodes.items()}
    return colours


def roles(case: Case) -> dict[str, str]:
    """What drives every electrode, in words: ``+ch1``, or ``floating``."""
    words: dict[str, list[str]] = {electrode.name: [] for electrode in case.electrodes}
    for channel in case.channels:
        for name, weight in channel.electrodes.items():
            words[name].append(("+" if weight > 0.0 else "−") + channel.name)
    return {name: " ".join(each) or "floating" for name, each in words.items()}
