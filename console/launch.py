"""Opens the console: settles what must be settled before the framework is imported, runs it, cleans up."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from console.connections.asking import typed_password
from console.connections.resolving import place_of
from console.identity import actor, new_seat
from console.places import catalog_named, own_keys, state_directory
from console.setup import Person, Setup
from console.terminal import prepare_environment, wants_mouse
from core.errors import BadInput, Unavailable
from core.journal.model import Via

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def open_console(options: argparse.Namespace) -> int:
    """Runs the console until its person ends it; returns the exit code."""
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        check_view(options.view)
        raise Unavailable(
            "the console needs a terminal", next_step="Without one: watchfloor board, log, incidents, actions"
        )
    gc.disable()  # what is imported stays: looking through it for waste only delays the first frame
    prepare_environment(os.environ)
    setup = make_setup(options)
    from console.app import Console

    app = Console(setup)
    try:
        code = app.run(mouse=wants_mouse(os.environ))
    finally:
        app.terminal.restore_title()
    return code if code is not None else (app.return_code or 0)


def make_setup(options: argparse.Namespace) -> Setup:
    """Returns what the command line, the environment and the keymap file say."""
    from screens.themes import DEFAULT, MONOCHROME, check_theme
    from screens.widgets.glyphs import choose_glyphs

    database = place_of(options.db, ask=typed_password)
    catalog = catalog_named(options.catalog)
    plain = os.environ.get("TERM", "") in {"linux", "vt100", "vt220"}
    theme = options.theme or (MONOCHROME if "NO_COLOR" in os.environ or plain else DEFAULT)
    return Setup(
        database=database, catalog=catalog, state=state_directory(),
        author=Person(actor(), Via.CONSOLE, new_seat("console")),
        place=database.name if options.db or database.is_shared else "home", theme=check_theme(theme),
        glyphs=choose_glyphs(options.glyphs or "auto", os.environ), keymap=read_keymap(own_keys()),
        first_view="wall" if options.wall else check_view(options.view), hosts_agent=not options.no_agent and not database.is_shared,
        is_wall=options.wall,
    )  # fmt: skip


def check_view(name: str) -> str:
    """Returns the name of a view that can be opened first, or nothing; raises BadInput for another."""
    from screens.actions import ACTIONS

    views = sorted({action.argument for action in ACTIONS if action.handler == "go_to"})
    if name and name not in views:
        from core.catalog.nearest import did_you_mean, listed

        raise BadInput(
            f"there is no view {name!r}",
            next_step=f"{did_you_mean(name, views, '')} Views: {listed(views)}".strip(),
        )
    return name


def read_keymap(path: Path) -> dict[str, tuple[str, ...]]:
    """Returns a person's own keys: action id → keys. Raises BadInput for a file that is not that."""
    import tomllib

    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BadInput(
            f"the keys cannot be read: {error}", where=str(path), next_step="Mend or remove it"
        ) from None
    keymap: dict[str, tuple[str, ...]] = {}
    for name, keys in _flat(found).items():
        words = (keys,) if isinstance(keys, str) else tuple(keys) if isinstance(keys, list) else None
        if words is None or not all(isinstance(word, str) for word in words):
            hint = f'Write it as in "{name}" = "T"'
            raise BadInput(f"{name} must be a key or a list of keys", where=str(path), next_step=hint)
        keymap[name] = words
    if keymap:
        _check_keymap(keymap, path)
    return keymap


def _check_keymap(keymap: dict[str, tuple[str, ...]], path: Path) -> None:
    """Raises BadInput, which names the file, for keys that clash or that nothing can have."""
    from screens.actions import ACTIONS
    from screens.registry import Registry

    try:
        Registry(ACTIONS, keymap)
    except BadInput as error:
        raise BadInput(error.what, where=str(path), next_step=error.next_step) from None


def _flat(table: dict[str, object], before: str = "") -> dict[str, object]:
    """Returns `{"a.b": …}` for TOML's nested `a.b = …`."""
    flat: dict[str, object] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{before}{name}.")
        else:
            flat[f"{before}{name}"] = value
    return flat
