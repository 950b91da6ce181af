"""The case file: what an engineer writes.

``load_case`` reads TOML and gives a complete, checked ``Case`` or one ``CaseError`` that names the key's path, what was
found and what is accepted.
"""

from sim.case.model import Case, Channel, Electrode
from sim.case.reading import case_schema, load_case, parse_case

__all__ = ["Case", "Channel", "Electrode", "case_schema", "load_case", "parse_case"]
