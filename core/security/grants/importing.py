"""Takes a reading of a source in: what it does to every grant of it, in one transaction with the reading itself."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import insert, select

from core.catalog.access import ABOUT
from core.counting import counted
from core.errors import BadInput
from core.gate.commands import admit
from core.gate.model import AT_ONCE
from core.journal.model import Subject
from core.printable import printable
from core.security.grants.effects import By, effect
from core.security.grants.known_things import Things, check_about
from core.security.grants.matching import What, by_right, gone_of, idle_patterns, is_too_many, plan
from core.security.grants.model import Right, Standing
from core.security.grants.people import names_of, people
from core.security.grants.queries import known_sources, one_reading, to_grant
from core.security.grants.revising import beside, revise_grant, subject
from core.security.grants.sources import authorized_keys
from core.security.grants.sources.staff import KIND, OWN
from core.security.grants.tables import access_grant, access_reading, access_source
from core.security.grants.usable import usable_lines
from core.store.rows import new_number, new_numbers
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.gate.model import Consent
    from core.journal.appending import Recorded
    from core.security.foreign import Refusal
    from core.security.grants.matching import Of, Step
    from core.security.grants.queries import Reading
    from core.security.grants.sources.model import Line, Listing
    from core.security.grants.sources.opening import Opened
    from core.store.work import Work

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
"""What a source may be called."""
LONGEST_PATH, LONGEST_OWNER = 1000, 200
MOST_KEPT = 200
"""So many refused lines are kept with a reading; whoever imports is told of all."""
CANNOT_LOOK = "files that cannot be looked for, of accounts without keys"
_AT_ONCE = 500
Doing = tuple["Step", dict[str, Any]]
"""A step and what it sets of its grant."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of the source beside what was read of it."""

    of: Of
    path: str = ""
    owner: str = ""
    every_s: float | None = None
    is_fewer_right: bool = False


class Done(NamedTuple):
    """One thing that was done: what, to which grant (empty in a preview, for one that is new), how it stands now, and where."""

    what: What
    label: str
    standing: Standing
    right: Right
    place: str


class Outcome(NamedTuple):
    """What a reading came to; `reading` is None where nothing was changed, or it was only looked at.

    `ended` are grants that are gone from the source and were granted by nobody, or were to be removed; `missing` those that
    are granted here. `not_ended` are grants that it does not list and that stay, for it has lines that cannot be read.
    """

    reading: Reading | None
    read: int
    matched: int
    created: int
    changed: int
    ended: int
    missing: int
    back: int
    not_ended: int
    done: tuple[Done, ...]
    idle: tuple[str, ...]  # what is declared as privileged and means nothing that it lists
    refusals: tuple[Refusal, ...]
    passed: tuple[tuple[str, int], ...]


def digest_of(connection: Connection, opened: Opened, of: Of) -> str:
    """Returns what tells whether a source has changed since it was read: by what it holds, how it is declared, and who is known."""
    known = sorted(people(connection).items())
    return sha256(f"{opened.digest} {of!r} {known!r}".encode()).hexdigest()


def take_in(work: Work, opened: Opened, asked: Asked, consent: Consent = AT_ONCE) -> Outcome:
    """Takes a reading in, whole or not at all. A list of what is granted is a lead's, level 2. Raises BadInput."""
    admit(work, "grant.list" if asked.of.is_granting else "grant.import", [opened.file], consent)
    _check_named(work.connection, opened, asked.of)
    return take_reading(work, opened, asked)


def take_reading(work: Work, opened: Opened, asked: Asked) -> Outcome:
    """Takes a reading in that the caller may take in: the agent's part of it. Raises BadInput."""
    rows = _rows(work.connection, asked.of.source, for_update=True)
    prepared = _prepare(work.connection, opened, asked, rows, work.now, work.actor)
    number = None
    numbers: list[int] = []
    if prepared.doing or prepared.refusals or _had_refused(work.connection, asked.of):
        number = new_number(work, access_reading)
        cause = _record_reading(work, opened, asked, prepared, number)
        numbers = _create(work, asked.of, prepared.doing, cause)
        for step, after in prepared.doing:
            if step.known is not None:
                note = f"as {opened.file} says" if step.what is What.GRANT else ""
                row = rows[step.right]
                revise_grant(work, row, _kind(step, row, after), after, note=note, cause=cause)
    keep_source(work, opened, asked, len(prepared.lines))
    reading = None if number is None else one_reading(work.connection, number)
    return _outcome(prepared, numbers, reading)


def _had_refused(connection: Connection, of: Of) -> bool:
    """Tells whether the reading before could not use some lines: that all of them can be used now is told, too."""
    known = known_sources(connection).get(of.source)
    return known is not None and known.refused > 0 and not of.is_granting


def preview(connection: Connection, opened: Opened, asked: Asked, now: datetime, actor: str = "") -> Outcome:
    """Returns what a reading by somebody would come to, and writes nothing. Raises BadInput as taking it in would."""
    _check_named(connection, opened, asked.of)
    rows = _rows(connection, asked.of.source)
    return _outcome(_prepare(connection, opened, asked, rows, now, actor), [], None)


