"""A desk at one instant: a night with requests of every sort, on a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from unittest.mock import patch

from sqlalchemy import false, select

from core.catalog.desk import Macro, ReplyText
from core.catalog.mail import Mailbox
from core.catalog.model import Agreement, Customer, Promise, Service
from core.desk.clocks import keeping
from core.desk.requests import commands as desk
from core.desk.requests.model import Asked, WaitingFor
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.journal.tables import journal
from core.store.store import Store
from core.store.work import Author
from tests.screens.scene import AGENT, ANA, NOW, made_once, make_night

if TYPE_CHECKING:
    from pathlib import Path

    from core.catalog.model import Catalog
    from core.store.work import Work

BOX = Consent(Level.BOX)
BEN = Author("ben", Via.CONSOLE, "console:host:3:0000")
TEXT = (
    "Every 5 minutes the tunnel drops for about 40 seconds since the carrier change last night.\n\n"
    "38 people are here. We switched two users to LTE and they hold. Please tell us if we should move everyone."
)
LAGOS = Asked(
    "VPN drops for Lagos office", "orders", "ade@lagos.example", text=TEXT, requester_name="Ade Adeyemi",
    component="orders-files-001", impact=1, source="mail",
)  # fmt: skip
ASKED = (
    LAGOS,
    replace(LAGOS, title="Lagos: cannot reach the ledger", requester="kofi@lagos.example", requester_name="Kofi Boateng", text=""),
    Asked("New MPLS circuit: handover check", "network", "net@carrier.example", requester_name="Carrier desk", text="Tuesday?"),
    Asked("Router certificate expires in 6 days", "network", "auto@shop.example", impact=1, urgency=1, source="cli"),
    Asked("Flow logs missing for the DMZ", "network", "sec@shop.example", requester_name="Security", impact=2, urgency=3),
    Asked("Read access for the new auditor", "identity", "audit@shop.example", impact=3, urgency=3, text="For the audit in May."),
    Asked("Rename VLAN 212 in the map", "network", "net@shop.example", impact=3, urgency=3),
    Asked("Printer of the third floor", "office", "eve@shop.example", requester_name="Eve", impact=3, urgency=2),
)  # fmt: skip
AGES_MIN = (34, 31, 150, 200, 1500, 2900, 3000, 55)


TARGETS = (
    Promise(1, 900.0, 4 * 3600.0), Promise(2, 3600.0, 8 * 3600.0), Promise(3, 4 * 3600.0, 3 * 86400.0),
    Promise(4, 86400.0, 10 * 86400.0),
)  # fmt: skip


def declare_desk(catalog: Catalog) -> None:
    """Declares an agreement under which everybody may ask for everything, and the mailbox that answers them."""
    for name in ("network", "identity", "office"):
        catalog.services.setdefault(name, Service(name, name.capitalize()))
    catalog.customers["shop"] = Customer("shop", "The shop", "desk@shop.example")
    services = ("orders", "network", "identity", "office")
    catalog.agreements["house"] = Agreement(
        "house", "House agreement", "shop", services, targets=TARGETS, may_ask=("*",)
    )
    catalog.mailboxes["desk"] = Mailbox(
        "desk", "desk@watch.example", "Shop desk", "desk", services, smtp_host="localhost"
    )
    catalog.replies["carrier"] = ReplyText(
        "carrier", "with the carrier", "Dear $requester, $item is with the carrier."
    )
    catalog.macros["carrier"] = Macro("carrier", "the carrier again", "carrier", "in progress", "me", 2)


def make_desk(folder: Path, *, more: int = 0) -> Path:
    """Makes the database, with that many more requests nobody owns; returns its place."""
    return made_once(folder / "night.db", partial(_desk, more=more), "desk", more)


def _desk(place: Path, more: int) -> None:
    make_night(place.parent, declare_desk)
    clock = [NOW]
    store = Store.at(place, now=lambda: clock[0])

    # They come in no order of time, behind a night that is over: their clocks count from when each was asked all the same.
    with patch.object(keeping, "NEWEST_AT", (select(journal.c.at).where(false()), {})):
        for asked, minutes in zip(ASKED, AGES_MIN, strict=True):
            clock[0] = NOW - timedelta(minutes=minutes)
            store.write(AGENT, desk.record_request, asked)
        clock[0] = NOW - timedelta(hours=3)
        store.write(AGENT, _record_more, more)
    clock[0] = NOW - timedelta(minutes=28)
    store.write(ANA, desk.take_request, 1)
    clock[0] = NOW - timedelta(minutes=20)
    store.write(ANA, desk.note_request, 1, "called the carrier, ticket 55-1820, no ETA")
    clock[0] = NOW - timedelta(minutes=18)
    store.write(
        ANA, desk.tell_requester, 1, "We see it and are on it.\nPlease move everyone to LTE meanwhile."
    )
    clock[0] = NOW - timedelta(minutes=9)
    store.write(ANA, desk.requester_said, 1, "We switched two users to LTE and they hold.")
    store.write(ANA, desk.wait_for, 3, WaitingFor.SUPPLIER, "the carrier names the day")
    store.write(BEN, desk.take_request, 5)
    store.write(ANA, desk.take_request, 8)
    store.write(ANA, desk.deliver_request, 8, "a new drum", BOX)
    store.close()


def _record_more(work: Work, more: int) -> None:
    for number in range(more):
        desk.record_request(
            work, replace(LAGOS, title=f"Matter {number:04}", requester="m@shop.example", text="")
        )
