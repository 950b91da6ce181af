"""What the contacts of a case must fulfil beyond their types."""

import math
from collections.abc import Iterator

from sim.case.contacts import Known
from sim.case.model import Case
from sim.errors import CaseError
from sim.frequency import band_text, frequency_text, within
from sim.interfaces import Contact, LibraryContact, available_contacts, load_contacts
from sim.signal import Signal

ALL_HZ = (0.0, math.inf)
PASSING = "one that passes it, such as a cpe with charge_transfer_ohm_cm2"


def check_contacts(case: Case, where: str) -> None:
    """Raise the first thing that is wrong: a library has no such contact, or it is not known where it is taken.

    Raises
    ------
    CaseError
        With the file, the key's path, what was found and what is accepted.
    """
    signal = Signal.of(case)
    for path, contact in _located_contacts(case):
        key = f"{where}: {path}"
        if isinstance(contact, LibraryContact):
            _library_has(contact, key)
        model = contact.contact if isinstance(contact, LibraryContact) else contact
        at_Hz = case.tissues.frequency_Hz
        if at_Hz is not None and not within(model.band_Hz, at_Hz):
            raise CaseError(
                key,
                f"a contact that is known {band_text(model.band_Hz)}",
                f"one that is known at tissues.frequency_Hz, {frequency_text(at_Hz)}",
            )
        if _may_be_resistive(case):
            _passes(model, case, signal, key)
        if _may_count_over_frequency(case):
            _known_over_frequency(model, signal, key)


def _may_be_resistive(case: Case) -> bool:
    """Whether a contact that blocks direct current may be taken as a resistance: in ``auto`` it counts else."""
    return case.numerics.mode == "quasistatic" or (case.numerics.mode == "auto" and not _alternates(case))


def _alternates(case: Case) -> bool:
    return any(channel.waveform.period_s is not None for channel in case.channels)


def _passes(contact: Contact, case: Case, signal: Signal, key: str) -> None:
    if math.isinf(contact.steady_ohm_m2(case.steady_Hz)):
        raise CaseError(key, "a contact that blocks direct current", f"{PASSING}, or tissues.frequency_Hz above 0")
    if case.tissues.frequency_Hz is None and signal.mean and contact.direct_current_ohm_m2 == math.inf:
        accepted = f"{PASSING}, balanced waveforms, or tissues.frequency_Hz above 0"
        raise CaseError(key, "a contact that blocks direct current, under a waveform with a mean", accepted)


def _may_count_over_frequency(case: Case) -> bool:
    """Whether more than resistances may be computed: unless the case says no, of all but direct current alone."""
    return case.numerics.mode == "electroquasistatic" or (case.numerics.mode == "auto" and _alternates(case))


def _known_over_frequency(contact: Contact, signal: Signal, key: str) -> None:
    if signal.mean and contact.direct_current_ohm_m2 == math.inf:
        found = "a contact that blocks direct current, under a waveform with a mean"
        raise CaseError(key, found, f"{PASSING}, or balanced waveforms")
    if contact.band_Hz == ALL_HZ:
        return
    needed = float(signal.frequencies_Hz[0]), float(signal.frequencies_Hz[-1])
    if not within(contact.band_Hz, needed):
        raise CaseError(
            key,
            f"a contact that is known {band_text(contact.band_Hz)}",
            f'one that is known {band_text(needed)}, as the waveforms need it, or numerics.mode = "quasistatic"',
        )


def _library_has(contact: LibraryContact, key: str) -> None:
    files = available_contacts()
    if contact.file not in files:
        raise CaseError(f"{key}.file", f'"{contact.file}"', f"one of {', '.join(files)}")
    entries = load_contacts(contact.file).entries
    if contact.entry not in entries:
        raise CaseError(f"{key}.entry", f'"{contact.entry}"', f"one of {', '.join(entries)}")


def _located_contacts(case: Case) -> Iterator[tuple[str, Known]]:
    """Every contact that is more than a number, with the path of its key."""
    if case.tissues.stratum_corneum is not None:
        yield "tissues.stratum_corneum", case.tissues.stratum_corneum
    for electrode in case.electrodes:
        if electrode.contact is not None:
            yield f"electrodes.{electrode.name}.contact", electrode.contact
        for i, part in enumerate(electrode.detached):
            if part.contact is not None:
                yield f"electrodes.{electrode.name}.detached[{i}].contact", part.contact
    for lead in case.leads:
        if lead.contact is not None:
            yield f"leads.{lead.name}.contact", lead.contact
