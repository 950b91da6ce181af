"""The lines of a DXF drawing, in mm."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from meshes.arrays import Reals
from meshes.pads.chains import SAMPLES, STEP_DEG, DrawingError, thinned

if TYPE_CHECKING:
    from ezdxf.document import Drawing
    from ezdxf.entities.dxfgfx import DXFGraphic

KINDS = ("LINE", "LWPOLYLINE", "POLYLINE", "CIRCLE", "ARC", "ELLIPSE", "SPLINE")
MOST_ENTITIES = 20000  # also after blocks are inserted
FLAT_MM = 1e-3


def read_dxf(path: Path, layer: str | None) -> list[Reals]:
    """Chains of points (k, 2) in mm: one for every line and curve of the model space, or of one layer of it.

    Lengths are in the file's ``$INSUNITS``; a file without is in mm. Blocks are inserted; text, dimensions and hatches
    are not outlines and left out, and so are layers that are off or frozen, unless they are asked for. External
    references are not followed.
    """
    from ezdxf.enums import InsertUnits
    from ezdxf.filemanagement import readfile
    from ezdxf.units import conversion_factor

    try:
        drawing = readfile(path)
    except Exception as error:  # whatever a damaged file provokes in the reader
        raise DrawingError(f"a file that cannot be read as DXF ({_first_line(error)})", "a DXF drawing") from error
    unit = drawing.units
    if unit not in range(25):
        raise DrawingError(f"$INSUNITS {unit}", "0 (taken as mm) to 24")
    scale = conversion_factor(InsertUnits(unit), InsertUnits.Millimeters) if unit else 1.0
    chains = []
    for entity in _entities(drawing, layer):
        try:
            points = scale * np.array(list(_flattened(entity)), dtype=float).reshape(-1, 3)
        except Exception as error:
            raise DrawingError(
                f"{_named(entity)} that cannot be drawn ({_first_line(error)})", "valid curves"
            ) from error
        if not np.isfinite(points).all():
            raise DrawingError(f"{_named(entity)} with coordinates that are no numbers", "finite coordinates")
        if len(points) and np.ptp(points[:, 2]) > FLAT_MM:
            raise DrawingError(f"{_named(entity)} that leaves the plane z = constant", "a plane drawing")
        chains.append(points[:, :2])
    return chains


def _entities(drawing: "Drawing", layer: str | None) -> "Iterator[DXFGraphic]":
    """The lines and curves of the model space, with blocks inserted."""
    from ezdxf.disassemble import recursive_decompose

    hidden = {one.dxf.name.lower() for one in drawing.layers if one.is_off() or one.is_frozen()}
    seen: set[str] = set()
    found = False
    space = (entity for entity in drawing.modelspace() if entity.dxftype() in (*KINDS, "INSERT"))
    for count, entity in enumerate(recursive_decompose(space)):
        if count >= MOST_ENTITIES:
            raise DrawingError(f"more than {MOST_ENTITIES} lines", "a drawing of the pad alone")
        on = str(entity.dxf.layer)
        seen.add(on)
        if entity.dxftype() in KINDS and (on.lower() == layer.lower() if layer else on.lower() not in hidden):
            found = True
            yield entity  # type: ignore[misc]
    if layer and not found:
        raise DrawingError(f"nothing on layer {layer!r}", f"one of the layers {', '.join(sorted(seen)) or '(none)'}")


def _flattened(entity: "DXFGraphic") -> Iterable[tuple[float, float, float]]:
    """Points (x, y, z) along a line or curve, in the drawing's units; those on a curve lie exactly on it."""
    from ezdxf.entities.arc import Arc
    from ezdxf.entities.circle import Circle
    from ezdxf.entities.ellipse import Ellipse
    from ezdxf.entities.line import Line
    from ezdxf.entities.lwpolyline import LWPolyline
    from ezdxf.entities.polyline import Polyline
    from ezdxf.entities.spline import Spline

    match entity:
        case Line():
            return [tuple(entity.dxf.start), tuple(entity.dxf.end)]
        case Arc():
            sweep = (entity.dxf.end_angle - entity.dxf.start_angle) % 360.0 or 360.0
            return [tuple(p) for p in entity.vertices(_steps(entity.dxf.start_angle, sweep))]
        case Circle():
            return [tuple(p) for p in entity.vertices(_steps(0.0, 360.0))]
        case Ellipse():
            start, end = entity.dxf.start_param, entity.dxf.end_param
            sweep = (end - start) % (2 * np.pi)
            sweep = sweep if sweep > 1e-9 else 2 * np.pi
            params = start + sweep * np.linspace(0.0, 1.0, SAMPLES)
            return _thinned3(np.array([tuple(p) for p in entity.vertices(params)]))
        case Spline():
            return _thinned3(np.array([tuple(p) for p in entity.construction_tool().approximate(SAMPLES - 1)]))
        case LWPolyline():
            vertices = np.array(entity.get_points("xyb"), dtype=float).reshape(-1, 3)
            flat = _bulged(vertices, bool(entity.closed))
            return _in_world(entity, flat, float(entity.dxf.elevation))
        case Polyline() if entity.is_2d_polyline:
            corners = [(*v.dxf.location.vec2, v.dxf.get("bulge", 0.0)) for v in entity.vertices]
            flat = _bulged(np.array(corners, dtype=float).reshape(-1, 3), bool(entity.is_closed))
            return _in_world(entity, flat, float(entity.dxf.elevation.z))
        case Polyline() if entity.is_3d_polyline:
            points = [tuple(v.dxf.location) for v in entity.vertices]
            return [*points, points[0]] if entity.is_closed else points
    raise ValueError("it is a surface")


