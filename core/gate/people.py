"""The people who may operate, and their roles: what a shared database enforces, and an embedded one is told.

On a shared database people are roles of the server: functions of the database add, change and remove them,
for who has the role admin there. With an embedded one they are the staff of the catalog, and whoever may
write its file is who the operating system says.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from core.errors import BadInput, NotFound, NotPermitted, NotPossible, Recording
from core.gate.rights import Role, includes, needed_for
from core.gate.tables import staff
from core.journal.model import Subject
from core.printable import printable
from core.sentences import line_written
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from core.store.work import Work

LONGEST_NAME = 200
LONGEST_LOGIN = 63


class StaffState(StrEnum):
    """Whether a person may come in."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Member:
    """A person who operates: who the system or the server says they are, and what for."""

    login: str
    name: str
    role: Role
    state: StaffState
    since: datetime


_ONE = select(staff).where(staff.c.login == bindparam("of_login"))
_ANY = select(staff.c.login).limit(1)


def subject(login: str) -> Subject:
    """Returns the journal's subject of a person."""
    return Subject("staff", login)


def members(connection: Connection) -> list[Member]:
    """Returns everybody, by login."""
    return [_member(row) for row in connection.execute(select(staff).order_by(staff.c.login)).all()]


def member_of(connection: Connection, login: str) -> Member | None:
    """Returns one person; None where nobody goes by that login."""
    row = connection.execute(_ONE, {"of_login": login}).first()
    return None if row is None else _member(row)


def roles_of(work: Work) -> frozenset[Role]:
    """Returns every role, with those it includes, of who does this work.

    A shared database says so itself. An embedded one where nobody is named as staff belongs to whoever may write
    its file.
    """
    if work.roles is not None:
        return frozenset(Role(role) for role in work.roles)
    return _kept_roles(work.connection, work.actor)


def _kept_roles(connection: Connection, actor: str) -> frozenset[Role]:
    found = member_of(connection, actor)
    if found is None:
        return frozenset(Role) if connection.execute(_ANY).first() is None else frozenset()
    if found.state is StaffState.SUSPENDED:
        return frozenset()
    return frozenset(role for role in Role if includes(found.role, role))


def roles_here(connection: Connection, actor: str) -> frozenset[Role]:
    """Returns every role, with those it includes, that the database gives now: to its session, or else to that actor."""
    if connection.dialect.name != "postgresql":
        return _kept_roles(connection, actor)
    held = connection.execute(select(*(func.has_role(role.value) for role in Role))).one()
    return frozenset(role for role, has in zip(Role, held, strict=True) if has)


def check_role(work: Work, verb_id: str, words: str) -> None:
    """Raises NotPermitted, which is recorded, where the person's role does not allow what `verb_id` does."""
    held = roles_of(work)
    if not held.isdisjoint(needed_for(verb_id)):
        return
    refusal = _beyond_role(work.actor, verb_id, words)
    if held or work.roles is None:  # who has no role at all in a shared database writes nothing there
        refusal.recording = Recording("staff.refused", subject(work.actor), refusal.what)
    raise refusal


def ask_role(connection: Connection, actor: str, verb_id: str, words: str, where: str = "") -> None:
    """Raises NotPermitted where the person's role does not allow what `verb_id` does: for a box, before anything is tried."""
    if roles_here(connection, actor).isdisjoint(needed_for(verb_id)):
        refusal = _beyond_role(actor, verb_id, words)
        refusal.where = where
        raise refusal


def _beyond_role(actor: str, verb_id: str, words: str) -> NotPermitted:
    return NotPermitted(
        f"{words} is for the role {' or '.join(needed_for(verb_id))}, which {actor} has not",
        next_step="`watchfloor rights` tells who may do what; an admin gives roles",
    )


def noted_refusal(work: Work, what: str, next_step: str) -> NotPermitted:
    """Returns a refusal, to be raised, that is written into the journal, where it is a signal, too."""
    refusal = NotPermitted(
        what, next_step=f"Nothing was changed, and this refusal is in the log. {next_step}"
    )
    refusal.recording = Recording("staff.refused", subject(work.actor), what)
    return refusal


def note_uninvited(work: Work) -> None:
    """Writes down that who has just opened this database has no role in it: suspended, or never one of the staff.

    Whoever may read an embedded file sees what is in it, whatever its staff is. A shared database lets nobody come so far.
    """
    if work.roles is None and not roles_of(work):
        found = member_of(work.connection, work.actor)
        why = "is not one of the staff" if found is None else f"is {found.state}"
        work.record("staff.refused", subject(work.actor), note=f"opened a console, and {why}")


