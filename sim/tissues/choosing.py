"""From a case to what its layers conduct with: the set, the materials of electrodes, and what the case changes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshes.layers import Region
from sim.folders import CASES
from sim.frequency import frequency_text, laplace_variable
from sim.tissues.bands import UNBOUNDED, Bands
from sim.tissues.conductors import Conductor
from sim.tissues.fibres import SPACE, Fibres, Framed
from sim.tissues.media import Medium
from sim.tissues.sets import Tissue, TissueSet, load_tissue_set

if TYPE_CHECKING:
    from sim.case import Case
    from sim.case.tissues import Override

THE_CASE = "the case"


@dataclass(frozen=True)
class Entry:
    """A tissue as its set has it.

    Parameters
    ----------
    name
        Name of the entry in its file; a case may know it under another.
    tissue, home
        The entry, and the file that it stands in.
    """

    name: str
    tissue: Tissue
    home: TissueSet

    def source(self, known_as: str) -> str:
        """Title of the file and status, and the entry's name where the case uses another."""
        entry = "" if known_as == self.name else f", {self.name}"
        return f"{self.home.title}{entry} ({self.tissue.status or self.home.status})"

    @property
    def bands(self) -> Bands:
        """Where its numbers hold."""
        return Bands(self.name, self.tissue.fitted_Hz or self.home.fitted_Hz, self.home.valid_Hz)


def known_entries(tissues: TissueSet) -> dict[str, Entry]:
    """The tissues of a set, under their names and aliases, and the materials of electrodes; the set comes first."""
    known: dict[str, Entry] = {}
    for home in (load_tissue_set("electrodes", CASES / "materials"), tissues):
        known |= {name: Entry(name, tissue, home) for name, tissue in home.tissues.items()}
        known |= {name: Entry(a.entry, home.tissues[a.entry], home) for name, a in home.aliases.items()}
    return known


def known_tissues(tissues: TissueSet) -> dict[str, tuple[Tissue, str]]:
    """The tissues of a set and the materials of electrodes, each with its source and status; the set comes first."""
    return {name: (entry.tissue, entry.source(name)) for name, entry in known_entries(tissues).items()}


def case_conductors(case: "Case") -> tuple[Conductor, ...]:
    """What every region of the case conducts with, with its source.

    ``source`` also says what was done to the numbers: the frequency at which resistive computation takes a
    dispersive tissue, its temperature, and what the case changed.
    """
    home = load_tissue_set(case.tissues.set)
    known = known_entries(home)
    return tuple(_conductor(case, home, known, region) for region in case.geometry.regions)


def _conductor(case: "Case", home: TissueSet, known: dict[str, Entry], region: Region) -> Conductor:
    fibres = region_fibres(case.body, region)
    override = case.tissues.override.get(region.tissue)
    if override is not None and override.conductivity_S_per_m is not None:
        (along, across), remarks, bands = _given(override), [THE_CASE], UNBOUNDED
    else:
        entry = known[region.tissue]
        remarks, bands = [entry.source(region.tissue)], entry.bands
        along, across = _tabulated(entry.tissue, fibres)
        if override is not None:
            along, across = _changed(along, across, override, remarks)
        if fibres is not None and along == across:
            remarks.append("the same in all directions, so that its fibres have no effect")
        if case.tissues.temperature_C is not None and entry.home is home:
            along, across = _warmed(along, across, case.tissues.temperature_C, home, remarks)
    f = case.steady_Hz
    if along.is_dispersive:
        remarks.append(f"resistive computation takes its conductivity at {frequency_text(f)}")
    return Conductor(
        layer=region.name,
        tissue=region.tissue,
        longitudinal=_real(along, f),
        transverse=_real(across, f),
        fibres=None if along == across else fibres,
        source="; ".join(remarks),
        media=(along, across),
        bands=bands,
    )


def _real(medium: Medium, frequency_Hz: float) -> float:
    return float(medium.admittivity(laplace_variable(frequency_Hz)).real)


def _given(override: "Override") -> tuple[Medium, Medium]:
    """What the case itself says, along and across."""
    given, ε = override.conductivity_S_per_m, override.relative_permittivity or 0.0
    if given is None:
        raise ValueError("an override without conductivity")
    if isinstance(given, float):
        return Medium(given, ε), Medium(given, ε)
    return Medium(given.longitudinal, ε), Medium(given.transverse, ε)


def _tabulated(tissue: Tissue, fibres: Fibres | None) -> tuple[Medium, Medium]:
    """What the set says, along and across; the same where it resolves no fibres, or the region has none."""
    if fibres is not None and tissue.axial_media is not None:
        return tissue.axial_media
    return tissue.medium, tissue.medium


def _changed(along: Medium, across: Medium, override: "Override", remarks: list[str]) -> tuple[Medium, Medium]:
    """What the set says, with the permittivity or the anisotropy of the case."""
    if override.relative_permittivity is not None:
        ε = override.relative_permittivity
        along, across = Medium(along.conductivity, ε), Medium(across.conductivity, ε)
        remarks.append(f"relative permittivity {ε:g} from {THE_CASE}")
    if override.anisotropy_ratio is not None:
        ratio = override.anisotropy_ratio
        along, across = along.scaled(ratio ** (2 / 3)), across.scaled(ratio ** (-1 / 3))
        remarks.append(f"{ratio:g} times as conductive along its fibres as across, from {THE_CASE}")
    return along, across


def _warmed(
    along: Medium, across: Medium, temperature_C: float, home: TissueSet, remarks: list[str]
) -> tuple[Medium, Medium]:
    """What the set says, at the temperature of the case."""
    if home.temperature is None:
        raise ValueError(f"{home.id} has no temperature coefficient")
    factor = home.temperature.factor(temperature_C)
    remarks.append(
        f"at {temperature_C:g} °C: conductivity times {factor:.4g}, "
        f"{100 * home.temperature.coefficient_per_C:g} % per °C from {home.temperature.reference_C:g} °C "
        f"({home.temperature.status})"
    )
    return along.with_mobility(factor), across.with_mobility(factor)


def region_fibres(body: Framed, region: Region) -> Fibres | None:
    """Which way the fibres of a region run; None where nothing says so."""
    if region.fibre_axis is not None:
        return Fibres(SPACE, region.fibre_axis)
    return None if region.fibre_direction is None else Fibres(body, region.fibre_direction)
