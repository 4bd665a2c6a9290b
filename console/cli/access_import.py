"""`watchfloor access import`: read a source now, and say what came of each of its lines."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from console.cli.printing import database_of, person, print_json, print_some, who
from console.connections.asking import typed
from console.mail_secrets import SOURCE, contact_secret, keep_contact_secret
from core.catalog.nearest import did_you_mean, listed
from core.catalog.queries import declared_access_sources
from core.counting import counted
from core.errors import BadInput
from core.gate.model import Consent, Level
from core.printable import printable
from core.security.grants.importing import NAME, Asked, preview, take_in
from core.security.grants.matching import Of, What
from core.security.grants.model import Standing
from core.security.grants.queries import known_sources
from core.security.grants.sources.known import asked_of, is_own_database, opened_of, own_asked, own_opened
from core.security.grants.sources.opening import FILE_KINDS, open_source
from core.security.grants.sources.postgresql import own_database
from core.security.grants.sources.staff import OWN
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse

    from core.catalog.access import AccessSource
    from core.security.grants.importing import Done, Outcome
    from core.security.grants.sources.opening import Opened
    from core.store.store import Store

KINDS = FILE_KINDS


def take_source(store: Store, options: argparse.Namespace) -> int:
    """Reads a source, takes it in whole or not at all, and prints what came of it."""
    if len(options.names) > 1:
        raise BadInput("one file is read at a time", next_step="Quote a pattern that stands for several")
    file = options.names[0] if options.names else ""
    opened, asked = _opened(store, options, file)
    if options.dry_run:
        came = store.read(preview, opened, asked, utc_now(), who(store))
    else:
        consent = Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)
        came = store.write(person(), take_in, opened, asked, consent)
    if options.json:
        print_json(as_data(came, asked.of.source))
    else:
        _print(came, opened, asked, is_dry=options.dry_run)
    return 0


def _opened(store: Store, options: argparse.Namespace, file: str) -> tuple[Opened, Asked]:
    """Returns what a source lists: of one that is declared as its declaration says, of any other as the options say."""
    if options.source == OWN and not file:
        opened = store.read(own_opened)
        if opened is None:
            raise BadInput(
                "nobody is named as staff, so the database belongs to whoever may write its file", where=OWN
            )
        return opened, own_asked()
    declared = store.read(declared_access_sources)
    here = declared.get(options.source)
    if here is not None:
        _refuse_declared(options, here)
        asked = asked_of(here, is_granting=options.granted, is_fewer_right=options.fewer)
        return _read(store, options, here, file), asked
    if not file:
        step = did_you_mean(
            options.source, declared, f"Declared: {listed(declared)}" if declared else "Name a file"
        )
        raise BadInput(
            f"no source {options.source!r} is declared"
            if options.source
            else "neither a file nor a source was named",
            next_step=f"Nothing was read. {step}",
        )
    return open_source(file, options.kind, options.account), _asked_by_hand(store, options, file)


def _read(store: Store, options: argparse.Namespace, here: AccessSource, file: str) -> Opened:
    if file:
        return open_source(file, "csv" if options.granted else here.kind, here.account)
    if is_own_database(here):
        return store.read(own_database)
    database = database_of(options)
    return opened_of(here, lambda: contact_secret(database, SOURCE, here.id))


def _refuse_declared(options: argparse.Namespace, here: AccessSource) -> None:
    for word in ("about", "kind", "account", "owner"):
        if getattr(options, word):
            raise BadInput(
                f"--{word} is said by the declaration of {here.id}",
                next_step="Nothing was read. Leave it out, or change the catalog",
            )


def _asked_by_hand(store: Store, options: argparse.Namespace, file: str) -> Asked:
    """Returns what the options say of a source that is not declared; imported again it need not be said again."""
    name = options.source or _name_of(file)
    before = store.read(known_sources).get(name)
    about = options.about or (before.about if before else "")
    owner = options.owner or (before.owner if before else "")
    return Asked(Of(name, about, (), options.granted), file, owner, None, options.fewer)


def _name_of(file: str) -> str:
    """Returns what an undeclared source goes by: its file, without where that lies."""
    return (
        re.sub(r"[^A-Za-z0-9._-]+", "-", file.rstrip("/").rpartition("/")[2]).lstrip("._-")[:100] or "source"
    )


def _print(came: Outcome, opened: Opened, asked: Asked, *, is_dry: bool) -> None:
    number = came.reading.label if came.reading else "nothing was written" if is_dry else "nothing changed"
    print(f"{opened.file} ({opened.listing.kind}, {asked.of.source}): {number}")
    print(
        f"read {came.read}, matched {came.matched}, created {came.created}, changed {came.changed}, ended {came.ended}, "
        f"missing {came.missing}, found again {came.back}, refused {len(came.refusals)}"
    )
    for why, count in came.passed:
        print(f"  passed over {count} {why}")
    gone = [each for each in came.done if each.what is What.GONE]
    print_some("created", [_words(each) for each in came.done if each.what is What.CREATE])
    print_some("ended", [_words(each) for each in gone if each.standing is Standing.ENDED])
    print_some("missing", [_words(each) for each in gone if each.standing is not Standing.ENDED])
    print_some("found again", [_words(each) for each in came.done if each.what is What.BACK])
    if came.not_ended:
        many = counted(came.not_ended, "right")
        print(f"not ended: {many} that it does not list, for it has lines or files that cannot be read")
    rights = {line.entitlement for line in opened.listing.lines}
    for pattern in came.idle:
        step = did_you_mean(pattern, rights, f"It lists: {listed(rights, 5)}")
        print(f"{printable(pattern, 60)!r} is declared as privileged, and means none of its rights. {step}")
    print_some("refused", [f"{place}: {why}" for place, why in came.refusals])


def _words(each: Done) -> str:
    name = f"{each.label} " if each.label else ""
    place = f" ({each.place})" if each.place else ""
    return f"{name}{each.right.principal} has {each.right.entitlement} on {each.right.on}{place}"


def as_data(came: Outcome, source: str) -> dict[str, Any]:
    """Returns what came of a reading as JSON holds it."""
    return {
        "reading": came.reading.label if came.reading else None, "source": source, "read": came.read,
        "matched": came.matched, "created": came.created, "changed": came.changed, "ended": came.ended,
        "missing": came.missing, "found_again": came.back, "not_ended": came.not_ended,
        "done": [
            {"what": each.what, "id": each.label, "standing": each.standing, **each.right._asdict(), "place": each.place}
            for each in came.done
        ],
        "refused": [each._asdict() for each in came.refusals],
        "passed": dict(came.passed), "privileged_means_nothing": list(came.idle),
    }  # fmt: skip


def keep_password(options: argparse.Namespace) -> int:
    """Keeps the password with which a source's database is read."""
    if len(options.names) != 1:
        raise BadInput(
            "access password takes the name of one source", next_step="watchfloor access sources lists them"
        )
    name = options.names[0]
    if not NAME.fullmatch(name):
        raise BadInput(
            f"{name[:60]!r} is no name of a source", next_step="watchfloor access sources lists them"
        )
    said = typed(f"password of {name}: ", is_seen=False) if sys.stdin.isatty() else sys.stdin.readline()
    secret = said.rstrip("\r\n")
    if not secret:
        raise BadInput(
            "no password was given", next_step="Nothing was kept. Type it, or give it on standard input"
        )
    print(f"kept {keep_contact_secret(database_of(options), SOURCE, name, secret, in_file=options.file)}")
    return 0