def _check_named(connection: Connection, opened: Opened, of: Of) -> None:
    """Raises BadInput for a source by a name that is none, or is Watchfloor's own, and for one that speaks of nothing there is."""
    if not NAME.fullmatch(of.source):
        raise BadInput(
            f"{printable(of.source, 60)!r} is no name of a source", where="source",
            next_step="Nothing was changed. Write letters, digits, points, hyphens and underscores",
        )  # fmt: skip
    if of.source == OWN and not of.is_granting and opened.listing.kind != KIND:
        raise BadInput(
            f"{OWN} is Watchfloor's own staff, which no file tells", where="source", next_step="Nothing was changed. Name it otherwise"
        )  # fmt: skip
    if not ABOUT.fullmatch(of.about):
        raise BadInput(
            f"{printable(of.about, 60)!r} is neither a service, a component nor a host" if of.about else "it is not said what the file speaks of",
            where="about", next_step="Nothing was changed. Write service:ID, component:ID or host:NAME",
        )  # fmt: skip
    check_about(connection, of.about)


class _Prepared(NamedTuple):
    listing: Listing
    lines: Mapping[Right, Line]
    doing: list[Doing]
    refusals: tuple[Refusal, ...]
    not_ended: int
    idle: tuple[str, ...]


def _prepare(
    connection: Connection, opened: Opened, asked: Asked, rows: Mapping[Right, Any], now: datetime, actor: str
) -> _Prepared:
    of = asked.of
    listing = with_unseen(opened.listing, [right for right, row in rows.items() if row.is_found])
    if not listing.lines:
        _refuse_nobody(opened.file, listing)
    known_people = people(connection)
    usable, refusals = listing.lines, listing.refusals
    if of.is_granting:
        own = names_of(connection, actor)
        usable, refusals = usable_lines(listing, of, rows, now.date(), own, known_people, Things(connection))
    lines = by_right(of, usable)
    known = {right: to_grant(row) for right, row in rows.items()}
    steps = plan(of, lines, known, partial(_is_sure, listing, refusals))
    going_on = {step.right for step in steps} | (known.keys() if of.is_granting else set())
    not_ended = sum(1 for right, each in known.items() if each.is_found and right not in going_on)
    going, found = gone_of(steps, known)
    if is_too_many(going, found) and not asked.is_fewer_right:
        raise BadInput(
            f"no longer lists {going} of the {found} rights that it listed before: it may be cut off, or of something else",
            where=opened.file, next_step="Nothing was changed. If it is right, say --fewer",
        )  # fmt: skip
    by = By(now, actor, known_people)
    planned = ((step, effect(of, step, rows.get(step.right), by)) for step in steps)
    return _Prepared(
        listing,
        lines,
        [(step, after) for step, after in planned if after],
        refusals,
        not_ended,
        () if of.is_granting else idle_patterns(of, listing.lines),
    )


def _is_sure(listing: Listing, refusals: Sequence[Refusal], right: Right) -> bool:
    """Tells whether all of a source was read that may list a right, so that it is gone where it is not listed."""
    if not refusals:
        return True
    whose = authorized_keys.account_in(right.entitlement)
    return listing.unsure_of is not None and whose is not None and whose not in listing.unsure_of


def with_unseen(listing: Listing, found: Iterable[Right]) -> Listing:
    """Returns a listing in which a file that cannot be looked for is refused where keys of its account were found before.

    Where none were there may never have been such a file: that is only counted.
    """
    had = {authorized_keys.account_in(right.entitlement) for right in found}
    refused = [(account, refusal) for account, refusal in listing.unseen if account in had]
    others = len(listing.unseen) - len(refused)
    return replace(
        listing,
        refusals=(*listing.refusals, *(refusal for _, refusal in refused)),
        unsure_of=None
        if listing.unsure_of is None
        else listing.unsure_of | {account for account, _ in refused},
        passed=(*listing.passed, (CANNOT_LOOK, others)) if others else listing.passed,
        unseen=(),
    )


def _refuse_nobody(file: str, listing: Listing) -> None:
    read = listing.read
    said = f"lists nobody ({counted(read, 'line')} read)" if read else "lists nobody"
    if listing.refusals:
        first = listing.refusals[0]
        said += f"; the first that cannot be used is {first.place}: {first.why}"
    raise BadInput(
        said, where=file,
        next_step="Nothing was changed: what was granted stays, and stays shown. Look whether what writes it failed",
    )  # fmt: skip


def _rows(connection: Connection, source: str, *, for_update: bool = False) -> dict[Right, Any]:
    """Returns the rows of all grants of a source; `for_update` holds them until the transaction ends."""
    query = select(access_grant).where(access_grant.c.source == source).order_by(access_grant.c.id)
    rows = connection.execute(query.with_for_update() if for_update else query).all()
    return {Right(row.source, row.principal, row.entitlement, row.thing): row for row in rows}


def _kind(step: Step, row: Any, after: Mapping[str, Any]) -> str:
    if step.what is What.GRANT:
        return "grant.listed"
    if step.what is What.GONE:
        if row.state == Standing.REMOVING:
            return "grant.removed"
        return "grant.missing" if row.is_granted else "grant.gone"
    return "grant.found_again" if "is_found" in after else "grant.told"


