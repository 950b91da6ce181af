"""Meshes kept by content: the same geometry is meshed once."""

from pathlib import Path

import gmsh

from meshes.block import Block
from meshes.build import build_mesh
from meshes.pads import Placement
from meshes.sizing import GRADINGS, Accuracy
from meshes.store import content_key, find_or_build, source_key
from meshes.tagged import TaggedMesh


def mesh_key(body: Block, placements: tuple[Placement, ...], accuracy: Accuracy) -> str:
    """Hash of everything that the mesh depends on: geometry, grading, Gmsh, and the code of this package."""
    geometry = body.model_dump(mode="json")
    for layer in geometry["layers"]:
        del layer["fibre_direction"]  # changes no element
    return content_key(
        {
            "code": source_key(Path(__file__).parent),
            "gmsh": gmsh.__version__,
            "grading": vars(GRADINGS[accuracy]),
            "body": geometry,
            "placements": [placement.model_dump(mode="json") for placement in placements],
        }
    )


def cached_mesh(body: Block, placements: tuple[Placement, ...], accuracy: Accuracy, folder: Path) -> TaggedMesh:
    """Take the mesh from a folder, or build it and keep it there."""
    path = folder / f"{mesh_key(body, placements, accuracy)}.npz"
    return find_or_build(path, TaggedMesh, lambda: build_mesh(body, placements, accuracy))
