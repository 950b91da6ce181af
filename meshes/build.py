"""From a body and its pads to a tagged mesh, by Gmsh."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import gmsh
import numpy as np

from meshes.arrays import Integers, Reals
from meshes.block import Block
from meshes.drawing import Drawing, draw_block
from meshes.errors import MeshError
from meshes.pads import Placement
from meshes.sizing import Accuracy, add_size_field, check_sizes
from meshes.tagged import MeshRecord, TaggedMesh

TRIANGLE, TETRAHEDRON = 2, 4  # element types of Gmsh
DELAUNAY_2D, HXT_3D = 5, 10  # mesh algorithms of Gmsh
TOLERANCE = 0.005  # measured areas and volumes against the specification
WORST_QUALITY = 1e-7  # flatter is degenerate; flat elements of thin layers far from the pads reach 1e-5


def build_mesh(body: Block, placements: tuple[Placement, ...], accuracy: Accuracy) -> TaggedMesh:
    """Mesh a body with pads on it.

    Parameters
    ----------
    body, placements
        The geometry.
    accuracy
        Row of the size table.

    Returns
    -------
    TaggedMesh
        Volume groups are named after the layers; face groups are ``pad <name>``, ``insulated`` and
        ``interface <upper>|<lower>``.

    Raises
    ------
    MeshError
        If the geometry cannot be meshed, or the mesh is not the geometry.
    """
    check_sizes(body, placements, accuracy)
    start = time.perf_counter()
    with _session():
        drawing = _draw(body, placements)
        add_size_field(body, placements, {p.name: drawing.faces[f"pad {p.name}"] for p in placements}, accuracy)
        _generate()
        mesh = _extract(drawing, start)
    _compare(mesh.record, body, placements)
    return mesh


@contextmanager
def _session() -> Iterator[None]:
    gmsh.initialize(interruptible=False)
    try:
        for option, value in {
            "General.Terminal": 0,
            "General.NumThreads": 1,  # the same mesh in every run
            "Mesh.LcIntegrationPrecision": 1e-4,  # along curves; the default, 1e-9, takes longer than all the rest
            "Mesh.MeshSizeExtendFromBoundary": 0,
            "Mesh.MeshSizeFromPoints": 0,
            "Mesh.MeshSizeFromCurvature": 0,
            "Mesh.Algorithm": DELAUNAY_2D,
            "Mesh.Algorithm3D": HXT_3D,
            "Mesh.Optimize": 1,
            "Mesh.OptimizeThreshold": 0.1,
        }.items():
            gmsh.option.setNumber(option, value)
        yield
    finally:
        gmsh.finalize()


def _draw(body: Block, placements: tuple[Placement, ...]) -> Drawing:
    try:
        return draw_block(body, placements)
    except MeshError:
        raise
    except Exception as error:  # OpenCASCADE's errors arrive as bare Exception
        raise MeshError("geometry", str(error), "parts that OpenCASCADE can cut out of each other") from error


def _generate() -> None:
    gmsh.logger.start()
    try:
        gmsh.model.mesh.generate(3)
    except Exception as error:  # Gmsh raises bare Exception; its log holds the reason
        reasons = [line for line in gmsh.logger.get() if line.startswith("Error")]
        raise MeshError("Gmsh", reasons[-1] if reasons else str(error), "a geometry without slivers") from error
    finally:
        gmsh.logger.stop()


def _extract(drawing: Drawing, start: float) -> TaggedMesh:
    """Collect the elements of the named entities, and measure them."""
    node_tags, coordinates, _ = gmsh.model.mesh.getNodes()
    points = coordinates.reshape(-1, 3)
    number = np.full(int(node_tags.max()) + 1, -1, dtype=np.int64)
    number[node_tags] = np.arange(len(node_tags))
    volume_names = {name: i + 1 for i, name in enumerate(drawing.volumes)}
    face_names = {name: i + 1 for i, name in enumerate(drawing.faces)}
    cells, cell_tags, quality = _elements(TETRAHEDRON, 4, drawing.volumes, volume_names, number)
    facets, facet_tags, _ = _elements(TRIANGLE, 3, drawing.faces, face_names, number)
    used = np.unique(cells)
    if len(used) != len(points):  # nodes of auxiliary entities
        number = np.full(len(points), -1, dtype=np.int64)
        number[used] = np.arange(len(used))
        points, cells, facets = points[used], number[cells], number[facets]
    edges = points[cells]
    lengths = np.array(
        [np.linalg.norm(edges[:, i] - edges[:, j], axis=1) for i, j in ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))]
    )
    volumes = _sum_by(_tetrahedron_volumes(points[cells]), cell_tags, volume_names)
    areas = _sum_by(_triangle_areas(points[facets]), facet_tags, face_names)
    record = MeshRecord(
        cells=len(cells),
        vertices=len(points),
        volumes_mm3=volumes,
        areas_mm2=areas,
        worst_quality=float(quality.min()),
        smallest_mm=float(lengths.min()),
        largest_mm=float(lengths.max()),
        gmsh=gmsh.option.getString("General.Version"),
        seconds=time.perf_counter() - start,
    )
    return TaggedMesh(points, cells, cell_tags, facets, facet_tags, volume_names, face_names, record)


def _elements(
    kind: int, nodes: int, groups: dict[str, list[int]], tags: dict[str, int], number: Integers
) -> tuple[Integers, Integers, Reals]:
    """Vertex numbers, group tags and qualities of all elements of the groups."""
    vertices, labels, qualities = [], [], []
    for name, entities in groups.items():
        for entity in entities:
            element_tags, element_nodes = gmsh.model.mesh.getElementsByType(kind, entity)
            vertices.append(number[element_nodes].reshape(-1, nodes))
            labels.append(np.full(len(element_tags), tags[name], dtype=np.int64))
            qualities.append(gmsh.model.mesh.getElementQualities(element_tags, "gamma"))
    return np.vstack(vertices), np.concatenate(labels), np.concatenate(qualities)


def _tetrahedron_volumes(corners: Reals) -> Reals:
    a, b, c = (corners[:, i] - corners[:, 0] for i in (1, 2, 3))
    return np.abs(np.einsum("ij,ij->i", a, np.cross(b, c))) / 6


def _triangle_areas(corners: Reals) -> Reals:
    return np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2


def _sum_by(values: Reals, tags: Integers, names: dict[str, int]) -> dict[str, float]:
    return {name: float(values[tags == tag].sum()) for name, tag in names.items()}


def _compare(record: MeshRecord, body: Block, placements: tuple[Placement, ...]) -> None:
    """Hold the mesh against the specification.

    Raises
    ------
    MeshError
        If an area or a volume is off by more than 0.5 %, or an element is flat.
    """
    section = body.length_mm * body.width_mm
    pads = {f"pad {p.name}": p.pad.area_mm2 for p in placements}
    outside = 2 * section + 2 * (body.length_mm + body.width_mm) * body.depth_mm - sum(pads.values())
    layers = {name: section * layer.thickness_mm for name, layer in zip(body.layer_names, body.layers, strict=True)}
    for group, measured, expected in (
        *((f"volume of {n}", record.volumes_mm3[n], v) for n, v in layers.items()),
        *((f"area of {n}", record.areas_mm2[n], a) for n, a in pads.items()),
        ("area of the insulated surface", record.areas_mm2["insulated"], outside),
    ):
        if not abs(measured - expected) <= TOLERANCE * expected:
            raise MeshError(group, f"{measured:.6g}", f"{expected:.6g} within {100 * TOLERANCE:g} %")
    if not record.worst_quality >= WORST_QUALITY:
        raise MeshError(
            "worst element", f"quality {record.worst_quality:.2g}", f"at least {WORST_QUALITY:g} (1 is a regular one)"
        )
