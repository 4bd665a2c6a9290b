"""The command `./orders`: start, stop, look at and disturb the sample service."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from . import control
from .faults import KINDS, Fault, clear_faults, faults_in_force, raise_fault
from .settings import PARTS, OrdersError, WrongUse, read_settings
from .status import status
from .store_client import StoreClient

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from .settings import Settings

_FAULTS = """faults:
  fault front slow 3     it answers 3 seconds late
  fault front error      it answers everything with status 500
  fault worker stuck     it runs, but does nothing and reports no heartbeat
  fault worker error     it fails every order and writes ERROR lines
  fault store slow 1     it answers a second late
  fault NAME kill        SIGKILL, as a crash would
  fault clear [NAME]     ends the faults of one part, or of all
  fault                  lists the faults in force
A fault ends with the next start of its part; with --lasting it does not.
exit codes: 0 done and well, 1 not, 2 wrong use"""


def main(words: Sequence[str], directory: Path) -> int:
    """Does what the command line says and returns the exit code."""
    try:
        settings = read_settings(directory)
        if list(words[:1]) == ["run"] and len(words) == 2 and words[1] in PARTS:
            from .running import run_part

            return run_part(settings, words[1])
        options = _parser().parse_args(words)
        return int(options.work(settings, options))
    except OrdersError as error:
        sys.stderr.write(f"orders: {error}\n")
        return error.exit_code
    except OSError as error:
        sys.stderr.write(f"orders: {error.filename or directory}: {error.strerror or error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="orders",
        description="Starts, stops, looks at and disturbs the sample service.",
        epilog=_FAULTS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words = top.add_subparsers(dest="word", metavar="COMMAND", required=True)
    for name, work, told in (
        ("start", _start, "start a part, or all"),
        ("stop", _stop, "stop a part, or all"),
        ("restart", _restart, "stop and start a part, or all"),
        ("status", _status, "say how a part stands, or all"),
    ):
        sub = words.add_parser(name, help=told)
        sub.add_argument("part", nargs="?", type=_part, metavar="NAME", help="front, worker or store")
        sub.set_defaults(work=work)
        if name == "status":
            sub.add_argument(
                "--wait", nargs="?", type=float, const=10.0, default=0.0, metavar="SECONDS",
                help="wait until it works, 10 seconds unless told",
            )  # fmt: skip
    sub = words.add_parser("fault", help="disturb a part; see below", epilog=_FAULTS,
                           formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    sub.add_argument("part", nargs="?", default="", metavar="NAME", help="front, worker, store; or clear")
    sub.add_argument("kind", nargs="?", default="", metavar="FAULT", help="slow, error, stuck or kill")
    sub.add_argument("seconds", nargs="?", type=float, default=0.0, help="how slow")
    sub.add_argument("--lasting", action="store_true", help="keep it over restarts")
    sub.set_defaults(work=_fault)
    sub = words.add_parser("fill", help="fill the worker's queue with orders")
    sub.add_argument("copies", type=int, metavar="COUNT", help="how many")
    sub.set_defaults(work=_fill)
    return top


def _part(text: str) -> str:
    name = text.removeprefix("orders-")
    if name not in PARTS:
        raise argparse.ArgumentTypeError(f"there is no part {text!r}; there are: {', '.join(sorted(PARTS))}")
    return name


def _start(settings: Settings, options: argparse.Namespace) -> int:
    return _tell(control.start(settings, part) for part in _chosen(options.part))


def _stop(settings: Settings, options: argparse.Namespace) -> int:
    return _tell(control.stop(settings, part) for part in reversed(_chosen(options.part)))


def _restart(settings: Settings, options: argparse.Namespace) -> int:
    return max(_stop(settings, options), _start(settings, options))


def _status(settings: Settings, options: argparse.Namespace) -> int:
    until = time.monotonic() + options.wait
    while True:
        found = [status(settings, part) for part in _chosen(options.part)]
        is_well = all(one.works for one in found)
        if is_well or time.monotonic() >= until:
            break
        time.sleep(0.1)
    for one in found:
        _say(f"orders-{one.part}: {one.words}")
    for fault in faults_in_force(settings):
        if fault.part in _chosen(options.part):
            _say(f"fault in force: {fault.words}")
    return 0 if is_well else 1


def _fault(settings: Settings, options: argparse.Namespace) -> int:
    if not options.part:
        for fault in faults_in_force(settings):
            _say(fault.words)
        return 0
    if options.part == "clear":
        ended = clear_faults(settings, _named(options.kind) if options.kind else "")
        _say(f"{len(ended)} {'fault' if len(ended) == 1 else 'faults'} ended")
        return 0
    part = _named(options.part)
    if options.kind == "kill":
        return _tell([control.kill(settings, part)])
    if not options.kind:
        raise WrongUse(f"say which fault; orders-{part} has: {', '.join(KINDS[part])}, kill")
    fault = Fault(part, options.kind, options.seconds, options.lasting)
    raise_fault(settings, fault)
    _say(fault.words)
    return 0


def _fill(settings: Settings, options: argparse.Namespace) -> int:
    with StoreClient(settings) as store:
        store.ask("add", item="tea", count=1, copies=options.copies)
        waiting = store.ask("depth")["waiting"]
    _say(f"{options.copies} orders put into the queue; {waiting} wait")
    return 0


def _named(text: str) -> str:
    try:
        return _part(text)
    except argparse.ArgumentTypeError as error:
        raise WrongUse(str(error)) from error


def _chosen(part: str | None) -> tuple[str, ...]:
    return (part,) if part else PARTS


def _tell(outcomes: Iterable[control.Outcome]) -> int:
    code = 0
    for outcome in outcomes:
        _say(outcome.words)
        code = code if outcome.is_done else 1
    return code


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
