"""What the terminal shows: progress bars, tables, the verdict."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from sim.frequency import frequency_text
from sim.progress import Advance
from sim.report.computed import mode_sentence
from sim.safety.verdict import CheckResult, SafetyVerdict

WORDS = {
    "pass": "[bold green]PASS[/]",
    "caution": "[bold yellow]CAUTION[/]",
    "exceeded": "[bold red]EXCEEDED[/]",
    "not_evaluated": "[bold magenta]NOT EVALUATED[/]",
    "not_applicable": "[dim]does not apply[/]",
}
ROUNDING = 1e-9  # of any everyday unit: as good as zero


class Bars:
    """Progress bars on the error stream, one a stage; a plain line a stage where that is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Advance]:
        """Begin a stage of so many steps."""
        if not self._console.is_terminal:
            self._console.print(f"{name} ...", highlight=False)
            yield lambda done, of: None
            return
        columns = (SpinnerColumn(), TextColumn("{task.description:8}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task(name, total=total)
            yield lambda done, of: progress.update(task, completed=done, total=of)


def show_outcome(console: Console, result: dict[str, Any], verdict: SafetyVerdict, folder: Path) -> None:
    """Print the tables of a run, its verdict, and where to look next."""
    console.print(f"\n[bold]{_plain(result['title'])}[/]")
    console.print(_plain(mode_sentence(result)), highlight=False)
    tables = (_channels(result), _electrodes(result), _implants(result), _tissues(result))
    for table in (*tables, _envelope(result), _probes(result), _envelope_at_probes(result), _checks(verdict)):
        if table.row_count:
            console.print(table)
    for note in result["notes"]:
        console.print(f"note: {_plain(note)}", highlight=False)
    console.print(_solver_line(result), highlight=False)
    for name, safe in verdict.max_safe_amplitude_mA.items():
        if safe.value is None:
            console.print(f"{name}: no largest safe amplitude. {safe.note}", highlight=False)
        else:
            console.print(
                f"{name}: within all limits up to [bold]{safe.value:.4g} mA[/] peak; "
                f"the first to be reached is {safe.limited_by} ({safe.at})",
                highlight=False,
            )
    console.print(f"\nVerdict: {WORDS[verdict.overall]}, {_plain(verdict.because)}", highlight=False)
    console.print(f"Report:  {_plain(str(folder / 'report.html'))}", highlight=False)


def _plain(text: str) -> str:
    """Text from outside, in which a bracket is no markup."""
    return text.replace("[", r"\[")


def _table(title: str, first: str, *numbers: str) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True
    )
    table.add_column(first, overflow="fold")
    for column in numbers:
        table.add_column(column, justify="right", overflow="fold")
    return table


def _number(value: float | None, digits: int = 3) -> str:
    if value is None:
        return "-"
    return "0" if abs(value) < ROUNDING else f"{value:.{digits}g}"


def _channels(result: dict[str, Any]) -> Table:
    table = _table("Channels", "name", "peak\nmA", "peak\nV", "supply\nV", "impedance\nΩ", "phase\n°", "at")
    for name, channel in result["channels"].items():
        z, supply = result["impedance_ohm"][name], channel.get("supply")
        most = "-" if supply is None else f"{_number(supply['max_voltage_V'])}{' clips' if supply['clips'] else ''}"
        peaks = (_number(channel["current_peak_mA"]), _number(channel["voltage_peak_V"]), most)
        table.add_row(name, *peaks, _ohms(z["magnitude"]), _number(z["phase_deg"]), frequency_text(z["frequency_Hz"]))
    return table


def _ohms(value: float) -> str:
    return f"{value:.0f}" if value >= 1000.0 else f"{value:.4g}"


def _electrodes(result: dict[str, Any]) -> Table:
    columns = ("area\ncm²", "peak\nmA", "r.m.s.\nmA", "phase\nµC", "d.c.\nmA", "peak\nV")
    table = _table("Electrodes (J r.m.s. in mA/cm²)", "name", *columns, "J mean", "J p95", "J p99", "J 1 cm²")
    for name, e in result["electrodes"].items():
        density = e["current_density_rms_mA_per_cm2"]
        values = [e["area_mm2"] / 100, e["current_peak_mA"], e["current_rms_mA"], e["charge_per_phase_uC"]]
        values += [e["net_dc_mA"], e["voltage_peak_V"], *(density[key] for key in ("mean", "p95", "p99", "peak_1cm2"))]
        table.add_row(name, *(_number(v) for v in values))
    return table


def _implants(result: dict[str, Any]) -> Table:
    columns = ("area\ncm²", "through\nmA peak", "net\nmA peak", "peak\nV")
    table = _table("Implants (J r.m.s. in mA/cm²)", "name", *columns, "J mean", "J p99", "J 1 cm²")
    for name, i in result["implants"].items():
        density = i["current_density_rms_mA_per_cm2"]
        values = [i["area_mm2"] / 100, i["through_peak_mA"], i["net_current_peak_mA"], i["voltage_peak_V"]]
        table.add_row(name, *(_number(v) for v in (*values, *(density[key] for key in ("mean", "p99", "peak_1cm2")))))
    return table


def _tissues(result: dict[str, Any]) -> Table:
    columns = ("volume\ncm³", "E p50\nV/m", "E p99\nV/m", "J p99\nmA/cm²", "J (2 mm)³\nmA/cm²", "power\nmW")
    table = _table("Tissues (E at its peak, J r.m.s.)", "name", *columns)
    for name, t in result["tissues"].items():
        E, J = t["E_peak_V_per_m"], t["J_rms_mA_per_cm2"]
        values = (t["volume_mm3"] / 1000, E["p50"], E["p99"], J["p99"], J["peak_2mm_cube"], t["power_mW"])
        table.add_row(name, *(_number(v) for v in values))
    return table


def _envelope(result: dict[str, Any]) -> Table:
    columns = ("envelope p50\nV/m", "p99\nV/m", "along fibres\np50, V/m", "p99\nV/m", "carriers p50\nV/m", "p99\nV/m")
    table = _table("Interference (envelope from peak to peak, largest and along fibres)", "name", *columns, "depth p50")
    for name, found in result.get("envelope", {}).items():
        along = found["along_fibres"]
        spreads = (
            found["envelope_V_per_m"],
            {"p50": None, "p99": None} if along is None else along["envelope_V_per_m"],
            found["carrier_peak_V_per_m"],
        )
        values = [spread[key] for spread in spreads for key in ("p50", "p99")]
        table.add_row(name, *(_number(v) for v in (*values, found["modulation_depth"]["p50"])))
    return table


def _envelope_at_probes(result: dict[str, Any]) -> Table:
    columns = (
        "envelope\nV/m",
        "along\nx, y, z",
        "depth",
        "along fibres\nV/m",
        "fibres\nx, y, z",
        "depth",
        "carriers\nV/m",
    )
    table = _table("Interference at probes", "name", *columns)
    for name, found in result.get("envelope_at_probes", {}).items():
        along = found["along_fibres"]
        fibres = ("-", "-", "-") if along is None else _envelope_along(along)
        table.add_row(name, *_envelope_along(found), *fibres, _number(found["carrier_peak_V_per_m"]))
    return table


def _envelope_along(found: dict[str, Any]) -> tuple[str, str, str]:
    direction = ", ".join(_number(round(part, 2), 2) for part in found["direction"])
    return _number(found["envelope_V_per_m"]), direction, _number(found["modulation_depth"])


def _probes(result: dict[str, Any]) -> Table:
    columns = ("potential\nV", "Ex, Ey, Ez\nV/m", "largest E\nV/m", "Jx, Jy, Jz\nA/m²", "largest J\nA/m²")
    table = _table("Probes (at the peak of the first channel; largest over time)", "name", *columns)
    for name, p in result["probes"].items():
        E, J = (", ".join(_number(v) for v in p[key]) for key in ("E_V_per_m", "J_A_per_m2"))
        over_E, over_J = (_number(p[key]) for key in ("E_peak_V_per_m", "J_peak_A_per_m2"))
        table.add_row(name, _number(p["potential_V"]), E, over_E, J, over_J)
    return table


def _checks(verdict: SafetyVerdict) -> Table:
    table = _table("Safety checks, tightest first", "check", "at", "value", "limit", "used", "outcome")
    for check in sorted((c for c in verdict.checks if c.outcome != "not_applicable"), key=_tightness):
        used = "-" if check.margin is None else f"{100 * (1 - check.margin):.3g} %"
        limit = f"{_number(check.limit)} {check.unit.replace('cm2', 'cm²')}"
        name = check.id.partition("/")[2]  # without its set of limits, which the report names
        table.add_row(name, check.subject, _number(check.value), limit, used, WORDS[check.outcome])
    return table


def _tightness(check: CheckResult) -> float:
    return -1e9 if check.margin is None else check.margin


def _solver_line(result: dict[str, Any]) -> str:
    mesh, solver, seconds = result["mesh"], result["solver"], result["timings_s"]
    source = "basis solutions from the cache" if solver["from_cache"] else f"{solver['iterations']} iterations"
    return (
        f"{mesh['unknowns']} unknowns, {source}, balance error {solver['balance_error']:.1e}, {seconds['total']:.1f} s"
    )


def show_preview(console: Console, rows: list[tuple[str, str]], picture: Path) -> None:
    """Print what ``check`` found."""
    table = Table(show_header=False, box=None)
    for key, value in rows:
        table.add_row(key, _plain(value))
    console.print(table)
    console.print(f"Placement: {_plain(str(picture))}", highlight=False)
