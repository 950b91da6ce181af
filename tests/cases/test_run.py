"""The command on the example case: files, exit statuses, messages."""

import json
import os
import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path

import pytest

import sim.run
from sim.case import load_case
from sim.errors import SolverError

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "cases" / "tens_low_back.toml"


def faradic(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "sim", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def variant(folder, *replacements):
    text = EXAMPLE.read_text()
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path = folder / "variant.toml"
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    return faradic("run", EXAMPLE, "--out", folder, "--accuracy", "draft"), folder


def test_example_passes_and_writes_everything(run):
    finished, folder = run
    assert finished.returncode == 0, finished.stderr
    names = {path.name for path in folder.iterdir()}
    assert {"case.json", "result.json", "verdict.json", "fields.vtu", "report.html", "placement.png"} <= names
    assert not [name for name in names if "partial" in name or name.startswith(".")]
    assert "Verdict: PASS" in finished.stdout
    assert "report.html" in finished.stdout


def test_result_has_the_keys_that_others_rely_on(run):
    result = json.loads((run[1] / "result.json").read_text())
    assert {"schema_version", "title", "case_sha256", "mesh", "solver", "terminals", "impedance_ohm"} <= set(result)
    assert {"electrodes", "tissues", "probes", "timings_s", "versions"} <= set(result)
    assert set(result["mesh"]) >= {"cells", "vertices", "unknowns", "element_order"}
    assert set(result["solver"]) >= {"iterations", "relative_residual", "balance_error"}
    assert set(result["terminals"]) == {"names", "admittance_S", "frequency_Hz"}
    assert set(result["impedance_ohm"]["ch1"]) == {"magnitude", "phase_deg", "frequency_Hz"}
    assert set(result["electrodes"]["left"]) >= {
        "area_mm2",
        "current_peak_mA",
        "current_rms_mA",
        "charge_per_phase_uC",
        "charge_density_uC_per_cm2",
        "net_dc_mA",
        "current_density_rms_mA_per_cm2",
        "voltage_peak_V",
        "power_density_W_per_cm2",
    }
    assert set(result["electrodes"]["left"]["current_density_rms_mA_per_cm2"]) == {
        "mean",
        "p50",
        "p95",
        "p99",
        "peak_1cm2",
    }
    assert set(result["tissues"]["muscle"]) == {"volume_mm3", "E_peak_V_per_m", "J_rms_mA_per_cm2", "power_mW"}
    assert set(result["tissues"]["muscle"]["J_rms_mA_per_cm2"]) == {"p50", "p99", "peak_2mm_cube"}
    assert set(result["probes"]["nerve"]) == {
        "potential_V",
        "E_V_per_m",
        "J_A_per_m2",
        "E_peak_V_per_m",
        "J_peak_A_per_m2",
    }
    assert set(result["timings_s"]) == {"mesh", "setup", "solve", "reduce", "report", "total"}
    assert set(result["versions"]) >= {"faradic", "dolfinx", "petsc", "gmsh", "python"}


def test_numbers_of_the_example(run):
    result = json.loads((run[1] / "result.json").read_text())
    left = result["electrodes"]["left"]
    assert left["current_peak_mA"] == pytest.approx(20.0, rel=1e-9)
    assert left["current_rms_mA"] == pytest.approx(20.0 * (100 * 500e-6) ** 0.5, rel=1e-9)
    assert left["charge_per_phase_uC"] == pytest.approx(5.0, rel=1e-9)
    assert left["net_dc_mA"] == pytest.approx(0.0, abs=1e-12)
    assert left["area_mm2"] == pytest.approx(1256.637, rel=1e-3)
    # 1370.576 Ohm: cosine-series solution of the block, see tests/verification/test_block.py
    assert result["impedance_ohm"]["ch1"]["magnitude"] == pytest.approx(1370.576, rel=2e-2)


def test_fields_open_in_pyvista(run):
    import pyvista

    grid = pyvista.read(run[1] / "fields.vtu")
    assert {"potential"} <= set(grid.point_data)
    assert {"E", "J", "tissue"} <= set(grid.cell_data)
    assert grid.n_cells == json.loads((run[1] / "result.json").read_text())["mesh"]["cells"]
    span = grid.point_data["potential"].max() - grid.point_data["potential"].min()
    assert 20.0 < span < 27.5


def test_verdict_is_complete(run):
    verdict = json.loads((run[1] / "verdict.json").read_text())
    assert verdict["overall"] == "pass"
    keys = {"id", "scope", "subject", "quantity", "value", "limit", "unit", "margin", "severity", "outcome", "source"}
    assert all(keys | {"note"} <= set(check) for check in verdict["checks"])
    safe = verdict["max_safe_amplitude_mA"]["ch1"]
    assert safe["value"] == pytest.approx(50.0 / (100 * 500e-6) ** 0.5, rel=1e-6)
    assert safe["limited_by"] == "iec-60601-2-10/output-rms-up-to-400Hz"


def test_a_limit_exceeded_is_status_2(tmp_path):
    case = variant(tmp_path, ("amplitude_mA = 20.0", "amplitude_mA = 230.0"))
    finished = faradic("run", case, "--out", tmp_path / "out", "--accuracy", "draft")
    assert finished.returncode == 2, finished.stderr
    assert "Verdict: EXCEEDED" in finished.stdout


def test_a_check_that_cannot_be_evaluated_is_status_3(tmp_path):
    direct = 'waveform = { kind = "direct" }'
    old = 'waveform = { kind = "biphasic", phase_us = 250.0, interphase_us = 0.0, rate_Hz = 100.0 }'
    limits = ('["iec-60601-2-10", "fda-powered-muscle-stimulator"]', '["shannon"]')
    case = variant(tmp_path, (old, direct), limits)
    finished = faradic("run", case, "--out", tmp_path / "out", "--accuracy", "draft")
    assert finished.returncode == 3, finished.stderr
    assert "NOT EVALUATED" in finished.stdout


def test_a_broken_case_is_status_1_and_one_line(tmp_path):
    case = variant(tmp_path, ("diameter_mm = 40.0", "radius_mm = 20.0"))
    finished = faradic("run", case, "--out", tmp_path / "out")
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert finished.stderr.count("\n") == 1
    assert "electrodes.left.pad.radius_mm: found an unknown key" in finished.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run",), "the following arguments are required: CASE"),
        (("run", "none.toml"), "none.toml: found no readable file"),
        (("fly",), "invalid choice: 'fly'"),
        (("run", EXAMPLE, "--accuracy", "best"), "invalid choice: 'best'"),
        (("run", EXAMPLE, "--out", EXAMPLE), "exists|File exists"),
    ],
)
def test_wrong_use_is_status_1(arguments, message):
    import re

    finished = faradic(*arguments)
    assert finished.returncode == 1
    assert re.search(message, finished.stderr)
    assert "Traceback" not in finished.stderr


