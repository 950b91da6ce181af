"""What a case must fulfil beyond its types: names that exist, geometry that fits and can be meshed."""

from collections import Counter
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from meshes.distances import distances
from meshes.errors import MeshError
from meshes.geometry import Geometry
from meshes.inclusions import Cylinder
from meshes.places import check_places
from meshes.sizing import SMALLEST_GAP_MM, Accuracy, check_sizes
from sim.case.contact_checks import check_contacts
from sim.case.model import Case
from sim.case.tissue_checks import check_tissues
from sim.errors import CaseError
from sim.library import available_sites
from sim.safety.limits import available_limits

ROUNDING_MM = 1e-9


def check_case(case: Case, where: str) -> None:
    """Raise the first thing that is wrong.

    Raises
    ------
    CaseError
        With the file, the key's path, what was found and what is accepted.
    """
    if case.body.site is not None and case.body.site not in available_sites():
        raise CaseError(f"{where}: body.site", f'"{case.body.site}"', f"one of {', '.join(available_sites())}")
    _has_two_poles(case, where)
    _names_are_unique(case, where)
    _channels_name_electrodes(case, where)
    _voltage_sources_form_no_loop(case, where)
    _limits_exist(case, where)
    check_tissues(case, where)
    check_contacts(case, where)
    _geometry_passes(where, lambda: _places_pass(case.geometry.model_dump_json()))
    _wounds_end_in_the_body(case, where)
    _terminals_are_apart(case, where)
    _points_lie_inside(case, where)
    _probes_lie_in_tissue(case, where)
    _geometry_passes(where, lambda: _sizes_pass(case.geometry.model_dump_json(), case.numerics.accuracy))


def _geometry_passes(where: str, check: Callable[[], None]) -> None:
    """What the mesh would refuse, said of the case."""
    try:
        check()
    except MeshError as error:
        raise CaseError(f"{where}: {error.what}", error.found, error.accepted) from error


@lru_cache(maxsize=10)
def _places_pass(geometry: str) -> None:
    """Check a geometry, given as JSON, once for all cases that have it."""
    check_places(Geometry.model_validate_json(geometry))


@lru_cache(maxsize=10)
def _sizes_pass(geometry: str, accuracy: Accuracy) -> None:
    """Check a geometry, given as JSON, once for all cases that have it."""
    check_sizes(Geometry.model_validate_json(geometry), accuracy)


def _has_two_poles(case: Case, where: str) -> None:
    if len(case.poles) < 2:
        raise CaseError(
            f"{where}: electrodes",
            f"{len(case.poles)} in all",
            "two or more, with those of arrays and contacts of leads",
        )


def _names_are_unique(case: Case, where: str) -> None:
    solids = [part.name for part in (*case.inclusions, *case.wounds)]
    groups = {
        "electrodes": case.poles,
        "inclusions": (*case.poles, *solids),
        "channels": [channel.name for channel in case.channels],
        "probes": [probe.name for probe in case.probes],
        "body, inclusions, wounds": [region.name for region in case.geometry.regions],
    }
    for key, names in groups.items():
        for name, count in Counter(names).items():
            if count > 1:
                raise CaseError(f"{where}: {key}", f"the name {name} {count} times", "a different name for each")


def _channels_name_electrodes(case: Case, where: str) -> None:
    for channel in case.channels:
        for name in channel.electrodes:
            if name in case.poles:
                continue
            found = "an implant, which floats" if name in case.implants else "an unknown electrode"
            raise CaseError(
                f"{where}: channels.{channel.name}.electrodes.{name}", found, f"one of {', '.join(case.poles)}"
            )


def _voltage_sources_form_no_loop(case: Case, where: str) -> None:
    """Electrodes that voltage sources hold together form groups; a source inside one group is too much."""
    group = {name: name for name in case.poles}
    for channel in case.channels:
        if channel.amplitude_V is None:
            continue
        names = list(channel.electrodes)
        if len({group[name] for name in names}) < len(names):
            raise CaseError(
                f"{where}: channels.{channel.name}.electrodes",
                "electrodes between which other channels already fix the voltage",
                "voltage channels that close no loop",
            )
        joined = {group[name] for name in names}
        group = {name: names[0] if old in joined else old for name, old in group.items()}


