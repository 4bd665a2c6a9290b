"""Items whose texts hold a secret, as people type it, and a look through all that a database holds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, select

from core.desk import commands as incidents
from core.desk.messages import outbox
from core.desk.requests import checklists
from core.desk.requests import commands as requests
from core.desk.requests.model import Asked
from core.gate.model import Consent, Level
from core.journal.model import Subject
from core.store.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.store.store import Store
    from core.store.work import Author

BOX = Consent(Level.BOX)
SECRET = 'Hunter"2\\Zürich'
"""With what JSON and its nesting write otherwise."""
WORDS = ("hunter", "zurich")
"""As the search index would hold it."""
REQUEST, INCIDENT = Subject("request", "1"), Subject("incident", "1")


def consent(name: str = "R-1", reason: str = "a password was typed") -> Consent:
    return Consent(Level.NAME, name, reason)


def type_secrets(store: Store, ada: Author) -> None:
    """Makes R-1 and I-1 with the secret in titles, texts, notes, a checklist, and a message; R-2 with it in a note."""
    asked = Asked(
        f"cannot log in with {SECRET}", "mail", "eve@acme.example", text=f"my password is\n{SECRET}, thanks"
    )
    store.write(ada, requests.new_request, asked, BOX)
    store.write(ada, requests.note_request, 1, f"tried {SECRET} twice: {SECRET}")
    store.write(ada, requests.note_request, 1, "an innocent note")
    store.write(ada, checklists.add_check, 1, f"change {SECRET}")
    said: dict[str, Any] = {
        "subject": REQUEST, "purpose": "update", "channel": "mail", "recipient": "eve@acme.example",
        "title": "your password", "body": f"we tried {SECRET}", "key": "one",
    }  # fmt: skip
    store.write(ada, partial(outbox.queue, **said))
    store.write(ada, incidents.open_incident, "web", "shop", f"{SECRET} does not work", 2, BOX)
    store.write(ada, incidents.note_incident, 1, "nothing of it here")
    store.write(ada, requests.new_request, Asked("another", "mail", "bob@acme.example"), BOX)
    store.write(ada, requests.note_request, 2, f"they said {SECRET}")


def texts_holding(connection: Connection, *pieces: str) -> list[str]:
    """Returns table and column of every text in the database that holds one of the pieces, however it is written there."""
    found = []
    for table in metadata.sorted_tables:
        columns = [column for column in table.columns if isinstance(column.type, Text)]
        for row in connection.execute(select(*columns)).all() if columns else ():
            for column, text in zip(columns, row, strict=True):
                if any(piece in (text or "").casefold() for piece in pieces):
                    found.append(f"{table.name}.{column.name}")
    return found
