"""The catalog as the rest of the house sees it: frozen values, free of files and of checking.

How files become these values, and how every mistake in them is found, is `declaration` and
`reader`. Nothing here imports more than the standard library: a console that only shows a
component does not pay for its validation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from core.catalog.access import AccessSource, Conflict  # noqa: TC001 – its fields are read at run time
from core.catalog.desk import Macro, ReplyText  # noqa: TC001 – its fields are read at run time
from core.catalog.improvement import Cause, Improvement  # noqa: TC001 – the same
from core.catalog.later import LATER
from core.catalog.logs import LogSource, SigmaText  # noqa: TC001 – the same
from core.catalog.mail import Mailbox, MessageText  # noqa: TC001 – its fields are read at run time
from core.catalog.oncall import Policy, Rota  # noqa: TC001 – the same
from core.catalog.training import Training  # noqa: TC001 – the same

ProbeKind = Literal["http", "tcp", "process", "host", "file", "command", "heartbeat"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """The ranges that make one metric of a probe a warning or critical.

    Ranges are text in the Nagios grammar `[@]start:end` (see core.monitoring.ranges), already
    checked. A state once raised holds until the value is inside its `_clear` range (hysteresis);
    an empty clear range means the raising range's own opposite.
    """

    metric: str
    warning: str = ""
    critical: str = ""
    warning_clear: str = ""
    critical_clear: str = ""


@dataclass(frozen=True, slots=True)
class HttpTarget:
    """`http`: one GET over a new connection. Metrics: latency_ms, size_bytes, certificate_days (https)."""

    url: str
    status: tuple[int, ...] = (200,)
    body: str = ""  # a regular expression that must be found in the first 64 KiB
    headers: tuple[tuple[str, str], ...] = ()
    verify_certificate: bool = True
    kind: Literal["http"] = "http"


@dataclass(frozen=True, slots=True)
class TcpTarget:
    """`tcp`: a connection that is opened, and what it must say first. Metric: latency_ms, until it was said."""

    host: str
    port: int
    expect: str = ""  # a regular expression for the first bytes the other side sends
    kind: Literal["tcp"] = "tcp"


@dataclass(frozen=True, slots=True)
class ProcessTarget:
    """`process`: found by pid file or by a pattern over the command line. Metrics: count, cpu_percent, memory_mb, age_s."""

    pid_file: str = ""
    pattern: str = ""
    at_least: int = 1
    at_most: int = 0  # 0: no limit
    kind: Literal["process"] = "process"


@dataclass(frozen=True, slots=True)
class HostTarget:
    """`host`: one aspect of this machine.

    Metrics: load → load1_per_core, load5_per_core; memory → used_percent, available_mb;
    disk → used_percent, free_gb, inodes_used_percent; clock → offset_ms (against the monotonic clock
    since the agent's start: a step shows), swap → used_percent.
    """

    aspect: Literal["load", "memory", "disk", "clock", "swap"]
    path: str = "/"  # disk only
    kind: Literal["host"] = "host"


@dataclass(frozen=True, slots=True)
class FileTarget:
    """`file`: its age, its size, and a pattern seen in its new lines. Metrics: age_s, size_bytes, matches."""

    path: str
    pattern: str = ""
    within_s: float = 300.0  # matches are counted over this many last seconds
    missing: Literal["ok", "warning", "critical", "unknown"] = "critical"
    kind: Literal["file"] = "file"


@dataclass(frozen=True, slots=True)
class CommandTarget:
    """`command`: a plugin of the Nagios plugin API, run without a shell. Metrics: those of its perfdata."""

    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()
    directory: str = ""
    kind: Literal["command"] = "command"


@dataclass(frozen=True, slots=True)
class HeartbeatTarget:
    """`heartbeat`: somebody else says `watchfloor beat NAME`; silence beyond `within_s` is critical. Metric: silence_s."""

    name: str
    within_s: float
    grace_s: float = 0.0  # silence beyond within_s is a warning, beyond within_s + grace_s critical
    kind: Literal["heartbeat"] = "heartbeat"


Target = HttpTarget | TcpTarget | ProcessTarget | HostTarget | FileTarget | CommandTarget | HeartbeatTarget


@dataclass(frozen=True, slots=True)
class Probe:
    """How one aspect of a component is looked at. Spans are seconds."""

    id: str  # unique within its component
    target: Target
    every_s: float = 30.0
    timeout_s: float = 5.0
    attempts: int = 3  # results in a row that confirm a worse state
    good_attempts: int = 1  # results in a row that confirm recovery
    retry_s: float = 5.0  # between results while unconfirmed
    thresholds: tuple[Threshold, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """A dependency: at least `at_least` of the named components must stand."""

    of: tuple[str, ...]
    at_least: int


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the house whose components an agent of its own watches: a plant, a network, a share of many."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the service system that can be watched or operated."""

    id: str
    title: str
    service: str
    owner: str = ""  # a staff id, or free text
    note: str = ""
    needs: tuple[Need, ...] = ()
    probes: tuple[Probe, ...] = ()
    procedures: tuple[str, ...] = ()  # procedure ids, in the order shown
    severity: int = 2  # of the incident that its failure opens: 1 worst … 4
    zone: str = field(default="", metadata=LATER)  # empty: the home zone
    scanned_as: tuple[str, ...] = field(default=(), metadata=LATER)  # what reports of vulnerabilities call it

    @property
    def needed_ids(self) -> tuple[str, ...]:
        """Returns every component this one names as needed, once, in order."""
        return tuple(dict.fromkeys(i for need in self.needs for i in need.of))


@dataclass(frozen=True, slots=True)
class Service:
    """What a customer gets."""

    id: str
    title: str
    note: str = ""
    policy: str = field(
        default="", metadata=LATER
    )  # by which it is escalated, where no agreement says otherwise


@dataclass(frozen=True, slots=True)
class Customer:
    """Who gets services under agreements."""

    id: str
    title: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise of an agreement for one severity of incidents, which is one priority of requests.

    Spans are seconds in the agreement's hours. `update_s` is how long the requester is left without a word at most;
    None: nothing is promised of it.
    """

    severity: int
    respond_s: float
    resolve_s: float
    update_s: float | None = field(default=None, metadata=LATER)
    policy: str = field(default="", metadata=LATER)  # by which items of this priority are escalated

    @property
    def priority(self) -> int:
        """Returns the same number as requests call it: 1 most pressing … 4."""
        return self.severity


ClockName = Literal["resolve", "update"]
FieldKind = Literal["text", "number", "choice", "date", "yes-no"]
PRIORITIES = ((1, 2, 3), (2, 3, 4), (3, 4, 4))
"""The priority by impact (rows, 1 the greatest) and urgency (columns) where an agreement gives no table of its own."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """Which clocks stand still while it is waited for whom. The response clock never does.

    By itself only what the customer owes stops a promise made to the customer: a supplier is our own affair, and a
    date one sets oneself would put off any promise.
    """

    customer: tuple[ClockName, ...] = ("resolve", "update")
    supplier: tuple[ClockName, ...] = ()
    until: tuple[ClockName, ...] = ()


@dataclass(frozen=True, slots=True)
class FormField:
    """One thing a request of a type has to tell. `least` and `most` bound a number, a text's length, or a date (ISO)."""

    name: str
    label: str
    kind: FieldKind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    least: float | str | None = None
    most: float | str | None = None
    pattern: str = ""  # a regular expression that the whole of a text must match


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approves: so many of the people named by id, by group, or as `role:lead`."""

    by: tuple[str, ...]
    count: int = 1
    remind_s: float = field(default=8 * 3600.0, metadata=LATER)  # seconds of the agreement's hours
    expires_s: float = field(default=40 * 3600.0, metadata=LATER)  # after so long a lead decides


@dataclass(frozen=True, slots=True)
class RequestType:
    """What may be asked of a service: what has to be told, who approves, and how it is carried out."""

    id: str
    title: str
    service: str
    fields: tuple[FormField, ...] = ()
    approval: Approval | None = None
    procedure: str = ""
    checklist: tuple[str, ...] = ()
    impact: int = 3
    urgency: int = 3
    resolve_s: float | None = None  # instead of its priority's
    may_stay_open: tuple[str, ...] = field(
        default=(), metadata=LATER
    )  # those of its checklist that need not be ticked off
    may_run: tuple[str, ...] = field(default=(), metadata=LATER)  # procedures run for it beside its own


@dataclass(frozen=True, slots=True)
class Agreement:
    """Service agreement: which services, for which customer, who may ask and deliver, in which hours, with which targets.

    `may_ask` holds addresses, `@domain`s and ids of groups, or `*` for anybody; nobody where it is empty. `may_deliver`
    holds ids of staff and groups, and `role:lead`; empty for every operator. `begins` and `ends` are ISO dates, both
    in force, in the zone of its hours; empty: not bounded. `correct_days` says by severity in how many days a
    vulnerability is corrected. `survey` is what requesters are asked at delivery. `only_for_requests` are procedures
    that are begun for a request, and not otherwise.
    """

    id: str
    title: str
    customer: str
    services: tuple[str, ...]
    calendar: str = ""
    targets: tuple[Promise, ...] = ()
    begins: str = field(default="", metadata=LATER)
    ends: str = field(default="", metadata=LATER)
    outside: Literal["hold", "refuse"] = field(default="hold", metadata=LATER)
    may_ask: tuple[str, ...] = field(default=(), metadata=LATER)
    may_deliver: tuple[str, ...] = field(default=(), metadata=LATER)
    pauses: Pauses = field(default=Pauses(), metadata=LATER)
    priority: tuple[tuple[int, ...], ...] = field(default=PRIORITIES, metadata=LATER)
    request_types: tuple[RequestType, ...] = field(default=(), metadata=LATER)
    correct_days: tuple[tuple[str, int], ...] = field(default=(), metadata=LATER)
    survey: Literal["csat", "nps", "ces", "none"] = field(default="csat", metadata=LATER)
    policy: str = field(default="", metadata=LATER)
    only_for_requests: tuple[str, ...] = field(default=(), metadata=LATER)


@dataclass(frozen=True, slots=True)
class Group:
    """People by one name. `members` are addresses, `@domain`s, and ids of staff."""

    id: str
    title: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who operates. `away` are days on which they are not there, written as core.catalog.days reads them."""

    id: str
    name: str
    login: str = ""  # the operating-system user; empty: the same as id
    email: str = ""
    role: Literal["viewer", "operator", "lead", "reviewer", "admin"] = "operator"
    away: tuple[str, ...] = field(default=(), metadata=LATER)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Service hours: an IANA zone, weekly hours, days off, and days with other hours. Hours are (weekday 0=Monday, from minute, to minute).

    `holidays`, `exceptions` and `public` are written as core.catalog.days reads them. `public` are the public holidays
    of the country as they were known when the catalog was read: so a version of a calendar stays what it was.
    """

    id: str
    zone: str
    hours: tuple[tuple[int, int, int], ...] = ()
    holidays: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = field(default=(), metadata=LATER)
    country: str = field(default="", metadata=LATER)
    subdivision: str = field(default="", metadata=LATER)
    public: tuple[str, ...] = field(default=(), metadata=LATER)


@dataclass(frozen=True, slots=True)
class ProcedureText:
    """A procedure as written: Markdown with front matter. Its meaning is core.operations' business."""

    id: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything declared, by kind and id; consistent in itself (every reference is right, no cycles)."""

    customers: dict[str, Customer] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    agreements: dict[str, Agreement] = field(default_factory=dict)
    components: dict[str, Component] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)
    procedures: dict[str, ProcedureText] = field(default_factory=dict)
    zones: dict[str, Zone] = field(default_factory=dict)
    groups_of_people: dict[str, Group] = field(default_factory=dict)
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    texts: dict[str, MessageText] = field(default_factory=dict)
    rotas: dict[str, Rota] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    replies: dict[str, ReplyText] = field(default_factory=dict)
    macros: dict[str, Macro] = field(default_factory=dict)
    causes: dict[str, Cause] = field(default_factory=dict)
    improvement: dict[str, Improvement] = field(default_factory=dict)
    access_sources: dict[str, AccessSource] = field(default_factory=dict)
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    log_sources: dict[str, LogSource] = field(default_factory=dict)
    sigma_rules: dict[str, SigmaText] = field(default_factory=dict)
    trainings: dict[str, Training] = field(default_factory=dict)

    def groups(self) -> dict[str, dict[str, Any]]:
        """Returns what is declared of each kind, by its name as files write it."""
        return {
            "customer": self.customers, "service": self.services, "agreement": self.agreements,
            "component": self.components, "staff": self.staff, "calendar": self.calendars,
            "procedure": self.procedures, "zone": self.zones, "group": self.groups_of_people,
            "mailbox": self.mailboxes, "template": self.texts, "rota": self.rotas, "policy": self.policies,
            "reply": self.replies,
            "macro": self.macros, "cause": self.causes, "improvement": self.improvement,
            "access_source": self.access_sources, "conflict": self.conflicts, "log_source": self.log_sources, "sigma": self.sigma_rules,
            "training": self.trainings,
        }  # fmt: skip
