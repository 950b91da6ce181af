"""Published contacts: the files of ``cases/interfaces``, one a source."""

import json
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from meshes.part import Part
from sim.folders import CASES
from sim.interfaces.series import Contact
from sim.tissues.sets import Status

FOLDER = CASES / "interfaces"
Sentence = Annotated[str, Field(min_length=1, pattern=r"\S")]


class ContactEntry(Part):
    """A contact of a source, with the status of its numbers."""

    contact: Contact
    note: Sentence
    status: Status


class ContactFile(Part):
    """The contacts of one source."""

    id: str
    title: Sentence
    source: Sentence
    caveat: Sentence
    entries: Annotated[dict[str, ContactEntry], Field(min_length=1)]


class LibraryContact(Part):
    """A contact by its name: an entry of a file of ``cases/interfaces``."""

    kind: Literal["library"]
    file: str
    entry: str

    @property
    def contact(self) -> Contact:
        """What the library holds under this name.

        Raises
        ------
        KeyError
            If there is no such file or entry.
        """
        if self.file not in available_contacts():
            raise KeyError(self.file)
        return load_contacts(self.file).entries[self.entry].contact

    @property
    def source(self) -> str:
        """Title of the file, entry and status."""
        file = load_contacts(self.file)
        return f"{file.title}, {self.entry} ({file.entries[self.entry].status})"


def available_contacts(folder: Path = FOLDER) -> tuple[str, ...]:
    """Names of the files of ``cases/interfaces``."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


@lru_cache(maxsize=100)
def load_contacts(name: str, folder: Path = FOLDER) -> ContactFile:
    """Read a file of ``cases/interfaces``.

    Raises
    ------
    pydantic.ValidationError
        If the file is no such file.
    """
    data = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    return ContactFile.model_validate_json(json.dumps(data))
