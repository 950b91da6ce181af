"""A run at other amplitudes: superposed anew from its kept solutions, or all of it scaled by one factor.

Potential, E and J are linear in the amplitude of every channel; the r.m.s. of several channels follows from the time
means of the products of their waveforms, which superposition of the kept solutions takes into account.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol, cast

import numpy as np

from meshes.arrays import Reals
from sim.case import Case
from sim.exposure.electrodes import ElectrodeExposure, SurfaceDensity, electrode_exposures
from sim.interference import interference
from sim.report.fields import fields_grid
from sim.response import Response
from sim.safety.judgement import judge
from sim.safety.verdict import SafetyVerdict
from sim.units import MA
from sim.view.errors import ViewError
from sim.view.run import Run

TOGETHER = "all channels"
SQUARES = ("power_density_W_per_cm2", "contact_power_mW")
FIXED = ("area_mm2", "idle_area_mm2")
UNSCALED = ("tissue", "modulation_depth")
LEAST, MOST = 0.01, 100.0  # factors on the amplitudes


class Amplitudes(Protocol):
    """Something that gives a run at other amplitudes."""

    @property
    def names(self) -> tuple[str, ...]:
        """What can be scaled: channels, or all of them together."""
        ...

    @property
    def words(self) -> str:
        """What is scaled, and how."""
        ...

    def at(self, factors: Mapping[str, float]) -> Run:
        """The run with the amplitudes times these factors."""
        ...


@dataclass(frozen=True)
class Scaled:
    """All channels together: every quantity grows with a known power of the factor.

    Parameters
    ----------
    run
        What was computed.
    why
        Why no channel can be scaled alone; empty where there is only one.
    """

    run: Run
    why: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """One factor for all."""
        channels = self.run.case.channels
        return (channels[0].name,) if len(channels) == 1 else (TOGETHER,)

    @property
    def words(self) -> str:
        """What is scaled."""
        return "Fields and numbers are scaled linearly." + (
            f" All channels together, because {self.why}." * bool(self.why)
        )

    def at(self, factors: Mapping[str, float]) -> Run:
        """The run with all amplitudes times one factor.

        Raises
        ------
        ViewError
            If a channel clips at its largest voltage, where nothing is linear, or for a factor out of range.
        """
        clipped = [channel.name for channel in self.run.case.channels if channel.max_voltage_V is not None]
        if clipped:
            raise ViewError(f"amplitude: channel {clipped[0]} has a max_voltage_V and may clip; run it again instead")
        factor = _checked(factors, self.names)[0]
        case = with_amplitudes(self.run.case, dict.fromkeys((c.name for c in self.run.case.channels), factor))
        electrodes = {name: scaled_electrode(e, factor) for name, e in self.run.result["electrodes"].items()}
        verdict = judge(case, self._response(factor), electrodes)
        grid = self.run.grid.copy()
        for data in (grid.point_data, grid.cell_data):
            for name in data.keys():  # noqa: SIM118  (VTK's data have keys, and iterate over something else)
                if name not in UNSCALED:
                    data[name] = np.asarray(data[name]) * factor
        return driven(self.run, case, grid, electrodes, verdict)

    def _response(self, factor: float) -> Response:
        """As much of a response as the verdict asks for: the peak currents of the channels."""
        peaks = [channel["current_peak_mA"] for channel in self.run.result["channels"].values()]
        return cast(Response, _Delivered(tuple(_Output(factor * peak * MA) for peak in peaks)))


@dataclass(frozen=True)
class _Output:
    peak_current_A: float


@dataclass(frozen=True)
class _Delivered:
    outputs: tuple[_Output, ...]


@dataclass(frozen=True)
class Superposed:
    """Every channel by itself, from the unit solutions that are kept.

    Parameters
    ----------
    run
        What was computed.
    solved
        Its unit solutions (``sim.solving.Solved``).
    """

    run: Run
    solved: Any

    @property
    def names(self) -> tuple[str, ...]:
        """The channels."""
        return tuple(channel.name for channel in self.run.case.channels)

    @property
    def words(self) -> str:
        """What is scaled."""
        return "The kept solutions are superposed anew: fields, electrodes and verdict are those of a run."

    def at(self, factors: Mapping[str, float]) -> Run:
        """The run with the amplitude of every channel times its factor.

        Raises
        ------
        ViewError
            For an unknown channel or a factor out of range.
        """
        found = dict(zip(self.names, _checked(factors, self.names), strict=True))
        case = with_amplitudes(self.run.case, found)
        solved = replace(self.solved, case=case)
        response = solved.respond()
        electrodes = electrode_exposures(case, solved.basis, response)
        grid = fields_grid(solved.basis, response, solved.conductors, interference(case, solved.basis, response))
        return driven(self.run, case, grid, electrodes, judge(case, response, electrodes))


def amplitudes_of(run: Run) -> Amplitudes:
    """Every channel by itself where the run's solutions are kept and it has several; else all together."""
    channels = run.case.channels
    linear = all(channel.max_voltage_V is None for channel in channels)
    if len(channels) == 1 and linear:
        return Scaled(run)
    solved, why = find_solved(run)
    return Scaled(run, why) if solved is None else Superposed(run, solved)


