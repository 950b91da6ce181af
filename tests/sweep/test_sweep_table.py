"""The table of a study: rows, index, exports, the best rows, sensitivities, pictures, order of the work."""

import csv
import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from sim.sweep.choosing import Constraint, best
from sim.sweep.export import to_xarray, write_netcdf, write_parquet
from sim.sweep.index import collect, read_rows
from sim.sweep.manifest import Entry, Extent, Manifest, read_manifest
from sim.sweep.pictures import draw
from sim.sweep.plan import Planned
from sim.sweep.problems import StudyError
from sim.sweep.queue import Queue
from sim.sweep.sensitivity import effects, indices
from sim.sweep.store import Failure, Store

FIELD = "probes.nerve.E_V_per_m.length"


def result(field, margin):
    """What a run of a simple case writes, with a field along (3, 4, 0) / 5."""
    numbers = {
        "impedance_ohm": {"ch1": {"magnitude": 500.0, "phase_deg": -3.0, "frequency_Hz": 50.0}},
        "channels": {"ch1": {"current_peak_mA": 5.0, "voltage_peak_V": 2.5}},
        "electrodes": {"left": {"area_mm2": 100.0, "charge_per_phase_uC": None, "density": {"p95": 0.25}}},
        "tissues": {},
        "implants": {},
        "probes": {"nerve": {"potential_V": 1.0, "E_V_per_m": [0.6 * field, 0.8 * field, 0.0]}},
        "envelope_at_probes": {"nerve": {"direction": [0.0, 0.6, 0.8], "along_fibres": {"envelope_V_per_m": 0.25}}},
        "distances_mm": [["left", "right", 20.0], ["left", "third", 12.5]],
        "mesh": {"cells": 10, "accuracy": "draft"},
        "solver": {"iterations": 7, "from_cache": True},
        "versions": {"faradic": "0"},
        "timings_s": {"total": 0.5},
    }
    check = {"severity": "limit", "margin": margin, "id": "set/check", "subject": "left"}
    other = {"severity": "limit", "margin": 0.9, "id": "set/other", "subject": "left"}
    verdict = {
        "overall": "pass" if margin >= 0.0 else "exceeded",
        "because": "test",
        "checks": [other, check, {**check, "margin": None}, {**check, "severity": "caution", "margin": -1.0}],
        "max_safe_amplitude_mA": {"ch1": {"value": 8.0, "limited_by": "set/check"}},
    }
    return numbers, verdict


@pytest.fixture
def root(tmp_path):
    """A study of 3 x 2 cases: one failed, one missing."""
    sizes, places = [10.0, 20.0, 30.0], [[0.0, 1.0], [0.0, 2.0]]
    entries = [[f"c{i}{j}", [i, j]] for i in range(3) for j in range(2)]
    content = {
        "title": "study",
        "samples": None,
        "extents": [
            {"name": "size", "columns": ["size"], "values": [[size] for size in sizes], "sampled": False},
            {"name": "place", "columns": ["place"], "values": [[place] for place in places], "sampled": False},
        ],
        "entries": entries,
    }
    (tmp_path / "study.json").write_text(json.dumps(content))
    store = Store(tmp_path)
    for id, (i, j) in entries:
        if id == "c21":
            continue
        folder = store.folder(id)
        folder.mkdir(parents=True)
        if id == "c20":
            store.keep_failure(id, Failure("solver", "solver: no convergence", ("last", "words")))
            continue
        numbers, verdict = result(sizes[i] + 100 * j, 0.5 - 0.25 * i - 0.25 * j)
        (folder / "result.json").write_text(json.dumps(numbers))
        (folder / "verdict.json").write_text(json.dumps(verdict))
    return tmp_path


def test_a_row_says_everything(root):
    rows = {row["case"]: row for row in collect(root)}
    row = rows["c11"]
    assert (row["size"], row["place"], row["status"], row["verdict"]) == (20.0, "[0.0, 2.0]", "done", "pass")
    assert row[FIELD] == pytest.approx(120.0, rel=1e-15)
    assert row["probes.nerve.E_V_per_m.y"] == pytest.approx(96.0)
    assert row["limiting_check"] == "set/check"
    assert row["limiting_margin"] == 0.0
    assert row["safe_amplitude_mA.ch1"] == 8.0
    assert row["smallest_distance_mm"] == 12.5
    assert row["electrodes.left.density.p95"] == 0.25
    assert row["electrodes.left.charge_per_phase_uC"] is None
    assert row["envelope_at_probes.nerve.direction.z"] == 0.8
    assert row["envelope_at_probes.nerve.along_fibres.envelope_V_per_m"] == 0.25
    assert row["run.seconds.total"] == 0.5
    assert row["run.from_cache"] is True
    failed = rows["c20"]
    assert (failed["status"], failed["error_kind"], failed["log"]) == ("failed", "solver", "last\nwords")
    assert rows["c21"]["status"] == "missing"


