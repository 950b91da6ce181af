"""Say whether this interpreter is an environment for Faradic, without importing DOLFINx (that would start MPI).

Exit status 0: all that pyproject.toml asks for is installed. 3: DOLFINx is, something else is not. 1: no such DOLFINx.
Prints the interpreter, which names the virtual environment that is then built on top of it.
"""

import sys
from importlib.util import find_spec


def release(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a version: "0.11.0.post1" -> (0, 11, 0)."""
    import re

    return tuple(int(part) for part in re.findall(r"(?:^|(?<=\.))\d+(?=\.|$)", version))


def installed(requirement: str) -> bool:
    """Return whether a requirement such as "vtk>=9.4" or "pydantic>=2.6,<3" is met."""
    import re
    from importlib import metadata

    name, bounds = re.fullmatch(r"([\w.-]+)([^;\[]*)", requirement.strip()).groups()
    try:
        version = release(metadata.version(name))
    except metadata.PackageNotFoundError:  # Gmsh's own distribution is a module without metadata
        return find_spec(name.replace("-", "_")) is not None
    for bound in filter(None, bounds.split(",")):
        if bound.startswith(">=") and not version >= release(bound[2:]):
            return False
        if bound.startswith("<") and not version < release(bound[1:]):
            return False
    return True


def main() -> int:
    """Compare the installed packages with pyproject.toml's dependencies."""
    if find_spec("dolfinx") is None:  # most machines: nothing more is imported
        return 1
    import tomllib
    from pathlib import Path

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    missing = [requirement for requirement in project["dependencies"] if not installed(requirement)]
    if any(requirement.startswith("fenics-dolfinx") for requirement in missing):
        return 1
    print(sys.executable, sys.version)
    if missing:
        print("missing:", ", ".join(missing), file=sys.stderr)
    return 3 if missing else 0


sys.exit(main())
