"""From a geometry to a tagged mesh, by Gmsh."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import gmsh
import numpy as np

from meshes.arrays import Integers
from meshes.clashes import check_apart, nearest_surfaces, touching_parts
from meshes.drawing import Drawing, draw
from meshes.errors import MeshError
from meshes.fields import SizeField
from meshes.flipping import mend_surfaces
from meshes.geometry import Geometry
from meshes.lifting import contact_name, lift_layers, lift_stacks
from meshes.measuring import compare_pads, compare_volumes, measure
from meshes.pieces import Groups, Pieces, extract
from meshes.places import check_places, check_thin_layers, touching_outline
from meshes.sizing import Accuracy, check_sizes, lifted_mm
from meshes.splitting import name_interfaces, split_sheets
from meshes.tagged import TaggedMesh
from meshes.whereabouts import check_whereabouts

DELAUNAY_2D, FRONTAL_2D = 5, 6  # mesh algorithms of Gmsh
DELAUNAY_3D, HXT_3D = 1, 10
# Facets of curved surfaces may cut each other; they do not when they are small enough. Factor of the size on round
# things, the algorithms, and the first turn of the seams, of each try.
TRIES = ((1.0, DELAUNAY_2D, HXT_3D, 0), (0.7, FRONTAL_2D, HXT_3D, 1), (0.5, DELAUNAY_2D, DELAUNAY_3D, 2))
# Radians by which the seams of round inclusions are turned. Surfaces that cross near a seam may not be cut; by no turn
# seams lie where other things often are, in the planes of the axes.
TURNS = (1.0, 2.0, 0.0)


def build_mesh(geometry: Geometry, accuracy: Accuracy) -> TaggedMesh:
    """Mesh a body with everything on it and in it.

    Parameters
    ----------
    geometry
        What to mesh.
    accuracy
        Row of the size table.

    Returns
    -------
    TaggedMesh
        Volume groups are named after the regions. Face groups: ``pad <name>`` (and ``pad <name> detached <i>``) where
        metal lies on the skin; ``terminal <name>`` for metal on a stack, on leads, needles and implants; ``contact
        <name> outside`` and ``inside`` on both sides of the gap between a stack and the skin; ``sheet <name> outside``
        and ``inside`` around an inclusion; ``skin`` (bare), ``cut`` (the body's ends and bottom), ``insulated``
        (shafts, insulators, sides of stacks, walls of missing skin) and ``interface <one>|<other>``.

    Raises
    ------
    MeshError
        If the geometry cannot be meshed, or the mesh is not the geometry.
    """
    check_places(geometry)
    check_sizes(geometry, accuracy)
    check_thin_layers(geometry, accuracy)
    start = time.perf_counter()
    base = lifted_mm(geometry)
    for attempt in TRIES:
        try:
            pieces = _drawn_and_meshed(geometry, base, accuracy, *attempt)
            break
        except _Unmeshed as error:
            if attempt == TRIES[-1]:
                raise touching_parts(geometry) or touching_outline(geometry) or error.reason from error
    lift_layers(pieces, geometry, base)
    compare_pads(pieces, geometry)
    lift_stacks(pieces, geometry, accuracy)
    split_sheets(pieces, geometry)
    name_interfaces(pieces, geometry)
    tagged = _tagged(pieces, geometry, gmsh.__version__, start)
    check_apart(tagged.points_mm, pieces.faces)
    return tagged


class _Unmeshed(Exception):
    """A try that failed, and why; another one may not."""

    def __init__(self, reason: MeshError) -> None:
        super().__init__(str(reason))
        self.reason = reason


def _drawn_and_meshed(
    geometry: Geometry,
    base: float,
    accuracy: Accuracy,
    finer: float,
    algorithm_2d: int,
    algorithm_3d: int,
    first_turn: int,
) -> Pieces:
    """One try in a session of its own: Gmsh does not mesh again where it failed."""
    with _session():
        gmsh.option.setNumber("Mesh.Algorithm", algorithm_2d)
        gmsh.option.setNumber("Mesh.Algorithm3D", algorithm_3d)
        drawing = _draw(geometry, base, (*TURNS[first_turn:], *TURNS[:first_turn]))
        try:
            SizeField(geometry, drawing, accuracy, finer).install()
        except MeshError as error:  # where an inclusion hardly touches the skin, its cut has next to no room
            raise (touching_parts(geometry) or error) from error
        try:
            _generate(geometry, drawing)
            pieces = extract(drawing)
            compare_volumes(pieces, geometry, drawing.volumes_mm3)
            check_whereabouts(pieces, geometry)
        except MeshError as error:
            raise _Unmeshed(error) from error
    return pieces


@contextmanager
def _session() -> Iterator[None]:
    gmsh.initialize(interruptible=False)
    try:
        for option, value in {
            "General.Terminal": 0,
            "General.NumThreads": 1,  # the same mesh in every run
            "Geometry.OCCParallel": 0,
            "Mesh.LcIntegrationPrecision": 1e-4,  # along curves; the default, 1e-9, takes longer than all the rest
            "Mesh.AlgorithmSwitchOnFailure": 0,  # to MeshAdapt, which may not come to an end; another try is better
            "Mesh.MeshSizeExtendFromBoundary": 0,
            "Mesh.MeshSizeFromPoints": 0,
            "Mesh.MeshSizeFromCurvature": 0,
            "Mesh.Optimize": 1,
            "Mesh.OptimizeThreshold": 0.1,
        }.items():
            gmsh.option.setNumber(option, value)
        yield
    finally:
        gmsh.finalize()


def _draw(geometry: Geometry, base: float, turns: tuple[float, ...]) -> Drawing:
    """Draw with the first of these turns of the seams by which every part is cut and none is lost."""
    for turn in turns:
        gmsh.clear()
        try:
            return draw(geometry, base, turn)
        except MeshError as error:
            reason = error
        except Exception as error:  # OpenCASCADE's errors arrive as bare Exception
            reason = MeshError("geometry", str(error), "parts that OpenCASCADE can cut out of each other")
    raise (touching_parts(geometry) or touching_outline(geometry) or reason) if reason.what == "geometry" else reason


def _generate(geometry: Geometry, drawing: Drawing) -> None:
    """Mesh; where it fails, name the surfaces that are to blame."""
    gmsh.logger.start()
    try:
        gmsh.model.mesh.generate(2)
        mend_surfaces()
        gmsh.model.mesh.generate(3)
    except Exception as error:  # Gmsh raises bare Exception; its log holds the reason
        reasons = [line for line in gmsh.logger.get() if line.startswith("Error")]
        raise nearest_surfaces(drawing, geometry) or MeshError(
            "Gmsh", reasons[-1] if reasons else str(error), "a geometry without slivers"
        ) from error
    finally:
        gmsh.logger.stop()


def _tagged(pieces: Pieces, geometry: Geometry, version: str, start: float) -> TaggedMesh:
    """The pieces as one mesh, and what was measured on it."""
    for patch in pieces.skin:
        if patch.piece is None:
            pieces.add_face("skin", patch.facets)
        else:
            name = contact_name(patch.piece.pad, patch.piece.detached).replace("contact", "pad", 1)
            pieces.add_face(name, patch.facets)
    cells = {region.name: pieces.cells[region.name] for region in geometry.regions if region.name in pieces.cells}
    volume_names, all_cells, cell_tags = _numbered(cells, 4)
    face_names, facets, facet_tags = _numbered(pieces.faces, 3)
    record = measure(pieces.points, cells, pieces.faces, version, time.perf_counter() - start)
    return TaggedMesh(
        points_mm=pieces.points,
        cells=all_cells,
        cell_tags=cell_tags,
        facets=facets,
        facet_tags=facet_tags,
        volume_names=volume_names,
        face_names=face_names,
        record=record,
        twins=pieces.twins,
    )


def _numbered(groups: Groups, nodes: int) -> tuple[dict[str, int], Integers, Integers]:
    """Tags of the groups, all their elements, and the tag of each."""
    names = {name: i + 1 for i, name in enumerate(groups)}
    elements = np.vstack([np.empty((0, nodes), dtype=np.int64), *groups.values()])
    return names, elements, np.repeat(np.array(list(names.values())), [len(group) for group in groups.values()])
