"""What a run begins with: the folder put in order, what is missing, and cases packed for a process."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.fem.compiled import forget_unfinished_forms
from sim.folders import cache_folder
from sim.sweep.chunk import Chunk, Item
from sim.sweep.plan import Plan, Planned
from sim.sweep.standing import Options, Standing
from sim.sweep.store import COMPILED, LOST, Store


def prepare(plan: Plan, store: Store, options: Options) -> tuple[list[Planned], Standing]:
    """What is missing; notes of earlier runs and half-written files are taken away."""
    store.clear_work()
    _forget_unfinished(store.root / COMPILED / "fenics")
    distinct = plan.distinct
    store.sweep_partial(distinct)
    missing, standing = [], Standing(len(distinct), 0)
    for id, case in distinct.items():
        failure = None if store.done(id) else store.failure(id)
        if store.done(id):
            standing.earlier += 1
            standing.verdicts[str((store.read(id, "verdict.json") or {}).get("overall", "not_evaluated"))] += 1
        elif failure is not None and failure.kind not in LOST and not options.retry_failed:
            standing.earlier += 1
            standing.verdicts["failed"] += 1
        else:
            store.forget(id)
            missing.append(case)
    standing.waiting = len(missing)
    return missing, standing


def _forget_unfinished(forms: Path) -> None:
    """No process of this study compiles now: every form that is not finished is that of a killed one."""
    for source in forms.glob("libffcx_*.c"):
        if not source.with_suffix(".c.cached").exists():
            os.utime(source, (0.0, 0.0))
    forget_unfinished_forms(forms)


def make_chunk(
    plan: Plan,
    store: Store,
    options: Options,
    run: str,
    number: int,
    cases: Sequence[Planned],
    lost: Mapping[str, tuple[str, str]],
) -> Chunk:
    """Cases as a process gets them.

    Parameters
    ----------
    run, number
        Of the chunk.
    lost
        Kind and reason of the last attempt of cases that were lost.
    """
    parallel = plan.study.parallel
    ranks = parallel is not None and any(case.accuracy in parallel.accuracies for case in cases)
    items = []
    for case in cases:
        kind, reason = lost.get(case.id, ("", ""))
        items.append(Item(case.id, json.loads(case.text), reason, kind))
    return Chunk(
        name=f"{run}-{number}",
        run=run,
        study=str(store.root.resolve()),
        cache=str(cache_folder().resolve()),
        retries=options.retries,
        timeout_s=options.timeout_s,
        fields=options.fields,
        launcher=parallel.command if parallel is not None and ranks else (),
        items=tuple(items),
    )
