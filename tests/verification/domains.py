"""Domains with exact answers: boxes and half-spaces with named faces, for the tests beside this file."""

import dataclasses
from itertools import permutations, product

from mpi4py import MPI

import numpy as np
from dolfinx import mesh

from meshes.bodies import Block
from meshes.build import build_mesh
from meshes.construction import BuiltPad
from meshes.geometry import Geometry
from meshes.layers import Layer
from meshes.pads import Disc
from meshes.tagged import MeshRecord, TaggedMesh
from sim.fem.domain import Domain
from sim.fem.unit_solves import solve_basis
from sim.tissues import Conductor, Fibres


def isotropic(name, σ):
    """A layer that conducts equally in all directions."""
    return Conductor(name, name, σ, σ, None, "test")


def fibrous(name, body, direction, longitudinal, transverse):
    """A layer whose fibres follow the body."""
    return Conductor(name, name, longitudinal, transverse, Fibres(body, direction), "test")


def solve(tagged, conductors, terminals, **options):
    """Basis solutions on this rank alone."""
    return solve_basis(Domain.from_tagged(tagged, MPI.COMM_SELF), tuple(conductors), tuple(terminals), **options)


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
    pad = BuiltPad(name="disc", pad=Disc(kind="disc", diameter_mm=2 * radius_mm), position_mm=(0.0, 0.0))
    return renamed(build_mesh(Geometry(body=body, pads=(pad,)), accuracy), "cut", "ground")


def renamed(tagged: TaggedMesh, face, name, where=lambda x: np.full(x.shape[1], True)) -> TaggedMesh:
    """Give a face, or its facets whose middles (3, n) in mm a function finds, another name."""
    chosen = tagged.facet_tags == tagged.face_names[face]
    chosen[chosen] = where(tagged.points_mm[tagged.facets[chosen]].mean(axis=1).T)
    names = tagged.face_names | {name: max(tagged.face_names.values()) + 1}
    return dataclasses.replace(tagged, facet_tags=np.where(chosen, names[name], tagged.facet_tags), face_names=names)


def box_mesh(counts, size_mm, volumes, faces):
    """A structured box [0, size] of six tetrahedra a cell, in mm, before it is distributed.

    Parameters
    ----------
    counts, size_mm
        Cells and lengths along x, y, z.
    volumes
        Name and function of midpoints (3, n), true in the volume; cells in none are left out.
    faces
        Name and function of points (3, n), true on the face; exterior triangles with all corners there get its name.
    """
    numbers = np.arange(np.prod(np.array(counts) + 1)).reshape(np.array(counts) + 1)
    axes = [np.linspace(0.0, length, count + 1) for count, length in zip(counts, size_mm, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    corner = np.array(list(product(*(range(count) for count in counts))))
    steps = [np.cumsum(np.eye(3, dtype=int)[list(order)], axis=0) for order in permutations(range(3))]
    paths = [np.vstack([np.zeros((1, 3), dtype=int), step]) for step in steps]
    cells = np.concatenate([numbers[tuple(np.moveaxis(corner[:, None] + path, -1, 0))] for path in paths])
    middles = points[cells].mean(axis=1).T
    tags = np.zeros(len(cells), dtype=np.int64)
    for tag, inside in enumerate(volumes.values(), start=1):
        tags[inside(middles)] = tag
    used, cells = np.unique(cells[tags > 0], return_inverse=True)
    points, tags = points[used], tags[tags > 0]
    cells = np.random.default_rng(1).permuted(cells.reshape(-1, 4), axis=1)  # as disorderly as those of a mesher
    _, first, counted = np.unique(np.sort(_sides(cells), axis=1), axis=0, return_index=True, return_counts=True)
    exterior = _sides(cells)[first[counted == 1]]
    facet_tags = np.zeros(len(exterior), dtype=np.int64)
    for tag, on_face in enumerate(faces.values(), start=1):
        facet_tags[on_face(points[exterior].reshape(-1, 3).T).reshape(-1, 3).all(axis=1)] = tag
    return TaggedMesh(
        points_mm=points,
        cells=cells,
        cell_tags=tags,
        facets=exterior[facet_tags > 0],
        facet_tags=facet_tags[facet_tags > 0],
        volume_names={name: tag for tag, name in enumerate(volumes, start=1)},
        face_names={name: tag for tag, name in enumerate(faces, start=1)},
        record=MeshRecord(len(cells), len(points), {}, {}, 0.0, 0.0, 0.0, "", 0.0),
    )


def _sides(cells):
    """The triangles (4 m, 3) of cells, first one of each cell, then another."""
    return np.concatenate([np.delete(cells, i, axis=1) for i in range(4)])


def split(tagged, name, inside, where=lambda x: np.full(x.shape[1], True)):
    """Split a mesh along the sheet ``name``: the border of the volume ``inside``, where a function of points is true.

    Where the sheet ends within that border, its two sides share their vertices. Triangles of the sheet that had the
    name of an interface lose it.
    """
    own = tagged.cell_tags == tagged.volume_names[inside]
    sides, of_inside = _sides(tagged.cells), np.tile(own, 4)
    keys, which = np.unique(np.sort(sides, axis=1), axis=0, return_inverse=True)
    which = which.ravel()
    touched = [np.bincount(which, of_inside == flag, len(keys)) > 0 for flag in (True, False)]
    border = keys[touched[0] & touched[1]]
    chosen = where(tagged.points_mm[border].mean(axis=1).T)
    sheet, rest = border[chosen], border[~chosen]
    originals = np.setdiff1d(sheet, rest)
    renumbered = np.arange(len(tagged.points_mm))
    renumbered[originals] = len(tagged.points_mm) + np.arange(len(originals))
    cells = np.where(own[:, None], renumbered[tagged.cells], tagged.cells)
    number = {tuple(key): i for i, key in enumerate(keys)}
    found = np.array([number[tuple(sorted(facet))] for facet in tagged.facets], dtype=np.int64)
    kept = ~np.isin(found, np.flatnonzero(touched[0] & touched[1])[chosen])
    facets = np.where(touched[0][found, None], renumbered[tagged.facets], tagged.facets)[kept]
    last = max(tagged.face_names.values())
    return dataclasses.replace(
        tagged,
        points_mm=np.vstack([tagged.points_mm, tagged.points_mm[originals]]),
        cells=cells,
        facets=np.vstack([facets, sheet, renumbered[sheet[:, [1, 2, 0]]]]),
        facet_tags=np.concatenate([tagged.facet_tags[kept], np.repeat([last + 1, last + 2], len(sheet))]),
        face_names=tagged.face_names | {f"{name} outside": last + 1, f"{name} inside": last + 2},
        twins=np.vstack([tagged.twins, np.column_stack([originals, renumbered[originals]])]),
    )


def volume_power(basis, voltages):
    """Heat in the volume, W, exact for potentials of second order."""
    E = np.tensordot(voltages, basis.fields, axes=1)
    corners = basis.points[basis.cells]
    volumes = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / 6
    weights = (np.ones((4, 4)) + np.eye(4)) / 20  # exact mass of linear functions on a tetrahedron
    return np.einsum("mci,cd,mij,mdj,m->", E, weights, basis.conductivity, E, volumes, optimize=True)


def moved(tagged: TaggedMesh, matrix) -> TaggedMesh:
    """The mesh with its points multiplied by a matrix."""
    return dataclasses.replace(tagged, points_mm=tagged.points_mm @ np.asarray(matrix).T)
