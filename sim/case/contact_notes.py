"""What a reader of the result should know about contacts over frequency."""

from collections.abc import Iterator

from sim.case.contacts import Known, looked_up
from sim.case.model import Case
from sim.interfaces import LibraryContact, load_contacts


def contact_notes(case: Case) -> list[str]:
    """Sentences about contacts that are more than a number.

    A contact of the library comes with its source, status and caveat.
    """
    notes = [f"{name}: {looked_up(contact).note}{_source(contact)}" for name, contact in named_contacts(case)]
    files = dict.fromkeys(c.file for _, c in named_contacts(case) if isinstance(c, LibraryContact))
    return notes + [f"{load_contacts(file).title}: {load_contacts(file).caveat}" for file in files]


def _source(contact: Known) -> str:
    return f" ({contact.source})" if isinstance(contact, LibraryContact) else ""


def named_contacts(case: Case) -> Iterator[tuple[str, Known]]:
    """Every contact that is more than a number, with its place in words."""
    for electrode in case.electrodes:
        if electrode.contact is not None:
            yield f"contact of {electrode.name}", electrode.contact
        for i, detached in enumerate(electrode.detached, start=1):
            if detached.contact is not None:
                yield f"contact of the detached part {i} of {electrode.name}", detached.contact
    for lead in case.leads:
        if lead.contact is not None:
            yield f"contact of {lead.name}", lead.contact
    if case.tissues.stratum_corneum is not None:
        yield "stratum corneum under every pad", case.tissues.stratum_corneum
