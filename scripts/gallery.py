"""Pictures of all cases with what they cost and how well they converge: make gallery.

Every case of cases/ is drawn into docs/images/gallery, and the layouts are computed at standard and at fine accuracy;
docs/gallery.md shows both. What was computed is kept in runs/gallery, by case and code: an interrupted gallery goes on
where it was.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from mpi4py import MPI

from meshes.cache import cached_mesh
from meshes.errors import MeshError
from meshes.store import source_key, write_atomically
from scripts.shrinking import shrink
from sim.case import Case, load_case
from sim.errors import FaradicError
from sim.exposure.electrodes import electrode_exposures
from sim.folders import CASES, cache_folder
from sim.progress import Silent
from sim.report.pictures import draw_placement
from sim.solving import solve_case
from sim.timings import Timings

ROOT = Path(__file__).resolve().parents[1]
KEPT, PICTURES, PAGE = ROOT / "runs" / "gallery", ROOT / "docs" / "images" / "gallery", ROOT / "docs" / "gallery.md"
ACCURACIES = ("standard", "fine")
LAYOUTS = (  # cases that between them use every kind of body, pad, lead and inclusion: those of the table
    *("abdomen_two_channels", "cheek_ring", "dbs_lead", "forearm_array", "forearm_nmes", "forehead_outline"),
    *("iontophoresis", "lower_leg_plate", "microneedles", "nerve_needle", "rubber_snap", "tens_low_back"),
    *("thigh_quadriceps", "wound"),
)
COLOURS = 128  # of a picture, so that it stays small
HEAD = """# Gallery

Every case file of `cases/`, cut open, with what it costs and how well it converges (`make gallery` makes this page).

"""
TABLE = """## Cost and convergence

Cells, unknowns, time to mesh and the worst element (inscribed to circumscribed radius; 1 is a regular tetrahedron) at
`standard`; the impedance of the first channel at `fine`; and how much the impedance and the largest mean over 1 cm² of
a contact (the worst of all) change from `standard` to `fine`. A dash is a number that has not been computed.

| layout | cells | unknowns | mesh | worst element | impedance | change | change of peak over 1 cm² |
|---|---|---|---|---|---|---|---|
"""


def main() -> None:
    """Draw, compute and write, case by case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="NAME", nargs="+", help="some cases, by the names of their files")
    parser.add_argument("--pictures", action="store_true", help="draw only; compute nothing")
    options = parser.parse_args()
    files = sorted(CASES.glob("*.toml"))
    by_name = {file.stem: file for file in files}
    unknown = [name for name in options.only or () if name not in by_name]
    if unknown:
        raise SystemExit(f"gallery: no case {', '.join(unknown)}; one of {', '.join(by_name)}")
    chosen = [by_name[name] for name in options.only or by_name]
    failed = False
    for i, file in enumerate(chosen):
        start = time.perf_counter()
        try:
            case = load_case(file)
            draw(case, file.stem)
            found = {} if options.pictures or file.stem not in LAYOUTS else compute(file)
            told = ", ".join(f"{accuracy} {facts['unknowns']} unknowns" for accuracy, facts in found.items())
        except (FaradicError, MeshError, OSError) as error:
            failed, told = True, f"FAILED: {error}"
        seconds = time.perf_counter() - start
        print(f"[{i + 1}/{len(chosen)}] {file.stem}: {told or 'drawn'} ({seconds:.0f} s)", flush=True)
        write_page(files)
    raise SystemExit(1 if failed else 0)


def draw(case: Case, name: str) -> None:
    """The placement as a small PNG."""
    mesh = cached_mesh(case.geometry, case.numerics.accuracy, cache_folder() / "meshes")
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "placement.png"
        draw_placement(case, mesh, large)
        shrink(large, PICTURES / f"{name}.png", COLOURS)


def key_of(case: Case) -> dict[str, str]:
    """What the results of a case depend on."""
    sim = ROOT / "sim"
    sources = (ROOT / "meshes", sim / "fem", sim / "exposure", sim / "basis.py", sim / "tissues", sim / "solving.py")
    return {"case_sha256": case.sha256, "code": source_key(*sources)}


def kept(name: str, case: Case) -> dict[str, dict[str, object]]:
    """Results of this case and code by accuracy; empty where there are none."""
    try:
        content = json.loads((KEPT / f"{name}.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return content["results"] if content.get("key") == key_of(case) else {}


def compute(file: Path) -> dict[str, dict[str, object]]:
    """Facts of a case at every accuracy; each is kept as soon as it is there."""
    key_case = load_case(file)
    results = kept(file.stem, key_case)
    KEPT.mkdir(parents=True, exist_ok=True)
    for accuracy in ACCURACIES:
        if accuracy not in results:
            results[accuracy] = facts(load_case(file, {"numerics": {"accuracy": accuracy}}))
            text = json.dumps({"key": key_of(key_case), "results": results}, indent=2) + "\n"
            write_atomically(
                KEPT / f"{file.stem}.json", lambda path, text=text: path.write_text(text, encoding="utf-8")
            )
    return results


def facts(case: Case) -> dict[str, object]:
    """Solve a case and reduce it to a few numbers."""
    solved = solve_case(case, cache_folder(), Silent(), Timings(), MPI.COMM_SELF)
    response = solved.respond()
    exposures = electrode_exposures(case, solved.basis, response)
    record = solved.mesh.record
    return {
        "cells": record.cells,
        "unknowns": solved.basis.facts.unknowns,
        "mesh_s": record.seconds,
        "worst_quality": record.worst_quality,
        "impedance_ohm": response.outputs[0].impedance_ohm.real,
        "peak_1cm2": {name: e.current_density_rms_mA_per_cm2.peak_1cm2 for name, e in exposures.items()},
    }


def write_page(files: list[Path]) -> None:
    """The page with everything that there is."""
    sections, rows = [], []
    for file in files:
        case = load_case(file)
        if (PICTURES / f"{file.stem}.png").exists():
            link = f"[`{file.name}`](../cases/{file.name})"
            sections.append(f"## {case.title}\n\n{link}\n\n![{case.title}](images/gallery/{file.stem}.png)\n")
        if file.stem in LAYOUTS:
            rows.append(row(file.stem, kept(file.stem, case)))
    text = HEAD + "\n".join(sections) + "\n" + TABLE + "".join(rows)
    write_atomically(PAGE, lambda path: path.write_text(text, encoding="utf-8"))


def row(name: str, results: dict[str, dict[str, object]]) -> str:
    """A row of the table; a dash for what is not known yet."""
    standard, fine = (results.get(accuracy) for accuracy in ACCURACIES)
    cells = ["–"] * 7
    if standard:
        cells[:4] = [
            f"{standard['cells']:,}".replace(",", " "),
            f"{standard['unknowns']:,}".replace(",", " "),
            f"{standard['mesh_s']:.1f} s",
            f"{standard['worst_quality']:.2g}",
        ]
    if standard and fine:
        changes = [change(before, fine["peak_1cm2"][pole]) for pole, before in standard["peak_1cm2"].items()]
        cells[4:] = [
            f"{fine['impedance_ohm']:.4g} Ω",
            f"{change(standard['impedance_ohm'], fine['impedance_ohm']):+.2f} %",
            f"{max(changes, key=abs, default=0.0):+.2f} %",
        ]
    return f"| {name.replace('_', ' ')} | {' | '.join(cells)} |\n"


def change(before: float, after: float) -> float:
    """From one number to the next, percent."""
    return 100.0 * (after / before - 1.0) if before else 0.0


if __name__ == "__main__":
    main()
