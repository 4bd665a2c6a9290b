from __future__ import annotations

import copy
from dataclasses import replace

from hypothesis import given

from core.catalog.difference import difference
from core.catalog.model import (
    Agreement,
    Catalog,
    Component,
    HttpTarget,
    Need,
    Probe,
    ProcedureText,
    Promise,
    Service,
    TcpTarget,
    Threshold,
)
from tests.core.catalog.values import catalogs

_HTTP = HttpTarget("http://127.0.0.1/", status=(200,))
_PROBE = Probe("http", _HTTP, every_s=10.0, thresholds=(Threshold("latency_ms", "100"),))
_WEB = Component("orders-web", "Orders", "shop", needs=(Need(("db",), 1),), probes=(_PROBE,))


def _lines(before: Component, after: Component) -> list[str]:
    changes = difference(Catalog(components={before.id: before}), Catalog(components={after.id: after}))
    return [str(change) for change in changes]


def _probed(**changes: object) -> Component:
    return replace(_WEB, probes=(replace(_PROBE, **changes),))  # type: ignore[arg-type]


def test_a_changed_figure_of_a_probe_is_one_line() -> None:
    changed = _probed(every_s=5.0)
    assert _lines(_WEB, changed) == ["component orders-web: probe http: every_s 10 → 5"]


def test_several_changes_of_one_component_stand_on_its_line() -> None:
    changed = replace(_probed(attempts=2), title="The orders", owner="ana")
    assert _lines(_WEB, changed) == [
        "component orders-web: title Orders → The orders; owner nothing → ana; probe http: attempts 3 → 2"
    ]


def test_changes_deep_inside_are_named_by_what_holds_them() -> None:
    threshold = Threshold("latency_ms", "200", "900")
    assert _lines(_WEB, _probed(thresholds=(threshold,))) == [
        (
            "component orders-web: probe http: threshold latency_ms: warning 100 → 200; "
            "probe http: threshold latency_ms: critical nothing → 900"
        )
    ]
    assert _lines(_WEB, _probed(target=replace(_HTTP, status=(200, 204), verify_certificate=False))) == [
        "component orders-web: probe http: status [200] → [200, 204]; probe http: verify_certificate yes → no"
    ]
    assert _lines(_WEB, _probed(target=TcpTarget("127.0.0.1", 80))) == [
        "component orders-web: probe http: target http → tcp"
    ]


def test_what_came_and_went_is_said_in_a_word() -> None:
    other = Component("db", "Database", "shop")
    before = Catalog(components={"orders-web": _WEB}, services={"shop": Service("shop", "Shop")})
    after = Catalog(components={"db": other})
    assert [str(change) for change in difference(before, after)] == [
        "service shop: removed",
        "component db: added",
        "component orders-web: removed",
    ]
    assert _lines(_WEB, replace(_WEB, probes=(replace(_PROBE, id="page"),))) == [
        "component orders-web: probe http removed; probe page added"
    ]


def test_needs_are_shown_as_they_are_written() -> None:
    changed = replace(_WEB, needs=(Need(("db",), 1), Need(("a", "b", "c"), 2)))
    assert _lines(_WEB, changed) == ["component orders-web: needs [db] → [db, 2 of a/b/c]"]


def test_a_promise_is_named_by_its_severity() -> None:
    before = Agreement("gold", "Gold", "northwind", ("shop",), targets=(Promise(1, 900.0, 3600.0),))
    after = replace(before, targets=(Promise(1, 600.0, 3600.0), Promise(2, 1.0, 2.0)))
    changes = difference(Catalog(agreements={"gold": before}), Catalog(agreements={"gold": after}))
    assert [str(change) for change in changes] == [
        "agreement gold: target severity 1: respond_s 900 → 600; target severity 2 added"
    ]


def test_a_long_text_is_not_spelt_out() -> None:
    before = ProcedureText("restart", "procedures/restart.md", "one\n" * 30)
    after = replace(before, text="one\n" * 31)
    (change,) = difference(Catalog(procedures={"restart": before}), Catalog(procedures={"restart": after}))
    assert str(change) == "procedure restart: text changed (30 lines → 31 lines)"
    assert change.changes == {"text": [before.text, after.text]}


def test_another_order_of_probes_is_a_change() -> None:
    second = Probe("port", TcpTarget("127.0.0.1", 80))
    before, after = replace(_WEB, probes=(_PROBE, second)), replace(_WEB, probes=(second, _PROBE))
    assert _lines(before, after) == ["component orders-web: order of probes [http, port] → [port, http]"]


def test_a_changed_text_cannot_write_to_the_terminal() -> None:
    assert all(line.isprintable() for line in _lines(_WEB, replace(_WEB, note="\x1b[2J\nx")))


def test_the_journals_form_holds_what_json_can() -> None:
    (change,) = difference(
        Catalog(components={"orders-web": _WEB}), Catalog(components={"orders-web": replace(_WEB, probes=())})
    )
    ((before, after),) = change.changes.values()
    assert (before["target"]["url"], after) == ("http://127.0.0.1/", None)


@given(catalogs(), catalogs())
def test_catalogs_differ_when_and_only_when_they_are_not_equal(before: Catalog, after: Catalog) -> None:
    assert difference(before, copy.deepcopy(before)) == ()
    changes = difference(before, after)
    assert bool(changes) == (before != after)
    assert all(change.differences for change in changes if change.sort == "changed")
    assert all(str(change).isprintable() for change in changes)
    back = {(change.kind, change.id) for change in difference(after, before)}
    assert back == {(change.kind, change.id) for change in changes}
