"""The command line: one module a command, imported only when it is the one asked for."""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """A command's module and its one line of help."""

    module: str
    help: str


COMMANDS = {
    "init": Command("console.cli.init", "write the starter service system"),
    "demo": Command("console.cli.demo", "look at a made-up month in a database of its own"),
    "check": Command("console.cli.check", "check a catalog and print every problem"),
    "agent": Command("console.cli.agent", "run the agent: probes, states, incidents"),
    "agents": Command("console.cli.agents", "print which agent watches which zone, and how it keeps up"),
    "beat": Command("console.cli.beat", "leave a heartbeat"),
    "board": Command("console.cli.board", "print the state of every component"),
    "log": Command("console.cli.log", "print the journal"),
    "journal": Command("console.cli.journal", "verify the journal, export it, and see to its seals"),
    "queue": Command("console.cli.queue", "print the requests"),
    "find": Command("console.cli.find", "find requests and incidents by their words"),
    "since": Command("console.cli.since", "print what changed since you last looked"),
    "handover": Command("console.cli.handover", "hand a shift over to the next, line by line"),
    "request": Command("console.cli.request", "record a request, and work on it"),
    "satisfaction": Command("console.cli.satisfaction", "print how satisfied requesters are"),
    "incidents": Command("console.cli.incidents", "print incidents, and work on them"),
    "incident": Command("console.cli.incidents", "look at one incident, and work on it"),
    "agreements": Command(
        "console.cli.agreements", "print what is agreed with whom, and what it says of a request"
    ),
    "oncall": Command("console.cli.oncall", "print who is on call; gaps, overrides, and trying a policy"),
    "mail": Command("console.cli.mail", "print how the contact by mail stands; retry, drop, preview, test"),
    "major": Command("console.cli.major", "print major incidents and owed reviews, and see to them"),
    "problem": Command("console.cli.problem", "print problems and known errors, and work on them"),
    "actions": Command("console.cli.actions", "print corrective actions, and work on them"),
    "windows": Command("console.cli.windows", "print what is in maintenance, and what is to come"),
    "window": Command("console.cli.window", "plan a maintenance window, and work on it"),
    "training": Command(
        "console.cli.training", "print who has which training, and record what was completed"
    ),
    "ends": Command("console.cli.ends", "print whatever weakens control and ends soon"),
    "import": Command("console.cli.import_", "take a report of vulnerabilities in"),
    "findings": Command(
        "console.cli.findings", "print vulnerabilities, what is due, and the imported reports"
    ),
    "signals": Command(
        "console.cli.signals", "print signs of a breach, how logs are read, and what is suppressed"
    ),
    "signal": Command("console.cli.signal", "look at one signal, and judge it"),
    "finding": Command("console.cli.finding", "look at one finding, and work on it"),
    "access": Command("console.cli.access", "print who has which right on what, read sources, and decide"),
    "review": Command("console.cli.review", "print access reviews, and work on one"),
    "thresholds": Command(
        "console.cli.thresholds", "print by what is judged; revise a threshold until an end, try ranges out"
    ),
    "run": Command("console.cli.run", "carry out a procedure, or print runs"),
    "redact": Command("console.cli.redact", "take a text out for good that should never have been typed"),
    "release": Command("console.cli.release", "have a component watched again that was stopped on purpose"),
    "who": Command("console.cli.who", "print who is here, and what they have open"),
    "staff": Command("console.cli.staff", "print who may operate; add, change and remove them"),
    "rights": Command("console.cli.rights", "print who may do what"),
    "admin": Command("console.cli.admin", "prepare, upgrade and move databases, save and restore them"),
    "connect": Command("console.cli.connect", "connect to a shared database, and make it the default"),
    "connections": Command(
        "console.cli.connections", "print the shared databases, try, rename and forget them"
    ),
}
