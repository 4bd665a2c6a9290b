"""`watchfloor oncall try`: what a policy, or those that ask a rota, would have sent to whom and when."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from console.cli.printing import print_json, print_table
from core.catalog.nearest import did_you_mean
from core.catalog.oncall import ROTA
from core.counting import counted
from core.desk.escalation.trials import try_policy
from core.errors import NotFound
from core.printable import printable
from core.timekeeping import from_micros

if TYPE_CHECKING:
    import argparse

    from core.catalog.model import Catalog
    from core.catalog.oncall import Policy
    from core.desk.escalation.trials import Trial
    from core.desk.escalation.whom import People
    from core.store.store import Store


def print_trial(
    store: Store,
    options: argparse.Namespace,
    catalog: Catalog,
    people: People,
    time: tuple[int, int],
    *,
    in_force: bool,
) -> int:
    """Prints what a policy, or every policy that asks a rota, would have done in a time (microseconds UTC)."""
    found = {
        policy.id: store.read(try_policy, policy, catalog, people, *time)
        for policy in _tried(options.name, catalog)
    }
    if options.json:
        print_json([_data(name, trial, time) for name, trial in found.items()])
        return 0
    source = "as in force" if in_force else f"as in {options.catalog}"
    for name, trial in found.items():
        rows = [
            (f"{from_micros(step.at):%Y-%m-%d %H:%M:%S}Z", item.name, _step(step), ", ".join(step.told) or f"NOBODY: {step.missing}", item.title)
            for item in trial.items
            for step in item.steps
        ]  # fmt: skip
        print_table(
            ("WHEN", "ITEM", "STEP", "TOLD", "TITLE"),
            sorted(rows),
            "Nobody would have been told of anything.",
        )
        print(printable(f"policy {name} {source}: {_sum(trial, time)}", 400))
    return 0


def _tried(name: str, catalog: Catalog) -> list[Policy]:
    """Returns the policy of that name, or those that ask the rota of that name. Raises NotFound."""
    if name in catalog.policies:
        return [catalog.policies[name]]
    if name in catalog.rotas:
        asking = [
            policy
            for policy in catalog.policies.values()
            if any(f"{ROTA}{name}" in step.tell for step in policy.steps)
        ]
        if not asking:
            raise NotFound(
                f"no policy asks who is on call in {name}", next_step="watchfloor oncall policies lists them"
            )
        return asking
    raise NotFound(
        f"there is no policy or rota {name!r}",
        next_step=did_you_mean(
            name, [*catalog.policies, *catalog.rotas], "watchfloor oncall policies lists them"
        ),
    )


def _step(step: Any) -> str:
    return f"{step.step}, round {step.round + 1}" if step.round else str(step.step)


def _sum(trial: Trial, time: tuple[int, int]) -> str:
    begin, end = (f"{from_micros(at):%Y-%m-%d %H:%M}Z" for at in time)
    told = Counter(name for item in trial.items for step in item.steps for name in step.told)
    nobody = sum(not step.told for item in trial.items for step in item.steps)
    who = ", ".join(f"{name} {count}" for name, count in told.most_common(20)) or "nobody"
    missed = f"; {counted(nobody, 'step')} would have found nobody" if nobody else ""
    return (
        f"{begin} to {end}, {counted(trial.opened, 'item')} opened, it is for {len(trial.items)}, {counted(trial.steps, 'step')};"
        f" told: {who}{missed}"
    )


def _data(name: str, trial: Trial, time: tuple[int, int]) -> dict[str, Any]:
    begin, end = (from_micros(at) for at in time)
    return {
        "policy": name, "from": begin, "to": end, "opened": trial.opened, "items": [
            {
                "item": item.name, "title": item.title, "steps": [
                    {"at": from_micros(step.at), "step": step.step, "round": step.round, "told": list(step.told), "missing": step.missing or None}
                    for step in item.steps
                ],
            }
            for item in trial.items
        ],
    }  # fmt: skip
