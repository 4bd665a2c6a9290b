"""A house with a mailbox for its support, and a request that comes to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.commands import load_catalog
from core.catalog.mail import Mailbox, MessageText
from core.catalog.model import Catalog, Service
from core.desk.requests import commands
from core.desk.requests.model import Asked
from core.gate.model import Consent, Level

if TYPE_CHECKING:
    from core.store.store import Store
    from core.store.work import Author


BOX = Consent(Level.BOX)
MAIL = Mailbox("support", "support@acme.example", "Acme Support", "acme", services=("orders",), smtp_host="m")
ASKED = Asked("A new till", "orders", "kim@customer.example", "Please.", "Kim")


def declare(store: Store, ada: Author, *texts: MessageText, boxes: tuple[Mailbox, ...] = (MAIL,)) -> None:
    catalog = Catalog(
        services={"orders": Service("orders", "Orders")}, mailboxes={box.id: box for box in boxes},
        texts={text.id: text for text in texts},
    )  # fmt: skip
    store.write(ada, load_catalog, catalog, directory="d", digest="x", changes=[])


def opened(store: Store, ada: Author, asked: Asked = ASKED) -> int:
    number: int = store.write(ada, commands.new_request, asked, BOX).id
    return number
