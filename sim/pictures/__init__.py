"""Pictures of a case: where the pads are, what passes their contacts, and a cut through the tissue.

Plain numpy, PyVista and Matplotlib in one process without a display; no solver.
"""

from pathlib import Path

from sim.basis import Basis
from sim.case import Case
from sim.pictures.contacts import draw_contacts
from sim.pictures.picture import Picture
from sim.pictures.placement import draw_placement, warm_up
from sim.pictures.section import draw_section
from sim.response import Response
from sim.tissues import Conductor

__all__ = ["Picture", "draw_all", "draw_contacts", "draw_placement", "draw_section", "warm_up"]


def draw_all(
    case: Case, basis: Basis, response: Response, conductors: tuple[Conductor, ...], folder: Path
) -> tuple[Picture, ...]:
    """Draw every picture of a run into its folder.

    Parameters
    ----------
    case, basis, response, conductors
        What was computed.
    folder
        Of the run; ``<name>.png`` each.

    Returns
    -------
    tuple of Picture
        In the order of a report.
    """
    return (
        draw_placement(case, folder / "placement.png"),
        draw_contacts(case, basis, response, folder / "contacts.png"),
        draw_section(case, basis, response, conductors, folder / "section.png"),
    )
