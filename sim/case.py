"""The case file: what an engineer writes, as frozen data.

``load_case`` reads TOML and gives a complete, checked ``Case`` or one ``CaseError`` that names the key's path, what was
found and what is accepted. Keys carry everyday units; the rooms that compute convert them with ``sim.units``.
"""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from meshes.block import Block, Tissue
from meshes.pads import Placement
from meshes.part import Name, NotNegative, Part, Positive
from sim.case_errors import explain
from sim.errors import CaseError
from sim.waveforms import Waveform


class Electrode(Placement):
    """A pad on the skin; ``contact_impedance_ohm_cm2`` 0 is a perfect contact (an equipotential metal)."""

    contact_impedance_ohm_cm2: NotNegative = 0.0


class Axial(Part):
    """Conductivity of a transversely isotropic tissue, along and across its fibres."""

    longitudinal: Positive
    transverse: Positive


class Override(Part):
    """A conductivity that replaces the one of the tissue set."""

    conductivity_S_per_m: Positive | Axial


class Tissues(Part):
    """The tissue set, a file of ``cases/tissues``, and what replaces its values."""

    set: str = "itis-lf"
    override: dict[Tissue, Override] = Field(default_factory=dict)


class Channel(Part):
    """A source between electrodes.

    In current drive each electrode carries its weight times the waveform times ``amplitude_mA``. In voltage drive all
    electrodes of positive weight are joined to one pole and all of negative weight to the other, ``amplitude_V`` apart.
    """

    name: Name
    electrodes: Annotated[dict[Name, float], Field(min_length=2)]
    amplitude_mA: Positive | None = None
    amplitude_V: Positive | None = None
    waveform: Waveform

    @model_validator(mode="after")
    def _balanced(self) -> Self:
        weights = self.electrodes.values()
        if 0.0 in weights:
            raise ValueError("a weight of 0; leave the electrode out and it floats")
        if abs(sum(weights)) > 1e-9 * max(map(abs, weights)):
            raise ValueError(f"weights of the electrodes that sum to {sum(weights):g}; they must sum to zero")
        return self

    @model_validator(mode="after")
    def _one_amplitude(self) -> Self:
        given = [key for key in ("amplitude_mA", "amplitude_V") if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(f"{' and '.join(given) or 'no amplitude'}; give either amplitude_mA or amplitude_V")
        return self


class Probe(Part):
    """A point whose potential, field and current density are reported."""

    name: Name
    position_mm: tuple[float, float, float]


class Safety(Part):
    """The limits to hold the case against: files of ``cases/limits``."""

    limits: Annotated[tuple[str, ...], Field(min_length=1)] = ("iec-60601-2-10", "fda-powered-muscle-stimulator")


class Numerics(Part):
    """How finely the case is computed."""

    accuracy: Literal["draft", "standard", "fine"] = "standard"
    element_order: Literal[1, 2] = 2
    tolerance: Annotated[float, Field(ge=1e-14, le=1e-8)] = 1e-10


class Case(Part):
    """Everything that a run needs, checked; build it with ``load_case`` or ``parse_case``."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    body: Block
    tissues: Tissues = Tissues()
    electrodes: Annotated[tuple[Electrode, ...], Field(min_length=2)]
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    probes: tuple[Probe, ...] = ()
    safety: Safety = Safety()
    numerics: Numerics = Numerics()

    @property
    def sha256(self) -> str:
        """Hash of the content: equal for two files that say the same."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def placements(self) -> tuple[Placement, ...]:
        """The pads without their contacts: what the mesh depends on."""
        return tuple(Placement(name=e.name, pad=e.pad, position_mm=e.position_mm) for e in self.electrodes)


def load_case(path: Path, changes: dict[str, dict[str, object]] | None = None) -> Case:
    """Read a case file.

    Parameters
    ----------
    changes
        Values that replace those of the file, by table and key.

    Raises
    ------
    CaseError
        If the file cannot be read, is not TOML, or is no valid case.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CaseError(str(path), f"no readable file ({error.strerror})", "the path of a case file in TOML") from error
    except UnicodeDecodeError as error:
        raise CaseError(
            str(path), f"bytes that are not UTF-8 (at byte {error.start})", "a text file in TOML"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise CaseError(str(path), f"a syntax error: {error}", "TOML, see cases/tens_low_back.toml") from error
    for table, values in (changes or {}).items():
        here = data.setdefault(table, {})
        if isinstance(here, dict):
            here.update(values)
    return parse_case(data, str(path))


def parse_case(data: dict[str, object], where: str) -> Case:
    """Turn the content of a case file into a checked case.

    Parameters
    ----------
    data
        What the TOML reader returned.
    where
        Name of the file, for messages.

    Raises
    ------
    CaseError
        Naming the first key that is wrong.
    """
    from sim.case_checks import check_case

    try:
        case = Case.model_validate_json(json.dumps(data, default=str))
    except ValidationError as error:
        raise explain(error, data, Case, where) from error
    check_case(case, where)
    return case


def case_schema() -> str:
    """The JSON schema of a case file, for editors."""
    schema = Case.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Faradic case file"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
