"""Putting a catalog in force: what differs becomes versions, rows and one entry."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from core.catalog.codec import encode
from core.catalog.queries import catalog_status
from core.catalog.tables import catalog_item, catalog_state, component
from core.counting import counted
from core.gate.people import declare_staff
from core.journal.model import Subject
from core.printable import printable
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.catalog.model import Catalog
    from core.journal.appending import Recorded
    from core.store.work import Work

SUBJECT = Subject("catalog", "")
LISTED = 200
"""An entry names at most this many changes; the versions hold them all."""
_NOUNS = {"staff": ("member of staff", "members of staff")}


def load_catalog(
    work: Work, catalog: Catalog, *, directory: str, digest: str, changes: Sequence[str]
) -> Recorded | None:
    """Puts `catalog` in force and returns its entry; None (and no entry) when nothing differs.

    `changes` are the differences in words, for people. What was declared before keeps its versions.
    """
    before = catalog_status(work.connection)
    stamp = _stamp(work)
    differing = _store_versions(work, catalog, stamp)
    if differing["component"]:
        _store_components(work, catalog)
    if differing["staff"] and work.roles is None:
        declare_staff(
            work, [(person.login or person.id, person.name, person.role) for person in catalog.staff.values()]
        )
    _store_state(work, directory, digest, problems=())
    if before is not None and before.problems:
        work.record("catalog.mended", SUBJECT, {"problems": (_told(before.problems), [])})
    if not differing:
        return None
    listed = _told([printable(text, 300) for text in changes])
    return work.record(
        "catalog.loaded", SUBJECT,
        {
            "digest": (before.digest if before else None, digest), "differences": (None, listed),
            "since": (None, stamp),
        },
        note=", ".join(counted(count, *_NOUNS.get(kind, (kind,))) for kind, count in sorted(differing.items())),
    )  # fmt: skip


def refuse_catalog(work: Work, *, directory: str, problems: Sequence[str]) -> None:
    """Keeps the last good catalog in force and its problems on every screen, until one is read without any."""
    before = catalog_status(work.connection)
    shown = [printable(text, 1000) for text in problems]
    if before is not None and list(before.problems) == shown:
        return
    _store_state(work, directory, before.digest if before else "", problems=shown)
    work.record(
        "catalog.refused", SUBJECT, {"problems": (_told(before.problems) if before else None, _told(shown))}
    )


def _declared(catalog: Catalog) -> dict[tuple[str, str], str]:
    return {
        (kind, key): json.dumps(encode(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        for kind, group in catalog.groups().items()
        for key, value in group.items()
    }


def _stamp(work: Work) -> int:
    """Returns the instant under which versions begin and end: now, but after all others where the clock went back."""
    newest = work.connection.execute(
        select(func.max(catalog_item.c.since), func.max(catalog_item.c.until))
    ).one()
    used: list[int] = [stamp for stamp in newest if stamp is not None]
    return max([to_micros(work.now), *(stamp + 1 for stamp in used)])


def _store_versions(work: Work, catalog: Catalog, now: int) -> Counter[str]:
    """Ends the versions that no longer hold and adds the new ones; returns how many differ, by kind."""
    wanted = _declared(catalog)
    rows = work.connection.execute(
        select(
            catalog_item.c.kind, catalog_item.c.id, catalog_item.c.version, catalog_item.c.definition
        ).where(catalog_item.c.until.is_(None))
    ).all()
    in_force = {(row.kind, row.id): row for row in rows}
    ended = [key for key, row in in_force.items() if wanted.get(key) != row.definition]
    begun = [key for key, text in wanted.items() if key not in in_force or in_force[key].definition != text]
    for kind, key in ended:
        work.connection.execute(
            update(catalog_item)
            .where(catalog_item.c.kind == kind, catalog_item.c.id == key, catalog_item.c.until.is_(None))
            .values(until=now)
        )
    if begun:
        last = _last_versions(work, begun)
        work.connection.execute(
            insert(catalog_item),
            [
                {
                    "kind": key[0], "id": key[1], "version": last.get(key, 0) + 1,
                    "definition": wanted[key], "since": now, "until": None,
                }
                for key in begun
            ],
        )  # fmt: skip
    return Counter(kind for kind, _ in {*ended, *begun})


def _last_versions(work: Work, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    rows = work.connection.execute(
        select(catalog_item.c.kind, catalog_item.c.id, func.max(catalog_item.c.version)).group_by(
            catalog_item.c.kind, catalog_item.c.id
        )
    ).all()
    asked = set(keys)
    return {(kind, key): version for kind, key, version in rows if (kind, key) in asked}


def _store_components(work: Work, catalog: Catalog) -> None:
    rows = [
        {
            "id": c.id, "title": c.title, "service": c.service, "owner": c.owner,
            "needs": " ".join(c.needed_ids), "procedures": len(c.procedures), "zone": c.zone,
        }
        for c in catalog.components.values()
    ]  # fmt: skip
    work.connection.execute(delete(component))
    if rows:
        work.connection.execute(insert(component), rows)


def _told(texts: Sequence[str]) -> list[str]:
    """Returns what an entry says of some texts: the first ones, and how many more there are."""
    more = [f"and {len(texts) - LISTED} more"] if len(texts) > LISTED else []
    return [*texts[:LISTED], *more]


def _store_state(work: Work, directory: str, digest: str, problems: Sequence[str]) -> None:
    values = {
        "directory": directory, "digest": digest, "loaded_at": to_micros(work.now),
        "problems": json.dumps(list(problems)),
    }  # fmt: skip
    done = work.connection.execute(update(catalog_state).where(catalog_state.c.id == 1).values(**values))
    if done.rowcount == 0:
        work.connection.execute(insert(catalog_state).values(id=1, **values))
