"""What only looks like a step, or like a command, is refused as the file is read: at night it would be missed."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.operations.model import StepKind
from core.operations.procedure import parse_procedure

HEAD = (
    '+++\ntitle = "Do it"\ncomponent = "web"\neffect = "none"\n+++\n'  # five lines: the text begins on line 6
)
STEP = "\n- [ ] Look at it\n"


def command(text: str) -> str:
    return f"```run\n{text}\n```\n"


def commands_of(text: str) -> tuple[tuple[str, ...], ...]:
    parsed = parse_procedure(HEAD + text)
    assert parsed.problems == ()
    assert parsed.procedure is not None
    return parsed.procedure.steps[0].commands


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("ls|wc", "|"), ("ls>out", ">"), ("x 2>/dev/null", "2>"), ("true&&false", "&&"), ("sleep 5&", "&"),
        ("a; b", ";"), ("cat < in", "<"), ("echo $(id)", "$("), ("echo `id`", "`"), ("ls $HOME", "$HOME"),
        ("kill $!", "$!"), ("ls ~/x", "~"), ("rm ${DIR}/*.tmp", "*"), ("rm new # old", "#"), (r"echo \\;", ";"),
    ],
)  # fmt: skip
def test_what_only_a_shell_would_do_is_refused(text: str, sign: str) -> None:
    (problem,) = parse_procedure(HEAD + command(text)).problems
    assert (problem.line, problem.what) == (7, f"{sign!r} would need a shell, and none is used")
    assert "sh -c" in problem.next_step


@pytest.mark.parametrize(
    ("text", "argv"),
    [
        ("cut -d '|' f", ("cut", "-d", "|", "f")),
        (r"find . -exec ls {} \;", ("find", ".", "-exec", "ls", "{}", ";")),
        ("sh -c 'a; b | c > \"$d\"'", ("sh", "-c", 'a; b | c > "$d"')),
        ('sh -c "ls \\"$HOME\\" && x"', ("sh", "-c", 'ls "$HOME" && x')),
        ("grep foo$ a#b x~", ("grep", "foo$", "a#b", "x~")),
        ("curl 'http://127.0.0.1/?a=1&b=2'", ("curl", "http://127.0.0.1/?a=1&b=2")),
    ],
)
def test_what_stands_in_quotes_is_the_commands_own(text: str, argv: tuple[str, ...]) -> None:
    assert commands_of(command(text)) == (argv,)


def test_a_value_set_before_a_command_is_refused() -> None:
    (problem,) = parse_procedure(HEAD + command("LANG=C sort x")).problems
    assert (problem.line, "to set LANG" in problem.what) == (7, True)
    assert problem.next_step == "Write env LANG=… before the command"


WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=12).filter(lambda w: "${" not in w)
NAMES = WORDS.filter(lambda w: w.strip() and "=" not in w)


@given(NAMES, st.lists(WORDS, max_size=5))
def test_any_quoted_argument_reaches_the_command_as_it_is(name: str, words: list[str]) -> None:
    assert commands_of(command(shlex.join([name, *words]))) == ((name, *words),)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("```run\ntrue\n\n## Next\n\nthen prose\n- [ ] look\n", 6),
        ("- [ ] x\n\n```text\nfor reading\n```run\ntrue\n```text\n", 8),
        ("- [ ] x\n\n  ```run\n  true\n\nprose\n", 8),
        ("- [ ] x\n\n~~~run\ntrue\n```\n", 8),
        ("- [ ] x\n\n```run", 8),
    ],
)
def test_a_block_that_is_never_closed_swallows_no_step(text: str, line: int) -> None:
    problems = parse_procedure(HEAD + text).problems
    assert (line, "the block is never closed") in [(p.line, p.what) for p in problems]


@given(
    st.lists(st.sampled_from(["true", "", "  x y", "## no heading", "- [ ] no box", "é"]), max_size=6),
    st.sampled_from(["```", "````", "~~~"]),
    st.sampled_from(["", "  ", "> "]),
    st.booleans(),
)
def test_a_block_that_is_closed_is_never_said_to_be_open(
    lines: list[str], mark: str, indent: str, ended: bool
) -> None:
    block = "\n".join(indent + line for line in [f"{mark}text", *lines, mark])
    parsed = parse_procedure(HEAD + STEP + "\n" + block + ("\n" if ended else ""))
    assert parsed.problems == ()


@pytest.mark.parametrize("info", ["Run", "CHECK", "run,timeout=5s", "run{timeout=5s}", "check:"])
def test_a_block_nearly_named_as_a_step_is_refused(info: str) -> None:
    (problem,) = parse_procedure(HEAD + f"```{info}\ntrue\n```\n" + STEP).problems
    assert (problem.line, problem.what) == (6, "is neither run nor check")


@pytest.mark.parametrize("info", ["", "text", "runs", "run-log", "checklist", "sh"])
def test_other_blocks_are_explanation(info: str) -> None:
    parsed = parse_procedure(HEAD + f"```{info}\na | b\n```\n" + STEP)
    assert parsed.procedure is not None
    assert [step.kind for step in parsed.procedure.steps] == [StepKind.MANUAL]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("- [x] Look at it\n", 6, "must be empty"),
        ("- [] Look at it\n", 6, "must be empty"),
        ("- [ ]\n", 6, "no text"),
        ("-[ ] Look at it\n", 6, "no list item"),
        ("- [ ] One\n[ ] Two\n", 7, "no list item"),
        ("Then:\n[ ] Look at it\n", 7, "no list item"),
    ],
)
def test_a_box_that_would_be_left_out_is_refused(text: str, line: int, what: str) -> None:
    problems = parse_procedure(HEAD + text + "\n" + command("true")).problems
    assert [p.line for p in problems if what in p.what] == [line]


def test_links_and_brackets_in_prose_are_no_boxes() -> None:
    text = "- [x](http://127.0.0.1/) explains\n- [note] this\n\nAn empty box is written `[ ]`.\n"
    assert parse_procedure(HEAD + text + STEP).problems == ()