def _steps(start_deg: float, sweep_deg: float) -> list[float]:
    return list(start_deg + np.linspace(0.0, sweep_deg, max(3, int(np.ceil(sweep_deg / STEP_DEG)) + 1)))


def _thinned3(samples: Reals) -> list[tuple[float, float, float]]:
    """Thin a curve (n, 3) by its turning in the plane; its ends keep the z that tells whether it is plane."""
    z = samples[:, 2]
    kept = thinned(samples[:, :2])
    return [(x, y, float(h)) for (x, y), h in zip(kept, np.linspace(z.min(), z.max(), len(kept)), strict=True)]


def _bulged(vertices: Reals, is_closed: bool) -> Reals:
    """Points (n, 2) along the vertices (k, 3: x, y, bulge); bulge b ≠ 0 is an arc of 4 atan b to the next vertex."""
    from ezdxf.math import bulge_center

    following = np.roll(vertices, -1, axis=0) if is_closed else vertices[1:]
    points = [vertices[:1, :2]]
    for (x, y, bulge), (to_x, to_y, _) in zip(vertices, following, strict=False):
        if abs(bulge) > 1e-9 and np.hypot(to_x - x, to_y - y) > 0.0:
            centre = np.array(tuple(bulge_center((x, y), (to_x, to_y), bulge)))
            start = np.array([x, y]) - centre
            angle = np.radians(_steps(0.0, abs(np.degrees(4 * np.arctan(bulge)))))[1:-1] * np.sign(bulge)
            c, s = np.cos(angle), np.sin(angle)
            points.append(centre + np.column_stack([c * start[0] - s * start[1], s * start[0] + c * start[1]]))
        points.append(np.array([[to_x, to_y]]))
    return np.vstack(points)


def _in_world(entity: "DXFGraphic", flat: Reals, elevation: float) -> list[tuple[float, float, float]]:
    """Points (n, 2) of the entity's own plane in the drawing's coordinates (a mirrored plane has extrusion -z)."""
    from ezdxf.math import Vec3

    return [tuple(p) for p in entity.ocs().points_to_wcs(Vec3(x, y, elevation) for x, y in flat)]


def _named(entity: "DXFGraphic") -> str:
    return f"{entity.dxftype()} {entity.dxf.get('handle', '')} on layer {entity.dxf.layer!r}"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]
