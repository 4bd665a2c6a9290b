"""Writes a catalog as the files an operator would write, so that tests read real ones."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from core.catalog.hours import hours_text
from core.catalog.model import (
    Agreement,
    CommandTarget,
    Component,
    FileTarget,
    HeartbeatTarget,
    HostTarget,
    HttpTarget,
    Need,
    Probe,
    ProcessTarget,
    RequestType,
    Target,
    TcpTarget,
    Threshold,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from core.catalog.model import Catalog
    from core.catalog.oncall import Policy, Rota


def write_catalog(catalog: Catalog, directory: Path) -> None:
    """Writes `catalog` below `directory` (made if missing): components in a file for each service, one for the rest."""
    (directory / "components").mkdir(parents=True, exist_ok=True)
    (directory / "catalog.toml").write_text("\n".join(_house(catalog)) + "\n", encoding="utf-8")
    files: dict[str, list[str]] = defaultdict(list)
    for component in catalog.components.values():
        files[component.service].extend(component_lines(component))
    for service, lines in files.items():
        (directory / "components" / f"{service}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for procedure in catalog.procedures.values():
        path = directory / procedure.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(procedure.text.encode())


def component_lines(component: Component) -> Iterable[str]:
    """Yields the lines of a component and its probes."""
    yield from _table(
        "component",
        {
            "id": component.id,
            "title": component.title,
            "service": component.service,
            "owner": component.owner,
            "note": component.note,
            "needs": [_need(need) for need in component.needs],
            "procedures": component.procedures,
            "severity": component.severity,
            "zone": component.zone,
        },
    )
    for probe in component.probes:
        yield from _table("component.probe", _probe(probe))
        for threshold in probe.thresholds:
            yield from _table("component.probe.threshold", _threshold(threshold))


def toml_value(value: Any) -> str:
    """Returns a value as TOML writes it on one line; the placeholder sign in a text is made to stand for itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        doubled = re.sub(r"\$\{[^{}]*\}", lambda match: f"${match.group()}", value)
        return json.dumps(doubled, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_value(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{toml_key(key)} = {toml_value(item)}' for key, item in value.items())}}}"
    return repr(value)


def toml_key(key: str) -> str:
    """Returns a key as TOML writes it, in quotes where it needs them."""
    if re.fullmatch(r"[A-Za-z0-9_-]+", key):
        return key
    return json.dumps(key, ensure_ascii=False).replace("\x7f", "\\u007f")


def _table(header: str, values: Mapping[str, Any]) -> Iterable[str]:
    yield ""
    yield f"[[{header}]]"
    for key, value in values.items():
        if value not in ("", (), [], {}):
            yield f"{toml_key(key)} = {toml_value(value)}"


def _span(seconds: float) -> str | float:
    return f"{int(seconds)}s" if seconds == int(seconds) else seconds


def _need(need: Need) -> str | dict[str, Any]:
    if len(need.of) == 1 and need.at_least == 1:
        return need.of[0]
    return {"of": need.of, "at_least": need.at_least}


def _probe(probe: Probe) -> dict[str, Any]:
    return {
        "id": probe.id,
        "kind": probe.target.kind,
        **_target(probe.target),
        "every": _span(probe.every_s),
        "timeout": _span(probe.timeout_s),
        "attempts": probe.attempts,
        "good_attempts": probe.good_attempts,
        "retry": _span(probe.retry_s),
    }


def _threshold(threshold: Threshold) -> dict[str, str]:
    return {
        "metric": threshold.metric,
        "warning": threshold.warning,
        "critical": threshold.critical,
        "warning_clear": threshold.warning_clear,
        "critical_clear": threshold.critical_clear,
    }


def _target(target: Target) -> dict[str, Any]:
    match target:
        case HttpTarget():
            return {
                "url": target.url,
                "status": target.status,
                "body": target.body,
                "headers": dict(target.headers),
                "verify_certificate": target.verify_certificate,
            }
        case TcpTarget():
            return {"host": target.host, "port": target.port, "expect": target.expect}
        case ProcessTarget():
            return {
                "pid_file": target.pid_file,
                "pattern": target.pattern,
                "at_least": target.at_least,
                "at_most": target.at_most,
            }
        case HostTarget():
            return {"aspect": target.aspect, "path": target.path if target.aspect == "disk" else ""}
        case FileTarget():
            return {
                "path": target.path,
                "pattern": target.pattern,
                "within": _span(target.within_s),
                "missing": target.missing,
            }
        case CommandTarget():
            return {"run": target.argv, "env": dict(target.env), "directory": target.directory}
        case HeartbeatTarget():
            return {"name": target.name, "within": _span(target.within_s), "grace": _span(target.grace_s)}


def _house(catalog: Catalog) -> Iterable[str]:
    for person in catalog.staff.values():
        yield from _table(
            "staff", {name: getattr(person, name) for name in ("id", "name", "login", "email", "role")}
        )
    for calendar in catalog.calendars.values():
        hours = [hours_text(hours) for hours in calendar.hours]
        names = ("id", "zone", "holidays", "exceptions", "country", "subdivision")
        written = {name: getattr(calendar, name) for name in names}
        yield from _table("calendar", written | {"hours": hours})
    for group in catalog.groups_of_people.values():
        yield from _table("group", {name: getattr(group, name) for name in ("id", "title", "members")})
    for customer in catalog.customers.values():
        yield from _table("customer", {name: getattr(customer, name) for name in ("id", "title", "contact")})
    for service in catalog.services.values():
        yield from _table("service", {name: getattr(service, name) for name in ("id", "title", "note")})
    for zone in catalog.zones.values():
        yield from _table("zone", {name: getattr(zone, name) for name in ("id", "title")})
    for agreement in catalog.agreements.values():
        yield from _agreement(agreement)
    for rota in catalog.rotas.values():
        yield from _rota(rota)
    for policy in catalog.policies.values():
        yield from _policy(policy)


def _rota(rota: Rota) -> Iterable[str]:
    written: dict[str, Any] = {name: getattr(rota, name) for name in ("id", "title", "zone")}
    yield from _table("rota", written | {"covers": [hours_text(hours) for hours in rota.covers]})
    for layer in rota.layers:
        turn = {
            "from": layer.begins,
            "at": f"{layer.at // 60:02}:{layer.at % 60:02}",
            "every": f"{layer.every_minutes}m",
        }
        hours = [hours_text(hours) for hours in layer.hours]
        yield from _table("rota.layer", {"id": layer.id, "people": layer.people, **turn, "hours": hours})


def _policy(policy: Policy) -> Iterable[str]:
    written: dict[str, Any] = {name: getattr(policy, name) for name in ("id", "title", "ends")}
    repeats = {"repeat": policy.repeat, "every": _span(policy.every_s)} if policy.repeat else {}
    yield from _table("policy", written | repeats)
    for step in policy.steps:
        after = _span(step.after_s)
        yield from _table("policy.step", {"tell": step.tell, "after": after, "since": step.since})


def _agreement(agreement: Agreement) -> Iterable[str]:
    names = (
        "id",
        "title",
        "customer",
        "services",
        "calendar",
        "outside",
        "may_ask",
        "may_deliver",
        "only_for_requests",
        "priority",
    )
    written = {name: getattr(agreement, name) for name in names}
    pauses = {name: getattr(agreement.pauses, name) for name in ("customer", "supplier", "until")}
    yield from _table(
        "agreement", written | {"from": agreement.begins, "until": agreement.ends, "pauses": pauses}
    )
    for promise in agreement.targets:
        spans = {"respond": _span(promise.respond_s), "resolve": _span(promise.resolve_s)}
        if promise.update_s is not None:
            spans["update"] = _span(promise.update_s)
        yield from _table("agreement.target", {"priority": promise.priority, **spans})
    for item in agreement.request_types:
        yield from _request_type(item)


def _request_type(item: RequestType) -> Iterable[str]:
    names = (
        "id",
        "title",
        "service",
        "procedure",
        "checklist",
        "may_stay_open",
        "may_run",
        "impact",
        "urgency",
    )
    written = {name: getattr(item, name) for name in names}
    if item.approval is not None:
        written["approval"] = {"by": item.approval.by, "count": item.approval.count}
    if item.resolve_s is not None:
        written["resolve"] = _span(item.resolve_s)
    yield from _table("agreement.request_type", written)
    for entry in item.fields:
        bounds = {"min": entry.least, "max": entry.most}
        yield from _table(
            "agreement.request_type.field",
            {
                name: getattr(entry, name)
                for name in ("name", "label", "kind", "required", "choices", "pattern")
            }
            | {name: bound for name, bound in bounds.items() if bound is not None},
        )
