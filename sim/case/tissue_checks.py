"""What the tissues of a case must fulfil beyond their types."""

import math
from collections.abc import Iterator, Mapping

from meshes.layers import Direction, Region
from sim.case.model import Case
from sim.case.tissues import Axial
from sim.errors import CaseError
from sim.tissues import Entry, TissueSet, available_tissue_sets, known_entries, load_tissue_set

SHORTEST_DIRECTION = 1e-6


def located_regions(case: Case) -> Iterator[tuple[str, Region]]:
    """Every region with the path of its key."""
    keys: dict[str, str] = {}
    for i, region in enumerate(case.body.regions):
        keys[region.name] = f"body.layers[{i}].tissue" if i < len(case.body.layers) else f"body ({region.name})"
    keys |= {wound.name: f"wounds.{wound.name}.tissue" for wound in case.wounds}
    keys |= {inclusion.name: f"inclusions.{inclusion.name}.tissue" for inclusion in case.inclusions}
    for pad in case.geometry.pads:
        for i, region in enumerate(pad.regions):
            keys[region.name] = f"electrodes.{pad.name}.stack[{i}].material"
    for region in case.geometry.regions:
        yield keys[region.name], region


def check_tissues(case: Case, where: str) -> None:
    """Raise the first thing that is wrong.

    Raises
    ------
    CaseError
        With the file, the key's path, what was found and what is accepted.
    """
    sets = available_tissue_sets()
    if case.tissues.set not in sets:
        raise CaseError(f"{where}: tissues.set", f'"{case.tissues.set}"', f"one of {', '.join(sets)}")
    home = load_tissue_set(case.tissues.set)
    known = known_entries(home)
    for path, region in located_regions(case):
        key = f"{where}: {path}"
        if region.tissue not in known and not _conducts(case, region.tissue):
            raise CaseError(
                key,
                f'"{region.tissue}"',
                f"one of {', '.join(sorted(known))}, or a name in tissues.override with a conductivity",
            )
        _fibres_have_a_direction(case, region, key.removesuffix(".tissue"))
    for probe in case.probes:
        _has_length(probe.fibre_direction, f"{where}: probes.{probe.name}")
    used = {region.tissue for region in case.geometry.regions}
    for name in case.tissues.override:
        if name not in used:
            raise CaseError(
                f"{where}: tissues.override.{name}", "a tissue that no layer has", f"one of {', '.join(sorted(used))}"
            )
    _overrides_fit(case, known, where)
    _temperature_is_known(case, home, where)


def _fibres_have_a_direction(case: Case, region: Region, key: str) -> None:
    _has_length(region.fibre_direction, key)
    override = case.tissues.override.get(region.tissue)
    axial = override is not None and (
        isinstance(override.conductivity_S_per_m, Axial) or override.anisotropy_ratio is not None
    )
    if axial and region.fibre_direction is None and region.fibre_axis is None:
        raise CaseError(
            f"{key}.fibre_direction",
            f"nothing, but {region.tissue} has a longitudinal and a transverse conductivity",
            "a direction, such as [1.0, 0.0, 0.0]",
        )


def _has_length(direction: Direction | None, key: str) -> None:
    if direction is not None and math.hypot(*direction) < SHORTEST_DIRECTION:
        found = "[" + ", ".join(f"{component:g}" for component in direction) + "]"
        raise CaseError(f"{key}.fibre_direction", found, "a direction, such as [1.0, 0.0, 0.0]")


def _conducts(case: Case, tissue: str) -> bool:
    """Whether the case itself says the conductivity of a tissue."""
    override = case.tissues.override.get(tissue)
    return override is not None and override.conductivity_S_per_m is not None


def _temperature_is_known(case: Case, home: TissueSet, where: str) -> None:
    """A set without a coefficient has no other temperature than its own."""
    if case.tissues.temperature_C is None:
        return
    key = f"{where}: tissues.temperature_C"
    if home.temperature is None:
        raise CaseError(key, f"{case.tissues.temperature_C:g}, but {home.id} has no coefficient", "no temperature")
    if home.temperature.factor(case.tissues.temperature_C) <= 0.0:
        raise CaseError(key, f"{case.tissues.temperature_C:g}, at which nothing conducts", "a warmer body")


def _overrides_fit(case: Case, known: Mapping[str, Entry], where: str) -> None:
    """What changes a part of the set's values must fit the other part."""
    for name, override in case.tissues.override.items():
        if override.conductivity_S_per_m is not None:
            continue
        tissue, key = known[name].tissue, f"{where}: tissues.override.{name}"
        if override.relative_permittivity is not None and tissue.cole_cole is not None:
            raise CaseError(
                f"{key}.relative_permittivity",
                f"one permittivity for {name}, which {case.tissues.set} has over frequency",
                "it together with conductivity_S_per_m, or neither",
            )
        if override.anisotropy_ratio is not None and tissue.axial_media is not None:
            raise CaseError(
                f"{key}.anisotropy_ratio",
                f"a ratio for {name}, which {case.tissues.set} has along and across its fibres",
                "conductivity_S_per_m = { longitudinal, transverse }, or neither",
            )
