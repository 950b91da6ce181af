"""What is read or checked once for many cases: known again while it is the same, and never for another."""

import shutil
from pathlib import Path

import pytest

import meshes.distances as gaps
import sim.case.checks as checks
from sim.case import load_case
from sim.errors import CaseError, LimitError
from sim.folders import CASES
from sim.safety.limits import load_limits
from sim.tissues import load_tissue_set

EXAMPLE = CASES / "tens_low_back.toml"


def counted(monkeypatch, module, name):
    """Calls of a function from now on."""
    calls, function = [], getattr(module, name)
    monkeypatch.setattr(module, name, lambda *args: calls.append(args) or function(*args))
    return calls


def test_a_file_that_changes_is_read_again(tmp_path):
    shutil.copy(CASES / "tissues" / "itis-lf.toml", tmp_path)
    first = load_tissue_set("itis-lf", tmp_path)
    assert load_tissue_set("itis-lf", tmp_path) is first
    path = tmp_path / "itis-lf.toml"
    path.write_text(path.read_text().replace(f'title = "{first.title}"', 'title = "another"'))
    assert load_tissue_set("itis-lf", tmp_path).title == "another"


def test_limits_that_become_invalid_are_refused(tmp_path):
    shutil.copy(CASES / "limits" / "contraindications.toml", tmp_path)
    path = tmp_path / "contraindications.toml"
    assert load_limits(["contraindications"], tmp_path) == load_limits(["contraindications"], tmp_path)
    path.write_text(path.read_text() + "\nunknown = 1\n")
    for _ in range(2):
        with pytest.raises(LimitError, match="unknown"):
            load_limits(["contraindications"], tmp_path)


def test_a_geometry_is_measured_and_checked_once(monkeypatch):
    gaps._distances.cache_clear()
    checks._places_pass.cache_clear()
    measured, checked = counted(monkeypatch, gaps, "_surfaces"), counted(monkeypatch, checks, "check_places")
    cases = [load_case(EXAMPLE, {"channels.ch1.amplitude_mA": float(amplitude)}) for amplitude in range(1, 5)]
    found = {gaps.distances(case.geometry) for case in cases}
    assert (len(found), len(measured), len(checked)) == (1, 1, 1)
    nearer = load_case(EXAMPLE, {"electrodes.left.position_mm.0": -40.0})
    assert (len(measured), len(checked)) == (2, 2)
    assert gaps.distances(nearer.geometry)[0].gap_mm == pytest.approx(found.pop()[0].gap_mm - 10.0)


def test_a_geometry_that_fails_fails_again():
    for _ in range(2):
        with pytest.raises(CaseError, match=r"electrodes\.left"):
            load_case(EXAMPLE, {"electrodes.left.position_mm.0": -119.0})


@pytest.mark.parametrize("path", sorted(CASES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_geometry_survives_being_written(path: Path):
    geometry = load_case(path).geometry
    again = type(geometry).model_validate_json(geometry.model_dump_json())
    assert again.model_dump() == geometry.model_dump()
