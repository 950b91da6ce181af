"""Imports point one way: meshes <- sim without a solver <- sim with one <- command line."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOLVER = {"dolfinx", "petsc4py", "mpi4py", "ufl", "basix"}
HEAVY = SOLVER | {"gmsh", "pyvista", "vtk", "matplotlib"}
DRAWING = {"sim.report.fields"}
JUDGING = (
    "waveforms",
    "waveforms/reading",
    "coincidence",
    "tissues",
    "interfaces",
    "frequency",
    "envelope",
    "harmonic_terms",
    "harmonic_basis",
    "harmonics",
    "transient/clipping",
    "transient/band",
    "safety/facts",
    "safety/limits",
    "safety/verdict",
    "units",
    "errors",
)


def imports(path):
    """Top-level names and dotted modules that a file imports, also inside functions."""
    found = set()
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []  # never imported
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return found


def files(package):
    return sorted((ROOT / package).rglob("*.py"))


def roots(path):
    return {name.split(".")[0] for name in imports(path)}


def reached(path, seen=None):
    """Every module that importing a file of the project imports in turn."""
    seen = set() if seen is None else seen
    for name in imports(path):
        if name in seen:
            continue
        seen.add(name)
        base = ROOT.joinpath(*name.split("."))
        for candidate in (base.with_suffix(".py"), base / "__init__.py"):
            if candidate.exists():
                reached(candidate, seen)
    return seen


@pytest.mark.parametrize("path", files("meshes"), ids=lambda p: p.name)
def test_meshes_know_neither_sim_nor_dolfinx(path):
    assert not roots(path) & ({"sim", "scripts", "tests", "pyvista", "matplotlib"} | SOLVER)


@pytest.mark.parametrize("path", files("sim"), ids=lambda p: p.name)
def test_nothing_imports_scripts_or_tests(path):
    assert not roots(path) & {"scripts", "tests"}


@pytest.mark.parametrize("name", JUDGING)
def test_judgement_needs_no_heavy_library(name):
    base = ROOT / "sim" / name
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    heavy = {module.split(".")[0] for module in reached(path)} & HEAVY
    assert not heavy, f"{path} reaches {heavy}"


def test_only_drawing_imports_graphics():
    drawing = [p for p in files("sim") if roots(p) & {"pyvista", "vtk", "matplotlib"}]
    assert drawing
    for path in drawing:
        assert {"pictures", "view"} & set(path.parts) or path.stem == "fields", path


def test_pictures_need_no_solver():
    for path in files("sim"):
        if "pictures" in path.parts or ("report" in path.parts and path.stem in ("fields", "page")):
            assert not {module.split(".")[0] for module in reached(path)} & SOLVER, path


def test_only_the_finite_elements_import_dolfinx():
    allowed = {"fem", "solving_keys.py", "record.py"}  # the last two ask for its version
    for path in files("sim"):
        if "dolfinx" in roots(path):
            assert allowed & {path.name, path.parent.name}, path


def test_one_module_makes_linear_solvers():
    assert [path.name for path in files("sim") if "PETSc.KSP" in path.read_text()] == ["solver.py"]