def test_debug_shows_where_an_error_comes_from():
    finished = faradic("run", "none.toml", "--debug")
    assert finished.returncode == 1
    assert "Traceback" in finished.stderr


def test_check_solves_nothing_and_draws_the_placement(tmp_path):
    finished = faradic("check", EXAMPLE, "--out", tmp_path / "out", "--accuracy", "draft")
    assert finished.returncode == 0, finished.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["placement.png"]
    assert "60 mm from edge to edge" in finished.stdout
    assert "unknowns" in finished.stdout


def test_check_counts_the_unknowns_that_run_has(run, tmp_path):
    finished = faradic("check", EXAMPLE, "--out", tmp_path / "out", "--accuracy", "draft")
    assert str(json.loads((run[1] / "result.json").read_text())["mesh"]["unknowns"]) in finished.stdout


def test_version_and_schema():
    assert faradic("--version").stdout.startswith("faradic ")
    assert json.loads(faradic("schema").stdout)["title"] == "Faradic case file"


class BrokenDrawing:
    """Graphics that fail, as on a machine without them."""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def request(self, *arguments):
        drawn = Future()
        drawn.set_exception(RuntimeError("no display"))
        return drawn


def test_without_pictures_the_numbers_are_there(tmp_path, monkeypatch):
    monkeypatch.setattr(sim.run, "Drawing", BrokenDrawing)
    case = load_case(EXAMPLE, {"numerics": {"accuracy": "draft"}})
    outcome = sim.run.run_case(case, tmp_path)
    assert outcome.verdict.overall == "pass"
    assert any("no pictures and no fields.vtu: RuntimeError: no display" in note for note in outcome.result["notes"])
    assert {path.name for path in tmp_path.iterdir()} == {"case.json", "result.json", "verdict.json", "report.html"}


def test_a_failed_run_leaves_no_verdict_of_an_earlier_one(tmp_path, monkeypatch):
    for name in ("result.json", "verdict.json", "report.html", "fields.vtu"):
        (tmp_path / name).write_text("of an earlier run")

    def fail(*arguments):
        raise SolverError("balance error", 1.0, 1e-6, "test")

    monkeypatch.setattr(sim.run, "Drawing", BrokenDrawing)
    monkeypatch.setattr(sim.run, "solve_case", fail)
    with pytest.raises(SolverError, match="balance error"):
        sim.run.run_case(load_case(EXAMPLE), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_reader_that_has_seen_enough_does_not_fail_the_run(tmp_path):
    command = (
        f"{sys.executable} -m sim run {EXAMPLE} --out {tmp_path} --accuracy draft | head -n 1; exit ${{PIPESTATUS[0]}}"
    )
    finished = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert finished.returncode == 0, finished.stderr
    assert "Broken" not in finished.stderr
    assert (tmp_path / "result.json").exists()
