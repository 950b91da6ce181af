"""The judgement: facts and limits in, a verdict out; plain numbers, no solver.

A verdict never passes by default. A value passes only where ``value <= limit`` is true, so that NaN does not pass;
what could not be computed is ``not_evaluated``, what does not apply says why, and where nothing applies nothing passes.

The physics is linear. If all channels are scaled together by a factor s, each quantity grows with a known power of s,
and the factor at which it reaches its limit is known in closed form: ``max_safe_amplitude_mA`` needs no second run.
"""

import math
from collections.abc import Sequence
from typing import Literal, TypeAlias

from meshes.part import Part
from sim.safety.facts import QUANTITIES, Absent, ChannelFacts, ElectrodeFacts, Fact, Subject, number
from sim.safety.limits import Bands, LimitCheck, LimitSet, Severity, Status

Outcome: TypeAlias = Literal["pass", "caution", "exceeded", "not_evaluated", "not_applicable"]
Overall: TypeAlias = Literal["pass", "caution", "exceeded", "not_evaluated"]
Facts: TypeAlias = ChannelFacts | ElectrodeFacts

EVALUATED: tuple[Outcome, ...] = ("pass", "caution", "exceeded")


class CheckResult(Part):
    """One limit and one subject: ``scope`` says whether a channel or an electrode, ``subject`` which one.

    ``id`` is "<set>/<check>". ``margin`` is the free part of the limit, 1 - value / limit: 1 is nothing used, 0 at the
    limit, negative beyond. For the logarithmic k it is 1 - 10^((k - limit)/2), the free part of the charge, so that
    the margins of all checks can be compared. ``value`` and ``limit`` are null where there is none.
    """

    id: str
    scope: Subject
    subject: str
    quantity: str
    value: float | None
    limit: float | None
    unit: str
    margin: float | None
    severity: Severity
    outcome: Outcome
    status: Status
    evaluation: str
    source: str
    note: str

    @property
    def where(self) -> str:
        """Check and subject in words."""
        return f"{self.id} at {self.subject or f'no {self.scope}'}"

    @property
    def scale(self) -> float | None:
        """Factor on all amplitudes that brings the value to the limit; inf if none does, None if not evaluated."""
        if self.outcome not in EVALUATED or self.value is None or self.limit is None:
            return None
        return QUANTITIES[self.scope][self.quantity].scale_to(self.value, self.limit)


class CautionAbove(Part):
    """Peak current of a channel [mA], and factor on all amplitudes, above which the first caution is raised."""

    value: float
    scale: float
    raised_by: str
    at: str


class SafeAmplitude(Part):
    """Largest amplitude of a channel [mA] within all limits, when all channels are scaled together.

    ``scale`` is the factor on the amplitudes of the case (also in voltage drive), ``limited_by`` the check that is
    reached first and ``at`` its subject. Null, with a note, where no limit applies or one could not be evaluated;
    ``caution_above`` is null likewise.
    """

    value: float | None
    scale: float | None
    limited_by: str | None
    at: str | None
    caution_above: CautionAbove | None
    note: str


class SafetyVerdict(Part):
    """What the checks say together: exceeded > not_evaluated > caution > pass, and ``because`` of what.

    ``scopes`` quotes what each set of limits is about; ``unverified_checks`` names the evaluated checks whose number
    is not verified against its source.
    """

    overall: Overall
    because: str
    checks: tuple[CheckResult, ...]
    max_safe_amplitude_mA: dict[str, SafeAmplitude]
    scopes: dict[str, str]
    unverified_checks: tuple[str, ...]


def assess(
    limits: Sequence[LimitSet], channels: Sequence[ChannelFacts], electrodes: Sequence[ElectrodeFacts]
) -> SafetyVerdict:
    """Judge channels and electrodes by sets of limits.

    Parameters
    ----------
    limits
        From `sim.safety.limits.load_limits`.
    channels, electrodes
        Facts of every channel and of every electrode, floating ones included.

    Raises
    ------
    ValueError
        If an electrode is driven by a channel that is not given, or a name occurs twice.
    """
    _require_consistent(channels, electrodes)
    groups: dict[Subject, Sequence[Facts]] = {"channel": channels, "electrode": electrodes}
    results = tuple(
        result
        for each in limits
        for check in each.checks
        for result in _judge_all(each.id, check, groups[check.subject])
    )
    overall, because = _overall(limits, results)
    resting = (r.id for r in results if r.status == "unverified" and r.outcome in EVALUATED)
    return SafetyVerdict(
        overall=overall,
        because=because,
        checks=results,
        max_safe_amplitude_mA={c.name: _safe_amplitude(c, results) for c in channels},
        scopes={each.id: each.scope for each in limits},
        unverified_checks=tuple(dict.fromkeys(resting)),
    )


def _require_consistent(channels: Sequence[ChannelFacts], electrodes: Sequence[ElectrodeFacts]) -> None:
    names = [c.name for c in channels]
    for group in (names, [e.name for e in electrodes]):
        if len(set(group)) < len(group):
            raise ValueError(f"a name occurs twice: {', '.join(group)}")
    for electrode in electrodes:
        unknown = sorted(set(electrode.channels) - set(names))
        if unknown:
            raise ValueError(f"electrode {electrode.name} is driven by unknown channels: {', '.join(unknown)}")


def _judge_all(set_id: str, check: LimitCheck, subjects: Sequence[Facts]) -> list[CheckResult]:
    """One result per subject; without any subject the check is there all the same, not evaluated."""
    if subjects:
        return [_judge(set_id, check, facts) for facts in subjects]
    return [_result(set_id, check, "", None, None, "not_evaluated", f"No {check.subject} is given")]


