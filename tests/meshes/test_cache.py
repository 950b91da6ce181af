"""Meshes kept by content: what changes the key and what does not, and that what is kept survives."""

import subprocess
import sys

import numpy as np
import pytest

from meshes.bodies import Block
from meshes.cache import cached_mesh, mesh_key
from meshes.construction import BuiltPad, Detached, StackLayer
from meshes.geometry import Geometry, PlacedLead
from meshes.inclusions import Cylinder
from meshes.layers import Layer
from meshes.leads import Shaft, ShaftContact
from meshes.pads import Disc
from meshes.wounds import Wound

LAYERS = (Layer(tissue="fat", thickness_mm=9.0), Layer(tissue="muscle", thickness_mm=9.0))
BODY = Block(kind="block", length_mm=40.0, width_mm=40.0, layers=LAYERS)
SMALL = Disc(kind="disc", diameter_mm=4.0)
PAD = BuiltPad(
    name="p",
    pad=Disc(kind="disc", diameter_mm=12.0),
    position_mm=(0.0, 0.0),
    stack=(StackLayer(material="hydrogel", thickness_mm=1.0),),
    detached=(Detached(outline=SMALL),),
)
LEAD = PlacedLead(
    name="lead",
    shape=Shaft(
        kind="shaft",
        shaft_diameter_mm=1.0,
        tip="flat",
        contacts=(ShaftContact(name="0", from_mm=0.0, length_mm=1.0),),
    ),
    tip_mm=(0.0, 0.0, -12.0),
    direction=(0.0, 0.0, 1.0),
)
NERVE = Cylinder(
    kind="cylinder",
    name="nerve",
    tissue="nerve",
    sheet_ohm_cm2=10.0,
    start_mm=(-5.0, 8.0, -10.0),
    end_mm=(5.0, 8.0, -10.0),
    radius_mm=1.0,
)
WOUND = Wound(name="wound", outline=SMALL, position_mm=(10.0, 10.0), depth_mm=2.0)
GEOMETRY = Geometry(body=BODY, pads=(PAD,), leads=(LEAD,), inclusions=(NERVE,), wounds=(WOUND,))


def changed(part, **update):
    return part.model_copy(update=update)


def with_layer(**update):
    return changed(GEOMETRY, body=changed(BODY, layers=(changed(LAYERS[0], **update), LAYERS[1])))


SAME = {
    "fibres of a layer": with_layer(fibre_direction=(1.0, 0.0, 0.0)),
    "fibres of an inclusion": changed(GEOMETRY, inclusions=(changed(NERVE, fibre_direction=(0.0, 1.0, 0.0)),)),
    "resistance of a sheet": changed(GEOMETRY, inclusions=(changed(NERVE, sheet_ohm_cm2=99.0),)),
    "name of the site": changed(GEOMETRY, body=changed(BODY, site="thigh")),
}
OTHER = {
    "tissue of a layer": with_layer(tissue="skin"),
    "thickness": with_layer(thickness_mm=9.1),
    "size of the body": changed(GEOMETRY, body=changed(BODY, length_mm=41.0)),
    "place of a pad": changed(GEOMETRY, pads=(changed(PAD, position_mm=(0.5, 0.0)),)),
    "name of a pad": changed(GEOMETRY, pads=(changed(PAD, name="q"),)),
    "outline": changed(GEOMETRY, pads=(changed(PAD, pad=changed(PAD.pad, diameter_mm=13.0)),)),
    "stack": changed(GEOMETRY, pads=(changed(PAD, stack=()),)),
    "detached part": changed(GEOMETRY, pads=(changed(PAD, detached=()),)),
    "tip": changed(GEOMETRY, leads=(changed(LEAD, tip_mm=(0.0, 1.0, -12.0)),)),
    "direction": changed(GEOMETRY, leads=(changed(LEAD, direction=(0.0, 0.1, 1.0)),)),
    "shape of a lead": changed(GEOMETRY, leads=(changed(LEAD, shape=changed(LEAD.shape, tip="hemisphere")),)),
    "no sheet": changed(GEOMETRY, inclusions=(changed(NERVE, sheet_ohm_cm2=None),)),
    "size of an inclusion": changed(GEOMETRY, inclusions=(changed(NERVE, radius_mm=1.1),)),
    "depth of a wound": changed(GEOMETRY, wounds=(changed(WOUND, depth_mm=2.1),)),
    "wet wound": changed(GEOMETRY, wounds=(changed(WOUND, tissue="blood"),)),
    "no wound": changed(GEOMETRY, wounds=()),
}


@pytest.mark.parametrize("geometry", SAME.values(), ids=SAME)
def test_the_key_stays(geometry):
    assert mesh_key(geometry, "draft") == mesh_key(GEOMETRY, "draft")


@pytest.mark.parametrize("geometry", OTHER.values(), ids=OTHER)
def test_the_key_changes(geometry):
    assert mesh_key(geometry, "draft") != mesh_key(GEOMETRY, "draft")


def test_the_key_knows_the_accuracy():
    assert mesh_key(GEOMETRY, "draft") != mesh_key(GEOMETRY, "standard")


def test_cache_gives_the_mesh_back_and_survives_damage(tmp_path):
    first = cached_mesh(Geometry(body=BODY), "draft", tmp_path)
    path = next(tmp_path.glob("*.npz"))
    stamp = path.stat().st_ino
    second = cached_mesh(Geometry(body=BODY), "draft", tmp_path)
    np.testing.assert_array_equal(first.cells, second.cells)
    assert second.record == first.record
    assert path.stat().st_ino == stamp
    path.write_bytes(path.read_bytes()[:1000])
    third = cached_mesh(Geometry(body=BODY), "draft", tmp_path)
    np.testing.assert_array_equal(first.cells, third.cells)
    assert [p.suffix for p in sorted(tmp_path.iterdir())] == [".lock", ".npz"]


def test_two_processes_build_one_mesh(tmp_path):
    script = """
import sys
from pathlib import Path
from meshes.bodies import Block
from meshes.cache import cached_mesh
from meshes.geometry import Geometry
from meshes.layers import Layer
layers = tuple(Layer(tissue=tissue, thickness_mm=9.0) for tissue in ("fat", "muscle"))
body = Block(kind="block", length_mm=50.0, width_mm=50.0, layers=layers)
print(cached_mesh(Geometry(body=body), "standard", Path(sys.argv[1])).record.seconds)
"""
    both = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    seconds = {process.communicate(timeout=60)[0] for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert len(seconds) == 1, "the second process must have read what the first one built"
