"""The report: one HTML file that needs nothing else, with the verdict first."""

import base64
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sim.case import Case, Channel
from sim.frequency import frequency_text
from sim.impedances import channel_impedances
from sim.report.case_text import case_text
from sim.report.computed import mode_sentence, spectrum_facts
from sim.report.numbers import fact_words, number, percent, split_unit, unit_words
from sim.report.pictures.colours import roles
from sim.report.pictures.picture import Picture
from sim.safety.verdict import EVALUATED, CheckResult, SafeAmplitude, SafetyVerdict

TEMPLATE = Path(__file__).with_name("page.html.jinja")
# Mark, word and sentence of each verdict.
VERDICTS = {
    "pass": ("✓", "PASS", "All checks that apply pass."),
    "caution": ("!", "CAUTION", "No limit is exceeded, but a level of caution is:"),
    "exceeded": ("✕", "EXCEEDED", "At least one limit is exceeded:"),
    "not_evaluated": ("?", "NOT EVALUATED", "There is no verdict, because something could not be evaluated:"),
}
NEAREST = 10  # distances that are listed, the shortest


def write_report(
    path: Path,
    case: Case,
    result: Mapping[str, Any],
    verdict: SafetyVerdict,
    pictures: tuple[Picture, ...],
    folder: Path,
) -> None:
    """Write the report of a run.

    Parameters
    ----------
    path
        Of the HTML file.
    case
        What was asked.
    result
        The content of result.json.
    verdict
        What the checks say.
    pictures, folder
        ``<name>.png`` of each picture in the folder goes into the file.
    """
    html = report_text(case, result, verdict, pictures, folder)
    path.write_text(html, encoding="utf-8")


def report_text(
    case: Case,
    result: Mapping[str, Any],
    verdict: SafetyVerdict,
    pictures: tuple[Picture, ...],
    folder: Path,
    template: Path = TEMPLATE,
    **more: Any,
) -> str:
    """The report as a text.

    Parameters
    ----------
    case, result, verdict, pictures, folder
        See ``write_report``.
    template
        Another one that extends ``page.html.jinja``, with what it needs in ``more``.
    """
    environment = Environment(
        loader=FileSystemLoader([template.parent, TEMPLATE.parent]), autoescape=True, undefined=StrictUndefined
    )
    environment.filters |= {
        "number": number,
        "percent": percent,
        "words": lambda name: name.replace("_", " "),
        "unit": unit_words,
        "dig": _dig,
    }
    mark, headline, sentence = VERDICTS[verdict.overall]
    return environment.get_template(template.name).render(
        case=case,
        result=result,
        verdict=verdict,
        mark=mark,
        headline=headline,
        sentence=sentence,
        reasons=_reasons(verdict),
        unverified=_unverified(verdict),
        safe=[_safe_sentence(c, verdict.max_safe_amplitude_mA[c.name]) for c in case.channels],
        channels=[_channel(c, verdict.max_safe_amplitude_mA[c.name], result) for c in case.channels],
        mode=mode_sentence(result),
        impedances=_impedances(case, result),
        envelope=result.get("envelope", {}),
        at_probes=result.get("envelope_at_probes", {}),
        electrodes={f"{name} ({role})": result["electrodes"][name] for name, role in roles(case).items()},
        implants=result["implants"],
        nearest=sorted(result["distances_mm"], key=lambda found: found[2])[:NEAREST],
        pairs=len(result["distances_mm"]),
        applying=_by_margin(verdict.checks),
        others=[check for check in verdict.checks if check.outcome == "not_applicable"],
        pictures={picture.name: (picture, _embedded(folder / f"{picture.name}.png")) for picture in pictures},
        computed=_computed(result),
        case_text=case_text(case),
        **more,
    )


def _dig(thing: Any, keys: Sequence[str]) -> Any:
    """What lies under these keys of nested dictionaries; None where one of them is."""
    for key in keys:
        thing = None if thing is None else thing[key]
    return thing


def _by_margin(checks: Sequence[CheckResult]) -> list[CheckResult]:
    """Checks that apply: not evaluated first, then by margin."""
    applying = [check for check in checks if check.outcome != "not_applicable"]
    return sorted(applying, key=lambda check: -math.inf if check.margin is None else check.margin)


def _reasons(verdict: SafetyVerdict) -> list[str]:
    """The checks behind the verdict, worst first; for a pass the one that is nearest to its limit."""
    applying = _by_margin(verdict.checks)
    if verdict.overall == "pass":
        return [f"Nearest to its limit: {_comparison(check)}" for check in applying[:1]]
    by_id: dict[str, list[CheckResult]] = {}
    for check in applying:
        if check.outcome == verdict.overall:
            by_id.setdefault(check.id, []).append(check)
    told = [_comparison(first) + _also(others) for first, *others in by_id.values()]
    return told or [verdict.because]


def _also(others: Sequence[CheckResult]) -> str:
    return f"; also at {', '.join(check.subject for check in others)}" if others else ""


