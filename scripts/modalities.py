"""Numbers and pictures of the modalities of electrotherapy, for docs/modalities.md.

Every case that the page links to is computed and reduced to a row of its table and a picture. What was computed is
kept in runs/modalities, by case, by accuracy and by code: an interrupted table goes on where it was, and what has not
been computed with the present code is a dash.
"""

import argparse
import json
import re
import shutil
import time
from pathlib import Path
from typing import Any

from meshes.store import source_key, write_atomically
from scripts.modality_facts import facts_of
from scripts.shrinking import shrink
from sim.case import Case, load_case
from sim.folders import CASES
from sim.safety.limits import load_limits

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "runs" / "modalities"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"
COMPUTING = ("exposure", "fem", "interfaces", "safety", "tissues", "transient", "waveforms")  # folders of sim
ACCURACIES = ("draft", "standard", "fine")
COLOURS = 64  # of a picture, so that it stays small
COLUMNS = (
    "case",
    "accuracy",
    "unknowns",
    "mode",
    "frequencies solved",
    "time",
    "50 Hz",
    "1 kHz",
    "4 kHz",
    "compliance voltage",
    "E at the first probe",
    "verdict",
)


def main() -> None:
    """Compute what is missing, case by case, and write the page after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="NAME", nargs="+", help="some cases, by the names of their files")
    parser.add_argument(
        "--accuracy",
        choices=ACCURACIES,
        default="draft",
        help="at which the cases are computed now, in place of what they say themselves (default: draft); the table "
        "shows the finest that has been computed",
    )
    parser.add_argument(
        "--docs",
        metavar="FOLDER",
        type=Path,
        default=ROOT / "docs",
        help="that holds modalities.md; pictures go into its images/modalities (default: docs)",
    )
    options = parser.parse_args()
    page = options.docs / "modalities.md"
    names = named(page.read_text(encoding="utf-8"))
    unknown = [name for name in options.only or () if name not in names]
    if unknown:
        raise SystemExit(f"modalities: no case {', '.join(unknown)} in {page}; one of {', '.join(names)}")
    failed = []
    chosen = [name for name in names if name in (options.only or names)]
    for i, name in enumerate(chosen):
        start = time.perf_counter()
        try:
            told = summary(compute(name, options.accuracy))
        except Exception as error:  # whatever stops one case must not cost the others
            failed.append(name)
            told = f"FAILED: {type(error).__name__}: {error}"
        print(f"[{i + 1}/{len(chosen)}] {name}: {told} ({time.perf_counter() - start:.0f} s)", flush=True)
        write_page(page, names)
    if failed:
        raise SystemExit(f"modalities: {len(failed)} of {len(chosen)} failed: {', '.join(failed)}")


def named(text: str) -> list[str]:
    """Names of the cases that a page links to, each once, in its order."""
    return list(dict.fromkeys(re.findall(r"\]\(\.\./cases/(\w+)\.toml\)", text)))


def key_of(case: Case) -> dict[str, str]:
    """What the results of a case depend on: its content, the limits it names, and the code that computes and judges."""
    limits = json.dumps([limit.model_dump(mode="json") for limit in load_limits(case.safety.limits)], sort_keys=True)
    parts = [ROOT / "sim" / part for part in COMPUTING]
    pictures = ROOT / "sim" / "report" / "pictures"
    drawing = [pictures / f"{name}.py" for name in ("over_time", "traces", "waveform", "sheet", "prefixes")]
    code = source_key(ROOT / "meshes", *sorted((ROOT / "sim").glob("*.py")), *parts, *drawing)
    return {"case_sha256": case.sha256, "limits": limits, "code": code}


def place(name: str, accuracy: str) -> tuple[Path, Path]:
    """Where the facts of a case and its picture are kept."""
    return KEPT / f"{name}.{accuracy}.json", KEPT / f"{name}.{accuracy}.png"


def kept(name: str, accuracy: str) -> dict[str, Any] | None:
    """Facts of the case as it is now, of its limits and the code; None where there are none with a picture."""
    facts, picture = place(name, accuracy)
    try:
        content: dict[str, Any] = json.loads(facts.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    current = picture.exists() and content.get("key") == key_of(read(name, accuracy))
    return content["facts"] if current else None


def read(name: str, accuracy: str) -> Case:
    """The case at an accuracy."""
    return load_case(CASES / f"{name}.toml", {"numerics.accuracy": accuracy})


def compute(name: str, accuracy: str) -> dict[str, Any]:
    """Facts of a case, taken from where they are kept or computed and kept there."""
    facts = kept(name, accuracy)
    if facts is None:
        case = read(name, accuracy)
        numbers, picture = place(name, accuracy)
        KEPT.mkdir(parents=True, exist_ok=True)
        large = picture.with_suffix(".large.png")
        facts = facts_of(case, large)
        shrink(large, picture, COLOURS)
        large.unlink()
        text = json.dumps({"key": key_of(case), "facts": facts}, indent=2, allow_nan=False) + "\n"
        write_atomically(numbers, lambda path: path.write_text(text, encoding="utf-8"))
    return facts


def finest(name: str) -> dict[str, Any] | None:
    """Facts of a case at the finest accuracy that was computed; None where there are none, or the case is broken."""
    for accuracy in reversed(ACCURACIES):
        try:
            facts = kept(name, accuracy)
        except Exception:  # main has told it
            facts = None
        if facts is not None:
            return facts
    return None


def summary(facts: dict[str, Any]) -> str:
    """A line of progress."""
    volts = max(output["voltage_peak_V"] for output in facts["outputs"].values())
    return f"{facts['mode']}, {facts['unknowns']} unknowns, {volts:.3g} V, {facts['verdict']}"


def write_page(page: Path, names: list[str]) -> None:
    """Put the table between its markers, and pictures with their words where the page shows them; the rest stays."""
    text = page.read_text(encoding="utf-8")
    head, found, rest = text.partition(BEGIN)
    _, ended, tail = rest.partition(END)
    if not (found and ended):
        raise SystemExit(f"modalities: {page} has no lines {BEGIN.strip()} and {END.strip()}")
    known = {name: finest(name) for name in names}
    rule = "|".join("---" for _ in COLUMNS)
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{rule}|", *(row(name, facts) for name, facts in known.items())]
    for name, facts in known.items():
        if facts is not None:
            head = illustrated(head, name, facts, page.parent)
    written = f"{head}{BEGIN}\n" + "\n".join(lines) + f"\n\n{END}{tail}"
    write_atomically(page, lambda path: path.write_text(written, encoding="utf-8"))


def illustrated(text: str, name: str, facts: dict[str, Any], docs: Path) -> str:
    """The text with the words of a case's picture, which is copied beside the page."""
    target = f"images/modalities/{name}.png"
    (docs / target).parent.mkdir(parents=True, exist_ok=True)
    picture = place(name, facts["accuracy"])[1]
    write_atomically(docs / target, lambda path: shutil.copyfile(picture, path))
    words = facts["picture"].replace("[", "(").replace("]", ")")
    return re.sub(rf"!\[[^\]]*\]\({re.escape(target)}\)", lambda _: f"![{words}]({target})", text)