def _record_reading(work: Work, opened: Opened, asked: Asked, prepared: _Prepared, number: int) -> Recorded:
    values: dict[str, Any] = {
        "source": asked.of.source, "kind": prepared.listing.kind, "file": opened.file, "digest": opened.digest,
        "is_granting": int(asked.of.is_granting), "read_at": to_micros(work.now), "read_by": work.actor,
        "lines": prepared.listing.read, "matched": len(prepared.lines), **_counts(prepared.doing),
        "refused": len(prepared.refusals), "refusals": json.dumps([list(each) for each in prepared.refusals[:MOST_KEPT]]),
    }  # fmt: skip
    work.connection.execute(insert(access_reading).values(id=number, **values))
    changes = {name: (None, value) for name, value in values.items()}
    return work.record("reading.taken_in", Subject("reading", str(number)), changes)


def _create(work: Work, of: Of, doing: Sequence[Doing], cause: Recorded) -> list[int]:
    """Creates what is new, and returns the numbers in the order of the steps."""
    created = [after for step, after in doing if step.known is None]
    numbers = new_numbers(work, access_grant, len(created)) if created else []
    kind = "grant.listed" if of.is_granting else "grant.found"
    rows = []
    for number, after in zip(numbers, created, strict=True):
        work.record(
            kind, subject(number), {name: (None, value) for name, value in after.items()}, cause=cause
        )
        rows.append({"id": number, "version": 1, **after, **beside(number, after)})
    for start in range(0, len(rows), _AT_ONCE):
        work.connection.execute(insert(access_grant), rows[start : start + _AT_ONCE])
    return numbers


def keep_source(work: Work, opened: Opened, asked: Asked, listed: int) -> None:
    """Keeps how the reading of a source went; a list of what is granted is no reading of it."""
    if asked.of.is_granting:
        return
    at = to_micros(work.now)
    row = _source_row(work.connection, asked.of.source)
    values = {
        **_told(asked), "kind": opened.listing.kind, "read_at": at, "good_at": at, "trouble": "",
        "digest": digest_of(work.connection, opened, asked.of), "listed": listed,
    }  # fmt: skip
    if row is not None and row.trouble:
        work.record("source.mended", Subject("source", asked.of.source), {"trouble": (row.trouble, "")})
    _write_source(work.connection, asked.of.source, row, values)


def note_trouble(work: Work, kind: str, asked: Asked, trouble: str) -> None:
    """Keeps why a source could not be read, or changed nothing; an entry says so once, and again when it is another trouble."""
    row = _source_row(work.connection, asked.of.source)
    before = row.trouble if row is not None else ""
    values = {**_told(asked), "kind": kind, "read_at": to_micros(work.now), "trouble": trouble}
    if before != trouble:
        work.record(
            "source.failed", Subject("source", asked.of.source), {"trouble": (before, trouble)}, note=trouble
        )
    new = {"good_at": None, "digest": "", "listed": 0} if row is None else {}
    _write_source(work.connection, asked.of.source, row, values | new)


def _told(asked: Asked) -> dict[str, Any]:
    """Returns the columns of what is known of a source beside what was read of it."""
    return {
        "about": asked.of.about, "path": printable(asked.path, LONGEST_PATH), "owner": printable(asked.owner, LONGEST_OWNER),
        "every_s": asked.every_s,
    }  # fmt: skip


def _source_row(connection: Connection, name: str) -> Any:
    query = select(access_source).where(access_source.c.id == name).with_for_update()
    return connection.execute(query).first()


def _write_source(connection: Connection, name: str, row: Any, values: Mapping[str, Any]) -> None:
    if row is None:
        connection.execute(insert(access_source).values(id=name, **values))
    else:
        connection.execute(access_source.update().where(access_source.c.id == name).values(**values))


def _counts(doing: Iterable[Doing]) -> dict[str, int]:
    whats = [step.what for step, _ in doing]
    created, gone, back = (whats.count(what) for what in (What.CREATE, What.GONE, What.BACK))
    return {"created": created, "changed": len(whats) - created - gone - back, "gone": gone, "back": back}


def _outcome(prepared: _Prepared, numbers: Sequence[int], reading: Reading | None) -> Outcome:
    new = (f"G-{number}" for number in numbers)
    done = tuple(
        Done(
            step.what, step.known.label if step.known else next(new, ""),
            Standing(after.get("state", step.known.standing if step.known else Standing.FOUND)), step.right,
            step.line.place if step.line else "",
        )
        for step, after in prepared.doing
    )  # fmt: skip
    counts = _counts(prepared.doing)
    missing = sum(1 for each in done if each.what is What.GONE and each.standing is not Standing.ENDED)
    return Outcome(
        reading, prepared.listing.read, len(prepared.lines), counts["created"], counts["changed"],
        counts["gone"] - missing, missing, counts["back"], prepared.not_ended, done, prepared.idle,
        prepared.refusals,
        prepared.listing.passed,
    )  # fmt: skip