def _unverified(verdict: SafetyVerdict) -> str:
    """The checks that rest on numbers nobody has looked up, by set of limits."""
    by_set: dict[str, list[str]] = {}
    for limits, _, check in (name.partition("/") for name in verdict.unverified_checks):
        by_set.setdefault(limits, []).append(check)
    return "; ".join(f"{limits} ({', '.join(checks)})" for limits, checks in by_set.items())


def _comparison(check: CheckResult) -> str:
    if check.outcome not in EVALUATED:
        return f"{check.where}: {check.note.split('. ')[0].rstrip('.')}"
    value, limit = number(check.value), number(check.limit)
    if value == limit:
        value = f"{check.value:.7g}"
    limit = f"{limit} {unit_words(check.unit)}".strip()
    return f"{check.where}: {value} of {limit}, margin {percent(check.margin)}"


def _amplitude(channel: Channel, scale: float = 1.0) -> str:
    """Peak amplitude of the drive, scaled; rounded down, because it is a limit."""
    unit, amplitude = ("V", channel.amplitude_V) if channel.amplitude_V is not None else ("mA", channel.amplitude_mA)
    value = (amplitude or 0.0) * scale
    if value > 0.0:
        step = 10.0 ** (math.floor(math.log10(value)) - 3)
        value = math.floor(value / step * (1.0 + 1e-12)) * step
    return f"{f'{value:.4g}' if value < 999.5 else number(value)} {unit}"


def _safe_sentence(channel: Channel, safe: SafeAmplitude) -> str:
    """How far the channel may be turned up."""
    if safe.scale is None:
        return f"{channel.name} has no largest safe amplitude. {safe.note}"
    return (
        f"{channel.name} is at {_amplitude(channel)}. All limits hold up to {_amplitude(channel, safe.scale)} peak; "
        f"the first to be reached is {safe.limited_by} at {safe.at}."
    )


def _impedances(case: Case, result: Mapping[str, Any]) -> list[tuple[str, list[tuple[float, float]]]]:
    """Rows of a table: frequency, then ohm and degrees of each channel; none where all frequencies are alike."""
    terminals = result["terminals"]
    if not isinstance(terminals["frequency_Hz"], list):
        return []
    admittances = np.array(terminals["admittance_S"]) @ np.array([1.0, 1.0j])  # pairs of real and imaginary parts
    values = channel_impedances(case, tuple(terminals["names"]), admittances)
    polar = [[(float(abs(z)), float(np.degrees(np.angle(z)))) for z in row] for row in values]
    return list(zip(map(frequency_text, terminals["frequency_Hz"]), polar, strict=True))


def _impedance(found: Mapping[str, float]) -> str:
    """Magnitude of an impedance; with its phase where it has one."""
    phase = f" at {number(found['phase_deg'])}°" if found["phase_deg"] else ""
    return f"{number(found['magnitude'])}{phase}"


def _voltage(found: Mapping[str, Any]) -> tuple[str, str]:
    """Peak voltage of a channel, and what the stimulator's own voltage means for it."""
    supply = found.get("supply")
    if supply is None:
        return number(found["voltage_peak_V"]), ""
    most = f"of {number(supply['max_voltage_V'])} V"
    clips = f", clips above {number(supply['largest_amplitude_mA'])} mA" if supply["clips"] else ""
    return number(found["voltage_peak_V"]), most + clips


def _channel(channel: Channel, safe: SafeAmplitude, result: Mapping[str, Any]) -> dict[str, str | tuple[str, str]]:
    """A row of the table of channels."""
    shape = [(*split_unit(key), value) for key, value in channel.waveform.parameters.items()]
    values = [(words, value if isinstance(value, str) else number(value), unit) for words, unit, value in shape]
    waveform = [channel.waveform.kind.replace("_", " "), *(" ".join(filter(None, each)) for each in values)]
    above = safe.caution_above
    return {
        "name": channel.name,
        "electrodes": ", ".join(f"{name} {weight:+g}".replace("-", "−") for name, weight in channel.electrodes.items()),
        "amplitude": _amplitude(channel),
        "waveform": ", ".join(waveform),
        "voltage": _voltage(result["channels"][channel.name]),
        "impedance": _impedance(result["impedance_ohm"][channel.name]),
        "safe": (_amplitude(channel, safe.scale), f"{safe.limited_by} at {safe.at}")
        if safe.scale is not None
        else (safe.note, ""),
        "caution": (_amplitude(channel, above.scale), f"{above.raised_by} at {above.at}") if above else ("–", ""),
    }


def _embedded(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


def _computed(result: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Facts of mesh, solver, times and versions, whatever there is of them."""
    parts = {"Mesh": "mesh", "Solver": "solver", "Time in s": "timings_s", "Versions": "versions"}
    found = {
        heading: {", ".join(filter(None, split_unit(name))): fact_words(value) for name, value in result[key].items()}
        for heading, key in parts.items()
    }
    spectrum = spectrum_facts(result)
    return {"Over frequency": spectrum} | found if spectrum else found
