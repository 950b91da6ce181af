"""From the case file as it is written to the complete case: sites, arrays, leads and files looked up."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from meshes.bodies import Block, Body, Face, Limb
from meshes.errors import OutlineError
from meshes.pads import FilePad, Pad, WrittenPad, read_outline
from sim.case.model import Case, Channel, Common, Contacting, Electrode, Interface, Lead
from sim.case.written import (
    Array,
    CaseFile,
    LayerChange,
    Site,
    WrittenChannel,
    WrittenElectrode,
    WrittenFace,
    WrittenLead,
)
from sim.errors import CaseError
from sim.interfaces import SpectrumFile, read_spectrum
from sim.library import available_leads, available_sites, load_lead, load_site
from sim.waveforms import WaveformFile
from sim.waveforms.reading import read_waveform

T = TypeVar("T")
SHORTEST_DIRECTION = 1e-6
KINDS = ("block", "limb", "face")  # pydantic puts them into the path of an error


def resolve(written: CaseFile, where: str, folder: Path) -> Case:
    """Look up everything that the file names.

    Parameters
    ----------
    written
        What the file says.
    where
        Name of the file, for messages.
    folder
        To which paths in the file are relative.

    Raises
    ------
    CaseError
        If something cannot be found or read, or does not fit together.
    """
    single = [_electrode(electrode, where, folder) for electrode in written.electrodes]
    arrays = [element for array in written.arrays for element in _elements(array, where, folder)]
    parts = {key: getattr(written, key) for key in Common.model_fields}
    parts["channels"] = tuple(_channel(channel, where, folder) for channel in written.channels)
    body = _body(written.body, where)
    leads = tuple(_lead(lead, where, folder) for lead in written.leads)
    return _built(lambda: Case(**parts, body=body, electrodes=(*single, *arrays), leads=leads), where)


def _built(build: Callable[[], T], where: str) -> T:
    """The part, or what does not fit in it as one line."""
    try:
        return build()
    except ValidationError as error:
        detail = error.errors()[0]
        found, _, accepted = detail["msg"].removeprefix("Value error, ").partition("; ")
        keys = "".join(f".{key}" for key in detail["loc"] if isinstance(key, str) and key not in KINDS)
        raise CaseError(f"{where}{keys}", found, accepted or "values that fit together") from error


def _body(body: Block | Limb | WrittenFace | Site, where: str) -> Body:
    match body:
        case Site():
            return _site(body, where)
        case WrittenFace(radius_mm=None):
            flat = {key: getattr(body, key) for key in ("site", "length_mm", "width_mm", "layers")}
            return _built(lambda: Block(kind="block", **flat), f"{where}: body")
        case WrittenFace():
            return _built(lambda: Face(**dict(body)), f"{where}: body")
        case _:
            return body


def _site(site: Site, where: str) -> Body:
    """The site's body with the changes of the case."""
    if site.site not in available_sites():
        raise CaseError(f"{where}: body.site", f'"{site.site}"', f"one of {', '.join(available_sites())}")
    body: dict[str, Any] = {**load_site(site.site).body, "site": site.site}
    changes = {key: value for key, value in site.model_dump(mode="json").items() if value is not None}
    if "radius_mm" in changes:
        body.pop("semi_axes_mm", None)
    if "semi_axes_mm" in changes:
        body.pop("radius_mm", None)
    layers = changes.pop("layers", None)
    body |= changes
    if isinstance(site.layers, dict):
        body["layers"] = _changed_layers(body["layers"], site.layers, f"{where}: body.layers")
    elif layers is not None:
        body["layers"] = layers
    json = TypeAdapter(dict[str, Any]).dump_json(body)
    return _built(lambda: TypeAdapter[Body](Body).validate_json(json), f"{where}: body")


def _changed_layers(layers: list[Any], changes: dict[str, LayerChange], where: str) -> list[Any]:
    known = [layer["tissue"] for layer in layers]
    for name in changes:
        if name not in known:
            raise CaseError(f"{where}.{name}", "a layer that the site does not have", f"one of {', '.join(known)}")
    return [
        {**layer, **changes[layer["tissue"]].model_dump(mode="json", exclude_none=True)}
        if layer["tissue"] in changes
        else layer
        for layer in layers
    ]


def _closed(pad: WrittenPad, where: str, folder: Path) -> Pad:
    """The pad with the outline that its file holds."""
    if not isinstance(pad, FilePad):
        return pad
    try:
        return read_outline(pad, folder)
    except OutlineError as error:
        raise CaseError(f"{where}.pad.path", error.found, error.accepted) from error


def _keys(part: Interface, key: str, folder: Path) -> dict[str, Any]:
    """The keys of a part, with the spectrum that the file of its contact holds."""
    keys = {name: getattr(part, name) for name in type(part).model_fields}
    if isinstance(part.contact, SpectrumFile):
        keys["contact"] = read_spectrum(part.contact, folder, f"{key}.contact")
    return keys


def _electrode(electrode: WrittenElectrode, where: str, folder: Path) -> Electrode:
    key = f"{where}: electrodes.{electrode.name}"
    pad = _closed(electrode.pad, key, folder)
    keys = {**_keys(electrode, key, folder), "pad": pad}
    return _built(lambda: Electrode(**keys), key)


def _channel(channel: WrittenChannel, where: str, folder: Path) -> Channel:
    """The channel with the samples that the file of its waveform holds."""
    key = f"{where}: channels.{channel.name}"
    waveform: object = channel.waveform
    if isinstance(waveform, WaveformFile):
        waveform = read_waveform(waveform, folder, f"{key}.waveform")
    keys = {name: getattr(channel, name) for name in Channel.model_fields}
    return _built(lambda: Channel(**{**keys, "waveform": waveform}), key)


def _elements(array: Array, where: str, folder: Path) -> list[Electrode]:
    """The pads of an array, row by row."""
    key = f"{where}: arrays.{array.name}"
    pad = _closed(array.pad, key, folder)
    keys = _keys(array, key, folder)
    common = {name: keys[name] for name in Contacting.model_fields}
    elements = []
    for number in range(array.rows * array.columns):
        row, column = divmod(number, array.columns)
        place = tuple(
            centre + (index - (count - 1) / 2) * pitch
            for centre, index, count, pitch in zip(
                array.position_mm, (column, row), (array.columns, array.rows), array.pitch_mm, strict=True
            )
        )
        fields = {**common, "name": f"{array.name}{number + 1}", "pad": pad, "position_mm": place}
        elements.append(_built(lambda fields=fields: Electrode(**fields), key))  # type: ignore[misc]
    return elements


def _lead(lead: WrittenLead, where: str, folder: Path) -> Lead:
    """The lead with its shape."""
    key = f"{where}: leads.{lead.name}"
    if lead.shape is None and lead.model is None:
        raise CaseError(key, "neither model nor shape", f"model, one of {', '.join(available_leads())}, or a shape")
    if lead.shape is None and lead.model not in available_leads():
        raise CaseError(f"{key}.model", f'"{lead.model}"', f"one of {', '.join(available_leads())}")
    shape = lead.shape if lead.shape is not None or lead.model is None else load_lead(lead.model).geometry
    if math.hypot(*lead.direction) < SHORTEST_DIRECTION:
        found = "[" + ", ".join(f"{component:g}" for component in lead.direction) + "]"
        raise CaseError(f"{key}.direction", found, "a direction, such as [0.0, 0.0, 1.0]")
    keys = {**_keys(lead, key, folder), "shape": shape}
    return _built(lambda: Lead(**keys), key)
