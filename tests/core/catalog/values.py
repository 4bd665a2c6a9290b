"""Catalog values drawn at random: those a file may declare, so that they can be written and read back."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from core.catalog.model import (
    PRIORITIES,
    Agreement,
    Approval,
    Calendar,
    Catalog,
    CommandTarget,
    Component,
    Customer,
    FileTarget,
    FormField,
    Group,
    HeartbeatTarget,
    HostTarget,
    HttpTarget,
    Need,
    Pauses,
    Probe,
    ProcedureText,
    ProcessTarget,
    Promise,
    RequestType,
    Service,
    Staff,
    TcpTarget,
    Threshold,
)
from core.catalog.public_holidays import public_holidays
from tests.core.catalog.oncall_values import policies, rotas

IDS = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,8}", fullmatch=True)
# Letters of several scripts, the signs TOML and the placeholders use, and none that a terminal obeys.
_TEXT = st.text(st.sampled_from("abZ 09'\"\\#[]{}$=,.é☃😀中"), max_size=12)
_PRINTED = _TEXT.map(str.strip)
_TITLES = _PRINTED.filter(bool)
_WORDS = st.text(st.sampled_from("ab 'é\"\\${}\x7f\t\n"), max_size=8)
_SPANS = st.one_of(st.integers(1, 10**6).map(float), st.floats(0.001, 10**6))
_RANGES = st.sampled_from(("", "5", "1:5", "10:", "~:8", "@1:2"))
_METRICS = st.sampled_from(("latency_ms",))

_HTTP = st.builds(
    HttpTarget,
    url=st.sampled_from(("http://127.0.0.1/", "https://127.0.0.1:8443/a?b=${x}")),
    status=st.lists(st.integers(100, 599), min_size=1, max_size=3).map(tuple),
    body=st.sampled_from(("", "^ok$", "a${b}|\\d+")),
    headers=st.dictionaries(st.sampled_from(("Accept", "X-A.b")), st.just('é "q"'), max_size=2).map(
        lambda headers: tuple(headers.items())
    ),
    verify_certificate=st.booleans(),
)
_TCP = st.builds(
    TcpTarget, st.sampled_from(("127.0.0.1", "::1", "a.example")), st.integers(1, 65535), st.just("^x")
)
_PROCESS = st.one_of(
    st.builds(ProcessTarget, pid_file=st.just("/run/a.pid"), at_least=st.integers(0, 9)),
    st.builds(ProcessTarget, pattern=st.just("a b"), at_least=st.just(1), at_most=st.integers(1, 9)),
)
_HOST = st.one_of(
    st.builds(HostTarget, st.sampled_from(("load", "memory", "clock", "swap"))),
    st.builds(HostTarget, st.just("disk"), st.sampled_from(("/", "/var/${x}"))),
)
_FILE = st.builds(
    FileTarget,
    st.just("/a b"),
    st.just("E+"),
    _SPANS,
    st.sampled_from(("ok", "warning", "critical", "unknown")),
)
_COMMAND = st.builds(
    CommandTarget,
    argv=st.lists(_WORDS, max_size=3).map(lambda words: ("check", *words)),
    env=st.dictionaries(st.sampled_from(("A", "_b")), _WORDS, max_size=2).map(lambda env: tuple(env.items())),
    directory=st.sampled_from(("", "/tmp")),
)
_HEARTBEAT = st.builds(HeartbeatTarget, IDS, _SPANS, st.one_of(st.just(0.0), _SPANS))
TARGETS = st.one_of(_HTTP, _TCP, _PROCESS, _HOST, _FILE, _COMMAND, _HEARTBEAT)


def _threshold(metric: str, warning: str, critical: str, clear: str) -> Threshold:
    critical = critical or ("" if warning else "9")
    return Threshold(metric, warning, critical, clear if warning else "", clear if critical else "")


@st.composite
def probes(draw: st.DrawFn, name: str) -> Probe:
    """Draws a probe that goes by `name`, with a threshold where a metric is sure to be known."""
    target = draw(TARGETS)
    every = draw(_SPANS.filter(lambda span: span >= 0.1))
    has_latency = isinstance(target, HttpTarget | TcpTarget)
    thresholds = st.builds(_threshold, _METRICS, _RANGES, _RANGES, _RANGES)
    return Probe(
        id=name,
        target=target,
        every_s=every,
        timeout_s=every * draw(st.sampled_from((0.25, 0.5))),
        attempts=draw(st.integers(1, 1000)),
        good_attempts=draw(st.integers(1, 1000)),
        retry_s=draw(_SPANS),
        thresholds=(draw(thresholds),) if has_latency and draw(st.booleans()) else (),
    )


@st.composite
def components(draw: st.DrawFn, name: str, catalog: Catalog) -> Component:
    """Draws a component of `catalog`'s services, needing only components that are in it already."""
    needs: list[Need] = []
    if catalog.components:
        one = st.sampled_from(sorted(catalog.components))
        named = draw(st.lists(st.lists(one, min_size=1, max_size=3, unique=True), max_size=2))
        needs = [Need(tuple(of), draw(st.integers(1, len(of)))) for of in named]
    names = draw(st.lists(IDS, max_size=3, unique=True))
    return Component(
        id=name,
        title=draw(_TITLES),
        service=draw(st.sampled_from(sorted(catalog.services))),
        owner=draw(st.sampled_from(("", "The night shift", *catalog.staff))),
        note=draw(_TEXT),
        needs=tuple(needs),
        probes=tuple(draw(probes(probe)) for probe in names),
        procedures=tuple(sorted(catalog.procedures)) if draw(st.booleans()) else (),
        severity=draw(st.integers(1, 4)),
    )


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Draws a consistent catalog of a few things of every kind."""
    catalog = Catalog()
    for name in draw(st.lists(IDS, min_size=1, max_size=2, unique=True)):
        catalog.services[name] = Service(name, draw(_TITLES), draw(_TEXT))
    for name in draw(_few()):
        catalog.staff[name] = Staff(name, draw(_TITLES), email=draw(_PRINTED), role=draw(_ROLES))
    for name in draw(_few()):
        catalog.calendars[name] = draw(_calendars(name))
    for name in draw(_few()):
        if name not in catalog.staff:
            members = draw(
                st.lists(st.sampled_from((*_PEOPLE, *catalog.staff)), min_size=1, max_size=3, unique=True)
            )
            catalog.groups_of_people[name] = Group(name, draw(_TITLES), tuple(members))
    for name in draw(_few()) if catalog.staff else ():
        catalog.rotas[name] = draw(rotas(name, sorted(catalog.staff)))
    for name in draw(_few()):
        catalog.policies[name] = draw(policies(name, catalog))
    for name in draw(_few()):
        catalog.customers[name] = Customer(name, draw(_TITLES), draw(_PRINTED))
    for name in draw(_few()):
        catalog.procedures[name] = ProcedureText(name, f"procedures/{name}.md", draw(_TEXT))
    for name in draw(_few()) if catalog.customers else ():
        catalog.agreements[name] = _agreement(draw, name, catalog)
    for name in draw(_few(4)):
        catalog.components[name] = draw(components(name, catalog))
    return catalog


_ROLES: Any = st.sampled_from(("viewer", "operator", "lead", "reviewer", "admin"))
_HOURS = st.sampled_from((((0, 0, 1440),), ((0, 480, 720), (0, 780, 1080), (6, 1, 2))))


def _few(most: int = 2) -> st.SearchStrategy[list[str]]:
    return st.lists(IDS, max_size=most, unique=True)


_PEOPLE = ("ann@acme.example", "@acme.example", "@else.example")
_LEVELS = st.integers(1, 3)
_CLOCKS: Any = st.sampled_from(((), ("resolve",), ("resolve", "update")))
_PLACES: Any = st.sampled_from((("", ""), ("PT", ""), ("DE", "BY")))


@st.composite
def _calendars(draw: st.DrawFn, name: str) -> Calendar:
    country, subdivision = draw(_PLACES)
    return Calendar(
        name, "Europe/Lisbon", draw(_HOURS),
        draw(st.sampled_from(((), ("2026-12-25", "12-24 Christmas Eve", "2026-12-27..2027-01-02 Works closed")))),
        draw(st.sampled_from(((), ("12-31 08:00-12:00 13:00-24:00 Stock-taking",)))),
        country, subdivision, public_holidays(country, subdivision) if country else (),
    )  # fmt: skip


def _agreement(draw: st.DrawFn, name: str, catalog: Catalog) -> Agreement:
    severities = draw(st.permutations(range(1, draw(st.integers(1, 4)))))
    respond, update = draw(_SPANS), draw(st.sampled_from((None, 60.0, 3600.0)))
    staffed = [g.id for g in catalog.groups_of_people.values() if any("@" not in m for m in g.members)]
    asking: Any = st.sampled_from((*_PEOPLE, "*", *catalog.groups_of_people))
    delivering: Any = st.sampled_from(("role:lead", "role:operator", *catalog.staff, *staffed))
    may_ask = draw(st.lists(asking, max_size=3, unique=True))
    services = sorted(catalog.services)
    names = draw(_few()) if may_ask else []
    return Agreement(
        name,
        draw(_TITLES),
        draw(st.sampled_from(sorted(catalog.customers))),
        tuple(services),
        draw(st.sampled_from(("", *sorted(catalog.calendars)))),
        tuple(Promise(severity, respond, respond * 2, update) for severity in severities),
        *draw(st.sampled_from((("", ""), ("2026-01-01", ""), ("2026-01-01", "2026-12-31")))),
        draw(st.sampled_from(("hold", "refuse"))),
        tuple(may_ask),
        tuple(draw(st.lists(delivering, max_size=3, unique=True))),
        Pauses(draw(_CLOCKS), draw(_CLOCKS), draw(_CLOCKS)),
        draw(st.sampled_from((PRIORITIES, ((1, 1, 1), (1, 2, 2), (4, 4, 4)), ((1, 1, 2, 3),) * 4))),
        tuple(draw(_request_types(each, services, sorted(catalog.procedures))) for each in names),
    )


@st.composite
def _request_types(draw: st.DrawFn, name: str, services: list[str], procedures: list[str]) -> RequestType:
    return RequestType(
        name,
        draw(_TITLES),
        draw(st.sampled_from(services)),
        tuple(draw(st.lists(_FIELDS, max_size=2, unique_by=lambda field: field.name))),
        draw(st.sampled_from((None, Approval(("role:lead",), 2)))),
        draw(st.sampled_from(("", *procedures))),
        checks := tuple(draw(st.lists(_TITLES, max_size=2))),
        draw(_LEVELS),
        draw(_LEVELS),
        draw(st.sampled_from((None, 90.5, 7200.0))),
        draw(st.sampled_from(((), checks[:1]))),
    )


_FIELDS = st.one_of(
    st.builds(FormField, IDS, _TITLES, st.just("text"), st.booleans(), most=st.just(90.0), pattern=st.just("a${b}|\\d+")),
    st.builds(FormField, IDS, _TITLES, st.just("number"), st.booleans(), least=st.just(-0.5), most=st.just(7.0)),
    st.builds(FormField, IDS, _TITLES, st.just("choice"), st.booleans(), choices=st.lists(_TITLES, min_size=1, max_size=3, unique=True).map(tuple)),
    st.builds(FormField, IDS, _TITLES, st.just("date"), st.booleans(), least=st.just("2026-02-28")),
    st.builds(FormField, IDS, _TITLES, st.just("yes-no"), st.booleans()),
)  # fmt: skip
