"""Writes the pages of docs/ that are made from the program itself; with --check, says which are not current."""

from __future__ import annotations

import argparse
import io
import sys
from contextlib import redirect_stdout
from pathlib import Path

from console.__main__ import parser
from console.cli import COMMANDS, rights
from core.desk.finding.fields import FIELDS, FLAGS, Kind, state_words
from core.gate.model import VERBS
from screens.actions import ACTIONS
from screens.registry import Registry, shown_key
from screens.widgets.grid_keys import GRID_KEYS

MADE = "<!-- Made by `make generate` from the program itself; do not edit. -->"


def pages() -> dict[str, str]:
    """Returns the text of each generated page by its path below docs/."""
    return {
        "keys.md": keys_page(),
        "command-line.md": command_line_page(),
        "rights.md": rights_page(),
        "filter.md": filter_page(),
    }


def keys_page() -> str:
    """Returns the page of keys: every action, its keys, where it works, and the level core asks for."""
    registry = Registry(ACTIONS)
    lines = [
        "# Keys", "", MADE, "",
        'A key can be moved in `keys.toml` beside the default database: `"incident.take" = "D"`. Clashes are refused at start.',
        "Levels: 0 looks; 1 acts at once and can be undone (a step ticked off cannot); 2 asks in a box; 3 has the name",
        "typed, with a reason.", "",
        "| Keys | Action | What it does | Where | Level | OPERATE |", "| --- | --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for action in registry.actions:
        keys = " ".join(f"`{shown_key(key)}`" for key in action.keys) or f"`:{action.id}`"
        where = "everywhere" if "*" in action.where else ", ".join(sorted(action.where))
        verb = VERBS.get(action.verb)
        level = str(int(verb.level)) if verb else "0"
        lines.append(
            f"| {keys} | {action.id} | {action.help} | {where} | {level} | {'yes' if verb and verb.operate else ''} |"
        )
    lines += ["", "## In every list", "", "| Keys | What it does |", "| --- | --- |"]
    lines += [f"| {' '.join(f'`{shown_key(k)}`' for k in key.keys)} | {key.text} |" for key in GRID_KEYS]
    return "\n".join(lines) + "\n"


def filter_page() -> str:
    """Returns the page of the filter language: its fields, their values, and what is: can be."""
    lines = [
        "# The filter", "", MADE, "",
        "All parts of a filter hold. Words are looked for; a `-` or `!` before a part turns it round; `or` and brackets join.", "",
        "| Field | Of | Takes | What it is | Example |", "| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for field in FIELDS:
        whose = " and ".join(f"{kind}s" for kind in sorted(field.kinds))
        names = ", ".join(f"`{name}`" for name in (field.name, *field.also))
        lines.append(f"| {names} | {whose} | {field.sort} | {field.means} | `{field.example}` |")
    lines += [
        "", "Several values with a comma between are one of them: `state:new,held`. `:` takes the beginning of a name, `=` all of it;",
        "numbers and instants are compared with `<` `<=` `>` `>=`, too. A value with spaces stands in quotes.", "",
        "An instant is a span (`30m`, `2h`, `3d`, `1w`: to go, or ago), a day (`2026-11-01`), a minute (`2026-11-01T14:00`), all in UTC;",
        "`now`, `today`, `yesterday`, `tomorrow`; `none`; or from one day to another: `opened:2026-11-01..2026-11-07`.", "",
        "| `is:` | What is so |", "| --- | --- |", *(f"| `{flag}` | {means} |" for flag, means in FLAGS.items()),
        "", "| `state:` of requests | of incidents |", "| --- | --- |",
        f"| {_states(Kind.REQUEST)} | {_states(Kind.INCIDENT)} |",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _states(kind: Kind) -> str:
    return ", ".join(f"`{word.replace(' ', '-')}`" for word in state_words(frozenset({kind})))


def rights_page() -> str:
    """Returns the page of rights: the one table that screens show, commands check and a shared database enforces."""
    lines = [
        "# Rights", "", MADE, "",
        "`watchfloor rights` prints the same; `?` in the console says what one's own role may do and what not. A shared",
        "database enforces it, whatever program is used.", "",
    ]  # fmt: skip
    return "\n".join([*lines, *rights.rights_page()]) + "\n"


def command_line_page() -> str:
    """Returns the page of the command line: the help of every command."""
    top = parser()
    parts = ["# Command line", "", MADE, "", "```text", _help(top), "```", ""]
    choices = next(a.choices for a in top._actions if isinstance(a, argparse._SubParsersAction))  # noqa: SLF001
    for name in COMMANDS:
        parts += [f"## watchfloor {name}", "", "```text", _help(choices[name]), "```", ""]
    return "\n".join(parts)


def _help(of: argparse.ArgumentParser) -> str:
    of.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=100)  # the same on every terminal
    text = io.StringIO()
    with redirect_stdout(text):
        of.print_help()
    return text.getvalue().rstrip()


def main() -> int:
    """Writes the pages, or with --check compares them."""
    docs = Path(__file__).parent.parent / "docs"
    stale = []
    for name, text in pages().items():
        path = docs / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        print(f"not current: docs/{', docs/'.join(stale)}: run make generate", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
