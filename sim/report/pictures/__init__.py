"""Pictures of a case: its terminals, what passes their contacts, a cut through the tissue, what moves over time.

No solver and no display is needed. PyVista and Matplotlib take a second to load: only what draws loads them.
"""

from pathlib import Path

from meshes.tagged import TaggedMesh
from sim.basis import Solution
from sim.case import Case
from sim.case.model import Channel
from sim.harmonic_basis import HarmonicBasis
from sim.report.pictures.picture import Picture
from sim.response import Response
from sim.tissues import Conductor

__all__ = [
    "Picture",
    "draw_all",
    "draw_contacts",
    "draw_depth",
    "draw_distribution",
    "draw_impedance",
    "draw_over_time",
    "draw_placement",
    "draw_section",
    "draw_waveform",
    "warm_up",
]


def warm_up() -> None:
    """Load the libraries and open a first window, so that drawing is quick afterwards in this process."""
    from sim.report.pictures import (  # noqa: F401
        contacts,
        depth,
        distribution,
        impedance,
        over_time,
        placement,
        section,
        solids,
        waveform,
    )

    solids.open_first_window()


def draw_placement(case: Case, mesh: TaggedMesh, path: Path) -> Picture:
    """Draw the body cut open, with its tissues, terminals and probes; needs no solution."""
    from sim.report.pictures import placement

    return placement.draw_placement(case, mesh, path)


def draw_contacts(case: Case, basis: Solution, response: Response, path: Path) -> Picture:
    """Draw maps of the r.m.s. normal current density through pads and contacts of leads."""
    from sim.report.pictures import contacts

    return contacts.draw_contacts(case, basis, response, path)


def draw_distribution(case: Case, basis: Solution, response: Response, path: Path) -> Picture:
    """Draw the share of the area of each contact above a density."""
    from sim.report.pictures import distribution

    return distribution.draw_distribution(case, basis, response, path)


def draw_depth(case: Case, basis: Solution, response: Response, path: Path) -> Picture | None:
    """Draw the density over depth under pads and between them."""
    from sim.report.pictures import depth

    return depth.draw_depth(case, basis, response, path)


def draw_section(case: Case, mesh: TaggedMesh, basis: Solution, response: Response, path: Path) -> Picture:
    """Draw the cut through the strongest positive and negative terminal of the first channel."""
    from sim.report.pictures import section

    return section.draw_section(case, mesh, basis, response, path)


def draw_waveform(channel: Channel, path: Path) -> Picture:
    """Draw the waveform of a channel: pulse, pattern, spectrum, train."""
    from sim.report.pictures import waveform

    return waveform.draw_waveform(channel, path)


def draw_over_time(case: Case, basis: Solution, response: Response, channel: int, path: Path) -> Picture | None:
    """Draw current, voltage and current density at probes over time for a channel, by its number."""
    from sim.report.pictures import over_time

    return over_time.draw_over_time(case, basis, response, channel, path)


def draw_impedance(case: Case, conductors: tuple[Conductor, ...], basis: HarmonicBasis, path: Path) -> Picture:
    """Draw the impedance of the channels over frequency."""
    from sim.report.pictures import impedance

    return impedance.draw_impedance(case, conductors, basis, path)


def draw_all(
    case: Case,
    mesh: TaggedMesh,
    basis: Solution,
    response: Response,
    conductors: tuple[Conductor, ...],
    folder: Path,
) -> tuple[Picture, ...]:
    """Draw every picture of a run into its folder.

    Parameters
    ----------
    case, mesh, basis, response, conductors
        What was computed.
    folder
        Of the run; ``<name>.png`` each.

    Returns
    -------
    tuple of Picture
        In the order of a report.
    """
    moving = (
        draw_over_time(case, basis, response, c, folder / f"over-time-{channel.name}.png")
        for c, channel in enumerate(case.channels)
    )
    return (
        draw_placement(case, mesh, folder / "placement.png"),
        draw_contacts(case, basis, response, folder / "contacts.png"),
        draw_distribution(case, basis, response, folder / "distribution.png"),
        draw_section(case, mesh, basis, response, folder / "section.png"),
        *_over_depth(case, basis, response, folder),
        *(draw_waveform(channel, folder / f"waveform-{channel.name}.png") for channel in case.channels),
        *(picture for picture in moving if picture is not None),
        *_over_frequency(case, basis, conductors, folder),
    )


def _over_depth(case: Case, basis: Solution, response: Response, folder: Path) -> tuple[Picture, ...]:
    """The profiles, where there are pads."""
    picture = draw_depth(case, basis, response, folder / "depth.png")
    return () if picture is None else (picture,)


def _over_frequency(
    case: Case, basis: Solution, conductors: tuple[Conductor, ...], folder: Path
) -> tuple[Picture, ...]:
    """The impedance, where the body was solved over frequency."""
    if not isinstance(basis, HarmonicBasis):
        return ()
    return (draw_impedance(case, conductors, basis, folder / "impedance.png"),)
