"""Where the metal of a case is: faces of the mesh by terminal."""

import numpy as np

from meshes.arrays import Reals
from meshes.tagged import TaggedMesh
from sim.basis import Solution
from sim.case import Case
from sim.case.model import Electrode
from sim.exposure.triangles import facet_areas
from sim.units import MM


def face_mm(mesh: TaggedMesh, name: str) -> Reals:
    """Corners (f, 3, 3) of the triangles of a named face, mm; none where the mesh has no such face."""
    tag = mesh.face_names.get(name, -1)
    return np.asarray(mesh.points_mm[mesh.facets[mesh.facet_tags == tag]], dtype=np.float64)


def metal_mm(case: Case, mesh: TaggedMesh) -> dict[str, Reals]:
    """Corners (f, 3, 3) of the metal of every terminal: on the skin, on stacks, on leads, needles and implants."""
    return {
        name: np.concatenate([face_mm(mesh, f"pad {name}"), face_mm(mesh, f"terminal {name}")])
        for name in case.terminals
    }


def detached_mm(case: Case, mesh: TaggedMesh) -> dict[str, list[Reals]]:
    """Corners of the parts of pads without a stack that do not touch the skin, or badly."""
    return {
        electrode.name: [
            face_mm(mesh, f"pad {electrode.name} detached {i + 1}") for i in range(len(electrode.detached))
        ]
        for electrode in case.electrodes
    }


def contact_centre_mm(basis: Solution, name: str) -> Reals:
    """Centroid (3,) of what passes the current of a terminal."""
    corners = np.asarray(basis.contacts[basis.terminals.index(name)].corners / MM, dtype=np.float64)
    areas = facet_areas(corners)
    return np.asarray(areas @ corners.mean(axis=1) / areas.sum(), dtype=np.float64)


def pad_middle_mm(case: Case, electrode: Electrode) -> Reals:
    """The middle (3,) of a pad on the skin; of a ring and the like a point that it covers."""
    centroid = np.array(electrode.pad.polygon.centroid.coords)
    inside = float(electrode.pad.distance_mm(centroid)[0]) < 0.0
    flat = centroid if inside else np.array(electrode.pad.polygon.representative_point().coords)
    return np.asarray(case.body.wrap_mm(electrode.position_mm, flat)[0])


def label_point_mm(corners: Reals) -> Reals:
    """The centre (3,) of the triangle that is nearest to the centroid of all: a point on the metal, also of a ring."""
    centres = corners.mean(axis=1)
    areas = facet_areas(np.asarray(corners, dtype=np.float64))
    middle = areas @ centres / areas.sum()
    return np.asarray(centres[int(np.argmin(np.linalg.norm(centres - middle, axis=1)))], dtype=np.float64)