def row(name: str, facts: dict[str, Any] | None) -> str:
    """A case in the table; a dash for what is not known."""
    title = name.replace("_", " ")
    return f"| {title} |{' – |' * (len(COLUMNS) - 1)}" if facts is None else f"| {title} | {' | '.join(cells(facts))} |"


def cells(facts: dict[str, Any]) -> list[str]:
    """What a row says after its name."""
    capacitive = facts["mode"] == "electroquasistatic"
    probes = [f"{strength:.3g} V/m" for strength in facts["probes"].values()]
    return [
        facts["accuracy"],
        f"{facts['unknowns']:,}".replace(",", " "),
        "capacitive" if capacitive else "resistive",
        str(facts["frequencies"]),
        f"{facts['seconds']:.0f} s",
        *ohms(facts["impedance_ohm"]),
        " and ".join(f"{output['voltage_peak_V']:.3g} V" for output in facts["outputs"].values()),
        probes[0],
        facts["verdict"].replace("_", " "),
    ]


def ohms(found: list[dict[str, float]]) -> list[str]:
    """Impedances at the frequencies that are told, or the resistance to direct current and dashes."""
    if found[0]["frequency_Hz"] == 0.0:
        return [f"{ohm_text(found[0]['magnitude'])} d.c.", "–", "–"]
    return [f"{ohm_text(z['magnitude'])}, {z['phase_deg']:.0f}°" for z in found]


def ohm_text(ohm: float) -> str:
    """``183 Ω``, ``2.6 kΩ``."""
    return f"{ohm:.3g} Ω" if ohm < 999.5 else f"{ohm / 1000.0:.3g} kΩ"


if __name__ == "__main__":
    main()
