"""Pictures of a case: where the pads are, what passes their contacts, and a cut through the tissue.

No solver and no display is needed. PyVista and Matplotlib take a second to load: only what draws loads them.
"""

from pathlib import Path

from sim.basis import Basis
from sim.case import Case
from sim.report.pictures.picture import Picture
from sim.response import Response
from sim.tissues import Conductor

__all__ = ["Picture", "draw_all", "draw_contacts", "draw_placement", "draw_section", "warm_up"]


def warm_up() -> None:
    """Load the libraries and open a first window, so that drawing is quick afterwards in this process."""
    from sim.report.pictures import contacts, placement, section, solids  # noqa: F401

    solids.open_first_window()


def draw_placement(case: Case, path: Path) -> Picture:
    """Draw the body with its layers to scale, the pads on it and the probes in it; needs no solution."""
    from sim.report.pictures import placement

    return placement.draw_placement(case, path)


def draw_contacts(case: Case, basis: Basis, response: Response, path: Path) -> Picture:
    """Draw maps of the r.m.s. normal current density under the electrodes."""
    from sim.report.pictures import contacts

    return contacts.draw_contacts(case, basis, response, path)


def draw_section(
    case: Case, basis: Basis, response: Response, conductors: tuple[Conductor, ...], path: Path
) -> Picture:
    """Draw the vertical cut through the strongest positive and negative electrode of the first channel."""
    from sim.report.pictures import section

    return section.draw_section(case, basis, response, conductors, path)


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
