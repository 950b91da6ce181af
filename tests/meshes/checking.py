"""What every mesh must fulfil, whatever it is of."""

import numpy as np

from meshes.measuring import tetrahedron_volumes, triangle_areas


def names_of(mesh):
    return {tag: name for name, tag in mesh.face_names.items()}


def facets_of(mesh, name):
    return mesh.facets[mesh.facet_tags == mesh.face_names[name]]


def cells_of(mesh, name):
    return mesh.cells[mesh.cell_tags == mesh.volume_names[name]]


def area(mesh, name):
    return float(triangle_areas(mesh.points_mm[facets_of(mesh, name)]).sum())


def volume(mesh, name):
    return float(tetrahedron_volumes(mesh.points_mm[cells_of(mesh, name)]).sum())


def triangles(cells):
    """Sorted vertices (4 m, 3) of the faces of cells."""
    faces = np.vstack([cells[:, [1, 2, 3]], cells[:, [0, 2, 3]], cells[:, [0, 1, 3]], cells[:, [0, 1, 2]]])
    return np.sort(faces, axis=1)


def keys(facets, count):
    a, b, c = np.sort(facets, axis=1).astype(np.int64).T
    return (a * count + b) * count + c


def assert_conforming(mesh):
    """Cells meet face to face, and every exterior face has exactly one name, interior ones at most an interface's."""
    count = len(mesh.points_mm)
    assert len(np.unique(mesh.cells)) == count, "vertices that no cell has"
    faces, cells_at = np.unique(keys(triangles(mesh.cells), count), return_counts=True)
    assert cells_at.max() <= 2
    exterior, interior = faces[cells_at == 1], faces[cells_at == 2]
    names = names_of(mesh)
    between = np.array([names[tag].startswith("interface ") for tag in mesh.facet_tags])
    named = keys(mesh.facets, count)
    outer = named[~between]
    assert len(np.unique(named)) == len(named), "facets with two names"
    missing, extra = np.setdiff1d(exterior, outer), np.setdiff1d(outer, exterior)
    assert len(missing) == 0, f"{len(missing)} of {len(exterior)} exterior facets have no name"
    if len(extra):
        wrong = {names[tag] for tag in mesh.facet_tags[np.isin(named, extra)]}
        raise AssertionError(f"{len(extra)} facets of {wrong} are not exterior")
    assert np.isin(named[between], interior).all(), "an interface that is not between two cells"
    assert_interfaces_are_between(mesh, named[between], count)
    assert_only_twins_coincide(mesh)


def assert_interfaces_are_between(mesh, named, count):
    """Each face between two regions has the interface's name, and no other has."""
    every = keys(triangles(mesh.cells), count)
    owner = np.tile(mesh.cell_tags, 4)
    order = np.argsort(every, kind="stable")
    every, owner = every[order], owner[order]
    twice = np.flatnonzero(every[1:] == every[:-1])
    differing = every[twice[owner[twice] != owner[twice + 1]]]
    assert set(differing) == set(named)


def assert_only_twins_coincide(mesh):
    """Vertices are in places of their own, but for twins."""
    points = np.round(mesh.points_mm, 9)
    _, place, counts = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    doubled = np.flatnonzero(counts[place.ravel()] > 1)
    assert np.isin(doubled, mesh.twins.ravel()).all()
    if len(mesh.twins):
        np.testing.assert_allclose(mesh.points_mm[mesh.twins[:, 0]], mesh.points_mm[mesh.twins[:, 1]], atol=1e-12)
