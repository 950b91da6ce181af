"""Pictures of a case: where its terminals are, what passes their contacts, and a cut through the tissue.

No solver and no display is needed. PyVista and Matplotlib take a second to load: only what draws loads them.
"""

from pathlib import Path

from meshes.tagged import TaggedMesh
from sim.basis import Basis
from sim.case import Case
from sim.report.pictures.picture import Picture
from sim.response import Response

__all__ = ["Picture", "draw_all", "draw_contacts", "draw_placement", "draw_section", "warm_up"]


def warm_up() -> None:
    """Load the libraries and open a first window, so that drawing is quick afterwards in this process."""
    from sim.report.pictures import contacts, placement, section, solids  # noqa: F401

    solids.open_first_window()


def draw_placement(case: Case, mesh: TaggedMesh, path: Path) -> Picture:
    """Draw the body cut open, with its tissues, terminals and probes; needs no solution."""
    from sim.report.pictures import placement

    return placement.draw_placement(case, mesh, path)


def draw_contacts(case: Case, basis: Basis, response: Response, path: Path) -> Picture:
    """Draw maps of the r.m.s. normal current density through pads and contacts of leads."""
    from sim.report.pictures import contacts

    return contacts.draw_contacts(case, basis, response, path)


def draw_section(case: Case, mesh: TaggedMesh, basis: Basis, response: Response, path: Path) -> Picture:
    """Draw the cut through the strongest positive and negative terminal of the first channel."""
    from sim.report.pictures import section

    return section.draw_section(case, mesh, basis, response, path)


def draw_all(case: Case, mesh: TaggedMesh, basis: Basis, response: Response, folder: Path) -> tuple[Picture, ...]:
    """Draw every picture of a run into its folder.

    Parameters
    ----------
    case, mesh, basis, response
        What was computed.
    folder
        Of the run; ``<name>.png`` each.

    Returns
    -------
    tuple of Picture
        In the order of a report.
    """
    return (
        draw_placement(case, mesh, folder / "placement.png"),
        draw_contacts(case, basis, response, folder / "contacts.png"),
        draw_section(case, mesh, basis, response, folder / "section.png"),
    )
