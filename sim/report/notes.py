"""What a reader of a result should know besides the numbers."""

from meshes.distances import distances
from sim.case import Case
from sim.case.contact_notes import contact_notes, named_contacts
from sim.case.contacts import looked_up
from sim.case.steady import USUAL_HZ
from sim.frequency import band_text, frequency_text, within
from sim.library import load_lead, load_site
from sim.mode import carrying_Hz
from sim.response import Output, Response
from sim.solving import Solved
from sim.tissues import load_tissue_set, notes_outside_band


def case_notes(solved: Solved, response: Response) -> list[str]:
    """Sentences on sources, frequencies, contacts and the body."""
    case, tissues = solved.case, load_tissue_set(solved.case.tissues.set)
    notes = [f"{tissues.title}: {tissues.caveat}"] if tissues.caveat else []
    for channel in case.channels:
        if channel.waveform.mean != 0.0 and "direct-current" not in case.safety.limits:
            notes.append(
                f"{channel.name} passes a net direct current, which no limit of this case bounds in the skin; "
                'add "direct-current" to safety.limits'
            )
    for name, override in case.tissues.override.items():
        fibred = [region for region in case.geometry.regions if region.tissue == name and region.fibre_direction]
        if fibred and isinstance(override.conductivity_S_per_m, float):
            notes.append(f"{name}: the override is isotropic, so that fibre_direction has no effect")
    notes += [
        f"{name}: needs {output.peak_voltage_V:.4g} V, more than max_voltage_V, {most:g} V: the stimulator clips, and "
        "less current flows than computed"
        for name, output, most in _short_of_voltage(case, response)
    ]
    notes += supply_notes(case)
    notes += notes_outside_band(solved.conductors, _used_Hz(solved))
    return notes + _terminal_notes(case) + _contact_notes(solved) + _body_notes(case)


def supply_notes(case: Case) -> list[str]:
    """What the judgement of stimulators leaves out where several channels are active."""
    limited = [c.name for c in case.channels if c.amplitude_mA is not None and c.max_voltage_V is not None]
    if not limited or len(case.channels) == 1:
        return []
    return [
        f"max_voltage_V of {', '.join(limited)}: clipping is computed for each channel as if the others were silent; "
        "what they add to the voltage between its poles is left out"
    ]


def _short_of_voltage(case: Case, response: Response) -> list[tuple[str, Output, float]]:
    """Current sources that clip: name, output, and the voltage that they have."""
    return [
        (channel.name, output, channel.max_voltage_V)
        for channel, output in zip(case.channels, response.outputs, strict=True)
        if channel.amplitude_mA is not None
        and channel.max_voltage_V is not None
        and not output.peak_voltage_V <= channel.max_voltage_V
    ]


def _used_Hz(solved: Solved) -> list[float]:
    """Frequencies at which tissues were taken: of the waveforms or their power, and of resistive computation."""
    waveforms = [channel.waveform.frequency_Hz for channel in solved.case.channels]
    if solved.choice.mode == "quasistatic":
        return [*waveforms, solved.case.steady_Hz]
    return [*waveforms, *carrying_Hz(solved.signal)]


def _contact_notes(solved: Solved) -> list[str]:
    """What contacts are over frequency, and what is not computed of it."""
    case, notes = solved.case, contact_notes(solved.case)
    capacitive = [e.contact_capacitance_nF_per_cm2 for e in (*case.electrodes, *case.leads)]
    if solved.choice.mode == "quasistatic" and (notes or any(capacitive)):
        notes += steady_notes(case)
    return notes


def steady_notes(case: Case) -> list[str]:
    """At which frequency resistive computation takes contacts, and which of them are not known there."""
    beyond = [
        f"{name}, known {band_text(looked_up(contact).band_Hz)}: |z| at the end of its band stands for that at "
        f"{frequency_text(case.steady_Hz)}"
        for name, contact in named_contacts(case)
        if not within(looked_up(contact).band_Hz, case.steady_Hz)
    ]
    return [f"resistive computation takes |z| of contacts at {_steady_text(case)}", *beyond]


def _steady_text(case: Case) -> str:
    """The frequency of resistive computation, and why it is that one."""
    at, direct = frequency_text(case.steady_Hz), all(channel.waveform.period_s is None for channel in case.channels)
    if case.tissues.frequency_Hz is not None:
        missed = ", though all current is direct: without that key they are taken at 0 Hz" if case.steady_Hz else ""
        return f"{at}, as tissues.frequency_Hz says{missed if direct else ''}"
    if direct:
        return f"{at}, because all current is direct"
    if case.steady_Hz == USUAL_HZ:
        return f"{at}; tissues.frequency_Hz changes that"
    return f"{at}, the lowest frequency of the waveforms; tissues.frequency_Hz changes that"


def _terminal_notes(case: Case) -> list[str]:
    """What to know about electrodes, leads and their distances."""
    notes = []
    for electrode in case.electrodes:
        if not electrode.layers and case.tissues.through_skin(electrode.contact_model) is None:
            notes.append(f"{electrode.name}: the density at the rim of a perfect contact is infinite; p99 is uncertain")
    for name in case.poles:
        if not any(name in channel.electrodes for channel in case.channels):
            notes.append(f"{name}: in no channel, so it floats and carries no net current")
    for name in case.implants:
        notes.append(f"{name}: a floating metal implant; it carries no net current")
    for found in distances(case.geometry):
        if found.gap_mm < case.spacing.warn_below_mm:
            notes.append(
                f"{found.one} and {found.other} are {found.gap_mm:.4g} mm apart, less than spacing.warn_below_mm, "
                f"{case.spacing.warn_below_mm:g} mm"
            )
    return notes


def _body_notes(case: Case) -> list[str]:
    """Where a preset body comes from, and what wounds mean."""
    notes = []
    if case.body.site is not None:
        site = load_site(case.body.site)
        notes.append(f"body: {site.title} ({site.status}). {site.caveat}")
    for lead in case.leads:
        if lead.model is not None:
            file = load_lead(lead.model)
            notes.append(f"{lead.name}: {file.title} ({file.status}; {file.source}). {file.caveat}")
    if case.wounds:
        names = ", ".join(wound.name for wound in case.wounds)
        notes.append(f"electrotherapy is contraindicated over broken skin ({names}): the current gathers there")
    return notes
