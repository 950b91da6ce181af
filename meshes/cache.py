"""Meshes kept by content: the same geometry is meshed once."""

from pathlib import Path
from typing import Any

import gmsh

from meshes.build import build_mesh
from meshes.geometry import Geometry
from meshes.sizing import GRADINGS, Accuracy
from meshes.store import content_key, find_or_build, source_key
from meshes.tagged import TaggedMesh

NO_ELEMENTS = {"fibre_direction", "fibre_axis", "site"}  # keys that change no element


def mesh_key(geometry: Geometry, accuracy: Accuracy) -> str:
    """Hash of everything that the mesh depends on: geometry, grading, Gmsh, and the code of this package."""
    return content_key(
        {
            "code": source_key(Path(__file__).parent),
            "gmsh": gmsh.__version__,
            "grading": vars(GRADINGS[accuracy]),
            "geometry": _meshed(geometry.model_dump(mode="json")),
        }
    )


def _meshed(part: Any) -> Any:
    """What changes the mesh; whether there is a sheet counts, but not its resistance."""
    if isinstance(part, dict):
        kept = {key: _meshed(value) for key, value in part.items() if key not in NO_ELEMENTS}
        return kept | ({"sheet_ohm_cm2": part["sheet_ohm_cm2"] is not None} if "sheet_ohm_cm2" in part else {})
    return [_meshed(entry) for entry in part] if isinstance(part, list | tuple) else part


def cached_mesh(geometry: Geometry, accuracy: Accuracy, folder: Path) -> TaggedMesh:
    """Take the mesh from a folder, or build it and keep it there."""
    path = folder / f"{mesh_key(geometry, accuracy)}.npz"
    return find_or_build(path, TaggedMesh, lambda: build_mesh(geometry, accuracy))
