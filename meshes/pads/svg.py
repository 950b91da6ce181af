"""The lines of an SVG drawing, in mm."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from meshes.arrays import Reals
from meshes.pads.chains import SAMPLES, DrawingError, thinned
from meshes.pads.structure import check_structure

PIXELS_PER_INCH = 96.0  # CSS
MM_PER_INCH = 25.4
LABEL = "{http://www.inkscape.org/namespaces/inkscape}label"


def read_svg(path: Path, layer: str | None) -> list[Reals]:
    """Chains of points (k, 2) in mm, y up: one for every line of the drawing, or of the group with this label or id.

    The size of the page and its viewBox give the scale (to 1e-6, which is how well the reader knows a mm); without them
    a unit is a pixel of 1/96 inch. What is not displayed is left out, and so is text. Nothing outside of the file is
    read.
    """
    from svgelements import SVG

    data = path.read_bytes()
    check_structure(data)
    try:
        drawing = SVG.parse(BytesIO(data), reify=False, ppi=PIXELS_PER_INCH, on_error="raise")
        shapes = list(_shapes(drawing, layer, layer is None))
        with np.errstate(all="ignore"):  # what is not finite is refused below
            chains = [chain for shape in shapes for chain in _flattened(shape)]
    except DrawingError:
        raise
    except Exception as error:  # whatever a damaged file provokes in the reader
        found = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise DrawingError(f"a file that cannot be read as SVG ({found})", "an SVG drawing") from error
    if layer is not None and not shapes:
        labels = ", ".join(sorted(_labels(drawing))) or "(none)"
        raise DrawingError(f"nothing in a group {layer!r}", f"one of the labels and ids {labels}")
    if not all(np.isfinite(chain).all() for chain in chains):
        raise DrawingError("coordinates that are no numbers", "finite coordinates")
    return [chain * np.array([1.0, -1.0]) * (MM_PER_INCH / PIXELS_PER_INCH) for chain in chains]


def _shapes(group: Any, layer: str | None, inside: bool) -> Iterator[Any]:
    """The shapes of a group and of the groups in it, or of those with this label or id only."""
    from svgelements import Group, Shape, Use

    for element in group:
        here = inside or layer in _names(element)
        if isinstance(element, Group | Use):
            yield from _shapes(element, layer, here)
        elif isinstance(element, Shape) and here:
            yield element


def _labels(group: Any) -> set[str]:
    from svgelements import Group, Use

    groups = [element for element in group if isinstance(element, Group | Use)]
    return {name for one in groups for name in (*_names(one), *_labels(one))}


def _names(element: Any) -> list[str]:
    """The label and the id that an element carries itself."""
    attributes = (getattr(element, "values", None) or {}).get("attributes", {})
    return [attributes[key] for key in (LABEL, "id") if key in attributes]


def _flattened(shape: Any) -> Iterator[Reals]:
    """One chain (k, 2) of points for every part of a shape, in pixels; points lie exactly on its curves.

    The transform is applied to points: the reader's own way with arcs is wrong where it skews them.
    """
    from svgelements import Close, Line, Move, Path

    path = Path(shape)
    matrix = path.transform
    linear = np.array([[matrix.a, matrix.b], [matrix.c, matrix.d]])
    shift = np.array([matrix.e, matrix.f])
    for part in path.as_subpaths():
        points: list[Reals] = []
        for segment in part:
            if isinstance(segment, Move) or segment.start is None or segment.end is None:
                continue
            ends = np.array([tuple(segment.start), tuple(segment.end)], dtype=float) @ linear + shift
            if isinstance(segment, Line | Close):
                points.append(ends)
            else:
                samples = np.asarray(segment.npoint(np.linspace(0.0, 1.0, SAMPLES)), dtype=float) @ linear + shift
                points.append(np.vstack([ends[:1], thinned(samples)[1:-1], ends[1:]]))
        if points:
            yield np.vstack(points)
