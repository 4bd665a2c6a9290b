"""What a request asks for changed: what was approved of it was approved of something else, and is asked anew."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from core.desk.agreements.forms import filled_form
from core.desk.requests.approvals import ask_approval
from core.desk.requests.gate import approval_under, offered_type
from core.desk.requests.model import Request, RequestState, check_open
from core.desk.requests.queries import one_request, to_request
from core.desk.requests.revising import revise_request
from core.desk.requests.tables import request
from core.errors import BadInput, NotPossible
from core.gate.commands import admit
from core.sentences import LONGEST_NOTE, line_written, written
from core.store.rows import row_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.gate.model import Consent
    from core.store.work import Work

TEXTS = ("title", "text", "component")
LONGEST = {"title": 200, "component": 200}


def change_request(
    work: Work, request_id: int, texts: Mapping[str, str], form: Mapping[str, Any] | None, consent: Consent,
    seen: int | None = None,
) -> Request:  # fmt: skip
    """Changes what is asked for: any of TEXTS, and with `form` the values of its form that are given. Level 2.

    Where its type needs an approval, that is asked for anew and everybody's yes is void. Raises BadInput for a form that is not
    filled in as asked or an empty title, NotPossible where nothing differs or it is over.
    """
    admit(work, "request.change", [f"R-{request_id}"], consent)
    row = row_of(work, request, "request", request_id, seen)
    state = RequestState(row.state)
    check_open(f"R-{request_id}", state, "changed")
    if not state.is_open:
        raise NotPossible(f"R-{request_id} is {state}; it cannot be changed", next_step="Open it again first")
    after = _texts(texts) | _form(work, row, form)
    if all(getattr(row, name) == value for name, value in after.items()):
        raise NotPossible("nothing differs from what is asked for already", next_step="Nothing was changed")
    needs = state is not RequestState.HELD and approval_under(
        work, row.agreement, row.agreement_since, row.type
    )
    if needs:
        after |= {"state": RequestState.APPROVAL, "waiting_for": "", "wait_until": None}
    changed = revise_request(work, row, "request.changed", after)
    if needs:
        ask_approval(work, changed, "request.approval_voided", cause=work.recorded[-1])
    return one_request(work.connection, request_id) if needs else to_request(changed)


def _texts(texts: Mapping[str, str]) -> dict[str, Any]:
    unknown = sorted(set(texts) - set(TEXTS))
    if unknown:
        raise BadInput(
            f"{unknown[0]} of a request is not changed", next_step=f"Changed are: {', '.join(TEXTS)}"
        )
    found = {
        name: written(value, name, LONGEST_NOTE)
        if name == "text"
        else line_written(value, name, LONGEST[name])
        for name, value in texts.items()
    }
    if found.get("title") == "":
        raise BadInput("the request needs a title", next_step="Say in one line what is asked for")
    return found


def _form(work: Work, row: Any, form: Mapping[str, Any] | None) -> dict[str, Any]:
    if not form:
        return {}
    merged = json.loads(row.form) | dict(form)
    offered = offered_type(work, row.agreement, row.agreement_since, row.type)
    filled = filled_form(offered, merged) if offered is not None else merged
    return {"form": json.dumps(filled, sort_keys=True, default=str)}
