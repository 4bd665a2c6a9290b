"""Macros: several doings over a request under one name, in one transaction, and taken back as one.

What its requester was told stays told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.catalog.queries import declared_macros, declared_replies
from core.desk.requests import commands
from core.desk.requests.model import RequestState, WaitingFor, check_follows, check_open
from core.desk.requests.queries import one_request, to_request
from core.desk.requests.replies import filled
from core.desk.requests.tables import request
from core.errors import NotFound, NotPossible
from core.gate.commands import admit
from core.gate.model import AT_ONCE, Consent, Level
from core.store.rows import row_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.catalog.desk import Macro
    from core.desk.requests.model import Request
    from core.store.work import Work

ME, NOBODY = "me", "nobody"
_S = RequestState
_BOX = Consent(Level.BOX)


def macro_of(connection: Connection, macro_id: str) -> Macro:
    """Returns the macro of that id that is in force; raises NotFound."""
    macros = declared_macros(connection)
    for each in macros:
        if each.id == macro_id:
            return each
    known = ", ".join(each.id for each in macros) or "none is declared"
    raise NotFound(f"there is no macro {macro_id!r}", next_step=f"There are: {known}")


def reply_text(connection: Connection, macro: Macro, found: Request, actor: str) -> str:
    """Returns the words of its reply to the requester of a request; empty where it has none."""
    reply = next((each for each in declared_replies(connection) if each.id == macro.reply), None)
    return "" if reply is None else filled(reply.body, found, actor)


def planned(macro: Macro, found: Request, actor: str) -> list[str]:
    """Returns in words what it changes of a request as it stands; pure. Empty where it changes nothing."""
    words = []
    if macro.priority is not None and macro.priority != found.priority:
        words.append(f"priority {found.priority} to {macro.priority}")
    owner = _owner(macro, actor)
    if owner is not None and owner != found.owner:
        words.append(f"{found.owner or NOBODY} to {owner or NOBODY}")
    if macro.state and macro.state != found.state:
        words.append(f"{found.standing} to {macro.state}")
    if macro.reply:
        words.append("its requester is told")
    return words


def check_possible(macro: Macro, found: Request, actor: str) -> None:
    """Raises NotPossible where a part of a macro cannot be done to a request as it stands; then none of it is."""
    check_open(found.label, found.state, f"worked on by {macro.title}")
    owner, then = _owner(macro, actor), found.state
    if (owner and owner != found.owner and then in {_S.NEW, _S.REOPENED}) or (macro.reply and then is _S.NEW):
        then = _S.ACKNOWLEDGED
    if macro.state and macro.state != then:
        check_follows(found.label, then, RequestState(macro.state))


def apply_macro(
    work: Work, request_id: int, macro_id: str, consent: Consent = AT_ONCE, seen: int | None = None
) -> Request:
    """Does all of a macro over one request, or nothing. Level 2, undoable but for what is told.

    Raises NotFound for a macro that is not declared, NotPossible where a part of it cannot be done or it changes nothing.
    """
    admit(work, "request.macro", [f"R-{request_id}"], consent)
    macro = macro_of(work.connection, macro_id)
    found = to_request(row_of(work, request, "request", request_id, seen))
    text = reply_text(work.connection, macro, found, work.actor)
    check_possible(macro, found, work.actor)
    begun = len(work.recorded)
    _apply(work, macro, found, text)
    if len(work.recorded) == begun:
        raise NotPossible(
            f"R-{request_id} is as {macro.title} has it already", next_step="Nothing was changed"
        )
    return one_request(work.connection, request_id)


def _apply(work: Work, macro: Macro, found: Request, text: str) -> None:
    if text and macro.state not in {_S.WAITING, _S.DELIVERED}:  # those tell by themselves
        commands.tell_requester(work, found.id, text)
    if macro.priority is not None and macro.priority != found.priority:
        commands.set_priority(work, found.id, macro.priority)
    owner = _owner(macro, work.actor)
    if owner is not None and owner != found.owner:
        commands.assign_request(work, found.id, owner)
    now = one_request(work.connection, found.id)
    if not macro.state or macro.state == now.state:
        return
    step: Any = {
        _S.ACKNOWLEDGED: lambda: commands.acknowledge_request(work, found.id),
        _S.IN_PROGRESS: lambda: commands.start_request(work, found.id),
        _S.WAITING: lambda: commands.wait_for(work, found.id, WaitingFor.CUSTOMER, text),
        _S.DELIVERED: lambda: commands.deliver_request(work, found.id, text, _BOX),
    }[RequestState(macro.state)]
    step()


def _owner(macro: Macro, actor: str) -> str | None:
    """Returns who is to own it: a log-in, empty for nobody, None for whoever does."""
    return {"": None, ME: actor, NOBODY: ""}.get(macro.owner, macro.owner)
