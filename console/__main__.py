"""The command `watchfloor`: without a word the console, with one of console.cli.COMMANDS that command."""

from __future__ import annotations

import argparse
import errno
import importlib
import io
import os
import re
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn

from console.cli import COMMANDS
from console.places import said_path
from core.errors import BadInput, Unavailable, WatchfloorError

if TYPE_CHECKING:
    from collections.abc import Sequence

UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF})
PATHS = ("--db", "--catalog")
_NUMBERED = re.compile(r"-\.?\d")
"""What begins so, as -2h, is the value of the option before it: no option of ours does."""
EXIT_CODES = "exit codes: 0 done, 1 the answer is no, 2 wrong use, 3 not possible now"


class _Parser(argparse.ArgumentParser):
    """Takes options wherever they stand; says in one line what was wrong, and where it is told what is right."""

    _is_mixing = False

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self._negative_number_matcher = _NUMBERED  # whoever reads the value says what is wrong with it

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parses; unlike argparse's own way, a word of a command may stand behind an option: `backup --db A FILE`."""
        if self._is_mixing or self._subparsers is not None:
            return super().parse_known_args(args, namespace)
        self._is_mixing = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._is_mixing = False

    def print_help(self, file: Any = None) -> None:
        """Prints the help; unlike argparse's own way, what cannot be written is an error."""
        print(self.format_help(), end="", file=file, flush=True)

    def error(self, message: str) -> NoReturn:
        """Ends the program with 2."""
        self.exit(2, f"watchfloor: {message}. `{self.prog} --help` tells what can be said\n")


def parser(only: str | None = None) -> _Parser:
    """Returns the parser; with `only`, just that command's arguments are read from its module."""
    top = _Parser(
        prog="watchfloor", description="The console from which an operations team runs a service system.",
        epilog=EXIT_CODES,
    )  # fmt: skip
    top.add_argument("--version", action="store_true", help="print the version")
    console_arguments(top)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, command in COMMANDS.items():
        sub = commands.add_parser(name, help=command.help, description=command.help, epilog=EXIT_CODES)
        if only in {None, name}:
            importlib.import_module(command.module).add_arguments(sub)
    return top


def _console_parser() -> _Parser:
    """Returns a parser of what the console itself takes; it knows no command."""
    top = _Parser(prog="watchfloor", add_help=False, allow_abbrev=False)
    top.add_argument("--version", action="store_true")
    top.set_defaults(command=None)
    console_arguments(top)
    return top


def console_arguments(top: argparse.ArgumentParser) -> None:
    """Adds what the console itself takes."""
    top.add_argument("--db", type=said_path, metavar="FILE", help="the database to open")
    top.add_argument("--catalog", type=said_path, metavar="DIR", help="the catalog directory its agent reads")
    top.add_argument(
        "--view", metavar="NAME", default="", help="the screen to open first: board, incidents, log …"
    )
    top.add_argument(
        "--theme", default="", choices=["dark", "light", "high-contrast", "terminal-16"], help="colours"
    )
    top.add_argument("--glyphs", default="", choices=["unicode", "ascii"], help="characters used for states")
    top.add_argument("--wall", action="store_true", help="the board for a wall: it only watches, pages turn")
    top.add_argument("--no-agent", action="store_true", help="start no agent, whether or not one runs")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code; one clear line on standard error when it is not 0."""
    try:
        return _answer(list(sys.argv[1:] if arguments is None else arguments))
    except WatchfloorError as error:
        from core.printable import printable_lines  # what is refused may hold what somebody else wrote

        print(f"watchfloor: {printable_lines(str(error))}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        _let_go_of_output()  # the reader of a pipe has gone; there is nobody left to tell
        return 0
    except OSError as error:
        if error.errno not in UNWRITABLE or error.filename is not None:
            raise
        _let_go_of_output()
        print(f"watchfloor: what is to be printed cannot be written: {error.strerror}", file=sys.stderr)
        return Unavailable.exit_code
    except KeyboardInterrupt:
        return 130


def _answer(words: Sequence[str]) -> int:
    """Does what the words say and returns the exit code; all that was printed is written by then."""
    _refuse_what_is_no_text(words)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a sign the terminal has no letter for costs one letter
    console, rest = _console_parser().parse_known_args(words)
    chosen = next((word for word in rest if word in COMMANDS), "")
    # Commands and help cost the console's start too much: they are made when something is left for them.
    options = _parse(words, chosen) if rest else console
    if options.version:
        return _print_version()
    if not options.command:
        from console.launch import open_console

        return int(open_console(options))
    answer = importlib.import_module(COMMANDS[options.command].module).run(options)
    print(end="", flush=True)  # standard output may have been closed: then there is none to flush
    return int(answer or 0)


def _refuse_what_is_no_text(words: Sequence[str]) -> None:
    """Raises BadInput for a word that is not UTF-8 and no file's name: kept, it would be another word."""
    names_files = any(word in {"admin", "check", "init", "journal"} for word in words)
    for before, word in pairwise(["", *words]):
        if word.isascii() or names_files or before in PATHS or word.startswith(tuple(f"{p}=" for p in PATHS)):
            continue
        if any("\ud800" <= letter <= "\udfff" for letter in word):
            shown = word.encode(errors="surrogateescape").decode(errors="backslashreplace")
            raise BadInput(f"{shown} is not UTF-8", next_step="Nothing was done. Write it in UTF-8")


def _let_go_of_output() -> None:
    """Leaves what could not be written: Python would try it again at its end, and say so in its own words."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parse(words: Sequence[str], chosen: str) -> argparse.Namespace:
    """Returns what is said to a command; what only the console takes is refused, for it would do nothing."""
    top = parser(only=chosen)
    options = top.parse_args(words)
    if options.command:
        own = _Parser(add_help=False)
        importlib.import_module(COMMANDS[options.command].module).add_arguments(own)
        taken = {action.dest for action in own._actions}  # noqa: SLF001 – argparse has no other list of them
        console = _console_parser()
        for action in console._actions:  # noqa: SLF001
            said = getattr(options, action.dest) != console.get_default(action.dest)
            if said and action.dest not in {*taken, "version"}:
                top.error(f"{action.option_strings[0]} is the console's: {options.command} does not take it")
        _refuse_two_answers(top, words, options)
    return options


def _refuse_two_answers(top: _Parser, words: Sequence[str], options: argparse.Namespace) -> None:
    """Refuses an option that is given before the command and behind it with different values."""
    console = _console_parser()
    optional = console._actions  # noqa: SLF001
    with_value = {word for action in optional if action.nargs != 0 for word in action.option_strings}
    at = next(
        (n for n, word in enumerate(words) if word == options.command and words[n - 1] not in with_value), 0
    )
    before = console.parse_known_args(words[:at])[0]
    for action in optional:
        first, last = getattr(before, action.dest), getattr(options, action.dest)
        if first != console.get_default(action.dest) and first != last:
            flag = action.option_strings[0]
            top.error(f"{flag} is given twice: {first} before {options.command}, {last} behind it")


def _print_version() -> int:
    from importlib.metadata import version

    print(f"watchfloor {version('watchfloor')}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
