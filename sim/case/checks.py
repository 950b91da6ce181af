"""What a case must fulfil beyond its types: names that exist, pads on the body, geometry that can be meshed."""

import math
from collections import Counter
from itertools import combinations

from meshes.errors import MeshError
from meshes.pads import gap_mm
from meshes.sizing import check_sizes
from sim.case.model import Case
from sim.errors import CaseError
from sim.safety.limits import available_limits
from sim.tissues import available_tissue_sets, load_tissue_set

ROUNDING_MM = 1e-9
SHORTEST_DIRECTION = 1e-6


def check_case(case: Case, where: str) -> None:
    """Raise the first thing that is wrong.

    Raises
    ------
    CaseError
        With the file, the key's path, what was found and what is accepted.
    """
    _names_are_unique(case, where)
    _channels_name_electrodes(case, where)
    _voltage_sources_form_no_loop(case, where)
    _limits_exist(case, where)
    _tissues_exist(case, where)
    _pads_lie_on_the_body(case, where)
    _pads_are_apart(case, where)
    _probes_lie_inside(case, where)
    try:
        check_sizes(case.body, case.placements, case.numerics.accuracy)
    except MeshError as error:
        raise CaseError(f"{where}: {error.what}", error.found, error.accepted) from error


def _names_are_unique(case: Case, where: str) -> None:
    for key, parts in (("electrodes", case.electrodes), ("channels", case.channels), ("probes", case.probes)):
        for name, count in Counter(part.name for part in parts).items():
            if count > 1:
                raise CaseError(f"{where}: {key}", f"the name {name} {count} times", "a different name for each")


def _channels_name_electrodes(case: Case, where: str) -> None:
    known = [electrode.name for electrode in case.electrodes]
    for channel in case.channels:
        for name in channel.electrodes:
            if name not in known:
                raise CaseError(
                    f"{where}: channels.{channel.name}.electrodes.{name}",
                    "an unknown electrode",
                    f"one of {', '.join(known)}",
                )


def _voltage_sources_form_no_loop(case: Case, where: str) -> None:
    """Electrodes that voltage sources hold together form groups; a source inside one group is too much."""
    group = {electrode.name: electrode.name for electrode in case.electrodes}
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


def _tissues_exist(case: Case, where: str) -> None:
    known = available_tissue_sets()
    if case.tissues.set not in known:
        raise CaseError(f"{where}: tissues.set", f'"{case.tissues.set}"', f"one of {', '.join(known)}")
    tissues = load_tissue_set(case.tissues.set)
    used = {layer.tissue for layer in case.body.layers}
    for i, layer in enumerate(case.body.layers):
        key = f"{where}: body.layers[{i}]"
        if layer.tissue not in tissues.tissues and layer.tissue not in case.tissues.override:
            raise CaseError(
                f"{key}.tissue",
                f'"{layer.tissue}"',
                f"one of {', '.join(sorted(tissues.tissues))}, or a name in tissues.override",
            )
        if layer.fibre_direction is not None and math.hypot(*layer.fibre_direction) < SHORTEST_DIRECTION:
            found = "[" + ", ".join(f"{component:g}" for component in layer.fibre_direction) + "]"
            raise CaseError(f"{key}.fibre_direction", found, "a direction, such as [1.0, 0.0, 0.0]")
        override = case.tissues.override.get(layer.tissue)
        if override and not isinstance(override.conductivity_S_per_m, float) and layer.fibre_direction is None:
            raise CaseError(
                f"{key}.fibre_direction",
                f"nothing, but {layer.tissue} has a longitudinal and a transverse conductivity",
                "a direction, such as [1.0, 0.0, 0.0]",
            )
    for name in case.tissues.override:
        if name not in used:
            raise CaseError(
                f"{where}: tissues.override.{name}", "a tissue that no layer has", f"one of {', '.join(sorted(used))}"
            )


def _pads_lie_on_the_body(case: Case, where: str) -> None:
    for electrode in case.electrodes:
        over = case.body.overhang_mm(electrode)
        if over > ROUNDING_MM:
            x, y = electrode.position_mm
            raise CaseError(
                f"{where}: electrodes.{electrode.name}.position_mm",
                f"[{x:g}, {y:g}], from where the pad reaches {over:.3g} mm over the edge",
                f"a pad inside the surface of {case.body.length_mm:g} x {case.body.width_mm:g} mm around [0, 0]",
            )


def _pads_are_apart(case: Case, where: str) -> None:
    for one, other in combinations(case.electrodes, 2):
        gap = gap_mm(one, other)
        if gap <= ROUNDING_MM:
            raise CaseError(
                f"{where}: electrodes.{other.name}.position_mm",
                f"a pad that overlaps or touches {one.name} (by {abs(min(gap, 0.0)):.3g} mm)",
                "pads with a gap between them",
            )


def _probes_lie_inside(case: Case, where: str) -> None:
    body = case.body
    for probe in case.probes:
        if not body.contains_mm(probe.position_mm):
            raise CaseError(
                f"{where}: probes.{probe.name}.position_mm",
                f"{list(probe.position_mm)}, outside the body",
                f"|x| <= {body.length_mm / 2:g}, |y| <= {body.width_mm / 2:g}, -{body.depth_mm:g} <= z <= 0",
            )
