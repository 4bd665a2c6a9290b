"""`watchfloor staff`: the people of a shared database and their roles; of an embedded one it only prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.printing import add_store_arguments, open_store, person, print_json, print_table
from console.cli.words import refuse_unused
from console.connections.asking import given_password, new_password
from core.errors import BadInput
from core.gate import people
from core.gate.rights import Role

if TYPE_CHECKING:
    import argparse

    from core.store.store import Store

TAKES = {
    "list": (),
    "add": ("login", "role", "name", "no_password", "password_stdin"),
    "role": ("login", "role"),
    "suspend": ("login", "reason"),
    "resume": ("login", "reason"),
    "remove": ("login", "reason"),
    "password": ("login", "password_stdin"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `staff`."""
    add_store_arguments(parser)
    parser.add_argument(
        "verb", nargs="?", default="list", choices=sorted(TAKES), help="what to do; nothing said: list"
    )
    parser.add_argument(
        "login", nargs="?", default="", metavar="LOGIN", help="who, as they come to the database"
    )
    parser.add_argument(
        "--role", default="", choices=[role.value for role in Role], metavar="ROLE", help=", ".join(Role)
    )
    parser.add_argument("--name", default="", metavar="TEXT", help="add: the person's name")
    parser.add_argument("--reason", default="", metavar="TEXT", help="suspend, resume, remove: why")
    parser.add_argument(
        "--no-password",
        action="store_true",
        help="add: they come by peer or certificate, or have a role already",
    )
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def run(options: argparse.Namespace) -> int:
    """Does what is asked, as whoever the database says this is."""
    words = {word for takes in TAKES.values() for word in takes}
    refuse_unused(options, sorted(words), TAKES[options.verb], f"staff {options.verb}")
    with open_store(options) as store:
        if options.verb == "list":
            return _list(options, store)
        if not options.login:
            raise BadInput("nobody is named", next_step=f"watchfloor staff {options.verb} LOGIN")
        if options.verb in {"add", "role"} and not options.role:
            raise BadInput("no role is said", next_step=f"--role, one of: {', '.join(Role)}")
        _change(options, store)
        found = next((one for one in store.read(people.members) if one.login == options.login), None)
        if options.json:
            print_json([found] if found else [])
        else:
            print(_done(options.verb, options.login, found))
    return 0


def _done(verb: str, login: str, now: people.Member | None) -> str:
    """Returns what came of it, in one line."""
    if now is None:
        return f"{login} has no role here any more, and is kept out"
    if verb == "password":
        return f"{login} has another password"
    if now.state is people.StaffState.SUSPENDED:
        return f"{login} is kept out (suspended), as {now.role} until then"
    return f"{login} is let in as {now.role}"


def _change(options: argparse.Namespace, store: Store) -> None:
    login, author = options.login, person()
    if options.verb == "add":
        people.check_login(login)
        verifier = None if options.no_password else _verifier(options, store)
        store.write(
            author, people.add_member, login, options.name or login, Role(options.role), verifier=verifier
        )
    elif options.verb == "role":
        store.write(author, people.change_role, login, Role(options.role))
    elif options.verb == "remove":
        store.write(author, people.remove_member, login, reason=options.reason)
    elif options.verb == "password":
        store.write(author, people.set_password, login, _verifier(options, store))
    else:
        suspended = options.verb == "suspend"
        store.write(author, people.set_suspended, login, suspended=suspended, reason=options.reason)


def _verifier(options: argparse.Namespace, store: Store) -> str | None:
    """Returns the verifier of a password that is typed twice or read; None where the database knows nobody."""
    if store.identity is None:
        return None  # an embedded database: the command says that its people are the catalog's
    from core.store.postgresql.passwords import verifier_of

    password = given_password() if options.password_stdin else new_password(options.login)
    return store.read(verifier_of, options.login, password)


def _list(options: argparse.Namespace, store: Store) -> int:
    found = store.read(people.members)
    if options.json:
        print_json(found)
        return 0
    rows = [(one.login, one.role, one.state, f"{one.since:%Y-%m-%d}", one.name) for one in found]
    print_table(
        ("LOGIN", "ROLE", "STATE", "SINCE", "NAME"),
        rows,
        "Nobody is named: who reaches the database may do all.",
    )
    return 0