def test_the_table_is_made_anew_from_the_folders(root):
    rows = collect(root)
    with (root / "results.csv").open(newline="") as file:
        written = list(csv.DictReader(file))
    assert [row["case"] for row in written] == [row["case"] for row in rows]
    assert written[0][FIELD] == str(rows[0][FIELD])
    before = (root / "results.csv").read_bytes()
    for name in ("results.csv", "index.sqlite"):
        (root / name).unlink()
    collect(root)
    assert (root / "results.csv").read_bytes() == before
    with sqlite3.connect(root / "index.sqlite") as database:
        count = database.execute("SELECT count(*) FROM cases WHERE verdict = 'pass' AND size > 15").fetchone()
    database.close()
    assert count == (2,)
    assert [row["case"] for row in read_rows(root)] == [row["case"] for row in rows]


def test_a_folder_that_is_no_study_is_refused(tmp_path):
    with pytest.raises(StudyError, match=r"found no study\.json"):
        collect(tmp_path)
    with pytest.raises(StudyError, match=r"found no index\.sqlite"):
        read_rows(tmp_path)


def test_a_grid_becomes_a_dataset(root, tmp_path):
    xarray = pytest.importorskip("xarray")
    collect(root)
    data = to_xarray(root)
    assert dict(data.sizes) == {"size": 3, "place": 2}
    assert data[FIELD].sel(size=20.0, place="[0.0, 2.0]") == pytest.approx(120.0)
    assert np.isnan(data[FIELD].sel(size=30.0)).all()
    assert data["verdict"].sel(size=30.0, place="[0.0, 1.0]") == ""
    write_netcdf(root, tmp_path / "study.nc")
    with xarray.open_dataset(tmp_path / "study.nc", decode_timedelta=False) as again:
        assert again[FIELD].values[0, 0] == pytest.approx(10.0)


