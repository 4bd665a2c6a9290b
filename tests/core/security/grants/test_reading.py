"""Grants are read whole, by number, and beside each stands how many others have the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert

from core.journal.model import Subject
from core.security.grants.model import Standing
from core.security.grants.queries import Scope, count_in, grants_in, peers
from core.security.grants.tables import access_grant
from core.timekeeping import NEVER

if TYPE_CHECKING:
    from core.store.store import Store
    from core.store.work import Author, Work


def _put(work: Work, count: int) -> None:
    for number in range(1, count + 1):
        entry = {
            "state": Standing.ENDED if number % 5 == 0 else Standing.GRANTED, "source": "hosts", "principal": f"user{number}",
            "person": "", "entitlement": "admin" if number % 2 else "login", "thing": "host:shop-1",
            "is_privileged": number % 2, "owner": "", "reason": "", "granter": "", "since": "", "expires": NEVER,
            "last_used": None, "said": "", "is_granted": 1, "is_found": int(number % 5 != 0), "found_at": None, "due": "",
            "why": "", "decided_by": "", "decided_at": None, "ended_at": None,
        }  # fmt: skip
        beside = {"is_open": int(number % 5 != 0), "place": 4, "words": ""}
        work.connection.execute(insert(access_grant).values(id=number, version=1, **entry, **beside))
        work.record("grant.listed", Subject("grant", str(number)), {k: (None, v) for k, v in entry.items()})


def test_all_of_a_scope_in_as_many_calls_as_it_takes(store: Store, ada: Author) -> None:
    store.write(ada, _put, 23)
    scope, after, found = Scope(on_kinds=("host",)), 0, list[int]()
    while some := store.read(grants_in, scope, after=after, limit=4):
        found += [each.id for each in some]
        after = found[-1]
    assert found == [n for n in range(1, 24) if n % 5 != 0]
    assert store.read(count_in, scope) == len(found)
    assert store.read(count_in, Scope(only_privileged=True)) == len([n for n in found if n % 2])
    assert store.read(count_in, Scope(on=("service:orders",))) == 0


def test_peers_have_the_same_right_on_the_same_thing(store: Store, ada: Author) -> None:
    store.write(ada, _put, 23)
    some = store.read(grants_in, limit=2)
    admins = len([n for n in range(1, 24) if n % 2 and n % 5])
    logins = len([n for n in range(1, 24) if n % 2 == 0 and n % 5])
    assert store.read(peers, some) == {1: admins, 2: logins}
