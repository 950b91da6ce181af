"""Pictures of runs made small enough for the documentation."""

from pathlib import Path

from PIL import Image

from meshes.store import write_atomically

WIDTH = 1000  # pixels


def shrink(large: Path, small: Path, colours: int) -> None:
    """Write a picture with the common width and so many colours.

    Parameters
    ----------
    large, small
        The picture, and the PNG file to be written; its folder is made.
    """
    with Image.open(large) as image:
        size = (WIDTH, round(image.height * WIDTH / image.width))
        resized = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    reduced = resized.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(small, lambda path: reduced.save(path, format="png", optimize=True))
