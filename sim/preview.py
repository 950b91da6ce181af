"""What a case will cost and where its terminals lie, without solving it."""

from pathlib import Path

from meshes.cache import cached_mesh
from meshes.distances import distances
from sim.case import Case
from sim.folders import cache_folder
from sim.report.pictures import draw_placement
from sim.unknowns import count_unknowns

# Measured with the example case at draft, standard and fine on one core of an EPYC server: base, per unknown, and per
# unknown and terminal.
MEGABYTES, MEGABYTES_PER_UNKNOWN = 200.0, 0.0029
SECONDS_PER_UNKNOWN, SECONDS_PER_UNKNOWN_AND_ELECTRODE = 17e-6, 6e-6
SHOWN = 10  # of the distances, the shortest


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
    mesh = cached_mesh(case.geometry, case.numerics.accuracy, cache_folder() / "meshes")
    unknowns = count_unknowns(mesh.cells, case.numerics.element_order)
    seconds = unknowns * (SECONDS_PER_UNKNOWN + SECONDS_PER_UNKNOWN_AND_ELECTRODE * len(case.terminals))
    rows = [
        ("mesh", f"{mesh.record.cells} cells, worst quality {mesh.record.worst_quality:.2f}"),
        ("unknowns", f"{unknowns} (accuracy {case.numerics.accuracy}, order {case.numerics.element_order})"),
        ("solve", f"about {max(seconds, 0.1):.1f} s and {MEGABYTES + MEGABYTES_PER_UNKNOWN * unknowns:.0f} MB"),
    ]
    for electrode in case.electrodes:
        x, y = electrode.position_mm
        rows.append((f"pad {electrode.name}", f"{electrode.pad.area_mm2 / 100:.4g} cm² at [{x:g}, {y:g}] mm"))
    for lead in case.leads:
        tip = ", ".join(f"{value:g}" for value in lead.tip_mm)
        rows.append((f"lead {lead.name}", f"{', '.join(lead.terminals)}; tip at [{tip}] mm"))
    nearest = sorted(distances(case.geometry), key=lambda found: found.gap_mm)
    for found in nearest[:SHOWN]:
        close = "  closer than spacing.warn_below_mm" if found.gap_mm < case.spacing.warn_below_mm else ""
        rows.append((f"{found.one} to {found.other}", f"{found.gap_mm:.4g} mm from edge to edge{close}"))
    if len(nearest) > SHOWN:
        rows.append(("", f"and {len(nearest) - SHOWN} pairs that are farther apart"))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "placement.png"
    draw_placement(case, mesh, path)
    return rows, path
