"""`watchfloor release COMPONENT`: have a component watched again that was stopped on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.printing import add_consent_arguments, add_store_arguments, open_store, person
from core.errors import NotPermitted
from core.gate.commands import unlock_operate
from core.gate.model import Consent, Level
from core.operations.releasing import release_component

if TYPE_CHECKING:
    import argparse

    from core.store.work import Work


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `release`."""
    add_store_arguments(parser)
    parser.add_argument("component", help="the id of the component")
    parser.add_argument("--operate", action="store_true", help="act on the service system; asks for --reason")
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Releases the component and says so."""
    if not options.operate:
        raise NotPermitted(
            "releasing a component acts on the service system",
            next_step="Say so, and why: --operate --reason TEXT --yes",
        )
    consent = Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)

    def release(work: Work) -> None:
        unlock_operate(work, options.reason)
        release_component(work, options.component, options.reason, consent)

    with open_store(options) as store:
        store.write(person(), release)
    print(f"{options.component} is watched again")
    return 0