def find_solved(run: Run) -> tuple[Any, str]:
    """The kept solutions of a run (``sim.solving.Solved``), or None and why there are none; solves nothing."""
    try:
        from meshes.cache import mesh_key
        from meshes.store import find
        from meshes.tagged import TaggedMesh
        from sim.basis import Basis
        from sim.folders import cache_folder
        from sim.harmonic_basis import HarmonicBasis
        from sim.mode import choose_mode
        from sim.signal import Signal
        from sim.solving import Solved
        from sim.solving_keys import basis_key
        from sim.tissues import case_conductors
    except ImportError as error:
        return None, f"the solver cannot be loaded here ({error})"

    case = run.case
    conductors = case_conductors(case)
    kind = HarmonicBasis if choose_mode(case, conductors, Signal.of(case)).mode == "electroquasistatic" else Basis
    cache = cache_folder()
    basis: Any = find(cache / "bases" / f"{basis_key(case, conductors)}.npz", cast(Any, kind))
    mesh = find(cache / "meshes" / f"{mesh_key(case.geometry, case.numerics.accuracy)}.npz", TaggedMesh)
    if basis is None or mesh is None:
        return None, f"its solutions are no longer kept in {cache} (run it again to have them)"
    return Solved(case, conductors, mesh, basis, True), ""


def with_amplitudes(case: Case, factors: Mapping[str, float]) -> Case:
    """The case with the amplitudes of channels times factors, checked like any case."""
    content = case.model_dump(mode="json")
    for channel in content["channels"]:
        for key in ("amplitude_mA", "amplitude_V"):
            if channel.get(key) is not None:
                channel[key] *= factors[channel["name"]]
    return Case.model_validate_json(json.dumps(content))


def scaled_electrode(numbers: Mapping[str, Any], factor: float) -> ElectrodeExposure:
    """Numbers of an electrode, as ``result.json`` has them, at all amplitudes times a factor."""
    found: dict[str, Any] = {}
    for key, value in numbers.items():
        if key == "current_density_rms_mA_per_cm2":
            found[key] = SurfaceDensity(**{name: factor * each for name, each in value.items()})
        elif value is None or key in FIXED:
            found[key] = value
        else:
            found[key] = (factor**2 if key in SQUARES else factor) * value
    try:
        return ElectrodeExposure(**found)
    except TypeError as error:
        raise ViewError(f"electrodes: found numbers of another version ({error}); run the case again") from error


def driven(run: Run, case: Case, grid: Any, electrodes: Mapping[str, ElectrodeExposure], verdict: SafetyVerdict) -> Run:
    """A run with other fields, electrodes and verdict."""
    result = {"title": case.title, "case_sha256": case.sha256, "notes": run.result.get("notes", [])}
    result["electrodes"] = {name: asdict(electrode) for name, electrode in electrodes.items()}
    return replace(run, case=case, grid=grid, verdict=verdict, result=result)


def _checked(factors: Mapping[str, float], names: tuple[str, ...]) -> Reals:
    """The factors in the order of the names; those not given are 1."""
    for name, factor in factors.items():
        if name not in names:
            raise ViewError(f"amplitude: found channel {name!r}; accepted: {', '.join(names)}")
        if not LEAST <= factor <= MOST:
            raise ViewError(f"amplitude: found factor {factor:g} of {name}; accepted: {LEAST:g} to {MOST:g}")
    return np.array([factors.get(name, 1.0) for name in names])