def _judge(set_id: str, check: LimitCheck, facts: Facts) -> CheckResult:
    """Value against limit, once it is known that the check applies and that both are numbers."""
    value, limit = getattr(facts, check.quantity), check.limit_for(facts)
    outcome, why = _applies(check, facts, value, limit)
    size = number(value) if check.judged.decimal else abs(number(value))
    if outcome is None:
        outcome = "pass" if size <= number(limit) else "caution" if check.severity == "caution" else "exceeded"
    return _result(set_id, check, facts.name, size, number(limit), outcome, why)


def _applies(check: LimitCheck, facts: Facts, value: Fact, limit: Fact) -> tuple[Outcome | None, str]:
    """Why the check cannot be decided by comparison, with its outcome; None if it can."""
    conditions = [getattr(facts, name) for name in check.when]
    for fact in (*conditions, value, limit):
        if isinstance(fact, Absent):
            return "not_applicable", fact.why
    if not all(math.isfinite(number(fact)) for fact in conditions):
        return "not_evaluated", f"Not computed: {', '.join(check.when)}"
    if outside := _outside(check.when, facts):
        return "not_applicable", f"Applies to another range: {outside}"
    if not math.isfinite(number(value)):
        return "not_evaluated", f"Not computed: {check.quantity}"
    if not math.isfinite(number(limit)):
        return "not_evaluated", "Not computed: the limit"
    if outside := _outside(check.valid, facts):
        return "not_evaluated", f"The limit says nothing here: {outside}"
    outside = _outside(check.fitted, facts)
    return None, f"Extrapolated: {outside}" if outside else ""


def _outside(bands: Bands, facts: Facts) -> str:
    """The facts that lie outside their band, in words; empty if all lie inside."""
    values = {name: number(getattr(facts, name)) for name in bands}
    return "; ".join(f"{n} is {values[n]:g}, not {band}" for n, band in bands.items() if not band.holds(values[n]))


def _result(
    set_id: str, check: LimitCheck, subject: str, value: float | None, limit: float | None, outcome: Outcome, why: str
) -> CheckResult:
    known_value, known_limit = _finite(value), _finite(limit)
    margin = None
    if outcome in EVALUATED and known_value is not None and known_limit is not None:
        margin = 1.0 - check.judged.use(known_value, known_limit)
    unverified = "The number is not verified against its source" if check.status == "unverified" else ""
    return CheckResult(
        id=f"{set_id}/{check.id}",
        scope=check.subject,
        subject=subject,
        quantity=check.quantity,
        value=known_value,
        limit=known_limit,
        unit=check.unit,
        margin=margin,
        severity=check.severity,
        outcome=outcome,
        status=check.status,
        evaluation=check.evaluation,
        source=check.source,
        note=" ".join(f"{part.rstrip('.')}." for part in (why, unverified, check.note) if part),
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _overall(limits: Sequence[LimitSet], results: Sequence[CheckResult]) -> tuple[Overall, str]:
    """The worst outcome, and its first reason; a set of limits of which nothing applies counts as not evaluated."""
    by: dict[Outcome, list[str]] = {}
    for result in results:
        by.setdefault(result.outcome, []).append(result.where)
    applying = {result.id.split("/")[0] for result in results if result.outcome != "not_applicable"}
    idle = [each.id for each in limits if each.id not in applying]
    if "exceeded" in by:
        return "exceeded", f"exceeded: {'; '.join(by['exceeded'])}"
    if "not_evaluated" in by:
        return "not_evaluated", f"could not be evaluated: {'; '.join(by['not_evaluated'])}"
    if idle or not results:
        return "not_evaluated", f"no check applies: {', '.join(idle) or 'no limits are given'}"
    if "caution" in by:
        return "caution", f"above a caution: {'; '.join(by['caution'])}"
    return "pass", f"all {len(by['pass'])} checks that apply pass"


def _safe_amplitude(channel: ChannelFacts, results: Sequence[CheckResult]) -> SafeAmplitude:
    """Smallest scale over all limits, because all channels are scaled together."""
    amplitude = abs(number(channel.amplitude_mA))
    caution = _first_reached([r for r in results if r.severity == "caution"])
    limit = _first_reached([r for r in results if r.severity == "limit"])
    unknown = [r for r in results if r.severity == "limit" and r.outcome == "not_evaluated"]
    cautions_known = all(r.outcome != "not_evaluated" for r in results if r.severity == "caution")
    above = None
    if caution and cautions_known and math.isfinite(amplitude):
        above = CautionAbove(
            value=amplitude * caution[0], scale=caution[0], raised_by=caution[1].id, at=caution[1].subject
        )
    note = _why_unknown(amplitude, unknown, limit)
    if note or limit is None:
        return SafeAmplitude(value=None, scale=None, limited_by=None, at=None, caution_above=above, note=note)
    scale, by = limit
    return SafeAmplitude(
        value=amplitude * scale, scale=scale, limited_by=by.id, at=by.subject, caution_above=above, note=""
    )


def _why_unknown(amplitude_mA: float, unknown: Sequence[CheckResult], limit: tuple[float, CheckResult] | None) -> str:
    """Why there is no largest safe amplitude; empty if there is one."""
    if unknown:
        return f"Not evaluated: {'; '.join(result.where for result in unknown)}"
    if not math.isfinite(amplitude_mA):
        return "Not computed: the amplitude"
    if amplitude_mA == 0.0:
        return "The amplitude is zero: there is nothing to scale"
    return "No limit is reached at any amplitude" if limit is None else ""


def _first_reached(results: Sequence[CheckResult]) -> tuple[float, CheckResult] | None:
    """The check with the smallest finite scale; None if no amplitude reaches any."""
    scales = [(r.scale, r) for r in results if r.scale is not None and math.isfinite(r.scale)]
    return min(scales, key=lambda pair: pair[0], default=None)
