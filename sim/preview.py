"""What a case will cost and where its pads lie, without solving it."""

from itertools import combinations
from pathlib import Path

from meshes.cache import cached_mesh
from meshes.pads import gap_mm
from sim.case import Case
from sim.folders import cache_folder
from sim.report.pictures import draw_placement
from sim.unknowns import count_unknowns

# Measured with the example case at draft, standard and fine on one core of an EPYC server: base, per unknown, and per
# unknown and electrode.
MEGABYTES, MEGABYTES_PER_UNKNOWN = 200.0, 0.0029
SECONDS_PER_UNKNOWN, SECONDS_PER_UNKNOWN_AND_ELECTRODE = 17e-6, 6e-6


def preview(case: Case, folder: Path) -> tuple[list[tuple[str, str]], Path]:
    """Mesh the case, count and estimate, and draw the placement.

    Returns
    -------
    rows, picture
        Lines of a table, and the path of ``placement.png`` in the folder.

    Raises
    ------
    MeshError
        If the geometry cannot be meshed.
    """
    mesh = cached_mesh(case.body, case.placements, case.numerics.accuracy, cache_folder() / "meshes")
    unknowns = count_unknowns(mesh.cells, case.numerics.element_order)
    seconds = unknowns * (SECONDS_PER_UNKNOWN + SECONDS_PER_UNKNOWN_AND_ELECTRODE * len(case.electrodes))
    rows = [
        ("mesh", f"{mesh.record.cells} cells, worst quality {mesh.record.worst_quality:.2f}"),
        ("unknowns", f"{unknowns} (accuracy {case.numerics.accuracy}, order {case.numerics.element_order})"),
        ("solve", f"about {max(seconds, 0.1):.1f} s and {MEGABYTES + MEGABYTES_PER_UNKNOWN * unknowns:.0f} MB"),
    ]
    for electrode in case.electrodes:
        x, y = electrode.position_mm
        rows.append((f"pad {electrode.name}", f"{electrode.pad.area_mm2 / 100:.4g} cm² at [{x:g}, {y:g}] mm"))
    rows += [
        (f"{one.name} to {other.name}", f"{gap_mm(one, other):.4g} mm from edge to edge")
        for one, other in combinations(case.electrodes, 2)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "placement.png"
    draw_placement(case, path)
    return rows, path
