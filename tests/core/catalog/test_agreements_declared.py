"""Agreements and groups as files declare them, and every mistake in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.catalog.codec import decode, encode
from core.catalog.difference import difference
from core.catalog.model import (
    Agreement,
    Approval,
    Catalog,
    FormField,
    Group,
    Pauses,
    Promise,
    RequestType,
)
from tests.core.catalog.catalogs import lines_of, read_beside_house

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = '[[agreement]]\nid = "a"\ncustomer = "northwind"\nservices = ["shop"]\n'
_ASKED = _HEAD + 'may_ask = ["*"]\n[[agreement.request_type]]\nid = "t"\n'
_FIELD = _ASKED + '[[agreement.request_type.field]]\nname = "f"\n'
_TARGET = _HEAD + "[[agreement.target]]\n"
_MATRIX = "Less impact or urgency is never more pressing"
_REFUSED = {
    "a target of no priority": (
        _TARGET + 'respond = "1h"\nresolve = "2h"',
        'it.toml:5: agreement[a].target[#1]: the key "priority" is missing. Add priority, 1 (most pressing) to 4',
    ),
    "a target by both words": (
        _TARGET + 'priority = 1\nseverity = 1\nrespond = "1h"\nresolve = "2h"',
        "it.toml:7: agreement[a].target[#1].severity: priority and severity are two words for one number. Keep one of the two",
    ),
    "a priority that is none": (
        _TARGET + 'priority = 5\nrespond = "1h"\nresolve = "2h"',
        "it.toml:6: agreement[a].target[#1].priority: is 5; it must be at most 4. Write 4 or less",
    ),
    "one priority by two words": (
        _TARGET + "priority = 2\nrespond = 1\nresolve = 2\n[[agreement.target]]\nseverity = 2\nrespond = 1\nresolve = 2",
        "it.toml:10: agreement[a].target[#2].severity: a second target for severity 2; the first is on line 6. Keep one of the two",
    ),
    "a target that is sooner than that of a more pressing priority": (
        _TARGET + 'priority = 2\nrespond = "10m"\nresolve = "2h"\n[[agreement.target]]\npriority = 1\nrespond = "1h"\nresolve = "2h"',
        "it.toml:7: agreement[a].target[#1].respond: promises to respond sooner (600s) than for priority 1 (3600s); the first is on line 11. A more pressing one is promised no later: turn them round, or make the two alike",
    ),
    "updates that are rarer where it presses more": (
        _TARGET + 'severity = 1\nrespond = 1\nresolve = "2h"\nupdate = "1h"\n[[agreement.target]]\nseverity = 2\nrespond = 1\nresolve = "2h"\nupdate = "30m"',
        "it.toml:14: agreement[a].target[#2].update: promises to update sooner (1800s) than for severity 1 (3600s); the first is on line 9. A more pressing one is promised no later: turn them round, or make the two alike",
    ),
    "a priority that was left out": (
        _TARGET + "priority = 1\nrespond = 1\nresolve = 2\n[[agreement.target]]\npriority = 3\nrespond = 1\nresolve = 2",
        "it.toml:10: agreement[a].target[#2].priority: is promised something, and the more pressing 2 nothing. Add a target for priority 2",
    ),
    "updates without end": (
        _TARGET + 'priority = 1\nrespond = "1m"\nresolve = "1h"\nupdate = "10s"',
        "it.toml:9: agreement[a].target[#1].update: is more often than once a minute. Write a minute or more",
    ),
    "an end before the beginning": (
        _HEAD + 'from = 2027-01-01\nuntil = "2026-12-31"',
        "it.toml:6: agreement[a].until: is before it begins (2027-01-01). Write a later day",
    ),
    "a beginning that is no day": (
        _HEAD + 'from = "soon"',
        "it.toml:5: agreement[a].from: soon is not a date. Write it as 2026-12-25",
    ),
    "another end": (
        _HEAD + 'outside = "ignore"',
        'it.toml:5: agreement[a].outside: "ignore" is not one of hold, refuse. Use one of hold, refuse',
    ),
    "the name of a field of the program": (
        _HEAD + 'begins = "2027-01-01"',
        'it.toml:5: agreement[a].begins: there is no key "begins" here. The keys are: calendar, correct, customer, from, id, may_ask, may_deliver, only_for_requests, outside, pauses, policy, priority, request_type, services, survey, target, title, until',
    ),
    "a wrong address": (
        _HEAD + 'may_ask = ["ann@acme.example", "ann@", "bo b@acme.example"]',
        'it.toml:5: agreement[a].may_ask[#2]: "ann@" is neither an address nor a domain. Write an address as ann@acme.example, all of a domain as @acme.example',
        'it.toml:5: agreement[a].may_ask[#3]: "bo b@acme.example" is neither an address nor a domain. Write an address as ann@acme.example, all of a domain as @acme.example',
    ),
    "one address in two spellings": (
        _HEAD + 'may_ask = ["ann@acme.example", "Ann@Acme.example"]',
        'it.toml:5: agreement[a].may_ask[#2]: names "ann@acme.example" twice. Name it once',
    ),
    "a group that is not there": (
        _HEAD + 'may_ask = ["buyerz"]\n[[group]]\nid = "buyers"\nmembers = ["@acme.example"]',
        'it.toml:5: agreement[a].may_ask[#1]: there is no group "buyerz". Did you mean "buyers"?',
    ),
    "staff that is not there": (
        _HEAD + 'may_deliver = ["anna"]',
        'it.toml:5: agreement[a].may_deliver[#1]: there is no staff or group "anna". Did you mean "ana"?',
    ),
    "a role that is not there": (
        _HEAD + 'may_deliver = ["role:leed"]',
        'it.toml:5: agreement[a].may_deliver[#1]: there is no role "leed". Did you mean "lead"?',
    ),
    "an address that delivers": (
        _HEAD + 'may_deliver = ["ann@acme.example"]',
        'it.toml:5: agreement[a].may_deliver[#1]: "ann@acme.example" is an address. Name staff or a group by id, or a role as role:lead',
    ),
    "a group that cannot deliver": (
        _HEAD + 'may_deliver = ["buyers"]\n[[group]]\nid = "buyers"\nmembers = ["@acme.example"]',
        'it.toml:5: agreement[a].may_deliver[#1]: none of the staff is in group "buyers". Put staff into it by id, or name another group',
    ),
    "a group with nobody": (
        '[[group]]\nid = "g"\nmembers = []',
        "it.toml:3: group[g].members: is empty. Name at least one",
    ),
    "a member that is not there": (
        '[[group]]\nid = "g"\nmembers = ["@acme.example", "anna"]',
        'it.toml:3: group[g].members[#2]: there is no staff "anna". Did you mean "ana"?',
    ),
    "a group by the name of a person": (
        '[[group]]\nid = "ana"\nmembers = ["ana"]',
        'it.toml:2: group[ana].id: group "ana" has the id of one of the staff: whoever names it might mean either. Give one of the two another id',
    ),
    "a pause of nobody's": (
        _HEAD + 'pauses = {costumer = ["resolve"]}',
        'it.toml:5: agreement[a].pauses.costumer: there is no key "costumer" here. Did you mean "customer"?',
    ),
    "a response that stands still": (
        _HEAD + 'pauses = {customer = ["respond"]}',
        'it.toml:5: agreement[a].pauses.customer[#1]: "respond" is not one of resolve, update. Use one of resolve, update',
    ),
    "a table of another size": (
        _HEAD + "priority = [[1, 2], [2, 3]]",
        "it.toml:5: agreement[a].priority: has 2 rows. Write 3 rows of 3 numbers, or 4 of 4: impact by urgency",
    ),
    "a row of another length": (
        _HEAD + "priority = [[1, 2, 3],\n[2, 3],\n[3, 4, 4]]",
        "it.toml:6: agreement[a].priority[#2]: has 2 numbers, and there are 3 rows. Write 3 numbers in each row",
    ),
    "less impact that presses more": (
        _HEAD + "priority = [[1, 2, 3],\n[2, 3, 4],\n[1, 4, 4]]",
        f"it.toml:7: agreement[a].priority[#3][#1]: gives 1 where a greater impact or urgency has 2. {_MATRIX}",
    ),
    "types that nobody may ask for": (
        _HEAD + '[[agreement.request_type]]\nid = "t"',
        'it.toml:1: agreement[a]: has request types, but nobody may ask for them. Add may_ask, such as ["@acme.example"], or ["*"] for anybody',
    ),
    "a type twice": (
        _ASKED + '[[agreement.request_type]]\nid = "t"',
        'it.toml:9: agreement[a].request_type[t].id: a second request type "t"; the first is on line 7. Give one of the two another id',
    ),
    "a type of another service": (
        _ASKED + 'service = "ship"',
        'it.toml:8: agreement[a].request_type[t].service: the agreement does not cover "ship". Did you mean "shop"?',
    ),
    "a procedure that is not there": (
        _ASKED + 'procedure = "restrat"',
        'it.toml:8: agreement[a].request_type[t].procedure: there is no procedure "restrat". Did you mean "restart"?',
    ),
    "another procedure that is not there": (
        _ASKED + 'may_run = ["restart", "restrat"]',
        'it.toml:8: agreement[a].request_type[t].may_run[#2]: there is no procedure "restrat". Did you mean "restart"?',
    ),
    "a procedure only for requests that is not there": (
        _HEAD + 'only_for_requests = ["restrat"]',
        'it.toml:5: agreement[a].only_for_requests[#1]: there is no procedure "restrat". Did you mean "restart"?',
    ),
    "an approver who is not there": (
        _ASKED + 'approval = {by = ["anna", "role:lead"]}',
        'it.toml:8: agreement[a].request_type[t].approval.by[#1]: there is no staff or group "anna". Did you mean "ana"?',
    ),
    "an approval by nobody": (
        _ASKED + "approval = {by = []}",
        "it.toml:8: agreement[a].request_type[t].approval.by: is empty. Name at least one",
    ),
    "an approval that is over before anybody is reminded": (
        _ASKED + 'approval = {by = ["ana"], remind = "2h", expires = "1h"}',
        "it.toml:8: agreement[a].request_type[t].approval.expires: expires (3600s) before anybody is reminded (7200s). Make it at least as long as remind",
    ),
    "an approval that reminds all the time": (
        _ASKED + 'approval = {by = ["ana"], remind = "10s"}',
        "it.toml:8: agreement[a].request_type[t].approval.remind: is more often than once a minute. Write a minute or more",
    ),
    "an approval that cannot come": (
        _ASKED + 'approval = {by = ["ana", "us"], count = 2}\n[[group]]\nid = "us"\nmembers = ["ana", "@us.example"]',
        "it.toml:8: agreement[a].request_type[t].approval: asks 2 to approve, and names 1: it would never be approved. Name more people, or lower count",
    ),
    "an impact beyond the table": (
        _ASKED + "impact = 4",
        "it.toml:8: agreement[a].request_type[t].impact: is 4; the table of priorities goes to 3. Write 3 or less",
    ),
    "a field twice": (
        _FIELD + '[[agreement.request_type.field]]\nname = "f"',
        'it.toml:11: agreement[a].request_type[t].field[f].name: a second field "f"; the first is on line 9. Give one of the two another name',
    ),
    "a kind of field that is none": (
        _FIELD + 'kind = "tekst"',
        'it.toml:10: agreement[a].request_type[t].field[f].kind: "tekst" is not one of choice, date, number, text, yes-no. Did you mean "text"?',
    ),
    "a choice of nothing": (
        _FIELD + 'kind = "choice"',
        'it.toml:8: agreement[a].request_type[t].field[f]: offers nothing to choose from. Add choices = ["…"]',
    ),
    "a choice twice": (
        _FIELD + 'kind = "choice"\nchoices = ["a", "b", "a"]',
        'it.toml:11: agreement[a].request_type[t].field[f].choices[#3]: offers "a" twice. Offer it once',
    ),
    "a text with choices": (
        _FIELD + 'choices = ["a"]',
        'it.toml:10: agreement[a].request_type[t].field[f].choices: a text has no choices. Write kind = "choice", or take them out',
    ),
    "a number with a pattern": (
        _FIELD + 'kind = "number"\npattern = "a"',
        "it.toml:11: agreement[a].request_type[t].field[f].pattern: a number is not held against a pattern. Take it out",
    ),
    "a pattern that is none": (
        _FIELD + 'pattern = "("',
        "it.toml:10: agreement[a].request_type[t].field[f].pattern: is not a regular expression: missing ), unterminated subpattern at character 1. Escape what is meant literally with \\",
    ),
    "a pattern over a novel": (
        _FIELD + 'pattern = "a+"\nmax = 5000',
        "it.toml:11: agreement[a].request_type[t].field[f].max: a text with a pattern has at most 200 characters. Lower max, or take it out",
    ),
    "bounds the wrong way round": (
        _FIELD + 'kind = "number"\nmin = 5\nmax = 4',
        "it.toml:12: agreement[a].request_type[t].field[f].max: is smaller than min (5.0). Make it at least as large",
    ),
    "a date bounded by a number": (
        _FIELD + 'kind = "date"\nmin = 5',
        "it.toml:11: agreement[a].request_type[t].field[f].min: is not a date. Write it as 2026-12-25",
    ),
    "a number bounded by a date": (
        _FIELD + 'kind = "number"\nmax = 2026-12-25',
        "it.toml:11: agreement[a].request_type[t].field[f].max: must be a number. Take the quotes away",
    ),
    "a bound that is no number": (
        _FIELD + 'kind = "number"\nmin = nan',
        "it.toml:11: agreement[a].request_type[t].field[f].min: nan is no bound. Write a number or a date",
    ),
    "a bound without end": (
        _FIELD + 'kind = "number"\nmax = inf',
        "it.toml:11: agreement[a].request_type[t].field[f].max: inf is no bound. Write a number or a date",
    ),
    "half a character": (
        _FIELD + "max = 1.5",
        "it.toml:10: agreement[a].request_type[t].field[f].max: is no length of a text. Write a whole number from 0 to 20000",
    ),
    "a yes with bounds": (
        _FIELD + 'kind = "yes-no"\nmin = 1',
        "it.toml:11: agreement[a].request_type[t].field[f].min: a yes-no has no bounds. Take it out",
    ),
    "a line that may stay open and is not there": (
        _ASKED + 'checklist = ["Tell them"]\nmay_stay_open = ["Tel them"]',
        'it.toml:9: agreement[a].request_type[t].may_stay_open[#1]: "Tel them" is no line of its checklist. Write it in both, in the same words',
    ),
    "a type whose service is not said": (
        '[[service]]\nid = "web"\n' + _ASKED.replace('"shop"', '"shop", "web"'),
        "it.toml:8: agreement[a].request_type[t]: is of none of the services. Add service, one of shop, web",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", _REFUSED)
def test_a_mistake_is_named_where_it_stands(mistake: str, tmp_path: Path) -> None:
    text, *expected = _REFUSED[mistake]
    assert lines_of(read_beside_house(tmp_path, text), tmp_path) == expected


def test_everything_wrong_in_an_agreement_is_told_at_once(tmp_path: Path) -> None:
    text = """[[agreement]]
