"""A procedure's text (Markdown with `+++` TOML front matter) as steps.

- A level-two heading names the steps below it.
- A fenced block `run` is an automatic step: each line one command, split as a shell would split it, but
  run without one. `check` is the same, tried again until it succeeds. Attributes behind the word:
  `timeout=20s`, `may_fail`.
- A list item with an empty check box is a manual step.
- Everything else is explanation. What only looks like a step is refused: left out silently it would be missed.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from core.catalog.bounds import excesses
from core.catalog.document import NotADocument, parse_document
from core.catalog.nearest import did_you_mean
from core.catalog.quoting import short, value_shown
from core.errors import BadInput
from core.operations.model import Effect, Parsed, Procedure, ProcedureProblem, Step, StepKind
from core.printable import printable
from core.timekeeping import parse_span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from markdown_it.token import Token

KEYS = ("title", "component", "effect", "timeout", "level", "note")
VARIABLES = ("DIR", "COMPONENT")
DEFAULT_TIMEOUT_S = 60.0
LONGEST_TIMEOUT_S = 7 * 86400.0
_FENCE = re.compile(r"\+\+\+[ \t]*\n(.*?)(?:^|\n)\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_BOX = re.compile(r"\[([ xX]?)\](?:\s+(.*))?\Z", re.DOTALL)
_STRAY_BOX = re.compile(r"[-*+]?\[ \]\s")
_NEARLY = re.compile(r"(run|check)(?![\w-])", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_WRITTEN = re.compile(
    r"""\\. | '[^']*' | "(?:\\.|[^"\\])*" | \$\{[^}]*\}  # as shlex reads them: the command's own
    | (?P<sign> \d*[<>]+ | [|&;]+ | ` | \$\( | \$(?:\w+|[?$!@#*-]) | \* | (?<!\S)[~#] )
    | .""",
    re.DOTALL | re.VERBOSE,
)
_ASSIGNMENT = re.compile(r"\s*([A-Za-z_]\w*)=")
_NEUTRAL = {"title": "", "component": "", "effect": "none"}  # stands for a front matter that cannot be read


class _Problems(list[ProcedureProblem]):
    def add(self, line: int, key: str, what: str, next_step: str = "") -> None:
        self.append(ProcedureProblem(line, key, printable(what, 300), next_step))


def parse_procedure(text: str, *, path: str = "") -> Parsed:  # noqa: ARG001  (the path is the caller's to name)
    """Returns the procedure that `text` writes, or every problem with its line. Never raises for what it holds."""
    problems = _Problems()
    text = _with_plain_line_ends(text)
    head = _FENCE.match(text)
    if head is None:
        problems.add(1, "", "there is no front matter", "Begin the file with +++, its keys, and +++")
        return Parsed(None, tuple(problems))
    keys = _front_matter(head[1], problems)
    first_line = text[: head.end()].count("\n")
    steps = tuple(_steps(text[head.end() :], first_line, _timeout(keys, problems), problems))
    if not steps and not problems:
        problems.add(
            first_line + 1, "", "there is no step", "Write a fenced block `run`, or a list item `- [ ] …`"
        )
    if problems:
        return Parsed(None, tuple(sorted(problems, key=lambda p: p.line)))
    return Parsed(
        Procedure(
            keys["title"],
            keys["component"],
            Effect(keys["effect"]),
            steps,
            keys.get("level", 2),
            keys.get("note", ""),
        )
    )


def named_component(text: str) -> tuple[str, int]:
    """Returns the component that a procedure's front matter names, and its line; an empty text when it names none."""
    head = _FENCE.match(_with_plain_line_ends(text))
    try:
        keys = parse_document(head[1]) if head else {}
    except NotADocument:
        keys = {}
    name = keys.get("component")
    if head is None or not isinstance(name, str):
        return "", 0
    return name.strip(), _key_lines(head[1]).get("component", 1)


def expand(argv: tuple[str, ...], variables: Mapping[str, str]) -> list[str]:
    """Returns the arguments with `${DIR}` and `${COMPONENT}` put in; a value stays within its argument."""
    return [_VARIABLE.sub(lambda found: variables[found[1]], word) for word in argv]


def _front_matter(text: str, problems: _Problems) -> dict[str, Any]:
    try:
        keys = parse_document(text)
    except NotADocument as refusal:
        line = refusal.line + 1 if refusal.line else 1
        problems.add(line, "", f"the front matter {refusal.what}", refusal.next_step)
        return dict(_NEUTRAL)
    lines = _key_lines(text)
    too_much = list(excesses(keys))
    for path, what, step in too_much:
        key = str(path[0]) if path else ""
        problems.add(lines.get(key, 1), short(key), what, step)
    if too_much:
        return dict(_NEUTRAL)
    for key in keys:
        if key not in KEYS:
            hint = did_you_mean(key, KEYS, f"Known keys: {', '.join(KEYS)}")
            problems.add(lines.get(key, 1), short(key) or '""', "there is no such key", hint)
    for key in ("title", "component", "effect"):
        if key not in keys:
            problems.add(1, key, "is missing", f"Write {key} = … between the +++ lines")
    for key in ("title", "component", "effect", "note"):
        if not isinstance(keys.get(key, ""), str):
            what = f"must be text, not {value_shown(keys[key])}"
            problems.add(lines.get(key, 1), key, what, f'Write {key} = "…"')
            keys[key] = "none" if key == "effect" else "?"
        elif key in keys:
            keys[key] = printable(keys[key].strip(), 500)
    for key in ("title", "component"):
        if keys.get(key) == "":
            problems.add(lines.get(key, 1), key, "is empty", f"Write {key} = … between the +++ lines")
    if keys.get("effect", "none") not in set(Effect):
        hint = did_you_mean(str(keys["effect"]), list(Effect), f"One of: {', '.join(Effect)}")
        problems.add(lines.get("effect", 1), "effect", f"{short(keys['effect'])!r} is no effect", hint)
    level = keys.get("level", 2)
    if type(level) is not int or level not in {2, 3}:
        problems.add(
            lines.get("level", 1),
            "level",
            f"{value_shown(level)} is no level",
            "Write 2 (asked) or 3 (typed)",
        )
    keys["_timeout_line"] = lines.get("timeout", 1)
    return keys


def _key_lines(text: str) -> dict[str, int]:
    """Returns the line of the file on which each key of a front matter stands, of which its first line is the second."""
    return {line.partition("=")[0].strip(): number for number, line in enumerate(text.split("\n"), 2)}


def _with_plain_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")  # as Markdown has them


def _timeout(keys: dict[str, Any], problems: _Problems) -> float:
    return _span(keys.get("timeout", "60s"), keys.get("_timeout_line", 1), problems)


def _span(text: object, line: int, problems: _Problems) -> float:
    try:
        seconds = parse_span(str(text))
    except BadInput as error:
        problems.add(line, "timeout", error.what, "Write it as 10s, 1m30s, 500ms, 2h or 1d")
        return DEFAULT_TIMEOUT_S
    if seconds <= 0:
        problems.add(line, "timeout", "must be longer than nothing")
    elif seconds > LONGEST_TIMEOUT_S:
        problems.add(line, "timeout", "must not be longer than a week", "Write it as 20s, 5m or 2h")
    return seconds


def _steps(text: str, offset: int, timeout_s: float, problems: _Problems) -> Iterator[Step]:
    heading = ""
    from markdown_it import MarkdownIt  # only who reads a procedure pays for its parser

    tokens = MarkdownIt("commonmark").parse(text)
    for index, token in enumerate(tokens):
        line = (token.map[0] if token.map else 0) + offset + 1
        if token.type == "heading_open" and token.tag == "h2":
            heading = printable(tokens[index + 1].content, 200)
        elif token.type == "fence":
            words = token.info.split()
            _refuse_what_looks_like_steps(token, words, line, problems)
            if words and words[0] in {StepKind.RUN, StepKind.CHECK}:
                yield _automatic(token, words, line, heading, timeout_s, problems)
        elif token.type == "inline":
            in_item = index >= 2 and tokens[index - 2].type == "list_item_open"
            found = _BOX.match(token.content) if in_item else None
            _refuse_stray_boxes(token, line, problems, skip=found is not None)
            if found:
                yield _manual(found, line, heading, timeout_s, problems)


def _refuse_what_looks_like_steps(token: Token, words: list[str], line: int, problems: _Problems) -> None:
    """A block that is never closed takes all below it for its own; one nearly named `run` would not be run."""
    first, behind = token.map or (0, 0)
    if behind - first != token.content.count("\n") + 2:
        problems.add(
            line, words[0] if words else "", "the block is never closed", f"Close it with {token.markup}"
        )
    if words and words[0] not in set(StepKind) and _NEARLY.match(words[0]):
        problems.add(
            line, words[0], "is neither run nor check", "Write the word in small letters, then a space"
        )


def _refuse_stray_boxes(token: Token, line: int, problems: _Problems, *, skip: bool) -> None:
    for number, written in enumerate(token.content.split("\n"), line):
        if _STRAY_BOX.match(written) and not (skip and number == line):
            problems.add(number, "", "the box is in no list item of its own", "Write the step as `- [ ] …`")


def _manual(found: re.Match[str], line: int, heading: str, timeout_s: float, problems: _Problems) -> Step:
    words = printable((found[2] or "").strip(), 500)
    if found[1] != " ":
        problems.add(line, "", "the box of a step must be empty", "Write it as `- [ ] …`")
    elif not words:
        problems.add(line, "", "the step has no text", "Say behind the box what is to be done")
    return Step(StepKind.MANUAL, heading or words, line, shown=(words,), timeout_s=timeout_s)


def _automatic(
    token: Token, words: list[str], line: int, heading: str, timeout_s: float, problems: _Problems
) -> Step:
    may_fail = False
    for word in words[1:]:
        name, sign, value = word.partition("=")
        if name == "timeout" and sign:
            timeout_s = _span(value, line, problems)
        elif word == "may_fail":
            may_fail = True
        else:
            problems.add(line, name, "there is no such attribute", "Known: timeout=20s, may_fail")
    commands, shown = [], []
    for number, written in enumerate(token.content.split("\n"), line + 1):
        if written.strip() and not written.lstrip().startswith("#"):
            commands.append(_command(written, number, problems))
            shown.append(printable(written.strip(), 500))
    if not commands:
        problems.add(line, words[0], "the block has no command", "Write one command a line")
    title = heading or (shown[0] if shown else words[0])
    return Step(StepKind(words[0]), title, line, tuple(commands), tuple(shown), timeout_s, may_fail)


def _command(text: str, line: int, problems: _Problems) -> tuple[str, ...]:
    try:
        argv = tuple(shlex.split(text))
    except ValueError as error:
        problems.add(line, "", f"the command cannot be split into words: {error}", "Close every quote")
        return ()
    sign = next((piece["sign"] for piece in _WRITTEN.finditer(text) if piece["sign"]), None)
    if sign is not None:
        problems.add(
            line, "", f"{sign!r} would need a shell, and none is used",
            "Write a script, or say so: sh -c '…'; where the command itself is to get it, put it in quotes",
        )  # fmt: skip
    assigned = _ASSIGNMENT.match(text)
    if assigned is not None:
        what = f"to set {assigned[1]} before a command would need a shell, and none is used"
        problems.add(line, "", what, f"Write env {assigned[1]}=… before the command")
    if argv and not argv[0]:
        problems.add(line, "", "the command has no name", "Write the program first, then its arguments")
    # Looked for where they are put in: quotes can hide one from the text as written, or make one of it.
    for name in (name for word in argv for name in _VARIABLE.findall(word)):
        if name not in VARIABLES:
            problems.add(line, "", f"there is no variable ${{{name}}}", f"Known: {', '.join(VARIABLES)}")
    if "\0" in text:
        problems.add(line, "", "a command cannot hold a zero byte")
    return argv
