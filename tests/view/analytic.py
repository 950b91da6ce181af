"""A run folder whose fields are formulas, written without a solver: what views show can be told from the formulas."""

import json

import numpy as np
import pyvista as pv

from meshes.build import build_mesh
from sim.case import parse_case
from sim.safety.facts import ChannelFacts, ElectrodeFacts
from sim.safety.limits import load_limits
from sim.safety.verdict import assess

E0 = 100.0  # V/m along x
DEPTH_MM = 5.0  # over which the density falls by e
TOP = 40.0  # A/m2 at the skin, r.m.s.
CASE = {
    "title": "Two pads, $fields$ from formulas",
    "body": {
        "kind": "block",
        "length_mm": 80.0,
        "width_mm": 40.0,
        "layers": [
            {"tissue": "skin", "thickness_mm": 2.0},
            {"tissue": "fat", "thickness_mm": 4.0},
            {"tissue": "muscle", "thickness_mm": 14.0},
        ],
    },
    "electrodes": [
        {"name": "left", "pad": {"kind": "disc", "diameter_mm": 20.0}, "position_mm": [-20.0, 0.0]},
        {
            "name": "right",
            "pad": {"kind": "rectangle", "length_mm": 16.0, "width_mm": 12.0, "angle_deg": 20.0},
            "position_mm": [20.0, 3.0],
        },
    ],
    "channels": [
        {
            "name": "ch1",
            "electrodes": {"left": 1.0, "right": -1.0},
            "amplitude_mA": 10.0,
            "waveform": {"kind": "biphasic", "phase_us": 200.0, "interphase_us": 0.0, "rate_Hz": 50.0},
        }
    ],
    "probes": [{"name": "nerve", "position_mm": [0.0, 1.0, -6.0]}],
    "safety": {"limits": ["iec-60601-2-10"]},
    "numerics": {"accuracy": "draft"},
}
AREAS_MM2 = {"left": np.pi * 10.0**2, "right": 16.0 * 12.0}


def density(points_mm):
    """R.m.s. density, A/m2, at points (..., 3)."""
    return TOP * np.exp(points_mm[..., 2] / DEPTH_MM)


def write_run(folder, factor=1.0, **changes):
    """Write a run with all fields times a factor; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    case = parse_case(CASE | changes, "test")
    mesh = build_mesh(case.geometry, "draft")
    names = list(mesh.volume_names)
    tags = np.array([mesh.volume_names[name] for name in names])
    which = np.argmax(mesh.cell_tags[:, None] == tags, axis=1)
    points = mesh.points_mm
    edges = points[mesh.cells[:, 1:]] - points[mesh.cells[:, :1]]
    cells = np.where(np.linalg.det(edges)[:, None] < 0.0, mesh.cells[:, [0, 2, 1, 3]], mesh.cells)
    grid = pv.UnstructuredGrid({pv.CellType.TETRA: cells}, points * 1e-3)
    centres = points[cells].mean(axis=1)
    along = np.zeros((len(cells), 3))
    along[:, 0] = 1.0
    rms = density(centres)
    grid.point_data["potential"] = -factor * E0 * points[:, 0] * 1e-3
    grid.cell_data["E"] = factor * E0 * along
    grid.cell_data["J"] = factor * 5.0 * rms[:, None] * along
    grid.cell_data["J_magnitude"] = factor * 5.0 * rms
    grid.cell_data["J_rms"] = factor * rms
    tissues = list(dict.fromkeys(region.tissue for region in case.geometry.regions))
    by_region = {region.name: tissues.index(region.tissue) for region in case.geometry.regions}
    grid.cell_data["tissue"] = np.array([by_region[name] for name in names], dtype=np.int32)[which]
    grid.field_data["tissue_names"] = tissues
    grid.field_data["units"] = ["points: m", "potential: V", "E: V/m", "J: A/m2", "J_rms: A/m2", "tissue: 1"]
    grid.field_data["case_sha256"] = [case.sha256]
    grid.save(folder / "fields.vtu")
    result = {
        "schema_version": 1,
        "title": case.title,
        "case_sha256": case.sha256,
        "channels": {"ch1": {"current_peak_mA": 10.0 * factor, "voltage_peak_V": 1.0}},
        "electrodes": {name: electrode(area, factor) for name, area in AREAS_MM2.items()},
        "tissues": {"skin": {"volume_mm3": 80.0 * 40.0 * 2.0, "power_mW": factor**2}},
        "computed": {"mode": "quasistatic", "reason": "fields are formulas"},
        "notes": [],
    }
    (folder / "result.json").write_text(json.dumps(result))
    (folder / "case.json").write_text(case.model_dump_json())
    (folder / "verdict.json").write_text(verdict(case, factor).model_dump_json())
    return folder


def electrode(area_mm2, factor):
    """Numbers of a pad below which the density is that of the formula at the skin."""
    mean = factor * TOP / 10.0  # mA/cm2
    return {
        "area_mm2": area_mm2,
        "idle_area_mm2": 0.0,
        "current_peak_mA": 10.0 * factor,
        "current_rms_mA": mean * area_mm2 / 100.0,
        "charge_per_phase_uC": 2.0 * factor,
        "charge_density_uC_per_cm2": 2.0 * factor / (area_mm2 / 100.0),
        "net_dc_mA": 0.0,
        "current_density_rms_mA_per_cm2": {"mean": mean, "p50": mean, "p95": mean, "p99": mean, "peak_1cm2": mean},
        "voltage_peak_V": 1.0,
        "power_density_W_per_cm2": 1e-3 * factor**2,
        "contact_power_mW": 0.1 * factor**2,
    }


def verdict(case, factor):
    mean = factor * TOP / 10.0
    return assess(
        load_limits(case.safety.limits),
        [ChannelFacts.of("ch1", case.channels[0].waveform, 10.0 * factor)],
        [
            ElectrodeFacts(name, ("ch1",), area / 100.0, mean * area / 100.0, 0.0, 2.0 * factor, 0.2, mean)
            for name, area in AREAS_MM2.items()
        ],
    )