id = "a"
customer = "northwnd"
services = ["shop", "shap"]
calender = "office"
may_ask = ["nobodies"]
outside = "hide"
[agreement.pauses]
customer = ["resolv"]
[[agreement.target]]
priority = 1
respond = "soon"
resolve = "1h"
[[agreement.request_type]]
id = "T"
service = "shop"
procedure = "nothing"
impact = 9
[[agreement.request_type.field]]
name = "f"
kind = "number"
min = "a"
requird = true
"""
    lines = [problem.line for problem in read_beside_house(tmp_path, text).problems]
    assert lines == [3, 4, 5, 6, 7, 9, 12, 15, 17, 18, 22, 23]


WHOLE = (
    _HEAD
    + """calendar = "office"
from = "2026-01-01"
until = 2026-12-31
outside = "refuse"
only_for_requests = ["restart"]
may_ask = ["Ann@Northwind.example", "@northwind.example", "buyers", "*"]
may_deliver = ["ana", "desk", "role:lead"]
priority = [[1, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 4], [3, 4, 4, 4]]
[agreement.pauses]
customer = ["resolve"]
until = ["update", "resolve"]
[[agreement.target]]
priority = 1
respond = "15m"
resolve = "4h"
update = "30m"
[[agreement.request_type]]
id = "restart"
title = "Restart of the shop"
procedure = "restart"
checklist = ["Tell them", "Sweep up"]
may_stay_open = ["Sweep up"]
may_run = ["restart"]
approval = {by = ["role:lead", "desk"], count = 2}
impact = 4
urgency = 1
resolve = "2h"
[[agreement.request_type.field]]
name = "when"
label = "From which day"
kind = "date"
required = true
min = 2026-02-01
[[agreement.request_type.field]]
name = "how"
kind = "choice"
choices = ["soft", "hard"]
[[group]]
id = "buyers"
title = "The buyers"
members = ["bo@else.example", "@northwind.example"]
[[group]]
id = "desk"
members = ["ana"]
"""
)


def test_an_agreement_is_read_with_all_it_says(tmp_path: Path) -> None:
    catalog = read_beside_house(tmp_path, WHOLE).require()
    assert catalog.agreements["a"] == Agreement(
        id="a", title="a", customer="northwind", services=("shop",), calendar="office",
        targets=(Promise(1, 900.0, 14400.0, 1800.0),), begins="2026-01-01", ends="2026-12-31", outside="refuse",
        may_ask=("ann@northwind.example", "@northwind.example", "buyers", "*"),
        may_deliver=("ana", "desk", "role:lead"),
        pauses=Pauses(("resolve",), (), ("update", "resolve")),
        priority=((1, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 4), (3, 4, 4, 4)),
        request_types=(
            RequestType(
                "restart", "Restart of the shop", "shop",
                (
                    FormField("when", "From which day", "date", required=True, least="2026-02-01"),
                    FormField("how", "how", "choice", choices=("soft", "hard")),
                ),
                Approval(("role:lead", "desk"), 2), "restart", ("Tell them", "Sweep up"), 4, 1, 7200.0,
                ("Sweep up",), ("restart",),
            ),
        ),
        only_for_requests=("restart",),
    )  # fmt: skip
    assert catalog.groups_of_people["buyers"] == Group(
        "buyers", "The buyers", ("bo@else.example", "@northwind.example")
    )
    assert decode(Agreement, encode(catalog.agreements["a"])) == catalog.agreements["a"]


def test_priority_and_severity_are_two_words_for_one_promise(tmp_path: Path) -> None:
    for word in ("priority", "severity"):
        text = _TARGET + f"{word} = 1\nrespond = 60\nresolve = 120"
        (target,) = read_beside_house(tmp_path, text).require().agreements["a"].targets
        assert (target.priority, target.severity) == (1, 1)


def test_what_was_declared_before_these_keys_came_is_not_changed_by_them() -> None:
    kept = {
        "id": "a", "title": "A", "customer": "c", "services": ["s"], "calendar": "",
        "targets": [{"severity": 1, "respond_s": 60.0, "resolve_s": 120.0}],
    }  # fmt: skip
    agreement = decode(Agreement, kept)
    assert encode(agreement) == kept
    assert (agreement.pauses, agreement.outside, agreement.may_ask) == (Pauses(), "hold", ())


def test_the_difference_between_two_agreements_is_told_part_by_part() -> None:
    size = FormField("size", "Size", "number", most=5.0)
    before = Agreement(
        "a", "A", "c", ("s",), targets=(Promise(1, 60.0, 120.0),), may_ask=("@a.example", "b@c.example"),
        request_types=(RequestType("t", "T", "s", (size,), Approval(("ana",))), RequestType("u", "U", "s")),
    )  # fmt: skip
    after = Agreement(
        "a", "A", "c", ("s",), targets=(Promise(1, 60.0, 120.0, 600.0),), may_ask=("@a.example", "g"),
        pauses=Pauses(supplier=("resolve",)),
        request_types=(
            RequestType("t", "T", "s", (FormField("size", "Size", "number", most=9.0),), Approval(("ana", "ben"), 2)),
        ),
    )  # fmt: skip
    (change,) = difference(Catalog(agreements={"a": before}), Catalog(agreements={"a": after}))
    assert str(change) == (
        "agreement a: target severity 1: update_s added; may_ask [b@c.example] → [g]; "
        "pauses: supplier [] → [resolve]; request_type t: field size: most 5 → 9; "
        "request_type t: approval: by [ana] → [ana, ben]; request_type t: approval: count 1 → 2; "
        "request_type u removed"
    )
