"""Pictures of a study: a map over two axes, parallel coordinates, and what a quantity is sensitive to."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from sim.sweep.choosing import Constraint, require_column
from sim.sweep.index import read_rows
from sim.sweep.manifest import read_manifest
from sim.sweep.problems import StudyError


def draw(
    root: Path,
    kind: Literal["map", "parallel", "tornado", "sobol"],
    quantity: str,
    over: tuple[str, ...],
    constraints: Sequence[Constraint],
    path: Path,
) -> None:
    """Draw a quantity of the table into a file.

    Parameters
    ----------
    over
        The two columns of a map; the first two that are varied where it is empty.
    constraints
        Which rows a map or parallel coordinates show.

    Raises
    ------
    StudyError
        If there is no table, or the picture cannot be made of it.
    """
    from sim.sweep.pictures.bars import draw_indices, draw_tornado
    from sim.sweep.pictures.map import draw_map
    from sim.sweep.pictures.parallel import draw_parallel
    from sim.sweep.sensitivity import effects, indices

    manifest, rows = read_manifest(root), read_rows(root)
    for name in (quantity, *over, *(constraint.column for constraint in constraints)):
        require_column(rows, name)
    title = f"{manifest.title}: {quantity}"
    chosen = [row for row in rows if all(constraint.holds(row) for constraint in constraints)]
    if not chosen:
        raise StudyError(["found no row that fulfils all constraints; accepted: constraints that leave some"])
    match kind:
        case "map":
            axes = over or manifest.columns[:2]
            if len(axes) < 2:
                raise StudyError([f"{root}: found one varied column; accepted: --over with two columns of the table"])
            draw_map(chosen, manifest.columns, quantity, (axes[0], axes[1]), title, path)
        case "parallel":
            draw_parallel(chosen, manifest.columns, quantity, title, path)
        case "tornado":
            draw_tornado(effects(rows, manifest, quantity), quantity, title, path)
        case "sobol":
            draw_indices(indices(rows, manifest, quantity), title, path)
