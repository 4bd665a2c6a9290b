"""The service system of the demonstration: its services and components, and lamps that stand for machines.

A component is looked at by a real probe on a small file, its lamp: short for ok, long for a warning, gone for critical.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

SERVICES = {
    "payments": "Payments",
    "network": "Network",
    "mail": "Mail",
    "workplace": "Workplaces",
    "records": "Patient records",
}


class Part(NamedTuple):
    """A component of the demonstration, and how its lamp is left at the end of the month."""

    id: str
    title: str
    service: str
    severity: int
    needs: tuple[str, ...] = ()
    lamp: str = "ok"


PARTS = (
    Part("core-switch", "Core switch", "network", 1),
    Part("vpn-lagos", "VPN Lagos", "network", 2, ("core-switch",), "warning"),
    Part("vpn-accra", "VPN Accra", "network", 2, ("core-switch",)),
    Part("dns-1", "DNS 1", "network", 2, ("core-switch",)),
    Part("dns-2", "DNS 2", "network", 2, ("core-switch",)),
    Part("auth-gate", "Sign-in gate", "network", 1, ("dns-1",)),
    Part("ledger-db", "Ledger database", "payments", 1, ("core-switch",)),
    Part("ledger-writer", "Ledger writer", "payments", 1, ("ledger-db",), "critical"),
    Part("ledger-reader", "Ledger reader", "payments", 2, ("ledger-db",)),
    Part("payments-api", "Payments interface", "payments", 1, ("ledger-writer", "auth-gate")),
    Part("payouts", "Payouts", "payments", 2, ("ledger-writer",)),
    Part("recon-batch", "Reconciliation", "payments", 3, ("ledger-writer",), "warning"),
    Part("queue-broker", "Message broker", "payments", 1, ("core-switch",), "warning"),
    Part("mail-relay", "Mail relay", "mail", 2, ("dns-1",)),
    Part("mail-store", "Mailboxes", "mail", 2, ("core-switch",)),
    Part("mail-filter", "Mail filter", "mail", 3, ("mail-relay",)),
    Part("print-hub", "Print hub", "workplace", 3, ("core-switch",)),
    Part("file-share", "File share", "workplace", 2, ("auth-gate",)),
    Part("desk-images", "Workplace images", "workplace", 4, ("file-share",)),
    Part("records-db", "Records database", "records", 1, ("core-switch",)),
    Part("records-web", "Records on the web", "records", 1, ("records-db", "auth-gate")),
    Part("records-scan", "Scanner intake", "records", 3, ("records-db",)),
    Part("records-backup", "Records backup", "records", 2, ("records-db",)),
    Part("image-archive", "Image archive", "records", 2, ("core-switch",)),
)
RESTARTED = frozenset(
    {"ledger-writer", "print-hub", "mail-relay", "records-web", "vpn-accra", "payments-api", "queue-broker"}
)
"""What has a procedure by which it is restarted."""
_SHORT, _LONG = "steady\n", "unsteady " * 8 + "\n"
_COMPONENT = """
[[component]]
id = "{id}"
title = "{title}"
service = "{service}"
severity = {severity}
needs = {needs}

[[component.probe]]
id = "lamp"
kind = "file"
path = "{lamps}/{id}"
missing = "critical"
every = "15s"
retry = "5s"

[[component.probe.threshold]]
metric = "size_bytes"
warning = "{most}"
"""


_PROCEDURE = """+++
title = "Restart {title}"
component = "{id}"
effect = "restart"
timeout = "30s"
+++

Nothing of this is real: the lamp of the component is put out and lit again.

## Put it out

```run
rm -f "{lamps}/{id}"
```

## Light it again

```run
cp "{lamps}/steady" "{lamps}/{id}"
```

## See that it shines

```check timeout=10s
test -s "{lamps}/{id}"
```
"""


_LIMITS = """+++
title = "Set limits of the payments interface"
component = "payments-api"
effect = "none"
timeout = "30s"
+++

Nothing of this is real: the limits are a line in a file beside the lamps.

## Write the limits

```run
cp "{lamps}/payments-api" "{lamps}/limits"
```

## See that they are there

```check timeout=10s
test -s "{lamps}/limits"
```
"""


def procedure_texts(lamps: Path) -> dict[str, str]:
    """Returns the procedures of the demonstration: file name → text. They act on lamps, and on nothing else."""
    shown = str(lamps).replace("\\", "\\\\").replace('"', '\\"')
    limits = {"payments-api-limits.md": _LIMITS.format(lamps=shown)}
    return limits | {
        f"{part.id}-restart.md": _PROCEDURE.format(id=part.id, title=part.title, lamps=shown)
        for part in PARTS
        if part.id in RESTARTED
    }


def house_file(lamps: Path) -> str:
    """Returns the catalog file of the services and components, whose lamps are in that folder."""
    services = "".join(f'[[service]]\nid = "{id_}"\ntitle = "{title}"\n\n' for id_, title in SERVICES.items())
    shown = str(lamps).replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${")
    return "# A service system that is made up.\n\n" + services + "".join(
        _COMPONENT.format(
            id=part.id, title=part.title, service=part.service, severity=part.severity, lamps=shown,
            needs="[" + ", ".join(f'"{need}"' for need in part.needs) + "]", most=len(_SHORT) + 10,
        )
        for part in PARTS
    )  # fmt: skip


def light_lamps(lamps: Path) -> None:
    """Leaves every lamp as the month ends."""
    lamps.mkdir(parents=True, exist_ok=True)
    (lamps / "steady").write_text(_SHORT, encoding="utf-8")
    for part in PARTS:
        if part.lamp == "critical":
            (lamps / part.id).unlink(missing_ok=True)
        else:
            (lamps / part.id).write_text(_SHORT if part.lamp == "ok" else _LONG, encoding="utf-8")