def declare_staff(work: Work, people: Iterable[tuple[str, str, str]]) -> None:
    """For an embedded database: the staff of the catalog as (login, name, role) are those who may operate it."""
    wanted = {login: (printable(name, 200), Role(role)) for login, name, role in people}
    before = {one.login: one for one in members(work.connection)}
    for login in before.keys() - wanted.keys():
        work.connection.execute(delete(staff).where(staff.c.login == login))
        work.record("staff.removed", subject(login), {"role": (before[login].role, None)})
    for login, (name, role) in wanted.items():
        held = before.get(login)
        after = {"name": name, "role": role, "state": StaffState.ACTIVE}
        if held is None:
            work.connection.execute(insert(staff).values(login=login, since=to_micros(work.now), **after))
            work.record(
                "staff.added", subject(login), {field: (None, value) for field, value in after.items()}
            )
        elif (held.name, held.role) != (name, role):
            work.connection.execute(update(staff).where(staff.c.login == login).values(**after))
            now = {"name": held.name, "role": held.role, "state": held.state}
            work.record(
                "staff.changed", subject(login), {field: (now[field], after[field]) for field in after}
            )


def add_member(work: Work, login: str, name: str, role: Role, *, verifier: str | None = None) -> None:
    """Lets a person in with a role; `verifier` is the SCRAM verifier of a password, None for peer or certificate.

    Raises NotPossible on an embedded database, or for one who is there already.
    """
    _must_be_shared(work)
    check_login(login)
    if member_of(work.connection, login) is not None:
        raise NotPossible(
            f"{login} is there already", next_step="Nothing was changed. `watchfloor staff` lists them"
        )
    name = line_written(name, "name", LONGEST_NAME)
    work.connection.execute(select(func.staff_add(login, name, role.value, verifier)))
    work.record(
        "staff.added", subject(login), {"name": (None, name), "role": (None, role), "state": (None, "active")}
    )


def change_role(work: Work, login: str, role: Role) -> None:
    """Gives a person another role, from their next command on."""
    before = _here(work, login)
    work.connection.execute(select(func.staff_role(login, role.value)))
    work.record("staff.changed", subject(login), {"role": (before.role, role)})


def set_suspended(work: Work, login: str, *, suspended: bool, reason: str = "") -> None:
    """Keeps a person out, or lets them in again; open sessions of one who is kept out are ended."""
    before = _here(work, login)
    after = StaffState.SUSPENDED if suspended else StaffState.ACTIVE
    if before.state is after:
        raise NotPossible(f"{login} is {after} already", next_step="Nothing was changed")
    if suspended and login == work.actor:
        raise NotPossible(
            "nobody suspends themselves", next_step="Nothing was changed. Another admin does it"
        )
    work.connection.execute(select(func.staff_suspend(login, suspended)))
    work.record(
        "staff.changed", subject(login), {"state": (before.state, after)}, note=line_written(reason, "reason")
    )


def remove_member(work: Work, login: str, *, reason: str = "") -> None:
    """Takes a person's role away and keeps them out; what they did stays in the journal under their name."""
    before = _here(work, login)
    if login == work.actor:
        raise NotPossible("nobody removes themselves", next_step="Nothing was changed. Another admin does it")
    work.connection.execute(select(func.staff_remove(login)))
    work.record(
        "staff.removed", subject(login), {"role": (before.role, None), "state": (before.state, None)},
        note=line_written(reason, "reason"),
    )  # fmt: skip


def set_password(work: Work, login: str, verifier: str) -> None:
    """Gives a person another password, by its SCRAM verifier: their own, or as an admin anybody's who is kept here."""
    _here(work, login)
    work.connection.execute(select(func.staff_password(login, verifier)))
    work.record("staff.password_set", subject(login))


def check_login(login: str) -> None:
    """Raises BadInput for what can be no login."""
    if not login or login != printable(login, 200).strip() or len(login.encode()) > LONGEST_LOGIN:
        raise BadInput(
            f"{printable(login, 80)!r} can be no login", next_step="Write 1 to 63 bytes of plain signs"
        )


def _here(work: Work, login: str) -> Member:
    _must_be_shared(work)
    found = member_of(work.connection, login)
    if found is None:
        raise NotFound(f"nobody goes by {login} here", next_step="`watchfloor staff` lists who does")
    return found


def _must_be_shared(work: Work) -> None:
    if work.roles is None:
        raise NotPossible(
            "the people of an embedded database are the staff of its catalog",
            next_step="Nothing was changed. Edit [[staff]] in the catalog's files; the agent takes it over at once",
        )


def _member(row: Any) -> Member:
    login, name, role, state, since = row
    return Member(login, name, Role(role), StaffState(state), from_micros(since))