def test_parquet_holds_the_same_rows(root, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = collect(root)
    write_parquet(root, tmp_path / "study.parquet")
    table = parquet.read_table(tmp_path / "study.parquet").to_pylist()
    assert [row[FIELD] for row in table] == [row.get(FIELD) for row in rows]
    assert table[0]["verdict"] == "pass"


def test_the_best_rows_fulfil_the_constraints(root):
    collect(root)
    rows = read_rows(root)
    assert [row["case"] for row in best(rows, FIELD, [], True, 2)] == ["c11", "c01"]
    small = [Constraint.parse("size <= 15"), Constraint.parse("verdict=pass")]
    assert [row["case"] for row in best(rows, FIELD, small, False, 5)] == ["c00", "c01"]
    assert best(rows, FIELD, [Constraint.parse("verdict!=pass")], True, 5) == []


@pytest.mark.parametrize(
    ("column", "constraint", "message"),
    [
        ("probes.nerve.E_V_per_m.lenght", "size>1", r"no column probes\.nerve\.E_V_per_m\.lenght; accepted: .*length"),
        ("verdict", "size>1", "found text in the column verdict"),
        (FIELD, "sise>1", "no column sise; accepted: size"),
        (FIELD, "size>large", "accepted: COLUMN=TEXT"),
        (FIELD, "size", "accepted: COLUMN=TEXT"),
    ],
)
def test_what_best_refuses(root, column, constraint, message):
    collect(root)
    with pytest.raises(StudyError, match=message):
        best(read_rows(root), column, [Constraint.parse(constraint)], True, 5)


def grid_manifest(rows):
    extents = (
        Extent("x", ("x",), tuple((float(i),) for i in range(4)), False),
        Extent("y", ("y",), (("a",), ("b",)), False),
    )
    entries = tuple(Entry(str(n), (n // 2, n % 2), {}) for n in range(rows))
    return Manifest("grid", extents, None, entries)


def test_effects_on_a_grid_are_differences_of_means():
    rows = [{"x": float(n // 2), "y": "ab"[n % 2], "q": 3.0 * (n // 2) - 1.0 * (n % 2)} for n in range(8)]
    strongest, weakest = effects(rows, grid_manifest(8), "q")
    assert (strongest.axis, strongest.at_low, strongest.at_high) == ("x", -0.5, 8.5)
    assert (weakest.axis, weakest.size) == ("y", 1.0)


def ishigami(count, seed=0):
    """Rows of a Saltelli study of Ishigami's function with a = 7, b = 0.1."""
    from sim.sweep.sampling import draw
    from sim.sweep.study import Samples

    axes = [
        {"path": name, "distribution": {"kind": "uniform", "low": -np.pi, "high": np.pi}} for name in ("a", "b", "c")
    ]
    text = json.dumps({"method": "saltelli", "count": count, "seed": seed, "axes": axes})
    samples = Samples.model_validate_json(text)
    x = draw(samples)
    q = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    rows = [{"a": r[0], "b": r[1], "c": r[2], "q": float(v)} for r, v in zip(x, q, strict=True)]
    extents = (Extent("sample", ("a", "b", "c"), tuple(map(tuple, x.tolist())), True),)
    entries = tuple(Entry(str(n), (n,), {}) for n in range(len(x)))
    return rows, Manifest("ishigami", extents, samples.model_dump(mode="json"), entries)


def test_indices_of_ishigami():
    """Closed form: Ishigami and Homma 1990; Saltelli et al. 2008, Global Sensitivity Analysis, section 4.

    V1 = (1 + b pi^4/5)^2 / 2, V2 = a^2/8, V13 = b^2 pi^8 (1/18 - 1/50).
    """
    V1, V2, V13 = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 49 / 8, 0.01 * np.pi**8 * (1 / 18 - 1 / 50)
    V = V1 + V2 + V13
    exact = {"a": (V1 / V, (V1 + V13) / V), "b": (V2 / V, V2 / V), "c": (0.0, V13 / V)}
    found = indices(*ishigami(4096), "q")
    assert [index.axis for index in found] == ["a", "b", "c"]
    for index in found:  # a random sample of 4096 would err by about 1/64; Sobol's sequence by less
        assert (index.first, index.total) == pytest.approx(exact[index.axis], abs=1 / 64)


def test_indices_need_a_complete_design(root):
    rows, manifest = ishigami(8)
    rows[3]["q"] = None
    with pytest.raises(StudyError, match="found 1 cases without a number"):
        indices(rows, manifest, "q")
    with pytest.raises(StudyError, match="saltelli"):
        indices(collect(root), read_manifest(root), FIELD)


@pytest.mark.parametrize("kind", ["map", "parallel", "tornado"])
def test_pictures_are_drawn(root, kind, tmp_path):
    collect(root)
    path = tmp_path / f"{kind}.png"
    draw(root, kind, FIELD, (), [], path)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_picture_of_nothing_is_refused(root, tmp_path):
    collect(root)
    with pytest.raises(StudyError, match="no row that fulfils all constraints"):
        draw(root, "map", FIELD, (), [Constraint.parse("size>100")], tmp_path / "x.png")
    with pytest.raises(StudyError, match="no column size_mm"):
        draw(root, "map", FIELD, ("size_mm", "place"), [], tmp_path / "x.png")


def planned(id, mesh, basis, channels=1):
    return Planned((0,), {}, id, "{}", mesh, basis, channels, "draft")


def test_nothing_is_built_by_two_processes_at_once():
    queue = Queue([planned(f"{mesh}{n}", f"m{mesh}", f"b{mesh}{n // 40}") for mesh in "xy" for n in range(80)])
    first, second = queue.take(2), queue.take(2)
    assert {case.mesh for case in first} == {"mx"}
    assert {case.mesh for case in second} == {"my"}
    assert queue.take(2) == []  # all that waits needs one of the meshes that are being built
    queue.note_built(first[0])
    third = queue.take(2)
    assert {case.mesh for case in third} == {"mx"}
    assert not {case.basis for case in third} & {case.basis for case in first[1:]} - {first[0].basis}


def test_every_case_is_handed_out_once():
    cases = [planned(str(n), f"m{n % 5}", f"b{n % 10}") for n in range(333)]
    queue, taken = Queue(cases), []
    while len(queue):
        chunk = queue.take(2)
        assert chunk
        for case in chunk:
            queue.note_built(case)
        taken += chunk
    assert sorted(case.id for case in taken) == sorted(case.id for case in cases)


def test_chunks_end_together():
    """No chunk takes more than half of what a worker will still have to do, but for one case."""
    queue = Queue([planned(str(n), f"m{n}", f"b{n}") for n in range(60)])
    sizes = []
    while len(queue):
        chunk = queue.take(2)
        sizes.append(len(chunk))
        for case in chunk:
            queue.note_built(case)
    assert sizes[0] <= 60 / 4 + 1
    assert sizes[-1] == 1
    assert sum(sizes) == 60


def test_a_lost_case_waits_again():
    queue = Queue([planned("a", "m", "b")])
    (case,) = queue.take(1)
    assert queue.take(1) == []
    queue.put_back(case)
    assert queue.take(1) == [case]


def test_attempts_count_for_their_run_alone(tmp_path):
    store = Store(tmp_path)
    assert [store.begin("x", "one"), store.begin("x", "one"), store.begin("x", "two")] == [0, 1, 0]
    store.end("x")
    assert store.begin("x", "one") == 0


def test_one_process_drives_a_folder(tmp_path):
    with Store(tmp_path).driven(), pytest.raises(StudyError, match="in use by process"), Store(tmp_path).driven():
        pass
    with Store(tmp_path).driven():
        assert Path(tmp_path / ".lock").read_text().isdigit()