def _limits_exist(case: Case, where: str) -> None:
    known = available_limits()
    for name in case.safety.limits:
        if name not in known:
            raise CaseError(f"{where}: safety.limits", f'"{name}"', f"one of {', '.join(known)}")
    if len(set(case.safety.limits)) < len(case.safety.limits):
        raise CaseError(f"{where}: safety.limits", "the same file twice", "each file once")


def _wounds_end_in_the_body(case: Case, where: str) -> None:
    for wound in case.wounds:
        deepest = case.body.depth_mm if case.body.kind != "limb" else min(case.body.axes)
        if wound.depth_mm >= 0.9 * deepest:
            raise CaseError(
                f"{where}: wounds.{wound.name}.depth_mm", f"{wound.depth_mm:g}", f"less than {0.9 * deepest:g}"
            )


def _terminals_are_apart(case: Case, where: str) -> None:
    least = case.spacing.refuse_below_mm
    for found in distances(case.geometry):
        key = "electrodes" if found.other not in case.implants else "inclusions"
        if found.gap_mm <= ROUNDING_MM:
            raise CaseError(
                f"{where}: {key}.{found.other}.position_mm",
                f"a terminal that overlaps or touches {found.one} (by {abs(min(found.gap_mm, 0.0)):.3g} mm)",
                "terminals with a gap between them",
            )
        if found.gap_mm < SMALLEST_GAP_MM:
            raise CaseError(
                f"{where}: {key}.{found.other}.position_mm",
                f"{found.gap_mm:.2g} mm between {found.one} and {found.other}, too little to be meshed",
                f"at least {SMALLEST_GAP_MM:g} mm",
            )
        if found.gap_mm < least:
            raise CaseError(
                f"{where}: {key}.{found.other}.position_mm",
                f"{found.gap_mm:.4g} mm between {found.one} and {found.other}",
                f"at least {least:g} mm (spacing.refuse_below_mm)",
            )


def _points_lie_inside(case: Case, where: str) -> None:
    body = case.body
    points = [(f"probes.{probe.name}.position_mm", probe.position_mm, "the body") for probe in case.probes]
    points += [(f"leads.{lead.name}.tip_mm", lead.tip_mm, "the body") for lead in case.leads]
    for inclusion in case.inclusions:
        if isinstance(inclusion, Cylinder):
            middle = np.add(inclusion.start_mm, inclusion.end_mm) / 2
            points.append((f"inclusions.{inclusion.name}", (middle[0], middle[1], middle[2]), "the body"))
        else:
            points.append((f"inclusions.{inclusion.name}.center_mm", inclusion.center_mm, "the body"))
    for key, point, what in points:
        if not body.contains_mm(np.array([point]))[0]:
            found = "[" + ", ".join(f"{c:g}" for c in point) + f"], outside {what}"
            raise CaseError(f"{where}: {key}", found, body.inside)


def _probes_lie_in_tissue(case: Case, where: str) -> None:
    for probe in case.probes:
        point = np.array([probe.position_mm])
        solids = [(f"the {i.material} {i.name}", i.contains_mm(point)) for i in case.inclusions if i.material]
        solids += [(f"the lead {lead.name}", lead.contains_mm(point)) for lead in case.leads]
        solids += [
            (f"the missing skin of {wound.name}", wound.contains_mm(case.body, point))
            for wound in case.wounds
            if wound.tissue is None
        ]
        for what, inside in solids:
            if inside[0]:
                found = "[" + ", ".join(f"{c:g}" for c in probe.position_mm) + f"], in {what}"
                raise CaseError(f"{where}: probes.{probe.name}.position_mm", found, "a point in tissue")
