"""From a drawing to the outline of a pad."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from meshes.arrays import Reals
from meshes.errors import OutlineError
from meshes.pads.chains import DrawingError, loops_of, outline_and_holes
from meshes.pads.file import FilePad
from meshes.pads.polygon import MOST_HOLES, MOST_POINTS, Polygon

MOST_BYTES = 30_000_000
LARGEST_MM = 5000.0

Reader = Callable[[Path, str | None], list[Reals]]


def read_outline(pad: FilePad, folder: Path) -> Polygon:
    """Read the outline of a pad from its file; relative paths start at ``folder``.

    The largest closed loop is the outline, loops inside it are holes. Curves are flattened to a point for every 2
    degrees of turning. The centre of the bounding box becomes the origin; y points up, also from an SVG file.

    Raises
    ------
    OutlineError
        If there is no such file, it cannot be read, or it does not hold one closed outline.
    """
    path = folder / pad.path
    try:
        read = _reader(path)
        if not path.is_file():
            raise DrawingError("no such file", "an existing file, relative to the folder of the case file")
        if path.stat().st_size > MOST_BYTES:
            raise DrawingError(f"{path.stat().st_size} bytes", f"drawings of at most {MOST_BYTES} bytes")
        chains = [chain * pad.scale for chain in read(path, pad.layer)]
        outer, *holes = outline_and_holes(loops_of(chains))
        return _polygon(outer, holes, pad.angle_deg)
    except DrawingError as error:
        raise OutlineError(pad.path, error.found, error.accepted) from error
    except OSError as error:
        raise OutlineError(pad.path, f"a file that cannot be read ({error.strerror})", "a readable file") from error


def _reader(path: Path) -> Reader:
    match path.suffix.lower():
        case ".dxf":
            from meshes.pads.dxf import read_dxf

            return read_dxf
        case ".svg":
            from meshes.pads.svg import read_svg

            return read_svg
        case suffix:
            raise DrawingError(f"suffix {suffix!r}" if suffix else "no suffix", ".dxf or .svg")


def _polygon(outer: Reals, holes: list[Reals], angle_deg: float) -> Polygon:
    """The outline about the centre of its bounding box, as a pad."""
    low, high = outer.min(axis=0), outer.max(axis=0)
    size = high - low
    if not np.isfinite(size).all() or size.max() > LARGEST_MM:
        raise DrawingError(
            f"an outline of {size[0]:.4g} x {size[1]:.4g} mm",
            f"outlines up to {LARGEST_MM:g} mm (check the file's units, and scale)",
        )
    points = max(len(loop) for loop in (outer, *holes))
    if points > MOST_POINTS or len(holes) > MOST_HOLES:
        raise DrawingError(
            f"a loop of {points} points and {len(holes)} holes",
            f"up to {MOST_POINTS} points a loop, with curves flattened at 2 degrees, and {MOST_HOLES} holes",
        )
    loops = [tuple((float(x), float(y)) for x, y in loop - (low + high) / 2) for loop in (outer, *holes)]
    try:
        return Polygon(kind="polygon", points_mm=loops[0], holes_mm=tuple(loops[1:]), angle_deg=angle_deg)
    except ValidationError as error:
        found, _, accepted = error.errors()[0]["msg"].removeprefix("Value error, ").partition("; ")
        raise DrawingError(found, accepted or "an outline that a polygon pad may have") from error
