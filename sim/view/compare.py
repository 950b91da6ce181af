"""Two runs in one HTML file that needs nothing else: verdicts, differences, pictures with equal limits of colour."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from meshes.store import write_atomically
from sim.report.numbers import number
from sim.report.page import VERDICTS
from sim.safety.verdict import CheckResult
from sim.view.charts import plot_margins
from sim.view.difference import plot_difference
from sim.view.electrode import plot_electrode
from sim.view.errors import ViewError
from sim.view.fields import plot_cut
from sim.view.hardware import underneath
from sim.view.placement import plot_placement
from sim.view.quantities import DENSITY
from sim.view.run import Run
from sim.view.scale import Scale, common_scale

TEMPLATE = "compare.html.jinja"
GROUPS = ("channels", "impedance_ohm", "electrodes", "implants", "tissues", "probes")
PADS = 4  # common pads that are drawn


@dataclass(frozen=True)
class Row:
    """A number of both runs; ``change`` is other / one - 1, None where that says nothing."""

    key: str
    one: float | None
    other: float | None

    @property
    def change(self) -> float | None:
        """Relative change."""
        if self.one is None or self.other is None or self.one == 0.0:
            return None
        return self.other / self.one - 1.0


def write_comparison(one: Run, other: Run, path: Path) -> None:
    """Write the file.

    Raises
    ------
    ViewError
        If nothing can be drawn.
    OSError
        If the file cannot be written.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    environment.filters |= {"number": number, "change": change_text}
    scale = common_scale([one, other], DENSITY)
    html = environment.get_template(TEMPLATE).render(
        runs=(one, other),
        words=[VERDICTS[run.verdict.overall] for run in (one, other)],
        safe=list(safe_amplitudes(one, other)),
        keys=list(different_keys(one.case.model_dump(mode="json"), other.case.model_dump(mode="json"))),
        groups={name: list(rows(one.result.get(name, {}), other.result.get(name, {}))) for name in GROUPS},
        checks=list(check_pairs(one, other)),
        pictures=draw(one, other, scale),
        scale=scale,
        title=DENSITY.title,
    )
    write_atomically(path, lambda partial: partial.write_text(html, encoding="utf-8"))


def rows(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Row]:
    """Numbers of two nested dictionaries by their path; None where one has no such number."""
    mine, theirs = dict(numbers(one)), dict(numbers(other))
    for key in dict.fromkeys([*mine, *theirs]):
        yield Row(key, mine.get(key), theirs.get(key))


def numbers(content: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Every number of nested dictionaries and lists, with its path."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield from numbers(value, f"{path}.{key}" if path else str(key))
    elif isinstance(content, list):
        for i, value in enumerate(content):
            yield from numbers(value, f"{path}.{'xyz'[i] if len(content) == 3 else i}")
    elif isinstance(content, int | float) and not isinstance(content, bool):
        yield path, float(content)


def different_keys(one: Any, other: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Keys of the cases whose values differ: path, and both values as text."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys([*one, *other]):
            yield from different_keys(one.get(key), other.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for i, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            named = mine.get("name") or mine.get("tissue") if isinstance(mine, Mapping) else None
            yield from different_keys(mine, theirs, f"{path}.{i if named is None else named}")
    elif one != other:
        yield path, _text(one), _text(other)


def check_pairs(one: Run, other: Run) -> Iterator[tuple[str, CheckResult | None, CheckResult | None]]:
    """Checks of both runs that apply to one of them, those of least margin first."""
    mine = {check.where: check for check in one.verdict.checks if check.outcome != "not_applicable"}
    theirs = {check.where: check for check in other.verdict.checks if check.outcome != "not_applicable"}

    def tightness(where: str) -> float:
        found = [check.margin for check in (mine.get(where), theirs.get(where)) if check is not None]
        return min((-1e9 if margin is None else margin for margin in found), default=0.0)

    for where in sorted(dict.fromkeys([*mine, *theirs]), key=tightness):
        yield where, mine.get(where), theirs.get(where)


def safe_amplitudes(one: Run, other: Run) -> Iterator[tuple[str, str, str]]:
    """Channel, and the largest safe amplitude in both runs with what limits it."""
    mine, theirs = one.verdict.max_safe_amplitude_mA, other.verdict.max_safe_amplitude_mA
    for name in dict.fromkeys([*mine, *theirs]):
        texts = []
        for found in (mine.get(name), theirs.get(name)):
            if found is None:
                texts.append("–")
            elif found.value is None:
                texts.append(found.note or "–")
            else:
                texts.append(f"{number(found.value)} mA ({found.limited_by} at {found.at})")
        yield name, texts[0], texts[1]


def change_text(change: float | None) -> str:
    """A relative change for a reader: percent, or a factor where that is clearer."""
    if change is None:
        return "–"
    if abs(change) < 5e-5:
        return "0 %"
    if change >= 1.0:
        return f"× {change + 1.0:.3g}"
    return f"{100 * change:+.3g} %".replace("-", "−")


def draw(one: Run, other: Run, scale: Scale) -> list[tuple[str, str, str]]:
    """Caption and data address of pictures: (caption, of one, of other); the second is empty for a single one."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        pairs = [("Placement", [_placement(run, folder / f"{i}a.png") for i, run in enumerate((one, other))])]
        cuts = []
        for i, run in enumerate((one, other)):
            plot_cut(run, clim=scale, screenshot=folder / f"{i}b.png", off_screen=True).close()
            cuts.append(_embedded(folder / f"{i}b.png"))
        pairs.append(("Cut through the strongest pair of terminals, equal limits of colour", cuts))
        for pad in common_pads(one, other)[:PADS]:
            top = max(run.result["electrodes"][pad]["current_density_rms_mA_per_cm2"]["p95"] for run in (one, other))
            maps = []
            for i, run in enumerate((one, other)):
                plot_electrode(run, pad, clim=(0.0, top or 1.0), screenshot=folder / f"{i}c.png")
                maps.append(_embedded(folder / f"{i}c.png"))
            pairs.append((f"{pad}: density below the pad, both up to the larger 95th percentile", maps))
        bars = []
        for i, run in enumerate((one, other)):
            plot_margins(run, screenshot=folder / f"{i}d.png")
            bars.append(_embedded(folder / f"{i}d.png"))
        pairs.append(("Used parts of the limits", bars))
        found = [(caption, pair[0], pair[1]) for caption, pair in pairs]
        try:
            plot_difference(one, other, screenshot=folder / "e.png", off_screen=True).close()
            found.insert(2, (f"{other.name} minus {one.name}", _embedded(folder / "e.png"), ""))
        except ViewError as error:
            found.insert(2, (f"No difference: {error}", "", ""))
    return found


def common_pads(one: Run, other: Run) -> list[str]:
    """Pads of the same name in both runs that have skin below them."""
    names = {electrode.name for electrode in other.case.electrodes}
    return [
        electrode.name
        for electrode in one.case.electrodes
        if electrode.name in names and all(len(underneath(run, electrode.name).cells) for run in (one, other))
    ]


def _placement(run: Run, path: Path) -> str:
    plot_placement(run, screenshot=path, off_screen=True).close()
    return _embedded(path)


def _embedded(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


def _text(value: Any) -> str:
    return "–" if value is None else str(value)
