"""Domains with exact answers: boxes and half-spaces with named faces, for the tests beside this file."""

import dataclasses

from mpi4py import MPI

import numpy as np
from dolfinx import mesh

from meshes.block import Block, Layer
from meshes.build import build_mesh
from meshes.pads import Disc, Placement
from meshes.tagged import TaggedMesh
from sim.fem.domain import Domain


def layered_box(counts, size, layers, faces):
    """A structured box [0, size] in metres: layers by their depth below the top face, faces by a marker function.

    Parameters
    ----------
    counts, size
        Cells and lengths along x, y, z.
    layers
        (name, thickness) from the top face z = size[2] downwards.
    faces
        Name and function of points (3, n) that is true on the face.
    """
    msh = mesh.create_box(MPI.COMM_WORLD, [np.zeros(3), np.array(size)], counts, mesh.CellType.tetrahedron)
    middles = mesh.compute_midpoints(msh, 3, np.arange(_count(msh, 3), dtype=np.int32))
    depth = size[2] - middles[:, 2]
    ends = np.cumsum([thickness for _, thickness in layers])
    tags, values = [], []
    for tag, marker in enumerate(faces.values(), start=1):
        found = mesh.locate_entities_boundary(msh, 2, marker)
        tags.append(found)
        values.append(np.full(len(found), tag, dtype=np.int32))
    order = np.argsort(np.concatenate(tags))
    facets = mesh.meshtags(msh, 2, np.concatenate(tags)[order], np.concatenate(values)[order])
    return Domain(
        msh=msh,
        cell_layers=(np.searchsorted(ends, depth) + 1).astype(np.int32),
        facets=facets,
        layer_tags={name: i + 1 for i, (name, _) in enumerate(layers)},
        face_tags={name: i + 1 for i, name in enumerate(faces)},
    )


def _count(msh, dim):
    msh.topology.create_entities(dim)
    index_map = msh.topology.index_map(dim)
    return index_map.size_local + index_map.num_ghosts


def disc_on_grounded_block(radius_mm, half_size_mm, layers, accuracy="standard"):
    """A disc pad in the middle of a cubic block whose sides and bottom are one more face, ``ground``.

    Parameters
    ----------
    layers
        (tissue, thickness_mm) from the top; the last one fills the block down to ``half_size_mm``.
    """
    rest = half_size_mm - sum(thickness for _, thickness in layers[:-1])
    parts = [Layer(tissue=t, thickness_mm=d) for t, d in layers[:-1]] + [Layer(tissue=layers[-1][0], thickness_mm=rest)]
    body = Block(kind="block", length_mm=2 * half_size_mm, width_mm=2 * half_size_mm, layers=tuple(parts))
    pad = Placement(name="disc", pad=Disc(kind="disc", diameter_mm=2 * radius_mm), position_mm=(0.0, 0.0))
    return ground_the_sides(build_mesh(body, (pad,), accuracy))


def ground_the_sides(tagged: TaggedMesh) -> TaggedMesh:
    """Give the insulated faces below the surface z = 0 the name ``ground``."""
    names = dict(tagged.face_names)
    names["ground"] = max(names.values()) + 1
    below = tagged.points_mm[tagged.facets][:, :, 2].min(axis=1) < -1e-9
    tags = tagged.facet_tags.copy()
    tags[below & (tags == names["insulated"])] = names["ground"]
    return dataclasses.replace(tagged, facet_tags=tags, face_names=names)


def moved(tagged: TaggedMesh, matrix) -> TaggedMesh:
    """The mesh with its points multiplied by a matrix."""
    return dataclasses.replace(tagged, points_mm=tagged.points_mm @ np.asarray(matrix).T)
