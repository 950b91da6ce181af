"""scripts/env: a program in it behaves as if it stood alone, and one line says why it cannot be."""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ENV = REPOSITORY / "scripts" / "env"
RECIPE = REPOSITORY / "scripts" / "environment"
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
STARTED_WITH = dict(os.environ)  # FARADIC_CACHE of the environments: that of the tests holds none
TOOLS = (
    "awk bash cat cp cut df dirname env flock grep head id mkdir mount paste readlink rm sed setpriv sh sha256sum "
    "sleep touch tr unshare"
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="scripts/env uses namespaces of Linux")


def run(*command, timeout=60, **options):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=timeout, **options)


def program(folder, name, text="exit 1"):
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


@pytest.fixture
def bare(tmp_path):
    """Variables of a machine whose python3 has no DOLFINx, and which can build nothing."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS.split():
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    program(folder, "python3")
    return STARTED_WITH | {"PATH": str(folder)}


@pytest.fixture
def rooted(bare):
    """Variables with which scripts/env takes the root file system of this machine."""
    tried = run(ENV, "true", env=bare)
    if "neither mmdebstrap nor apt-get" in tried.stderr:
        pytest.skip("no root file system on this machine, and a test builds none")
    return bare


@pytest.fixture(params=["this interpreter", "root file system"])
def where(request):
    """Variables with which scripts/env takes the one or the other way to an environment."""
    return STARTED_WITH if request.param == "this interpreter" else request.getfixturevalue("rooted")


def test_exit_status_and_arguments_are_those_of_the_program(where, tmp_path):
    assert run(ENV, "sh", "-c", "exit 37", env=where).returncode == 37
    assert run(ENV, tmp_path / "nothing", env=where).returncode == 127
    words = ["a b", "c\nd", "", "*", "$HOME", "'\"", "--help", "X=1"]
    assert run(ENV, "printf", "<%s>", *words, env=where).stdout == "".join(f"<{word}>" for word in words)
    assert run(ENV, "WORD=a b", "sh", "-c", 'echo "$WORD"', env=where).stdout == "a b\n"


def test_standard_input_reaches_the_program(where):
    assert run(ENV, "cat", env=where, input="line\nno end of line").stdout == "line\nno end of line"


def test_the_working_directory_stays(where, tmp_path):
    folder = tmp_path / "with space"
    folder.mkdir()
    assert run(ENV, "sh", "-c", "pwd; echo here >file", env=where, cwd=folder).stdout == f"{folder}\n"
    assert (folder / "file").read_text() == "here\n"


def test_it_works_through_a_link_and_inside_itself(where, tmp_path):
    (tmp_path / "link").symlink_to(ENV)
    first = "import os; print(os.environ['PYTHONPATH'].split(':')[0])"
    for command in [[tmp_path / "link"], [ENV, ENV]]:
        assert run(*command, "python3", "-c", first, env=where, cwd="/").stdout == f"{REPOSITORY}\n"


def test_a_signal_reaches_the_program_which_has_the_process_number_that_was_started(where):
    script = "trap 'echo caught; exit 5' TERM; echo $$; for _ in $(seq 100); do sleep 0.05; done"
    with subprocess.Popen([ENV, "sh", "-c", script], env=where, stdout=subprocess.PIPE, text=True) as started:
        assert int(started.stdout.readline()) == started.pid
        started.send_signal(signal.SIGTERM)
        assert started.wait(10) == 5
        assert started.stdout.read() == "caught\n"


def test_a_program_that_a_signal_ends_shows_it(where):
    assert run(ENV, "sh", "-c", "kill -KILL $$", env=where).returncode == -signal.SIGKILL


def test_the_installed_programs_cannot_be_changed_by_accident(rooted):
    for folder in ["/usr/lib/faradic", "/etc"]:
        assert run(ENV, "touch", f"{folder}/file", env=rooted).returncode == 1


def one_line(result):
    """The only line of a refusal."""
    assert (result.returncode, result.stdout) == (1, "")
    [line] = result.stderr.splitlines()
    return line


def test_no_tool_to_build_with(bare, tmp_path):
    line = one_line(run(ENV, "true", env=bare | {"FARADIC_CACHE": str(tmp_path / "cache")}))
    assert re.search("neither mmdebstrap nor apt-get .*conda env create -f environment.yml", line)


def test_an_archive_that_does_not_answer(bare, tmp_path):
    if not Path("/usr/share/keyrings/debian-archive-keyring.gpg").exists():
        pytest.skip("no keys of Debian on this machine: what is missing here comes before the archive")
    program(tmp_path / "bin", "mmdebstrap")
    cache = tmp_path / "cache"
    variables = bare | {"FARADIC_CACHE": str(cache), "FARADIC_MIRROR": "http://127.0.0.1:9/debian"}
    line = one_line(run(ENV, "true", env=variables))
    assert "http://127.0.0.1:9/debian" in line or (os.getuid() != 0 and "uidmap" in line) or "may not mount" in line
    assert not list(cache.glob("*.partial"))


def test_a_second_build_waits_for_the_first_and_says_so(bare, tmp_path):
    variables = bare | {"FARADIC_CACHE": str(tmp_path / "cache")}
    run(ENV, "true", env=variables)
    [name] = (tmp_path / "cache").glob("*.lock")
    with name.open() as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        second = subprocess.Popen([ENV, "true"], env=variables, stderr=subprocess.PIPE, text=True)
        assert "another process is building the environment: waiting" in second.stderr.readline()
        assert second.poll() is None
    with second:
        assert second.wait(10) == 1
        assert "neither mmdebstrap" in second.stderr.read()


def test_a_cache_that_cannot_be_written(bare):
    line = one_line(run(ENV, "true", env=bare | {"FARADIC_CACHE": "/proc/faradic"}))
    assert "cannot write to /proc/faradic: set FARADIC_CACHE" in line


def test_an_account_that_may_not_mount(bare, tmp_path):
    (tmp_path / "bin" / "unshare").unlink()
    program(tmp_path / "bin", "unshare")
    line = one_line(run(RECIPE / "enter", "ro", tmp_path, "true", env=bare))
    assert "may not mount" in line


def oldest():
    """What pyproject.toml asks for, in the oldest versions."""
    asked = (re.match(r"([\w-]+)(?:>=([\d.]+))?", requirement) for requirement in PROJECT["dependencies"])
    return {found[1]: found[2] or "1" for found in asked}


def install(folder, versions):
    """Put the facts of distributions, and modules of their names, in a folder."""
    for name, version in versions.items():
        facts = folder / f"{name.replace('-', '_')}-{version}.dist-info"
        facts.mkdir(parents=True)
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (folder / f"{name.removeprefix('fenics-')}.py").touch()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 0),
        ({"fenics-dolfinx": "0.11.0.post1", "vtk": "10.0.rc1"}, 0),
        ({"fenics-dolfinx": "0.8.0"}, 1),
        ({"fenics-dolfinx": "0.12.0.dev0"}, 1),
        ({"fenics-dolfinx": None}, 1),
        ({"gmsh": None}, 3),
        ({"pyvista": "0.44.1"}, 3),
        ({"pydantic": "3.0"}, 3),
    ],
)
def test_which_interpreters_are_an_environment(tmp_path, change, status):
    install(tmp_path, {name: version for name, version in (oldest() | change).items() if version})
    result = run(sys.executable, "-S", RECIPE / "native.py", env={"PYTHONPATH": str(tmp_path)})
    assert result.returncode == status
    assert ("missing: " + next(iter(change), "") in result.stderr) == (status == 3)


def names(lines):
    """The names of packages, without versions and comments, with hyphens."""
    found = [re.match(r"[\w-]+", line.strip().removeprefix("- ")) for line in lines]
    return {name[0].lower().replace("_", "-") for name in found if name}


def test_the_lists_of_packages_agree():
    asked = names(sum(PROJECT["optional-dependencies"].values(), PROJECT["dependencies"]))
    from_debian = {"fenics-dolfinx", "mpi4py", "numpy", "scipy"}
    pinned = (RECIPE / "python.txt").read_text().splitlines()
    assert names(pinned) == asked - from_debian
    assert all(re.fullmatch(r"#.*|[\w-]+==[\d.]+", line) for line in pinned)
    conda = names((REPOSITORY / "environment.yml").read_text().partition("dependencies:")[2].splitlines())
    assert asked <= conda | {"gmsh", "matplotlib", "dask", "playwright"}
    assert {"python-gmsh", "matplotlib-base", "dask-core", "playwright-python"} <= conda
